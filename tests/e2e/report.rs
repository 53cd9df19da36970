//! `--report`: the same plan for other readers.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, has_not, shows};
use dnsctl_harness::{PowerDns, require};

fn start() -> Option<(PowerDns, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    let setup = Setup::powerdns(&server, "").zone(ZONE, &after(server.dns_address()));
    Some((server, setup))
}

#[test]
fn any_number_of_reports_in_one_run() {
    let Some((_server, setup)) = start() else { return };
    setup.run("plan --report json=a.json --report json=b.json --report markdown=plan.md --out plan.json", 0);
    let plan = setup.repository.read("plan.json").unwrap();
    assert_eq!(setup.repository.read("a.json").unwrap(), plan);
    assert_eq!(setup.repository.read("b.json").unwrap(), plan);
    shows!(setup.repository.read("plan.md").unwrap(), @r#"
    <!-- dnsctl:plan v1 digest=sha256:413fe786a91394563335a09e152a8d75eca4fbf91302653d62c3cfe51d472065 -->
    ## DNS plan: 3 updates, 2 warnings. Can be applied.

    | | Name | Type | Change | Note |
    |:-:|---|---|---|---|
    | ~ | `mail.abc-corp.example` | A | `203.0.113.25` → `198.51.100.25` | ⚠️ ttl/old-answer-lives |
    | ~ | `abc-corp.example` | TXT | `v=spf1 ip4:203.0.113.25 -all` → `v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all` |  |
    | ~ | `abc-corp.example` | MX | `10 oldmail` → `10 mail` | ⚠️ ttl/old-answer-lives |

    **Settles:** 24 h after apply.

    <details><summary>Diff</summary>

    ```diff
      abc-corp.example (main)
    - mail 86400 A 203.0.113.25
    + mail 300 A 198.51.100.25
    - @ 3600 TXT "v=spf1 ip4:203.0.113.25 -all"
    + @ 3600 TXT "v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all"
    - @ 86400 MX 10 oldmail.abc-corp.example.
    + @ 3600 MX 10 mail.abc-corp.example.
    ```
    </details>
    <details><summary>2 warnings</summary>

    - `ttl/old-answer-lives` `mail.abc-corp.example. A`: 203.0.113.25 can be answered for up to 24 h after apply; keep its services running until then; the lower TTL of 5 min holds only for new answers (`zones/abc-corp.example.yaml:8:5`)
    - `ttl/old-answer-lives` `abc-corp.example. MX`: senders can use the old MX for up to 24 h after apply; keep the old mail servers running until then; the lower TTL of 1 h holds only for new answers (`zones/abc-corp.example.yaml:5:5`)
    </details>

    Plan `413fe786`, valid until 2026-11-24 10:07 UTC; 3 unchanged, 2 left alone.
    "#);
}

#[test]
fn the_plan_file_is_as_its_schema_says() {
    let Some((_server, setup)) = start() else { return };
    setup.run("plan --out plan.json", 0);
    let plan = setup.plan_file("plan.json");
    let schema = dnsctl_plan::file::v1::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&plan).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut wrong = plan.clone();
    wrong["changes"][0]["action"] = "explode".into();
    assert!(!validator.is_valid(&wrong), "the schema takes anything");
    let change = &plan["changes"][0];
    assert_eq!(change["name"], "mail.abc-corp.example.");
    assert_eq!(change["before"]["values"][0], "203.0.113.25");
    assert_eq!(change["after"]["ttl"], 300);
    assert_eq!(change["source"]["file"], "zones/abc-corp.example.yaml");
    assert_eq!(change["source"]["line"], 8);
}

#[test]
fn secrets_are_in_no_output() {
    let Some((server, setup)) = start() else { return };
    let run = setup.run("plan --verbose --out plan.json --report markdown=plan.md", 0);
    let texts = [
        run.stdout,
        run.stderr,
        setup.repository.read("plan.json").unwrap(),
        setup.repository.read("plan.md").unwrap(),
    ];
    for text in texts {
        has_not(&text, &[server.api_key()]);
    }
}

#[test]
fn a_blocked_plan_is_reported_and_not_saved() {
    let Some((server, setup)) = start() else { return };
    setup.run("plan --out plan.json", 0);
    let without_mx = after(server.dns_address()).replace("    MX: 10 mail\n", "");
    setup.write_zone(ZONE, &without_mx);
    let run = setup.run("plan --out plan.json --report json=report.json --report markdown=report.md", 3);
    has(&run.stderr, &["No plan file was written"]);
    assert!(setup.repository.read("plan.json").is_err(), "the plan of the earlier run is still there");
    assert_eq!(setup.plan_file("report.json")["applicable"], false);
    has(&setup.repository.read("report.md").unwrap(), &["guard/last-mx", "zones/abc-corp.example.yaml"]);
    let refused = setup.run("apply report.json", 3);
    has(&refused.stderr, &["error[blocked]"]);
}

#[test]
fn a_report_on_stdout_and_one_that_cannot_be_written() {
    let Some((_server, setup)) = start() else { return };
    let run = setup.run("plan --report json=-", 0);
    has(&run.stdout, &["\"format_version\""]);
    let run = setup.run("plan --report json=no/such/folder/plan.json", 1);
    has(&run.stderr, &["error[io]", "no/such/folder"]);
    shows!(setup.run("plan --report yaml=x", 64).stderr, @r#"
    error: invalid value 'yaml=x' for '--report <FORMAT=PATH>': "yaml" is no format; the formats are json and markdown

    For more information, try '--help'.
    "#);
    has(&setup.run("plan --report json", 64).stderr, &["FORMAT=PATH"]);
}

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
    ## DNS plan ✅ Can be applied: 3 updates in 1 zone, 2 warnings.

    | | Name | Type | Change | Note |
    |:-:|---|---|---|---|
    | ~ | `mail.abc-corp.example` | A | `203.0.113.25` → `198.51.100.25` | ⚠️ ttl/old-answer-lives |
    | ~ | `abc-corp.example` | TXT | `v=spf1 ip4:203.0.113.25 -all` → `v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all` |  |
    | ~ | `abc-corp.example` | MX | `10 oldmail` → `10 mail` | ⚠️ ttl/old-answer-lives |

    **Mail before and after**

    - **abc-corp.example** mail before: 1 critical, 2 errors; after: 2 errors
      - SPF `203.0.113.25` pass → undecided  (depends on records that are not held here)
      - SPF `198.51.100.25` fail → pass
      - SPF `include:_spf.relay.example` undecided → pass
      - SPF lookups 0 → 1 of 10
      - ✅ fixes `mx.target-address`: oldmail.abc-corp.example, an MX of abc-corp.example, has no A or AAAA record: mail sent there bounces

    **Settles:** 24 h after apply.

    <details><summary>Diff</summary>

    ```diff
      abc-corp.example (main)
    @@ zones/abc-corp.example.yaml:8:5 @@
    - mail 86400 A 203.0.113.25
    + mail 300 A 198.51.100.25
    @@ zones/abc-corp.example.yaml:6:5 @@
    - @ 3600 TXT "v=spf1 ip4:203.0.113.25 -all"
    + @ 3600 TXT "v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all"
    @@ zones/abc-corp.example.yaml:5:5 @@
    - @ 86400 MX 10 oldmail.abc-corp.example.
    + @ 3600 MX 10 mail.abc-corp.example.
    ```
    </details>
    <details><summary>2 warnings</summary>

    - `ttl/old-answer-lives` `mail.abc-corp.example A`: 203.0.113.25 can be answered for up to 24 h after apply; keep its services running until then; the lower TTL of 5 min holds only for new answers (`zones/abc-corp.example.yaml:8:5`)
    - `ttl/old-answer-lives` `abc-corp.example MX`: senders can use the old MX for up to 24 h after apply; keep the old mail servers running until then; the lower TTL of 1 h holds only for new answers (`zones/abc-corp.example.yaml:5:5`)
    </details>

    Plan `413fe786`, valid until 2026-11-24 10:07 UTC; 3 unchanged, 2 left alone. Digest `sha256:413fe786a91394563335a09e152a8d75eca4fbf91302653d62c3cfe51d472065`
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
    has(&run.stdout, &["Not saved  id", "Next: mend what is marked ✖"]);
    assert!(setup.repository.read("plan.json").is_err(), "the plan of the earlier run is still there");
    assert_eq!(setup.plan_file("report.json")["applicable"], false);
    has(&setup.repository.read("report.md").unwrap(), &["guard/last-mx", "zones/abc-corp.example.yaml"]);
    // What is deleted stands nowhere; the file where it would stand is named.
    let plan = setup.plan_file("report.json");
    let deletion = plan["changes"].as_array().unwrap().iter().find(|change| change["action"] == "delete");
    let place = serde_json::json!({"file": "zones/abc-corp.example.yaml", "line": 0, "column": 0});
    assert_eq!(deletion.unwrap()["source"], place);
    has(&run.stdout, &["- MX   @", "(not in zones/abc-corp.example.yaml)"]);
    let refused = setup.run("apply report.json", 3);
    has(&refused.stderr, &["error[blocked]"]);
}

#[test]
fn a_report_on_stdout_and_one_that_cannot_be_written() {
    let Some((_server, setup)) = start() else { return };
    // Then standard output is for the program alone.
    let run = setup.run("plan --report json=-", 0);
    let plan: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(plan["summary"]["update"], 3);
    has(&run.stderr, &["Can be applied: 3 updates"]);
    let run = setup.run("plan --report json=- --report markdown=-", 64);
    has(&run.stderr, &["2 texts cannot share the standard output"]);
    setup.run("plan --report json=- --out -", 64);
    // One that fails keeps no other from being written, and every failure is told.
    let run = setup.run(
        "plan --report json=no/such/folder/plan.json --report markdown=gone/plan.md --report json=ok.json --out plan.json",
        1,
    );
    has(&run.stderr, &["error[io]", "no/such/folder", "gone/plan.md"]);
    has(&run.stdout, &["Saved plan.json"]);
    assert_eq!(setup.repository.read("ok.json").unwrap(), setup.repository.read("plan.json").unwrap());
    let run = setup.run("plan --out no/such/folder/plan.json --report json=late.json", 1);
    has(&run.stdout, &["Not saved"]);
    assert!(setup.repository.read("late.json").is_ok());
    shows!(setup.run("plan --report yaml=x", 64).stderr, @r#"
    error: invalid value 'yaml=x' for '--report <FORMAT=PATH>': "yaml" is no format; the formats are json, markdown, sarif, junit, github, gitlab

    For more information, try '--help'.
    "#);
    has(&setup.run("plan --report json", 64).stderr, &["FORMAT=PATH"]);
}

#[test]
fn a_check_for_programs() {
    let setup = Setup::new("providers:\n  main: { type: zonefile, directory: out }\n");
    setup.write_zone("a.example", "records:\n  www: { A: 192.0.2.1 }\n");
    setup.write_zone("b.example", "records:\n  www: { A: nowhere }\n  www2: { A: nothing }\n");
    let run = setup.run("check --report json=check.json", 65);
    has(&run.stdout, &["2 zones", "2 errors"]);
    let check = setup.plan_file("check.json");
    assert_eq!(check["summary"]["errors"], 2);
    let found = &check["findings"][0];
    assert_eq!((&found["rule"], &found["severity"]), (&"record/bad-value".into(), &"error".into()));
    assert_eq!(found["source"], serde_json::json!({"file": "zones/b.example.yaml", "line": 2, "column": 13}));
    let alone = setup.run("check --report json=-", 65);
    assert_eq!(alone.stdout, setup.repository.read("check.json").unwrap());
    // What is wrong with the configuration is in it, too.
    setup.repository.write("dnsctl.yaml", "providrs: {}\n").unwrap();
    setup.run("check --report json=check.json", 65);
    assert_eq!(setup.plan_file("check.json")["findings"][0]["source"]["file"], "dnsctl.yaml");
    let run = setup.run("check --report markdown=check.md", 64);
    shows!(run.stderr, @r"
    error[report]: dnsctl check has no report of the format markdown
      hint: it has json, sarif, junit, github, gitlab
    ");
}

/// Whoever goes on after a run that failed must find nothing of the run before it.
#[test]
fn nothing_of_an_earlier_run_outlives_one_that_ends_early() {
    let setup = Setup::new("providers:\n  main: { type: zonefile, directory: out }\n");
    setup.repository.write("out/keep", "").unwrap();
    let zone = "create: true\nrecords:\n  \"@\": { NS: ns1, SOA: ns1 admin 1 7200 3600 1209600 300 }\n  ns1: { A: 192.0.2.1 }\n";
    setup.write_zone("a.example", zone);
    let plan = "plan --out plan.json --report json=report.json --report markdown=report.md";
    let there = || {
        let files = setup.repository.files(".").unwrap();
        let named = |name: String| name.contains("plan.") || name.contains("report.");
        files.into_iter().filter(|path| named(path.display().to_string())).count()
    };
    let broken = format!("{zone}  www: {{ A: nowhere }}\n");
    setup.run(plan, 0);
    assert_eq!(there(), 3);
    setup.write_zone("a.example", &broken);
    setup.run(plan, 65);
    assert_eq!(there(), 0, "a wrong zone file");
    setup.write_zone("a.example", zone);
    setup.run(plan, 0);
    setup.run(&format!("{plan} no.example"), 64);
    assert_eq!(there(), 0, "a zone that is not there");
    setup.run(plan, 0);
    setup.run("check --report json=report.json --config nowhere.yaml", 65);
    assert_eq!(there(), 2, "no configuration");
    // What is read is no report, and stays.
    for report in ["json=plan.json", "json=./plan.json", "markdown=plan.json"] {
        let run = setup.run(&format!("apply plan.json --report {report}"), 64);
        has(&run.stderr, &["plan.json is the plan that is read", "hint: name another file"]);
    }
    setup.write_zone("a.example", &broken);
    setup.run("apply plan.json --report json=report.json --report markdown=report.md", 65);
    assert_eq!(there(), 1, "an apply that could not begin");
    setup.write_zone("a.example", zone);
    setup.run("apply plan.json --report json=report.json --report markdown=report.md --no-verify", 0);
    has(&setup.repository.read("report.md").unwrap(), &["<!-- dnsctl:apply v1 -->"]);
    assert_eq!(there(), 3);
    setup.write_zone("a.example", &broken);
    setup.run("apply --yes --report json=report.json --report markdown=report.md", 65);
    assert_eq!(there(), 1, "an apply that made no plan");
}

#[test]
fn a_name_that_was_mistyped_costs_no_file() {
    let configuration = "providers:\n  main: { type: zonefile, directory: out }\n";
    let setup = Setup::new(configuration);
    setup.repository.write("out/keep", "").unwrap();
    let zone = "create: true\nrecords:\n  \"@\": { MX: 10 mail }\n";
    setup.write_zone("a.example", zone);
    // This plan is blocked; the next can be applied.
    for zone in [zone, "create: true\nrecords:\n  \"@\": { A: 192.0.2.1 }\n"] {
        setup.write_zone("a.example", zone);
        for flag in ["--out", "--report json="] {
            let flag = if flag.ends_with('=') { flag.to_owned() } else { format!("{flag} ") };
            for name in ["dnsctl.yaml", "zones/a.example.yaml"] {
                let run = setup.run(&format!("plan {flag}{name}"), 64);
                has(
                    &run.stderr,
                    &[&format!("{name} is there, and dnsctl did not write it; it was left as it is")],
                );
            }
        }
        assert_eq!(setup.repository.read("dnsctl.yaml").unwrap(), configuration);
        assert_eq!(setup.repository.read("zones/a.example.yaml").unwrap(), zone);
    }
    let run = setup.run("plan --out both.json --report json=both.json", 64);
    has(&run.stderr, &["two texts cannot share the file both.json"]);
}

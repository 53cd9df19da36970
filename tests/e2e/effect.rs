//! What a plan does to mail, and to all else that rules look at: told before and after, and stopped when it breaks something.

use crate::support::{Setup, has, has_not};
use serde_json::{Value, json};

const CONFIGURATION: &str = "providers:\n  main: { type: zonefile, directory: out }\n";

/// A sound domain as a server has it.
const LIVE: &str = "$TTL 3600
@ SOA ns1.example.net. hostmaster 5 14400 3600 1209600 300
@ NS ns1.example.net.
@ NS ns2.example.net.
@ A 192.0.2.1
@ MX 10 mail
@ TXT \"v=spf1 mx -all\"
@ CAA 0 issue \"ca.example\"
mail A 192.0.2.25
www A 192.0.2.2
_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@a.example\"
s1._domainkey TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"
";

/// The same in a file.
const FILE: &str = "records:
  \"@\":
    NS: [ns1.example.net., ns2.example.net.]
    A: 192.0.2.1
    MX: 10 mail
    TXT: v=spf1 mx -all
    CAA: 0 issue \"ca.example\"
  mail: { A: 192.0.2.25 }
  www: { A: 192.0.2.2 }
  _dmarc: { TXT: \"v=DMARC1; p=reject; rua=mailto:dmarc@a.example\" }
  s1._domainkey: { TXT: \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" }
";

fn serve(setup: &Setup, zone: &str, text: &str) {
    setup.repository.write(format!("out/{zone}.zone"), format!("$ORIGIN {zone}.\n{text}")).unwrap();
}

/// A server with this zone, and a file that wants that.
fn setup(live: &str, file: &str) -> Setup {
    let setup = Setup::new(CONFIGURATION).zone("a.example", file);
    serve(&setup, "a.example", live);
    setup
}

/// The sound domain, and what becomes of it with these lines in place of others.
fn changed(pairs: &[(&str, &str)]) -> Setup {
    let mut file = FILE.to_owned();
    for (old, new) in pairs {
        assert!(file.contains(old), "{old}");
        file = file.replace(old, new);
    }
    setup(LIVE, &file)
}

fn effect(setup: &Setup, report: &str) -> Value {
    setup.plan_file(report)["zones"][0]["effect"].clone()
}

/// MX, address and SPF still name a server that was switched off.
#[test]
fn the_repair_of_mail() {
    let from = dnsctl_harness::repository_root().join("zones/abc-corp");
    let setup = Setup::new("");
    let zone = "abc-corp.example";
    for (here, there) in [
        ("dnsctl.yaml".to_owned(), "dnsctl.yaml".to_owned()),
        (format!("zones/{zone}.yaml"), format!("zones/{zone}.yaml")),
        (format!("before/{zone}.zone"), format!("out/{zone}.zone")),
    ] {
        setup.repository.write(there, fs_err::read(from.join(here)).unwrap()).unwrap();
    }
    let plan = setup.run("plan --out plan.json --report markdown=plan.md", 0);
    has(
        &plan.stdout,
        &[
            "Mail     before: 1 critical; after: no errors, no warnings",
            "✔ fixes mx.target-address (MX @): oldmail.abc-corp.example, an MX of abc-corp.example, has no A or AAAA record",
            "SPF      203.0.113.25  pass → fail  (mail that it still has in its queue, too)",
            "198.51.100.25  fail → pass",
        ],
    );
    has(
        &setup.repository.read("plan.md").unwrap(),
        &[
            "**Mail before and after**",
            "mail before: 1 critical; after: no errors",
            "✅ fixes `mx.target-address`",
        ],
    );
    let effect = effect(&setup, "plan.json");
    assert_eq!(effect["before"]["mail"], json!({"critical": 1, "error": 0, "warning": 0}));
    assert_eq!(effect["after"]["mail"], json!({"critical": 0, "error": 0, "warning": 0}));
    assert_eq!(effect["fixed"][0]["rule"], "mx.target-address");
    let change = setup.plan_file("plan.json")["changes"].as_array().unwrap().clone();
    let change = change.iter().find(|change| change["id"] == effect["fixed"][0]["change"]).unwrap();
    assert_eq!((&change["type"], &change["name"]), (&"MX".into(), &"abc-corp.example.".into()));
    assert_eq!(
        effect["senders"],
        json!([
            {"sender": "203.0.113.25", "role": "found", "before": "pass", "after": "fail"},
            {"sender": "198.51.100.25", "role": "found", "before": "fail", "after": "pass"},
        ])
    );
    // What was shown is what is applied; then there is nothing to say.
    has(&setup.run("apply plan.json --no-verify", 0).stdout, &["Applied 3 of 3"]);
    has_not(&setup.run("plan", 0).stdout, &["Mail", "SPF"]);
}

#[test]
fn declared_senders_before_and_after() {
    let file = FILE
        .replace("    MX: 10 mail\n    TXT: v=spf1 mx -all\n", "")
        .replace("  mail: { A: 192.0.2.25 }\n", "");
    let block = "mail:\n  mx: { 10: mail }\n  hosts: { mail: { addresses: 198.51.100.25, retired: 192.0.2.25 } }\n  senders: [mail]\n";
    let setup = setup(LIVE, &format!("{block}{file}"));
    let plan = setup.run("plan --report json=plan.json", 0);
    has(
        &plan.stdout,
        &[
            "198.51.100.25 (mail.a.example)  fail → pass",
            "192.0.2.25 (formerly mail.a.example)  pass → softfail",
        ],
    );
    let senders = effect(&setup, "plan.json")["senders"].clone();
    assert_eq!(senders[0]["role"], "declared");
    assert_eq!(senders[1]["role"], "retired");
}

#[test]
fn a_new_error_blocks_at_its_change_and_an_acknowledgement_lets_it_pass() {
    let setup = changed(&[("TXT: v=spf1 mx -all", "TXT: [v=spf1 mx -all, v=spf1 a -all]")]);
    let plan = setup.run("plan --out plan.json --report json=report.json", 3);
    has(
        &plan.stdout,
        &["BLOCKED by 1 finding in a.example", "~ TXT  @", "✖ spf.multiple", "zones/a.example.yaml:6:"],
    );
    setup.run("apply --yes", 3);
    assert!(setup.repository.read("plan.json").is_err());
    let report = setup.plan_file("report.json");
    let broken = report["zones"][0]["effect"]["broken"].as_array().unwrap().clone();
    let broken = broken.iter().find(|shift| shift["rule"] == "spf.multiple").unwrap();
    let change = report["changes"].as_array().unwrap().iter().find(|change| change["id"] == broken["change"]);
    assert_eq!(change.unwrap()["type"], "TXT");
    let file = setup.repository.read("zones/a.example.yaml").unwrap();
    let ack = |until: &str| {
        format!("ack:\n  - {{ rule: spf.multiple, at: \"@ TXT\", until: {until}, why: \"a test\" }}\n{file}")
    };
    setup.write_zone("a.example", &ack("2026-12-31"));
    setup.run("plan --out plan.json", 0);
    let plan = setup.plan_file("plan.json");
    assert_eq!(plan["acknowledged"][0]["rule"], "spf.multiple");
    assert_eq!(plan["acknowledged"][0]["why"], "a test");
    // The day after its last day it lets nothing pass.
    setup.write_zone("a.example", &ack("2026-11-22"));
    has(&setup.run("plan", 3).stdout, &["✖ spf.multiple", "ended on 2026-11-22"]);
}

#[test]
fn an_old_error_does_not_block() {
    let two = |text: &str| {
        text.replace("@ TXT \"v=spf1 mx -all\"", "@ TXT \"v=spf1 mx -all\"\n@ TXT \"v=spf1 a -all\"")
    };
    let file = FILE
        .replace("TXT: v=spf1 mx -all", "TXT: [v=spf1 mx -all, v=spf1 a -all]")
        .replace("192.0.2.2 ", "192.0.2.3 ");
    let setup = setup(&two(LIVE), &file);
    let plan = setup.run("plan", 0);
    has(&plan.stdout, &["Can be applied: 1 update", "Mail     before and after: 1 critical"]);
    has_not(&plan.stdout, &["spf.multiple"]);
}

/// The record was at fault before, for nobody who matters; after, it is for all.
#[test]
fn a_declared_sender_that_loses_its_pass_stops_the_plan() {
    let block = "mail: { mx: { 10: mail }, senders: [{ include: gone.a.example }, { host: www }] }\n";
    let file = format!("{block}{}", FILE.replace("    MX: 10 mail\n    TXT: v=spf1 mx -all\n", ""));
    let live = LIVE.replace("v=spf1 mx -all", "v=spf1 mx a:www.a.example include:gone.a.example -all");
    let setup = setup(&live, &file);
    let plan = setup.run("plan --report json=plan.json", 3);
    has(
        &plan.stdout,
        &[
            "✖ spf.relay-authorised  192.0.2.2 (www.a.example), declared to send for a.example, loses its SPF pass",
            "SPF      192.0.2.2 (www.a.example)  pass → permerror",
        ],
    );
    has_not(&plan.stdout, &["in its queue"]);
    assert_eq!(effect(&setup, "plan.json")["broken"][0]["rule"], "spf.relay-authorised");
    let until = "  - { rule: spf.relay-authorised, at: \"@ TXT\", until: 2026-12-31, why: \"a test\" }";
    setup.write_zone("a.example", &format!("ack:\n{until}\n{file}"));
    has_not(&setup.run("plan", 0).stdout, &["unused-acknowledgement"]);
    // Without a word about senders it is a warning.
    let file = FILE.replace("v=spf1 mx -all", "v=spf1 include:gone.a.example mx -all");
    setup.write_zone("a.example", &file);
    has(
        &setup.run("plan", 0).stdout,
        &["▲ plan/sender  192.0.2.25 (mail.a.example), which takes mail for a.example"],
    );
}

/// What changes is never among those that are only counted.
#[test]
fn senders_whose_result_changes_stand_first() {
    let terms: String = (1..=9).map(|last| format!("ip4:203.0.113.{last} ")).collect();
    let live = LIVE.replace("v=spf1 mx -all", &format!("v=spf1 {terms}ip4:198.51.100.0/24 -all"));
    let senders: String = (1..=9).map(|last| format!("203.0.113.{last}, ")).collect();
    let block = format!(
        "mail:\n  mx: {{ 10: mail }}\n  hosts: {{ mail: {{ addresses: 192.0.2.25 }} }}\n  senders: [{senders}198.51.100.0/25, mail]\n  spf: {{ all: fail }}\n"
    );
    let file = FILE.replace("    MX: 10 mail\n    TXT: v=spf1 mx -all\n", "");
    let setup = setup(&live, &format!("{block}{}", file.replace("  mail: { A: 192.0.2.25 }\n", "")));
    let plan = setup.run("plan", 0);
    has(
        &plan.stdout,
        &[
            "SPF      192.0.2.25 (mail.a.example)  fail → pass",
            "198.51.100.128/25  pass → fail",
            "… and 4 more senders",
        ],
    );
}

/// A fault that a change of another kind brings to a record that stays.
#[test]
fn one_zone_breaks_the_mail_of_another() {
    let setup = changed(&[("  www: { A: 192.0.2.2 }\n", "")]);
    let other = LIVE.replace("@ MX 10 mail", "@ MX 10 www.a.example.").replace("dmarc@a.", "dmarc@b.");
    let file = FILE.replace("MX: 10 mail", "MX: 10 www.a.example.").replace("dmarc@a.", "dmarc@b.");
    serve(&setup, "b.example", &other);
    setup.write_zone("b.example", &file);
    let plan = setup.run("plan --report json=plan.json", 3);
    has(
        &plan.stdout,
        &[
            "in b.example",
            "✖ mx.target-address  www.a.example, an MX of b.example, has no A or AAAA record",
            "- A    www",
        ],
    );
    let zones = setup.plan_file("plan.json")["zones"].as_array().unwrap().clone();
    let there = zones.iter().find(|zone| zone["zone"] == "b.example.").unwrap();
    assert_eq!(there["effect"]["broken"][0]["rule"], "mx.target-address");
}

/// What stopped mail while no guard spoke: each blocks the plan, with the rule that says why.
#[test]
fn what_stops_mail_is_stopped() {
    for (case, pairs, rules) in [
        (
            "an address in place of a name",
            &[("MX: 10 mail", "MX: 10 192.0.2.25.")][..],
            &["✖ mx.target-ip-literal"][..],
        ),
        (
            "two SPF records",
            &[("TXT: v=spf1 mx -all", "TXT: [v=spf1 mx -all, v=spf1 a -all]")],
            &["✖ spf.multiple"],
        ),
        ("a mistyped mechanism", &[("v=spf1 mx -all", "v=spf1 mxx -all")], &["✖ spf.unknown-mechanism"]),
        (
            "a redirect to nothing",
            &[("v=spf1 mx -all", "v=spf1 redirect=_spf.a.example")],
            &["✖ spf.redirect-none"],
        ),
        (
            "two DMARC records",
            &[(
                "{ TXT: \"v=DMARC1; p=reject; rua=mailto:dmarc@a.example\" }",
                "{ TXT: [\"v=DMARC1; p=reject; rua=mailto:dmarc@a.example\", \"v=DMARC1; p=none\"] }",
            )],
            &["✖ dmarc.multiple"],
        ),
        (
            "DMARC behind an alias to nothing",
            &[("{ TXT: \"v=DMARC1; p=reject; rua=mailto:dmarc@a.example\" }", "{ CNAME: nothing }")],
            &[
                "+ CNAME _dmarc",
                "✖ dmarc.present  a.example has no DMARC record: anybody can send mail",
                "✖ zone.dangling-target  _dmarc.a.example CNAME leads to nothing.a.example,",
                "Mail     before: no errors, no warnings; after: 1 error",
            ],
        ),
        (
            "a DKIM key behind an alias to nothing",
            &[(
                "s1._domainkey: { TXT: \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" }",
                "s1._domainkey: { CNAME: nothing }",
            )],
            &[
                "- TXT   s1._domainkey",
                "✖ dkim.any  a.example sends mail, but",
                "✖ zone.dangling-target  s1._domainkey.a.example CNAME leads to",
                "Mail     before: no errors, no warnings; after: 1 error",
            ],
        ),
        ("a null MX beside another", &[("MX: 10 mail", "MX: [0 ., 10 mail]")], &["✖ mx.null-with-others"]),
        (
            "an SOA that expires at once",
            &[(
                "    A: 192.0.2.1\n",
                "    A: 192.0.2.1\n    SOA: ns1.example.net. hostmaster 5 14400 3600 1 300\n",
            )],
            &["soa.expire-min"],
        ),
    ] {
        let setup = changed(pairs);
        let run = setup.command("plan").run().unwrap();
        assert_eq!(run.code, Some(3), "{case}\n{run}");
        has(&run.stdout, rules);
    }
}

/// A name below a live wildcard loses what the wildcard gave it.
#[test]
fn a_new_name_below_a_wildcard_loses_its_mx() {
    let live = format!("{LIVE}* MX 10 mail\n");
    let file = format!("{FILE}  \"*\": {{ MX: 10 mail }}\n  sales: {{ TXT: hello }}\n");
    let setup = setup(&live, &file);
    let plan = setup.run("plan", 0);
    has(&plan.stdout, &["▲ plan/hidden", "sales.a.example exists with this change, so that the wildcard MX"]);
    // With an MX of its own it loses nothing.
    setup.write_zone(
        "a.example",
        &file.replace("sales: { TXT: hello }", "sales: { TXT: hello, MX: 10 mail }"),
    );
    has_not(&setup.run("plan", 0).stdout, &["plan/hidden"]);
}

/// Nobody here knows what the other zone says, unless it is held, too.
#[test]
fn a_target_that_is_delegated_away() {
    let setup =
        changed(&[("  mail: { A: 192.0.2.25 }", "  mail: { NS: [ns1.example.org., ns2.example.org.] }")]);
    has(
        &setup.run("plan", 0).stdout,
        &["+ NS   mail", "▲ plan/hidden", "mail.a.example, an MX of a.example, is no longer answered here"],
    );
    let file = "create: true\nrecords:\n  \"@\": { NS: [ns1.example.org., ns2.example.org.] }\n";
    setup.write_zone("mail.a.example", file);
    has(&setup.run("plan", 3).stdout, &["mail.a.example, an MX of a.example, has no A or AAAA record"]);
    setup.write_zone("mail.a.example", &file.replace(" }\n", ", A: 192.0.2.25 }\n"));
    has_not(&setup.run("plan", 0).stdout, &["plan/hidden", "mx.target-address"]);
}

#[test]
fn a_saved_plan_keeps_its_effect_and_nobody_changes_it() {
    let setup = changed(&[("192.0.2.25", "192.0.2.26")]);
    setup.run("plan --out plan.json", 0);
    let saved = setup.repository.read("plan.json").unwrap();
    let effect = effect(&setup, "plan.json");
    assert_eq!(effect["senders"][0]["sender"], "192.0.2.25");
    for (pointer, value) in [
        ("/zones/0/effect/senders/0/after", json!("pass")),
        ("/zones/0/effect/after/mail/error", json!(7)),
        ("/zones/0/effect/fixed", json!([])),
        ("/zones/0/effect", Value::Null),
    ] {
        let mut plan = setup.plan_file("plan.json");
        *plan.pointer_mut(pointer).unwrap() = value;
        if plan == setup.plan_file("plan.json") {
            continue;
        }
        setup.repository.write("edited.json", plan.to_string()).unwrap();
        let run = setup.command("apply edited.json --no-verify").run().unwrap();
        assert_eq!(run.code, Some(65), "{pointer}\n{run}");
        has(&run.stderr, &["digest"]);
    }
    assert_eq!(setup.repository.read("plan.json").unwrap(), saved);
    has(&setup.run("apply plan.json --no-verify", 0).stdout, &["Applied 1 of 1"]);
}

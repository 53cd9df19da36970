//! Every guard once through the command: it stops the plan, and an acknowledgement in the zone file lets it pass.

mod counts;

use crate::support::{Setup, has, has_not, shows};
use dnsctl_harness::{Bind, PowerDns, Zone, require};
use std::collections::BTreeSet;

/// One guard: the zone at the server, the zone file without its acknowledgements, and what the guard is about.
struct Case {
    rule: &'static str,
    at: &'static str,
    live: &'static str,
    /// What stands in the file before its records.
    head: &'static str,
    records: &'static str,
    /// What happens at the server after one plan was made; its zone is given.
    then: Option<fn(&PowerDns, &str)>,
}

/// What most cases have.
const CASE: Case = Case {
    rule: "",
    at: "",
    live: "www A 192.0.2.1",
    head: "",
    records: "  www: { A: 192.0.2.1 }\n",
    then: None,
};

/// What every zone has besides.
const REST: &str = "  ns1: { A: 127.0.0.1 }\n";

/// Twelve hosts.
const HOSTS: &str = "h1 A 192.0.2.1\nh2 A 192.0.2.2\nh3 A 192.0.2.3\nh4 A 192.0.2.4\nh5 A 192.0.2.5\nh6 A 192.0.2.6\n\
    h7 A 192.0.2.7\nh8 A 192.0.2.8\nh9 A 192.0.2.9\nh10 A 192.0.2.10\nh11 A 192.0.2.11\nh12 A 192.0.2.12";

/// The same with other addresses.
const MOVED: &str = "  h1: { A: 10.0.0.1 }\n  h2: { A: 10.0.0.2 }\n  h3: { A: 10.0.0.3 }\n  h4: { A: 10.0.0.4 }\n  \
    h5: { A: 10.0.0.5 }\n  h6: { A: 10.0.0.6 }\n  h7: { A: 10.0.0.7 }\n  h8: { A: 10.0.0.8 }\n  h9: { A: 10.0.0.9 }\n  \
    h10: { A: 10.0.0.10 }\n  h11: { A: 10.0.0.11 }\n  h12: { A: 10.0.0.12 }\n";

/// Most of the hosts are gone.
fn lose_hosts(server: &PowerDns, zone: &str) {
    let gone =
        |n: u32| serde_json::json!({"name": format!("h{n}.{zone}."), "type": "A", "changetype": "DELETE"});
    patch(server, zone, (1..=11).map(gone));
}

/// A record that is switched off.
fn disable(server: &PowerDns, zone: &str) {
    let record = serde_json::json!({"content": "192.0.2.9", "disabled": true});
    let rrset = serde_json::json!({"name": format!("off.{zone}."), "type": "A", "ttl": 300, "changetype": "REPLACE",
        "records": [record]});
    patch(server, zone, [rrset]);
}

fn patch(server: &PowerDns, zone: &str, rrsets: impl IntoIterator<Item = serde_json::Value>) {
    let json = serde_json::json!({ "rrsets": rrsets.into_iter().collect::<Vec<_>>() }).to_string();
    assert_eq!(server.api("PATCH", &format!("/zones/{zone}."), &json).unwrap().status, 204);
}

const CASES: &[Case] = &[
    Case {
        rule: "guard/last-mx",
        at: "@ MX",
        live: "@ A 192.0.2.1\n@ MX 10 mail\nmail A 192.0.2.2",
        records: "  \"@\": { A: 192.0.2.1 }\n  mail: { A: 192.0.2.2 }\n",
        ..CASE
    },
    Case {
        rule: "guard/apex-addresses",
        at: "@ A",
        live: "@ A 192.0.2.1\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
        ..CASE
    },
    Case {
        rule: "guard/apex-delegation",
        at: "@ NS",
        live: "ns2 A 192.0.2.53",
        records: "  \"@\": { NS: [ns1, ns2] }\n  ns2: { A: 192.0.2.53 }\n",
        ..CASE
    },
    Case {
        rule: "guard/mail-policy",
        at: "_dmarc TXT",
        live: "_dmarc TXT \"v=DMARC1; p=reject\"\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
        ..CASE
    },
    Case {
        rule: "guard/mail-policy",
        at: "@ TXT",
        live: "@ TXT \"v=spf1 -all\"\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
        ..CASE
    },
    Case {
        rule: "guard/mail-policy",
        at: "s1._domainkey TXT",
        live: "s1._domainkey TXT \"v=DKIM1; p=AAAA\"\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
        ..CASE
    },
    Case {
        rule: "guard/delegation",
        at: "child NS",
        live: "child NS ns.example.net.\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
        ..CASE
    },
    Case {
        rule: "guard/wildcard",
        at: "* A",
        live: "www A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n  \"*\": { A: 192.0.2.9 }\n",
        ..CASE
    },
    Case {
        rule: "guard/wildcard",
        at: "*.dev A",
        live: "www A 192.0.2.1\n*.dev A 192.0.2.9",
        records: "  www: { A: 192.0.2.1 }\n",
        ..CASE
    },
    Case {
        rule: "guard/target-address",
        at: "@ MX",
        live: "www A 192.0.2.1\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"",
        records: "  www: { A: 192.0.2.1 }\n  \"@\": { MX: 10 mail, TXT: v=spf1 -all }\n  _dmarc: { TXT: v=DMARC1; p=reject }\n",
        ..CASE
    },
    Case {
        rule: "guard/target-address",
        at: "_sip._tcp SRV",
        live: "www A 192.0.2.1\nsip CNAME www",
        records: "  www: { A: 192.0.2.1 }\n  sip: { CNAME: www }\n  _sip._tcp: { SRV: 10 60 5060 sip }\n",
        ..CASE
    },
    Case {
        rule: "guard/delete-threshold",
        at: "",
        live: "a A 192.0.2.1\nb A 192.0.2.1\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
        ..CASE
    },
    Case {
        rule: "guard/partial-read",
        live: HOSTS,
        head: "manage: declared\n",
        records: "  h12: { A: 192.0.2.99 }\n",
        then: Some(lose_hosts),
        ..CASE
    },
    Case {
        rule: "guard/last-mx",
        at: "@ MX",
        live: "www A 192.0.2.1\n@ MX 10 www",
        records: "  www: { A: 192.0.2.1 }\n  \"@\": { MX: 0 . }\n",
        ..CASE
    },
    Case {
        rule: "guard/apex-delegation",
        at: "@ CDS",
        records: "  www: { A: 192.0.2.1 }\n  \"@\": { CDS: 0 0 0 00 }\n",
        ..CASE
    },
    Case {
        rule: "guard/delegation",
        at: "child NS",
        live: "child NS ns.example.net.\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n  child: { NS: ns.example.org. }\n",
        ..CASE
    },
    Case {
        rule: "guard/child-ds",
        at: "child DS",
        live: "child NS ns.example.net.\nchild DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000",
        records: "  child: { NS: ns.example.net., DS: 2 13 2 1111111111111111111111111111111111111111111111111111111111111111 }\n",
        ..CASE
    },
    Case {
        rule: "guard/mail-policy",
        at: "s1._domainkey TXT",
        live: "s1._domainkey TXT \"v=DKIM1; p = AAAA\"\nwww A 192.0.2.1",
        ..CASE
    },
    Case {
        rule: "guard/kept-record",
        at: "off A",
        records: "  www: { A: 192.0.2.1 }\n  off: { A: 192.0.2.2 }\n",
        then: Some(disable),
        ..CASE
    },
    Case {
        rule: "guard/live-conflict",
        at: "www CNAME",
        head: "manage: declared\n",
        records: "  www: { CNAME: ns1 }\n",
        ..CASE
    },
    Case { rule: "guard/update-threshold", live: HOSTS, records: MOVED, ..CASE },
];

fn acknowledged(case: &Case, until: &str) -> String {
    let at = if case.at.is_empty() { String::new() } else { format!("at: \"{}\", ", case.at) };
    format!("ack:\n  - {{ rule: {}, {at}until: {until}, why: \"a test\" }}\n", case.rule)
}

#[test]
fn each_one_stops_and_can_be_acknowledged() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    for (number, case) in CASES.iter().enumerate() {
        let zone = format!("case{number}.example");
        server.create_zone(&Zone::new(&zone).with(case.live)).unwrap();
        let file = format!("{}records:\n{REST}{}", case.head, case.records);
        setup.write_zone(&zone, &file);
        if let Some(then) = case.then {
            setup.command(&format!("plan {zone}")).run().unwrap();
            then(&server, &zone);
        }
        let blocked = setup.run(&format!("plan {zone} --out plan.json"), 3);
        has(
            &blocked.stdout,
            &["BLOCKED by 1 guard", case.rule, "Fix: ", "acknowledge it in", "cannot be applied"],
        );
        assert!(setup.repository.read("plan.json").is_err(), "{}: a blocked plan was saved", case.rule);
        setup.run(&format!("apply --yes --zone {zone}"), 3);
        setup.write_zone(&zone, &format!("{}{file}", acknowledged(case, "2026-12-31")));
        let passed = setup.run(&format!("plan {zone} --out plan.json"), 0);
        has(&passed.stdout, &[case.rule, "(acknowledged)"]);
        has_not(&passed.stdout, &["BLOCKED"]);
        let plan = setup.plan_file("plan.json");
        assert_eq!(plan["acknowledged"][0]["rule"], case.rule);
        assert_eq!(plan["acknowledged"][0]["why"], "a test");
        setup.repository.remove("plan.json").unwrap();
        // An acknowledged read is remembered, so this guard has nothing left to say.
        if case.rule == "guard/partial-read" {
            continue;
        }
        // The day after the last day it is an error, and the guard is back.
        setup.write_zone(&zone, &format!("{}{file}", acknowledged(case, "2026-11-22")));
        has(&setup.run(&format!("plan {zone}"), 3).stdout, &["guard/expired-acknowledgement", case.rule]);
        setup.write_zone(&zone, &file);
    }
}

/// Whoever adds a guard adds a case. Nothing is left of an empty zone, so that several object: see [`an_empty_zone`].
#[test]
fn no_guard_is_left_out() {
    let all: BTreeSet<&str> = dnsctl_plan::guard::ALL.iter().map(|guard| guard.rule.id).collect();
    assert_eq!(CASES.iter().map(|case| case.rule).chain(["guard/empty-zone"]).collect::<BTreeSet<_>>(), all);
}

#[test]
fn the_last_mx_as_it_is_shown() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    server
        .create_zone(
            &Zone::new("abc-corp.example").with("@ A 203.0.113.10\n@ 86400 MX 10 mail\nmail A 192.0.2.2"),
        )
        .unwrap();
    setup.write_zone(
        "abc-corp.example",
        "records:\n  \"@\": { A: 203.0.113.10 }\n  mail: { A: 192.0.2.2 }\n  ns1: { A: 127.0.0.1 }\n",
    );
    shows!(setup.run("plan", 3).stdout, @r#"
    ✖ BLOCKED by 1 guard in abc-corp.example: cannot be applied. 1 delete in 1 zone, 1 warning.

    abc-corp.example  main                                                            BLOCKED by 1 guard
    ────────────────────────────────────────────────────────────────────────────────────────────────────
    1 - MX   @     86400  10 mail  (not in zones/abc-corp.example.yaml)
        ✖ guard/last-mx  deletes the only MX of abc-corp.example. Senders then use the address of the
                         name (RFC 5321 section 5.1): mail would go to 203.0.113.10, the address of the
                         name itself.
          Fix: Add the new MX in this change; or, if the name must stop receiving mail, write a null MX
               (MX: 0 .). If it is meant, acknowledge it in zones/abc-corp.example.yaml: ack: [{ rule:
               guard/last-mx, at: "@ MX", until: YYYY-MM-DD, why: "..." }]
        ▲ ttl/old-answer-lives  senders can use the old MX for up to 24 h after apply; keep the old mail
                                servers running until then
    Mail     before: 2 errors; after: 2 warnings
    Zone     before and after: 1 error

    Settles  24 h after apply, when the last old answer is gone
    Digest   sha256:4367d066d3d8b1f42048b2abc44228f21163e84c041fd1759a033f607ee84727
    Plan: 0 to create, 0 to update, 1 to delete. 3 unchanged, 2 left alone.
    ✖ BLOCKED by 1 guard in abc-corp.example: cannot be applied. 1 delete in 1 zone, 1 warning.
    Not saved  id 4367d066  Next: mend what is marked ✖, then dnsctl plan
    "#);
}

/// An acknowledged change is applied. The acknowledgement stays in the file; that must not stop the repair of something else.
#[test]
fn an_acknowledgement_that_is_used_up() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    let live = "@ A 192.0.2.1\n@ MX 10 mail\nmail A 192.0.2.2";
    server.create_zone(&Zone::new("a.example").with(live)).unwrap();
    let file = |web: &str| {
        format!(
            "ack:\n  - {{ rule: guard/last-mx, at: \"@ MX\", until: 2026-12-31, why: \"no mail any more\" }}\nrecords:\n{REST}  \"@\": {{ A: {web} }}\n  mail: {{ A: 192.0.2.2 }}\n"
        )
    };
    setup.write_zone("a.example", &file("192.0.2.1"));
    has(
        &setup.run("apply --yes --no-verify", 0).stdout,
        &["guard/last-mx", "(acknowledged)", "Applied 1 of 1"],
    );
    let again = setup.run("plan", 0);
    has(
        &again.stdout,
        &[
            "guard/unused-acknowledgement",
            "the acknowledgement of guard/last-mx for @ MX is used up or not needed: this plan has no such change",
            "zones/a.example.yaml:2:5",
            "No changes",
        ],
    );
    has_not(&again.stdout, &["BLOCKED"]);
    setup.write_zone("a.example", &file("192.0.2.9"));
    has(&setup.run("apply --yes --no-verify", 0).stdout, &["used up or not needed", "Applied 1 of 1"]);
    assert_eq!(crate::support::served(server.dns_address(), "a.example", "A"), ["192.0.2.9"]);
    // The same after its last day.
    let later = setup.command("plan").env("DNSCTL_NOW", "2027-01-01T00:00:00Z").expect_code(0);
    has(&later.stdout, &["guard/expired-acknowledgement", "nothing in this plan needs it"]);
}

#[test]
fn an_acknowledgement_that_does_not_fit_is_an_error() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    server.create_zone(&Zone::new("a.example").with("@ MX 10 ns1")).unwrap();
    let file = |rule: &str, until: &str, preference: u32| {
        format!(
            "ack:\n  - {{ rule: {rule}, until: {until}, why: \"a test\" }}\nrecords:\n{REST}  \"@\": {{ MX: {preference} ns1 }}\n"
        )
    };
    for (rule, message) in [
        (
            "guard/last-mx, at: \"@ MX\"",
            "lets nothing pass: the guard does not object to what this plan does to MX",
        ),
        ("guard/last-mx, at: \"@ A\"", "lets nothing pass: this guard never objects to A records"),
        (
            "guard/delete-threshold, at: \"@ MX\"",
            "this guard is about the zone as a whole, so leave out \"at\"",
        ),
    ] {
        setup.write_zone("a.example", &file(rule, "2026-12-31", 20));
        let run = setup.run("plan", 3);
        has(&run.stdout, &["guard/unused-acknowledgement", message, "zones/a.example.yaml:2:5", "BLOCKED"]);
    }
    setup.write_zone("a.example", &file("guard/wildcrad", "2026-12-31", 20));
    has(&setup.run("plan", 65).stderr, &["guard/wildcrad", "zones/a.example.yaml:2"]);
    setup.write_zone("a.example", &file("guard/wildcard", "soon", 20));
    has(&setup.run("plan", 65).stderr, &["soon", "zones/a.example.yaml:2"]);
}

/// Live records that nobody declares, or that an ignore rule covers, stay. BIND would drop a CNAME beside them in silence.
#[test]
fn live_records_that_leave_no_place() {
    let live = "www A 192.0.2.1\nold CNAME www\nmoved DNAME elsewhere.example.net.\nlab NS ns.example.net.";
    let Some(server) = require(Bind::start([Zone::new("a.example").with(live)])) else { return };
    let setup = Setup::rfc2136(&server, "");
    for (wanted, rule) in [
        (
            "www: { CNAME: ns1 }",
            "www.a.example CNAME cannot stand beside the live www.a.example A (192.0.2.1)",
        ),
        (
            "old: { A: 192.0.2.2 }",
            "old.a.example A cannot stand beside the live old.a.example CNAME (www.a.example.)",
        ),
        (
            "x.moved: { TXT: t }",
            "x.moved.a.example TXT is below the live moved.a.example DNAME (elsewhere.example.net.)",
        ),
        (
            "x.lab: { TXT: t }",
            "x.lab.a.example TXT is at or below the delegation by the live lab.a.example NS",
        ),
    ] {
        setup.write_zone("a.example", &format!("manage: declared\nrecords:\n  {wanted}\n"));
        let run = setup.run("apply --yes", 3);
        has(
            &run.stdout,
            &[
                "BLOCKED by 1 guard",
                "guard/live-conflict",
                rule,
                "No file declares it",
                "Delete the live record",
            ],
        );
    }
    assert_eq!(crate::support::served(server.address(), "www.a.example", "A"), ["192.0.2.1"]);
    // An ignore rule keeps the address; without the rule the plan takes it away, and the CNAME has its place.
    let file = "records:\n  ns1: { A: 127.0.0.1 }\n  www: { CNAME: ns1 }\n  old: { CNAME: www }\n  moved: { DNAME: elsewhere.example.net. }\n  lab: { NS: ns.example.net. }\n";
    setup.write_zone("a.example", &format!("ignore: [{{ name: www, type: A }}]\n{file}"));
    let run = setup.run("plan", 3);
    has(
        &run.stdout,
        &["guard/live-conflict", "The ignore rule at zones/a.example.yaml:1:10 covers it, so it stays"],
    );
    setup.write_zone("a.example", file);
    setup.run("apply --yes --no-verify", 0);
    assert_eq!(crate::support::served(server.address(), "www.a.example", "CNAME"), ["ns1.a.example."]);
}

#[test]
fn rules_are_explained() {
    let setup = Setup::new("providers: {}\n");
    let list = setup.run("explain", 0).stdout;
    for rule in CASES.iter().map(|case| case.rule).chain([
        "ttl/old-answer-lives",
        "zone/missing",
        "provider/refuses",
        "guard/delete-total",
        "plan/order",
    ]) {
        has(&list, &[rule]);
        let one = setup.run(&format!("explain {rule}"), 0).stdout;
        has(&one, &[rule, "Why", "Fix", "Example", "Acknowledge"]);
    }
    shows!(setup.run("explain guard/last-mx", 0).stdout, @r#"
    guard/last-mx  the last MX record of a name is deleted, or becomes a null MX
    Why          Senders then fall back to the address of the name itself (RFC 5321 section 5.1), which
                 is rarely a mail server. A domain that must stop receiving mail publishes a null MX
                 (RFC 7505); then all mail to it bounces at once.
    Fix          Add the new MX in this change; or, if the name must stop receiving mail, write a null
                 MX (MX: 0 .).
    Example      guard/last-mx  deletes the only MX of abc-corp.example. Senders then use the address of
                 the name (RFC 5321 section 5.1): mail would go to 203.0.113.10, the address of the name
                 itself.
    Acknowledge  ack: [{ rule: guard/last-mx, at: "NAME MX", until: YYYY-MM-DD, why: "..." }]
    Looks at     the files, the zone at the provider
    See          RFC 5321 section 5.1  https://www.rfc-editor.org/rfc/rfc5321#section-5.1
                 RFC 7505  https://www.rfc-editor.org/rfc/rfc7505
    "#);
    for (wrong, near) in [
        ("guard/last-xm", "did you mean \"guard/last-mx\"?"),
        ("last-mx", "did you mean \"guard/last-mx\"?"),
        ("old-answer-lives", "did you mean \"ttl/old-answer-lives\"?"),
        ("mx.target-adress", "did you mean \"mx.target-address\"?"),
        ("target-cname", "did you mean \"ns.target-cname\"?"),
        ("zzz", "dnsctl explain lists all rules"),
    ] {
        has(&setup.run(&format!("explain {wrong}"), 64).stderr, &["no-such-rule", near]);
    }
    has(&list, &["zone.retired-address", "mx.wrong-address"]);
    let group = setup.run("explain ptr", 0).stdout;
    has(&group, &["ptr.fcrdns"]);
    assert!(!group.contains("mx."), "{group}");
    shows!(setup.run("explain mx.null-receiving", 0).stdout, @r#"
    mx.null-receiving  a domain that receives mail has a null MX
    Weight       critical
    Runs         in dnsctl check, and in dnsctl plan where something changes
    Why          Every sender bounces mail to it at once.
    Fix          Write the MX records of the domain in its place; or say mail.receives: false.
    Example      mx.null-receiving  example.com receives mail, but its null MX makes senders bounce it
    Acknowledge  ack: [{ rule: mx.null-receiving, at: "NAME", until: YYYY-MM-DD, why: "..." }]
    Looks at     the files, the zone at the provider, what `mail:` declares
    See          RFC 7505 section 3  https://www.rfc-editor.org/rfc/rfc7505#section-3
    "#);
    let pages = setup.run("explain --markdown=pages", 0).stdout;
    assert!(pages.lines().count() > 10, "{pages}");
    for (name, page) in pages.lines().filter_map(|line| line.split_once(' ')) {
        let page = dnsctl_harness::repository_root().join(page);
        let made = setup.run(&format!("explain --markdown={name}"), 0).stdout;
        assert_eq!(made, fs_err::read_to_string(page).unwrap(), "{name}");
    }
    assert_eq!(setup.run("explain --markdown", 0).stdout, setup.run("explain --markdown=guards", 0).stdout);
}

#[test]
fn a_record_that_is_kept_where_another_is_wanted() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    server.create_zone(&Zone::new("a.example")).unwrap();
    let json = r#"{"rrsets":[{"name":"www.a.example.","type":"A","ttl":300,"changetype":"REPLACE","records":[{"content":"192.0.2.1","disabled":true}]}]}"#;
    assert_eq!(server.api("PATCH", "/zones/a.example.", json).unwrap().status, 204);
    setup.write_zone("a.example", &format!("records:\n{REST}  www: {{ A: 192.0.2.2 }}\n"));
    let run = setup.command("plan").run().unwrap();
    shows!(format!("{}{:?}", run.stdout, run.code), @r#"
    ✖ BLOCKED by 1 guard in a.example: cannot be applied. 1 create in 1 zone.

    a.example  main                                                                   BLOCKED by 1 guard
    ────────────────────────────────────────────────────────────────────────────────────────────────────
    1 + A    www   3600  192.0.2.2
        ✖ guard/kept-record  the provider has www.a.example A already: disabled: 192.0.2.1
          Fix: Ignore this name in the zone file, or remove the other records at the provider first. If
               it is meant, acknowledge it in zones/a.example.yaml: ack: [{ rule: guard/kept-record, at:
               "www A", until: YYYY-MM-DD, why: "..." }]
          zones/a.example.yaml:3:10
      kept: www A (disabled: 192.0.2.1)
    Mail     before and after: no errors, no warnings
    Zone     before and after: 1 error

    Settles  5 min after apply, when the last old answer is gone
    Digest   sha256:3989a25d4573084436be8b8ac0c9309c77e5eea2706f007bcd1f397a3a1d810a
    Plan: 1 to create, 0 to update, 0 to delete. 1 unchanged, 3 left alone.
    ✖ BLOCKED by 1 guard in a.example: cannot be applied. 1 create in 1 zone.
    Not saved  id 3989a25d  Next: mend what is marked ✖, then dnsctl plan
    Some(3)
    "#);
}

//! Every guard once through the command: it stops the plan, and an acknowledgement in the zone file lets it pass.

use crate::support::{Setup, has, has_not, shows};
use dnsctl_harness::{PowerDns, Zone, require};

/// One guard: the zone at the server, the zone file without its acknowledgements, and what the guard is about.
struct Case {
    rule: &'static str,
    at: &'static str,
    live: &'static str,
    records: &'static str,
}

/// What every zone has besides.
const REST: &str = "  ns1: { A: 127.0.0.1 }\n";

const CASES: &[Case] = &[
    Case {
        rule: "guard/last-mx",
        at: "@ MX",
        live: "@ A 192.0.2.1\n@ MX 10 mail\nmail A 192.0.2.2",
        records: "  \"@\": { A: 192.0.2.1 }\n  mail: { A: 192.0.2.2 }\n",
    },
    Case {
        rule: "guard/apex-addresses",
        at: "@ A",
        live: "@ A 192.0.2.1\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
    },
    Case {
        rule: "guard/apex-delegation",
        at: "@ NS",
        live: "ns2 A 192.0.2.53",
        records: "  \"@\": { NS: [ns1, ns2] }\n  ns2: { A: 192.0.2.53 }\n",
    },
    Case {
        rule: "guard/mail-policy",
        at: "_dmarc TXT",
        live: "_dmarc TXT \"v=DMARC1; p=reject\"\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
    },
    Case {
        rule: "guard/mail-policy",
        at: "@ TXT",
        live: "@ TXT \"v=spf1 -all\"\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
    },
    Case {
        rule: "guard/mail-policy",
        at: "s1._domainkey TXT",
        live: "s1._domainkey TXT \"v=DKIM1; p=AAAA\"\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
    },
    Case {
        rule: "guard/delegation",
        at: "child NS",
        live: "child NS ns.example.net.\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
    },
    Case {
        rule: "guard/wildcard",
        at: "* A",
        live: "www A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n  \"*\": { A: 192.0.2.9 }\n",
    },
    Case {
        rule: "guard/wildcard",
        at: "*.dev A",
        live: "www A 192.0.2.1\n*.dev A 192.0.2.9",
        records: "  www: { A: 192.0.2.1 }\n",
    },
    Case {
        rule: "guard/target-address",
        at: "@ MX",
        live: "www A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n  \"@\": { MX: 10 mail }\n",
    },
    Case {
        rule: "guard/target-address",
        at: "_sip._tcp SRV",
        live: "www A 192.0.2.1\nsip CNAME www",
        records: "  www: { A: 192.0.2.1 }\n  sip: { CNAME: www }\n  _sip._tcp: { SRV: 10 60 5060 sip }\n",
    },
    Case {
        rule: "guard/delete-threshold",
        at: "",
        live: "a A 192.0.2.1\nb A 192.0.2.1\nwww A 192.0.2.1",
        records: "  www: { A: 192.0.2.1 }\n",
    },
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
        let file = format!("records:\n{REST}{}", case.records);
        setup.write_zone(&zone, &file);
        let blocked = setup.run(&format!("plan {zone} --out plan.json"), 3);
        has(
            &blocked.stdout,
            &["BLOCKED by 1 guard", case.rule, "Fix: ", "acknowledge it in", "BLOCKED: cannot be applied"],
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
        // The day after the last day it is an error, and the guard is back.
        setup.write_zone(&zone, &format!("{}{file}", acknowledged(case, "2026-11-22")));
        has(&setup.run(&format!("plan {zone}"), 3).stdout, &["guard/expired-acknowledgement", case.rule]);
        setup.write_zone(&zone, &file);
    }
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
    abc-corp.example  main                                        BLOCKED by 1 guard
    ────────────────────────────────────────────────────────────────────────────────
    1 - MX   @     86400  10 mail
        ✖ guard/last-mx  deletes the only MX of abc-corp.example. Senders then use the address of the
                         name (RFC 5321 section 5.1): mail would go to 203.0.113.10, the address of the
                         name itself.
          Fix: Add the new MX in this change; or, if the name must stop receiving mail, write a null MX
               (MX: 0 .). If it is meant, acknowledge it in zones/abc-corp.example.yaml: ack: [{ rule:
               guard/last-mx, at: "@ MX", until: YYYY-MM-DD, why: "..." }]
        ▲ ttl/old-answer-lives  senders can use the old MX for up to 24 h after apply; keep the old mail
                                servers running until then

    Settles  24 h after apply, when the last old answer is gone
    Plan: 0 to create, 0 to update, 1 to delete. 3 unchanged, 2 left alone.
    ✖ BLOCKED: cannot be applied
    "#);
}

#[test]
fn an_acknowledgement_that_lets_nothing_pass_is_an_error() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    server.create_zone(&Zone::new("a.example")).unwrap();
    setup.write_zone("a.example", "ack:\n  - { rule: guard/wildcard, until: 2026-12-31, why: \"left over\" }\nrecords:\n  ns1: { A: 127.0.0.1 }\n");
    shows!(setup.run("plan", 3).stdout, @r"
    a.example  main                                               BLOCKED by 1 guard
    ────────────────────────────────────────────────────────────────────────────────
      ✖ guard/unused-acknowledgement  the acknowledgement of guard/wildcard for the zone lets nothing
                                      pass in this plan
        Fix: Remove it from the zone file, so that it cannot let something else pass later.
        zones/a.example.yaml:2:5

    Plan: 0 to create, 0 to update, 0 to delete. 1 unchanged, 2 left alone.
    ✖ BLOCKED: cannot be applied
    ");
    setup.write_zone("a.example", "ack:\n  - { rule: guard/wildcrad, until: 2026-12-31, why: \"typo\" }\nrecords:\n  ns1: { A: 127.0.0.1 }\n");
    has(&setup.run("plan", 65).stderr, &["guard/wildcrad", "zones/a.example.yaml:2"]);
    setup.write_zone("a.example", "ack:\n  - { rule: guard/wildcard, until: soon, why: \"no date\" }\nrecords:\n  ns1: { A: 127.0.0.1 }\n");
    has(&setup.run("plan", 65).stderr, &["soon", "zones/a.example.yaml:2"]);
}

#[test]
fn an_empty_zone() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    server.create_zone(&Zone::new("a.example").with("www A 192.0.2.1")).unwrap();
    setup.write_zone("a.example", "records: {}\n");
    let run = setup.command("plan").run().unwrap();
    assert!(matches!(run.code, Some(3 | 65)), "{run}");
    assert_eq!(setup.command("apply --yes").run().unwrap().code, run.code);
    assert_eq!(crate::support::served(server.dns_address(), "www.a.example", "A"), ["192.0.2.1"]);
}

#[test]
fn far_fewer_records_than_at_the_last_read() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    server.create_zone(&Zone::new("a.example").with_hosts(20)).unwrap();
    let file: String = (0..20)
        .map(|host| format!("  host{host:06}: {{ A: {{ ttl: 300, value: 10.0.0.{host} }} }}\n"))
        .collect();
    setup.write_zone("a.example", &format!("records:\n{REST}{file}"));
    has(&setup.run("plan", 0).stdout, &["No changes"]);
    let gone: Vec<_> = (0..15)
        .map(|host| serde_json::json!({"name": format!("host{host:06}.a.example."), "type": "A", "changetype": "DELETE"}))
        .collect();
    let json = serde_json::json!({ "rrsets": gone }).to_string();
    assert_eq!(server.api("PATCH", "/zones/a.example.", &json).unwrap().status, 204);
    let run = setup.run("plan", 3);
    has(&run.stdout, &["guard/partial-read", "were read, but", "the last time"]);
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
    a.example  main                                               BLOCKED by 1 guard
    ────────────────────────────────────────────────────────────────────────────────
    1 + A    www   3600  192.0.2.2
        ✖ guard/kept-record  the provider has www.a.example A already: disabled: 192.0.2.1
          Fix: Ignore this name in the zone file, or remove the other records at the provider first. If
               it is meant, acknowledge it in zones/a.example.yaml: ack: [{ rule: guard/kept-record, at:
               "www A", until: YYYY-MM-DD, why: "..." }]
          zones/a.example.yaml:3:10
      kept: www A (disabled: 192.0.2.1)

    Settles  5 min after apply, when the last old answer is gone
    Plan: 1 to create, 0 to update, 0 to delete. 1 unchanged, 3 left alone.
    ✖ BLOCKED: cannot be applied
    Some(3)
    "#);
}

#[test]
fn thresholds_of_one_zone() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "policy: { deletes: { max: 3, percent: 100 } }");
    for zone in ["a.example", "b.example"] {
        server.create_zone(&Zone::new(zone).with_hosts(12)).unwrap();
    }
    let file = |policy: &str, hosts: std::ops::Range<u32>, address: u32| {
        let hosts: String = hosts
            .map(|host| format!("  host{host:06}: {{ A: {{ ttl: 300, value: 10.0.{address}.{host} }} }}\n"))
            .collect();
        format!("{policy}records:\n{REST}{hosts}")
    };
    setup.write_zone("a.example", &file("", 4..12, 0));
    setup.write_zone("b.example", &file("policy: { deletes: { max: 4 } }\n", 4..12, 0));
    let run = setup.run("plan", 3);
    has(&run.stdout, &["4 of 13 RRsets (31 %) would be deleted; the limit is 3, and 100 % from 2 up"]);
    has(&setup.run("plan b.example", 0).stdout, &["4 deletes"]);
    // Updates: more than half, from ten up.
    setup.write_zone("b.example", &file("", 0..12, 1));
    has(
        &setup.run("plan b.example", 3).stdout,
        &["guard/update-threshold", "12 of 13 RRsets (92 %) would be updated"],
    );
    setup.write_zone("b.example", &file("policy: { updates: { percent: 95 } }\n", 0..12, 1));
    setup.run("plan b.example", 0);
}

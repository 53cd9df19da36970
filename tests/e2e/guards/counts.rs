//! Guards that count: empty zones, reads that lack much, thresholds.

use super::*;

#[test]
fn an_empty_zone() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    server.create_zone(&Zone::new("a.example").with("www A 192.0.2.1")).unwrap();
    setup.write_zone("a.example", "records: {}\n");
    has(&setup.run("plan", 3).stdout, &["guard/empty-zone  nothing would be left of a.example"]);
    setup.run("apply --yes", 3);
    assert_eq!(crate::support::served(server.dns_address(), "www.a.example", "A"), ["192.0.2.1"]);
    let rules = [
        "rule: guard/empty-zone",
        "rule: guard/delete-threshold",
        "rule: guard/target-address, at: \"ns1 A\"",
    ];
    let acknowledge = |rules: &[&str]| -> String {
        let entry = |rule: &&str| format!("  - {{ {rule}, until: 2026-12-31, why: \"a test\" }}\n");
        format!("ack:\n{}records: {{}}\n", rules.iter().map(entry).collect::<String>())
    };
    setup.write_zone("a.example", &acknowledge(&rules[1..]));
    has(&setup.run("plan", 3).stdout, &["BLOCKED by 1 guard", "guard/empty-zone"]);
    setup.write_zone("a.example", &acknowledge(&rules));
    has(&setup.run("plan", 0).stdout, &["nothing would be left of a.example (acknowledged)"]);
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
    let gone = (0..15).map(|host| serde_json::json!({"name": format!("host{host:06}.a.example."), "type": "A", "changetype": "DELETE"}));
    patch(&server, "a.example", gone);
    // However often the same is asked, what is remembered stays.
    for _ in 0..3 {
        let run = setup.run("plan", 3);
        has(&run.stdout, &["guard/partial-read", "8 RRsets were read, but 23 the last time"]);
        setup.run("apply --yes", 3);
    }
    // Nor does a plan that is not blocked lower it before it is applied: two short reads in a row.
    let back = |hosts: std::ops::Range<u32>| {
        let rrset = |host: u32| {
            serde_json::json!({"name": format!("host{host:06}.a.example."), "type": "A", "ttl": 300, "changetype": "REPLACE",
                "records": [{"content": format!("10.0.0.{host}"), "disabled": false}]})
        };
        patch(&server, "a.example", hosts.map(rrset));
    };
    back(0..6);
    setup.run("plan", 0);
    let gone = (0..6).map(|host| serde_json::json!({"name": format!("host{host:06}.a.example."), "type": "A", "changetype": "DELETE"}));
    patch(&server, "a.example", gone);
    has(&setup.run("plan", 3).stdout, &["8 RRsets were read, but 23 the last time"]);
    // An acknowledgement is an answer: what was read is right.
    let text = setup.repository.read("zones/a.example.yaml").unwrap();
    setup.write_zone(
        "a.example",
        &format!("ack:\n  - {{ rule: guard/partial-read, until: 2026-12-31, why: \"a test\" }}\n{text}"),
    );
    has(&setup.run("plan", 0).stdout, &["(acknowledged)"]);
    setup.write_zone("a.example", &text);
    setup.run("plan --out plan.json", 0);
    // A saved plan is compared with what it saw itself, on whatever machine.
    setup.repository.remove(".dnsctl/state.json").unwrap();
    setup.run("apply plan.json --no-verify", 0);
    let state = setup.plan_file(".dnsctl/state.json");
    assert_eq!(state["zones"][0]["rrsets"], 23, "what the apply left");
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

#[test]
fn a_first_read_is_not_checked_and_says_so() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    server.create_zone(&Zone::new("a.example").with("www A 192.0.2.1")).unwrap();
    setup.write_zone("a.example", &format!("records:\n{REST}  www: {{ A: 192.0.2.2 }}\n"));
    let said = |name: &str| -> Vec<(String, String)> {
        let plan = setup.plan_file(name);
        let of = |list: &str, what: &str| -> String {
            let all = plan[list].as_array().unwrap().clone();
            let found = all.iter().find(|found| found["rule"] == "guard/partial-read");
            found.map(|found| found[what].as_str().unwrap().to_owned()).unwrap_or_default()
        };
        vec![(of("guards", "verdict"), of("findings", "message"))]
    };
    let not_checked = "not checked: no earlier read of this zone is known";
    has(&setup.run("plan --full --report json=first.json", 0).stdout, &["guard/partial-read", not_checked]);
    assert_eq!(said("first.json"), [("not_checked".to_owned(), not_checked.to_owned())]);
    has_not(&setup.run("plan --full --report json=second.json", 0).stdout, &["guard/partial-read"]);
    assert_eq!(said("second.json"), [("pass".to_owned(), String::new())]);
}

/// What many zones share is deleted in all of them.
#[test]
fn deletions_in_many_zones() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "policy: { deletes: { percent: 100 } }");
    for number in 0..26 {
        let zone = format!("z{number:02}.example");
        server.create_zone(&Zone::new(&zone).with("old A 192.0.2.1\nwww A 192.0.2.2")).unwrap();
        setup.write_zone(&zone, &format!("records:\n{REST}  www: {{ A: 192.0.2.2 }}\n"));
    }
    let run = setup.run("plan --out plan.json", 3);
    has(
        &run.stdout,
        &[
            "BLOCKED by 1 guard in z00.example",
            "guard/delete-total  26 RRsets would be deleted in 26 zones; the limit for all of them together is 25",
            "policy.deletes.total",
        ],
    );
    has(&setup.run("plan --zone z0*.example", 0).stdout, &["10 deletes in 10 zones"]);
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", text.replace("percent: 100", "percent: 100, total: 26")).unwrap();
    setup.run("plan --out plan.json", 0);
    // The limit of now holds for a saved plan, too.
    setup.repository.write("dnsctl.yaml", &text).unwrap();
    has(&setup.run("apply plan.json", 4).stdout, &["guard/delete-total", "Nothing was written"]);
    assert_eq!(crate::support::served(server.dns_address(), "old.z07.example", "A"), ["192.0.2.1"]);
    // It is about all zones, so no zone can set it.
    setup.write_zone("z00.example", &format!("policy: {{ deletes: {{ total: 99 }} }}\nrecords:\n{REST}"));
    has(&setup.run("plan", 65).stderr, &["total", "zones/z00.example.yaml:1"]);
}

//! What one run remembers for the next one.

use crate::support::{LATER, SOUND, SOUND_FILE, Setup, ZONE, has, has_not};
use crate::verify::{servers, start};
use dnsctl_harness::{Access, PowerDns, Zone, nsupdate, require};

const SOON: &str = "verify: { deadline: 2s }";
const STATE: &str = ".dnsctl/state.json";

/// The zone of [`start`] as a secondary has it that is behind.
fn old() -> Zone {
    Zone::new(ZONE)
        .with("@ 3600 A 203.0.113.10\n@ 86400 MX 10 oldmail\nwww 3600 CNAME @\nmail 86400 A 203.0.113.25")
        .with("@ 3600 TXT \"v=spf1 ip4:203.0.113.25 -all\"")
        .access(Access::Key)
}

fn rrsets(setup: &Setup) -> serde_json::Value {
    setup.plan_file(STATE)["zones"][0]["rrsets"].clone()
}

/// A second run finds nothing to write, and is no less strict for that.
#[test]
fn what_was_not_proved_is_asked_for_again() {
    let Some((_server, other, setup)) = start(old(), SOON) else { return };
    let run = setup.run("apply --yes", 7);
    has(&run.stdout, &["Not served by 1 of 2 name servers", "dnsctl apply asks them all again"]);
    has(&setup.run("plan", 0).stderr, &["3 RRsets of abc-corp.example", "did not prove"]);
    let run = setup.run("apply --yes --report json=apply.json --report markdown=apply.md", 7);
    has(
        &run.stdout,
        &[
            "Asked again for what an earlier apply did not prove",
            "Not served by 1 of 2",
            "10 oldmail.abc-corp.example.",
        ],
    );
    let report = setup.plan_file("apply.json");
    assert_eq!((&report["verdict"], &report["summary"]["not_served"]), (&"not_proved".into(), &3.into()));
    has(&setup.repository.read("apply.md").unwrap(), &["Written, not proved to be served: 3 of 3"]);
    // Whoever does not want to know is not told, and it stays open.
    has_not(&setup.run("apply --yes --no-verify", 0).stdout, &["Asked again"]);
    // One of them comes, and another change is made meanwhile.
    let update = |commands: &str| nsupdate(other.address(), ZONE, Some(other.key()), commands).unwrap();
    update(&format!(
        "update delete mail.{ZONE} A\nupdate add mail.{ZONE} 300 A 198.51.100.25\nupdate add new.{ZONE} 300 A 192.0.2.1"
    ));
    let text = setup.repository.read(format!("zones/{ZONE}.yaml")).unwrap();
    setup.write_zone(ZONE, &format!("{text}  new: {{ A: {{ ttl: 5m, value: 192.0.2.1 }} }}\n"));
    let run = setup.run("apply --yes", 7);
    has(&run.stdout, &["2 RRsets not as planned", "(3 were there already)"]);
    has_not(&run.stdout, &["new.abc-corp.example. A:"]);
    update(&format!(
        "update delete {ZONE} MX\nupdate add {ZONE} 3600 MX 10 mail.{ZONE}\nupdate delete {ZONE} TXT\n\
         update add {ZONE} 3600 TXT \"v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all\""
    ));
    let run = setup.run("apply --yes", 0);
    has(&run.stdout, &["Asked again for what an earlier apply did not prove. Both name servers agree"]);
    // Proved once is enough.
    has_not(&setup.run("apply --yes", 0).stdout, &["sked"]);
    has_not(&setup.run("plan", 0).stderr, &["prove"]);
}

/// Nobody saw the end of a run that was killed while the name servers were asked.
#[test]
fn a_run_that_was_killed() {
    let Some((_server, _other, setup)) = start(old(), "verify: { deadline: 1m }") else { return };
    let binary = env!("CARGO_BIN_EXE_dnsctl");
    let run = setup.shell(&format!("timeout -s KILL 4 '{binary}' apply --yes")).run().unwrap();
    assert_ne!(run.code, Some(0));
    let configuration = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", configuration.replace("1m", "2s")).unwrap();
    has(&setup.run("apply --yes", 7).stdout, &["No changes", "Asked again", "Not served by 1 of 2"]);
}

/// What is gone must not be served any more.
#[test]
fn a_deletion_that_was_not_proved() {
    let Some((_server, other, setup)) = start(old(), SOON) else { return };
    setup.run("apply --yes --no-verify", 0);
    let text = setup.repository.read(format!("zones/{ZONE}.yaml")).unwrap();
    setup.write_zone(ZONE, &text.replace("  www: { CNAME: \"@\" }\n", ""));
    has(&setup.run("apply --yes", 7).stdout, &["www.abc-corp.example. CNAME: still there"]);
    has(&setup.run("apply --yes", 7).stdout, &["- CNAME", "www.abc-corp.example. CNAME: still there"]);
    nsupdate(other.address(), ZONE, Some(other.key()), &format!("update delete www.{ZONE} CNAME")).unwrap();
    has(&setup.run("apply --yes", 0).stdout, &["Both name servers agree"]);
}

/// The number that the next read is compared with is that of the zone as it was written to, and no other zone's changes.
#[test]
fn the_number_of_rrsets_is_that_of_the_zone_as_it_was_read_last() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE).with(SOUND)).unwrap();
    let file =
        servers(&[server.dns_address()]).replace("records:", "ignore: [{ name: \"other*\" }]\nrecords:");
    let setup = Setup::powerdns(&server, SOON).zone(ZONE, &format!("{file}{SOUND_FILE}"));
    setup.run("plan --out plan.json", 0);
    let before = rrsets(&setup).as_u64().unwrap();
    // Somebody else writes what the plan does not touch.
    for index in 0..9 {
        let json = format!(
            r#"{{"rrsets":[{{"name":"other{index}.{ZONE}.","type":"A","ttl":300,"changetype":"REPLACE","records":[{{"content":"192.0.2.66","disabled":false}}]}}]}}"#
        );
        assert_eq!(server.api("PATCH", &format!("/zones/{ZONE}."), &json).unwrap().status, 204);
    }
    let plan = setup.plan_file("plan.json");
    let creates = plan["summary"]["create"].as_u64().unwrap();
    setup.run("apply plan.json", 0);
    assert_eq!(rrsets(&setup), before + 9 + creates);
    // All of it is there: nothing is written, nothing is learned.
    let text = setup.repository.read(STATE).unwrap();
    setup.run("apply plan.json", 0);
    assert_eq!(setup.repository.read(STATE).unwrap(), text);
}

/// What a later version wrote, or what is damaged, is told and stays.
#[test]
fn a_memory_that_cannot_be_read() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE).with(SOUND)).unwrap();
    let setup = Setup::powerdns(&server, SOON)
        .zone(ZONE, &format!("{}{SOUND_FILE}", servers(&[server.dns_address()])));
    for (text, why) in [
        (
            "{\"version\": 2, \"zones\": [], \"more\": 1}",
            "was written by a later version of dnsctl (format 2)",
        ),
        ("garbage", "is damaged"),
    ] {
        setup.repository.write(STATE, text).unwrap();
        let run = setup.run("plan --out plan.json", 0);
        has(
            &run.stderr,
            &["warning: nothing of earlier runs is known", why, "guard/partial-read is not checked"],
        );
        assert_eq!(run.stderr.matches("warning: nothing of").count(), 1, "{}", run.stderr);
        assert_eq!(setup.repository.read(STATE).unwrap(), text);
    }
    let run = setup.command("apply plan.json").env("DNSCTL_NOW", LATER).expect_code(0);
    has(&run.stderr, &["warning: nothing of earlier runs is known"]);
    assert_eq!(run.stderr.matches("warning: nothing of").count(), 1, "{}", run.stderr);
    assert_eq!(setup.repository.read(STATE).unwrap(), "garbage");
}

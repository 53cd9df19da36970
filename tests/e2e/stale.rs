//! Saved plans that may not be applied: stale, expired, changed, older than the last one, not approved, locked out.

use crate::story_powerdns::{after, before};
use crate::support::{LATER, Setup, ZONE, has, served, shows};
use dnsctl_harness::{Fault, HttpProxy, PowerDns, require};
use std::time::Duration;

/// A saved plan, and the server as it was when the plan was made.
fn start() -> Option<(PowerDns, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    let setup = Setup::powerdns(&server, "").zone(ZONE, &after(server.dns_address()));
    setup.run("plan --out plan.json", 0);
    Some((server, setup))
}

/// Somebody else changes one RRset.
pub(crate) fn meanwhile(server: &PowerDns, name: &str, record_type: &str, content: &str) {
    let json = serde_json::json!({"rrsets": [{"name": name, "type": record_type, "ttl": 3600, "changetype": "REPLACE",
        "records": [{"content": content, "disabled": false}]}]});
    let answer = server.api("PATCH", &format!("/zones/{ZONE}."), &json.to_string()).unwrap();
    assert_eq!(answer.status, 204, "{}", answer.text());
}

fn writes(server: &PowerDns, since: usize) -> usize {
    server.requests_since(since).iter().filter(|request| request.method != "GET").count()
}

#[test]
fn an_rrset_that_changed_stops_all_and_both_values_are_shown() {
    let Some((server, setup)) = start() else { return };
    meanwhile(
        &server,
        "abc-corp.example.",
        "TXT",
        "\"v=spf1 ip4:203.0.113.25 include:_spf.news.example -all\"",
    );
    let since = server.requests().len();
    shows!(setup.run("apply plan.json", 4).stdout, @r#"
    error[stale-plan]: 1 of 3 RRsets changed after plan 413fe786 was made
      TXT abc-corp.example at main
        planned from  3600 "v=spf1 ip4:203.0.113.25 -all"
        live now      3600 "v=spf1 ip4:203.0.113.25 include:_spf.news.example -all"
    Nothing was written. Next: dnsctl plan
    "#);
    assert_eq!(writes(&server, since), 0);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
}

#[test]
fn an_rrset_that_the_plan_does_not_touch_may_change() {
    let Some((server, setup)) = start() else { return };
    meanwhile(&server, "www2.abc-corp.example.", "A", "192.0.2.90");
    setup.run("apply plan.json", 0);
    assert_eq!(served(server.dns_address(), "www2.abc-corp.example", "A"), ["192.0.2.90"]);
}

#[test]
fn an_expired_plan() {
    let Some((server, setup)) = start() else { return };
    let setup = setup.env("DNSCTL_NOW", "2026-11-24T10:07:03Z");
    let since = server.requests().len();
    shows!(setup.run("apply plan.json", 4).stderr, @r"
    error[stale-plan]: plan 413fe786 could be applied until 2026-11-24 10:07 UTC
      hint: nothing was written; make a new plan: dnsctl plan
    ");
    assert_eq!(writes(&server, since), 0);
    // The life of a plan is a setting.
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", format!("{text}plan: {{ life: 1m }}\n")).unwrap();
    setup.run("plan --out plan.json", 0);
    let setup = setup.env("DNSCTL_NOW", "2026-11-24T10:08:04Z");
    has(&setup.run("apply plan.json", 4).stderr, &["could be applied until 2026-11-24 10:08 UTC"]);
}

#[test]
fn a_plan_file_that_was_changed_cut_or_is_none() {
    let Some((server, setup)) = start() else { return };
    let plan = setup.repository.read("plan.json").unwrap();
    let since = server.requests().len();
    let refuses = |text: &str, words: &[&str]| {
        setup.repository.write("other.json", text).unwrap();
        let run = setup.run("apply other.json", 65);
        has(&run.stderr, &["error[plan-file]", "other.json"]);
        has(&run.stderr, words);
    };
    refuses(&plan.replace("198.51.100.25", "198.51.100.66"), &["changed after it was made"]);
    refuses(&plan.replace("\"ttl\": 300", "\"ttl\": 60"), &["changed after it was made"]);
    let (half, _) = plan.split_at(plan.len() / 2);
    refuses(half, &["not a plan file"]);
    refuses("", &["not a plan file"]);
    refuses("{}", &["not a plan file"]);
    refuses("[1, 2]", &["not a plan file"]);
    refuses("\u{0}\u{1}\u{2}", &["not a plan file"]);
    refuses(&plan.replace("\"format_version\": \"1", "\"format_version\": \"2"), &["format 2"]);
    has(&setup.run("apply none.json", 1).stderr, &["error[io]", "none.json"]);
    assert_eq!(writes(&server, since), 0);
}

#[test]
fn an_older_plan_after_a_newer_one() {
    let Some((server, setup)) = start() else { return };
    let text = after(server.dns_address());
    let setup = setup.env("DNSCTL_NOW", LATER);
    setup.write_zone(ZONE, &text.replace("198.51.100.25\n", "198.51.100.26\n"));
    setup.run("plan --out newer.json", 0);
    setup.run("apply newer.json", 0);
    // The content goes back to what the older plan saw, which would make it look fresh.
    setup
        .write_zone(ZONE, "manage: declared\nrecords:\n  mail: { A: { ttl: 86400, value: 203.0.113.25 } }\n");
    meanwhile(&server, "abc-corp.example.", "TXT", "\"v=spf1 ip4:203.0.113.25 -all\"");
    shows!(setup.run("apply plan.json", 4).stderr, @"");
}

#[test]
fn the_approved_digest_must_be_that_of_the_plan() {
    let Some((server, setup)) = start() else { return };
    let digest = setup.plan_file("plan.json")["digest"].as_str().unwrap().to_owned();
    let since = server.requests().len();
    let wrong = digest.replace(|c: char| c.is_ascii_digit(), "0");
    let run = setup.run(&format!("apply plan.json --approved-digest {wrong}"), 4);
    has(&run.stderr, &["error[not-approved]", &wrong, &digest, "nothing was written"]);
    // A fresh plan is held to it, too.
    setup.run(&format!("apply --yes --approved-digest {wrong}"), 4);
    assert_eq!(writes(&server, since), 0);
    setup.run(&format!("apply plan.json --approved-digest {digest}"), 0);
}

#[test]
fn a_lock_of_another_process() {
    let Some((server, setup)) = start() else { return };
    let lock = fs_err::OpenOptions::new()
        .create(true)
        .append(true)
        .open(setup.repository.path().join(".dnsctl/lock"))
        .unwrap();
    lock.file().lock().unwrap();
    let since = server.requests().len();
    shows!(setup.run("apply plan.json", 5).stderr, @r"
    error[locked]: another apply is running here: [folder]/.dnsctl/lock is locked
      hint: wait until it has ended
    ");
    setup.run("apply --yes", 5);
    // A plan needs no lock.
    setup.run("plan", 0);
    assert_eq!(writes(&server, since), 0);
    drop(lock);
    setup.run("apply plan.json", 0);
}

#[test]
fn two_applies_at_once() {
    let Some((server, setup)) = start() else { return };
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_secs(3)));
    let slow =
        Setup::powerdns_at(&proxy.url(), server.api_key(), "").zone(ZONE, &after(server.dns_address()));
    slow.run("plan --out plan.json", 0);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| slow.run("apply plan.json", 0));
        dnsctl_harness::until("the first write", Duration::from_secs(60), || {
            proxy.requests().iter().any(|request| request.method == "GET").then_some(())
        })
        .unwrap();
        std::thread::sleep(Duration::from_millis(500));
        has(&slow.run("apply plan.json", 5).stderr, &["error[locked]"]);
        first.join().unwrap();
    });
    assert_eq!(proxy.counts().get(&("PATCH".to_owned(), 204)), Some(&1));
    drop(setup);
}

#[test]
fn flags_that_do_not_go_together() {
    let Some((_server, setup)) = start() else { return };
    setup.run("apply plan.json --yes", 64);
    setup.run("apply plan.json --zone abc-corp.example", 64);
    setup.run("apply --resume", 64);
}

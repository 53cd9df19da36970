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
    // Whatever it is about: the verdict, the order, the time, an acknowledgement, a word of advice.
    let document: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let first = |list: &str| document[list][0].clone();
    for (at, value) in [
        ("/applicable", serde_json::json!(false)),
        ("/expires_at", "2099-01-01T00:00:00Z".into()),
        ("/created_at", "2026-11-23T10:07:03Z".into()),
        ("/mode", "zone-filter".into()),
        ("/complete", false.into()),
        ("/errors", serde_json::json!([{"provider": "main", "zone": "a.example.", "message": "gone"}])),
        ("/findings", serde_json::json!([])),
        ("/findings/1/severity", "note".into()),
        ("/guards/0/verdict", "block".into()),
        ("/guards", serde_json::json!([])),
        (
            "/acknowledged",
            serde_json::json!([{"rule": "guard/last-mx", "provider": "main", "zone": "abc-corp.example.",
            "at": "@ MX", "until": "2099-12-31", "why": "x"}]),
        ),
        ("/summary/delete", 7.into()),
        ("/zones/0/counts/managed", 4000.into()),
        ("/zones/0/source/line", 77.into()),
        ("/changes/0/order", 3.into()),
        ("/changes/0/group", 9.into()),
        ("/changes/2/depends_on", serde_json::json!([])),
        ("/changes/0/old_answer_max_s", 1.into()),
        ("/changes", serde_json::json!([first("changes")])),
        ("/changes", document["changes"].as_array().unwrap().iter().rev().cloned().collect()),
    ] {
        let mut edited = document.clone();
        *edited.pointer_mut(at).unwrap() = value;
        assert_ne!(edited, document, "{at}");
        refuses(&edited.to_string(), &["changed after it was made"]);
    }
    let (half, _) = plan.split_at(plan.len() / 2);
    refuses(half, &["not a plan file"]);
    refuses("", &["not a plan file"]);
    refuses("{}", &["not a plan file"]);
    refuses("[1, 2]", &["not a plan file"]);
    refuses("\u{0}\u{1}\u{2}", &["not a plan file"]);
    refuses(&plan.replace("\"format_version\": \"1", "\"format_version\": \"2"), &["format 2"]);
    has(&setup.run("apply none.json", 1).stderr, &["error[io]", "none.json"]);
    assert_eq!(writes(&server, since), 0);
    // White space and the order of keys are nobody's business.
    setup.repository.write("flat.json", document.to_string()).unwrap();
    has(&setup.run("apply flat.json", 0).stdout, &["Applied 3 of 3"]);
}

/// Gives a document that was changed the digest of its contents, as anybody can who can write it.
fn seal(setup: &Setup, document: &mut serde_json::Value, name: &str) {
    document.as_object_mut().unwrap().remove("document_digest").unwrap();
    // Keys are sorted in this map, and the text has no white space.
    setup.repository.write(name, document.to_string()).unwrap();
    let digest = setup.shell(&format!("sha256sum < {name} | cut -d ' ' -f 1")).expect_code(0).stdout;
    document["document_digest"] = format!("sha256:{}", digest.trim()).into();
    setup.repository.write(name, document.to_string()).unwrap();
}

#[test]
fn a_plan_that_was_changed_and_sealed_again_is_not_trusted() {
    let Some((server, setup)) = start() else { return };
    let since = server.requests().len();
    // A blocked plan, made to look as if nothing were the matter with it.
    let no_mx = after(server.dns_address()).replace("    MX: 10 mail\n", "");
    setup.write_zone(ZONE, &no_mx);
    setup.run("plan --report json=blocked.json", 3);
    let mut forged = setup.plan_file("blocked.json");
    let shown = forged["digest"].as_str().unwrap().to_owned();
    seal(&setup, &mut forged, "as-it-was.json");
    has(&setup.run("apply as-it-was.json", 3).stderr, &["error[blocked]"]);
    forged["applicable"] = true.into();
    forged["expires_at"] = "2099-01-01T00:00:00Z".into();
    forged["findings"] = serde_json::json!([]);
    forged["guards"] = serde_json::json!([]);
    for change in forged["changes"].as_array_mut().unwrap() {
        change["findings"] = serde_json::json!([]);
    }
    seal(&setup, &mut forged, "forged.json");
    let run = setup.run(&format!("apply forged.json --approved-digest {shown}"), 65);
    has(&run.stderr, &["error[plan-file]", &format!("its digest is {shown}")]);
    // With a digest of its own it is no longer what was approved, and the guard objects all the same.
    let own = run
        .stderr
        .split("that of its contents is ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    forged["digest"] = own.clone().into();
    forged["id"] = own["sha256:".len()..][..8].into();
    seal(&setup, &mut forged, "forged.json");
    has(
        &setup.run(&format!("apply forged.json --approved-digest {shown}"), 4).stderr,
        &["error[not-approved]"],
    );
    has(
        &setup.run("apply forged.json", 4).stdout,
        &["cannot be applied to the zones as they are now", "guard/last-mx", "Nothing was written"],
    );
    // A plan that is older than its life does not live longer because it says so.
    let mut old = setup.plan_file("plan.json");
    old["expires_at"] = "2099-01-01T00:00:00Z".into();
    seal(&setup, &mut old, "old.json");
    let late = |now: &str| setup.command("apply old.json").env("DNSCTL_NOW", now).expect_code(4).stderr;
    has(&late("2026-11-24T10:07:03Z"), &["could be applied until 2026-11-24 10:07 UTC"]);
    has(&late("2026-11-20T10:07:03Z"), &["was made long after now, at 2026-11-23 10:07 UTC"]);
    assert_eq!(writes(&server, since), 0);
}

#[test]
fn the_order_of_a_plan_is_found_again() {
    let Some((server, setup)) = start() else { return };
    let since = server.requests().len();
    let mut turned = setup.plan_file("plan.json");
    let mut changes = turned["changes"].as_array().unwrap().clone();
    changes.reverse();
    // The order of the list says nothing, the numbers do.
    turned["changes"] = changes.clone().into();
    seal(&setup, &mut turned, "moved.json");
    for (number, change) in (1..).zip(&mut changes) {
        change["order"] = number.into();
        change["id"] = format!("c{number}").into();
        change["depends_on"] = serde_json::json!([]);
        change["findings"] = serde_json::json!([]);
    }
    turned["changes"] = changes.into();
    turned["findings"] = serde_json::json!([]);
    seal(&setup, &mut turned, "turned.json");
    has(
        &setup.run("apply turned.json", 4).stdout,
        &[
            "plan/order",
            "abc-corp.example MX must be written after mail.abc-corp.example A",
            "Nothing was written",
        ],
    );
    assert_eq!(writes(&server, since), 0);
    has(&setup.run("apply moved.json", 0).stdout, &["1 ~ A mail", "2 ~ TXT @", "3 ~ MX @", "Applied 3 of 3"]);
}

/// No RRset of the plan changed, but what it leads to.
#[test]
fn guards_are_asked_again_when_a_plan_is_applied() {
    let Some(server) = require(PowerDns::start()) else { return };
    let live = "@ MX 10 m1\nm1 A 192.0.2.1\nm2 A 192.0.2.2";
    server.create_zone(&dnsctl_harness::Zone::new("abc-corp.example").with(live)).unwrap();
    let setup = Setup::powerdns(&server, "");
    setup.write_zone(
        ZONE,
        "manage: declared\nrecords:\n  ns1: { A: 127.0.0.1 }\n  \"@\": { MX: 10 m2 }\n  www: { CNAME: m1 }\n",
    );
    setup.run("plan --out plan.json", 0);
    let delete = |name: &str| {
        let json = serde_json::json!({"rrsets": [{"name": name, "type": "A", "changetype": "DELETE"}]});
        let answer = server.api("PATCH", &format!("/zones/{ZONE}."), &json.to_string()).unwrap();
        assert_eq!(answer.status, 204, "{}", answer.text());
    };
    delete("m2.abc-corp.example.");
    meanwhile(&server, "www.abc-corp.example.", "A", "192.0.2.9");
    let since = server.requests().len();
    shows!(setup.run("apply plan.json --report json=apply.json --report markdown=apply.md", 4).stdout, @r#"
    error[stale-plan]: plan f7f63873 cannot be applied to the zones as they are now
      MX abc-corp.example at main
        ✖ guard/target-address  m2.abc-corp.example, a target of abc-corp.example MX, has no A or AAAA
                                record: mail sent there bounces
          Fix: Give the target an address in the same change, or point at another host. If it is meant,
               acknowledge it in zones/abc-corp.example.yaml: ack: [{ rule: guard/target-address, at: "@
               MX", until: YYYY-MM-DD, why: "..." }]
      CNAME www.abc-corp.example at main
        ✖ guard/live-conflict  www.abc-corp.example CNAME cannot stand beside the live
                               www.abc-corp.example A (192.0.2.9): a CNAME stands alone (RFC 1034
                               section 3.6.2). No file declares it (manage: declared), so it stays.
          Fix: Delete the live record at the provider; or remove this record from the zone file and
               declare the live one there, or ignore it. If it is meant, acknowledge it in
               zones/abc-corp.example.yaml: ack: [{ rule: guard/live-conflict, at: "www CNAME", until:
               YYYY-MM-DD, why: "..." }]
    Nothing was written. Next: dnsctl plan
    "#);
    assert_eq!(writes(&server, since), 0);
    let report = setup.plan_file("apply.json");
    assert_eq!((&report["verdict"], &report["stale"][0]["what"]), (&"stale".into(), &"objection".into()));
    let rules: Vec<_> = report["stale"].as_array().unwrap().iter().map(|found| &found["rule"]).collect();
    assert_eq!(rules, ["guard/target-address", "guard/live-conflict"]);
    has(&setup.repository.read("apply.md").unwrap(), &["guard/target-address", "has no A or AAAA record"]);
    delete("www.abc-corp.example.");
    has(&setup.run("apply plan.json", 4).stdout, &["guard/target-address"]);
    meanwhile(&server, "m2.abc-corp.example.", "A", "192.0.2.3");
    setup.run("apply plan.json --no-verify", 0);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 m2.abc-corp.example."]);
}

/// The files no longer say how much of the zone may be deleted: then what holds for all zones does.
#[test]
fn a_zone_that_is_no_longer_declared_has_the_limits_of_the_project() {
    let Some(server) = require(PowerDns::start()) else { return };
    let records: Vec<String> = (1..=60).map(|number| format!("host{number:02} A 192.0.2.{number}")).collect();
    server.create_zone(&dnsctl_harness::Zone::new(ZONE).with(&records.join("\n"))).unwrap();
    let setup = Setup::powerdns(&server, "policy: { deletes: { max: 1 } }");
    let kept: Vec<String> =
        (4..=60).map(|number| format!("  host{number:02}: {{ A: 192.0.2.{number} }}\n")).collect();
    let zone = format!(
        "policy: {{ deletes: {{ max: 4 }} }}\nrecords:\n  ns1: {{ A: 127.0.0.1 }}\n{}",
        kept.concat()
    );
    setup.write_zone(ZONE, &zone);
    setup.run("plan --out plan.json", 0);
    fs_err::remove_file(setup.repository.path().join(format!("zones/{ZONE}.yaml"))).unwrap();
    has(&setup.run("apply plan.json", 4).stdout, &["guard/delete-threshold", "Nothing was written"]);
    setup.write_zone(ZONE, &zone);
    has(&setup.run("apply plan.json --no-verify", 0).stdout, &["Applied"]);
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

//! An apply that somebody stops, in order or by force.

use crate::partial::{large, many, start, written};
use crate::story_powerdns::before;
use crate::support::{Running, Setup, ZONE, has, served};
use crate::verify;
use dnsctl_harness::{Fault, HttpProxy, PATIENCE, PowerDns, until};
use std::time::{Duration, Instant};

const ZONES: usize = 40;

/// Forty zones whose writes are slow, and an apply that has written the first of them.
fn under_way() -> Option<(PowerDns, HttpProxy, Setup, Running)> {
    let (server, proxy, setup) = many(ZONES)?;
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_millis(700)));
    let running = Running::start(&setup, "apply plan.json --concurrency 2");
    let first = || proxy.counts().contains_key(&("PATCH".to_owned(), 204)).then_some(());
    until("a write", PATIENCE, first).unwrap();
    Some((server, proxy, setup, running))
}

fn resume(server: &PowerDns, proxy: &HttpProxy, setup: &Setup) {
    proxy.heal();
    has(&setup.run("apply plan.json --resume", 0).stdout, &["Applied 40 of 40", "were there already"]);
    assert_eq!(written(server, ZONES), ZONES);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
}

/// What is being written is finished, the rest is not started, and what is said is true.
fn stopped_by(signal: &str) {
    let Some((server, proxy, setup, running)) = under_way() else { return };
    running.send(signal);
    let run = running.wait();
    assert_eq!(run.code, Some(6), "{run}");
    has(&run.stderr, &["Stopping: what is being written is finished"]);
    let there = written(&server, ZONES);
    assert!((1..ZONES).contains(&there), "{there} of {ZONES} are written");
    has(
        &run.stdout,
        &[
            "Stopped.",
            &format!("{there} of 40 written"),
            "0 unknown",
            "Next: dnsctl apply plan.json --resume",
        ],
    );
    resume(&server, &proxy, &setup);
}

#[test]
fn ctrl_c() {
    stopped_by("INT");
}

/// As CI systems cancel a job.
#[test]
fn terminated() {
    stopped_by("TERM");
}

#[test]
fn ctrl_c_twice_ends_at_once() {
    let Some((server, proxy, setup, running)) = under_way() else { return };
    proxy.set_latency(Duration::from_secs(20));
    // What was under way before ends, and what comes now takes long.
    std::thread::sleep(Duration::from_secs(2));
    running.send("INT");
    std::thread::sleep(Duration::from_secs(1));
    let begun = Instant::now();
    running.send("INT");
    let run = running.wait();
    assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?}", begun.elapsed());
    assert_eq!(run.code, Some(6), "{run}");
    has(&run.stderr, &["Ended in the middle of a write"]);
    proxy.set_latency(Duration::ZERO);
    proxy.heal();
    // What was under way when it ended may still arrive.
    let arrived = || {
        (proxy.counts().get(&("PATCH".to_owned(), 204)).copied() == Some(written(&server, ZONES)))
            .then_some(())
    };
    until("the last write", PATIENCE, arrived).unwrap();
    resume(&server, &proxy, &setup);
}

#[test]
fn killed() {
    let Some((server, proxy, setup, running)) = under_way() else { return };
    running.send("KILL");
    assert_eq!(running.wait().code, None);
    resume(&server, &proxy, &setup);
}

#[test]
fn ctrl_c_before_anything_is_written() {
    let Some((server, proxy, setup)) = many(3) else { return };
    proxy.fault(Fault::on("GET", "").late(Duration::from_secs(2)));
    let running = Running::start(&setup, "apply plan.json");
    std::thread::sleep(Duration::from_secs(1));
    running.send("INT");
    let run = running.wait();
    assert_eq!(run.code, Some(130), "{run}");
    has(&run.stdout, &["Nothing was written. Next: dnsctl apply plan.json; or dnsctl plan"]);
    assert_eq!(written(&server, 3), 0);
}

/// A zone that takes several requests: the one under way is finished, the others are not sent.
#[test]
fn ctrl_c_between_the_requests_of_one_zone() {
    let Some((_server, proxy, setup)) = large() else { return };
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_secs(1)));
    let running = Running::start(&setup, "apply plan.json");
    let sent = || proxy.counts().get(&("PATCH".to_owned(), 204)).copied().unwrap_or_default();
    until("a write", PATIENCE, || (sent() > 0).then_some(())).unwrap();
    running.send("INT");
    let run = running.wait();
    assert_eq!(run.code, Some(6), "{run}");
    assert!(sent() <= 3, "{} requests", sent());
    has(&run.stdout, &["of 40 written", "0 unknown"]);
    proxy.heal();
    has(&setup.run("apply plan.json --resume", 0).stdout, &["Applied 40 of 40"]);
}

/// The report of an apply, which must be as its schema says.
fn report(setup: &Setup) -> serde_json::Value {
    let report = setup.plan_file("apply.json");
    let schema = dnsctl_reconcile::apply::file::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    report
}

/// Everything that the report says of a hundred zones is true at the server; gives how many are written.
fn all_is_true(server: &PowerDns, proxy: &HttpProxy, setup: &Setup) -> usize {
    let report = report(setup);
    let changes = report["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 100);
    let mut there = 0;
    for change in changes {
        let name = change["name"].as_str().unwrap();
        let value = served(server.dns_address(), name, "A");
        let expected = match change["status"].as_str() {
            Some("written") => "192.0.2.2",
            Some("not_written") => "192.0.2.1",
            _ => "a status that says something",
        };
        assert_eq!(value, [expected], "{change}");
        there += usize::from(change["status"] == "written");
    }
    let count = |key: &str| report["summary"][key].as_u64().unwrap();
    assert_eq!(count("written") + count("not_written") + count("unknown"), 100);
    assert_eq!((count("unknown"), report["verdict"].as_str()), (0, Some("partial")));
    assert_eq!(proxy.counts().get(&("PATCH".to_owned(), 204)), Some(&there));
    there
}

/// Sixteen zones are under way and eight requests are let through: what waits behind them is not sent any more.
#[test]
fn ctrl_c_in_the_middle_of_a_hundred_zones() {
    let Some((server, proxy, setup)) = many(100) else { return };
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_secs(1)));
    let running =
        Running::start(&setup, "apply plan.json --report json=apply.json --report markdown=apply.md");
    let sent = || proxy.counts().get(&("PATCH".to_owned(), 204)).copied().unwrap_or_default();
    until("a write", PATIENCE, || (sent() > 0).then_some(())).unwrap();
    running.send("INT");
    let run = running.wait();
    assert_eq!(run.code, Some(6), "{run}");
    let there = all_is_true(&server, &proxy, &setup);
    // The first eight, and those that took their places before the signal came.
    assert!((1..=16).contains(&there), "{there} were written");
    has(&run.stdout, &[&format!("{there} of 100 written, {} not written, 0 unknown", 100 - there)]);
    has(&setup.repository.read("apply.md").unwrap(), &["Partly applied", "not written"]);
    proxy.heal();
    has(&setup.run("apply plan.json --resume", 0).stdout, &["Applied 100 of 100"]);
}

/// The first refusal stops what waits, too.
#[test]
fn a_failure_in_the_middle_of_a_hundred_zones() {
    let Some((server, proxy, setup)) = many(100) else { return };
    proxy.fault(Fault::on("PATCH", "").nth(9).status(422));
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_secs(1)));
    let run = setup.run("apply plan.json --report json=apply.json", 6);
    let there = all_is_true(&server, &proxy, &setup);
    assert!((1..=24).contains(&there), "{there} were written");
    has(&run.stdout, &[&format!("{there} of 100 written"), "0 unknown", "injected 422"]);
}

/// All is written; nobody waits for a server that may take minutes, and nothing false is said.
#[test]
fn ctrl_c_while_servers_are_asked() {
    let Some((server, _other, setup)) = verify::start(before(), "verify: { deadline: 5m }") else { return };
    setup.run("plan --out plan.json", 0);
    let running = Running::start(&setup, "apply plan.json --report json=apply.json");
    let moved = || (served(server.dns_address(), ZONE, "MX") == ["10 mail.abc-corp.example."]).then_some(());
    until("the write", PATIENCE, moved).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let begun = Instant::now();
    running.send("INT");
    let run = running.wait();
    assert!(begun.elapsed() < Duration::from_secs(10), "it took {:?}", begun.elapsed());
    assert_eq!(run.code, Some(7), "{run}");
    has(&run.stderr, &["all 3 RRsets are written; name servers are no longer asked"]);
    has(&run.stdout, &["Applied 3 of 3", "verification interrupted", "dnsctl apply plan.json --resume"]);
    let report = report(&setup);
    assert_eq!(report["verdict"], "not_proved");
    assert_eq!(report["changes"][0]["verification"], "interrupted");
    // Asked again, with the server that is behind left out.
    setup.write_zone(ZONE, &verify::servers(&[server.dns_address()]));
    let again = setup.run("apply plan.json --resume", 0);
    has(&again.stdout, &["Nothing to do: plan", "is applied already. The name server serves it"]);
}

/// The server has not answered in time and may still be working: nothing is claimed of what may yet come.
#[test]
fn ctrl_c_while_a_late_write_is_looked_for() {
    let Some((_server, proxy, setup)) = start() else { return };
    setup.timeout("1s");
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_secs(25)));
    let running = Running::start(&setup, "apply plan.json");
    std::thread::sleep(Duration::from_secs(5));
    running.send("INT");
    let run = running.wait();
    assert_eq!(run.code, Some(6), "{run}");
    has(&run.stdout, &["0 of 3 written, 0 not written, 3 unknown"]);
}

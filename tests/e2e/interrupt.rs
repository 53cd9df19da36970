//! An apply that somebody stops, in order or by force.

use crate::partial::{large, many, written};
use crate::support::{Running, Setup, has};
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
    has(&run.stdout, &["Stopped.", &format!("{there} of 40 written"), "0 unknown", "--resume"]);
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

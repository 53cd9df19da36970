//! Servers do not outlive a test process that is killed, and several test processes do not get in each other's way.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use dnsctl_harness::{Bind, Knot, Nsd, PATIENCE, PowerDns, Zone, require, until};

/// Not a test: the other process of the tests below. It holds servers until its standard input ends.
#[test]
#[ignore = "is run by the tests of this file"]
fn holds_servers() {
    let zone = || [Zone::new("example.test")];
    let Some(bind) = require(Bind::start(zone())) else { return };
    let Some(knot) = require(Knot::start(zone())) else { return };
    let Some(nsd) = require(Nsd::start(zone())) else { return };
    let Some(powerdns) = require(PowerDns::start()) else { return };
    let processes = [bind.process(), knot.process(), nsd.process(), powerdns.process()];
    let pids: Vec<String> = processes.iter().map(|process| process.pid().unwrap().to_string()).collect();
    println!("\nHOLDS {}", pids.join(" "));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// What a killed process leaves behind goes into `folder`.
fn start_holder(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "holds_servers", "--ignored", "--nocapture"]);
    command.env("TMPDIR", folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

fn held(holder: &mut Child) -> Vec<String> {
    let lines = BufReader::new(holder.stdout.as_mut().unwrap()).lines();
    let line = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("HOLDS ").map(str::to_owned));
    line.unwrap_or_default().split(' ').filter(|pid| !pid.is_empty()).map(str::to_owned).collect()
}

/// A container may have no process that collects the dead, so they stay in the list as zombies.
fn is_gone(pid: &str) -> bool {
    fs_err::read_to_string(Path::new("/proc").join(pid).join("stat"))
        .map_or(true, |stat| stat.contains(") Z "))
}

fn wait_until_gone(pid: &str) {
    until(&format!("the end of {pid}"), PATIENCE, || is_gone(pid).then_some(())).unwrap();
}

#[test]
fn servers_die_with_a_test_process_that_is_killed() {
    if require(Bind::start([])).is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut holder = start_holder(folder.path());
    let pids = held(&mut holder);
    assert_eq!(pids.len(), 4);
    assert!(pids.iter().all(|pid| Path::new("/proc").join(pid).exists()));
    holder.kill().unwrap();
    holder.wait().unwrap();
    pids.iter().for_each(|pid| wait_until_gone(pid));
}

#[test]
fn four_test_processes_at_once_do_not_collide() {
    if require(Bind::start([])).is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut holders: Vec<Child> = (0..4).map(|_| start_holder(folder.path())).collect();
    let pids: Vec<Vec<String>> = holders.iter_mut().map(held).collect();
    for holder in &mut holders {
        drop(holder.stdin.take());
        assert!(holder.wait().unwrap().success());
    }
    assert!(pids.iter().all(|pids| pids.len() == 4), "{pids:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing is left behind");
    pids.iter().flatten().for_each(|pid| wait_until_gone(pid));
}

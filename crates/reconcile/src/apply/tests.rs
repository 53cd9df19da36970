//! The loop with a provider in memory.

use super::fresh::Job;
use super::*;
use crate::servers::NameServer;
use crate::testing::{Fault, Memory, name, www};
use dnsctl_plan::Change;
use dnsctl_provider::error::ErrorKind;
use dnsctl_zone::RRset;
use std::net::{IpAddr, Ipv4Addr};

mod doubt;

/// A zone whose `www` is to move from 192.0.2.1 to 192.0.2.2.
fn job(zone: &str, number: u32) -> Job {
    let change = Change::new(Some(www(zone, 1)), Some(www(zone, 2)), None).unwrap();
    Job {
        provider: "main".into(),
        zone: name(zone),
        create: false,
        waits_for: Vec::new(),
        changes: vec![Change { number, group: number, ..change }],
        already: Vec::new(),
        witnesses: Some(Witnesses::default()),
    }
}

fn providers(memory: &Memory) -> Providers {
    let reader = memory.clone();
    let open: crate::Opener = Box::new(move || Ok(("memory", Box::new(reader.clone()))));
    std::iter::once(("main".to_owned(), open)).collect()
}

async fn read(providers: &Providers, zones: &[&str]) {
    for zone in zones {
        providers.get("main").unwrap().read_zone(&name(zone)).await.unwrap();
    }
}

async fn run(memory: &Memory, providers: &Providers, jobs: Vec<Job>) -> (Report, Vec<ApplyEvent>) {
    run_with(memory, providers, jobs, Control::default()).await
}

async fn run_with(
    memory: &Memory,
    providers: &Providers,
    jobs: Vec<Job>,
    control: Control,
) -> (Report, Vec<ApplyEvent>) {
    let mut events = Vec::new();
    let mut observer = |event: ApplyEvent| events.push(event);
    let servers = Servers::new();
    let options = ApplyOptions {
        open: &|_| Ok(memory.writer()),
        freshness: Freshness::JustRead(&servers),
        resume: false,
        verify: Some(Duration::from_secs(3)),
        finish: Duration::ZERO,
        control,
        observer: &mut observer,
    };
    let report = write::all(jobs, providers, options).await.unwrap();
    (report, events)
}

fn address(memory: &Memory, zone: &str) -> String {
    memory.get(zone).map_or_else(String::new, |rrset: RRset| rrset.values()[0].to_string())
}

/// A panic is an error of its zone: nothing of the report is lost, and nothing is claimed of what was being written.
#[tokio::test]
async fn an_adapter_that_panics_while_it_writes() {
    let memory = Memory::new(&["a.example", "b.example"]);
    let providers = providers(&memory);
    read(&providers, &["a.example", "b.example"]).await;
    memory.fault("a.example", Fault::PanicsWriting);
    let (report, _) = run(&memory, &providers, vec![job("a.example", 1), job("b.example", 2)]).await;
    assert_eq!(report.zones.len(), 2);
    assert!(!report.is_complete() && report.is_touched());
    let Some(Status::Unknown(error)) = report.zones[0].changes.first().map(|change| &change.status) else {
        panic!("{report:?}");
    };
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Defect, "dnsctl failed in the middle: broken on purpose")
    );
}

#[tokio::test]
async fn a_zone_that_is_refused_is_an_error_though_it_has_no_rrsets() {
    let memory = Memory::new(&[]);
    memory.fault("new.example", Fault::Refuses);
    let job = Job { create: true, changes: Vec::new(), ..job("new.example", 1) };
    let (report, _) = run(&memory, &providers(&memory), vec![job]).await;
    assert!(!report.is_complete() && !report.is_touched());
    assert_eq!(report.error().map(dnsctl_provider::error::Error::message), Some("not here"));
    assert_eq!(file::Verdict::of(&report), file::Verdict::NotWritten);
    assert!(matches!(report.zones[0].verification, crate::verify::Verification::NotChecked(_)));
}

/// Within ten seconds one reading is enough; after that what somebody else wrote is found before it is overwritten.
#[tokio::test(start_paused = true)]
async fn a_zone_that_was_read_long_ago_is_read_again_before_it_is_written() {
    for (seconds, foreign, calls) in [
        (9, false, &["read a.example.", "write a.example."][..]),
        (11, false, &["read a.example.", "read a.example.", "write a.example."][..]),
        (11, true, &["read a.example.", "read a.example."][..]),
    ] {
        let memory = Memory::new(&["a.example"]);
        let providers = providers(&memory);
        read(&providers, &["a.example"]).await;
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        if foreign {
            memory.put("a.example", www("a.example", 9));
        }
        let (report, _) = run(&memory, &providers, vec![job("a.example", 1)]).await;
        assert_eq!(memory.calls(), calls, "{seconds} {foreign}");
        assert_eq!(address(&memory, "a.example"), if foreign { "192.0.2.9" } else { "192.0.2.2" });
        assert_eq!(report.is_complete(), !foreign);
        assert_eq!(report.conflicts().count(), usize::from(foreign));
        assert!(!foreign || report.error().is_some_and(is_stale));
    }
}

/// Only the RRsets that the plan touches count.
#[tokio::test(start_paused = true)]
async fn what_the_plan_does_not_touch_may_change() {
    let memory = Memory::new(&["a.example"]);
    let providers = providers(&memory);
    read(&providers, &["a.example"]).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    memory.put("a.example", www("other.a.example", 9));
    let (report, _) = run(&memory, &providers, vec![job("a.example", 1)]).await;
    assert!(report.is_complete());
}

/// A zone of several requests: what is sent later is sent only after another look.
#[tokio::test(start_paused = true)]
async fn each_request_of_a_slow_zone_follows_a_reading() {
    let memory = Memory::new(&["a.example"]);
    memory.fault("a.example", Fault::Slow(8));
    let providers = providers(&memory);
    read(&providers, &["a.example"]).await;
    let mut job = job("a.example", 1);
    for number in 2..5 {
        let after = www(&format!("n{number}.a.example"), 2);
        job.changes.push(Change { number, group: number, ..Change::new(None, Some(after), None).unwrap() });
    }
    let (report, _) = run(&memory, &providers, vec![job]).await;
    assert!(report.is_complete(), "{report:?}");
    let calls: Vec<String> = memory.calls().iter().map(|call| call[..1].to_owned()).collect();
    assert_eq!(calls.concat(), "rwwrww", "a reading is good for ten seconds");
}

/// A reader that is behind shows what was before: that is no proof that nothing was written.
#[tokio::test(start_paused = true)]
async fn a_write_that_a_lagging_reader_does_not_show_stays_unknown() {
    let memory = Memory::new(&["a.example"]);
    memory.fault("a.example", Fault::Behind);
    let providers = providers(&memory);
    read(&providers, &["a.example"]).await;
    let (report, _) = run(&memory, &providers, vec![job("a.example", 1)]).await;
    assert_eq!(report.count(Status::is_unknown), 1, "{report:?}");
    assert_eq!(address(&memory, "a.example"), "192.0.2.2");
    assert_eq!(memory.calls().iter().filter(|call| call.starts_with("write")).count(), 1);
}

/// The zone above waits until the zone below is written, not until dead servers have been waited for.
#[tokio::test]
async fn the_zone_above_does_not_wait_for_the_servers_of_the_zone_below() {
    let memory = Memory::new(&["example", "below.example"]);
    let providers = providers(&memory);
    read(&providers, &["example", "below.example"]).await;
    // Nothing listens there.
    let addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let dead = NameServer { name: "dead".into(), addresses, port: 9, provider: None };
    let witnesses = Some(Witnesses { servers: vec![dead], ..Witnesses::default() });
    let below = Job { witnesses, ..job("below.example", 1) };
    let (report, events) = run(&memory, &providers, vec![job("example", 2), below]).await;
    assert!(report.is_complete() && report.is_unserved());
    assert_eq!(memory.calls()[2..], ["write below.example.", "write example."]);
    let place = |wanted: &ApplyEvent| events.iter().position(|event| event == wanted);
    let last_write = events.iter().rposition(|event| matches!(event, ApplyEvent::Written { .. }));
    let done = ApplyEvent::Done { provider: "main".into(), zone: name("below.example") };
    assert!(last_write < place(&done), "{events:?}");
}

/// But a zone below that is not written keeps the zone above from being written.
#[tokio::test]
async fn the_zone_above_is_not_written_when_the_zone_below_is_not() {
    let memory = Memory::new(&["example"]);
    memory.fault("below.example", Fault::Refuses);
    let providers = providers(&memory);
    read(&providers, &["example"]).await;
    let below = Job { create: true, ..job("below.example", 1) };
    let (report, _) = run(&memory, &providers, vec![job("example", 2), below]).await;
    assert_eq!(report.zones[0].changes[0].status, Status::NotTried);
    assert_eq!(address(&memory, "example"), "192.0.2.1");
}

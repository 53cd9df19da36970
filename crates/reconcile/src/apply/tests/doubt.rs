//! Writes of which nobody knows what became, and slow ones.

use super::*;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A zone with so many changes, each of which is a request.
fn long(zone: &str, changes: u32) -> Job {
    let mut job = job(zone, 1);
    for number in 2..=changes {
        let after = www(&format!("n{number}.{zone}"), 2);
        job.changes.push(Change { number, group: number, ..Change::new(None, Some(after), None).unwrap() });
    }
    job
}

fn initials(memory: &Memory) -> String {
    memory.calls().iter().map(|call| call[..1].to_owned()).collect()
}

fn writes(memory: &Memory) -> usize {
    memory.calls().iter().filter(|call| call.starts_with("write")).count()
}

/// Each of its requests takes longer than a reading is good for: as long as they are written, the zone is read again.
#[tokio::test(start_paused = true)]
async fn a_zone_of_many_slow_requests_is_written_to_the_end() {
    let memory = Memory::new(&["a.example"]);
    memory.fault("a.example", Fault::Slow(12));
    let providers = providers(&memory);
    read(&providers, &["a.example"]).await;
    let (report, _) = run(&memory, &providers, vec![long("a.example", 9)]).await;
    assert!(report.is_complete(), "{:?}", report.error());
    assert_eq!(initials(&memory), "rw".repeat(9));
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_takes_long_to_read_is_written_all_the_same() {
    let memory = Memory::new(&["a.example"]);
    memory.fault("a.example", Fault::SlowReading(12));
    let providers = providers(&memory);
    read(&providers, &["a.example"]).await;
    let (report, _) = run(&memory, &providers, vec![job("a.example", 1)]).await;
    assert!(report.is_complete(), "{:?}", report.error());
    assert_eq!(initials(&memory), "rw");
    // When that was long ago, too.
    tokio::time::sleep(Duration::from_secs(60)).await;
    let again = Change::new(Some(www("a.example", 2)), Some(www("a.example", 3)), None).unwrap();
    let again = Job { changes: vec![again], ..job("a.example", 1) };
    let (report, _) = run(&memory, &providers, vec![again]).await;
    assert!(report.is_complete(), "{:?}", report.error());
    assert_eq!(initials(&memory), "rwrw");
}

/// The server goes on with what it got before the connection broke.
#[tokio::test(start_paused = true)]
async fn what_is_made_after_the_connection_broke_is_not_sent_twice() {
    let memory = Memory::new(&["a.example"]);
    memory.fault("a.example", Fault::Breaks(2));
    let providers = providers(&memory);
    read(&providers, &["a.example"]).await;
    let (report, _) = run(&memory, &providers, vec![job("a.example", 1)]).await;
    assert!(report.is_complete(), "{:?}", report.error());
    assert_eq!(writes(&memory), 1);
}

/// Another zone has failed: nothing is sent again, and nothing is claimed.
#[tokio::test(start_paused = true)]
async fn what_broke_while_the_run_was_stopped_is_not_called_unwritten() {
    for (seconds, unknown) in [(1, 0), (20, 1)] {
        let memory = Memory::new(&["a.example"]);
        memory.fault("a.example", Fault::Breaks(seconds));
        memory.fault("b.example", Fault::Refuses);
        let providers = providers(&memory);
        read(&providers, &["a.example"]).await;
        let other = Job { create: true, ..job("b.example", 2) };
        let (report, _) = run(&memory, &providers, vec![other, job("a.example", 1)]).await;
        let found = &report.zones[1].changes[0].status;
        assert_eq!((found.is_there(), found.is_unknown()), (unknown == 0, unknown == 1), "{found:?}");
        assert_eq!(writes(&memory), 1);
    }
}

/// Thirty zones, two at a time, and from some time on nothing is answered: no other zone begins. What comes late, but comes,
/// lets all others go on.
#[tokio::test(start_paused = true)]
async fn no_zone_begins_while_nobody_knows_what_became_of_another() {
    let zones: Vec<String> = (0..30).map(|number| format!("z{number:02}.example")).collect();
    let names: Vec<&str> = zones.iter().map(String::as_str).collect();
    for (late, complete) in [(10_000, false), (10, true)] {
        let mut memory = Memory::new(&names);
        memory.slots = Arc::new(Semaphore::new(2));
        for zone in &names[2..4] {
            memory.fault(zone, Fault::Hangs(late));
        }
        let providers = providers(&memory);
        read(&providers, &names).await;
        let jobs = (1..).zip(&names).map(|(number, zone)| job(zone, number)).collect();
        let (report, _) = run(&memory, &providers, jobs).await;
        assert_eq!(report.is_complete(), complete, "{:?}", report.error());
        let count = |test: fn(&Status) -> bool| report.count(test);
        let counts = (writes(&memory), count(Status::is_there), count(Status::is_unknown));
        assert_eq!(counts, if complete { (30, 30, 0) } else { (4, 2, 2) });
    }
}

/// What is said when somebody stops the run by force.
#[tokio::test(start_paused = true)]
async fn what_stays_unknown_is_counted_until_the_end() {
    let memory = Memory::new(&["a.example"]);
    memory.fault("a.example", Fault::Hangs(10_000));
    memory.fault("new.example", Fault::Hangs(10_000));
    let providers = providers(&memory);
    read(&providers, &["a.example"]).await;
    let control = Control::default();
    let jobs = vec![job("a.example", 1), Job { create: true, changes: Vec::new(), ..job("new.example", 2) }];
    control.begin(1, 0, 1);
    let report = run_with(&memory, &providers, jobs, control.clone()).await.0;
    assert_eq!(report.count(Status::is_unknown), 1);
    let Moment { total, there, under_way, unknown, .. } = control.moment();
    assert_eq!((total, there, under_way, unknown), (2, 0, 0, 2));
}

/// A zone without RRsets is something that is written.
#[tokio::test]
async fn a_zone_that_is_created_is_counted() {
    let memory = Memory::new(&[]);
    let control = Control::default();
    control.begin(1, 0, 2);
    let jobs = vec![
        Job { create: true, changes: Vec::new(), ..job("bare.example", 1) },
        Job {
            create: true,
            changes: vec![Change::new(None, Some(www("new.example", 2)), None).unwrap()],
            ..job("new.example", 2)
        },
    ];
    let report = run_with(&memory, &providers(&memory), jobs, control.clone()).await.0;
    assert!(report.is_complete(), "{report:?}");
    let Moment { total, there, under_way, unknown, .. } = control.moment();
    assert_eq!((total, there, under_way, unknown), (3, 3, 0, 0));
}

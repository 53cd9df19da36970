//! Writers in memory that break on purpose. They test the lowering, not any provider.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use dnsctl_zone::{Rdata, RecordType, Ttl};

use super::*;
use crate::adapter::{BatchWriter, Limits, RRsetWriter, RecordStep, RecordWriter, Write, ZoneWriter};

/// What one call got: the names of its changes.
type Calls = Arc<Mutex<Vec<Vec<String>>>>;

/// Fails at the call of this number with this error.
struct Broken {
    calls: Calls,
    at: usize,
    error: WriteError,
}

impl Broken {
    fn call(&self, changes: &[RRsetChange]) -> Result<(), WriteError> {
        let mut calls = self.calls.lock().unwrap();
        calls.push(changes.iter().map(|change| change.name.to_string()).collect());
        if calls.len() == self.at { Err(self.error.clone()) } else { Ok(()) }
    }
}

#[async_trait]
impl Write for Broken {
    async fn create_zone(&self, _: &Name, rrsets: &[RRset]) -> Result<usize, WriteError> {
        self.calls.lock().unwrap().push(vec!["create".to_owned()]);
        if self.at == 1 { Err(self.error.clone()) } else { Ok(rrsets.len().min(2)) }
    }

    async fn finish(&self, _: &Name, _: Duration) -> Result<()> {
        Ok(())
    }
}

#[async_trait]
impl RecordWriter for Broken {
    async fn write_records(&self, _: &Name, change: &RRsetChange, steps: &[RecordStep]) -> Result<()> {
        assert_eq!(steps, record_steps(change));
        self.call(std::slice::from_ref(change)).map_err(|error| error.error)
    }
}

const LIMITS: Limits = Limits { changes: 2, weight: 100, weigh: |_| 1 };

#[async_trait]
impl RRsetWriter for Broken {
    fn limits(&self) -> Limits {
        LIMITS
    }

    async fn write_rrsets(&self, _: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        self.call(changes)
    }
}

#[async_trait]
impl BatchWriter for Broken {
    fn limits(&self) -> Limits {
        LIMITS
    }

    async fn write_batch(&self, _: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        self.call(changes)
    }
}

#[async_trait]
impl ZoneWriter for Broken {
    async fn write_zone(&self, _: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        self.call(changes)
    }
}

fn changes(count: usize) -> Vec<RRsetChange> {
    let change = |index: usize| {
        let name = Name::absolute(&format!("n{index}.example.")).unwrap();
        let value = Rdata::address([192, 0, 2, 1].into());
        let after = RRset::new(name.clone(), RecordType::A, Ttl::MAX, vec![value]);
        let group = u32::try_from(index).unwrap();
        RRsetChange { name, rtype: RecordType::A, before: None, after: Some(after), group }
    };
    (0..count).map(change).collect()
}

fn broken(at: usize, error: impl Into<WriteError>) -> (Calls, Broken) {
    let calls = Calls::default();
    (Arc::clone(&calls), Broken { calls, at, error: error.into() })
}

async fn run(writer: Writer, count: usize) -> (Vec<Outcome>, Vec<Range<usize>>) {
    let apex = Name::absolute("example.").unwrap();
    let mut ended = Vec::new();
    let mut observer = |event: Event<'_>| {
        if let Event::Called { changes, outcomes } = event {
            assert_eq!(changes.len(), outcomes.len());
            ended.push(changes);
        }
    };
    let written = write(&writer, &apex, &changes(count), &mut observer).await;
    (written.outcomes, ended)
}

fn refusal() -> Error {
    Error::new(ErrorKind::Rejected, "no")
}

#[tokio::test]
async fn everything_is_written_in_order() {
    let (calls, writer) = broken(0, refusal());
    let (outcomes, ended) = run(Writer::Rrset(Box::new(writer)), 5).await;
    assert_eq!(outcomes, vec![Outcome::Written; 5]);
    assert_eq!(ended, [0..2, 2..4, 4..5]);
    let calls = calls.lock().unwrap();
    assert_eq!(calls.concat(), ["n0", "n1", "n2", "n3", "n4"].map(|name| format!("{name}.example.")));
    assert_eq!(calls.len(), 3);
}

#[tokio::test]
async fn a_culprit_is_named_and_nothing_after_it_is_tried() {
    let error = WriteError { culprits: vec![1, 99], ..refusal().into() };
    let (calls, writer) = broken(2, error);
    let (outcomes, _) = run(Writer::Batch(Box::new(writer)), 6).await;
    let wanted = [
        Outcome::Written,
        Outcome::Written,
        Outcome::NotWritten(Some(refusal())),
        Outcome::Refused(refusal()),
        Outcome::NotWritten(None),
        Outcome::NotWritten(None),
    ];
    assert_eq!(outcomes, wanted);
    assert_eq!(calls.lock().unwrap().len(), 2);
    assert_eq!(Written { creation: None, outcomes }.error(), Some(&refusal()));
}

#[tokio::test]
async fn an_unknown_effect_marks_what_is_not_known_to_be_written() {
    let timeout = Error::new(ErrorKind::Timeout, "late");
    let error = WriteError { written: vec![0], ..timeout.clone().into() };
    let (_, writer) = broken(1, error);
    let (outcomes, _) = run(Writer::Rrset(Box::new(writer)), 3).await;
    assert_eq!(outcomes, [Outcome::Written, Outcome::Unknown(timeout), Outcome::NotWritten(None)]);
}

#[tokio::test]
async fn a_refusal_of_one_change_alone_needs_no_culprit() {
    let (calls, writer) = broken(2, refusal());
    let (outcomes, _) = run(Writer::Record(Box::new(writer)), 3).await;
    assert_eq!(outcomes, [Outcome::Written, Outcome::Refused(refusal()), Outcome::NotWritten(None)]);
    assert_eq!(calls.lock().unwrap().len(), 2);
    // Wrong credentials are not the fault of the change.
    let denied = Error::new(ErrorKind::Unauthorized, "no");
    let (_, writer) = broken(1, denied.clone());
    let (outcomes, _) = run(Writer::Record(Box::new(writer)), 2).await;
    assert_eq!(outcomes, [Outcome::NotWritten(Some(denied)), Outcome::NotWritten(None)]);
}

#[tokio::test]
async fn a_zone_is_one_call() {
    let (calls, writer) = broken(0, refusal());
    let (outcomes, ended) = run(Writer::Zone(Box::new(writer)), 50).await;
    assert_eq!((outcomes.len(), ended), (50, std::iter::once(0..50).collect()));
    assert_eq!(calls.lock().unwrap().len(), 1);
    let (calls, writer) = broken(0, refusal());
    assert_eq!(run(Writer::Zone(Box::new(writer)), 0).await.0, []);
    assert!(calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_new_zone_takes_what_fits_and_the_rest_follows() {
    let apex = Name::absolute("example.").unwrap();
    let (calls, writer) = broken(3, refusal());
    let writer = Writer::Rrset(Box::new(writer));
    let mut seen = Vec::new();
    let mut observer = |event: Event<'_>| {
        if let Event::Called { changes, .. } = event {
            seen.push(changes);
        }
    };
    let written = create(&writer, &apex, &changes(7), &mut observer).await;
    assert_eq!(seen, [0..2, 2..4, 4..6]);
    assert_eq!(calls.lock().unwrap().len(), 3);
    let mut wanted = vec![Outcome::Written; 4];
    wanted.extend(vec![Outcome::NotWritten(Some(refusal())); 2]);
    wanted.push(Outcome::NotWritten(None));
    assert_eq!(written.outcomes, wanted);
}

#[tokio::test]
async fn a_zone_that_cannot_be_created_gets_nothing() {
    let apex = Name::absolute("example.").unwrap();
    let exists = Error::new(ErrorKind::Conflict, "it exists");
    let (calls, writer) = broken(1, exists.clone());
    let written = create(&Writer::Rrset(Box::new(writer)), &apex, &changes(3), &mut |_| {}).await;
    assert_eq!(written.outcomes, vec![Outcome::NotWritten(Some(exists.clone())); 3]);
    assert_eq!(written.creation, Some(Outcome::Refused(exists)));
    assert_eq!(calls.lock().unwrap().len(), 1);
}

/// The zone itself has an outcome: no change stands for it.
#[tokio::test]
async fn a_zone_without_rrsets_that_cannot_be_created_is_an_error() {
    let apex = Name::absolute("example.").unwrap();
    let timeout = Error::new(ErrorKind::Timeout, "late");
    let denied = Error::new(ErrorKind::Forbidden, "no");
    for (error, creation) in [
        (refusal(), Outcome::Refused(refusal())),
        (denied.clone(), Outcome::NotWritten(Some(denied))),
        (timeout.clone(), Outcome::Unknown(timeout)),
        (Stop::error(), Outcome::NotWritten(None)),
    ] {
        let (_, writer) = broken(1, error.clone());
        let written = create(&Writer::Rrset(Box::new(writer)), &apex, &[], &mut |_| {}).await;
        assert_eq!((written.creation.as_ref(), written.is_complete()), (Some(&creation), false));
        assert_eq!(written.error(), creation.error());
    }
    let (_, writer) = broken(0, refusal());
    let written = create(&Writer::Rrset(Box::new(writer)), &apex, &[], &mut |_| {}).await;
    assert!(written.is_complete() && written.creation == Some(Outcome::Written));
}

#[tokio::test]
async fn the_culprit_of_a_creation_is_named() {
    let apex = Name::absolute("example.").unwrap();
    let error = WriteError { culprits: vec![1], ..refusal().into() };
    let (_, writer) = broken(1, error);
    let written = create(&Writer::Rrset(Box::new(writer)), &apex, &changes(2), &mut |_| {}).await;
    assert_eq!(written.outcomes, [Outcome::NotWritten(Some(refusal())), Outcome::Refused(refusal())]);
}

/// A write that waited for its turn when the run was stopped was not tried, and is no failure.
#[tokio::test]
async fn what_was_stopped_before_it_was_sent_is_not_tried() {
    let (calls, writer) = broken(2, Stop::error());
    let (outcomes, _) = run(Writer::Rrset(Box::new(writer)), 5).await;
    let not_tried = Outcome::NotWritten(None);
    assert_eq!(outcomes, [&vec![Outcome::Written; 2][..], &vec![not_tried.clone(); 3][..]].concat());
    assert_eq!(calls.lock().unwrap().len(), 2);
    let apex = Name::absolute("example.").unwrap();
    let (_, writer) = broken(1, Stop::error());
    let written = create(&Writer::Rrset(Box::new(writer)), &apex, &changes(3), &mut |_| {}).await;
    assert_eq!(written.outcomes, vec![not_tried; 3]);
}

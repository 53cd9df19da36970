//! What others did meanwhile, and what a failed write leaves behind.

use std::time::Duration;

use dnsctl_zone::{RRset, RecordType};
use tokio::time::Instant;

use super::TTL;
use crate::capability::{Capabilities, Granularity, WriteGuard};
use crate::conformance::stage::{Edit, Stage, read};
use crate::conformance::{Case, Failure, Subject, Verdict};
use crate::error::{Effect, ErrorKind};
use crate::lower::{self, Outcome};

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    let (guard, granularity) = (capabilities.write_guard, capabilities.granularity);
    let mut cases = vec![
        Case::new("untouched::records_of_others", |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                let own = stage.rrset("own", RecordType::A, TTL, &["192.0.2.1"])?;
                stage.set(own).await?;
                // Added after the zone was read, so a writer that puts the whole zone back would lose it.
                if !add(&mut stage, "theirs", "192.0.2.99").await? {
                    return Ok(Verdict::NotApplicable("there is no other way to add a record".to_owned()));
                }
                let changed = stage.rrset("own", RecordType::A, TTL, &["192.0.2.2"])?;
                let new = stage.rrset("new", RecordType::MX, TTL, &["10 mail"])?;
                stage.apply(vec![Edit::Set(changed), Edit::Set(new)]).await?;
                stage.remove("own", RecordType::A).await?;
                Ok(Verdict::Passed)
            })
        }),
        Case::new("untouched::no_change_is_no_change", |subject| {
            Box::pin(async move {
                let mut stage = Stage::open(subject).await?;
                let rrset = stage.rrset("host", RecordType::A, TTL, &["192.0.2.1"])?;
                stage.set(rrset).await?;
                let before = stage.live.zone.serial();
                let written = stage.write(&[]).await;
                if !written.outcomes.is_empty() {
                    return Err(format!("{written:?}"));
                }
                stage.check().await?;
                let after = stage.live.zone.serial();
                if before == after {
                    Ok(Verdict::Passed)
                } else {
                    Err(format!("serial {before:?} became {after:?}"))
                }
            })
        }),
        Case::new("honest::a_cname_beside_other_data", move |subject| Box::pin(beside(subject, granularity))),
    ];
    if granularity != Granularity::Record {
        cases.push(Case::new("guard::stale_before", move |subject| Box::pin(stale(subject, guard))));
    }
    cases
}

/// Adds an address behind dnsctl's back, and expects it from now on.
async fn add(stage: &mut Stage<'_>, owner: &str, address: &str) -> Result<bool, Failure> {
    let rrset = stage.rrset(owner, RecordType::A, TTL, &[address])?;
    let full = rrset.name.to_string();
    if !stage.subject.add_foreign(&stage.apex, &full, TTL, "A", address).await? {
        return Ok(false);
    }
    let mut values = rrset.values().to_vec();
    values
        .extend(stage.live.zone.get(&rrset.name, rrset.rtype).map_or(&[][..], RRset::values).iter().cloned());
    let both = RRset::new(rrset.name, rrset.rtype, rrset.ttl, values);
    stage.expect(&[Edit::Set(both)]);
    Ok(true)
}

/// Another tool adds a value to an RRset after it was read; then it is to be replaced. A native guard refuses that. For an
/// emulated one everything hangs on the reader: one that is open since before must show at once what the other tool wrote,
/// so that the engine, which reads right before it writes, sends nothing.
async fn stale(subject: &dyn Subject, guard: WriteGuard) -> Result<Verdict, Failure> {
    let mut stage = Stage::open(subject).await?;
    let first = stage.rrset("host", RecordType::A, TTL, &["192.0.2.1"])?;
    stage.set(first).await?;
    let wish = stage.rrset("host", RecordType::A, TTL, &["192.0.2.2"])?;
    let changes = stage.changes(&[Edit::Set(wish)])?;
    if !add(&mut stage, "host", "192.0.2.99").await? {
        return Ok(Verdict::NotApplicable("there is no other way to add a record".to_owned()));
    }
    // Holds the reader to it: the value of the other tool is among what must be there.
    stage.check().await?;
    if guard == WriteGuard::Native {
        let written = stage.write(&changes).await;
        match written.error() {
            Some(error) if error.kind() == ErrorKind::Conflict => {
                if error.effect() != Effect::NotWritten {
                    return Err(format!("a conflict leaves no doubt: {error}"));
                }
            }
            error => return Err(format!("with the write guard {guard:?} the result is {error:?}")),
        }
        return stage.check().await.map(|()| Verdict::Passed);
    }
    if !stage.reader.is_current() {
        return Err("a guard by reading needs a reader that shows what is there".to_owned());
    }
    // A request that waited too long after the reading is not sent.
    let late = Instant::now();
    tokio::time::sleep(Duration::from_millis(1)).await;
    let written = lower::sent_before(late, stage.write(&changes)).await;
    if written.outcomes != [Outcome::NotWritten(None)] {
        return Err(format!("a write that comes too late was sent: {written:?}"));
    }
    stage.check().await?;
    Ok(Verdict::Passed)
}

/// A CNAME beside other data is against RFC 1034 section 3.6.2, so most servers refuse it, one in silence. Whatever
/// happens, the outcomes must tell what is there afterwards.
async fn beside(subject: &dyn Subject, granularity: Granularity) -> Result<Verdict, Failure> {
    let mut stage = Stage::open(subject).await?;
    let address = stage.rrset("host", RecordType::A, TTL, &["192.0.2.1"])?;
    stage.set(address).await?;
    let edits = [
        Edit::Set(stage.rrset("first", RecordType::A, TTL, &["192.0.2.2"])?),
        Edit::Set(stage.rrset("host", RecordType::CNAME, TTL, &["target"])?),
        Edit::Set(stage.rrset("last", RecordType::A, TTL, &["192.0.2.3"])?),
    ];
    let changes = stage.changes(&edits)?;
    let written = stage.write(&changes).await;
    let live = read(&*stage.reader, &stage.apex).await?;
    let mut there = Vec::new();
    for (change, outcome) in changes.iter().zip(&written.outcomes) {
        let found = live.zone.get(&change.name, change.rtype).is_some();
        there.push(found);
        let lie = match outcome {
            Outcome::Written => !found,
            Outcome::NotWritten(_) | Outcome::Refused(_) => found,
            Outcome::Unknown(_) => false,
        };
        if lie {
            return Err(format!(
                "{} {} is there: {found}; the outcome is {outcome:?}",
                change.name, change.rtype
            ));
        }
    }
    let refused = !written.is_complete();
    if refused && granularity == Granularity::Batch && there.contains(&true) {
        return Err(format!("a batch was written in part: {:?}", written.outcomes));
    }
    if refused && !written.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Refused(_))) {
        return Err(format!("nobody is named: {:?}", written.outcomes));
    }
    Ok(Verdict::Passed)
}

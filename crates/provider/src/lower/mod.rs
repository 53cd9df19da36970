//! Writes the changes of one zone through whichever kind of [`Writer`] the provider has.
//!
//! The order of the changes is kept, and the first failure ends the run: what comes after it is not tried. What is
//! known of each change is in its [`Outcome`]; a change whose outcome is unknown has to be read back by the caller.

mod cut;
pub(crate) mod fresh;
mod steps;

pub use fresh::{Held, Hold, may_send, sent_before, sent_unless};
pub use steps::record_steps;

use std::ops::Range;

use dnsctl_zone::{Name, RRset};

use crate::Stop;
use crate::adapter::{RRsetChange, WriteError, Writer};
use crate::error::{Effect, Error, ErrorKind, Result};

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider says that it is written.
    Written,
    /// It is not written: with the error when its call failed for another reason than this change, without one when it
    /// was not tried.
    NotWritten(Option<Error>),
    /// It is not written, because the provider refused this very change.
    Refused(Error),
    /// It may be written or not: read it back.
    Unknown(Error),
}

impl Outcome {
    /// Why the change is not known to be written, when its call failed.
    #[must_use]
    pub const fn error(&self) -> Option<&Error> {
        match self {
            Self::Written | Self::NotWritten(None) => None,
            Self::NotWritten(Some(error)) | Self::Refused(error) | Self::Unknown(error) => Some(error),
        }
    }
}

/// What became of a zone: of the zone itself, and of all changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What became of the creation of the zone, when it was to be created. A zone that needs no RRsets of its own is
    /// created all the same, so this says more than the changes do.
    pub creation: Option<Outcome>,
    /// One for each change, in their order.
    pub outcomes: Vec<Outcome>,
}

impl Written {
    /// Whether the zone is created, when it was to be, and every change is written.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.all().all(|outcome| *outcome == Outcome::Written)
    }

    fn all(&self) -> impl Iterator<Item = &Outcome> {
        self.creation.iter().chain(&self.outcomes)
    }

    /// The error that ended the run.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        // The refused change says more than its neighbours do.
        let refused = self.all().find(|outcome| matches!(outcome, Outcome::Refused(_)));
        refused.or_else(|| self.all().find(|outcome| outcome.error().is_some()))?.error()
    }
}

/// What happens while changes are written.
#[derive(Debug)]
pub enum Event<'a> {
    /// These changes, by index, are about to go out in one call. Should the process end before [`Event::Called`], what
    /// became of them is unknown.
    Calling(Range<usize>),
    /// The call has ended.
    Called {
        /// The indexes of its changes.
        changes: Range<usize>,
        /// What became of each of them.
        outcomes: &'a [Outcome],
    },
}

/// Is told of each call, for progress and for a journal.
pub type Observer<'a> = &'a mut (dyn FnMut(Event<'_>) + Send);

/// Writes the changes of one zone in their order. Calls are cut by the writer's limits, between groups where that is
/// possible.
pub async fn write(writer: &Writer, apex: &Name, changes: &[RRsetChange], observer: Observer<'_>) -> Written {
    write_until(writer, apex, changes, &Stop::new(), observer).await
}

/// As [`write()`], but starts no further call once `stop` is set; what was not started is not tried.
pub async fn write_until(
    writer: &Writer,
    apex: &Name,
    changes: &[RRsetChange],
    stop: &Stop,
    observer: Observer<'_>,
) -> Written {
    let mut outcomes = Vec::with_capacity(changes.len());
    for call in calls(writer, changes) {
        if stop.is_set() {
            break;
        }
        let part = changes.get(call.clone()).unwrap_or_default();
        observer(Event::Calling(call.clone()));
        let result = send(writer, apex, part).await;
        let failed = result.is_err();
        outcomes.extend(judge(part.len(), result));
        observer(Event::Called { outcomes: outcomes.get(call.clone()).unwrap_or_default(), changes: call });
        if failed {
            break;
        }
    }
    outcomes.resize(changes.len(), Outcome::NotWritten(None));
    Written { creation: None, outcomes }
}

/// Creates the zone together with as many of these RRsets as the provider takes at once, then writes the others.
/// What comes from the first deletion on is written afterwards.
pub async fn create(
    writer: &Writer,
    apex: &Name,
    changes: &[RRsetChange],
    observer: Observer<'_>,
) -> Written {
    create_until(writer, apex, changes, &Stop::new(), observer).await
}

/// As [`create`], but starts no further call after the creation once `stop` is set.
pub async fn create_until(
    writer: &Writer,
    apex: &Name,
    changes: &[RRsetChange],
    stop: &Stop,
    observer: Observer<'_>,
) -> Written {
    let wanted: Vec<RRset> = changes.iter().map_while(|change| change.after.clone()).collect();
    let first = 0..wanted.len();
    observer(Event::Calling(first.clone()));
    let (creation, mut outcomes) = match writer.common().create_zone(apex, &wanted).await {
        Ok(count) => (Outcome::Written, vec![Outcome::Written; count.min(wanted.len())]),
        // What is wrong may be the zone itself, also when it has one RRset.
        Err(failed) if failed.culprits.is_empty() => {
            let creation = judge(1, Err(failed.error.clone().into())).pop();
            (creation.unwrap_or_else(|| together(&failed.error)), vec![together(&failed.error); wanted.len()])
        }
        Err(failed) => (together(&failed.error), judge(wanted.len(), Err(failed))),
    };
    let failed = creation != Outcome::Written;
    let creation = Some(creation);
    observer(Event::Called { changes: 0..outcomes.len(), outcomes: &outcomes });
    let done = outcomes.len();
    if failed {
        outcomes.resize(changes.len(), Outcome::NotWritten(None));
        return Written { creation, outcomes };
    }
    let rest = changes.get(done..).unwrap_or_default();
    let mut shifted = |event: Event<'_>| match event {
        Event::Calling(range) => observer(Event::Calling(range.start + done..range.end + done)),
        Event::Called { changes, outcomes } => {
            observer(Event::Called { changes: changes.start + done..changes.end + done, outcomes });
        }
    };
    outcomes.extend(write_until(writer, apex, rest, stop, &mut shifted).await.outcomes);
    Written { creation, outcomes }
}

/// The calls that these changes take, as ranges of indexes.
fn calls(writer: &Writer, changes: &[RRsetChange]) -> Vec<Range<usize>> {
    match writer {
        Writer::Record(_) => (0..changes.len()).map(|index| index..index + 1).collect(),
        Writer::Rrset(writer) => cut::by_limits(changes, writer.limits()),
        Writer::Batch(writer) => cut::by_limits(changes, writer.limits()),
        Writer::Zone(_) if changes.is_empty() => Vec::new(),
        Writer::Zone(_) => std::iter::once(0..changes.len()).collect(),
    }
}

async fn send(writer: &Writer, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
    if fresh::is_too_late() {
        return Err(fresh::too_late().into());
    }
    match writer {
        Writer::Record(writer) => {
            for change in changes {
                let steps = record_steps(change);
                writer.write_records(apex, change, &steps).await?;
            }
            Ok(())
        }
        Writer::Rrset(writer) => writer.write_rrsets(apex, changes).await,
        Writer::Batch(writer) => writer.write_batch(apex, changes).await,
        Writer::Zone(writer) => writer.write_zone(apex, changes).await,
    }
}

/// What the result of a call says of each of its `count` changes.
fn judge(count: usize, result: Result<(), WriteError>) -> Vec<Outcome> {
    let Err(WriteError { error, culprits, written }) = result else {
        return vec![Outcome::Written; count];
    };
    // A call of one change has no other culprit.
    let content = matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Conflict | ErrorKind::Unsupported);
    let alone = count == 1 && content && error.effect() == Effect::NotWritten;
    let outcome = |index: usize| {
        if written.contains(&index) {
            return Outcome::Written;
        }
        if alone || culprits.contains(&index) {
            return Outcome::Refused(error.clone());
        }
        together(&error)
    };
    (0..count).map(outcome).collect()
}

/// What an error says of a change that it does not blame.
fn together(error: &Error) -> Outcome {
    match error.effect() {
        // It was still waiting for its turn.
        Effect::NotWritten if error.kind() == ErrorKind::Stopped => Outcome::NotWritten(None),
        Effect::NotWritten => Outcome::NotWritten(Some(error.clone())),
        Effect::Unknown => Outcome::Unknown(error.clone()),
    }
}

#[cfg(test)]
mod tests;

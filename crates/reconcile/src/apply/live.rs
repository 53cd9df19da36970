//! The changes of a zone beside what is there now.

use super::fresh::Job;
use super::report::{Stale, StaleKind};
use crate::agree::agrees;
use dnsctl_plan::Change;
use dnsctl_provider::error::Result;
use dnsctl_zone::{Live, Name, RRset, Zone};

use crate::providers::Providers;

/// How an RRset stands to the change that is planned for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// As the plan wants it.
    After,
    /// As the plan saw it.
    Before,
    /// Neither.
    Other,
}

pub(super) fn state(live: &Live, change: &Change) -> State {
    let now = live.zone.get(&change.name, change.rtype);
    if is(now, change.after.as_ref()) {
        State::After
    } else if is(now, change.before.as_ref()) {
        State::Before
    } else {
        State::Other
    }
}

/// Whether the provider has this.
fn is(now: Option<&RRset>, then: Option<&RRset>) -> bool {
    match (now, then) {
        (None, None) => true,
        (Some(now), Some(then)) => agrees(then, now) && then.options_satisfied_by(now),
        _ => false,
    }
}

/// A zone that has nothing.
pub(super) fn empty(apex: &Name) -> Live {
    Live::new(Zone::new(apex.clone(), Vec::new()))
}

/// What to tell of an RRset that is not as planned.
pub(super) fn stale(provider: &str, live: &Live, change: &Change, kind: StaleKind) -> Stale {
    Stale {
        provider: provider.to_owned(),
        zone: live.zone.apex.clone(),
        change: Some(change.clone()),
        live: live.zone.get(&change.name, change.rtype).cloned(),
        kind,
        objection: None,
    }
}

/// A zone as it is now, after a write of which nobody knows what became.
pub(super) struct Now {
    /// Whether the provider has the zone.
    pub(super) exists: bool,
    pub(super) live: Live,
}

/// Reads the zone again.
pub(super) async fn read(providers: &Providers, job: &Job) -> Result<Now> {
    let live = providers.get(&job.provider)?.reader.read_zone(&job.zone).await?;
    Ok(Now { exists: live.is_some(), live: live.unwrap_or_else(|| empty(&job.zone)) })
}

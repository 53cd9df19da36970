//! Writes the changes of one zone. A write whose outcome is unknown is read back before anything else is sent.
//!
//! The HTTP kit repeats a write only when the server certainly has not begun it. All else is decided here, where the
//! zone can be read:
//!
//! * It is there: it counts as written, and the rest of the zone goes on.
//! * It is as before, and the connection broke or the server failed: it is sent again, up to [`TRIES`] times.
//! * It is as before after a time-out: the server may still be working on it. The zone is read again for up to [`LATE`];
//!   when it is still not there, it stays unknown, since any claim could turn out wrong.
//! * It is neither as before nor as planned: somebody else has written. Nothing is sent again.
//! * It cannot be read: it stays unknown.

use super::ApplyEvent;
use super::fresh::Job;
use super::live::{self, Now, State, state};
use super::report::{Stale, StaleKind, Status, is_stale};
use super::write::Shared;
use dnsctl_plan::Change;
use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_provider::lower::{self, Event, Outcome};
use dnsctl_provider::{RRsetChange, Writer};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// How often a write is sent. SQL backends of PowerDNS answer 500 while another zone is being written.
const TRIES: u32 = 8;

/// The longest pause before the first reading back; doubles with each try.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause before any reading back.
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// For how long a zone is read again after a time-out.
const LATE: Duration = Duration::from_secs(30);

/// What became of the changes of a zone.
pub(super) struct Attempted {
    /// One for each change of the job, in their order.
    pub(super) statuses: Vec<Status>,
    /// What was found otherwise than planned.
    pub(super) conflicts: Vec<Stale>,
}

/// Writes the changes of a zone, one request after the other.
pub(super) async fn write(job: &Job, shared: &Shared) -> Attempted {
    let statuses = vec![Status::NotTried; job.changes.len()];
    let Some(writer) = shared.writers.get(&job.provider) else {
        return Attempted { statuses, conflicts: Vec::new() };
    };
    let mut attempt = Attempt {
        job,
        shared,
        statuses,
        conflicts: Vec::new(),
        create: job.create,
        begun: Instant::now(),
        tries: 0,
    };
    while attempt.send(writer).await && attempt.look().await {}
    let Attempt { statuses, conflicts, .. } = attempt;
    Attempted { statuses, conflicts }
}

struct Attempt<'a> {
    job: &'a Job,
    shared: &'a Shared,
    statuses: Vec<Status>,
    conflicts: Vec<Stale>,
    /// Whether the zone is still to be created.
    create: bool,
    begun: Instant,
    /// How often something was sent whose outcome was unknown.
    tries: u32,
}

impl Attempt<'_> {
    /// Sends what was not tried yet. Gives whether the zone has to be read to know what became of it.
    async fn send(&mut self, writer: &Writer) -> bool {
        let control = &self.shared.control;
        let left: Vec<usize> = self.places(|status| *status == Status::NotTried);
        let changes: Vec<RRsetChange> =
            left.iter().filter_map(|place| self.job.changes.get(*place)).map(lowered).collect();
        let mut calling = 0;
        let mut observer = |event: Event<'_>| match event {
            Event::Calling(range) => {
                calling = range.len();
                control.sent(calling);
            }
            Event::Called { outcomes, .. } => {
                let there = outcomes.iter().filter(|outcome| **outcome == Outcome::Written).count();
                let unknown =
                    outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Unknown(_))).count();
                control.known(calling.saturating_sub(unknown), there);
                self.shared.tell(ApplyEvent::Written { changes: there });
            }
        };
        let zone = &self.job.zone;
        let written = if self.create {
            lower::create_until(writer, zone, &changes, control.writes(), &mut observer).await
        } else {
            lower::write_until(writer, zone, &changes, control.writes(), &mut observer).await
        };
        let mut look = false;
        for (place, outcome) in left.into_iter().zip(written.outcomes) {
            let status = match outcome {
                Outcome::Written => Status::Written,
                Outcome::NotWritten(None) => Status::NotTried,
                Outcome::NotWritten(Some(error)) => Status::NotWritten(error),
                Outcome::Refused(error) => Status::Refused(error),
                Outcome::Unknown(error) => Status::Unknown(error),
            };
            look |= status.is_unknown() || status.error().is_some_and(is_stale);
            self.create &= status != Status::Written;
            if let Some(slot) = self.statuses.get_mut(place) {
                *slot = status;
            }
        }
        look
    }

    /// Finds out what became of a write. Gives whether there is something to send now.
    async fn look(&mut self) -> bool {
        let unknown = self.places(Status::is_unknown);
        let Some(error) = unknown.first().and_then(|place| self.statuses.get(*place)?.error()).cloned()
        else {
            self.compare().await;
            return false;
        };
        self.tries += 1;
        let late = may_come_late(&error);
        sleep(self.pause()).await;
        let Some(now) = self.read_back(&unknown, late).await else {
            self.shared.control.known(unknown.len(), 0);
            return false;
        };
        let (mut there, mut absent, mut other) = (0, Vec::new(), false);
        for place in unknown.iter().copied() {
            let Some(change) = self.job.changes.get(place) else { continue };
            match state(&now.live, change) {
                State::After => {
                    there += 1;
                    self.set(place, Status::Written);
                }
                State::Before => absent.push(place),
                State::Other => {
                    other = true;
                    self.conflicts.push(live::stale(
                        &self.job.provider,
                        &now.live,
                        change,
                        StaleKind::Changed,
                    ));
                }
            }
        }
        let control = &self.shared.control;
        control.known(unknown.len(), there);
        self.shared.tell(ApplyEvent::Written { changes: there });
        if late && !absent.is_empty() {
            return false;
        }
        // A zone that is there without what it was to be created with is somebody else's.
        let foreign = self.create && now.exists && there == 0;
        self.create &= !now.exists;
        let again = !other
            && !foreign
            && !control.writes().is_set()
            && (absent.is_empty() || (error.kind() == ErrorKind::Unavailable && self.tries < TRIES));
        let error = error.with_tries(self.tries, self.begun.elapsed());
        for place in absent {
            let status = if again { Status::NotTried } else { Status::NotWritten(error.clone()) };
            self.set(place, status);
        }
        again && self.statuses.contains(&Status::NotTried)
    }

    /// The zone as it is now; after a time-out, as soon as what was sent is there, at the latest after [`LATE`].
    async fn read_back(&self, unknown: &[usize], late: bool) -> Option<Now> {
        let until = Instant::now() + LATE;
        let mut pause = FIRST_PAUSE;
        loop {
            let now = live::read(&self.shared.providers, self.job).await.ok()?;
            let absent = |place: &usize| {
                let change = self.job.changes.get(*place);
                change.is_some_and(|change| state(&now.live, change) == State::Before)
            };
            if !late || Instant::now() >= until || !unknown.iter().any(absent) {
                return Some(now);
            }
            tokio::select! {
                () = self.shared.control.interrupted() => return Some(now),
                () = sleep_until((Instant::now() + pause).min(until)) => pause = (pause * 2).min(LAST_PAUSE),
            }
        }
    }

    /// The provider refused because its data are not those of the plan: shows what they are.
    async fn compare(&mut self) {
        let Ok(now) = live::read(&self.shared.providers, self.job).await else { return };
        for place in self.places(|status| !status.is_there()) {
            let Some(change) = self.job.changes.get(place) else { continue };
            match state(&now.live, change) {
                State::Before => {}
                State::After => self.set(place, Status::Already),
                State::Other => {
                    self.conflicts.push(live::stale(
                        &self.job.provider,
                        &now.live,
                        change,
                        StaleKind::Changed,
                    ));
                }
            }
        }
    }

    /// Grows with each try, and differs from zone to zone: what failed together does not come back together.
    fn pause(&self) -> Duration {
        let mut hasher = DefaultHasher::new();
        (&self.job.zone, self.tries).hash(&mut hasher);
        let longest = (FIRST_PAUSE * 2_u32.saturating_pow(self.tries.saturating_sub(1))).min(LAST_PAUSE);
        let part = u32::try_from(hasher.finish() % 1000).unwrap_or_default();
        longest * (500 + part / 2) / 1000
    }

    fn places(&self, matches: impl Fn(&Status) -> bool) -> Vec<usize> {
        let found = self.statuses.iter().enumerate().filter(|(_, status)| matches(status));
        found.map(|(place, _)| place).collect()
    }

    fn set(&mut self, place: usize, status: Status) {
        if let Some(slot) = self.statuses.get_mut(place) {
            *slot = status;
        }
    }
}

/// Whether the server may still be working on what was sent.
fn may_come_late(error: &Error) -> bool {
    error.kind() == ErrorKind::Timeout || matches!(error.http_status(), Some(408 | 504))
}

fn lowered(change: &Change) -> RRsetChange {
    RRsetChange {
        name: change.name.clone(),
        rtype: change.rtype,
        before: change.before.clone(),
        after: change.after.clone(),
        group: change.group,
    }
}

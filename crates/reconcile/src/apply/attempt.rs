//! Writes the changes of one zone. A write whose outcome is unknown is read back before anything else is sent.
//!
//! The HTTP kit repeats a write only when the server certainly has not begun it. All else is decided here, where the
//! zone can be read:
//!
//! * It is there: it counts as written, and the rest of the zone goes on.
//! * It is as before, and the connection broke or the server failed: it is sent again, up to [`TRIES`](super::outcome::TRIES) times.
//! * It is as before after a time-out, or where the zone is read from a server that may be behind: it may still come. The
//!   zone is read again for up to [`LATE`]; when it is still not there, it stays unknown, since any claim could turn out
//!   wrong.
//! * It is neither as before nor as planned: somebody else has written. Nothing is sent again.
//! * It cannot be read: it stays unknown.
//!
//! Where the server does not compare by itself ([`WriteGuard::Emulated`]), no write is sent when the zone was read more
//! than [`FRESH`] before: it is read again first, and what is no longer as the plan saw it is not written.

use super::ApplyEvent;
use super::fresh::Job;
use super::live::{self, Now, State, state};
use super::outcome::{Found, Outcomes};
use super::report::{Stale, StaleKind, Status, is_stale};
use super::write::Shared;
use dnsctl_plan::Change;
use dnsctl_provider::error::{Effect, Error, ErrorKind};
use dnsctl_provider::lower::{self, Event, Outcome};
use dnsctl_provider::{FRESH, RRsetChange, WriteGuard, Writer};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep, sleep_until};

/// The longest pause before the first reading back; doubles with each try.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause before any reading back, unless the server asks for more.
const LAST_PAUSE: Duration = Duration::from_secs(2);
/// The longest wish of a server to be left alone that is honoured.
const LONGEST_WISH: Duration = Duration::from_secs(60);

/// For how long a zone is read again when what was sent may still come.
const LATE: Duration = Duration::from_secs(30);

/// How often a zone is read again since its write had to wait too long for its turn.
const READINGS: u32 = 5;

/// What became of a zone.
pub(super) struct Attempted {
    pub(super) outcomes: Outcomes,
    /// What was found otherwise than planned.
    pub(super) conflicts: Vec<Stale>,
}

/// Writes a zone, one request after the other.
pub(super) async fn write(job: &Job, shared: &Shared) -> Attempted {
    let outcomes = Outcomes::new(job.create, job.changes.len());
    let provider = shared.providers.get(&job.provider).ok();
    let (Some(writer), Some(provider)) = (shared.writers.get(&job.provider), provider) else {
        return Attempted { outcomes, conflicts: Vec::new() };
    };
    let mut attempt = Attempt {
        job,
        shared,
        outcomes,
        conflicts: Vec::new(),
        begun: Instant::now(),
        tries: 0,
        emulated: provider.reader.capabilities().write_guard == WriteGuard::Emulated,
        current: provider.reader.is_current(),
        read_at: provider.read_at(&job.zone),
        readings: 0,
        turn: None,
    };
    attempt.run(writer).await;
    let Attempt { outcomes, conflicts, .. } = attempt;
    Attempted { outcomes, conflicts }
}

struct Attempt<'a> {
    job: &'a Job,
    shared: &'a Shared,
    outcomes: Outcomes,
    conflicts: Vec<Stale>,
    begun: Instant,
    /// How often something was sent whose outcome was unknown.
    tries: u32,
    /// The server overwrites whatever is there.
    emulated: bool,
    /// A zone that is read after a write shows it.
    current: bool,
    /// When the zone was last read.
    read_at: Option<Instant>,
    /// How often it was read since it had been read too long ago.
    readings: u32,
    /// Held once a write came too late, so that the zones of a slow provider do not keep each other waiting.
    turn: Option<OwnedSemaphorePermit>,
}

impl Attempt<'_> {
    async fn run(&mut self, writer: &Writer) {
        loop {
            if !self.is_fresh() && !self.read_again().await {
                return;
            }
            self.send(writer).await;
            let conflict = self.outcomes.places(|status| status.error().is_some_and(is_stale));
            if self.outcomes.unknown().is_some() {
                if !self.look().await {
                    return;
                }
            } else if !conflict.is_empty() {
                return self.compare().await;
            } else if !self.emulated || !self.outcomes.is_open() || self.shared.control.writes().is_set() {
                return;
            }
            // What is open now was not sent, since the zone had been read too long ago by then.
        }
    }

    /// Whether what is open may be written as the zone was last read.
    fn is_fresh(&self) -> bool {
        let guarded = self.emulated && !self.outcomes.creates() && !self.job.changes.is_empty();
        !guarded || self.read_at.is_some_and(|read| read.elapsed() <= FRESH)
    }

    /// Reads the zone right before it is written. Gives whether there is something to send.
    async fn read_again(&mut self) -> bool {
        self.readings += 1;
        if self.readings > 1 && self.turn.is_none() {
            self.turn = self.shared.turn(&self.job.provider).await;
        }
        if self.shared.control.writes().is_set() {
            return false;
        }
        let read_at = Instant::now();
        let error = match live::read(&self.shared.providers, self.job).await {
            Ok(now) if now.exists && self.readings <= READINGS => {
                self.read_at = Some(read_at);
                return self.as_planned(&now);
            }
            Ok(now) if now.exists => Error::new(
                ErrorKind::RateLimited,
                format!(
                    "requests wait for their turn for more than {} s, too long for reading a zone right before it is written",
                    FRESH.as_secs()
                ),
            )
            .with_hint("allow more requests to this provider (rate, --concurrency), or apply fewer zones at a time"),
            Ok(_) => Error::new(ErrorKind::Conflict, "the zone is gone"),
            Err(error) => error,
        };
        let error = error.during(format!("read zone {} before it is written", self.job.zone));
        self.refuse(&error.with_effect(Effect::NotWritten));
        false
    }

    /// Nothing more of this zone is written, for this reason.
    fn refuse(&mut self, error: &Error) {
        for place in self.outcomes.places(|status| *status == Status::NotTried) {
            self.outcomes.set(place, Status::NotWritten(error.clone()));
        }
    }

    /// Compares what was not sent yet with what is there. Gives whether there is something to send: nothing when one of
    /// the RRsets was changed by somebody else.
    fn as_planned(&mut self, now: &Now) -> bool {
        let mut changed = Vec::new();
        for place in self.outcomes.places(|status| *status == Status::NotTried) {
            let Some(change) = self.job.changes.get(place) else { continue };
            match state(&now.live, change) {
                State::Before => {}
                State::After => {
                    self.outcomes.set(place, Status::Already);
                    self.shared.control.known(0, 1);
                }
                State::Other => changed
                    .push((place, live::stale(&self.job.provider, &now.live, change, StaleKind::Changed))),
            }
        }
        let error = Error::new(ErrorKind::Conflict, "it was changed after the plan was made")
            .during(format!("write zone {}", self.job.zone))
            .with_effect(Effect::NotWritten);
        let as_planned = changed.is_empty();
        for (place, stale) in changed {
            self.outcomes.set(place, Status::NotWritten(error.clone()));
            self.conflicts.push(stale);
        }
        as_planned && self.outcomes.is_open()
    }

    /// Sends what was not tried yet.
    async fn send(&mut self, writer: &Writer) {
        let control = &self.shared.control;
        let left: Vec<usize> = self.outcomes.places(|status| *status == Status::NotTried);
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
        let written = if self.outcomes.creates() {
            lower::create_until(writer, zone, &changes, control.writes(), &mut observer).await
        } else {
            let write = lower::write_until(writer, zone, &changes, control.writes(), &mut observer);
            match self.read_at.filter(|_| self.emulated) {
                Some(read) => lower::sent_before(read + FRESH, write).await,
                None => write.await,
            }
        };
        self.outcomes.take(&left, written);
    }

    /// Finds out what became of a write. Gives whether there is something to send now.
    async fn look(&mut self) -> bool {
        let Some(error) = self.outcomes.unknown().cloned() else { return false };
        let unknown = self.outcomes.places(Status::is_unknown);
        let control = &self.shared.control;
        self.tries += 1;
        let may_come = may_come_late(&error) || !self.current;
        let wish = error.retry_after().unwrap_or_default();
        let pause = self.pause().max(wish.min(LONGEST_WISH));
        tokio::select! {
            () = sleep(pause) => {}
            () = control.writes().stopped() => {}
        }
        let Some((now, read_at)) = self.read_back(&unknown, may_come).await else {
            control.known(unknown.len(), 0);
            return false;
        };
        let states = |place: usize| {
            self.job.changes.get(place).map_or(State::Other, |change| state(&now.live, change))
        };
        let found = Found { exists: now.exists, states: &states, may_come };
        let error = error.with_tries(self.tries, self.begun.elapsed());
        // Who asks to be left alone for longer than anybody waits is not asked again.
        let stopped = control.writes().is_set() || wish > LONGEST_WISH;
        let next = self.outcomes.settle(&found, &error, self.tries, stopped);
        control.known(unknown.len(), next.there);
        self.shared.tell(ApplyEvent::Written { changes: next.there });
        for change in next.foreign.iter().filter_map(|place| self.job.changes.get(*place)) {
            self.conflicts.push(live::stale(&self.job.provider, &now.live, change, StaleKind::Changed));
        }
        if next.foreign_zone {
            self.conflicts.push(Stale {
                provider: self.job.provider.clone(),
                zone: self.job.zone.clone(),
                change: None,
                live: None,
                kind: StaleKind::ZoneCreated,
                objection: None,
            });
        }
        if !next.send || self.outcomes.creates() || !self.current {
            return next.send;
        }
        self.read_at = Some(read_at);
        self.as_planned(&now)
    }

    /// The zone as it is now, and when it was asked for; when what was sent may still come, as soon as it is there, at
    /// the latest after [`LATE`].
    async fn read_back(&self, unknown: &[usize], may_come: bool) -> Option<(Now, Instant)> {
        let until = Instant::now() + LATE;
        let mut pause = FIRST_PAUSE;
        loop {
            let read_at = Instant::now();
            let now = live::read(&self.shared.providers, self.job).await.ok()?;
            let absent = |place: &usize| {
                let change = self.job.changes.get(*place);
                change.is_some_and(|change| state(&now.live, change) == State::Before)
            };
            let whole = now.exists && !unknown.iter().any(absent);
            if !may_come || Instant::now() >= until || whole {
                return Some((now, read_at));
            }
            tokio::select! {
                () = self.shared.control.interrupted() => return Some((now, read_at)),
                () = sleep_until((Instant::now() + pause).min(until)) => pause = (pause * 2).min(LAST_PAUSE),
            }
        }
    }

    /// The provider refused because its data are not those of the plan: shows what they are.
    async fn compare(&mut self) {
        let Ok(now) = live::read(&self.shared.providers, self.job).await else { return };
        for place in self.outcomes.places(|status| !status.is_there()) {
            let Some(change) = self.job.changes.get(place) else { continue };
            match state(&now.live, change) {
                State::Before => {}
                State::After => self.outcomes.set(place, Status::Already),
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

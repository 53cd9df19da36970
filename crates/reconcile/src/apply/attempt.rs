//! Writes the changes of one zone. A write whose outcome is unknown is read back before anything else is sent.
//!
//! The HTTP kit repeats a write only when the server certainly has not begun it. All else is decided here, where the
//! zone can be read:
//!
//! * It is there: it counts as written, and the rest of the zone goes on.
//! * It is as before, and the server itself says that it failed: it is sent again, up to [`TRIES`](super::outcome::TRIES) times.
//! * It is as before, and the connection broke or a gateway says so: the server may still be working on it. The zone is
//!   read again for up to [`BROKEN`], then it is sent again, as often. When it may not be, it stays unknown.
//! * It is as before after a time-out, or where the zone is read from a server that may be behind: it may still come. The
//!   zone is read again for up to [`LATE`]; when it is still not there, it stays unknown, since any claim could turn out
//!   wrong.
//! * It is neither as before nor as planned: somebody else has written. Nothing is sent again.
//! * It cannot be read: it stays unknown.
//!
//! As long as nobody knows what became of a write, no other zone begins one: what waits for its turn is not sent. What
//! turns out well lets them go on, and anything else ends the run.
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
use dnsctl_provider::lower::{self, Event, Held, Outcome};
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

/// For how long a zone is read again when the connection broke, before the same is sent again. Most often the server never
/// saw it.
const BROKEN: Duration = Duration::from_secs(3);

/// How often in a row a zone is read again since its write had to wait too long for its turn.
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
        held: None,
        kept: false,
    };
    attempt.run(writer).await;
    if !attempt.outcomes.is_complete() {
        // Before others go on.
        shared.control.writes().set();
    }
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
    /// How often it was read since it had been read too long ago, without anything being written.
    readings: u32,
    /// Held once a write came too late, so that the zones of a slow provider do not keep each other waiting.
    turn: Option<OwnedSemaphorePermit>,
    /// Keeps others from beginning while nobody knows what became of a write of this zone.
    held: Option<Held>,
    /// Whether something was not sent because others were in doubt.
    kept: bool,
}

impl Attempt<'_> {
    async fn run(&mut self, writer: &Writer) {
        loop {
            if self.held.is_none() {
                self.shared.control.calm().await;
            }
            if self.shared.control.writes().is_set() || !self.is_fresh() && !self.read_again().await {
                return;
            }
            let there = self.outcomes.there_count();
            self.send(writer).await;
            if self.outcomes.there_count() > there {
                self.readings = 0;
            }
            if self.outcomes.has_failed() {
                // At once, so that no other zone is begun.
                self.shared.control.writes().set();
            }
            let conflict = self.outcomes.places(|status| status.error().is_some_and(is_stale));
            if self.outcomes.unknown().is_some() {
                if !self.look().await {
                    return;
                }
                continue;
            }
            self.held = None;
            if !conflict.is_empty() {
                return self.compare().await;
            }
            if !(self.emulated || self.kept) || !self.outcomes.is_open() {
                return;
            }
            // What is open now was not sent, since the zone had been read too long ago by then, or others were in doubt.
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
        let error = match live::read(&self.shared.providers, self.job).await {
            Ok(now) if now.exists && self.readings <= READINGS => {
                self.read_at = Some(Instant::now());
                return self.as_planned(&now);
            }
            Ok(now) if now.exists => Error::new(
                ErrorKind::RateLimited,
                format!(
                    "writes wait for their turn for more than {} s after the zone was read, so it is not known any more \
                     what they would overwrite",
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
        let creates = self.outcomes.creates();
        let (mut calling, mut created) = (0, None);
        if creates {
            control.sent(1);
        }
        let mut observer = |event: Event<'_>| match event {
            Event::Calling(range) => {
                if created == Some(false) {
                    // Nothing follows a zone that was not created.
                    created = Some(true);
                    control.known(1, 1);
                }
                calling = range.len();
                control.sent(calling);
            }
            Event::Called { outcomes, .. } => {
                created = created.or(creates.then_some(false));
                let there = outcomes.iter().filter(|outcome| **outcome == Outcome::Written).count();
                let unknown =
                    outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Unknown(_))).count();
                control.known(calling.saturating_sub(unknown), there);
                self.shared.tell(ApplyEvent::Written { changes: there });
            }
        };
        let zone = &self.job.zone;
        let write = async {
            if creates {
                return lower::create_until(writer, zone, &changes, control.writes(), &mut observer).await;
            }
            let write = lower::write_until(writer, zone, &changes, control.writes(), &mut observer);
            match self.read_at.filter(|_| self.emulated) {
                Some(read) => lower::sent_before(read + FRESH, write).await,
                None => write.await,
            }
        };
        let (written, kept) = match self.held {
            Some(_) => (write.await, false),
            None => lower::sent_unless(control.doubt(), write).await,
        };
        self.kept = kept;
        match &written.creation {
            Some(Outcome::Unknown(_)) | None => {}
            Some(Outcome::Written) if created == Some(true) => {}
            Some(creation) => control.known(1, usize::from(*creation == Outcome::Written)),
        }
        self.outcomes.take(&left, written);
    }

    /// Finds out what became of a write. Gives whether there is something to send now.
    async fn look(&mut self) -> bool {
        let Some(error) = self.outcomes.unknown().cloned() else { return false };
        let unknown = self.outcomes.places(Status::is_unknown);
        let (lost, there) = (self.outcomes.unknown_count(), self.outcomes.there_count());
        let control = &self.shared.control;
        self.tries += 1;
        let doubt = if self.current { Doubt::of(&error) } else { Doubt::Late };
        if doubt != Doubt::Over && self.held.is_none() {
            self.held = Some(control.doubt().hold());
        }
        let wish = error.retry_after().unwrap_or_default();
        let pause = self.pause().max(wish.min(LONGEST_WISH));
        tokio::select! {
            () = sleep(pause) => {}
            () = control.writes().stopped() => {}
        }
        let Some((now, read_at)) = self.read_back(&unknown, doubt).await else {
            control.lost(lost);
            return false;
        };
        let states = |place: usize| {
            self.job.changes.get(place).map_or(State::Other, |change| state(&now.live, change))
        };
        let (may_come, again) = (doubt != Doubt::Over, doubt != Doubt::Late);
        let found = Found { exists: now.exists, states: &states, may_come, again };
        let error = error.with_tries(self.tries, self.begun.elapsed());
        // Who asks to be left alone for longer than anybody waits is not asked again.
        let stopped = control.writes().is_set() || wish > LONGEST_WISH;
        let next = self.outcomes.settle(&found, &error, self.tries, stopped);
        let still = self.outcomes.unknown_count();
        control.known(lost.saturating_sub(still), self.outcomes.there_count().saturating_sub(there));
        control.lost(still);
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
        if still == 0 && self.outcomes.is_complete() {
            self.held = None;
        }
        if !next.send || self.outcomes.creates() || !self.current {
            return next.send;
        }
        self.read_at = Some(read_at);
        self.as_planned(&now)
    }

    /// The zone as it is now, and when it was there; when what was sent may still come, as soon as it is in it, at the
    /// latest after some time.
    async fn read_back(&self, unknown: &[usize], doubt: Doubt) -> Option<(Now, Instant)> {
        let until = Instant::now() + doubt.patience();
        let mut pause = FIRST_PAUSE;
        loop {
            let now = live::read(&self.shared.providers, self.job).await.ok()?;
            let read_at = Instant::now();
            let absent = |place: &usize| {
                let change = self.job.changes.get(*place);
                change.is_some_and(|change| state(&now.live, change) == State::Before)
            };
            let whole = now.exists && !unknown.iter().any(absent);
            if read_at >= until || whole {
                return Some((now, read_at));
            }
            tokio::select! {
                () = self.shared.control.interrupted() => return Some((now, read_at)),
                () = sleep_until((read_at + pause).min(until)) => pause = (pause * 2).min(LAST_PAUSE),
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

/// Whether the server may still be working on a write that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// It has said itself that it is done with it.
    Over,
    /// The connection broke, or a gateway says that the server failed: most often it never saw it.
    Broken,
    /// Nobody waited until it was done.
    Late,
}

impl Doubt {
    fn of(error: &Error) -> Self {
        match (error.kind(), error.status(), error.http_status()) {
            (ErrorKind::Timeout, ..) | (_, _, Some(408 | 504)) => Self::Late,
            (ErrorKind::Unavailable, None, _) | (_, _, Some(502 | 503)) => Self::Broken,
            _ => Self::Over,
        }
    }

    /// For how long it is looked for.
    const fn patience(self) -> Duration {
        match self {
            Self::Over => Duration::ZERO,
            Self::Broken => BROKEN,
            Self::Late => LATE,
        }
    }
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

//! Writes the jobs: zones of one provider at the same time, each when those are written that it waits for.
//!
//! A zone waits for the writing of others, not for the asking of their servers: a dead server must not hold up
//! what is still to be written. A failure ends the writing of all.

use super::attempt::{self, Attempted};
use super::control::Control;
use super::fresh::Job;
use super::outcome::Outcomes;
use super::queue::Queue;
use super::report::{ChangeReport, Report, Status, ZoneReport};
use super::{ApplyEvent, ApplyOptions};
use crate::providers::Providers;
use crate::task::lost;
use crate::verify::{Known, Verification, verify};
use dnsctl_plan::Change;
use dnsctl_provider::Writer;
use dnsctl_provider::error::{Error, Result};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep};

/// How many zones are written at a time. The limits of each provider hold besides.
const IN_FLIGHT: usize = 16;

/// The servers of how many zones are asked at a time. More sockets than this are not needed.
const ASKING: usize = 64;

/// How long a vendor may still take, to tell secondaries for example, when somebody stops the run.
const GRACE: Duration = Duration::from_secs(2);

/// What every zone needs.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) providers: Providers,
    pub(super) writers: Arc<BTreeMap<String, Writer>>,
    pub(super) control: Control,
    /// For each provider the turn of zones that came too late when all were under way.
    turns: Arc<BTreeMap<String, Arc<Semaphore>>>,
    verify: Option<Duration>,
    finish: Duration,
    asking: Arc<Semaphore>,
    known: Arc<Known>,
    events: UnboundedSender<ApplyEvent>,
}

impl Shared {
    pub(super) fn tell(&self, event: ApplyEvent) {
        let _ = self.events.send(event);
    }

    /// Waits until no other zone that came too late is being written at this provider.
    pub(super) async fn turn(&self, provider: &str) -> Option<OwnedSemaphorePermit> {
        self.turns.get(provider)?.clone().acquire_owned().await.ok()
    }
}

/// A zone of which no more is written.
struct Written {
    place: usize,
    job: Arc<Job>,
    report: ZoneReport,
}

pub(super) async fn all(jobs: Vec<Job>, providers: &Providers, options: ApplyOptions<'_>) -> Result<Report> {
    let mut writers = BTreeMap::new();
    for job in &jobs {
        if !writers.contains_key(&job.provider) && (job.create || !job.changes.is_empty()) {
            writers.insert(job.provider.clone(), (options.open)(&job.provider)?);
        }
    }
    let turns = writers.keys().map(|name| (name.clone(), Arc::new(Semaphore::new(1)))).collect();
    let (events, mut inbox) = unbounded_channel();
    let shared = Shared {
        providers: providers.clone(),
        writers: Arc::new(writers),
        control: options.control,
        turns: Arc::new(turns),
        verify: options.verify,
        finish: options.finish,
        asking: Arc::new(Semaphore::new(ASKING)),
        known: Arc::default(),
        events,
    };
    let mut queue = Queue::new(jobs);
    let (mut writing, mut asking) = (Writing::default(), Asking::default());
    loop {
        while writing.tasks.len() < IN_FLIGHT
            && let Some((place, job)) = queue.next()
        {
            writing.start(place, job, &shared);
        }
        if writing.tasks.is_empty() && asking.tasks.is_empty() {
            break;
        }
        tokio::select! {
            Some(event) = inbox.recv() => (options.observer)(event),
            Some(ended) = writing.tasks.join_next_with_id(), if !writing.tasks.is_empty() => {
                if let Some(written) = writing.ended(ended, &shared) {
                    // Where not all of it is written, nothing more is, and those that waited report that.
                    queue.done(written.place);
                    asking.start(written, &shared);
                }
            }
            Some(ended) = asking.tasks.join_next_with_id(), if !asking.tasks.is_empty() => asking.ended(ended),
        }
    }
    while let Ok(event) = inbox.try_recv() {
        (options.observer)(event);
    }
    let mut reports = asking.done;
    reports.sort_by_key(|(place, _)| *place);
    Ok(Report { zones: reports.into_iter().map(|(_, report)| report).collect(), ..Report::default() })
}

/// The zones that are being written.
#[derive(Default)]
struct Writing {
    tasks: JoinSet<(ZoneReport, bool)>,
    jobs: HashMap<Id, (usize, Arc<Job>)>,
}

impl Writing {
    fn start(&mut self, place: usize, job: Job, shared: &Shared) {
        let job = Arc::new(job);
        let (own, shared) = (job.clone(), shared.clone());
        let task = self.tasks.spawn(async move { one(&own, &shared).await });
        self.jobs.insert(task.id(), (place, job));
    }

    /// The zone of a task that ended. Of one that ended by a panic nobody knows what it had written by then.
    fn ended(
        &mut self,
        ended: Result<(Id, (ZoneReport, bool)), JoinError>,
        shared: &Shared,
    ) -> Option<Written> {
        let (id, result) = match ended {
            Ok((id, result)) => (id, Ok(result)),
            Err(error) => (error.id(), Err(lost(error))),
        };
        let (place, job) = self.jobs.remove(&id)?;
        let (report, complete) = result.unwrap_or_else(|error| {
            let error = error.during(format!("write zone {}", job.zone));
            let mut outcomes = Outcomes::new(job.create, job.changes.len());
            outcomes.lose(&error);
            (report(&job, Attempted { outcomes, conflicts: Vec::new() }, Duration::ZERO), false)
        });
        if !complete {
            shared.control.writes().set();
        }
        Some(Written { place, job, report })
    }
}

/// The zones whose servers are being asked, and those that are done.
#[derive(Default)]
struct Asking {
    tasks: JoinSet<(Option<Error>, Verification)>,
    reports: HashMap<Id, (usize, ZoneReport)>,
    done: Vec<(usize, ZoneReport)>,
}

impl Asking {
    fn start(&mut self, written: Written, shared: &Shared) {
        let Written { place, job, report } = written;
        let changes = report.is_complete().then(|| report.changes.iter().map(|change| change.change.clone()));
        let changes: Option<Vec<Change>> = changes.map(Iterator::collect);
        let shared = shared.clone();
        let task = self.tasks.spawn(async move {
            let proof = match &changes {
                Some(changes) => prove(&job, changes, &shared).await,
                None => (None, Verification::NotChecked("not all of it is written".to_owned())),
            };
            shared.tell(ApplyEvent::Done { provider: job.provider.clone(), zone: job.zone.clone() });
            proof
        });
        self.reports.insert(task.id(), (place, report));
    }

    /// Completes the report of a zone. What ended by a panic has proved nothing.
    fn ended(&mut self, ended: Result<(Id, (Option<Error>, Verification)), JoinError>) {
        let (id, (unfinished, verification)) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                let not = Verification::NotChecked("dnsctl failed in the middle".to_owned());
                (error.id(), (Some(lost(error).during("ask the name servers")), not))
            }
        };
        if let Some((place, report)) = self.reports.remove(&id) {
            self.done.push((place, ZoneReport { unfinished, verification, ..report }));
        }
    }
}

/// Writes one zone; gives whether all of it is at the provider, too.
async fn one(job: &Job, shared: &Shared) -> (ZoneReport, bool) {
    let start = Instant::now();
    let attempted = if shared.control.writes().is_set() {
        let outcomes = Outcomes::new(job.create, job.changes.len());
        Attempted { outcomes, conflicts: Vec::new() }
    } else {
        attempt::write(job, shared).await
    };
    let complete = attempted.outcomes.is_complete();
    if !complete {
        // At once, so that no other zone is begun.
        shared.control.writes().set();
    }
    (report(job, attempted, start.elapsed()), complete)
}

fn report(job: &Job, attempted: Attempted, took: Duration) -> ZoneReport {
    let Attempted { outcomes: Outcomes { creation, changes: statuses }, conflicts } = attempted;
    let written = job.changes.iter().cloned().zip(statuses);
    let already = job.already.iter().cloned().map(|change| (change, Status::Already));
    let mut changes: Vec<ChangeReport> =
        written.chain(already).map(|(change, status)| ChangeReport { change, status }).collect();
    changes.sort_by_key(|report| report.change.number);
    ZoneReport {
        provider: job.provider.clone(),
        zone: job.zone.clone(),
        creation,
        changes,
        conflicts,
        unfinished: None,
        verification: Verification::NotChecked("not all of it is written".to_owned()),
        took,
    }
}

/// What the vendor and the servers say of a zone that is written. The time of the servers runs from when the vendor is
/// done, and that of waiting for them from when the first of them is asked.
async fn prove(job: &Job, changes: &[Change], shared: &Shared) -> (Option<Error>, Verification) {
    let Some(unfinished) = finish(job, shared).await else { return (None, Verification::Interrupted) };
    let verification = tokio::select! {
        biased;
        () = shared.control.interrupted() => Verification::Interrupted,
        verification = ask(job, shared, changes, Instant::now()) => verification,
    };
    (unfinished, verification)
}

/// Waits until the vendor is done with what was written; gives what made that doubtful, and nothing when somebody
/// stopped the run.
async fn finish(job: &Job, shared: &Shared) -> Option<Option<Error>> {
    let Some(writer) = shared.writers.get(&job.provider).filter(|_| job.create || !job.changes.is_empty())
    else {
        return Some(None);
    };
    let stopped = async {
        shared.control.interrupted().await;
        sleep(GRACE).await;
    };
    tokio::select! {
        finished = writer.common().finish(&job.zone, shared.finish) => Some(finished.err()),
        () = stopped => None,
    }
}

async fn ask(job: &Job, shared: &Shared, changes: &[Change], since: Instant) -> Verification {
    let not = |why: &str| Verification::NotChecked(why.to_owned());
    let Some(within) = shared.verify else { return not("verification was switched off") };
    let Some(witnesses) = &job.witnesses else {
        return not(
            "the provider does not serve the zone itself; name its servers in the zone file (servers:)",
        );
    };
    if witnesses.servers.is_empty() {
        return not("neither `servers:` nor the NS records of the zone name a server of this provider");
    }
    let _turn = shared.asking.acquire().await;
    shared.tell(ApplyEvent::Verifying { provider: job.provider.clone(), zone: job.zone.clone() });
    verify(&job.zone, witnesses, changes, since, within, &shared.known).await
}

//! Writes the jobs: zones of one provider at the same time, a zone below another before the one above.

use super::fresh::{self, Job};
use super::report::{ChangeReport, Report, Status, ZoneReport};
use super::{ApplyEvent, ApplyOptions};
use crate::providers::Providers;
use crate::verify::{Verification, verify};
use dnsctl_plan::Change;
use dnsctl_provider::error::Result;
use dnsctl_provider::lower::{self, Event, Outcome};
use dnsctl_provider::{RRsetChange, Writer};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many zones are written at a time. The limits of each provider hold besides.
const IN_FLIGHT: usize = 16;

/// The servers of how many zones are asked at a time. More sockets than this are not needed, and a zone whose servers are
/// slow must not hold up the writing of another.
const ASKING: usize = 64;

/// What every zone needs.
#[derive(Clone)]
struct Shared {
    providers: Providers,
    writers: Arc<BTreeMap<String, Writer>>,
    /// Set by the first failure, and from outside.
    stop: Arc<AtomicBool>,
    verify: Option<Duration>,
    finish: Duration,
    asking: Arc<Semaphore>,
    events: UnboundedSender<ApplyEvent>,
}

/// A zone of which no more is written.
struct Written {
    job: Job,
    report: ZoneReport,
    /// All of it is at the provider.
    complete: bool,
}

pub(super) async fn all(jobs: Vec<Job>, providers: &Providers, options: ApplyOptions<'_>) -> Result<Report> {
    let mut writers = BTreeMap::new();
    for job in &jobs {
        if !writers.contains_key(&job.provider) && (job.create || !job.changes.is_empty()) {
            writers.insert(job.provider.clone(), (options.open)(&job.provider)?);
        }
    }
    let (events, mut inbox) = unbounded_channel();
    let shared = Shared {
        providers: providers.clone(),
        writers: Arc::new(writers),
        stop: options.cancel,
        verify: options.verify,
        finish: options.finish,
        asking: Arc::new(Semaphore::new(ASKING)),
        events,
    };
    let mut reports: Vec<(usize, ZoneReport)> = Vec::with_capacity(jobs.len());
    for wave in waves(jobs) {
        let mut wave = wave.into_iter();
        let (mut writing, mut asking) = (JoinSet::new(), JoinSet::new());
        loop {
            while writing.len() < IN_FLIGHT
                && let Some((place, job)) = wave.next()
            {
                let shared = shared.clone();
                writing.spawn(async move { (place, one(job, &shared).await) });
            }
            if writing.is_empty() && asking.is_empty() {
                break;
            }
            tokio::select! {
                Some(event) = inbox.recv() => (options.observer)(event),
                Some(done) = writing.join_next() => match done {
                    Ok((place, one)) => {
                        let shared = shared.clone();
                        asking.spawn(async move { (place, one.verified(&shared).await) });
                    }
                    Err(_) => shared.stop.store(true, Ordering::Relaxed),
                },
                Some(Ok(report)) = asking.join_next() => reports.push(report),
            }
        }
    }
    while let Ok(event) = inbox.try_recv() {
        (options.observer)(event);
    }
    reports.sort_by_key(|(place, _)| *place);
    Ok(Report { zones: reports.into_iter().map(|(_, report)| report).collect(), stale: Vec::new() })
}

/// Zones that no zone of the plan is below come first; a zone above another waits for it, since its delegation should
/// point at something that answers.
fn waves(jobs: Vec<Job>) -> Vec<Vec<(usize, Job)>> {
    let apexes: Vec<_> = jobs.iter().map(|job| job.zone.clone()).collect();
    let mut waves: BTreeMap<usize, Vec<(usize, Job)>> = BTreeMap::new();
    // Names at or below an apex stand right behind it in canonical order.
    let mut sorted = apexes;
    sorted.sort();
    for (place, job) in jobs.into_iter().enumerate() {
        let start = sorted.partition_point(|other| *other <= job.zone);
        let below = sorted.iter().skip(start).take_while(|other| other.is_below(&job.zone));
        let depth = below.map(|other| other.label_count() - job.zone.label_count()).max().unwrap_or(0);
        waves.entry(depth).or_default().push((place, job));
    }
    waves.into_values().collect()
}

async fn one(job: Job, shared: &Shared) -> Written {
    let start = Instant::now();
    let statuses = if shared.stop.load(Ordering::Relaxed) {
        vec![Status::NotTried; job.changes.len()]
    } else {
        write(&job, shared).await
    };
    let complete = statuses.iter().all(Status::is_there);
    if !complete {
        shared.stop.store(true, Ordering::Relaxed);
    }
    let took = start.elapsed();
    let mut changes: Vec<ChangeReport> = job
        .changes
        .iter()
        .cloned()
        .zip(statuses)
        .map(|(change, status)| ChangeReport { change, status })
        .collect();
    changes
        .extend(job.already.iter().cloned().map(|change| ChangeReport { change, status: Status::Already }));
    changes.sort_by_key(|report| report.change.number);
    let verification = Verification::NotChecked("not all of it is written".to_owned());
    let (provider, zone) = (job.provider.clone(), job.zone.clone());
    let report = ZoneReport { provider, zone, changes, unfinished: None, verification, took };
    Written { job, report, complete }
}

impl Written {
    /// The report with what the vendor and the servers say. The time of the servers runs from when the vendor is done.
    async fn verified(self, shared: &Shared) -> ZoneReport {
        let Self { job, mut report, complete } = self;
        let tell = |event| {
            let _ = shared.events.send(event);
        };
        if complete {
            if let Some(writer) = shared.writers.get(&job.provider).filter(|_| !job.changes.is_empty()) {
                report.unfinished = writer.common().finish(&job.zone, shared.finish).await.err();
            }
            let since = Instant::now();
            let _turn = shared.asking.acquire().await;
            tell(ApplyEvent::Verifying { provider: job.provider.clone(), zone: job.zone.clone() });
            report.verification = ask(&job, shared, &report.changes, since).await;
        }
        tell(ApplyEvent::Done { provider: job.provider, zone: job.zone });
        report
    }
}

async fn write(job: &Job, shared: &Shared) -> Vec<Status> {
    let Some(writer) = shared.writers.get(&job.provider) else {
        return vec![Status::NotTried; job.changes.len()];
    };
    let changes: Vec<RRsetChange> = job.changes.iter().map(lowered).collect();
    let mut observer = |event: Event<'_>| {
        if let Event::Called { outcomes, .. } = event {
            let written = outcomes.iter().filter(|outcome| **outcome == Outcome::Written).count();
            let _ = shared.events.send(ApplyEvent::Written { changes: written });
        }
    };
    let written = if job.create {
        lower::create_until(writer, &job.zone, &changes, &shared.stop, &mut observer).await
    } else {
        lower::write_until(writer, &job.zone, &changes, &shared.stop, &mut observer).await
    };
    let unknown = written.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Unknown(_)));
    let found = if unknown { fresh::reread(&shared.providers, job).await.ok() } else { None };
    let found = found.unwrap_or_default().into_iter().chain(std::iter::repeat(None));
    written.outcomes.into_iter().zip(found).map(|(outcome, found)| status(outcome, found)).collect()
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

/// What an outcome means after the zone was read again.
fn status(outcome: Outcome, found: Option<bool>) -> Status {
    match (outcome, found) {
        (Outcome::Written, _) | (Outcome::Unknown(_), Some(true)) => Status::Written,
        (Outcome::NotWritten(None), _) => Status::NotTried,
        (Outcome::NotWritten(Some(error)), _) | (Outcome::Unknown(error), Some(false)) => {
            Status::NotWritten(error)
        }
        (Outcome::Refused(error), _) => Status::Refused(error),
        (Outcome::Unknown(error), None) => Status::Unknown(error),
    }
}

async fn ask(job: &Job, shared: &Shared, changes: &[ChangeReport], since: Instant) -> Verification {
    let not = |why: &str| Verification::NotChecked(why.to_owned());
    let Some(within) = shared.verify else { return not("verification was switched off") };
    if !job.serves {
        return not(
            "the provider does not serve the zone itself; name its servers in the zone file (servers:)",
        );
    }
    if job.servers.is_empty() {
        return not("the zone has no NS records; name its servers in the zone file (servers:)");
    }
    let changes: Vec<Change> = changes.iter().map(|report| report.change.clone()).collect();
    // At least once, however long the zone had to wait for its turn.
    verify(&job.zone, &job.servers, &changes, within.saturating_sub(since.elapsed())).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_zone::Name;

    #[test]
    fn zones_below_come_first() {
        let job = |zone: &str| Job {
            provider: "main".into(),
            zone: Name::absolute(zone).unwrap(),
            create: false,
            changes: Vec::new(),
            already: Vec::new(),
            servers: Vec::new(),
            serves: true,
        };
        let jobs =
            ["example.com", "a.example.com", "other.org", "b.a.example.com", "aexample.com"].map(job).into();
        let waves: Vec<Vec<String>> = waves(jobs)
            .into_iter()
            .map(|wave| wave.into_iter().map(|(_, job)| job.zone.to_string()).collect())
            .collect();
        assert_eq!(
            waves,
            [
                vec!["other.org.", "b.a.example.com.", "aexample.com."],
                vec!["a.example.com."],
                vec!["example.com."]
            ]
        );
    }
}

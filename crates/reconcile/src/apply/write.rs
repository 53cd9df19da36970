//! Writes the jobs: zones of one provider at the same time, a zone below another before the one above.

use super::attempt::{self, Attempted};
use super::control::Control;
use super::fresh::Job;
use super::report::{ChangeReport, Report, Status, ZoneReport};
use super::{ApplyEvent, ApplyOptions};
use crate::providers::Providers;
use crate::verify::{Verification, verify};
use dnsctl_plan::Change;
use dnsctl_provider::Writer;
use dnsctl_provider::error::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// How many zones are written at a time. The limits of each provider hold besides.
const IN_FLIGHT: usize = 16;

/// The servers of how many zones are asked at a time. More sockets than this are not needed, and a zone whose servers are
/// slow must not hold up the writing of another.
const ASKING: usize = 64;

/// How long a vendor may still take, to tell secondaries for example, when somebody stops the run.
const GRACE: Duration = Duration::from_secs(2);

/// What every zone needs.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) providers: Providers,
    pub(super) writers: Arc<BTreeMap<String, Writer>>,
    pub(super) control: Control,
    verify: Option<Duration>,
    finish: Duration,
    asking: Arc<Semaphore>,
    events: UnboundedSender<ApplyEvent>,
}

impl Shared {
    pub(super) fn tell(&self, event: ApplyEvent) {
        let _ = self.events.send(event);
    }
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
        control: options.control,
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
                    Err(_) => shared.control.writes().set(),
                },
                Some(Ok(report)) = asking.join_next() => reports.push(report),
            }
        }
    }
    while let Ok(event) = inbox.try_recv() {
        (options.observer)(event);
    }
    reports.sort_by_key(|(place, _)| *place);
    Ok(Report { zones: reports.into_iter().map(|(_, report)| report).collect(), ..Report::default() })
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
    let Attempted { statuses, conflicts } = if shared.control.writes().is_set() {
        Attempted { statuses: vec![Status::NotTried; job.changes.len()], conflicts: Vec::new() }
    } else {
        attempt::write(&job, shared).await
    };
    let complete = statuses.iter().all(Status::is_there);
    if !complete {
        shared.control.writes().set();
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
    let report = ZoneReport { provider, zone, changes, conflicts, unfinished: None, verification, took };
    Written { job, report, complete }
}

impl Written {
    /// The report with what the vendor and the servers say. The time of the servers runs from when the vendor is done.
    async fn verified(self, shared: &Shared) -> ZoneReport {
        let Self { job, mut report, complete } = self;
        if complete {
            report.verification = match finish(&job, shared).await {
                None => Verification::Interrupted,
                Some(unfinished) => {
                    report.unfinished = unfinished;
                    tokio::select! {
                        biased;
                        () = shared.control.interrupted() => Verification::Interrupted,
                        verification = ask(&job, shared, &report.changes, Instant::now()) => verification,
                    }
                }
            };
        }
        shared.tell(ApplyEvent::Done { provider: job.provider, zone: job.zone });
        report
    }
}

/// Waits until the vendor is done with what was written; gives what made that doubtful, and nothing when somebody
/// stopped the run.
async fn finish(job: &Job, shared: &Shared) -> Option<Option<Error>> {
    let Some(writer) = shared.writers.get(&job.provider).filter(|_| !job.changes.is_empty()) else {
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
    let _turn = shared.asking.acquire().await;
    shared.tell(ApplyEvent::Verifying { provider: job.provider.clone(), zone: job.zone.clone() });
    let changes: Vec<Change> = changes.iter().map(|report| report.change.clone()).collect();
    verify(&job.zone, &job.servers, &changes, since, within).await
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

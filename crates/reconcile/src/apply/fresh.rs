//! Checks that the providers still have what a plan saw.

use super::Servers;
use super::live::{State, empty, stale, state};
use super::report::{Stale, StaleKind};
use crate::providers::Providers;
use crate::servers;
use dnsctl_plan::{Change, Plan, ZonePlan};
use dnsctl_provider::error::{Error, Result};
use dnsctl_zone::{Live, Name, ServerAddress};
use futures::stream::{self, StreamExt as _};
use std::collections::BTreeMap;

/// How many zones are read at a time.
const IN_FLIGHT: usize = 32;

/// The changes of one zone that are ready to be written.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) provider: String,
    pub(super) zone: Name,
    pub(super) create: bool,
    pub(super) changes: Vec<Change>,
    /// Changes that are there already.
    pub(super) already: Vec<Change>,
    pub(super) servers: Vec<ServerAddress>,
    pub(super) serves: bool,
}

/// The jobs of a plan that was made a moment ago.
pub(super) fn trust(plan: &Plan, servers: &Servers) -> Vec<Job> {
    let job = |zone: &ZonePlan| {
        let servers = servers.get(&(zone.provider.clone(), zone.zone.clone())).cloned();
        Job {
            provider: zone.provider.clone(),
            zone: zone.zone.clone(),
            create: zone.create,
            changes: zone.changes.clone(),
            already: Vec::new(),
            serves: servers.is_some(),
            servers: servers.unwrap_or_default(),
        }
    };
    plan.zones.iter().filter(|zone| zone.has_changes()).map(job).collect()
}

/// Reads every zone with changes again. Gives the jobs, or what is not as the plan saw it.
pub(super) async fn check(
    plan: &Plan,
    providers: &Providers,
    configured: &BTreeMap<Name, Vec<ServerAddress>>,
    resume: bool,
) -> Result<Result<Vec<Job>, Vec<Stale>>, Vec<Error>> {
    let zones = plan.zones.iter().filter(|zone| zone.has_changes());
    let read = async |zone: &ZonePlan| {
        let provider = providers.get(&zone.provider).map_err(|error| {
            error.during(format!("read zone {}", zone.zone)).with_hint(
                "use the configuration that the plan was made with, or make the plan again: dnsctl plan",
            )
        })?;
        provider.read_zone(&zone.zone).await
    };
    let lives: Vec<_> = stream::iter(zones.clone()).map(read).buffered(IN_FLIGHT).collect().await;
    let (mut compared, mut errors) = (Vec::new(), Vec::new());
    for (zone, live) in zones.zip(lives) {
        match live {
            Err(error) => errors.push(error),
            Ok(live) => {
                let serves = providers.get(&zone.provider).is_ok_and(|provider| provider.reader.serves());
                let named = configured.get(&zone.zone).map_or(&[][..], Vec::as_slice);
                compared.push(compare(zone, live, serves, named));
            }
        }
    }
    if errors.is_empty() { Ok(judge(compared, resume)) } else { Err(errors) }
}

/// A zone of the plan beside what is there now.
struct Compared {
    job: Job,
    /// The zone that the plan creates is there.
    created: bool,
    /// What is neither as before nor as after.
    other: Vec<Stale>,
}

/// A plan is applied as a whole: from the state that it saw, or not at all. Where a part of it is there already, somebody
/// has to say that the rest is still wanted (`resume`). Where all of it is there, nothing is left to do.
fn judge(compared: Vec<Compared>, resume: bool) -> Result<Vec<Job>, Vec<Stale>> {
    let left = compared.iter().any(|zone| zone.job.create || !zone.job.changes.is_empty());
    let mut stale = Vec::new();
    let mut jobs = Vec::with_capacity(compared.len());
    for zone in compared {
        let Compared { job, created, other } = zone;
        let foreign = created && (job.already.is_empty() || !other.is_empty());
        stale.extend(other);
        if !resume && left {
            if foreign {
                stale.push(Stale {
                    provider: job.provider.clone(),
                    zone: job.zone.clone(),
                    change: None,
                    live: None,
                    kind: StaleKind::ZoneCreated,
                });
            }
            stale.extend(job.already.iter().map(|change| Stale {
                provider: job.provider.clone(),
                zone: job.zone.clone(),
                change: Some(change.clone()),
                live: change.after.clone(),
                kind: StaleKind::Already,
            }));
        }
        jobs.push(job);
    }
    // What somebody else changed needs a new plan, whatever else is there.
    if stale.iter().any(|found| found.kind != StaleKind::Already) {
        stale.retain(|found| found.kind != StaleKind::Already);
    }
    if stale.is_empty() { Ok(jobs) } else { Err(stale) }
}

fn compare(plan: &ZonePlan, live: Option<Live>, serves: bool, named: &[ServerAddress]) -> Compared {
    let mut other = Vec::new();
    if live.is_none() && !plan.create {
        other.push(Stale {
            provider: plan.provider.clone(),
            zone: plan.zone.clone(),
            change: None,
            live: None,
            kind: StaleKind::ZoneGone,
        });
    }
    let created = plan.create && live.is_some();
    let create = plan.create && live.is_none();
    let gone = !other.is_empty();
    let live = live.unwrap_or_else(|| empty(&plan.zone));
    let (mut changes, mut already) = (Vec::new(), Vec::new());
    for change in plan.changes.iter().filter(|_| !gone) {
        match state(&live, change) {
            State::After => already.push(change.clone()),
            State::Other => other.push(stale(&plan.provider, &live, change, StaleKind::Changed)),
            // The exact octets of now: a native write guard compares them.
            State::Before => {
                let before = live.zone.get(&change.name, change.rtype).cloned();
                changes.push(Change { before, ..change.clone() });
            }
        }
    }
    let serves = serves || !named.is_empty();
    let servers = if serves { servers::of_zone(named, &live, &plan.changes) } else { Vec::new() };
    let (provider, zone) = (plan.provider.clone(), plan.zone.clone());
    let job = Job { provider, zone, create, changes, already, servers, serves };
    Compared { job, created, other }
}

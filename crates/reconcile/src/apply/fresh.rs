//! Checks that the providers still have what a plan saw.

use super::Servers;
use super::report::Stale;
use crate::providers::Providers;
use crate::servers;
use crate::verify::agrees;
use dnsctl_plan::{Change, Plan, ZonePlan};
use dnsctl_provider::error::{Error, Result};
use dnsctl_zone::{Live, Name, RRset, ServerAddress, Zone};
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

/// Reads every zone with changes again. Gives the jobs, or what is no longer as the plan saw it.
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
    let (mut jobs, mut stale, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (zone, live) in zones.zip(lives) {
        match live {
            Err(error) => errors.push(error),
            Ok(live) => {
                let serves = providers.get(&zone.provider).is_ok_and(|provider| provider.reader.serves());
                let named = configured.get(&zone.zone).map_or(&[][..], Vec::as_slice);
                match compare(zone, live, resume) {
                    Ok((job, live)) => {
                        let serves = serves || !named.is_empty();
                        let servers =
                            if serves { servers::of_zone(named, &live, &zone.changes) } else { Vec::new() };
                        jobs.push(Job { servers, serves, ..job });
                    }
                    Err(found) => stale.extend(found),
                }
            }
        }
    }
    match (errors.is_empty(), stale.is_empty()) {
        (false, _) => Err(errors),
        (_, false) => Ok(Err(stale)),
        _ => Ok(Ok(jobs)),
    }
}

fn compare(plan: &ZonePlan, live: Option<Live>, resume: bool) -> Result<(Job, Live), Vec<Stale>> {
    let zone_stale = |message: &str| {
        vec![Stale {
            provider: plan.provider.clone(),
            zone: plan.zone.clone(),
            change: None,
            live: None,
            message: message.to_owned(),
        }]
    };
    let create = match &live {
        None if plan.create => true,
        None => return Err(zone_stale("the zone is gone")),
        Some(_) if plan.create && !resume => return Err(zone_stale("the zone was created meanwhile")),
        Some(_) => false,
    };
    let live = live.unwrap_or_else(|| Live::new(Zone::new(plan.zone.clone(), Vec::new())));
    let (mut changes, mut already, mut stale) = (Vec::new(), Vec::new(), Vec::new());
    for change in &plan.changes {
        let now = live.zone.get(&change.name, change.rtype);
        if is(now, change.after.as_ref()) {
            already.push(change.clone());
        } else if is(now, change.before.as_ref()) {
            // The exact octets of now: a native write guard compares them.
            changes.push(Change { before: now.cloned(), ..change.clone() });
        } else {
            stale.push(Stale {
                provider: plan.provider.clone(),
                zone: plan.zone.clone(),
                change: Some(change.clone()),
                live: now.cloned(),
                message: "it changed after the plan was made".to_owned(),
            });
        }
    }
    if !resume && !already.is_empty() && !changes.is_empty() {
        stale.extend(already.iter().map(|change| Stale {
            provider: plan.provider.clone(),
            zone: plan.zone.clone(),
            change: Some(change.clone()),
            live: change.after.clone(),
            message:
                "it is there already; a part of the plan was applied (--resume writes the rest)".to_owned(),
        }));
    }
    if !stale.is_empty() {
        return Err(stale);
    }
    let job = Job {
        provider: plan.provider.clone(),
        zone: plan.zone.clone(),
        create,
        changes,
        already,
        servers: Vec::new(),
        serves: false,
    };
    Ok((job, live))
}

/// Whether the provider has this.
fn is(now: Option<&RRset>, then: Option<&RRset>) -> bool {
    match (now, then) {
        (None, None) => true,
        (Some(now), Some(then)) => agrees(then, now) && then.options_satisfied_by(now),
        _ => false,
    }
}

/// Reads a zone again after a write of which nobody knows what became, and says which of these changes are there.
pub(super) async fn reread(providers: &Providers, job: &Job) -> Result<Vec<Option<bool>>> {
    let provider = providers.get(&job.provider)?;
    let live = provider.reader.read_zone(&job.zone).await?;
    let live = live.unwrap_or_else(|| Live::new(Zone::new(job.zone.clone(), Vec::new())));
    let state = |change: &Change| {
        let now = live.zone.get(&change.name, change.rtype);
        if is(now, change.after.as_ref()) {
            Some(true)
        } else if is(now, change.before.as_ref()) {
            Some(false)
        } else {
            None
        }
    };
    Ok(job.changes.iter().map(state).collect())
}

//! Checks that the providers still have what a plan saw.

use super::elsewhere;
use super::live::{State, empty, stale, state};
use super::report::{Stale, StaleKind};
use super::{Again, Servers};
use crate::plan::Declared;
use crate::plan::{refuse, refuse_read_only, refuse_zone};
use crate::providers::{Provider, Providers};
use crate::servers::{self, Witnesses};
use crate::state::LastReads;
use dnsctl_checks::Facts;
use dnsctl_plan::again::undeclared;
use dnsctl_plan::effect::{self, Input};
use dnsctl_plan::guard::ask_total;
use dnsctl_plan::{Change, Finding, Plan, Severity, Target, ZoneKey, ZonePlan};
use dnsctl_provider::error::{Error, Result};
use dnsctl_zone::{Desired, Live, Name};
use futures::stream::{self, StreamExt as _};

/// How many zones are read at a time.
const IN_FLIGHT: usize = 32;

/// The changes of one zone that are ready to be written.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) provider: String,
    pub(super) zone: Name,
    pub(super) create: bool,
    /// Zones of the plan that are written before this one.
    pub(super) waits_for: Vec<ZoneKey>,
    pub(super) changes: Vec<Change>,
    /// Changes that are there already.
    pub(super) already: Vec<Change>,
    /// Absent where neither the provider serves the zone nor the configuration names servers.
    pub(super) witnesses: Option<Witnesses>,
}

/// The jobs of a plan that was made a moment ago.
pub(super) fn trust(plan: &Plan, servers: &Servers) -> Vec<Job> {
    let job = |zone: &ZonePlan| Job {
        provider: zone.provider.clone(),
        zone: zone.zone.clone(),
        create: zone.create,
        waits_for: zone.waits_for.clone(),
        changes: zone.changes.clone(),
        already: Vec::new(),
        witnesses: servers.get(&(zone.provider.clone(), zone.zone.clone())).cloned(),
    };
    plan.zones.iter().filter(|zone| zone.has_changes()).map(job).collect()
}

/// Reads every zone with changes again, and asks all guards again. Gives the jobs, or what is not as the plan saw it; how
/// many RRsets each zone has goes to `reads`.
pub(super) async fn check(
    plan: &Plan,
    providers: &Providers,
    again: Again<'_>,
    resume: bool,
    reads: &mut LastReads,
) -> Result<Result<Vec<Job>, Vec<Stale>>, Vec<Error>> {
    let zones = plan.zones.iter().filter(|zone| zone.has_changes());
    let read = async |zone: &ZonePlan| {
        let provider = providers.get(&zone.provider).map_err(|error| {
            error.during(format!("read zone {}", zone.zone)).with_hint(
                "use the configuration that the plan was made with, or make the plan again: dnsctl plan",
            )
        })?;
        let live = provider.read_zone(&zone.zone).await?;
        Ok((provider, live))
    };
    let lives: Vec<Result<_>> = stream::iter(zones.clone()).map(read).buffered(IN_FLIGHT).collect().await;
    let mut kept = elsewhere::Lives::new();
    let (mut compared, mut errors) = (Vec::new(), Vec::new());
    for (zone, live) in zones.zip(lives) {
        match live {
            Err(error) => errors.push(error),
            Ok((provider, live)) => {
                let rrsets = live.as_ref().map_or(0, |live| live.zone.rrsets().len());
                reads.insert((zone.provider.clone(), zone.zone.clone()), rrsets);
                compared.push(compare(zone, live.as_ref(), &provider, again));
                kept.insert(zone.key(), live.unwrap_or_else(|| empty(&zone.zone)));
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let (mut compared, mut zones): (Vec<Compared>, Vec<ZonePlan>) = compared.into_iter().unzip();
    ask_total(&mut zones, again.deletes_total);
    let mut lost = elsewhere::check(plan, &zones, &kept, providers).await?;
    let asked = ask_rules(&zones, &kept, again);
    for ((zone, written), judged) in compared.iter_mut().zip(zones).zip(asked) {
        let blockers = judged.findings.iter().filter(|finding| finding.severity == Severity::Blocker);
        zone.objections = blockers.map(|finding| objection(&judged, finding)).collect();
        let own = |stale: &mut Stale| stale.provider == judged.provider && stale.zone == judged.zone;
        zone.objections.extend(lost.extract_if(.., own));
        zone.job.changes = written.changes;
    }
    Ok(judge(compared, resume))
}

/// Asks the rules about the zones as they are now, each with what else is written: what is new and an error objects, as it does in
/// a plan. Zones that do not change are not read for that, and what depends on them is not known here. Gives the zones with what
/// was found.
fn ask_rules(zones: &[ZonePlan], lives: &elsewhere::Lives, again: Again<'_>) -> Vec<ZonePlan> {
    let undeclared: Vec<Declared> =
        zones.iter().map(|zone| Declared { desired: undeclared(zone), facts: Facts::default() }).collect();
    let inputs: Vec<Input<'_>> = zones
        .iter()
        .zip(&undeclared)
        .map(|(zone, undeclared)| {
            let Declared { desired, facts } = again.files.get(&zone.zone).unwrap_or(undeclared);
            // In a zone that comes nothing can break.
            Input { desired, live: lives.get(&zone.key()).filter(|_| !zone.create), facts }
        })
        .collect();
    let mut asked: Vec<ZonePlan> =
        zones.iter().map(|zone| ZonePlan { create: false, ..zone.clone() }).collect();
    effect::judge(&mut asked, &inputs, again.today);
    asked
}

/// A zone of the plan beside what is there now.
struct Compared {
    job: Job,
    /// The zone that the plan creates is there.
    created: bool,
    /// What is neither as before nor as after.
    other: Vec<Stale>,
    /// What guards object to on the zone as it is now.
    objections: Vec<Stale>,
}

/// A plan is applied as a whole: from the state that it saw, or not at all. Where a part of it is there already, somebody
/// has to say that the rest is still wanted (`resume`). Where all of it is there, nothing is left to do. Where every RRset
/// is as planned, guards can object all the same: to what became of the rest of the zone.
fn judge(compared: Vec<Compared>, resume: bool) -> Result<Vec<Job>, Vec<Stale>> {
    let left = compared.iter().any(|zone| zone.job.create || !zone.job.changes.is_empty());
    let (mut stale, mut objections) = (Vec::new(), Vec::new());
    let mut jobs = Vec::with_capacity(compared.len());
    for zone in compared {
        let Compared { job, created, other, objections: found } = zone;
        objections.extend(found);
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
                    objection: None,
                });
            }
            stale.extend(job.already.iter().map(|change| Stale {
                provider: job.provider.clone(),
                zone: job.zone.clone(),
                change: Some(change.clone()),
                live: change.after.clone(),
                kind: StaleKind::Already,
                objection: None,
            }));
        }
        jobs.push(job);
    }
    // What somebody else changed needs a new plan, whatever else is there.
    if stale.iter().any(|found| found.kind != StaleKind::Already) {
        stale.retain(|found| found.kind != StaleKind::Already);
    }
    if stale.is_empty() {
        stale = objections;
    }
    if stale.is_empty() { Ok(jobs) } else { Err(stale) }
}

/// A zone of the plan beside what is there now, and what is left of its plan as it is judged now.
fn compare(
    plan: &ZonePlan,
    live: Option<&Live>,
    provider: &Provider,
    again: Again<'_>,
) -> (Compared, ZonePlan) {
    let mut other = Vec::new();
    if live.is_none() && !plan.create {
        other.push(Stale {
            provider: plan.provider.clone(),
            zone: plan.zone.clone(),
            change: None,
            live: None,
            kind: StaleKind::ZoneGone,
            objection: None,
        });
    }
    let created = plan.create && live.is_some();
    let create = plan.create && live.is_none();
    let gone = !other.is_empty();
    let bare;
    let desired = match again.files.get(&plan.zone) {
        Some(declared) => &declared.desired,
        None => {
            bare = Desired { policy: again.policy, ..undeclared(plan) };
            &bare
        }
    };
    let mut left = Vec::new();
    let mut already = Vec::new();
    let nothing = empty(&plan.zone);
    let now = live.unwrap_or(&nothing);
    for change in plan.changes.iter().filter(|_| !gone) {
        match state(now, change) {
            State::After => already.push(change.clone()),
            State::Other => other.push(stale(&plan.provider, now, change, StaleKind::Changed)),
            // The exact octets of now: a native write guard compares them.
            State::Before => {
                let before = now.zone.get(&change.name, change.rtype).cloned();
                left.push(Change { before, ..change.clone() });
            }
        }
    }
    let target = Target { desired, live, scope: provider.scope(), last_read: None, today: again.today };
    let mut judged = dnsctl_plan::again::again(target, plan, left);
    judged.create = create;
    refuse(&mut judged, provider);
    refuse_zone(&mut judged, desired, provider);
    refuse_read_only(&mut judged, desired, live);
    let serves = provider.reader.serves(&desired.apex) || !desired.servers.is_empty();
    let witnesses = serves.then(|| servers::witnesses(desired, &provider.name, now, &plan.changes));
    let (provider, zone) = (plan.provider.clone(), plan.zone.clone());
    let waits_for = plan.waits_for.clone();
    let job = Job { provider, zone, create, waits_for, changes: Vec::new(), already, witnesses };
    (Compared { job, created, other, objections: Vec::new() }, judged)
}

fn objection(plan: &ZonePlan, finding: &Finding) -> Stale {
    Stale {
        provider: plan.provider.clone(),
        zone: plan.zone.clone(),
        change: finding.change.and_then(|index| plan.changes.get(index)).cloned(),
        live: None,
        kind: StaleKind::Objection,
        objection: Some(finding.clone()),
    }
}

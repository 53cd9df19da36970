//! Reads zones from their providers and makes a plan.

use crate::apply::Servers;
use crate::beyond::{self, LoadOthers};
use crate::early::{Arrival, EarlyRead, EarlyReads};
use crate::providers::{Provider, Providers};
use crate::remembered::Remembered;
use crate::servers::{self, Witnesses};
use crate::state::LastReads;
use crate::task::lost;
use dnsctl_checks::Facts;
use dnsctl_plan::catalogue::{EXPIRED, UNUSED};
use dnsctl_plan::effect::{self, Effect, Input};
use dnsctl_plan::zone::Target;
use dnsctl_plan::{Beyond, Change, Finding, Mode, Plan, Severity, Unread, ZonePlan};
use dnsctl_provider::error::{Error, Result};
use dnsctl_provider::{RRsetChange, Wanted};
use dnsctl_zone::{Desired, Live, Name};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::task::{Id, JoinError, JoinSet};

/// How many zones are read or compared at a time. The limits of each provider hold besides; this one bounds memory.
const IN_FLIGHT: usize = 32;

/// What a plan depends on besides zones and providers.
pub struct PlanOptions<'a> {
    /// The time now.
    pub now: Timestamp,
    /// How long the plan can be applied.
    pub life: Duration,
    /// How much of the configuration is planned.
    pub mode: Mode,
    /// How many zones there are in all.
    pub zones: usize,
    /// How many RRsets each zone had when it was last read.
    pub last_reads: &'a LastReads,
    /// How many deletions in all zones together are let pass; [`dnsctl_plan::guard::DELETES_TOTAL`] when it is not said.
    pub deletes_total: Option<u32>,
    /// The zones of the configuration that are not planned: asked for when something changes.
    pub others: Option<LoadOthers<'a>>,
    /// Is told what happens.
    pub observer: &'a mut (dyn FnMut(PlanEvent) + Send),
}

/// What happens while a plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanEvent {
    /// One zone was read from one provider and compared.
    Compared {
        /// How many RRsets it had.
        rrsets: usize,
    },
}

/// A plan and what was learned on the way.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The errors behind [`Plan::unread`], in the same order.
    pub errors: Vec<Error>,
    /// How many RRsets each zone had, by provider and zone.
    pub reads: LastReads,
    /// The servers of each zone with changes, by provider and zone, to be asked after an apply.
    pub servers: Servers,
}

/// Plans every zone that comes in at each of its providers. Zones are compared as they come, so that servers are asked
/// while files are still being read: about zones that are there, and about those that are only announced
/// ([`Arrival::Coming`]), so that one large zone gains by it too.
pub async fn plan(
    mut arrivals: Receiver<Arrival>,
    providers: &Providers,
    options: PlanOptions<'_>,
) -> Planned {
    let today: Arc<str> = options.now.strftime("%Y-%m-%d").to_string().into();
    let list = options.zones > 1;
    let mut early = EarlyReads::new(list);
    let mut running = JoinSet::new();
    // Whose each task is, for one that ends without a result.
    let mut keys = HashMap::new();
    let mut done: Vec<Compared> = Vec::new();
    let mut gather = |compared: Compared, done: &mut Vec<Compared>| {
        (options.observer)(PlanEvent::Compared { rrsets: compared.read.unwrap_or(0) });
        done.push(compared);
    };
    loop {
        tokio::select! {
            arrival = arrivals.recv(), if running.len() < IN_FLIGHT => match arrival {
                None => break,
                Some(Arrival::Coming(coming)) => early.begin(coming, providers),
                Some(Arrival::Failed(zone)) => early.forget(&zone),
                Some(Arrival::Loaded(desired, facts)) => {
                    let mut early = early.take(&desired);
                    let wanted = Arc::new(Declared { desired, facts: *facts });
                    let desired = &wanted.desired;
                    for (place, name) in desired.providers.iter().enumerate() {
                        let key = (name.clone(), desired.apex.clone());
                        let last_read = options.last_reads.get(&key).copied();
                        let provider = match providers.get(name) {
                            Ok(provider) => provider,
                            Err(error) => {
                                gather(Compared::failed(key, place, error), &mut done);
                                continue;
                            }
                        };
                        let read = Read { by_list: list && desired.create, early: early.remove(name) };
                        let (wanted, today) = (Arc::clone(&wanted), today.clone());
                        let task = running.spawn(async move {
                            compare(&wanted, &provider, read, place, last_read, &today).await
                        });
                        keys.insert(task.id(), (key, place));
                    }
                }
            },
            Some(ended) = running.join_next_with_id(), if !running.is_empty() => {
                gather(Compared::of_task(ended, &mut keys), &mut done);
            }
        }
    }
    drop(early);
    while let Some(ended) = running.join_next_with_id().await {
        gather(Compared::of_task(ended, &mut keys), &mut done);
    }
    conclude(done, providers, &options).await
}

/// What the files say of a zone.
#[derive(Debug)]
pub struct Declared {
    /// The zone as they want it.
    pub desired: Desired,
    /// What they declare about its mail.
    pub facts: Facts,
}

/// What a plan of a zone was made of.
struct Made {
    wanted: Arc<Declared>,
    live: Option<Remembered>,
    plan: ZonePlan,
}

/// One zone at one provider, compared.
struct Compared {
    zone: Name,
    place: usize,
    provider: String,
    read: Option<usize>,
    witnesses: Option<Witnesses>,
    result: Result<Made>,
}

/// A provider and a zone, and the place of the provider among those of the zone.
type Key = ((String, Name), usize);

impl Compared {
    /// The result of a task; an error of its zone when it ended by a panic.
    fn of_task(ended: Result<(Id, Self), JoinError>, keys: &mut HashMap<Id, Key>) -> Self {
        match ended {
            Ok((id, compared)) => {
                keys.remove(&id);
                compared
            }
            Err(error) => {
                let ((provider, zone), place) =
                    keys.remove(&error.id()).unwrap_or_else(|| ((String::new(), Name::root()), usize::MAX));
                let error = lost(error).during(format!("compare zone {zone}"));
                Self::failed((provider, zone), place, error)
            }
        }
    }

    fn failed((provider, zone): (String, Name), place: usize, error: Error) -> Self {
        Self { zone, place, provider, read: None, witnesses: None, result: Err(error) }
    }
}

/// How a zone is read.
struct Read {
    /// See [`Provider::find`].
    by_list: bool,
    /// The same read, begun before.
    early: Option<EarlyRead>,
}

impl Read {
    async fn end(self, provider: &Provider, zone: &Name) -> Result<Option<Live>> {
        let live = match self.early {
            Some(early) => early.end(zone).await,
            None => provider.find(zone, self.by_list).await,
        };
        live.inspect_err(|error| provider.note(error))
    }
}

async fn compare(
    wanted: &Arc<Declared>,
    provider: &Provider,
    read: Read,
    place: usize,
    last_read: Option<usize>,
    today: &str,
) -> Compared {
    let desired = &wanted.desired;
    let live = read.end(provider, &desired.apex).await;
    let read = live.as_ref().ok().and_then(Option::as_ref).map(|live| live.zone.rrsets().len());
    let mut witnesses = None;
    let result = live.map(|read| {
        let live = read.as_ref();
        let target = Target { desired, live, scope: provider.scope(), last_read, today };
        let mut plan = dnsctl_plan::zone::plan(target);
        refuse(&mut plan, provider);
        refuse_zone(&mut plan, desired, provider);
        refuse_read_only(&mut plan, desired, live);
        if plan.has_changes() && (provider.reader.serves(&desired.apex) || !desired.servers.is_empty()) {
            let empty = Live::new(dnsctl_zone::Zone::new(desired.apex.clone(), Vec::new()));
            let live = live.unwrap_or(&empty);
            witnesses = Some(servers::witnesses(desired, &provider.name, live, &plan.changes));
        }
        let live = read.map(|live| Remembered::of(live, desired));
        Made { wanted: Arc::clone(wanted), live, plan }
    });
    Compared { zone: desired.apex.clone(), place, provider: provider.name.clone(), read, witnesses, result }
}

/// Names every RRset that the provider cannot keep, before anything is written.
pub(crate) fn refuse(plan: &mut ZonePlan, provider: &Provider) {
    let capabilities = provider.reader.capabilities();
    let mut refused = Vec::new();
    for (index, change) in plan.changes.iter().enumerate() {
        let keeps =
            |after| capabilities.refuses(after).or_else(|| provider.reader.refuses(&plan.zone, after));
        let kept = change.after.as_ref().and_then(keeps).map(|reason| ("keep this", reason));
        let makes = || provider.reader.refuses_change(&plan.zone, &alone(change));
        if let Some((what, reason)) = kept.or_else(|| makes().map(|reason| ("make this change", reason))) {
            let message = format!("the provider \"{}\" cannot {what}: {reason}", provider.name);
            refused.push(Finding::about("provider/refuses", Severity::Blocker, index, message));
        }
    }
    let wanted = plan.changes.iter().map(|Change { name, rtype, after, .. }| Wanted {
        name,
        rtype: *rtype,
        after: after.as_ref(),
    });
    let together = provider.reader.refuses_together(&plan.zone, &wanted.collect::<Vec<_>>());
    for (index, reason) in together {
        if refused.iter().any(|finding| finding.change.is_some() && finding.change == index) {
            continue;
        }
        let message = format!("the provider \"{}\" cannot make this change: {reason}", provider.name);
        refused.push(match index {
            Some(index) => Finding::about("provider/refuses", Severity::Blocker, index, message),
            None => Finding::zone("provider/refuses", Severity::Blocker, message),
        });
    }
    if !refused.is_empty() {
        plan.findings.extend(refused);
        plan.findings
            .sort_by_key(|finding| (finding.change, std::cmp::Reverse(finding.severity), finding.rule));
    }
}

/// A change as a provider gets it, without its neighbours.
fn alone(change: &Change) -> RRsetChange {
    let Change { name, rtype, before, after, .. } = change.clone();
    RRsetChange { name, rtype, before, after, group: 0 }
}

/// A zone that is to be created at a provider that cannot do that.
pub(crate) fn refuse_zone(plan: &mut ZonePlan, desired: &Desired, provider: &Provider) {
    if !plan.create || provider.reader.capabilities().creates_zones {
        return;
    }
    let message = format!(
        "the provider \"{}\" has no zone {}, and no zone can be created through it",
        provider.name,
        plan.zone.without_dot()
    );
    let finding = Finding::zone("zone/missing", Severity::Blocker, message)
        .fix("Create the zone in the configuration of the server, then plan again.");
    plan.findings.insert(0, Finding { source: Some(desired.source.clone()), ..finding });
}

/// A zone with changes to which nothing can be written.
pub(crate) fn refuse_read_only(plan: &mut ZonePlan, desired: &Desired, live: Option<&Live>) {
    let Some(reason) = live.and_then(|live| live.read_only.as_ref()).filter(|_| plan.has_changes()) else {
        return;
    };
    let message = format!("nothing can be written to this zone at \"{}\": {reason}", plan.provider);
    let finding = Finding::zone("zone/read-only", Severity::Blocker, message);
    plan.findings.insert(0, Finding { source: Some(desired.source.clone()), ..finding });
}

/// Puts everything in the order of zones and, within a zone, of its providers.
async fn conclude(mut done: Vec<Compared>, providers: &Providers, options: &PlanOptions<'_>) -> Planned {
    done.sort_by(|a, b| (&a.zone, a.place).cmp(&(&b.zone, b.place)));
    let (mut zones, mut unread, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let mut reads = LastReads::new();
    let mut all_servers = BTreeMap::new();
    for Compared { zone, provider, read, witnesses, result, .. } in done {
        let key = (provider, zone);
        if let Some(read) = read {
            reads.insert(key.clone(), read);
        }
        if let Some(witnesses) = witnesses {
            all_servers.insert(key.clone(), witnesses);
        }
        match result {
            Ok(made) => zones.push(made),
            Err(error) => {
                let (provider, zone) = key;
                let hint = error.hint().map(str::to_owned);
                unread.push(Unread { provider, zone, message: error.to_string(), hint });
                errors.push(error);
            }
        }
    }
    let (mut zones, beyond) = judged(zones, providers, options).await;
    dnsctl_plan::guard::ask_total(&mut zones, options.deletes_total);
    let plan = Plan::new(zones, unread, options.mode, options.now, options.life);
    let plan = Plan { beyond, ..plan };
    Planned { plan, errors, reads, servers: all_servers }
}

/// The plans, with what their changes do to mail.
async fn judged(
    zones: Vec<Made>,
    providers: &Providers,
    options: &PlanOptions<'_>,
) -> (Vec<ZonePlan>, Option<Beyond>) {
    let today = options.now.strftime("%Y-%m-%d").to_string();
    let (mut plans, kept): (Vec<_>, Vec<_>) =
        zones.into_iter().map(|Made { wanted, live, plan }| (plan, (wanted, live))).unzip();
    // Where nothing changes and nothing is created there is nothing to judge.
    if !plans.iter().any(|plan| plan.has_changes() || plan.create) {
        return (plans, None);
    }
    let whole = |(wanted, live): (Arc<Declared>, Option<Remembered>)| {
        let live = live.map(|live| live.whole(&wanted.desired));
        (wanted, live)
    };
    let kept: Vec<_> = kept.into_iter().map(whole).collect();
    let mut inputs: Vec<Input<'_>> = kept
        .iter()
        .map(|(wanted, live)| Input { desired: &wanted.desired, live: live.as_ref(), facts: &wanted.facts })
        .collect();
    let changed = plans.iter().position(ZonePlan::has_changes);
    let looked = match (options.others, changed) {
        (Some(load), Some(first)) => {
            let mut looked = beyond::look(load, &plans, &inputs, providers).await;
            if let Some(plan) = plans.get_mut(first) {
                plan.findings.append(&mut looked.findings);
            }
            Some(looked)
        }
        _ => None,
    };
    let own = plans.len();
    for zone in looked.iter().flat_map(|looked| &looked.zones) {
        plans.push(ZonePlan::beside(&zone.desired));
        inputs.push(zone.input());
    }
    effect::judge(&mut plans, &inputs, &today);
    // Of the others, those stay of which something is to be told.
    for plan in plans.iter_mut().skip(own) {
        plan.findings.retain(|finding| ![UNUSED.id, EXPIRED.id].contains(&finding.rule));
    }
    let mut place = 0..;
    let told = |plan: &ZonePlan| !plan.findings.is_empty() || plan.effect.as_ref().is_some_and(Effect::tells);
    plans.retain(|plan| place.next().is_some_and(|place: usize| place < own) || told(plan));
    (plans, looked.map(|looked| looked.beyond))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Fault, Memory, desired};
    use dnsctl_provider::error::ErrorKind;

    /// What a provider cannot change or delete blocks the plan; it is not found out when half of it is written.
    #[tokio::test]
    async fn a_change_that_the_provider_cannot_make() {
        for (fault, blocked) in [(Fault::None, false), (Fault::Fixed, true)] {
            for wanted in [true, false] {
                let memory = Memory::new(&["a.example"]);
                memory.fault("a.example", fault);
                let open: crate::Opener = Box::new(move || Ok(("memory", Box::new(memory.clone()))));
                let providers: Providers = std::iter::once(("main".to_owned(), open)).collect();
                let mut desired = desired("a.example");
                desired.manage = dnsctl_zone::Manage::All;
                if wanted {
                    let rrset = crate::testing::www("a.example", 2);
                    let source = desired.source.clone();
                    desired.wishes.push(dnsctl_zone::Wish {
                        rrset,
                        source,
                        provider_options: None,
                        only: None,
                        lenient: false,
                    });
                }
                let (sender, receiver) = tokio::sync::mpsc::channel(1);
                sender.send(Arrival::Loaded(desired, Box::default())).await.unwrap();
                drop(sender);
                let last_reads = LastReads::new();
                let options = PlanOptions {
                    now: Timestamp::UNIX_EPOCH,
                    life: Duration::from_secs(60),
                    mode: Mode::Full,
                    zones: 1,
                    last_reads: &last_reads,
                    deletes_total: None,
                    others: None,
                    observer: &mut |_| (),
                };
                let planned = plan(receiver, &providers, options).await;
                let zone = &planned.plan.zones[0];
                assert_eq!((zone.changes.len(), zone.changes[0].after.is_some()), (1, wanted));
                let refused = zone.findings.iter().filter(|finding| finding.rule == "provider/refuses");
                let said: Vec<_> = refused.map(|finding| finding.message.as_str()).collect();
                let wanted = "the provider \"main\" cannot make this change: www.a.example. stays";
                assert_eq!(said, if blocked { vec![wanted] } else { Vec::new() });
            }
        }
    }

    /// More zones than are read at a time, and each of them panics: all are errors, none is lost, and the run ends.
    #[tokio::test]
    async fn an_adapter_that_panics_while_it_reads() {
        let zones: Vec<String> = (0..=IN_FLIGHT).map(|index| format!("z{index:02}.example")).collect();
        let memory = Memory::new(&["good.example"]);
        zones.iter().for_each(|zone| memory.fault(zone, Fault::PanicsReading));
        let open: crate::Opener = Box::new(move || Ok(("memory", Box::new(memory.clone()))));
        let providers: Providers = std::iter::once(("main".to_owned(), open)).collect();
        let (sender, receiver) = tokio::sync::mpsc::channel(64);
        for zone in zones.iter().map(String::as_str).chain(["good.example"]) {
            sender.send(Arrival::Loaded(desired(zone), Box::default())).await.unwrap();
        }
        drop(sender);
        let (last_reads, mut compared) = (LastReads::new(), 0);
        let options = PlanOptions {
            now: Timestamp::UNIX_EPOCH,
            life: Duration::from_secs(60),
            mode: Mode::Full,
            zones: 1,
            last_reads: &last_reads,
            deletes_total: None,
            others: None,
            observer: &mut |_| compared += 1,
        };
        let planned = plan(receiver, &providers, options).await;
        assert_eq!(
            (planned.plan.unread.len(), planned.plan.zones.len(), compared),
            (zones.len(), 1, zones.len() + 1)
        );
        assert!(planned.errors.iter().all(|error| error.kind() == ErrorKind::Defect));
        assert!(
            planned.plan.unread[0].message.contains("compare zone z00.example."),
            "{:?}",
            planned.plan.unread[0]
        );
        assert!(!planned.plan.is_applicable());
    }
}

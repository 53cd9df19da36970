//! Reads zones from their providers and makes a plan.

use crate::providers::{Provider, Providers};
use crate::servers;
use crate::state::LastReads;
use dnsctl_plan::zone::Target;
use dnsctl_plan::{Finding, Mode, Plan, Severity, Unread, ZonePlan};
use dnsctl_provider::error::{Error, Result};
use dnsctl_zone::{Desired, Live, Name, ServerAddress};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;

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
    pub servers: BTreeMap<(String, Name), Vec<ServerAddress>>,
}

/// Plans every zone that comes in at each of its providers. Zones are compared as they come, so that servers are asked
/// while files are still being read.
pub async fn plan(mut zones: Receiver<Desired>, providers: &Providers, options: PlanOptions<'_>) -> Planned {
    let today: Arc<str> = options.now.strftime("%Y-%m-%d").to_string().into();
    let list = options.zones > 1;
    let mut running = JoinSet::new();
    let mut done: Vec<Compared> = Vec::new();
    let mut gather = |compared: Compared, done: &mut Vec<Compared>| {
        (options.observer)(PlanEvent::Compared { rrsets: compared.read.unwrap_or(0) });
        done.push(compared);
    };
    loop {
        tokio::select! {
            zone = zones.recv(), if running.len() < IN_FLIGHT => match zone {
                None => break,
                Some(desired) => {
                    let desired = Arc::new(desired);
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
                        let (desired, today) = (desired.clone(), today.clone());
                        running.spawn(async move { compare(&desired, &provider, place, last_read, &today, list).await });
                    }
                }
            },
            Some(Ok(compared)) = running.join_next(), if !running.is_empty() => gather(compared, &mut done),
        }
    }
    while let Some(result) = running.join_next().await {
        if let Ok(compared) = result {
            gather(compared, &mut done);
        }
    }
    conclude(done, &options)
}

/// One zone at one provider, compared.
struct Compared {
    zone: Name,
    place: usize,
    provider: String,
    read: Option<usize>,
    servers: Vec<ServerAddress>,
    result: Result<ZonePlan>,
}

impl Compared {
    fn failed((provider, zone): (String, Name), place: usize, error: Error) -> Self {
        Self { zone, place, provider, read: None, servers: Vec::new(), result: Err(error) }
    }
}

async fn compare(
    desired: &Desired,
    provider: &Provider,
    place: usize,
    last_read: Option<usize>,
    today: &str,
    list: bool,
) -> Compared {
    let live = read(desired, provider, list).await;
    let read = live.as_ref().ok().and_then(Option::as_ref).map(|live| live.zone.rrsets().len());
    let mut servers = Vec::new();
    let result = live.map(|live| {
        let live = live.as_ref();
        let target = Target { desired, live, scope: provider.scope(), last_read, today };
        let mut plan = dnsctl_plan::zone::plan(target);
        refuse(&mut plan, provider);
        refuse_zone(&mut plan, desired, provider);
        refuse_read_only(&mut plan, desired, live);
        if plan.has_changes() && (provider.reader.serves() || !desired.servers.is_empty()) {
            let empty = Live::new(dnsctl_zone::Zone::new(desired.apex.clone(), Vec::new()));
            servers = servers::of_zone(&desired.servers, live.unwrap_or(&empty), &plan.changes);
        }
        plan
    });
    Compared { zone: desired.apex.clone(), place, provider: provider.name.clone(), read, servers, result }
}

/// Reads the zone; where many zones may be missing, one list saves asking for each.
async fn read(desired: &Desired, provider: &Provider, list: bool) -> Result<Option<Live>> {
    let lists = list && desired.create && provider.reader.capabilities().lists_zones;
    if lists && !provider.lists(&desired.apex).await? {
        return Ok(None);
    }
    provider.read_zone(&desired.apex).await
}

/// Names every RRset that the provider cannot keep, before anything is written.
fn refuse(plan: &mut ZonePlan, provider: &Provider) {
    let capabilities = provider.reader.capabilities();
    let mut refused = Vec::new();
    for (index, change) in plan.changes.iter().enumerate() {
        let Some(after) = &change.after else { continue };
        let reason = capabilities.refuses(after).or_else(|| provider.reader.refuses(&plan.zone, after));
        if let Some(reason) = reason {
            let message = format!("the provider \"{}\" cannot keep this: {reason}", provider.name);
            refused.push(Finding::about("provider/refuses", Severity::Blocker, index, message));
        }
    }
    if !refused.is_empty() {
        plan.findings.extend(refused);
        plan.findings
            .sort_by_key(|finding| (finding.change, std::cmp::Reverse(finding.severity), finding.rule));
    }
}

/// A zone that is to be created at a provider that cannot do that.
fn refuse_zone(plan: &mut ZonePlan, desired: &Desired, provider: &Provider) {
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
fn refuse_read_only(plan: &mut ZonePlan, desired: &Desired, live: Option<&Live>) {
    let Some(reason) = live.and_then(|live| live.read_only.as_ref()).filter(|_| plan.has_changes()) else {
        return;
    };
    let message = format!("nothing can be written to this zone at \"{}\": {reason}", plan.provider);
    let finding = Finding::zone("zone/read-only", Severity::Blocker, message);
    plan.findings.insert(0, Finding { source: Some(desired.source.clone()), ..finding });
}

/// Puts everything in the order of zones and, within a zone, of its providers.
fn conclude(mut done: Vec<Compared>, options: &PlanOptions<'_>) -> Planned {
    done.sort_by(|a, b| (&a.zone, a.place).cmp(&(&b.zone, b.place)));
    let (mut zones, mut unread, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let mut reads = LastReads::new();
    let mut all_servers = BTreeMap::new();
    for Compared { zone, provider, read, servers, result, .. } in done {
        let key = (provider, zone);
        if let Some(read) = read {
            reads.insert(key.clone(), read);
        }
        if !servers.is_empty() {
            all_servers.insert(key.clone(), servers);
        }
        match result {
            Ok(plan) => zones.push(plan),
            Err(error) => {
                let (provider, zone) = key;
                let hint = error.hint().map(str::to_owned);
                unread.push(Unread { provider, zone, message: error.to_string(), hint });
                errors.push(error);
            }
        }
    }
    let plan = Plan::new(zones, unread, options.mode, options.now, options.life);
    Planned { plan, errors, reads, servers: all_servers }
}

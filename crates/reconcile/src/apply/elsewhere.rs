//! What changes need from other zones.
//!
//! A plan was judged with them as they were then. Where a new MX, NS or SRV record leads into one of them, it is looked at as it
//! is now before anything is written: its target may have gone meanwhile. One that does not change is read for that.

use super::report::{Stale, StaleKind};
use crate::providers::Providers;
use dnsctl_plan::view::Addresses;
use dnsctl_plan::{Change, Finding, Plan, Severity, View, ZoneKey, ZonePlan};
use dnsctl_provider::error::Error;
use dnsctl_zone::{Live, Name, Rdata, RecordType, Zone};
use futures::stream::{self, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet};

/// How many zones are read at a time.
const IN_FLIGHT: usize = 32;

/// A target of a change, in another zone.
struct Need<'p> {
    zone: &'p ZonePlan,
    index: usize,
    target: Name,
    /// The zone, at each provider that has it.
    homes: Vec<ZoneKey>,
}

/// Zones as they are now, by what they are called.
pub(super) type Lives = BTreeMap<ZoneKey, Live>;

/// Says which targets have no address in the zones that the changes lead to. `judged` are the zones with changes as they are
/// left to be written, `lives` what was read of them; other zones are read.
pub(super) async fn check(
    plan: &Plan,
    judged: &[ZonePlan],
    lives: &Lives,
    providers: &Providers,
) -> Result<Vec<Stale>, Vec<Error>> {
    let needs = needs(plan, judged);
    let changes: BTreeMap<ZoneKey, &[Change]> =
        judged.iter().map(|zone| (zone.key(), zone.changes.as_slice())).collect();
    let homes: BTreeSet<&ZoneKey> = needs.iter().flat_map(|need| &need.homes).collect();
    let homes = homes.into_iter().filter(|key| !lives.contains_key(key));
    let read = async |key: &ZoneKey| {
        let live = providers.get(&key.provider)?.read_zone(&key.zone).await?;
        Ok((key.clone(), live.unwrap_or_else(|| Live::new(Zone::new(key.zone.clone(), Vec::new())))))
    };
    let read: Vec<Result<_, Error>> = stream::iter(homes).map(read).buffered(IN_FLIGHT).collect().await;
    let (mut zones, mut errors) = (Lives::new(), Vec::new());
    for live in read {
        match live {
            Ok((key, live)) => drop(zones.insert(key, live)),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let missing = |need: &&Need<'_>| {
        let has_none = |home: &ZoneKey| {
            let changes = changes.get(home).copied().unwrap_or_default();
            let live = lives.get(home).or_else(|| zones.get(home));
            live.is_some_and(|live| View::after(live, changes).addresses(&need.target) == Addresses::None)
        };
        need.homes.iter().all(has_none)
    };
    Ok(needs.iter().filter(missing).map(Need::objection).collect())
}

fn needs<'p>(plan: &Plan, judged: &'p [ZonePlan]) -> Vec<Need<'p>> {
    let mut homes: BTreeMap<Name, Vec<ZoneKey>> = BTreeMap::new();
    let zones = plan.zones.iter().map(ZonePlan::key);
    for key in zones.chain(plan.beyond.iter().flat_map(|beyond| &beyond.read).cloned()) {
        let all = homes.entry(key.zone.clone()).or_default();
        if !all.contains(&key) {
            all.push(key);
        }
    }
    let mut needs = Vec::new();
    for zone in judged {
        for (index, change) in zone.changes.iter().enumerate().filter(|(_, change)| !is_agreed(zone, change))
        {
            for target in new_targets(change) {
                let mut above = std::iter::successors(Some(target.clone()), Name::parent);
                let home = above.find_map(|apex| homes.get_key_value(&apex));
                // Of its own zone the guard knows better.
                if let Some((_, keys)) = home.filter(|(apex, _)| **apex != zone.zone) {
                    needs.push(Need { zone, index, target, homes: keys.clone() });
                }
            }
        }
    }
    needs
}

/// Whether somebody has agreed that the targets of this change have no address.
fn is_agreed(zone: &ZonePlan, change: &Change) -> bool {
    let rules: &[&str] = match change.rtype {
        RecordType::MX => &["mx.target-address"],
        RecordType::NS => &["ns.target-address"],
        _ => &["srv.target-address"],
    };
    zone.acknowledged.iter().any(|used| {
        let fits = used.rule == "guard/target-address" || rules.contains(&used.rule.as_str());
        fits && used.is_at(change, &zone.zone)
    })
}

fn new_targets(change: &Change) -> Vec<Name> {
    let points = matches!(change.rtype, RecordType::MX | RecordType::NS | RecordType::SRV);
    let of = |side: &Option<dnsctl_zone::RRset>| -> BTreeSet<Name> {
        let values = side.iter().filter(|_| points).flat_map(dnsctl_zone::RRset::values);
        values.filter_map(Rdata::target).filter(|target| !target.is_root()).collect()
    };
    of(&change.after).difference(&of(&change.before)).cloned().collect()
}

impl Need<'_> {
    fn objection(&self) -> Stale {
        let Self { zone, index, target, homes } = self;
        let change = zone.changes.get(*index);
        let words = change.map_or_else(String::new, |change| {
            format!(", a target of {} {},", change.name.without_dot(), change.rtype)
        });
        let text = format!(
            "{}{words} has no A or AAAA record any more: the zone {} lost it after the plan was made",
            target.without_dot(),
            homes.first().map(|home| home.zone.without_dot()).unwrap_or_default()
        );
        Stale {
            provider: zone.provider.clone(),
            zone: zone.zone.clone(),
            change: change.cloned(),
            live: None,
            kind: StaleKind::Objection,
            objection: Some(Finding::about(
                dnsctl_plan::guard::TARGET_ADDRESS,
                Severity::Blocker,
                *index,
                text,
            )),
        }
    }
}

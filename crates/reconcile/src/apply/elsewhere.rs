//! What changes need from zones that do not change.
//!
//! A plan was judged with them as they were then. Where a new MX, NS or SRV record leads into one of them, it is read again
//! before anything is written: its target may have gone meanwhile.

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

/// A target of a change, in a zone that does not change.
struct Need<'p> {
    zone: &'p ZonePlan,
    index: usize,
    target: Name,
    home: ZoneKey,
}

/// Reads the zones that the changes lead to and that do not change, and says which targets have no address there. `judged` are
/// the zones with changes as they are left to be written.
pub(super) async fn check(
    plan: &Plan,
    judged: &[ZonePlan],
    providers: &Providers,
) -> Result<Vec<Stale>, Vec<Error>> {
    let needs = needs(plan, judged);
    let homes: BTreeSet<&ZoneKey> = needs.iter().map(|need| &need.home).collect();
    let read = async |key: &ZoneKey| {
        let live = providers.get(&key.provider)?.read_zone(&key.zone).await?;
        Ok((key.clone(), live.unwrap_or_else(|| Live::new(Zone::new(key.zone.clone(), Vec::new())))))
    };
    let lives: Vec<Result<_, Error>> = stream::iter(homes).map(read).buffered(IN_FLIGHT).collect().await;
    let (mut zones, mut errors) = (BTreeMap::new(), Vec::new());
    for live in lives {
        match live {
            Ok((key, live)) => drop(zones.insert(key, live)),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let missing = |need: &&Need<'_>| {
        let live = zones.get(&need.home);
        live.is_some_and(|live| View::before(live).addresses(&need.target) == Addresses::None)
    };
    Ok(needs.iter().filter(missing).map(Need::objection).collect())
}

fn needs<'p>(plan: &Plan, judged: &'p [ZonePlan]) -> Vec<Need<'p>> {
    let changing: BTreeSet<&Name> = judged.iter().map(|zone| &zone.zone).collect();
    let mut homes: BTreeMap<Name, ZoneKey> = BTreeMap::new();
    let zones =
        plan.zones.iter().map(|zone| ZoneKey { zone: zone.zone.clone(), provider: zone.provider.clone() });
    for key in zones.chain(plan.beyond.iter().flat_map(|beyond| &beyond.read).cloned()) {
        homes.entry(key.zone.clone()).or_insert(key);
    }
    let mut needs = Vec::new();
    for zone in judged {
        // Somebody has agreed to a target without an address.
        let agreed = |used: &dnsctl_plan::Acknowledged| used.rule.contains("target-address");
        if zone.acknowledged.iter().any(agreed) {
            continue;
        }
        for (index, change) in zone.changes.iter().enumerate() {
            for target in new_targets(change) {
                let above = std::iter::successors(Some(target.clone()), Name::parent);
                let home = above.into_iter().find_map(|apex| homes.get(&apex));
                if let Some(home) = home.filter(|home| !changing.contains(&home.zone)) {
                    needs.push(Need { zone, index, target, home: home.clone() });
                }
            }
        }
    }
    needs
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
        let Self { zone, index, target, home } = self;
        let change = zone.changes.get(*index);
        let words = change.map_or_else(String::new, |change| {
            format!(", a target of {} {},", change.name.without_dot(), change.rtype)
        });
        let text = format!(
            "{}{words} has no A or AAAA record any more: the zone {} lost it after the plan was made",
            target.without_dot(),
            home.zone.without_dot()
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

//! Zones that wait for each other.
//!
//! Changes of one zone can need what another zone of the plan gets, or still lead to what that loses. Zones are written as a
//! whole, so one of the two has to be written first. Where each would have to be, no order is right, and that is said.

use super::graph::{self, Edge};
use super::pointer;
use crate::catalogue::HALFWAY;
use crate::view::ADDRESSES;
use crate::{Action, Change, Finding, Severity, ZonePlan};
use dnsctl_zone::{Name, RecordType};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A zone at a provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneKey {
    /// The zone.
    pub zone: Name,
    /// The provider's name in the configuration.
    pub provider: String,
}

/// A change of one zone that has to be written before a change of another.
struct Wait {
    /// The place of the zone and of its change.
    first: (usize, usize),
    then: (usize, usize),
    why: Why,
}

/// Why a change waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// What comes is needed.
    Needs,
    /// What goes is still used.
    Uses,
    /// It is better so: what it leads to becomes another, or may not answer any more. Where that cannot be, nothing is said.
    Better,
}

/// Finds out which zones wait for which, and says where they wait for each other.
pub(crate) fn arrange(zones: &mut [ZonePlan]) {
    let mut waits = waits(zones);
    if waits.is_empty() {
        return;
    }
    // In a circle, what comes goes first; where that is not enough, nothing can be kept.
    let mut broken = Vec::new();
    for keep in [&[Why::Needs, Why::Uses][..], &[Why::Needs], &[]] {
        let circle = circles(zones.len(), &waits);
        let (kept, left): (Vec<Wait>, Vec<Wait>) = waits
            .into_iter()
            .partition(|wait| circle[wait.first.0] != circle[wait.then.0] || keep.contains(&wait.why));
        waits = kept;
        broken.extend(left.into_iter().filter(|wait| wait.why != Why::Better));
    }
    for Wait { first, then, .. } in &waits {
        let Some(zone) = zones.get(first.0) else { continue };
        let key = zone.key();
        zones[then.0].waits_for.push(key);
    }
    for zone in zones.iter_mut() {
        zone.waits_for.sort_unstable();
        zone.waits_for.dedup();
    }
    let mut told = HashSet::new();
    for wait in broken.iter().filter(|wait| told.insert((wait.first, wait.then))) {
        let finding = halfway(zones, wait);
        let zone = &mut zones[wait.then.0];
        zone.findings.push(finding);
        zone.findings
            .sort_by_key(|finding| (finding.change, std::cmp::Reverse(finding.severity), finding.rule));
    }
}

/// The circle that each zone is in, named by one of its zones.
fn circles(count: usize, waits: &[Wait]) -> Vec<usize> {
    let mut next = vec![Vec::new(); count];
    waits.iter().for_each(|wait| next[wait.first.0].push(Edge { to: wait.then.0, strict: true }));
    graph::merge_cycles(&next, (0..count).collect())
}

fn halfway(zones: &[ZonePlan], wait: &Wait) -> Finding {
    let words = |(zone, change): (usize, usize)| {
        let Change { name, rtype, .. } = &zones[zone].changes[change];
        format!("{} {rtype}", name.without_dot())
    };
    let (first, then) = (words(wait.first), words(wait.then));
    let zone = |(zone, _): (usize, usize)| zones[zone].zone.without_dot();
    let text = match wait.why == Why::Needs {
        true => format!("{then} leads to {first}, which may not be written by then"),
        false => format!("until {first} is written as well, it leads to {then}, which is gone"),
    };
    let text = format!(
        "{text}: the zones {} and {} would each have to be written before the other",
        zone(wait.first),
        zone(wait.then)
    );
    Finding::about(HALFWAY.id, Severity::Warning, wait.then.1, text).fix(
        "Split the change: add the new beside the old and apply, lead to the new and apply, wait for the old TTL, then take \
         the old away.",
    )
}

/// Everything that has to wait for a change of another zone.
fn waits(zones: &[ZonePlan]) -> Vec<Wait> {
    if zones.iter().filter(|zone| zone.has_changes()).nth(1).is_none() {
        return Vec::new();
    }
    let mut homes: HashMap<&Name, Vec<usize>> = HashMap::new();
    let mut at: HashMap<&Name, Vec<(usize, usize)>> = HashMap::new();
    for (place, zone) in zones.iter().enumerate() {
        homes.entry(&zone.zone).or_default().push(place);
        for (index, change) in zone.changes.iter().enumerate() {
            at.entry(&change.name).or_default().push((place, index));
        }
    }
    let here = Here { zones, homes, at };
    let mut waits = Vec::new();
    for (place, zone) in zones.iter().enumerate() {
        for (index, change) in zone.changes.iter().enumerate() {
            let (old, new) = (pointer::targets(change, false), pointer::targets(change, true));
            for target in new.iter().filter(|target| !old.contains(target)) {
                let first = here.gives(place, change.rtype, target);
                let wait = |(first, why)| Wait { first, then: (place, index), why };
                waits.extend(first.into_iter().map(wait));
            }
            for target in old.iter().filter(|target| !new.contains(target)) {
                let then = here.takes(place, change.rtype, target);
                let wait = |(then, why)| Wait { first: (place, index), then, why };
                waits.extend(then.into_iter().map(wait));
            }
        }
    }
    waits
}

struct Here<'z> {
    zones: &'z [ZonePlan],
    /// The places of zones by their names.
    homes: HashMap<&'z Name, Vec<usize>>,
    /// The places of changes by their owner names.
    at: HashMap<&'z Name, Vec<(usize, usize)>>,
}

impl Here<'_> {
    /// The zones that answer for a name, unless that is the zone that asks.
    fn homes(&self, asks: usize, name: &Name) -> &[usize] {
        let apex = std::iter::successors(Some(name.clone()), Name::parent)
            .find(|name| self.homes.contains_key(name))
            .filter(|apex| self.zones.get(asks).is_some_and(|zone| zone.zone != *apex));
        apex.and_then(|apex| self.homes.get(&apex)).map_or(&[], Vec::as_slice)
    }

    fn changes(&self, name: &Name) -> impl Iterator<Item = ((usize, usize), &Change)> {
        let places = self.at.get(name).into_iter().flatten();
        places.filter_map(|place| Some((*place, self.zones.get(place.0)?.changes.get(place.1)?)))
    }

    /// The changes by which a name comes that a record of this type leads to: its own, a wildcard's, or its delegation.
    /// Where its records become others, they are better there first.
    fn gives(&self, asks: usize, pointer: RecordType, target: &Name) -> Vec<((usize, usize), Why)> {
        self.answering(asks, pointer, target)
            .into_iter()
            .filter_map(|(place, own, change)| match change.action() {
                Action::Create => Some((place, Why::Needs)),
                Action::Update if own => Some((place, Why::Better)),
                _ => None,
            })
            .collect()
    }

    /// The changes by which a name goes that a record of this type led to: its own, when all of them go; a wildcard's or its
    /// delegation, which may have answered for it.
    fn takes(&self, asks: usize, pointer: RecordType, target: &Name) -> Vec<((usize, usize), Why)> {
        let all = self.answering(asks, pointer, target);
        let stays: BTreeSet<usize> = (all.iter())
            .filter(|(_, own, change)| *own && change.action() != Action::Delete)
            .map(|(place, ..)| place.0)
            .collect();
        let goes = all
            .into_iter()
            .filter(|(place, _, change)| change.action() == Action::Delete && !stays.contains(&place.0));
        goes.map(|(place, own, _)| (place, if own { Why::Uses } else { Why::Better })).collect()
    }

    /// The changes of what may answer for a name that a record of this type leads to: of the name itself, which is told, of a
    /// wildcard, or of its delegation.
    fn answering(
        &self,
        asks: usize,
        pointer: RecordType,
        target: &Name,
    ) -> Vec<((usize, usize), bool, &Change)> {
        let homes = self.homes(asks, target);
        let Some(apex) = homes.first().and_then(|home| Some(&self.zones.get(*home)?.zone)) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut name = target.clone();
        loop {
            let own = name == *target;
            let wildcard = name.child(b"*").ok().filter(|_| !own);
            let answers = if own { Some(&name) } else { wildcard.as_ref() };
            let here = answers.into_iter().flat_map(|name| self.changes(name));
            let led =
                here.filter(|(place, change)| homes.contains(&place.0) && is_led_to(pointer, change.rtype));
            found.extend(led.map(|(place, change)| (place, own, change)));
            let cuts = self.changes(&name).filter(|(place, change)| {
                change.rtype == RecordType::NS
                    && place.0 != asks
                    && self.zones.get(place.0).is_some_and(|zone| change.name != zone.zone)
            });
            found.extend(cuts.map(|(place, change)| (place, false, change)));
            match name.parent().filter(|_| name != *apex) {
                Some(parent) => name = parent,
                None => return found,
            }
        }
    }
}

/// Whether a record of this type at a name is what a pointer to it is about.
fn is_led_to(pointer: RecordType, rtype: RecordType) -> bool {
    let address = ADDRESSES.contains(&rtype) || rtype == RecordType::CNAME;
    match pointer {
        RecordType::CNAME | RecordType::DNAME | RecordType::ALIAS | RecordType::ROUTE53_ALIAS => true,
        RecordType::TXT => address || rtype == RecordType::TXT,
        _ => address,
    }
}

/// What each of these zones waits for, as places in the list: for those that it names, and for those below it, since its
/// delegation should lead to something that answers. Nothing waits for itself.
pub fn schedule(zones: &[(ZoneKey, Vec<ZoneKey>)]) -> Vec<Vec<usize>> {
    let places: HashMap<&ZoneKey, usize> =
        zones.iter().enumerate().map(|(place, (key, _))| (key, place)).collect();
    let mut next: Vec<Vec<Edge>> = vec![Vec::new(); zones.len()];
    // Names at or below an apex stand right behind it in canonical order.
    let mut sorted: Vec<(&Name, usize)> =
        zones.iter().enumerate().map(|(place, (key, _))| (&key.zone, place)).collect();
    sorted.sort();
    for (place, (key, waits)) in zones.iter().enumerate() {
        for first in waits.iter().filter_map(|key| places.get(key)).filter(|first| **first != place) {
            next[*first].push(Edge { to: place, strict: true });
        }
        let start = sorted.partition_point(|(name, _)| **name <= key.zone);
        for (_, below) in sorted.iter().skip(start).take_while(|(name, _)| name.is_below(&key.zone)) {
            next[*below].push(Edge { to: place, strict: false });
        }
    }
    let order = graph::sort(&next, &vec![0; zones.len()]);
    let mut turn = vec![0_usize; zones.len()];
    order.iter().enumerate().for_each(|(at, &place)| turn[place] = at);
    let mut waits = vec![Vec::new(); zones.len()];
    for (from, edges) in next.iter().enumerate() {
        for edge in edges.iter().filter(|edge| turn[from] < turn[edge.to]) {
            waits[edge.to].push(from);
        }
    }
    for list in &mut waits {
        list.sort_unstable();
        list.dedup();
    }
    waits
}

#[cfg(test)]
mod tests;

//! The order of writing: what is pointed at before what points, deletions last.
//!
//! Addresses come first, then texts, then pointers (MX, CNAME, SRV, NS …), then deletions. Two things override this.
//! A name cannot hold a CNAME and other data, so a change of kind at one name is one group in which the deletion
//! comes first. And mail is one group: an MX RRset with the addresses of its targets in the zone and the SPF text
//! beside it, so that no cut between two writes leaves an MX without its address.

use crate::{Action, Change};
use dnsctl_zone::{Name, RecordType};
use std::collections::HashMap;

/// Puts the changes of one zone in order and fills in group and dependencies, as indexes into the list from 0.
pub(crate) fn arrange(changes: &mut Vec<Change>) {
    let groups = group(changes);
    let keys: Vec<_> =
        changes.iter().zip(depths(changes)).map(|(change, depth)| key(change, depth)).collect();
    // A group stands where its first member would stand.
    let mut first: HashMap<usize, (u8, i64)> = HashMap::new();
    for (index, key) in keys.iter().enumerate() {
        first.entry(groups[index]).and_modify(|best| *best = (*best).min(*key)).or_insert(*key);
    }
    let mut order: Vec<usize> = (0..changes.len()).collect();
    let in_group = within(changes, &groups);
    order.sort_by(|&a, &b| {
        let group = |index: usize| (first.get(&groups[index]), groups[index]);
        group(a)
            .cmp(&group(b))
            .then_with(|| in_group[a].cmp(&in_group[b]))
            .then_with(|| keys[a].cmp(&keys[b]))
            .then(a.cmp(&b))
    });
    let mut numbers: HashMap<usize, u32> = HashMap::new();
    let mut slots: Vec<Option<Change>> = std::mem::take(changes).into_iter().map(Some).collect();
    for index in order {
        if let Some(mut change) = slots.get_mut(index).and_then(Option::take) {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            change.group = *numbers.entry(groups[index]).or_insert(next);
            changes.push(change);
        }
    }
    depend(changes);
}

/// 0 addresses, 1 texts and the like, 2 pointers, 3 delegation signers, 4 deletions.
fn phase(change: &Change) -> u8 {
    if change.action() == Action::Delete {
        return 4;
    }
    match change.rtype {
        RecordType::A | RecordType::AAAA => 0,
        RecordType::DS => 3,
        _ if targets(change, true).next().is_some() => 2,
        _ => 1,
    }
}

/// Phase, then the place within it. Among deletions, what points goes before what is pointed at.
fn key(change: &Change, depth: u32) -> (u8, i64) {
    let deleted = change.action() == Action::Delete;
    let points = targets(change, !deleted).next().is_some();
    let place = match (deleted, points) {
        (true, true) => -i64::from(depth) - 1,
        (true, false) => 0,
        (false, _) => i64::from(depth),
    };
    (phase(change), place)
}

/// Names that the values point at: after the change, or before it.
fn targets(change: &Change, after: bool) -> impl Iterator<Item = Name> {
    let side = if after { &change.after } else { &change.before };
    let points = matches!(
        change.rtype,
        RecordType::MX
            | RecordType::CNAME
            | RecordType::DNAME
            | RecordType::SRV
            | RecordType::NS
            | RecordType::PTR
            | RecordType::SVCB
            | RecordType::HTTPS
            | RecordType::NAPTR
            | RecordType::AFSDB
            | RecordType::KX
            | RecordType::ALIAS
            | RecordType::ROUTE53_ALIAS
    );
    let values = side.iter().filter(move |_| points).flat_map(dnsctl_zone::RRset::values);
    values.filter_map(dnsctl_zone::Rdata::target)
}

/// How many pointers one after the other lead from a change to an address, at most 16.
fn depths(changes: &[Change]) -> Vec<u32> {
    let mut at: HashMap<&Name, Vec<usize>> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        at.entry(&change.name).or_default().push(index);
    }
    let mut depth = vec![0_u32; changes.len()];
    for _ in 0..16 {
        let mut moved = false;
        for (index, change) in changes.iter().enumerate() {
            let after = change.action() != Action::Delete;
            let deepest = targets(change, after)
                .filter_map(|target| at.get(&target))
                .flatten()
                .filter(|&&other| other != index && (changes[other].after.is_some() == after))
                .map(|&other| depth[other] + 1)
                .max()
                .unwrap_or(0);
            if deepest > depth[index] && deepest <= 16 {
                depth[index] = deepest;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    depth
}

/// The group of each change, named by one of its members.
fn group(changes: &[Change]) -> Vec<usize> {
    let mut at: HashMap<&Name, Vec<usize>> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        at.entry(&change.name).or_default().push(index);
    }
    let mut parent: Vec<usize> = (0..changes.len()).collect();
    for (index, change) in changes.iter().enumerate() {
        if alias_swap(change, &at, changes) {
            for &other in at.get(&change.name).into_iter().flatten() {
                join(&mut parent, index, other);
            }
        }
        if change.rtype != RecordType::MX || change.action() == Action::Delete {
            continue;
        }
        for &other in at.get(&change.name).into_iter().flatten() {
            if is_spf(&changes[other]) {
                join(&mut parent, index, other);
            }
        }
        for target in targets(change, true) {
            for &other in at.get(&target).into_iter().flatten() {
                let address = matches!(changes[other].rtype, RecordType::A | RecordType::AAAA);
                if address && changes[other].action() != Action::Delete {
                    join(&mut parent, index, other);
                }
            }
        }
    }
    (0..changes.len()).map(|index| root(&mut parent, index)).collect()
}

/// Whether a CNAME comes to, or goes from, a name where other data go or come.
fn alias_swap(change: &Change, at: &HashMap<&Name, Vec<usize>>, changes: &[Change]) -> bool {
    matches!(change.rtype, RecordType::CNAME | RecordType::DNAME)
        && change.action() != Action::Update
        && at.get(&change.name).into_iter().flatten().any(|&other| changes[other].rtype != change.rtype)
}

fn is_spf(change: &Change) -> bool {
    let spf = |value: &dnsctl_zone::Rdata| value.joined_text().starts_with(b"v=spf1");
    change.rtype == RecordType::TXT
        && change.action() != Action::Delete
        && change.after.iter().any(|rrset| rrset.values().iter().any(spf))
}

/// In a group with a change of kind, what goes away comes first; elsewhere 0.
fn within(changes: &[Change], groups: &[usize]) -> Vec<u8> {
    let mut swaps: HashMap<usize, bool> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        if matches!(change.rtype, RecordType::CNAME | RecordType::DNAME) {
            swaps.insert(groups[index], true);
        }
    }
    let early = |(index, change): (usize, &Change)| {
        u8::from(!(swaps.contains_key(&groups[index]) && change.action() == Action::Delete))
    };
    changes.iter().enumerate().map(early).collect()
}

fn root(parent: &mut [usize], mut index: usize) -> usize {
    while parent[index] != index {
        parent[index] = parent[parent[index]];
        index = parent[index];
    }
    index
}

fn join(parent: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parent, a), root(parent, b));
    parent[a.max(b)] = a.min(b);
}

/// Fills in what each change waits for.
fn depend(changes: &mut [Change]) {
    let mut at: HashMap<Name, Vec<usize>> = HashMap::new();
    let mut pointing: HashMap<Name, Vec<usize>> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        at.entry(change.name.clone()).or_default().push(index);
        for target in targets(change, false) {
            pointing.entry(target).or_default().push(index);
        }
    }
    for index in 0..changes.len() {
        let change = &changes[index];
        let mut waits: Vec<usize> = Vec::new();
        if change.action() == Action::Delete {
            waits.extend(pointing.get(&change.name).into_iter().flatten().filter(|&&other| other < index));
        } else {
            for target in targets(change, true) {
                let earlier = at.get(&target).into_iter().flatten().filter(|&&other| other < index);
                waits.extend(earlier.filter(|&&other| changes[other].action() != Action::Delete));
            }
        }
        let swap = at.get(&change.name).into_iter().flatten().filter(|&&other| {
            other < index
                && (changes[other].action() == Action::Delete) != (change.action() == Action::Delete)
        });
        waits.extend(swap);
        waits.sort_unstable();
        waits.dedup();
        changes[index].depends_on = waits.into_iter().filter_map(|other| u32::try_from(other).ok()).collect();
    }
}

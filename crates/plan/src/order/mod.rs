//! The order of writing: what is pointed at before what points, deletions last, and mail whole at every step.
//!
//! What must come before what, and what is written together, are the [`promise`]s. Where they leave a choice, addresses
//! come first, then texts, then pointers (MX, CNAME, SRV, NS …), then DS, then DMARC policies that become stricter, then
//! deletions. A group stands where its last member would stand, and groups that wait for each other become one.

mod between;
mod graph;
pub(crate) mod pointer;
mod policy;
mod promise;
pub(crate) mod search;

pub(crate) use between::arrange as arrange_zones;
pub use between::{ZoneKey, schedule};

use crate::view::ADDRESSES;
use crate::{Action, Change};
use dnsctl_zone::{Live, RecordType};
use graph::Edge;
use std::collections::HashMap;

/// Puts the changes of one zone in order and fills in group and dependencies, as indexes into the list from 0.
pub(crate) fn arrange(changes: &mut Vec<Change>, live: &Live) {
    changes.sort_by(|a, b| (&a.name, a.rtype).cmp(&(&b.name, b.rtype)));
    let promise::Promised { edges, groups, .. } = promise::of(changes, live);
    let units = graph::merge_cycles(&edges, groups);
    let order = order(changes, &edges, &units);
    let mut place = vec![0_u32; changes.len()];
    for (at, &index) in (0_u32..).zip(&order) {
        place[index] = at;
    }
    let mut first: HashMap<usize, u32> = HashMap::new();
    for &index in &order {
        changes[index].group = *first.entry(units[index]).or_insert(place[index]);
    }
    for (from, next) in edges.iter().enumerate() {
        for edge in next.iter().filter(|edge| place[from] < place[edge.to]) {
            changes[edge.to].depends_on.push(place[from]);
        }
    }
    for change in changes.iter_mut() {
        change.depends_on.sort_unstable();
        change.depends_on.dedup();
    }
    let mut slots: Vec<Option<Change>> = std::mem::take(changes).into_iter().map(Some).collect();
    changes.extend(order.into_iter().filter_map(|index| slots.get_mut(index)?.take()));
}

/// Where a change stands among those that are free to be written, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Addresses come or change.
    Addresses,
    /// What neither points nor is an address: texts, keys, TLSA.
    Texts,
    /// What points at names: MX, CNAME, SRV, NS.
    Pointers,
    /// DS.
    Signers,
    /// A DMARC policy becomes stricter.
    Policies,
    /// What points, or is a DS, goes away.
    PointerDeletions,
    /// All else goes away.
    Deletions,
}

impl Phase {
    /// The phase of a change.
    pub(crate) fn of(change: &Change) -> Self {
        let points = pointer::is_pointer(change.rtype);
        if change.action() == Action::Delete {
            let early = points || change.rtype == RecordType::DS;
            return if early { Self::PointerDeletions } else { Self::Deletions };
        }
        match change.rtype {
            RecordType::DS => Self::Signers,
            _ if points => Self::Pointers,
            RecordType::TXT if policy::by_text(change) == policy::Direction::Stricter => Self::Policies,
            rtype if ADDRESSES.contains(&rtype) => Self::Addresses,
            _ => Self::Texts,
        }
    }
}

/// First the groups, then the changes in each.
fn order(changes: &[Change], edges: &[Vec<Edge>], units: &[usize]) -> Vec<usize> {
    // Groups numbered from 0 in the order of their first members.
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut number: HashMap<usize, usize> = HashMap::new();
    let unit: Vec<usize> = units
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let unit = *number.entry(*name).or_insert(members.len());
            if unit == members.len() {
                members.push(Vec::new());
            }
            members[unit].push(index);
            unit
        })
        .collect();
    let mut between: Vec<Vec<Edge>> = vec![Vec::new(); members.len()];
    for (from, next) in edges.iter().enumerate() {
        let outward = next.iter().filter(|edge| unit[edge.to] != unit[from]);
        between[unit[from]].extend(outward.map(|edge| Edge { to: unit[edge.to], strict: edge.strict }));
    }
    let phases: Vec<u8> = changes.iter().map(|change| Phase::of(change) as u8).collect();
    let of_unit = |members: &Vec<usize>| {
        let written = members.iter().filter(|&&index| changes[index].after.is_some());
        let last = written.map(|&index| phases[index]).max();
        last.or_else(|| members.iter().map(|&index| phases[index]).min()).unwrap_or(0)
    };
    let mut keys: Vec<u8> = members.iter().map(of_unit).collect();
    // A deletion for which something else waits stands where that would.
    for unit in graph::sort(&between, &keys).into_iter().rev() {
        if members[unit].iter().all(|&index| changes[index].after.is_none()) {
            let waiting = between[unit].iter().map(|edge| keys[edge.to]).min();
            keys[unit] = keys[unit].min(waiting.unwrap_or(u8::MAX));
        }
    }
    let mut local = vec![0_usize; changes.len()];
    let mut order = Vec::with_capacity(changes.len());
    for unit_index in graph::sort(&between, &keys) {
        let members = &members[unit_index];
        if let [only] = members.as_slice() {
            order.push(*only);
            continue;
        }
        members.iter().enumerate().for_each(|(at, &index)| local[index] = at);
        let inward = |&index: &usize| {
            let next = edges[index].iter().filter(|edge| unit[edge.to] == unit_index);
            next.map(|edge| Edge { to: local[edge.to], strict: edge.strict }).collect()
        };
        let inside: Vec<Vec<Edge>> = members.iter().map(inward).collect();
        let keys: Vec<u8> = members.iter().map(|&index| phases[index]).collect();
        order.extend(graph::sort(&inside, &keys).into_iter().map(|at| members[at]));
    }
    order
}

#[cfg(test)]
mod tests;

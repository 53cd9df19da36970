//! Another order, where the usual one leaves a gap.
//!
//! The promises leave a choice, and phases fill it in without a look at what becomes of mail between two steps. Where
//! something does, orders that keep all promises are tried one step after the other, the usual one first, until every step is
//! sound. Where none is, those are tried that write the SPF record of a name apart from its MX.

use super::graph;
use super::promise;
use crate::Change;
use dnsctl_zone::Live;
use std::collections::HashSet;

/// So many changes are put in another order at most.
const MOST: usize = 32;

/// Other places for the changes of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Other {
    /// The places that they have now, in the order in which they are to be written.
    order: Vec<usize>,
    /// The group of each of these.
    groups: Vec<u32>,
    /// What each of these waits for, as places in the new order.
    depends_on: Vec<Vec<u32>>,
}

/// What a search gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Search {
    /// Every step of this order is sound.
    Found(Other),
    /// No order that keeps the promises is.
    Nowhere,
    /// There were too many to try all.
    GaveUp,
}

/// Whether the zone is sound with these changes made; `None` to give up.
pub(crate) type Sound<'s> = dyn FnMut(&[Change]) -> Option<bool> + 's;

/// Looks for an order in which every step is sound. The changes are in the usual order.
pub(crate) fn find(changes: &[Change], live: &Live, sound: &mut Sound<'_>) -> Search {
    if changes.len() > MOST {
        return Search::GaveUp;
    }
    let mut canonical: Vec<usize> = (0..changes.len()).collect();
    let key = |index: &usize| (&changes[*index].name, changes[*index].rtype);
    canonical.sort_by(|a, b| key(a).cmp(&key(b)));
    let sorted: Vec<Change> = canonical.iter().map(|&index| changes[index].clone()).collect();
    let promise::Promised { edges, groups, firm } = promise::of(&sorted, live);
    for groups in [groups, firm] {
        let units = graph::merge_cycles(&edges, groups);
        let mut walk = Walk::new(&canonical, &edges, &units, changes, sound);
        let mut order = Vec::new();
        match walk.on(0, &mut order) {
            Some(true) => return Search::Found(other(&walk.units, &order, &canonical, &edges)),
            Some(false) => {}
            None => return Search::GaveUp,
        }
    }
    Search::Nowhere
}

/// A walk from nothing done to all done. What is done is a set of units, as bits.
struct Walk<'w, 's> {
    changes: &'w [Change],
    /// The places of the members of each unit, in the usual order, as the units are.
    units: Vec<Vec<usize>>,
    /// What each unit waits for.
    waits: Vec<u64>,
    /// From these nothing leads on.
    dead: HashSet<u64>,
    sound: &'w mut Sound<'s>,
}

impl<'w, 's> Walk<'w, 's> {
    fn new(
        canonical: &[usize],
        edges: &[Vec<graph::Edge>],
        names: &[usize],
        changes: &'w [Change],
        sound: &'w mut Sound<'s>,
    ) -> Self {
        // By the names of units: the places of their members.
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); names.len()];
        for (at, &name) in names.iter().enumerate() {
            members[name].push(canonical[at]);
        }
        members.iter_mut().for_each(|places| places.sort_unstable());
        let mut used: Vec<usize> = (0..members.len()).filter(|&name| !members[name].is_empty()).collect();
        used.sort_by_key(|&name| members[name].last().copied());
        let mut number = vec![0_usize; members.len()];
        used.iter().enumerate().for_each(|(index, &name)| number[name] = index);
        let mut waits = vec![0_u64; used.len()];
        for (from, next) in edges.iter().enumerate() {
            for edge in next.iter().filter(|edge| names[edge.to] != names[from]) {
                waits[number[names[edge.to]]] |= 1 << number[names[from]];
            }
        }
        let units = used.iter().map(|&name| std::mem::take(&mut members[name])).collect();
        Self { changes, units, waits, dead: HashSet::new(), sound }
    }

    /// Goes on from here; gives whether all can be done so that every step is sound.
    fn on(&mut self, done: u64, order: &mut Vec<usize>) -> Option<bool> {
        if order.len() == self.units.len() {
            return Some(true);
        }
        for unit in 0..self.units.len() {
            let next = done | 1 << unit;
            if next == done || self.waits[unit] & !done != 0 || self.dead.contains(&next) {
                continue;
            }
            order.push(unit);
            let last = order.len() == self.units.len();
            if last || self.is_sound(order)? {
                if self.on(next, order)? {
                    return Some(true);
                }
            } else {
                self.dead.insert(next);
            }
            order.pop();
        }
        self.dead.insert(done);
        Some(false)
    }

    fn is_sound(&mut self, order: &[usize]) -> Option<bool> {
        let done: Vec<Change> = order
            .iter()
            .flat_map(|&unit| &self.units[unit])
            .map(|&place| self.changes[place].clone())
            .collect();
        (self.sound)(&done)
    }
}

fn other(units: &[Vec<usize>], order: &[usize], canonical: &[usize], edges: &[Vec<graph::Edge>]) -> Other {
    let (mut places, mut groups) = (Vec::new(), Vec::new());
    for &unit in order {
        let first = u32::try_from(places.len()).unwrap_or(u32::MAX);
        groups.extend(units[unit].iter().map(|_| first));
        places.extend(units[unit].iter().copied());
    }
    let mut new = vec![0_u32; places.len()];
    for (at, &place) in (0_u32..).zip(&places) {
        new[place] = at;
    }
    let mut depends_on = vec![Vec::new(); places.len()];
    for (from, next) in edges.iter().enumerate() {
        let from = new[canonical[from]];
        for to in next.iter().map(|edge| new[canonical[edge.to]]).filter(|to| from < *to) {
            depends_on[to as usize].push(from);
        }
    }
    for list in &mut depends_on {
        list.sort_unstable();
        list.dedup();
    }
    Other { order: places, groups, depends_on }
}

impl Other {
    /// Puts the changes in this order. Gives the new place of each.
    pub(crate) fn arrange(self, changes: &mut Vec<Change>) -> Vec<usize> {
        let mut new = vec![0_usize; changes.len()];
        self.order.iter().enumerate().for_each(|(at, &place)| new[place] = at);
        let mut slots: Vec<Option<Change>> = std::mem::take(changes).into_iter().map(Some).collect();
        for ((place, group), depends_on) in self.order.into_iter().zip(self.groups).zip(self.depends_on) {
            let Some(change) = slots.get_mut(place).and_then(Option::take) else { continue };
            changes.push(Change { group, depends_on, ..change });
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, steps};

    /// The steps of the order that is found; `sound` is asked about the steps done.
    fn found(
        before: &str,
        after: &str,
        mut sound: impl FnMut(&[String]) -> Option<bool>,
    ) -> Result<Vec<String>, Search> {
        let case = Case::new(before, after);
        let mut plan = case.plan();
        let mut ask = |done: &[Change]| {
            let mut part = case.plan();
            part.changes = done.to_vec();
            sound(&steps(&part))
        };
        match find(&plan.changes, case.live.as_ref().unwrap(), &mut ask) {
            Search::Found(other) => {
                other.arrange(&mut plan.changes);
                for (at, change) in (0_u32..).zip(&plan.changes) {
                    assert!(change.group <= at && change.depends_on.iter().all(|other| *other < at));
                }
                Ok(steps(&plan))
            }
            other => Err(other),
        }
    }

    #[test]
    fn the_usual_order_where_nothing_objects() {
        let after = "@ MX 10 mail\nmail A 192.0.2.1\nx A 192.0.2.2\nt TXT t";
        let usual = steps(&Case::new("", after).plan());
        assert_eq!(found("", after, |_| Some(true)), Ok(usual));
    }

    #[test]
    fn another_order_and_the_promises_hold() {
        let after = "a A 192.0.2.1\nb A 192.0.2.2\nt TXT t";
        // The text has to be first.
        let text = |done: &[String]| Some(done.iter().any(|step| step == "+ t TXT"));
        assert_eq!(found("", after, text), Ok(vec!["+ t TXT".into(), "+ a A".into(), "+ b A".into()]));
        // The alias waits for its target whatever else.
        let alias = "a A 192.0.2.1\nb CNAME a";
        assert_eq!(found("", alias, |done| Some(done[0] != "+ a A")), Err(Search::Nowhere));
        assert_eq!(found("", after, |_| Some(false)), Err(Search::Nowhere));
        assert_eq!(found("", after, |_| None), Err(Search::GaveUp));
    }

    #[test]
    fn spf_apart_from_mx_where_nothing_else_helps() {
        let before = "@ MX 10 a\n@ TXT \"v=spf1 mx -all\"\na A 192.0.2.1\nb A 192.0.2.2";
        let after = "@ MX 10 b\n@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\na A 192.0.2.3\nb A 192.0.2.2";
        // Neither the address nor the MX may be between the texts.
        let sound =
            |done: &[String]| Some(done[0] == "~ @ TXT" && done.len() != 2 || done == ["~ @ TXT", "~ a A"]);
        assert_eq!(found(before, after, sound), Ok(vec!["~ @ TXT".into(), "~ a A".into(), "~ @ MX".into()]));
    }
}

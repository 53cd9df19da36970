//! A plan that was made earlier, judged on the zone as it is now.
//!
//! What a plan says of itself (that no guard objects, the order of writing) is true of the zone that it saw. Between then
//! and its apply others change the zone, so everything that can be found out again is.

use crate::acknowledge::{Book, ZONE};
use crate::catalogue::ORDER;
use crate::diff::diff;
use crate::zone::{Counts, Target, ZonePlan};
use crate::{Action, Change, Finding, Severity, View, guard, order};
use dnsctl_zone::{Acknowledgement, Desired, Live, Manage, Name, Names, Policy, Source, Zone};
use std::collections::HashMap;

/// Puts the changes of an earlier plan that are `left` to write in order for the zone as it is now, and asks all guards
/// about them, with the acknowledgements of that plan. `target` holds the zone as it is now and the files as they are now;
/// what was read last is what the earlier plan saw.
///
/// Numbers of changes stay those of the earlier plan. Where the new order must be another one than was shown, that is a
/// blocker, unless some of its changes are written already (`left` are not all).
pub fn again(target: Target<'_>, earlier: &ZonePlan, mut left: Vec<Change>) -> ZonePlan {
    let Target { desired, scope, today, .. } = target;
    let empty = Live::new(Zone::new(earlier.zone.clone(), Vec::new()));
    let live = target.live.unwrap_or(&empty);
    let mut findings = Vec::new();
    left.iter_mut().for_each(|change| change.depends_on.clear());
    let groups: HashMap<u32, u32> = left.iter().map(|change| (change.number, change.group)).collect();
    order::arrange(&mut left, live);
    let numbers: Vec<u32> = left.iter().map(|change| change.number).collect();
    for change in &mut left {
        let number = |index: &u32| usize::try_from(*index).ok().and_then(|index| numbers.get(index)).copied();
        change.depends_on = change.depends_on.iter().filter_map(number).collect();
    }
    // What was shown is written where every promise still holds: the usual order is not the only one.
    let waits = |change: &Change| change.depends_on.iter().all(|number| *number < change.number);
    if left.iter().all(waits) {
        left.sort_by_key(|change| change.number);
        for change in &mut left {
            change.group = groups.get(&change.number).copied().unwrap_or(change.group);
        }
    }
    if left.len() == earlier.changes.len() {
        findings
            .extend(left.iter().enumerate().filter_map(|(index, change)| misplaced(&left, index, change)));
    }
    let difference = diff(desired, live, scope);
    let counts = Counts {
        read: live.zone.rrsets().len(),
        managed: difference.managed,
        unchanged: difference.unchanged,
        ignored: difference.ignored,
        undeclared: difference.undeclared,
    };
    let acknowledgements = acknowledgements(earlier);
    let mut book = Book::new(&earlier.zone, today, &acknowledgements);
    let question = guard::Question {
        desired,
        live,
        scope,
        // Of a zone that the plan itself creates, nobody depends yet.
        exists: target.live.is_some() && !earlier.create,
        changes: &left,
        counts,
        last_read: Some(expected(earlier, left.len())),
        before: View::before(live),
        after: View::after(live, &left),
    };
    let verdicts = guard::ask_all(&question, &mut book, &mut findings);
    ZonePlan { counts, serial: live.zone.serial(), changes: left, findings, verdicts, ..earlier.clone() }
}

/// A zone that the files no longer declare: nothing is known of it but what the plan says.
pub fn undeclared(earlier: &ZonePlan) -> Desired {
    Desired {
        apex: earlier.zone.clone(),
        wishes: Vec::new(),
        providers: vec![earlier.provider.clone()],
        ignore: Vec::new(),
        manage: Manage::All,
        create: earlier.create,
        lenient: false,
        acknowledgements: Vec::new(),
        policy: Policy::default(),
        servers: Vec::new(),
        source: earlier.source.clone(),
    }
}

/// How many RRsets the plan saw, with what it has written since.
fn expected(earlier: &ZonePlan, left: usize) -> usize {
    if left == earlier.changes.len() {
        return earlier.counts.read;
    }
    // Some of it is written: as many may be gone as it deletes.
    let deleted = earlier.changes.iter().filter(|change| change.action() == Action::Delete).count();
    earlier.counts.read.saturating_sub(deleted)
}

fn misplaced(left: &[Change], index: usize, change: &Change) -> Option<Finding> {
    let first = change.depends_on.iter().find(|number| **number > change.number)?;
    let first = left.iter().find(|other| other.number == *first)?;
    let message = format!(
        "{} {} must be written after {} {}, as the zone is now, and the plan has it before",
        change.name.without_dot(),
        change.rtype,
        first.name.without_dot(),
        first.rtype
    );
    Some(Finding::about(ORDER.id, Severity::Blocker, index, message))
}

/// As they stood in the zone file.
fn acknowledgements(earlier: &ZonePlan) -> Vec<Acknowledgement> {
    let names = Names { origin: &earlier.zone, strict: false };
    let read = |at: &str| {
        let (name, rtype) = match at.rsplit_once(' ').map(|(name, rtype)| (name, rtype.parse())) {
            Some((name, Ok(rtype))) => (name, Some(rtype)),
            _ => (at, None),
        };
        Some((Name::parse(name, names).ok()?, rtype))
    };
    let entry = |used: &crate::Acknowledged| {
        let at = if used.at == ZONE { None } else { Some(read(&used.at)?) };
        Some(Acknowledgement {
            rule: used.rule.clone(),
            at,
            until: used.until.clone(),
            why: used.why.clone(),
            weight: None,
            source: Source::clone(&earlier.source),
        })
    };
    // What cannot be read lets nothing pass.
    earlier.acknowledged.iter().filter_map(entry).collect()
}

#[cfg(test)]
mod tests;

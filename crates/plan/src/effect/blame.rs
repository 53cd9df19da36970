//! Which change does it.

use super::Shift;
use super::judge::{Case, Worlds, with};
use crate::Change;
use dnsctl_checks::{Check, Judged, Outcome, Subject};
use dnsctl_zone::Live;
use std::collections::HashMap;

/// Finds for each finding that comes or goes the change that does it: the one of its RRset, else the one without which it
/// would not.
pub(super) fn lay(case: &Case<'_>, worlds: &Worlds<'_>, fixed: &mut [Shift], broken: &mut [Shift]) {
    let changes = &case.plan.changes;
    let own: HashMap<_, usize> =
        changes.iter().enumerate().map(|(index, change)| ((&change.name, change.rtype), index)).collect();
    let (mut left_fixed, mut left_broken) = (Vec::new(), Vec::new());
    for (shifts, left) in [(fixed, &mut left_fixed), (broken, &mut left_broken)] {
        for shift in shifts.iter_mut() {
            shift.change = shift.rtype.and_then(|rtype| own.get(&(&shift.name, rtype)).copied());
            if shift.change.is_none() {
                left.push(shift);
            }
        }
    }
    let Some(live) = case.input.live else { return };
    if !case.is_small() {
        return;
    }
    for (index, change) in changes.iter().enumerate() {
        let waiting = |left: &[&mut Shift]| left.iter().any(|shift| shift.change.is_none());
        if waiting(&left_broken) {
            let others: Vec<Change> = changes
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != index)
                .map(|(_, change)| change.clone())
                .collect();
            let without = with(live, &others);
            for shift in left_broken.iter_mut().filter(|shift| shift.change.is_none()) {
                if !finds(case, worlds, &without, shift) {
                    shift.change = Some(index);
                }
            }
        }
        if waiting(&left_fixed) {
            let only = with(live, std::slice::from_ref(change));
            for shift in left_fixed.iter_mut().filter(|shift| shift.change.is_none()) {
                if !finds(case, worlds, &only, shift) {
                    shift.change = Some(index);
                }
            }
        }
    }
}

fn finds(case: &Case<'_>, worlds: &Worlds<'_>, zone: &Live, shift: &Shift) -> bool {
    let Some(check) = dnsctl_checks::find(shift.rule) else { return true };
    outcome(case, worlds, zone, check)
        .iter()
        .any(|finding| finding.name == shift.name && finding.rtype == shift.rtype)
}

/// What one rule finds in a zone that stands between before and after.
pub(super) fn outcome(
    case: &Case<'_>,
    worlds: &Worlds<'_>,
    zone: &Live,
    check: &Check,
) -> Vec<dnsctl_checks::Finding> {
    let judged = Judged::live(zone);
    let subject = Subject::new(&judged, case.input.facts, &worlds.after).with_live(case.input.live);
    match (check.look)(&subject) {
        Outcome::Fail(findings) => findings,
        _ => Vec::new(),
    }
}

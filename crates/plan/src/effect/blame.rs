//! Which change does it.

use super::Shift;
use super::compare::Known;
use super::judge::{Case, Worlds, with};
use crate::Change;
use dnsctl_checks::{Check, Finding, Judged, Outcome, Subject};
use dnsctl_zone::{Live, Name, RecordType};
use std::collections::{HashMap, HashSet};

/// Finds for each finding that comes or goes the change that does it: the one of its RRset, else the one without which it
/// would not.
pub(super) fn lay(
    case: &Case<'_>,
    worlds: &Worlds<'_>,
    known: &Known<'_>,
    fixed: &mut [Shift],
    broken: &mut [Shift],
) {
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
        if !left_broken.is_empty() {
            let others: Vec<Change> = changes
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != index)
                .map(|(_, change)| change.clone())
                .collect();
            try_out(case, worlds, known, (&with(live, &others), index), &mut left_broken);
        }
        if !left_fixed.is_empty() {
            let only = with(live, std::slice::from_ref(change));
            try_out(case, worlds, known, (&only, index), &mut left_fixed);
        }
    }
}

/// What a rule found in a trial.
struct Tried {
    words: HashSet<(Name, Option<RecordType>, String)>,
    /// About what it says something that it says neither before nor after.
    other: HashSet<(Name, Option<RecordType>)>,
}

/// Gives to a change what is not found in the zone of its trial, and keeps the rest: what is found there, also in other words.
fn try_out(
    case: &Case<'_>,
    worlds: &Worlds<'_>,
    known: &Known<'_>,
    (zone, change): (&Live, usize),
    left: &mut Vec<&mut Shift>,
) {
    let judged = Judged::live(zone);
    let subject = trial(case, worlds, &judged);
    // Each rule is asked once, however many of its findings are looked for.
    let mut found: HashMap<&str, Option<Tried>> = HashMap::new();
    left.retain_mut(|shift| {
        let tried = found.entry(shift.rule).or_insert_with(|| {
            let findings = outcome(&subject, dnsctl_checks::find(shift.rule)?);
            let other = findings.iter().filter(|finding| !known.says(shift.rule, finding));
            let other = other.map(|finding| (finding.name.clone(), finding.rtype)).collect();
            let words = findings.into_iter().map(|finding| (finding.name, finding.rtype, finding.message));
            Some(Tried { words: words.collect(), other })
        });
        let finds = |tried: &Tried| {
            tried.words.contains(&(shift.name.clone(), shift.rtype, shift.message.clone()))
                || tried.other.contains(&(shift.name.clone(), shift.rtype))
        };
        let stays = tried.as_ref().is_none_or(finds);
        if !stays {
            shift.change = Some(change);
        }
        stays
    });
}

/// A zone that stands between before and after, with what is around it.
pub(super) fn trial<'t>(case: &Case<'t>, worlds: &'t Worlds<'_>, judged: &'t Judged<'t>) -> Subject<'t> {
    Subject::new(judged, case.input.facts, &worlds.after).with_live(case.input.live)
}

/// What one rule finds in it.
pub(super) fn outcome(subject: &Subject<'_>, check: &Check) -> Vec<Finding> {
    match (check.look)(subject) {
        Outcome::Fail(findings) => findings,
        _ => Vec::new(),
    }
}

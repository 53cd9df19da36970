//! What mail sees while the changes are written.

use super::blame::{outcome, trial};
use super::compare::Known;
use super::is_mail;
use super::judge::{Case, Worlds, with};
use crate::catalogue::HALFWAY;
use crate::{Finding, Severity};
use dnsctl_checks::{Judged, Report};
use std::collections::BTreeSet;

/// Says which step leaves something critical about mail that was neither there before nor is after: it could not be ordered
/// away.
pub(super) fn findings(
    case: &Case<'_>,
    worlds: &Worlds<'_>,
    before: Option<&Report<'_>>,
    after: &Report<'_>,
) -> Vec<Finding> {
    let changes = &case.plan.changes;
    let Some(live) = case.input.live else { return Vec::new() };
    let ends: Vec<usize> = changes
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| matches!(pair, [one, next] if one.group != next.group))
        .map(|(index, _)| index)
        .collect();
    // Large plans are not walked through: the order alone must do.
    if !case.is_small() {
        return Vec::new();
    }
    let (before, after) = (Known::of(before), Known::of([after]));
    let mut told = BTreeSet::new();
    let mut findings = Vec::new();
    for end in ends {
        let Some((done, [next, ..])) = changes.split_at_checked(end.saturating_add(1)) else { continue };
        let zone = with(live, done);
        let judged = Judged::live(&zone);
        let subject = trial(case, worlds, &judged);
        let rules = dnsctl_checks::checks()
            .filter(|check| is_mail(check) && check.severity == dnsctl_checks::Severity::Critical);
        for check in rules {
            let all = outcome(&subject, check);
            let new: BTreeSet<&str> =
                after.fresh(check.rule.id, &all).into_iter().map(|found| found.message.as_str()).collect();
            for found in before.fresh(check.rule.id, &all) {
                let critical = found.severity.unwrap_or(check.severity) == dnsctl_checks::Severity::Critical;
                let key = (check.rule.id, found.name.clone(), found.message.clone());
                if !critical || !new.contains(found.message.as_str()) || !told.insert(key) {
                    continue;
                }
                let text = format!(
                    "until {} {} is written as well, {} ({})",
                    next.name.without_dot(),
                    next.rtype,
                    found.message,
                    check.rule.id
                );
                let fix = "Split the change so that the old and the new way work together for a while: add the new first, \
                           apply, wait for the old TTL, then take the old away.";
                findings.push(Finding::about(HALFWAY.id, Severity::Warning, end, text).fix(fix));
            }
        }
    }
    findings
}

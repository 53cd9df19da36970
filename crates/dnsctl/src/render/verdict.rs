//! What a plan comes to, in one line: the first that a person reads, and the title of a report.

use super::words::{count, listed, thousands, zone};
use dnsctl_plan::{Finding, Plan, Severity, Summary, ZonePlan};
use dnsctl_zone::Name;
use std::collections::BTreeSet;

/// How many zones are named before they are only counted.
const NAMED: usize = 3;

/// What a plan comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Whether it can be applied, or there is nothing to do.
    pub(crate) good: bool,
    /// The line, without a sign.
    pub(crate) text: String,
}

impl Verdict {
    /// The verdict on a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        let summary = plan.summary();
        if plan.is_applicable() {
            let text = if plan.has_changes() {
                format!("Can be applied: {}.", extent(plan, summary))
            } else {
                nothing(plan, summary)
            };
            return Self { good: true, text };
        }
        let mut reasons = Vec::new();
        if plan.is_blocked() {
            let blocked: Vec<&ZonePlan> = plan.zones.iter().filter(|zone| zone.is_blocked()).collect();
            let findings = blocked.iter().flat_map(|zone| &zone.findings);
            let zones: BTreeSet<&Name> = blocked.iter().map(|zone| &zone.zone).collect();
            reasons.push(format!("{} in {}", by(findings), listed(zones.into_iter().map(zone), NAMED)));
        }
        if !plan.unread.is_empty() {
            let word = if reasons.is_empty() { "INCOMPLETE: could" } else { "could" };
            reasons.push(format!("{word} not read {}", unread(plan)));
        }
        let rest = if plan.has_changes() { format!(" {}.", extent(plan, summary)) } else { String::new() };
        Self { good: false, text: format!("{}: cannot be applied.{rest}", reasons.join("; ")) }
    }
}

/// What blocks, counted: `BLOCKED by 1 guard, 2 missing zones`.
pub(crate) fn by<'a>(findings: impl Iterator<Item = &'a Finding>) -> String {
    const KINDS: [(&str, &str); 5] = [
        ("guard/", "guard"),
        ("zone/missing", "missing zone"),
        ("zone/read-only", "read-only zone"),
        ("provider/", "refused RRset"),
        ("", "finding"),
    ];
    let mut numbers = [0_usize; KINDS.len()];
    for finding in findings.filter(|finding| finding.severity == Severity::Blocker) {
        let kind = KINDS.iter().zip(&mut numbers).find(|((start, _), _)| finding.rule.starts_with(start));
        if let Some((_, number)) = kind {
            *number += 1;
        }
    }
    let parts: Vec<String> = KINDS
        .iter()
        .zip(numbers)
        .filter(|(_, number)| *number > 0)
        .map(|((_, word), number)| count(number, word))
        .collect();
    format!("BLOCKED by {}", parts.join(", "))
}

/// What is written, counted: `1 new zone, 40 creates, 1 delete`.
pub(crate) fn actions(zones: usize, create: usize, update: usize, delete: usize) -> Vec<String> {
    let parts = [(zones, "new zone"), (create, "create"), (update, "update"), (delete, "delete")];
    parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(number, word)).collect()
}

/// The numbers of the whole: `3 updates in 1 of 40 zones, 2 warnings`.
fn extent(plan: &Plan, summary: Summary) -> String {
    let changed: BTreeSet<&Name> =
        plan.zones.iter().filter(|zone| zone.has_changes()).map(|zone| &zone.zone).collect();
    let all = names(plan).len();
    let of = if changed.len() == all { String::new() } else { format!("{} of ", thousands(changed.len())) };
    let actions = actions(summary.zones_to_create, summary.create, summary.update, summary.delete);
    let found: String = found(&plan.zones).into_iter().map(|part| format!(", {part}")).collect();
    format!("{} in {of}{}{found}", actions.join(", "), count(all, "zone"))
}

/// What was found that does not block, counted: `1 error, 2 warnings`.
pub(crate) fn found<'a>(zones: impl IntoIterator<Item = &'a ZonePlan>) -> Vec<String> {
    let (mut errors, mut warnings) = (0_usize, 0_usize);
    for zone in zones {
        errors += zone.count(Severity::Error);
        warnings += zone.count(Severity::Warning);
    }
    [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| count(number, word))
        .collect()
}

fn nothing(plan: &Plan, summary: Summary) -> String {
    let left = match summary.ignored {
        0 => String::new(),
        number => format!(", {} left alone", thousands(number)),
    };
    let matching = thousands(summary.unchanged);
    format!("No changes. {matching} RRsets match in {}{left}.", count(names(plan).len(), "zone"))
}

/// The zones that could not be read, and where: `2 of 40 zones (a.example, b.example at main)`.
fn unread(plan: &Plan) -> String {
    let zones: BTreeSet<&Name> = plan.unread.iter().map(|unread| &unread.zone).collect();
    let providers: BTreeSet<&str> = plan.unread.iter().map(|unread| unread.provider.as_str()).collect();
    let (number, all) = (thousands(zones.len()), count(names(plan).len(), "zone"));
    let names = listed(zones.into_iter().map(zone), NAMED);
    let providers = listed(providers.into_iter().map(str::to_owned), NAMED);
    format!("{number} of {all} ({names} at {providers})")
}

/// All zones, each once however many providers hold it.
fn names(plan: &Plan) -> BTreeSet<&Name> {
    let read = plan.zones.iter().map(|zone| &zone.zone);
    read.chain(plan.unread.iter().map(|unread| &unread.zone)).collect()
}

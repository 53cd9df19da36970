//! The table of changes.

use super::Detail;
use super::safe::{cell, cut};
use crate::render::words::{self, count};
use crate::render::zone::changes;
use dnsctl_plan::{Action, Change, Finding, Plan, Severity, ZonePlan};
use dnsctl_zone::{Name, RRset};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// One row for each change that is listed, and how many are not.
pub(super) fn write(out: &mut String, plan: &Plan, detail: Detail) {
    let _ = writeln!(out, "| | Name | Type | Change | Note |\n|:-:|---|---|---|---|");
    let several = plan.zones.iter().map(|zone| &zone.provider).collect::<BTreeSet<_>>().len() > 1;
    let (mut creates, mut updates) = (0_usize, 0_usize);
    for zone in &plan.zones {
        let at = if several { format!(" at {}", cell(&zone.provider)) } else { String::new() };
        for (change, findings) in changes(zone) {
            if detail.lists(change, &findings) {
                row(out, zone, (change, &findings), &at, detail);
            } else if change.action() == Action::Create {
                creates += 1;
            } else {
                updates += 1;
            }
        }
    }
    for (number, sign, word) in [(creates, "+", "create"), (updates, "~", "update")] {
        if number > 0 {
            let _ = writeln!(out, "| {sign} | | | and {} | |", count(number, &format!("more {word}")));
        }
    }
}

fn row(
    out: &mut String,
    zone: &ZonePlan,
    (change, findings): (&Change, &[&Finding]),
    at: &str,
    detail: Detail,
) {
    let sign = match change.action() {
        Action::Create => "+",
        Action::Update => "~",
        Action::Delete => "-",
    };
    let name = cell(&change.name.without_dot());
    let (values, note) = (values(change, &zone.zone, detail), note(zone, change, findings));
    let _ = writeln!(out, "| {sign} | {name}{at} | {} | {values} | {note} |", change.rtype);
}

/// Deletions by name alone, each zone on a line of its own.
pub(super) fn names(out: &mut String, plan: &Plan) {
    for zone in &plan.zones {
        let deleted = zone.changes.iter().filter(|change| change.action() == Action::Delete);
        let text =
            |change: &Change| cell(&format!("{} {}", change.name.relative_to(&zone.zone), change.rtype));
        let deleted: Vec<String> = deleted.map(text).collect();
        if !deleted.is_empty() {
            let head = cell(&format!("{} at {}", words::zone(&zone.zone), zone.provider));
            let number = count(deleted.len(), "deletion");
            let _ = writeln!(out, "- {head}: {number}: {}", deleted.join(" "));
        }
    }
    let summary = plan.summary();
    if summary.create + summary.update > 0 {
        let (creates, updates) = (count(summary.create, "create"), count(summary.update, "update"));
        let _ = writeln!(out, "\nNot listed here: {creates}, {updates}.");
    }
}

fn note(plan: &ZonePlan, change: &Change, findings: &[&Finding]) -> String {
    let sign = |severity| match severity {
        Severity::Blocker | Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Note => "ℹ️",
    };
    let mut notes: Vec<String> =
        findings.iter().map(|finding| format!("{} {}", sign(finding.severity), finding.rule)).collect();
    if change.action() == Action::Delete {
        notes.push(format!("not in {}", cell(&plan.source.file)));
    }
    notes.join("<br>")
}

/// What changes: values in short, or the TTL where only that changes.
fn values(change: &Change, apex: &Name, detail: Detail) -> String {
    let (most, length) = if detail < Detail::Least { (3, 80) } else { (1, 40) };
    let short = |rrset: &RRset| {
        let shown =
            rrset.values().iter().map(|value| cell(&cut(&words::value(value, &rrset.name, apex), length)));
        words::listed(shown, most)
    };
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if after.same_values(before) => {
            let mut parts = Vec::new();
            if before.ttl != after.ttl {
                parts.push(format!("TTL {} → {}", before.ttl, after.ttl));
            }
            let options = after.options.iter().flat_map(|options| options.iter());
            let had = |key: &String| before.options.as_ref().and_then(|options| options.get(key));
            for (key, value) in options.filter(|(key, value)| had(key) != Some(*value)) {
                parts.push(cell(&cut(&format!("{key}: {value}"), length)));
            }
            parts.join(", ")
        }
        (Some(before), Some(after)) => format!("{} → {}", short(before), short(after)),
        (None, Some(rrset)) | (Some(rrset), None) => short(rrset),
        (None, None) => String::new(),
    }
}

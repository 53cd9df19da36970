//! A plan as text: the verdict first, then what is risky, then the rest.

use super::change::{self, Columns};
use super::style::{Style, bold, dim, green, paint, red};
use super::words::{count, thousands, zone};
use dnsctl_plan::{Action, Change, Finding, Plan, Severity, Unread, ZonePlan};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Above this many changes of little risk in one zone, they are counted instead of listed.
const FOLD_FROM: usize = 40;
/// How many of them are listed all the same.
const FOLD_SHOWN: usize = 10;
/// From this many zones with changes on, a zone without anything risky is one line.
const FOLD_ZONES: usize = 20;

/// The text of a plan.
pub(crate) fn text(plan: &Plan, style: Style, full: bool) -> String {
    let mut out = String::new();
    let shown: Vec<&ZonePlan> =
        plan.zones.iter().filter(|zone| zone.has_changes() || !zone.findings.is_empty()).collect();
    let many = shown.len() >= FOLD_ZONES && !full;
    let (risky, calm): (Vec<&ZonePlan>, Vec<&ZonePlan>) = shown.into_iter().partition(|zone| is_risky(zone));
    for zone in risky {
        of_zone(&mut out, zone, style, full);
    }
    for zone in calm {
        if many {
            let _ = writeln!(out, "{}", head(zone, style));
        } else {
            of_zone(&mut out, zone, style, full);
        }
    }
    if many {
        out.push('\n');
    }
    unread(&mut out, plan, style);
    out.push_str(&closing(plan, style));
    style.finish(out)
}

/// What could not be read. Zones that failed for the same reason share its lines.
fn unread(out: &mut String, plan: &Plan, style: Style) {
    let mut reasons: BTreeMap<(&str, &str), Vec<&Unread>> = BTreeMap::new();
    for unread in &plan.unread {
        // The operation in front names the zone; what follows is the reason.
        let reason = unread.message.split_once(": ").map_or(unread.message.as_str(), |(_, reason)| reason);
        reasons.entry((&unread.provider, reason)).or_default().push(unread);
    }
    for ((provider, reason), zones) in reasons {
        let names: Vec<String> = zones.iter().take(3).map(|unread| zone(&unread.zone)).collect();
        let more = zones.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {} more", thousands(more)) } else { String::new() };
        let sign = paint(red().bold(), style.bad());
        let _ = writeln!(out, "{sign} {}{more} at {provider}: {reason}", names.join(", "));
        if let Some(hint) = zones.first().and_then(|unread| unread.hint.as_deref()) {
            let _ = writeln!(out, "  hint: {hint}");
        }
    }
}

fn is_risky(zone: &ZonePlan) -> bool {
    zone.findings.iter().any(|finding| finding.severity >= Severity::Warning)
        || zone.changes.iter().any(|change| change.action() == Action::Delete)
}

/// The line of a zone: its name and what happens to it.
fn head(zone: &ZonePlan, style: Style) -> String {
    let name = super::words::zone(&zone.zone);
    let number = |action| zone.changes.iter().filter(|change| change.action() == action).count();
    let mut parts: Vec<String> =
        [(Action::Create, "create"), (Action::Update, "update"), (Action::Delete, "delete")]
            .into_iter()
            .map(|(action, word)| (number(action), word))
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| count(number, word))
            .collect();
    if zone.create {
        parts.insert(0, "new zone".to_owned());
    }
    let warnings = zone.count(Severity::Warning);
    if warnings > 0 {
        parts.push(count(warnings, "warning"));
    }
    let blockers = zone.count(Severity::Blocker);
    let (right, painted) = if blockers > 0 {
        let missing = zone.findings.iter().any(|finding| finding.rule == "zone/missing");
        let by =
            if missing { "zone is missing".to_owned() } else { format!("by {}", count(blockers, "guard")) };
        let text = format!("BLOCKED {by}");
        (text.clone(), paint(red().bold(), text))
    } else {
        (parts.join(", "), parts.join(", "))
    };
    let left = format!("{name}  {}", zone.provider);
    let gap = style.width.min(80).saturating_sub(left.chars().count() + right.chars().count()).max(2);
    format!("{}  {}{}{painted}", paint(bold(), name), paint(dim(), &zone.provider), " ".repeat(gap))
}

fn of_zone(out: &mut String, zone: &ZonePlan, style: Style, full: bool) {
    let _ = writeln!(out, "{}", head(zone, style));
    let _ = writeln!(out, "{}", paint(dim(), style.rule()));
    for finding in zone.findings.iter().filter(|finding| finding.change.is_none()) {
        change::finding(out, finding, 2, style);
        if let Some(source) = &finding.source {
            let _ = writeln!(out, "    {}", paint(dim(), source));
        }
    }
    let of_change = |index: usize| -> Vec<&Finding> {
        zone.findings.iter().filter(|finding| finding.change == Some(index)).collect()
    };
    let with: Vec<(&Change, Vec<&Finding>)> =
        zone.changes.iter().enumerate().map(|(index, change)| (change, of_change(index))).collect();
    let weight = |findings: &[&Finding]| findings.iter().map(|finding| finding.severity).max();
    let blocks = |findings: &[&Finding]| weight(findings) >= Some(Severity::Error);
    // In the order of writing, but for what must be seen first.
    let (mut first, mut rest): (Vec<_>, Vec<_>) =
        with.into_iter().partition(|(_, findings)| blocks(findings));
    let mut folded = Vec::new();
    if rest.len() > FOLD_FROM && !full {
        let (risky, mut calm): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(change, findings)| {
            weight(findings) >= Some(Severity::Warning) || change.action() == Action::Delete
        });
        first.extend(risky);
        if calm.len() > FOLD_FROM {
            folded = calm.split_off(FOLD_SHOWN);
        }
        rest = calm;
    }
    let columns = Columns::of(first.iter().chain(&rest).map(|(change, _)| *change), &zone.zone, style);
    for (change, findings) in first.iter().chain(&rest) {
        change::write(out, change, findings, &zone.zone, columns, style);
    }
    if !folded.is_empty() {
        let _ = writeln!(out, "{}", fold(folded.iter().map(|(change, _)| *change), style));
    }
    for kept in &zone.kept {
        let _ = writeln!(
            out,
            "{}",
            paint(
                dim(),
                format!("  kept: {} {} ({})", kept.name.relative_to(&zone.zone), kept.rtype, kept.reason)
            )
        );
    }
    if zone.changes.len() > 1 {
        let _ = writeln!(out, "{}", order(zone));
    }
    out.push('\n');
}

/// What was not listed, by action and type.
fn fold<'a>(changes: impl Iterator<Item = &'a Change>, style: Style) -> String {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for change in changes {
        let verb = match change.action() {
            Action::Create => "to create",
            Action::Update => "to update",
            Action::Delete => "to delete",
        };
        *counts.entry((verb, change.rtype.to_string())).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|((verb, rtype), number)| format!("{} {rtype} {verb}", thousands(*number)))
        .collect();
    format!("  {} and {} (--full lists them)", style.ellipsis(), parts.join(", "))
}

/// The types in the order of writing.
fn order(zone: &ZonePlan) -> String {
    let mut steps: Vec<String> = Vec::new();
    for change in &zone.changes {
        let verb = if change.action() == Action::Delete { "delete " } else { "" };
        let step = format!("{verb}{}", change.rtype);
        if steps.last() != Some(&step) && steps.len() < 12 {
            steps.push(step);
        }
    }
    format!("Order    {}", steps.join(", then "))
}

/// The last lines: numbers and verdict.
fn closing(plan: &Plan, style: Style) -> String {
    let summary = plan.summary();
    let mut out = String::new();
    if !plan.has_changes() && plan.is_applicable() {
        let matching = thousands(summary.unchanged);
        let zones = count(plan.zones.len(), "zone");
        let _ =
            write!(out, "{} No changes. {matching} RRsets match in {zones}", paint(green(), style.good()));
        if summary.ignored > 0 {
            let _ = write!(out, ", {} left alone", thousands(summary.ignored));
        }
        out.push_str(".\n");
        return out;
    }
    if summary.settles_after.seconds() > 0 {
        let _ = writeln!(
            out,
            "Settles  {} after apply, when the last old answer is gone",
            summary.settles_after.spoken()
        );
    }
    let zones = if summary.zones_to_create > 0 {
        format!("{} to create; RRsets: ", count(summary.zones_to_create, "zone"))
    } else {
        String::new()
    };
    let _ = writeln!(
        out,
        "{} {zones}{} to create, {} to update, {} to delete. {} unchanged, {} left alone.",
        paint(bold(), "Plan:"),
        thousands(summary.create),
        thousands(summary.update),
        thousands(summary.delete),
        thousands(summary.unchanged),
        thousands(summary.ignored)
    );
    if plan.is_blocked() {
        let text = format!("{} BLOCKED: cannot be applied", style.bad());
        let _ = writeln!(out, "{}", paint(red().bold(), text));
    }
    if !plan.unread.is_empty() {
        let text = format!(
            "{} {} could not be read: cannot be applied",
            style.bad(),
            count(plan.unread.len(), "zone")
        );
        let _ = writeln!(out, "{}", paint(red().bold(), text));
    }
    out
}

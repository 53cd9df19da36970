//! A plan as text: the verdict first, then what is risky, then the rest.

use super::style::{Style, bold, green, paint, red};
use super::verdict::Verdict;
use super::words::{count, thousands};
use super::zone::{Detail, Risk, Writer, fold, heading};
use super::{beyond, effect};
use dnsctl_plan::{Plan, ZonePlan};
use std::fmt::Write as _;

/// From this many zones with changes on, a zone without anything to look at is one line.
const FOLD_ZONES: usize = 20;
/// So many of these lines are written, the others are counted.
const LINES: usize = 20;

/// The text of a plan; everything there is with `full`.
pub(crate) fn text(plan: &Plan, style: Style, full: bool) -> String {
    let verdict = Verdict::of(plan);
    let mut out = line(&verdict, style);
    let mut shown: Vec<&ZonePlan> = plan
        .zones
        .iter()
        .filter(|zone| zone.has_changes() || !zone.findings.is_empty() || effect::tells(zone))
        .collect();
    if !shown.is_empty() {
        out.push('\n');
        shown.sort_by_key(|zone| Risk::of(zone));
        let detail = match shown.len() {
            _ if full => Detail::Full,
            FOLD_ZONES.. => Detail::Brief,
            _ => Detail::Normal,
        };
        zones(&mut out, &shown, Writer::new(style, detail));
        closing(&mut out, plan, &verdict, style);
    }
    style.finish(out)
}

fn line(verdict: &Verdict, style: Style) -> String {
    let (color, sign) = if verdict.good { (green(), style.good()) } else { (red().bold(), style.bad()) };
    match verdict.good {
        true => format!("{} {}\n", paint(color, sign), verdict.text),
        false => format!("{}\n", paint(color, format!("{sign} {}", verdict.text))),
    }
}

fn zones(out: &mut String, shown: &[&ZonePlan], mut writer: Writer) {
    let brief = writer.detail == Detail::Brief;
    let (risky, calm) = shown.split_at(shown.partition_point(|zone| Risk::of(zone) < Risk::Calm));
    let (told, counted) = calm.split_at(if brief { calm.len().min(LINES) } else { calm.len() });
    for zone in risky {
        writer.zone(out, zone);
    }
    for zone in told {
        if brief {
            heading(out, zone, writer.style);
        } else {
            writer.zone(out, zone);
        }
    }
    if !counted.is_empty() {
        let changes = fold(counted.iter().flat_map(|zone| &zone.changes));
        let (number, dots) = (count(counted.len(), "more zone"), writer.style.ellipsis());
        let _ = writeln!(out, "{dots} and {number}: {changes} (--full lists them)");
    }
    if brief {
        out.push('\n');
    }
}

/// The last lines: a reader at a terminal sees them first.
fn closing(out: &mut String, plan: &Plan, verdict: &Verdict, style: Style) {
    let summary = plan.summary();
    if let Some(sum) = effect::sum(plan) {
        let _ = writeln!(out, "Mail     {sum}");
    }
    if summary.settles_after.seconds() > 0 {
        let _ = writeln!(
            out,
            "Settles  {} after apply, when the last old answer is gone",
            summary.settles_after.spoken()
        );
    }
    beyond::text(out, plan, style);
    if plan.has_changes() {
        let _ = writeln!(out, "Digest   {}", plan.digest);
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
    if !verdict.good {
        out.push_str(&line(verdict, style));
    }
}

/// The very last line: what the plan is called, and what to do now.
pub(crate) fn next(plan: &Plan, saved: Option<&str>, style: Style) -> String {
    let id = &plan.id;
    style.finish(match saved {
        Some(path) => format!("Saved {path}  id {id}  Next: dnsctl apply {path}\n"),
        None if plan.is_applicable() => format!("Not saved  id {id}  Next: dnsctl plan --out plan.json\n"),
        None => {
            let marked = format!("what is marked {}", style.bad());
            let mend = match (plan.is_blocked(), plan.unread.is_empty()) {
                (true, true) => marked,
                (true, false) => format!("{marked} and what could not be read"),
                // Why is told where errors are.
                (false, _) => "what could not be read (see the errors)".to_owned(),
            };
            format!("Not saved  id {id}  Next: mend {mend}, then dnsctl plan\n")
        }
    })
}

#[cfg(test)]
mod tests;

//! The last lines: how it ended, what is still safe, and what to do next.

use super::servers::{agreement, question};
use super::{Ended, SHOWN};
use crate::render::style::{Style, paint, red, yellow};
use crate::render::words::{count, thousands, zone};
use dnsctl_plan::Action;
use dnsctl_reconcile::apply::{ChangeReport, Report, Status};
use dnsctl_reconcile::verify::Verification;
use dnsctl_zone::RecordType;
use std::fmt::Write as _;

/// That what the plan saw is still there.
pub(super) fn fresh(out: &mut String, report: &Report) {
    if !report.reread {
        return;
    }
    let total = report.changes().count();
    let already = report.count(|status| *status == Status::Already);
    let there = if already > 0 { format!(", {} there already", thousands(already)) } else { String::new() };
    let _ = writeln!(
        out,
        "fresh    {} of {} as planned{there}",
        thousands(total - already),
        count(total, "RRset")
    );
}

/// How it ended.
pub(super) fn text(out: &mut String, ended: Ended<'_>, style: Style) {
    if ended.report.is_complete() {
        complete(out, ended, style);
    } else {
        stopped(out, ended, style);
    }
}

fn complete(out: &mut String, ended: Ended<'_>, style: Style) {
    let Ended { plan, report, took, .. } = ended;
    let total = report.changes().count();
    let already = report.count(|status| *status == Status::Already);
    if !plan.has_changes() {
        let _ = write!(out, "Asked again for what an earlier apply did not prove. ");
    } else if report.is_idle() {
        let _ = write!(out, "Nothing to do: plan {} is applied already. ", plan.id);
    } else {
        let there =
            if already > 0 { format!(" ({} were there already)", thousands(already)) } else { String::new() };
        let all = thousands(total);
        let _ = write!(out, "Applied {all} of {all} in {:.1} s{there}. ", took.as_secs_f64());
    }
    if !report.is_unproved() {
        let _ = writeln!(out, "{}", agreement(report, style));
        if let Some((command, what)) = again(ended) {
            let _ = writeln!(out, "Next: {command}  ({what})");
        }
        return;
    }
    let open = report.zones.iter().filter(|zone| zone.verification == Verification::Interrupted).count();
    let sign = paint(yellow(), format!("{} Written, verification interrupted", style.bad()));
    let _ = writeln!(
        out,
        "{sign}: the name servers of {} of {} were not asked to the end.",
        thousands(open),
        count(report.zones.len(), "zone")
    );
    let next = match ended.saved {
        Some(_) => format!("{} asks them", ended.resume()),
        None => "dnsctl apply asks them".to_owned(),
    };
    let _ = writeln!(out, "Next: {next}");
}

/// The command to run when something that is written is not served, and what it does.
pub(super) fn again(ended: Ended<'_>) -> Option<(String, &'static str)> {
    if !ended.report.is_unserved() {
        return None;
    }
    Some(match (ended.saved, question(ended.report)) {
        (Some(_), _) => (ended.resume(), "asks the name servers again; what is written is not written twice"),
        (None, Some(question)) => {
            (question, "dnsctl apply asks them all again; what is written is not written twice")
        }
        (None, None) => {
            ("dnsctl apply".to_owned(), "asks the name servers again; what is written is not written twice")
        }
    })
}

fn stopped(out: &mut String, ended: Ended<'_>, style: Style) {
    let Ended { plan, report, .. } = ended;
    if let Some(error) = report.error() {
        let conflict = report.conflicts().next().is_some();
        let code = if conflict { "error[stale-plan]" } else { "error" };
        let _ = writeln!(out, "{}", paint(red().bold(), format!("{code}: {error}")));
        if let Some(hint) = error.hint() {
            let _ = writeln!(out, "  {hint}");
        }
    }
    let total = report.changes().count();
    let there = report.count(Status::is_there);
    let unknown = report.count(Status::is_unknown);
    let _ = writeln!(
        out,
        "Stopped. {} of {} written, {} not written, {} unknown.",
        thousands(there),
        thousands(total),
        thousands(total - there - unknown),
        thousands(unknown)
    );
    unknown_ones(out, report, style);
    if !report.is_touched() {
        let again = match (report.conflicts().next(), ended.saved) {
            (Some(_), _) | (None, None) => "dnsctl plan".to_owned(),
            (None, Some(path)) => format!("{}dnsctl apply {path}; or dnsctl plan", repair(report)),
        };
        let _ = writeln!(out, "Nothing was written. Next: {again}");
        return;
    }
    let _ = writeln!(out, "{}", still(report));
    let next = match ended.saved {
        Some(_) => format!("{}, or make a new plan: dnsctl plan", ended.resume()),
        None => "dnsctl plan, which shows what is left".to_owned(),
    };
    let _ = writeln!(out, "Next: {}{next}  (plan {})", repair(report), plan.id);
}

/// What comes before anything else. Where somebody stopped the run, nothing is broken.
fn repair(report: &Report) -> &'static str {
    if report.error().is_some() { "repair the cause, then " } else { "" }
}

/// Who reads a summary of many zones must still know what to look at.
fn unknown_ones(out: &mut String, report: &Report, style: Style) {
    if report.changes().count() <= super::CHANGES {
        return;
    }
    let unknown: Vec<&ChangeReport> = report.changes().filter(|change| change.status.is_unknown()).collect();
    for ChangeReport { change, .. } in unknown.iter().take(SHOWN) {
        let _ = writeln!(out, "  unknown: {} {}", change.rtype, zone(&change.name));
    }
    let more = unknown.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(out, "  {} and {} more", style.ellipsis(), thousands(more));
    }
}

/// What an interrupted run did not break.
pub(super) fn still(report: &Report) -> String {
    let touched = |test: &dyn Fn(&ChangeReport) -> bool| {
        report
            .changes()
            .any(|change| (change.status.is_there() || change.status.is_unknown()) && test(change))
    };
    let mx = |change: &ChangeReport| change.change.rtype == RecordType::MX;
    let deletion = |change: &ChangeReport| change.change.action() == Action::Delete;
    let mut parts = Vec::new();
    if !touched(&mx) {
        let planned = report.changes().any(mx);
        parts.push(if planned { "the MX was not moved" } else { "no MX was touched" });
    }
    if !touched(&deletion) {
        parts.push("nothing was deleted");
    }
    match parts.as_slice() {
        [] => "Some MX records or deletions are written: check mail now.".to_owned(),
        parts => format!("Still safe: {}.", parts.join(", ")),
    }
}

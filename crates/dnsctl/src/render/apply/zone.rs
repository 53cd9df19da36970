//! A line for each zone, and what went wrong in it.

use super::SHOWN;
use super::change::place;
use super::servers::{Names, said};
use super::stale;
use crate::render::style::{Style, bold, green, paint, red, yellow};
use crate::render::words::{count, thousands, zone};
use dnsctl_plan::Severity;
use dnsctl_reconcile::apply::{ChangeReport, Status, ZoneReport};
use dnsctl_reconcile::verify::{Unasked, Verification};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Whether there is nothing to say of a zone but that it is written and served.
pub(super) fn is_good(report: &ZoneReport) -> bool {
    report.is_complete() && report.unfinished.is_none() && !report.verification.is_failure()
}

/// The line of a zone, and what went wrong.
pub(super) fn line(out: &mut String, report: &ZoneReport, names: &Names<'_>, style: Style) {
    let there = report.changes.iter().filter(|change| change.status.is_there()).count();
    let total = report.changes.len();
    let sign =
        if report.is_complete() { paint(green(), style.good()) } else { paint(red().bold(), style.bad()) };
    let _ = writeln!(
        out,
        "{sign} {} at {}: {} of {} written in {:.1} s; {}",
        paint(bold(), zone(&report.zone)),
        report.provider,
        thousands(there),
        count(total, "RRset"),
        report.took.as_secs_f64(),
        names.verdict(report, None, style)
    );
    for change in report.changes.iter().filter(|change| change.status.error().is_some()).take(SHOWN) {
        let ChangeReport { change, status } = change;
        let sign = paint(red().bold(), style.bad());
        let _ = writeln!(out, "  {sign} {} {} {}{}", change.name, change.rtype, word(status), place(change));
    }
    problems(out, report, style);
}

/// What became of a change, in one or two words.
pub(super) fn word(status: &Status) -> &'static str {
    match status {
        Status::Written => "written",
        Status::Already => "there",
        Status::Refused(_) => "refused",
        Status::Unknown(_) => "unknown",
        Status::NotTried | Status::NotWritten(_) => "not written",
    }
}

/// Everything of a zone that went wrong, but for the one error that is told at the end.
pub(super) fn problems(out: &mut String, report: &ZoneReport, style: Style) {
    let creation = match &report.creation {
        Some(Status::Unknown(_)) => Some("nobody knows whether the zone was created"),
        Some(status) if !status.is_there() => Some("the zone was not created"),
        _ => None,
    };
    if let Some(what) = creation {
        let _ = writeln!(out, "  {} {what}", paint(red().bold(), style.bad()));
    }
    stale::items(out, &report.conflicts, style);
    if let Some(error) = &report.unfinished {
        let _ = writeln!(out, "  {} {error}", paint(yellow(), style.severity(Severity::Warning)));
    }
    let Verification::Asked { servers, no_route, .. } = &report.verification else { return };
    for asked in servers.iter().filter(|asked| !asked.is_good()) {
        let address = asked.address.map(|address| format!(" ({address})")).unwrap_or_default();
        let what = match &asked.error {
            Some(error) => error.clone(),
            None => format!("{} not as planned", count(asked.bad.len(), "RRset")),
        };
        let _ = writeln!(out, "  {} {}{address}: {what}", paint(red().bold(), style.bad()), asked.name);
        if asked.error.is_none() {
            for line in said(asked) {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
    for address in no_route.iter().take(SHOWN) {
        let _ = writeln!(out, "  {address} not asked: this machine knows no way to it");
    }
    let mut unasked: BTreeMap<Unasked, usize> = BTreeMap::new();
    for why in report.verification.unasked().into_values() {
        *unasked.entry(why).or_default() += 1;
    }
    for (why, number) in unasked {
        let _ = writeln!(out, "  {} not checked: {}", count(number, "RRset"), why.reason());
    }
}

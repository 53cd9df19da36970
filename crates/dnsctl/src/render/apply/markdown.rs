//! What became of a plan, in Markdown for a pull request or the summary of a pipeline.

use super::Ended;
use super::closing::{again, still};
use super::servers::{Names, agreement, failing, said};
use super::zone::word;
use crate::render::markdown::safe::{cell, code, escape};
use crate::render::style::Style;
use crate::render::words::{count, thousands, zone};
use dnsctl_plan::Action;
use dnsctl_reconcile::apply::file::Verdict;
use dnsctl_reconcile::apply::{ChangeReport, Report, Stale, StaleKind, Status, ZoneReport};
use dnsctl_reconcile::verify::{Unasked, Verification};
use dnsctl_zone::RRset;
use std::fmt::Write as _;

/// So many rows are written, those that need a look first; the others are counted.
const ROWS: usize = 200;

/// The document. The caller drops what is meant for terminals.
pub(crate) fn text(ended: Ended<'_>) -> String {
    let Ended { plan, report, took, .. } = ended;
    let style = Style { ascii: false, width: 100 };
    let plain = |text: &str| anstream::adapter::strip_str(text).to_string();
    let (sign, verdict) = words(Verdict::of(report));
    let total = ended.total();
    let there = report.count(Status::is_there);
    let unknown = report.count(Status::is_unknown);
    // For programs, such as one that looks for an earlier comment.
    let mut out = "<!-- dnsctl:apply v1 -->\n".to_owned();
    let _ = writeln!(out, "### {sign} {verdict}: {} of {}\n", thousands(there), count(total, "RRset"));
    let _ = writeln!(
        out,
        "{} written, {} there before, {} not written, {} unknown, in {:.1} s. Plan {}.\n",
        thousands(report.count(|status| *status == Status::Written)),
        thousands(report.count(|status| *status == Status::Already)),
        thousands(total - there - unknown),
        thousands(unknown),
        took.as_secs_f64(),
        code(&plan.id)
    );
    if report.is_complete() {
        let _ = writeln!(out, "{}\n", escape(&plain(&agreement(report, style))));
        if let Some((command, what)) = again(ended) {
            let _ = writeln!(out, "Next: {} ({what})\n", code(&command));
        }
        unserved(&mut out, report);
    } else if report.is_touched() {
        let _ = writeln!(out, "{}\n", escape(&still(report)));
    }
    if let Some(error) = report.error() {
        let _ = writeln!(out, "**Error:** {}\n", escape(&error.to_string()));
    }
    let found: Vec<&Stale> = report.stale.iter().chain(report.conflicts()).collect();
    stale(&mut out, &found);
    let names = Names::of(report);
    let mut rows: Vec<(&ZoneReport, &ChangeReport)> =
        report.zones.iter().flat_map(|zone| zone.changes.iter().map(move |change| (zone, change))).collect();
    // What needs a look is never cut before what went well.
    rows.sort_by_key(|(zone, change)| change.status.is_there() && !zone.verification.is_failure());
    if !rows.is_empty() {
        out.push_str(
            "| | Type | Name | Provider | Became | Name servers |\n| --- | --- | --- | --- | --- | --- |\n",
        );
    }
    for (zone, ChangeReport { change, status }) in rows.iter().take(ROWS) {
        let action = match change.action() {
            Action::Create => "+",
            Action::Update => "~",
            Action::Delete => "-",
        };
        let servers = match &zone.verification {
            _ if !status.is_there() => String::new(),
            Verification::NotChecked(why) => escape(&format!("not checked: {why}")),
            _ if unasked(zone, change.number).is_some() => {
                let why = unasked(zone, change.number).map_or("", Unasked::reason);
                escape(&format!("not checked: {why}"))
            }
            _ => plain(&names.verdict(zone, Some(change.number), style)).replace('|', "\\|"),
        };
        let _ = writeln!(
            out,
            "| `{action}` | {} | {} | {} | {} | {servers} |",
            cell(&change.rtype.to_string()),
            cell(&self::zone(&change.name)),
            cell(&zone.provider),
            word(status)
        );
    }
    let more = rows.len().saturating_sub(ROWS);
    if more > 0 {
        let _ = writeln!(out, "\n… and {} more.", thousands(more));
    }
    out
}

fn words(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Applied => ("✔", "Applied"),
        Verdict::NotChecked => ("▲", "Written, not checked at name servers"),
        Verdict::NothingToDo => ("✔", "Nothing to do, applied already"),
        Verdict::NotProved => ("✖", "Written, not proved to be served"),
        Verdict::Partial => ("✖", "Partly applied"),
        Verdict::NotWritten => ("✖", "Not applied"),
        Verdict::Stale => ("✖", "Stale, nothing was written"),
    }
}

/// What each server said that does not serve what was written.
fn unserved(out: &mut String, report: &Report) {
    let failing: Vec<_> = failing(report).collect();
    if failing.is_empty() {
        return;
    }
    out.push_str("| Name server | Zone | Says |\n| --- | --- | --- |\n");
    for (zone, asked) in failing.iter().take(ROWS) {
        let address = asked.address.map(|address| format!(" ({address})")).unwrap_or_default();
        let said: Vec<String> = said(asked).iter().map(|line| cell(line)).collect();
        let server = cell(&format!("{}{address}", asked.name));
        let _ = writeln!(out, "| {server} | {} | {} |", cell(&self::zone(&zone.zone)), said.join("<br>"));
    }
    let more = failing.len().saturating_sub(ROWS);
    if more > 0 {
        let _ = writeln!(out, "\n… and {} more.", thousands(more));
    }
    out.push('\n');
}

fn unasked(zone: &ZoneReport, number: u32) -> Option<Unasked> {
    zone.verification.unasked().remove(&number)
}

fn stale(out: &mut String, stale: &[&Stale]) {
    if stale.is_empty() {
        return;
    }
    out.push_str("| Not as planned | Planned from | Live now |\n| --- | --- | --- |\n");
    for found in stale.iter().take(ROWS) {
        if let Some(finding) = &found.objection {
            let at = match &found.change {
                Some(change) => format!("{} {}", change.rtype, zone(&change.name)),
                None => format!("zone {}", zone(&found.zone)),
            };
            let _ = writeln!(out, "| {} | {} | {} |", cell(&at), cell(finding.rule), cell(&finding.message));
            continue;
        }
        let (what, before) = match (&found.change, found.kind) {
            (Some(change), _) => (format!("{} {}", change.rtype, zone(&change.name)), change.before.as_ref()),
            (None, StaleKind::ZoneGone) => (format!("zone {} is gone", zone(&found.zone)), None),
            (None, _) => (format!("zone {} was created", zone(&found.zone)), None),
        };
        let _ = writeln!(out, "| {} | {} | {} |", cell(&what), values(before), values(found.live.as_ref()));
    }
    let more = stale.len().saturating_sub(ROWS);
    if more > 0 {
        let _ = writeln!(out, "\n… and {} more.", thousands(more));
    }
    out.push('\n');
}

fn values(rrset: Option<&RRset>) -> String {
    let Some(rrset) = rrset else { return "nothing".to_owned() };
    let shown = rrset.values().iter().take(5).map(|value| cell(&value.to_string()));
    let more = rrset.values().len().saturating_sub(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {}{more}", rrset.ttl, shown.collect::<Vec<_>>().join(", "))
}

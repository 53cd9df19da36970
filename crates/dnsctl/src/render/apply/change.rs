//! A line for each change.

use super::servers::Names;
use super::zone::{problems, word};
use crate::render::style::{Style, bold, green, paint, red};
use crate::render::words::{self, zone};
use dnsctl_plan::Change;
use dnsctl_reconcile::apply::{ChangeReport, Status, ZoneReport};
use dnsctl_reconcile::verify::Verification;
use dnsctl_zone::{Name, RRset};
use std::fmt::Write as _;

/// The widest that names and values may be.
const WIDEST: usize = 48;
/// The least.
const LEAST: usize = 16;
/// The columns of all else, more or less.
const REST: usize = 52;
/// On terminals that are not even so wide, what servers say has a line of its own where it is needed.
const NARROW: usize = 80;

/// How wide names and values may be.
fn widest(style: Style) -> usize {
    style.width.saturating_sub(REST).clamp(LEAST, WIDEST)
}

/// The lines of a zone: its changes, and what went wrong.
pub(super) fn lines(out: &mut String, report: &ZoneReport, names: &Names<'_>, heading: bool, style: Style) {
    if heading {
        let _ = writeln!(out, "{} at {}", paint(bold(), zone(&report.zone)), report.provider);
    }
    let rows: Vec<Row> = report.changes.iter().map(|change| Row::of(change, &report.zone, style)).collect();
    let width =
        |cell: fn(&Row) -> &str| rows.iter().map(|row| cell(row).chars().count()).max().unwrap_or_default();
    let widths = [
        width(|row| &row.number),
        width(|row| &row.rtype).max(4),
        width(|row| &row.name).min(widest(style)),
        width(|row| &row.values),
    ];
    for (row, change) in rows.iter().zip(&report.changes) {
        let said = match &change.status {
            status if !status.is_there() => place(&change.change),
            _ if matches!(report.verification, Verification::NotChecked(_)) => String::new(),
            _ => format!("  {}", names.verdict(report, Some(change.change.number), style)),
        };
        row.write(out, widths, &change.status, &said, style);
    }
    // Said once, not line by line; of a zone that is not complete it goes without saying.
    if report.is_complete()
        && (report.changes.is_empty() || matches!(report.verification, Verification::NotChecked(_)))
    {
        let _ = writeln!(out, "  {}", names.verdict(report, None, style));
    }
    problems(out, report, style);
}

/// The line in the file that wants it.
pub(super) fn place(change: &Change) -> String {
    change.source.as_ref().map(|source| format!("  ({source})")).unwrap_or_default()
}

struct Row {
    number: String,
    sign: String,
    rtype: String,
    name: String,
    values: String,
}

impl Row {
    fn of(report: &ChangeReport, apex: &Name, style: Style) -> Self {
        let change = &report.change;
        let action = change.action();
        Self {
            number: change.number.to_string(),
            sign: paint(Style::action_color(action), Style::action(action)),
            rtype: change.rtype.to_string(),
            name: change.name.relative_to(apex),
            values: cut(&values(change, apex, style), style),
        }
    }

    fn write(
        &self,
        out: &mut String,
        [number, rtype, name, values]: [usize; 4],
        status: &Status,
        said: &str,
        style: Style,
    ) {
        let color = if status.is_there() { green() } else { red().bold() };
        // A long name takes the room from its values.
        let values = values.saturating_sub(self.name.chars().count().saturating_sub(name));
        let mut line = format!(
            "{:>number$} {} {:<rtype$} {:<name$}  {:<values$}  {}",
            self.number,
            self.sign,
            self.rtype,
            self.name,
            self.values,
            paint(color, word(status)),
        );
        let long = anstream::adapter::strip_str(&format!("{line}{said}")).to_string().chars().count();
        if style.width < NARROW && long > style.width && !said.is_empty() {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(number + 1);
        }
        line.push_str(said);
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// What changes, in a few words.
fn values(change: &Change, apex: &Name, style: Style) -> String {
    let arrow = style.arrow();
    match (&change.before, &change.after) {
        // Written earlier, and asked for again.
        (Some(before), Some(after)) if before == after => summary(after, apex),
        (Some(before), Some(after)) if change.only_ttl() => {
            format!("TTL {} {arrow} {}", before.ttl, after.ttl)
        }
        (Some(before), Some(after)) if before.values().len() == 1 && after.values().len() == 1 => {
            let (old, new) = (summary(before, apex), summary(after, apex));
            let both = format!("{old} {arrow} {new}");
            // The new one is what matters now.
            if both.chars().count() <= widest(style) { both } else { format!("{arrow} {new}") }
        }
        (_, Some(rrset)) | (Some(rrset), None) => summary(rrset, apex),
        (None, None) => String::new(),
    }
}

fn summary(rrset: &RRset, apex: &Name) -> String {
    match rrset.values() {
        [] => String::new(),
        [one] => words::rdata(one, apex),
        [first, rest @ ..] => format!("{} and {} more", words::rdata(first, apex), rest.len()),
    }
}

fn cut(text: &str, style: Style) -> String {
    let widest = widest(style);
    if text.chars().count() <= widest {
        return text.to_owned();
    }
    let dots = style.ellipsis();
    let room = widest - dots.chars().count();
    text.chars().take(room).chain(dots.chars()).collect()
}

//! What a plan has to do with other zones: those that it was judged with, and those that are written first.

use super::markdown::safe::escape;
use super::style::{Style, wrap};
use super::words::{count, listed, zone};
use dnsctl_plan::{Plan, ZonePlan};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// So many names are told.
const TOLD: usize = 5;
/// Where the text of a line with a title begins.
const INDENT: usize = 9;

/// What a plan of some zones was judged with beside them.
fn parts(plan: &Plan) -> Vec<String> {
    let Some(beyond) = &plan.beyond else { return Vec::new() };
    let mut parts = Vec::new();
    if !beyond.read.is_empty() {
        let names = listed(beyond.read.iter().map(|key| zone(&key.zone)), TOLD);
        parts.push(format!(
            "judged with {names} as now at the provider: the changes lead there, or it leads to them"
        ));
    }
    if beyond.by_files > 0 {
        let zones = count(beyond.by_files, "other zone");
        parts.push(format!(
            "{zones} judged by files only: nothing in them leads here; what they have at the provider was not read"
        ));
    }
    parts
}

/// The lines for a terminal.
pub(crate) fn text(out: &mut String, plan: &Plan, style: Style) {
    let mut title = "Beyond";
    for line in parts(plan).iter().flat_map(|part| wrap(part, style.prose().saturating_sub(INDENT))) {
        let _ = writeln!(out, "{title:INDENT$}{line}");
        title = "";
    }
}

/// The zones that are written before this one: `infra.net, other.org`.
pub(crate) fn first(plan: &ZonePlan) -> Option<String> {
    let names: BTreeSet<String> = plan.waits_for.iter().map(|first| zone(&first.zone)).collect();
    (!names.is_empty()).then(|| listed(names.into_iter(), TOLD))
}

/// The same for a pull request.
pub(crate) fn markdown(out: &mut String, plan: &Plan) {
    let order = plan.zones.iter().filter_map(|plan| {
        let first = first(plan)?;
        Some(format!("- **{}** is written after {}", escape(&zone(&plan.zone)), escape(&first)))
    });
    let lines: Vec<String> =
        order.chain(parts(plan).iter().map(|part| format!("- {}", escape(part)))).collect();
    if !lines.is_empty() {
        let _ = writeln!(out, "\n**Other zones**\n\n{}", lines.join("\n"));
    }
}

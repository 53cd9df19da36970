//! The part of a plan that is about one zone at one provider.

use super::change::{self, Columns, Table};
use super::style::{Style, bold, dim, paint, red};
use super::verdict::{actions, by};
use super::words::{self, thousands};
use super::{beyond, effect};
use dnsctl_plan::{Action, Change, Finding, Phase, Severity, ZonePlan};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Above this many changes of little risk in one zone, they are counted instead of listed.
const FOLD_FROM: usize = 40;
/// How many of them are listed all the same.
const FOLD_SHOWN: usize = 10;
/// Above this many changes, those to look at come before the others. Fewer are shown in the order of writing.
const SORT_FROM: usize = 10;
/// So many findings of one rule are told in full, when there is much else to read.
const TOLD: usize = 20;

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Every change, and where its wish stands.
    Full,
    /// Changes of little risk are folded where there are many.
    Normal,
    /// Changes of little risk are only counted, repeated warnings only named.
    Brief,
}

/// How risky the plan of a zone is. The riskiest is read first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Risk {
    /// Nothing of this plan can be applied.
    Blocked,
    /// Something is deleted, or has a warning.
    Look,
    /// Nothing to look at.
    Calm,
}

impl Risk {
    /// The risk of a zone.
    pub(crate) fn of(zone: &ZonePlan) -> Self {
        let warns = |finding: &Finding| finding.severity >= Severity::Warning;
        if zone.is_blocked() {
            Self::Blocked
        } else if zone.findings.iter().any(warns)
            || zone.changes.iter().any(is_deletion)
            || effect::loses(zone)
        {
            Self::Look
        } else {
            Self::Calm
        }
    }

    /// The risk of a change.
    pub(crate) fn of_change(change: &Change, findings: &[&Finding]) -> Self {
        match findings.iter().map(|finding| finding.severity).max() {
            Some(Severity::Blocker | Severity::Error) => Self::Blocked,
            Some(Severity::Warning) => Self::Look,
            _ if is_deletion(change) => Self::Look,
            _ => Self::Calm,
        }
    }
}

/// Each change of a zone with what was found about it.
pub(crate) fn changes(zone: &ZonePlan) -> impl Iterator<Item = (&Change, Vec<&Finding>)> {
    let mut of: Vec<Vec<&Finding>> = vec![Vec::new(); zone.changes.len()];
    for finding in &zone.findings {
        if let Some(list) = finding.change.and_then(|index| of.get_mut(index)) {
            list.push(finding);
        }
    }
    zone.changes.iter().zip(of)
}

fn is_deletion(change: &Change) -> bool {
    change.action() == Action::Delete
}

/// Writes zones one after the other; knows what was told already.
pub(crate) struct Writer {
    /// How output looks.
    pub(crate) style: Style,
    /// How much is shown.
    pub(crate) detail: Detail,
    /// How often each rule was told.
    told: BTreeMap<&'static str, usize>,
}

impl Writer {
    /// Starts.
    pub(crate) fn new(style: Style, detail: Detail) -> Self {
        Self { style, detail, told: BTreeMap::new() }
    }

    /// Writes everything about a zone.
    pub(crate) fn zone(&mut self, out: &mut String, zone: &ZonePlan) {
        let style = self.style;
        heading(out, zone, style);
        // Zones that are blocked are read one by one, however many there are.
        let brief = self.detail == Detail::Brief && !zone.is_blocked();
        if !brief {
            let _ = writeln!(out, "{}", paint(dim(), style.rule()));
        }
        let detail = self.detail;
        let told = |finding: &&Finding| finding.severity > Severity::Note || detail == Detail::Full;
        for finding in zone.findings.iter().filter(|finding| finding.change.is_none()).filter(told) {
            change::finding(out, finding, 2, style, false);
            if let Some(source) = &finding.source {
                change::place(out, source, 4);
            }
        }
        self.changes(out, zone, brief);
        for kept in &zone.kept {
            let text = format!("{} {} ({})", kept.name.relative_to(&zone.zone), kept.rtype, kept.reason);
            let _ = writeln!(out, "{}", paint(dim(), format!("  kept: {}", words::one_line(&text))));
        }
        effect::zone(out, zone, style, detail);
        if !brief {
            if zone.changes.len() > 1 || !zone.waits_for.is_empty() {
                let _ = writeln!(out, "{}", order(zone));
            }
            out.push('\n');
        }
    }

    fn changes(&mut self, out: &mut String, zone: &ZonePlan, brief: bool) {
        let mut listed: Vec<(&Change, Vec<&Finding>)> = changes(zone).collect();
        let sorts = brief || listed.len() > SORT_FROM;
        // A stable sort: the order of writing holds among equals.
        listed.sort_by_key(|(change, findings)| match Risk::of_change(change, findings) {
            Risk::Look if !sorts => Risk::Calm,
            risk => risk,
        });
        let is_risky =
            |(change, findings): &&(&Change, Vec<&Finding>)| Risk::of_change(change, findings) < Risk::Calm;
        let risky = listed.iter().filter(is_risky).count();
        let calm = listed.len() - risky;
        let folded = match self.detail {
            Detail::Full => 0,
            _ if brief => calm,
            _ if calm > FOLD_FROM => calm - FOLD_SHOWN,
            _ => 0,
        };
        let folded = listed.split_off(listed.len() - folded);
        let table = Table {
            apex: &zone.zone,
            file: &zone.source.file,
            columns: Columns::of(listed.iter().map(|(change, _)| *change), &zone.zone, self.style),
            style: self.style,
            places: self.detail == Detail::Full,
        };
        for (change, findings) in &listed {
            let mut known = brief;
            for finding in findings {
                let told = self.told.entry(finding.rule).or_default();
                *told += 1;
                known &= *told > TOLD;
            }
            table.change(out, change, findings, known);
        }
        if !folded.is_empty() {
            let text = fold(folded.iter().map(|(change, _)| *change));
            let _ = writeln!(out, "  {} and {text} (--full lists them)", self.style.ellipsis());
        }
    }
}

/// The line of a zone: its name and what happens to it.
pub(crate) fn heading(out: &mut String, zone: &ZonePlan, style: Style) {
    let name = words::zone(&zone.zone);
    let provider = words::one_line(&zone.provider);
    let (right, painted) = if zone.is_blocked() {
        let text = by(zone.findings.iter());
        (text.clone(), paint(red().bold(), text))
    } else {
        let number = |action| zone.changes.iter().filter(|change| change.action() == action).count();
        let mut parts = actions(
            usize::from(zone.create),
            number(Action::Create),
            number(Action::Update),
            number(Action::Delete),
        );
        parts.extend(super::verdict::found(std::iter::once(zone)));
        (parts.join(", "), parts.join(", "))
    };
    let used = name.chars().count() + 2 + provider.chars().count() + right.chars().count();
    let gap = style.prose().saturating_sub(used).max(2);
    let _ = writeln!(out, "{}  {}{}{painted}", paint(bold(), name), paint(dim(), provider), " ".repeat(gap));
}

/// Changes by action and type: `12 A to create, 1 MX to update`.
pub(crate) fn fold<'a>(changes: impl Iterator<Item = &'a Change>) -> String {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for change in changes {
        let verb = match change.action() {
            Action::Create => "to create",
            Action::Update => "to update",
            Action::Delete => "to delete",
        };
        *counts.entry((verb, change.rtype.to_string())).or_default() += 1;
    }
    let part =
        |((verb, rtype), number): (&(&str, String), &usize)| format!("{} {rtype} {verb}", thousands(*number));
    counts.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// The types in the order of writing, those of one phase together.
fn order(zone: &ZonePlan) -> String {
    let mut steps: Vec<(Phase, Vec<String>)> = Vec::new();
    for change in &zone.changes {
        let (phase, rtype) = (change.phase(), change.rtype.to_string());
        match steps.last_mut() {
            Some((last, types)) if *last == phase => {
                if !types.contains(&rtype) {
                    types.push(rtype);
                }
            }
            _ => steps.push((phase, vec![rtype])),
        }
    }
    let shown = steps.iter().take(8).map(|(phase, types)| {
        let verb = if *phase >= Phase::PointerDeletions { "delete " } else { "" };
        let types = match types.split_last() {
            Some((last, rest @ [_, ..])) => format!("{} and {last}", rest.join(", ")),
            _ => types.concat(),
        };
        format!("{verb}{types}")
    });
    let more = if steps.len() > 8 { ", then more in turn" } else { "" };
    let first = beyond::first(zone).map_or_else(String::new, |first| format!("; after {first}"));
    format!("Order    {}{more}{first}", shown.collect::<Vec<_>>().join(", then "))
}

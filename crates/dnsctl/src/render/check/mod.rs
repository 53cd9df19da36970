//! What a check found: for a person, and for programs.

pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod sarif;

use super::style::{Style, green, paint, red, yellow};
use super::words::{count, one_line, thousands};
use crate::commands::check::{Checked, Told};
use dnsctl_checks::{Severity, Verdict};
use dnsctl_config::diagnostic::{Diagnostics, Files};
use dnsctl_zone::Source;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// So many findings of one rule in one zone are told where not everything is.
const TOLD: usize = 50;

/// What rules found, each with its source line, then the numbers. What the reader of the files found is shown elsewhere.
pub(crate) fn text(checked: &Checked, files: &Files, style: Style, full: bool) -> String {
    let mut found = Diagnostics::default();
    let mut more = String::new();
    for zone in &checked.zones {
        let mut told: BTreeMap<&str, usize> = BTreeMap::new();
        let shown = |told: &&Told| full || (told.weight >= Severity::Warning && told.acknowledged.is_none());
        for finding in zone.told.iter().filter(shown) {
            let number = told.entry(finding.rule).or_default();
            *number = number.saturating_add(1);
            if full || *number <= TOLD {
                found.push(finding.diagnostic());
            }
        }
        for (rule, left) in told.into_iter().map(|(rule, number)| (rule, number.saturating_sub(TOLD))) {
            if left > 0 && !full {
                let (left, zone) = (thousands(left), zone.name.without_dot());
                let _ = writeln!(more, "and {left} more of {rule} in {zone}: --full shows them");
            }
        }
    }
    let mut out = if style.ascii { found.render_ascii(files, true) } else { found.render(files, true) };
    if !more.is_empty() {
        more.push('\n');
    }
    out.push_str(&more);
    if full {
        untested(&mut out, checked);
    }
    out.push_str(&verdict(checked, style, full));
    style.finish(out)
}

fn untested(out: &mut String, checked: &Checked) {
    for zone in &checked.zones {
        for (rule, verdict) in &zone.results {
            if let Verdict::Untested(why) = verdict {
                let _ = writeln!(out, "untested[{rule}]: {}: {}", zone.name.without_dot(), one_line(why));
            }
        }
    }
    if out.lines().last().is_some_and(|line| line.starts_with("untested[")) {
        out.push('\n');
    }
}

fn verdict(checked: &Checked, style: Style, full: bool) -> String {
    let number = |weight| checked.count(weight);
    let what = match checked.files {
        0 => "Zones were not checked".to_owned(),
        zones => format!("{}, {}", count(zones, "zone"), count(checked.rrsets, "RRset")),
    };
    let (critical, errors, warnings) =
        (number(Severity::Critical), number(Severity::Error), number(Severity::Warning));
    let mut parts = vec![count(errors, "error"), count(warnings, "warning")];
    if critical > 0 {
        parts.insert(0, format!("{critical} critical"));
    }
    let notes = number(Severity::Note) + number(Severity::Info);
    let acknowledged = checked.all().filter(|told| told.acknowledged.is_some()).count();
    let more: Vec<String> = [(notes, "note"), (acknowledged, "acknowledged finding")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| count(number, word))
        .collect();
    let more = match more.as_slice() {
        [] => String::new(),
        more if full => format!(", {}", more.join(", ")),
        more => format!(" (and {}: --full shows them)", more.join(", ")),
    };
    let (color, sign) = match (critical + errors, warnings) {
        (0, 0) => (green(), style.good()),
        (0, _) => (yellow(), style.severity(dnsctl_plan::Severity::Warning)),
        _ => (red().bold(), style.bad()),
    };
    format!("{} {what}: {}{more}.\n", paint(color, sign), parts.join(", "))
}

/// The page of a rule's group, where it is explained.
fn rule_words(id: &str) -> Option<&'static dnsctl_zone::Rule> {
    dnsctl_checks::find(id)
        .map(|check| &check.rule)
        .or_else(|| dnsctl_plan::catalogue::rules().find(|rule| rule.id == id))
}

/// What to say of a finding in one paragraph.
fn paragraph(told: &Told) -> String {
    let fix = told.fix.as_ref().map(|fix| format!(" Fix: {fix}")).unwrap_or_default();
    let end = if told.message.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{end}{fix}", told.message)
}

/// The place of a finding; the first line of its file where only that is known.
fn place(told: &Told) -> Option<&Source> {
    told.source.as_ref()
}

/// What stays the same when lines move: rule, place by name, and words.
fn fingerprint(told: &Told) -> String {
    let file = told.source.as_ref().map_or("", |source| &*source.file);
    let at = told.at.as_ref().map_or_else(String::new, |(name, rtype)| {
        format!("{name} {}", rtype.map(|rtype| rtype.to_string()).unwrap_or_default())
    });
    let text = [told.rule, file, at.as_str(), told.message.as_str()].join("\n");
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    dnsctl_plan::hex_digest(digest.as_ref()).replace("sha256:", "")
}

/// Fingerprints that are there once: equal findings are counted through, in their order.
#[derive(Debug, Default)]
struct Fingerprints(BTreeMap<String, usize>);

impl Fingerprints {
    fn of(&mut self, told: &Told) -> String {
        let print = fingerprint(told);
        let number = self.0.entry(print.clone()).or_default();
        *number = number.saturating_add(1);
        if *number > 1 { format!("{print}-{number}") } else { print }
    }
}

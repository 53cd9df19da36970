//! A plan as Markdown, for a comment on a pull request.

mod diff;
pub(crate) mod safe;
mod table;

use super::unread;
use super::verdict::Verdict;
use super::words::{count, thousands, zone};
use super::zone::Risk;
use super::{beyond, effect};
use dnsctl_plan::{Action, Change, Finding, Plan, Severity, ZonePlan};
use safe::{code, escape};
use std::fmt::Write as _;

/// GitHub refuses a comment of more than 65,536 characters.
const LIMIT: usize = 60_000;

/// How much of a plan is written. Each step leaves out more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// Everything.
    All,
    /// The diff without the values that stay.
    Changed,
    /// Creations of little risk are only counted.
    Folded,
    /// No diff; updates of little risk are only counted too.
    Risky,
    /// Blockers, deletions and numbers.
    Least,
    /// Blockers in short, deletions by name.
    Names,
}

impl Detail {
    const ALL: [Self; 6] = [Self::All, Self::Changed, Self::Folded, Self::Risky, Self::Least, Self::Names];

    /// Whether a change is listed by itself.
    fn lists(self, change: &Change, findings: &[&Finding]) -> bool {
        let is_risky = Risk::of_change(change, findings) < Risk::Calm;
        match self {
            Self::All | Self::Changed => true,
            Self::Folded => change.action() != Action::Create || is_risky,
            Self::Risky => is_risky,
            Self::Least | Self::Names => change.action() == Action::Delete,
        }
    }
}

/// A plan as Markdown.
pub(crate) struct Markdown {
    /// The text, of at most 60,000 characters.
    pub(crate) text: String,
    /// Whether all that must not be left out is in it: blockers and deletions.
    pub(crate) complete: bool,
}

/// The text: as much as fits. Blockers, deletions and the digest always stay; where even they do not fit, the text says so.
pub(crate) fn text(plan: &Plan) -> Markdown {
    let fits = |text: &String| text.chars().count() <= LIMIT;
    let mut texts = Detail::ALL.into_iter().map(|detail| write(plan, detail));
    match texts.find(fits) {
        Some(text) => Markdown { text, complete: true },
        None => Markdown { text: too_large(plan), complete: false },
    }
}

fn write(plan: &Plan, detail: Detail) -> String {
    let mut out = head(plan);
    let summary = plan.summary();
    blockers(&mut out, plan, detail);
    if detail == Detail::Names {
        table::names(&mut out, plan);
    } else if plan.has_changes() {
        table::write(&mut out, plan, detail);
    }
    if detail < Detail::Risky {
        effect::markdown(&mut out, plan);
        beyond::markdown(&mut out, plan);
    } else if let Some(sum) = effect::sum(plan) {
        let _ = writeln!(
            out,
            "\n**Mail** {sum}. What each change does to it is left out here: see the text of the plan."
        );
    }
    if summary.settles_after.seconds() > 0 {
        let _ = writeln!(out, "\n**Settles:** {} after apply.", summary.settles_after.spoken());
    }
    if detail < Detail::Risky {
        diff::write(&mut out, plan, detail);
    }
    if detail < Detail::Least {
        warnings(&mut out, plan);
    } else {
        let warn = |finding: &&dnsctl_plan::Finding| finding.severity == dnsctl_plan::Severity::Warning;
        let number = plan.zones.iter().flat_map(|zone| &zone.findings).filter(warn).count();
        if number > 0 {
            let _ =
                writeln!(out, "\n▲ {} left out here: see the text of the plan.", count(number, "warning"));
        }
    }
    foot(&mut out, plan);
    out
}

/// The digest, for programs, and the verdict.
fn head(plan: &Plan) -> String {
    let verdict = Verdict::of(plan);
    let sign = if verdict.good { "✅" } else { "❌" };
    format!(
        "<!-- dnsctl:plan v1 digest={} -->\n## DNS plan {sign} {}\n\n",
        plan.digest,
        escape(&verdict.text)
    )
}

fn foot(out: &mut String, plan: &Plan) {
    if !plan.has_changes() {
        return;
    }
    let summary = plan.summary();
    let _ = writeln!(
        out,
        "\nPlan `{}`, valid until {}; {} unchanged, {} left alone. Digest `{}`",
        plan.id,
        plan.expires_at.strftime("%Y-%m-%d %H:%M UTC"),
        thousands(summary.unchanged),
        thousands(summary.ignored),
        plan.digest
    );
}

/// What remains when even blockers and deletions are too much for one comment.
fn too_large(plan: &Plan) -> String {
    let summary = plan.summary();
    let mut out = head(plan);
    let _ = writeln!(
        out,
        "> [!CAUTION]\n> This plan is too large for a comment: {} and {} are **not shown here**. \
         Split the change, or read the plan itself (`--report json=PATH`).",
        count(summary.blockers + plan.unread.len(), "blocker"),
        count(summary.delete, "deletion"),
    );
    foot(&mut out, plan);
    out
}

fn blockers(out: &mut String, plan: &Plan, detail: Detail) {
    let of = |zone: &ZonePlan| -> Vec<String> {
        let blocks = zone.findings.iter().filter(|finding| finding.severity >= Severity::Error);
        blocks.map(|finding| blocker(zone, finding, detail)).collect()
    };
    let mut lines: Vec<String> = plan.zones.iter().flat_map(of).collect();
    lines.extend(unread::groups(plan).into_iter().map(|group| {
        let hint = group.hint.map(|hint| format!(" **Next:** {}", escape(hint))).unwrap_or_default();
        let most = if detail == Detail::Names { 3 } else { usize::MAX };
        format!(
            "> - could not read {} at {}: {}{hint}",
            escape(&super::words::listed(group.zones.iter().map(|apex| zone(apex)), most)),
            code(group.provider),
            escape(group.reason)
        )
    }));
    if !lines.is_empty() {
        let _ = writeln!(out, "> [!CAUTION]\n{}\n", lines.join("\n"));
    }
}

fn blocker(plan: &ZonePlan, finding: &Finding, detail: Detail) -> String {
    let what = code(&subject(plan, finding));
    if detail == Detail::Names {
        return format!("> - {} {what}", finding.rule);
    }
    let fix = finding.fix.as_deref().filter(|_| detail < Detail::Least);
    let fix = fix.map(|fix| format!(" **Fix:** {}", escape(fix))).unwrap_or_default();
    format!("> - `{}` {what}: {}{}{fix}", finding.rule, escape(&finding.message), place(plan, finding))
}

fn warnings(out: &mut String, plan: &Plan) {
    let of = |plan: &ZonePlan| -> Vec<String> {
        let found = plan.findings.iter().filter(|finding| finding.severity == Severity::Warning);
        let entry = |finding: &Finding| {
            let what = code(&subject(plan, finding));
            format!("- `{}` {what}: {}{}", finding.rule, escape(&finding.message), place(plan, finding))
        };
        found.map(entry).collect()
    };
    let lines: Vec<String> = plan.zones.iter().flat_map(of).collect();
    if !lines.is_empty() {
        let title = count(lines.len(), "warning");
        let _ = writeln!(out, "<details><summary>{title}</summary>\n\n{}\n</details>", lines.join("\n"));
    }
}

/// What a finding is about.
fn subject(plan: &ZonePlan, finding: &Finding) -> String {
    match finding.change.and_then(|index| plan.changes.get(index)) {
        Some(change) => format!("{} {}", change.name.without_dot(), change.rtype),
        None => zone(&plan.zone),
    }
}

/// Where to look in the files.
fn place(plan: &ZonePlan, finding: &Finding) -> String {
    let change = finding.change.and_then(|index| plan.changes.get(index));
    let source = finding.source.as_ref().or(change.and_then(|change| change.source.as_ref()));
    let text = source.map_or_else(|| plan.source.file.to_string(), ToString::to_string);
    format!(" ({})", code(&text))
}

#[cfg(test)]
mod tests;

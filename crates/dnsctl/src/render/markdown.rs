//! A plan as Markdown, for a comment on a pull request.

use super::words::{count, joined, rdata, thousands, zone};
use dnsctl_plan::{Action, Change, Finding, Plan, Severity, ZonePlan};
use dnsctl_zone::{Name, RRset, RecordType};
use std::fmt::Write as _;

/// GitHub refuses a comment of more than 65,536 characters.
const LIMIT: usize = 60_000;

/// How much of a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// Everything.
    All,
    /// Creations of little risk are only counted in the table.
    Folded,
    /// No diff; updates of little risk are only counted too.
    Risky,
    /// Blockers, deletions and numbers.
    Least,
}

/// The text: as much as fits. Blockers, deletions and the digest always stay; `None` when even they do not fit.
pub(crate) fn text(plan: &Plan) -> Option<String> {
    let details = [Detail::All, Detail::Folded, Detail::Risky, Detail::Least];
    details.into_iter().map(|detail| write(plan, detail)).find(|text| text.chars().count() <= LIMIT)
}

fn write(plan: &Plan, detail: Detail) -> String {
    let mut out = format!("<!-- dnsctl:plan v1 digest={} -->\n", plan.digest);
    let summary = plan.summary();
    if !plan.has_changes() && plan.is_applicable() {
        let _ = writeln!(out, "DNS plan: no changes. {} RRsets match.", thousands(summary.unchanged));
        return out;
    }
    let _ = writeln!(out, "## DNS plan: {}\n", verdict(plan));
    blockers(&mut out, plan);
    table(&mut out, plan, detail);
    if summary.settles_after.seconds() > 0 {
        let _ = writeln!(out, "\n**Settles:** {} after apply.", summary.settles_after.spoken());
    }
    if matches!(detail, Detail::All | Detail::Folded) {
        diff(&mut out, plan, detail);
    }
    if detail != Detail::Least {
        warnings(&mut out, plan);
    }
    let _ = writeln!(
        out,
        "\nPlan `{}`, valid until {}; {} unchanged, {} left alone.",
        plan.id,
        plan.expires_at.strftime("%Y-%m-%d %H:%M UTC"),
        thousands(summary.unchanged),
        thousands(summary.ignored)
    );
    out
}

fn verdict(plan: &Plan) -> String {
    let summary = plan.summary();
    if plan.is_blocked() {
        return format!("BLOCKED by {}", count(summary.blockers, "finding"));
    }
    if !plan.unread.is_empty() {
        return format!("incomplete, {} could not be read", count(plan.unread.len(), "zone"));
    }
    let parts = [
        (summary.zones_to_create, "new zone"),
        (summary.create, "create"),
        (summary.update, "update"),
        (summary.delete, "delete"),
        (summary.warnings, "warning"),
    ];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| count(*n, word)).collect();
    format!("{}. Can be applied.", parts.join(", "))
}

fn blockers(out: &mut String, plan: &Plan) {
    let of = |zone: &ZonePlan| -> Vec<String> {
        let blocks = zone.findings.iter().filter(|finding| finding.severity == Severity::Blocker);
        blocks.map(|finding| line(zone, finding)).collect()
    };
    let mut lines: Vec<String> = plan.zones.iter().flat_map(of).collect();
    lines.extend(plan.unread.iter().map(|unread| {
        format!(
            "> - {} at {}: {}",
            code(&zone(&unread.zone)),
            code(&unread.provider),
            escape(&unread.message)
        )
    }));
    if !lines.is_empty() {
        let _ = writeln!(out, "> [!CAUTION]\n{}\n", lines.join("\n"));
    }
}

fn line(plan: &ZonePlan, finding: &Finding) -> String {
    let change = finding.change.and_then(|index| plan.changes.get(index));
    let what = change
        .map_or_else(|| code(&zone(&plan.zone)), |change| code(&format!("{} {}", change.name, change.rtype)));
    let fix = finding.fix.as_deref().map(|fix| format!(" **Fix:** {}", escape(fix))).unwrap_or_default();
    format!("> - `{}` {what}: {}{fix}", finding.rule, escape(&finding.message))
}

fn is_risky(plan: &ZonePlan, index: usize, change: &Change) -> bool {
    change.action() == Action::Delete
        || plan
            .findings
            .iter()
            .any(|finding| finding.change == Some(index) && finding.severity >= Severity::Warning)
}

/// Whether a change is listed by itself.
fn is_listed(plan: &ZonePlan, index: usize, change: &Change, detail: Detail) -> bool {
    match detail {
        Detail::All => true,
        Detail::Folded => change.action() != Action::Create || is_risky(plan, index, change),
        Detail::Risky => is_risky(plan, index, change),
        Detail::Least => change.action() == Action::Delete,
    }
}

fn table(out: &mut String, plan: &Plan, detail: Detail) {
    let _ = writeln!(out, "| | Name | Type | Change | Note |\n|:-:|---|---|---|---|");
    let several =
        plan.zones.iter().map(|zone| &zone.provider).collect::<std::collections::BTreeSet<_>>().len() > 1;
    let mut hidden = 0;
    for zone in &plan.zones {
        for (index, change) in zone.changes.iter().enumerate() {
            if !is_listed(zone, index, change, detail) {
                hidden += 1;
                continue;
            }
            let sign = match change.action() {
                Action::Create => "+",
                Action::Update => "~",
                Action::Delete => "-",
            };
            let name = code(&change.name.without_dot());
            let at = if several { format!(" at {}", code(&zone.provider)) } else { String::new() };
            let note = note(zone, index);
            let _ = writeln!(
                out,
                "| {sign} | {name}{at} | {} | {} | {note} |",
                change.rtype,
                cell(change, &zone.zone)
            );
        }
    }
    if hidden > 0 {
        let _ = writeln!(out, "| | | | and {} without warnings | |", count(hidden, "more change"));
    }
}

fn note(plan: &ZonePlan, index: usize) -> String {
    let of = plan.findings.iter().filter(|finding| finding.change == Some(index));
    let sign = |severity| match severity {
        Severity::Blocker | Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Note => "ℹ️",
    };
    of.map(|finding| format!("{} {}", sign(finding.severity), finding.rule)).collect::<Vec<_>>().join("<br>")
}

fn values(rrset: &RRset, apex: &Name) -> Vec<String> {
    let text = |value| match rrset.rtype {
        RecordType::TXT | RecordType::SPF => joined(value),
        _ => rdata(value, apex),
    };
    rrset.values().iter().map(text).collect()
}

fn cell(change: &Change, apex: &Name) -> String {
    let short = |rrset: &RRset| {
        let values = values(rrset, apex);
        let shown: Vec<String> = values.iter().take(3).map(|value| code(&cut(value, 80))).collect();
        let more = values.len().saturating_sub(shown.len());
        if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
    };
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if after.same_values(before) => {
            format!("TTL {} → {}", before.ttl, after.ttl)
        }
        (Some(before), Some(after)) => format!("{} → {}", short(before), short(after)),
        (None, Some(rrset)) | (Some(rrset), None) => short(rrset),
        (None, None) => String::new(),
    }
}

fn diff(out: &mut String, plan: &Plan, detail: Detail) {
    let _ = writeln!(out, "\n<details><summary>Diff</summary>\n\n```diff");
    for plan in plan.zones.iter().filter(|plan| !plan.changes.is_empty()) {
        let _ = writeln!(out, "  {} ({})", zone(&plan.zone), plan.provider);
        for (index, change) in plan.changes.iter().enumerate() {
            if !is_listed(plan, index, change, detail) {
                continue;
            }
            for (sign, side) in [('-', &change.before), ('+', &change.after)] {
                for value in side.iter().flat_map(dnsctl_zone::RRset::values) {
                    let ttl = side.as_ref().map_or(0, |rrset| rrset.ttl.seconds());
                    let text = format!(
                        "{sign} {} {ttl} {} {value}",
                        change.name.relative_to(&plan.zone),
                        change.rtype
                    );
                    // A fence of three backticks must not end inside.
                    let _ = writeln!(out, "{}", text.replace("```", "``\u{200b}`"));
                }
            }
        }
    }
    let _ = writeln!(out, "```\n</details>");
}

fn warnings(out: &mut String, plan: &Plan) {
    let of = |plan: &ZonePlan| -> Vec<String> {
        let found = plan.findings.iter().filter(|finding| finding.severity == Severity::Warning);
        let entry = |finding: &Finding| {
            let change = finding.change.and_then(|index| plan.changes.get(index));
            let what =
                change.map_or_else(|| zone(&plan.zone), |change| format!("{} {}", change.name, change.rtype));
            let source = change.and_then(|change| change.source.as_ref());
            let place = source.map(|source| format!(" ({})", code(&source.to_string()))).unwrap_or_default();
            format!("- `{}` {}: {}{place}", finding.rule, code(&what), escape(&finding.message))
        };
        found.map(entry).collect()
    };
    let lines: Vec<String> = plan.zones.iter().flat_map(of).collect();
    if !lines.is_empty() {
        let title = count(lines.len(), "warning");
        let _ = writeln!(out, "<details><summary>{title}</summary>\n\n{}\n</details>", lines.join("\n"));
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    format!("{start}…")
}

/// A code span that a table cell can hold and that mentions nobody.
fn code(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // Inside a table a pipe ends the cell even in code, so it is escaped; a backtick asks for longer fences.
    let clean = clean.replace('|', "\\|");
    let longest = clean.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if clean.starts_with('`') || clean.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{clean}{pad}{fence}")
}

/// Free text outside code: nothing in it is markup or mentions anybody.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_record_becomes_markup() {
        assert_eq!(code("a | b `c` </td> @octocat"), "``a \\| b `c` </td> @octocat``");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(escape("<b> @me *x*"), "&lt;b&gt; &#64;me \\*x\\*");
    }
}

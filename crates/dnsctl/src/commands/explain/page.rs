//! Rules as pages of documentation.

use super::catalogue::{Entry, of_group, plans};
use crate::render::style::wrap;
use dnsctl_checks::{GROUPS, Group};
use std::fmt::Write as _;

/// The page of this name: `guards` (docs/guards.md), `rules` (docs/rules/README.md), a group (docs/rules/GROUP.md), or `pages`,
/// the paths of all of them, each with its name.
pub(super) fn page(name: &str) -> Option<String> {
    match name {
        "guards" => Some(guards()),
        "rules" => Some(index()),
        "pages" => {
            let groups = GROUPS.iter().map(|group| format!("{0} docs/rules/{0}.md\n", group.id));
            Some(format!("guards docs/guards.md\nrules docs/rules/README.md\n{}", groups.collect::<String>()))
        }
        group => GROUPS.iter().find(|known| known.id == group).map(of),
    }
}

fn guards() -> String {
    let mut out = String::from(
        "# Rules of plans\n\n\
         <!-- Made by `dnsctl explain --markdown`. -->\n\n\
         A guard stops a plan until its cause is mended, or a person says in the zone file, where it is reviewed, that it is \
         meant: [`ack`](zone-files.md#ack). There is no flag that switches guards off. `dnsctl explain RULE` shows the same \
         in a terminal.\n\n| rule | |\n| --- | --- |\n",
    );
    for Entry { rule, .. } in plans() {
        let _ = writeln!(out, "| [{}](#{}) | {} |", rule.id, anchor(rule.id), rule.title);
    }
    plans().for_each(|entry| write(&mut out, &entry));
    out
}

/// The list of groups.
fn index() -> String {
    let mut out = String::from(
        "# Rules of zones\n\n\
         <!-- Made by `dnsctl explain --markdown=rules`. -->\n\n\
         The same rules judge a zone as the files want it and as a provider returned it. A rule passes, fails, does not apply, or is \
         untested: what it could not look at never counts as passed. An [acknowledgement](../zone-files.md#ack) in the zone file \
         makes a finding a note until its last day. `dnsctl explain RULE` shows the same in a terminal; \
         [`check` and `plan`](../check.md) ask them.\n\n\
         | weight | means |\n| --- | --- |\n\
         | critical | mail or the zone is down, or anybody can misuse it |\n\
         | error | a standard is violated: some receivers or clients fail |\n\
         | warning | it works today and will hurt |\n\
         | note | good practice that is missing |\n\
         | info | good to know |\n\n\
         | group | about | rules |\n| --- | --- | --- |\n",
    );
    for group in GROUPS {
        let count = of_group(group).count();
        let _ = writeln!(out, "| [{0}]({0}.md) | {1} | {count} |", group.id, group.title);
    }
    out
}

/// The rules of a group.
fn of(group: &'static Group) -> String {
    let mut out = format!(
        "# {}\n\n<!-- Made by `dnsctl explain --markdown={}`. -->\n\nOne group of the [rules of zones](README.md).\n\n\
         | rule | weight | |\n| --- | --- | --- |\n",
        group.title, group.id
    );
    for Entry { rule, severity, .. } in of_group(group) {
        let weight = severity.map_or("", dnsctl_checks::Severity::word);
        let _ = writeln!(out, "| [{}](#{}) | {weight} | {} |", rule.id, anchor(rule.id), rule.title);
    }
    of_group(group).for_each(|entry| write(&mut out, &entry));
    out
}

fn write(out: &mut String, entry: &Entry) {
    let rule = entry.rule;
    let weight = entry.severity.map_or_else(String::new, |severity| format!(" Weight: {severity}."));
    let _ = write!(
        out,
        "\n## {}\n{}{}.{weight}\n\n**Why:** {}\n\n**Fix:** {}\n\n```text\n{}\n```\n\n",
        rule.id,
        rule.title.get(..1).unwrap_or_default().to_uppercase(),
        rule.title.get(1..).unwrap_or_default(),
        prose(rule.why),
        prose(rule.fix),
        wrap(rule.example, 100).join("\n    ")
    );
    let evidence = entry.evidence();
    let _ = if entry.can_be_acknowledged() {
        writeln!(out, "Acknowledge it with `{}`. It looks at {evidence}.", entry.acknowledgement())
    } else {
        writeln!(out, "It cannot be acknowledged. It looks at {evidence}.")
    };
    let links: Vec<String> =
        rule.references.iter().map(|reference| format!("[{reference}]({})", reference.url())).collect();
    if !links.is_empty() {
        let _ = writeln!(out, "\nSee {}.", links.join(", "));
    }
}

/// Words in which nothing is taken for markup: `<domain>`, `*.example.com`, `_dmarc`.
fn prose(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_")
}

/// The anchor that a heading gets on common sites.
fn anchor(id: &str) -> String {
    id.replace(['/', '.'], "")
}

//! `dnsctl explain`.

mod catalogue;
mod page;

use self::catalogue::{Entry, all};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::style::{Style, bold, dim, paint, wrap};
use crate::session::Session;
use dnsctl_config::diagnostic::closest;
use std::fmt::Write as _;

/// Explains a rule: what it stops or finds, what breaks, how to mend it, how to acknowledge it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: dnsctl explain guard/last-mx\n         dnsctl explain mx\n         dnsctl explain"
)]
pub(crate) struct Arguments {
    /// The rule, such as guard/last-mx or mx.target-address, or a group such as mx; all are listed without one
    #[arg(value_name = "RULE")]
    rule: Option<String>,
    /// Print a page of documentation: guards (docs/guards.md), rules (docs/rules/README.md), a group, or the list of pages
    #[arg(long, hide = true, conflicts_with = "rule", num_args = 0..=1, require_equals = true, default_missing_value = "guards")]
    markdown: Option<String>,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let text = match (&arguments.markdown, &arguments.rule) {
        (Some(name), _) => page::page(name).ok_or_else(|| unknown(name))?,
        (None, None) => list(all(), "\nEverything about one: dnsctl explain RULE\n"),
        (None, Some(id)) => match all().find(|entry| entry.rule.id == id) {
            Some(entry) => one(&entry, session.style),
            None => group(id).ok_or_else(|| unknown(id))?,
        },
    };
    Session::print(&session.style.finish(text))?;
    Ok(Exit::Done)
}

fn unknown(id: &str) -> Failure {
    // The word in front can be left out, so it is not what makes two names alike.
    let ids = || all().map(|entry| entry.rule.id);
    let bare = |id: &'static str| id.split_once(['/', '.']).map(|(_, name)| name);
    let near = ids().find(|known| bare(known) == Some(id)).or_else(|| closest(id, ids())).or_else(|| {
        let name = closest(id.split_once(['/', '.']).map_or(id, |(_, name)| name), ids().filter_map(bare))?;
        ids().find(|id| bare(id) == Some(name))
    });
    let hint = near.map_or_else(
        || "dnsctl explain lists all rules".to_owned(),
        |near| format!("did you mean \"{near}\"? dnsctl explain lists all rules"),
    );
    Failure::new(Exit::Usage, "no-such-rule", format!("there is no rule \"{id}\"")).hint(hint)
}

/// The rules of a group: `mx`, `guard`.
fn group(id: &str) -> Option<String> {
    let of_group = |entry: &Entry| entry.rule.id.split_once(['/', '.']).is_some_and(|(group, _)| group == id);
    let mut entries = all().filter(of_group).peekable();
    entries.peek()?;
    Some(list(entries, "\nEverything about one: dnsctl explain RULE\n"))
}

fn list(entries: impl Iterator<Item = Entry>, end: &str) -> String {
    let entries: Vec<Entry> = entries.collect();
    let width = entries.iter().map(|entry| entry.rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for entry in entries {
        let padded = format!("{:<width$}", entry.rule.id);
        let _ = writeln!(out, "{}  {}", paint(bold(), padded), entry.rule.title);
    }
    out.push_str(end);
    out
}

fn one(entry: &Entry, style: Style) -> String {
    let rule = entry.rule;
    let mut out = format!("{}  {}\n", paint(bold(), rule.id), rule.title);
    let mut part = |head: &str, text: &str| {
        let mut head = format!("{head:<13}");
        for line in wrap(text, style.width.min(100).saturating_sub(13).max(40)) {
            let _ = writeln!(out, "{}{line}", paint(bold(), &head));
            head = " ".repeat(13);
        }
    };
    if let Some(severity) = entry.severity {
        part("Weight", severity.word());
        part("Runs", "in dnsctl check, and in dnsctl plan where something changes");
    }
    part("Why", rule.why);
    part("Fix", rule.fix);
    part("Example", rule.example);
    part("Acknowledge", &entry.acknowledgement());
    part("Looks at", &entry.evidence());
    let mut head = "See";
    for reference in rule.references {
        let _ = writeln!(
            out,
            "{}{reference}  {}",
            paint(bold(), format!("{head:<13}")),
            paint(dim(), reference.url())
        );
        head = "";
    }
    out
}

//! `dnsctl explain`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::style::{Style, bold, dim, paint, wrap};
use crate::session::Session;
use dnsctl_config::diagnostic::closest;
use dnsctl_plan::catalogue;
use dnsctl_plan::guard::About;
use dnsctl_zone::Rule;
use std::fmt::Write as _;

/// Explains a rule: what it stops or tells, what breaks, how to mend it, how to acknowledge it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl explain guard/last-mx\n         dnsctl explain")]
pub(crate) struct Arguments {
    /// The rule, such as guard/last-mx; all are listed without one
    #[arg(value_name = "RULE")]
    rule: Option<String>,
    /// Print all of them as a page of documentation (docs/guards.md)
    #[arg(long, hide = true, conflicts_with = "rule")]
    markdown: bool,
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let text = match &arguments.rule {
        _ if arguments.markdown => page(),
        None => list(),
        Some(id) => {
            let rule = catalogue::rules().find(|rule| rule.id == id).ok_or_else(|| unknown(id))?;
            one(rule, session.style)
        }
    };
    Session::print(&session.style.finish(text))?;
    Ok(Exit::Done)
}

fn unknown(id: &str) -> Failure {
    // The word in front can be left out, so it is not what makes two names alike.
    let ids = || catalogue::rules().map(|rule| rule.id);
    let short = || ids().filter_map(|id| id.split_once('/').map(|(_, name)| name));
    let near = closest(id, ids()).or_else(|| {
        let name = closest(id.split_once('/').map_or(id, |(_, name)| name), short())?;
        ids().find(|id| id.ends_with(name))
    });
    let hint = near.map_or_else(
        || "dnsctl explain lists all rules".to_owned(),
        |near| format!("did you mean \"{near}\"? dnsctl explain lists all rules"),
    );
    Failure::new(Exit::Usage, "no-such-rule", format!("there is no rule \"{id}\"")).hint(hint)
}

fn list() -> String {
    let width = catalogue::rules().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in catalogue::rules() {
        let padded = format!("{:<width$}", rule.id);
        let _ = writeln!(out, "{}  {}", paint(bold(), padded), rule.title);
    }
    out.push_str("\nEverything about one: dnsctl explain RULE\n");
    out
}

fn one(rule: &Rule, style: Style) -> String {
    let mut out = format!("{}  {}\n", paint(bold(), rule.id), rule.title);
    let mut part = |head: &str, text: &str| {
        let mut head = format!("{head:<13}");
        for line in wrap(text, style.width.min(100).saturating_sub(13).max(40)) {
            let _ = writeln!(out, "{}{line}", paint(bold(), &head));
            head = " ".repeat(13);
        }
    };
    part("Why", rule.why);
    part("Fix", rule.fix);
    part("Example", rule.example);
    part("Acknowledge", &acknowledgement(rule));
    part("Looks at", &evidence(rule));
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

fn evidence(rule: &Rule) -> String {
    rule.evidence.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The line of the zone file that lets it pass, or why there is none.
fn acknowledgement(rule: &Rule) -> String {
    let entry = |at: &str| format!("ack: [{{ rule: {}{at}, until: YYYY-MM-DD, why: \"...\" }}]", rule.id);
    match catalogue::acknowledged_at(rule) {
        None => "It cannot be acknowledged.".to_owned(),
        Some(About::Zone) => entry(""),
        Some(About::Changes(types)) => {
            let rtype = types.first().map_or_else(|| "TYPE".to_owned(), ToString::to_string);
            entry(&format!(", at: \"NAME {rtype}\""))
        }
    }
}

/// All rules as a page of documentation.
fn page() -> String {
    let mut out = String::from(
        "# Rules of plans\n\n\
         <!-- Made by `dnsctl explain --markdown`. -->\n\n\
         A guard stops a plan until its cause is mended, or a person says in the zone file, where it is reviewed, that it is \
         meant: [`ack`](zone-files.md#ack). There is no flag that switches guards off. `dnsctl explain RULE` shows the same \
         in a terminal.\n\n| rule | |\n| --- | --- |\n",
    );
    for rule in catalogue::rules() {
        let _ = writeln!(out, "| [{}](#{}) | {} |", rule.id, anchor(rule.id), rule.title);
    }
    for rule in catalogue::rules() {
        let _ = write!(
            out,
            "\n## {}\n{}{}.\n\n**Why:** {}\n\n**Fix:** {}\n\n```text\n{}\n```\n\n",
            rule.id,
            rule.title.get(..1).unwrap_or_default().to_uppercase(),
            rule.title.get(1..).unwrap_or_default(),
            rule.why,
            rule.fix,
            wrap(rule.example, 100).join("\n    ")
        );
        let _ = match catalogue::acknowledged_at(rule) {
            None => writeln!(out, "It cannot be acknowledged. It looks at {}.", evidence(rule)),
            Some(_) => writeln!(
                out,
                "Acknowledge it with `{}`. It looks at {}.",
                acknowledgement(rule),
                evidence(rule)
            ),
        };
        let links: Vec<String> =
            rule.references.iter().map(|reference| format!("[{reference}]({})", reference.url())).collect();
        if !links.is_empty() {
            let _ = writeln!(out, "\nSee {}.", links.join(", "));
        }
    }
    out
}

/// The anchor that a heading gets on common sites.
fn anchor(id: &str) -> String {
    id.replace('/', "")
}

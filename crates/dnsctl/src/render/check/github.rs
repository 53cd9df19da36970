//! Workflow commands of GitHub Actions, which show findings at their lines of a pull request:
//! <https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>.

use super::paragraph;
use crate::commands::check::{Checked, Told};
use dnsctl_checks::Severity;
use std::fmt::Write as _;

/// The text: a line for each finding but those that only inform.
pub(crate) fn text(checked: &Checked) -> String {
    let mut out = String::new();
    for told in checked.all().filter(|told| told.acknowledged.is_none() && told.weight > Severity::Info) {
        let command = match told.weight {
            Severity::Critical | Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note | Severity::Info => "notice",
        };
        let mut properties = Vec::new();
        if let Some(source) = &told.source {
            properties.push(format!("file={}", property(&source.file)));
            if source.line > 0 {
                properties.push(format!("line={}", source.line));
            }
            if source.column > 0 {
                properties.push(format!("col={}", source.column));
            }
        }
        properties.push(format!("title={}", property(&title(told))));
        let _ = writeln!(out, "::{command} {}::{}", properties.join(","), data(&paragraph(told)));
    }
    out
}

fn title(told: &Told) -> String {
    match &told.zone {
        Some(zone) => format!("{} ({})", told.rule, zone.without_dot()),
        None => told.rule.to_owned(),
    }
}

/// A message must stay on its line, and start no command of its own.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

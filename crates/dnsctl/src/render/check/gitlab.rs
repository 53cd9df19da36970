//! A Code Quality report of GitLab: <https://docs.gitlab.com/ci/testing/code_quality/>.

use super::{fingerprint, paragraph};
use crate::commands::check::{Checked, Told};
use dnsctl_checks::Severity;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The text. Every finding has a place there, so what has none is put on the first line of the configuration file.
pub(crate) fn text(checked: &Checked) -> String {
    // A fingerprint must be there once; equal findings are counted through.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let open = checked.all().filter(|told| told.acknowledged.is_none());
    let issues: Vec<Value> = open
        .map(|told| {
            let mut print = fingerprint(told);
            let number = seen.entry(print.clone()).or_default();
            *number = number.saturating_add(1);
            if *number > 1 {
                print = format!("{print}-{number}");
            }
            issue(told, &print)
        })
        .collect();
    format!("{:#}\n", Value::Array(issues))
}

fn issue(told: &Told, fingerprint: &str) -> Value {
    let severity = match told.weight {
        Severity::Critical => "blocker",
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "minor",
        Severity::Info => "info",
    };
    let (file, line) =
        told.source.as_ref().map_or(("dnsctl.yaml", 1), |source| (&*source.file, source.line.max(1)));
    json!({
        "description": paragraph(told),
        "check_name": told.rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": file, "lines": { "begin": line } },
    })
}

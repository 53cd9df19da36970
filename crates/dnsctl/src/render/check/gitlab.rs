//! A Code Quality report of GitLab: <https://docs.gitlab.com/ci/testing/code_quality/>.

use super::{Fingerprints, paragraph};
use crate::commands::check::{Checked, Told};
use dnsctl_checks::Severity;
use serde_json::{Value, json};

/// The text. Every finding has a place there, so what has none is put on the first line of the configuration file.
pub(crate) fn text(checked: &Checked) -> String {
    let mut prints = Fingerprints::default();
    let open = checked.all().filter(|told| told.acknowledged.is_none());
    let issues: Vec<Value> = open.map(|told| issue(told, &prints.of(told))).collect();
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

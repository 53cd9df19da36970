//! SARIF 2.1.0 (OASIS), which GitHub and others take as results of code scanning.

use super::{Fingerprints, place, rule_words};
use crate::commands::check::{Checked, Told};
use dnsctl_checks::Severity;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The text.
pub(crate) fn text(checked: &Checked) -> String {
    // In the order of first use; a result names its rule by number too.
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rules: Vec<Value> = Vec::new();
    let mut results = Vec::new();
    let mut prints = Fingerprints::default();
    for told in checked.all() {
        let number = *numbers.entry(told.rule).or_insert_with(|| {
            rules.push(rule(told));
            rules.len().saturating_sub(1)
        });
        results.push(result(told, number, &prints.of(told)));
    }
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "dnsctl",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{report:#}\n")
}

fn level(weight: Severity) -> &'static str {
    match weight {
        Severity::Critical | Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::Info => "note",
    }
}

fn rule(told: &Told) -> Value {
    let mut rule = json!({ "id": told.rule, "defaultConfiguration": { "level": level(told.weight) } });
    if let (Some(words), Some(fields)) = (rule_words(told.rule), rule.as_object_mut()) {
        fields.insert("shortDescription".into(), json!({ "text": words.title }));
        fields.insert("fullDescription".into(), json!({ "text": words.why }));
        fields.insert("help".into(), json!({ "text": words.fix }));
        if let Some(reference) = words.references.first() {
            fields.insert("helpUri".into(), json!(reference.url()));
        }
    }
    rule
}

fn result(told: &Told, number: usize, fingerprint: &str) -> Value {
    let mut result = json!({
        "ruleId": told.rule,
        "ruleIndex": number,
        "level": level(told.weight),
        "message": { "text": super::paragraph(told) },
        "locations": place(told).map(|source| location(&source.file, source.line, source.column)).into_iter().collect::<Vec<_>>(),
        "partialFingerprints": { "dnsctl/v1": fingerprint },
    });
    let Some(fields) = result.as_object_mut() else { return result };
    if let Some((until, why)) = &told.acknowledged {
        let text = format!("{why} (until {until})");
        fields.insert("suppressions".into(), json!([{ "kind": "inSource", "justification": text }]));
    }
    if !told.related.is_empty() {
        let related = told.related.iter().enumerate().map(|(id, (source, label))| {
            let mut place = location(&source.file, source.line, source.column);
            if let Some(fields) = place.as_object_mut() {
                fields.insert("id".into(), json!(id));
                fields.insert("message".into(), json!({ "text": label }));
            }
            place
        });
        fields.insert("relatedLocations".into(), related.collect());
    }
    result
}

fn location(file: &str, line: u32, column: u32) -> Value {
    let mut region = json!({ "startLine": line.max(1) });
    if let (1.., Some(fields)) = (column, region.as_object_mut()) {
        fields.insert("startColumn".into(), json!(column));
    }
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(file) }, "region": region } })
}

/// A relative reference (RFC 3986 section 4.2): what is no path character is encoded.
fn uri(file: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for octet in file.replace('\\', "/").bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(octet));
            }
            _ => {
                let _ = write!(out, "%{octet:02X}");
            }
        }
    }
    out
}

//! JSON, described by `docs/schema/check.json`.

use crate::commands::check::{Checked, Told};
use dnsctl_checks::{Severity, Verdict};
use dnsctl_zone::Source;
use schemars::JsonSchema;
use serde::Serialize;

/// What `dnsctl check` found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "dnsctl check 1.x")]
pub(crate) struct File {
    /// Always `dnsctl.check`.
    format: &'static str,
    /// `MAJOR.MINOR`. A reader ignores keys that it does not know.
    format_version: &'static str,
    summary: Summary,
    /// What was found, the reader's first, then zone by zone, the heaviest first.
    findings: Vec<Finding>,
    /// Each zone that was checked.
    zones: Vec<Zone>,
}

/// Numbers; findings that are acknowledged are counted only as such.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    zones: usize,
    rrsets: usize,
    critical: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    acknowledged: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Finding {
    /// A rule (`dnsctl explain RULE`), or a code of the reader of files.
    rule: &'static str,
    /// `critical`, `error`, `warning`, `note` or `info`.
    severity: &'static str,
    message: String,
    /// A few words for the place.
    label: Option<String>,
    fix: Option<String>,
    source: Option<Place>,
    related: Vec<Related>,
    /// The zone, for findings of rules.
    zone: Option<String>,
    /// The owner name that it is about.
    name: Option<String>,
    /// The type that it is about; absent where it is the name, or a record that is missing.
    #[serde(rename = "type")]
    rtype: Option<String>,
    /// The part of a record that is meant.
    excerpt: Option<Excerpt>,
    /// The acknowledgement that lets it pass.
    acknowledged: Option<Acknowledged>,
}

/// A place in an input file; line and column count from 1, 0 is unknown.
#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    file: String,
    line: u32,
    column: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Related {
    source: Place,
    label: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Excerpt {
    text: String,
    /// The octets of `text` that are meant: the first, and the one behind the last.
    span: [usize; 2],
}

#[derive(Debug, Serialize, JsonSchema)]
struct Acknowledged {
    until: String,
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Zone {
    zone: String,
    source: Place,
    /// How many rules looked and found nothing.
    passed: usize,
    /// How many found something.
    failed: usize,
    /// How many have nothing to look at.
    not_applicable: usize,
    /// Those that lacked the answer to something: they did not pass.
    untested: Vec<Untested>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Untested {
    rule: &'static str,
    reason: String,
}

impl From<&Source> for Place {
    fn from(source: &Source) -> Self {
        Self { file: source.file.to_string(), line: source.line, column: source.column }
    }
}

impl From<&Told> for Finding {
    fn from(told: &Told) -> Self {
        let related = told
            .related
            .iter()
            .map(|(source, label)| Related { source: source.into(), label: label.clone() });
        Self {
            rule: told.rule,
            severity: told.weight.word(),
            message: told.message.clone(),
            label: told.label.clone(),
            fix: told.fix.clone(),
            source: told.source.as_ref().map(Place::from),
            related: related.collect(),
            zone: told.zone.as_ref().map(ToString::to_string),
            name: told.at.as_ref().map(|(name, _)| name.to_string()),
            rtype: told.at.as_ref().and_then(|(_, rtype)| *rtype).map(|rtype| rtype.to_string()),
            excerpt: told.excerpt.as_ref().map(|excerpt| Excerpt {
                text: excerpt.text.clone(),
                span: [excerpt.span.start, excerpt.span.end],
            }),
            acknowledged: told
                .acknowledged
                .as_ref()
                .map(|(until, why)| Acknowledged { until: until.clone(), why: why.clone() }),
        }
    }
}

fn zone(zone: &crate::commands::check::Zone) -> Zone {
    let count =
        |wanted: fn(&Verdict) -> bool| zone.results.iter().filter(|(_, verdict)| wanted(verdict)).count();
    let untested = zone.results.iter().filter_map(|(rule, verdict)| match verdict {
        Verdict::Untested(reason) => Some(Untested { rule, reason: reason.clone() }),
        _ => None,
    });
    Zone {
        zone: zone.name.to_string(),
        source: (&zone.source).into(),
        passed: count(|verdict| matches!(verdict, Verdict::Pass)),
        failed: count(|verdict| matches!(verdict, Verdict::Fail(_))),
        not_applicable: count(|verdict| matches!(verdict, Verdict::NotApplicable)),
        untested: untested.collect(),
    }
}

/// The text.
pub(crate) fn text(checked: &Checked) -> String {
    let file = File {
        format: "dnsctl.check",
        format_version: "1.1",
        summary: Summary {
            zones: checked.files,
            rrsets: checked.rrsets,
            critical: checked.count(Severity::Critical),
            errors: checked.count(Severity::Error),
            warnings: checked.count(Severity::Warning),
            notes: checked.count(Severity::Note) + checked.count(Severity::Info),
            acknowledged: checked.all().filter(|told| told.acknowledged.is_some()).count(),
        },
        findings: checked.all().map(Finding::from).collect(),
        zones: checked.zones.iter().map(zone).collect(),
    };
    let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text.push('\n');
    text
}

/// The published JSON Schema of this format (`docs/schema/check.json`).
pub(crate) fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}

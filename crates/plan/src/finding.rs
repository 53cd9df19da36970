//! What a person should know about a plan.

use dnsctl_zone::Source;
use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Look at it before you go on.
    Warning,
    /// Something is wrong.
    Error,
    /// The plan cannot be applied.
    Blocker,
}

/// Something that a rule found in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule: a word, a slash, words with hyphens (`guard/last-mx`).
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The place of the change in its zone's list that it is about. The whole zone when absent.
    pub change: Option<usize>,
    /// What is the matter and what follows from it. May have several lines.
    pub message: String,
    /// What to do about it.
    pub fix: Option<String>,
    /// Where in the files, when it is not the place of the change.
    pub source: Option<Source>,
}

impl Finding {
    /// A finding about one change.
    pub fn about(rule: &'static str, severity: Severity, change: usize, message: String) -> Self {
        Self { rule, severity, change: Some(change), message, fix: None, source: None }
    }

    /// A finding about the zone.
    pub fn zone(rule: &'static str, severity: Severity, message: String) -> Self {
        Self { rule, severity, change: None, message, fix: None, source: None }
    }

    /// With what to do about it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

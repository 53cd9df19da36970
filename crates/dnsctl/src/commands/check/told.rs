//! What was found, whoever found it: the reader of files or a rule.

use dnsctl_checks::{Excerpt, Idle, IdleReason, Judgement, Severity};
use dnsctl_config::diagnostic::{self, Diagnostic};
use dnsctl_zone::{Name, RecordType, Source};

/// Something that was found in the files.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// The code of the reader (`record/bad-value`) or the id of the rule (`mx.target-address`).
    pub(crate) rule: &'static str,
    /// How much it weighs.
    pub(crate) weight: Severity,
    /// What is the matter.
    pub(crate) message: String,
    /// A few words for the place.
    pub(crate) label: Option<String>,
    /// What to do about it.
    pub(crate) fix: Option<String>,
    /// Where it is.
    pub(crate) source: Option<Source>,
    /// Other places that explain this one.
    pub(crate) related: Vec<(Source, String)>,
    /// The zone that a rule looked at.
    pub(crate) zone: Option<Name>,
    /// The owner name and type that it is about.
    pub(crate) at: Option<(Name, Option<RecordType>)>,
    /// The part of a record that is meant.
    pub(crate) excerpt: Option<Excerpt>,
    /// The last day of the acknowledgement that lets it pass, and its reason.
    pub(crate) acknowledged: Option<(String, String)>,
}

impl Told {
    fn new(rule: &'static str, weight: Severity, message: String) -> Self {
        Self {
            rule,
            weight,
            message,
            label: None,
            fix: None,
            source: None,
            related: Vec::new(),
            zone: None,
            at: None,
            excerpt: None,
            acknowledged: None,
        }
    }

    /// What a rule found in a zone.
    pub(crate) fn finding(zone: &Name, judgement: &Judgement<'_>) -> Self {
        let Judgement { check, finding, severity, acknowledged } = judgement;
        let label = finding.excerpt.as_ref().and_then(|excerpt| excerpt.text.get(excerpt.span.clone()));
        Self {
            label: label.filter(|part| !part.is_empty()).map(|part| format!("about: {part}")),
            fix: Some(finding.fix.clone().unwrap_or_else(|| check.rule.fix.to_owned())),
            source: finding.source.clone(),
            zone: Some(zone.clone()),
            at: Some((finding.name.clone(), finding.rtype)),
            excerpt: finding.excerpt.clone(),
            acknowledged: acknowledged.map(|entry| (entry.until.clone(), entry.why.clone())),
            ..Self::new(check.rule.id, *severity, finding.message.clone())
        }
    }

    /// An acknowledgement that acknowledges nothing. One of a rule that is not there was told by the reader.
    pub(crate) fn idle(zone: &Name, idle: &Idle<'_>) -> Option<Self> {
        let entry = idle.acknowledgement;
        let message = match idle.reason {
            IdleReason::NoSuchRule => return None,
            IdleReason::Unused => format!("{} finds nothing that this acknowledgement lets pass", entry.rule),
            IdleReason::Expired => format!("this acknowledgement of {} ended on {}", entry.rule, entry.until),
        };
        let fix = match idle.reason {
            IdleReason::Expired => "mend what it lets pass, or decide again and give it a later date",
            _ => "remove it, or correct its place",
        };
        let rule = match idle.reason {
            IdleReason::Expired => dnsctl_plan::catalogue::EXPIRED.id,
            _ => dnsctl_plan::catalogue::UNUSED.id,
        };
        Some(Self {
            fix: Some(fix.to_owned()),
            source: Some(entry.source.clone()),
            zone: Some(zone.clone()),
            ..Self::new(rule, Severity::Warning, message)
        })
    }

    /// As a person reads it, with its source line.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let severity = match self.weight {
            Severity::Critical | Severity::Error => diagnostic::Severity::Error,
            Severity::Warning => diagnostic::Severity::Warning,
            Severity::Note | Severity::Info => diagnostic::Severity::Note,
        };
        let message = match &self.acknowledged {
            Some((until, why)) => format!("{} (acknowledged until {until}: {why})", self.message),
            None if self.weight == Severity::Critical => format!("critical: {}", self.message),
            None => self.message.clone(),
        };
        let base = Diagnostic::new(severity, self.rule, message);
        let (label, help) = (self.label.clone(), self.fix.clone());
        Diagnostic { source: self.source.clone(), label, help, related: self.related.clone(), ..base }
    }
}

impl From<Diagnostic> for Told {
    fn from(found: Diagnostic) -> Self {
        let weight = match found.severity {
            diagnostic::Severity::Error => Severity::Error,
            diagnostic::Severity::Warning => Severity::Warning,
            diagnostic::Severity::Note => Severity::Note,
        };
        Self {
            label: found.label,
            fix: found.help,
            source: found.source,
            related: found.related,
            ..Self::new(found.code, weight, found.message)
        }
    }
}

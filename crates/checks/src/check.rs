//! What a rule is, and what it says.

use crate::Subject;
use dnsctl_zone::{Name, RRset, RecordType, Rule, Source};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A rule of the catalogue: its words, its weight, and how it looks.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The words. The id is the group, a full stop and the name: `mx.target-address`.
    pub rule: Rule,
    /// How much its findings weigh, where they do not say otherwise.
    pub severity: Severity,
    /// Looks at a zone.
    pub look: fn(&Subject<'_>) -> Outcome,
    /// Codes under which the reader of zone files tells the same. Whoever shows both leaves those out.
    pub told_as: &'static [&'static str],
}

impl Check {
    /// The group of the rule: what stands in front of the full stop.
    pub fn group(&self) -> &'static str {
        self.rule.id.split_once('.').map_or(self.rule.id, |(group, _)| group)
    }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Good practice that is missing.
    Note,
    /// It works today and will hurt.
    Warning,
    /// A standard is violated: some receivers or clients fail.
    Error,
    /// Mail or the zone is down, or anybody can misuse it.
    Critical,
}

impl Severity {
    /// All of them, the lightest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Note, Self::Warning, Self::Error, Self::Critical];

    /// The word for it: `info`, `note`, `warning`, `error`, `critical`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Severity {
    /// The word that is no severity.
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|severity| severity.word() == word).ok_or_else(|| word.to_owned())
    }
}

/// What a rule says about a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It looked at everything that it is about, and found nothing.
    Pass,
    /// It found something.
    Fail(Vec<Finding>),
    /// It found nothing, but lacked the answer to something. In words for a person; never the same as passed.
    Untested(String),
    /// There is nothing in the zone that it is about.
    NotApplicable,
}

/// Something that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is the matter and what follows from it, for a person, without a full stop at its end.
    pub message: String,
    /// The owner name that it is about.
    pub name: Name,
    /// The type that it is about; `None` for the name, or for a record that is missing.
    pub rtype: Option<RecordType>,
    /// The target that it is about, where an RRset has several.
    pub target: Option<Name>,
    /// Where in the files. Filled in by [`judge`](crate::judge()) from the owner name and type when absent.
    pub source: Option<Source>,
    /// The part of a text that it is about.
    pub excerpt: Option<Excerpt>,
    /// What to do about this one, when it says more than the rule's own.
    pub fix: Option<String>,
    /// How much it weighs, when it is not the rule's weight.
    pub severity: Option<Severity>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The text, for a person.
    pub text: String,
    /// The octets of `text` that are meant.
    pub span: Range<usize>,
}

impl Finding {
    /// A finding about a record.
    pub fn at(rrset: &RRset, message: impl Into<String>) -> Self {
        Self::about(&rrset.name, Some(rrset.rtype), message)
    }

    /// A finding about an owner name and type.
    pub fn about(name: &Name, rtype: Option<RecordType>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            name: name.clone(),
            rtype,
            target: None,
            source: None,
            excerpt: None,
            fix: None,
            severity: None,
        }
    }

    /// Of one target among those of its RRset: the same said of another is something else.
    #[must_use]
    pub fn of(mut self, target: &Name) -> Self {
        self.target = Some(target.clone());
        self
    }

    /// With what to do about it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// As it is told: without control characters.
    pub(crate) fn told(self) -> Self {
        Self { message: plain(self.message), fix: self.fix.map(plain), ..self }
    }

    /// With a weight of its own.
    #[must_use]
    pub fn weighs(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With the place in the files.
    #[must_use]
    pub fn from(mut self, source: Option<Source>) -> Self {
        self.source = source.or(self.source);
        self
    }

    /// With a text and the octets of it that are meant.
    #[must_use]
    pub fn excerpt(mut self, text: impl Into<String>, span: Range<usize>) -> Self {
        let text = text.into();
        if text.get(span.clone()).is_some() {
            self.excerpt = Some(Excerpt { text, span });
        }
        self
    }
}

/// Without control characters, which a record may hold: they become `\DDD`, as in a master file. Only lines are told apart.
fn plain(text: String) -> String {
    let is_bad = |character: char| character.is_control() && character != '\n';
    if !text.contains(is_bad) {
        return text;
    }
    let shown = |character: char| match is_bad(character) {
        true => format!("\\{:03}", u32::from(character)),
        false => character.to_string(),
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_has_no_control_characters() {
        let finding = Finding::about(&Name::root(), None, "a\0b\u{1b}[1m").fix("write \u{7}x\nor y").told();
        assert_eq!(finding.message, "a\\000b\\027[1m");
        assert_eq!(finding.fix.as_deref(), Some("write \\007x\nor y"));
    }
}

//! What changes do to mail, and to all else that the rules of [`dnsctl_checks`] look at.
//!
//! The rules are asked about the zone as it is and as it would be after the changes, with all other zones as they are and as
//! they would be. What is new is broken by the changes, what is gone is fixed by them. A new error stops a plan; an old one
//! does not.

mod beyond;
mod blame;
#[cfg(test)]
mod bounds;
mod compare;
mod halfway;
mod hidden;
mod judge;
mod mta_sts;
mod reach;
mod replaced;
mod senders;
#[cfg(test)]
mod tests;

pub use beyond::beyond;
pub use judge::{Input, judge};

use dnsctl_checks::{Check, Severity};
use dnsctl_zone::{Name, RecordType, Source};
use serde::{Deserialize, Serialize};

/// What the changes of one zone do, and what the changes of other zones do to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// What was found before. Nothing where the zone is created.
    pub before: Option<Findings>,
    /// What is found after.
    pub after: Findings,
    /// What is found no more.
    pub fixed: Vec<Shift>,
    /// What is found only after.
    pub broken: Vec<Shift>,
    /// What receivers make of who sends mail.
    pub senders: Vec<SenderEffect>,
    /// What the SPF record of the domain costs a receiver.
    pub lookups: Option<Lookups>,
}

impl Effect {
    /// Whether something becomes another: what is found from a warning on, the result of a sender, or what SPF costs.
    pub fn tells(&self) -> bool {
        let shifts = self.fixed.iter().chain(&self.broken);
        shifts.into_iter().any(|shift| shift.severity >= Severity::Warning)
            || self.senders.iter().any(SenderEffect::changes)
            || self.lookups.is_some_and(|lookups| lookups.before != lookups.after)
    }
}

impl SenderEffect {
    /// Who it is, with the domains from which it sends where those have to be told.
    pub fn words(&self) -> String {
        match self.domains.first() {
            Some(first) => format!("{}: {}", domains_in_words(first, self.domains.len()), self.sender),
            None => self.sender.clone(),
        }
    }

    /// Whether the result changes, or is a first one.
    pub fn changes(&self) -> bool {
        self.before.as_ref() != Some(&self.after)
    }
}

/// How much was found: about mail, and about the rest of the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Findings {
    /// By rules of mail.
    pub mail: Weights,
    /// By all other rules.
    pub rest: Weights,
}

/// How many findings there are of each weight. Acknowledged ones are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Weights {
    /// Mail or the zone is down, or anybody can misuse it.
    pub critical: usize,
    /// A standard is violated.
    pub error: usize,
    /// It works today and will hurt.
    pub warning: usize,
}

impl Weights {
    /// Critical ones and errors together.
    pub fn errors(self) -> usize {
        self.critical.saturating_add(self.error)
    }

    fn of(&mut self, severity: Severity) -> Option<&mut usize> {
        match severity {
            Severity::Critical => Some(&mut self.critical),
            Severity::Error => Some(&mut self.error),
            Severity::Warning => Some(&mut self.warning),
            Severity::Note | Severity::Info => None,
        }
    }

    fn add(&mut self, severity: Severity) {
        if let Some(place) = self.of(severity) {
            *place = place.saturating_add(1);
        }
    }
}

impl Findings {
    /// One finding less.
    fn remove(&mut self, mail: bool, severity: Severity) {
        let weights = if mail { &mut self.mail } else { &mut self.rest };
        if let Some(place) = weights.of(severity) {
            *place = place.saturating_sub(1);
        }
    }
}

/// A finding that comes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The rule: `mx.target-address`.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The place of the change in its zone's list that does it; nothing where several do it together, or one of another zone.
    pub change: Option<usize>,
    /// The owner name that it is about.
    pub name: Name,
    /// The type that it is about; nothing where it is the name, or a record that is missing.
    pub rtype: Option<RecordType>,
    /// The target of it that it is about, where there may be several.
    pub target: Option<Name>,
    /// What is or was the matter.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// Where in the files.
    pub source: Option<Source>,
    /// Whether an acknowledgement lets it pass.
    pub acknowledged: bool,
}

impl Shift {
    /// Whether its rule is about mail; the others are about the zone.
    pub fn is_mail(&self) -> bool {
        dnsctl_checks::find(self.rule).is_none_or(is_mail)
    }
}

/// What receivers make of mail from one address (RFC 7208 section 2.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SenderEffect {
    /// The domains from which it sends; empty where that is the one that the zone is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Name>,
    /// Who it is, for a person: an address, with the host that has it.
    pub sender: String,
    /// Why it is told.
    pub role: Role,
    /// The result before; nothing where the zone is created.
    pub before: Option<String>,
    /// The result after.
    pub after: String,
}

/// Why a sender is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It is declared as one that sends.
    Declared,
    /// It is declared as one that no longer does.
    Retired,
    /// Nothing is declared; its result changes.
    Found,
    /// Nothing is declared; it takes mail in place of another address, whose result is that of before.
    Moved,
}

/// Lookups that a receiver needs for SPF, of at most 10 (RFC 7208 section 4.6.4), as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Lookups {
    /// Before; nothing where there was no record.
    pub before: Option<usize>,
    /// After; nothing where there is no record.
    pub after: Option<usize>,
}

/// Whether a rule is about mail. Those of the zone itself break mail too, but not only mail.
pub(crate) fn is_mail(check: &Check) -> bool {
    !matches!(check.group(), "ns" | "soa" | "zone" | "caa")
}

/// So many domains, of which one is named.
fn domains_in_words(first: &Name, number: usize) -> String {
    let first = first.without_dot();
    match number {
        0 | 1 => first,
        2 => format!("{first} and 1 other domain"),
        _ => format!("{first} and {} other domains", number.saturating_sub(1)),
    }
}

//! The rules by which a zone is judged.
//!
//! One rule is one item: a [`Check`] with its words ([`dnsctl_zone::Rule`]), its weight and the function that looks at a
//! [`Subject`]. `dnsctl explain` and the pages under `docs/rules/` are made of the words. The same rule judges a zone that the files
//! want and one that a provider returned. Nothing here does I/O, asks a clock or reads the environment.
//!
//! An outcome has four values: what could not be looked at is [`Outcome::Untested`], which is not the same as passed.

mod check;
mod facts;
mod hostname;
mod judge;
mod lookup;
mod mail;
mod repository;
mod rules;
mod special;
mod subject;
mod tally;

pub use check::{Check, Excerpt, Finding, Outcome, Severity};
pub use facts::{
    Bouncing, Certificate, Facts, Host, PolicyFile, Selector, SelectorKey, Sender, SenderKind, Services,
};
pub use judge::{Checked, Idle, IdleReason, Judgement, Report, Settings, Verdict, judge};
pub use lookup::{Found, Pointer, Target};
pub use repository::{Repository, Retired};
pub use rules::{GROUPS, Group};
pub use special::is_public;
pub use subject::{Judged, State, Subject};

/// All rules, in the order of the catalogue.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    GROUPS.iter().flat_map(|group| group.checks.iter().copied().flatten())
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Check> {
    checks().find(|check| check.rule.id == id)
}

/// The rule that tells the same as the reader of zone files does under this code. Whoever shows both leaves the reader's out.
pub fn told_as(code: &str) -> Option<&'static Check> {
    checks().find(|check| check.told_as.contains(&code))
}

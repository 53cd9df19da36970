//! What became of a plan.

use crate::verify::Verification;
use dnsctl_plan::Change;
use dnsctl_provider::error::Error;
use dnsctl_zone::{Name, RRset};
use std::time::Duration;

/// What became of a plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Each zone with changes, in the order of the plan.
    pub zones: Vec<ZoneReport>,
    /// What was no longer as the plan saw it. Nothing was written when there is any.
    pub stale: Vec<Stale>,
}

/// An RRset that is no longer as the plan saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stale {
    /// The provider's name.
    pub provider: String,
    /// The zone.
    pub zone: Name,
    /// The change; the whole zone when absent.
    pub change: Option<Change>,
    /// What is there now.
    pub live: Option<RRset>,
    /// What happened, in words.
    pub message: String,
}

/// What became of one zone.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneReport {
    /// The provider's name.
    pub provider: String,
    /// The zone.
    pub zone: Name,
    /// Each change, in the order of writing.
    pub changes: Vec<ChangeReport>,
    /// Why the provider may not have brought the change to its servers.
    pub unfinished: Option<Error>,
    /// What the servers said.
    pub verification: Verification,
    /// How long it took to write it.
    pub took: Duration,
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeReport {
    /// The change.
    pub change: Change,
    /// What became of it.
    pub status: Status,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It was written now.
    Written,
    /// It was there already.
    Already,
    /// It was not tried, because something else failed before.
    NotTried,
    /// It is not written.
    NotWritten(Error),
    /// The provider refused this very RRset.
    Refused(Error),
    /// The write was sent, and nobody knows whether it was taken.
    Unknown(Error),
}

impl Status {
    /// Whether the provider has it.
    pub fn is_there(&self) -> bool {
        matches!(self, Self::Written | Self::Already)
    }

    /// Why it is not there.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::NotWritten(error) | Self::Refused(error) | Self::Unknown(error) => Some(error),
            Self::Written | Self::Already | Self::NotTried => None,
        }
    }
}

impl Report {
    pub(super) fn stale(stale: Vec<Stale>) -> Self {
        Self { zones: Vec::new(), stale }
    }

    /// All changes.
    pub fn changes(&self) -> impl Iterator<Item = &ChangeReport> {
        self.zones.iter().flat_map(|zone| &zone.changes)
    }

    /// How many changes have a status like this.
    pub fn count(&self, matches: impl Fn(&Status) -> bool) -> usize {
        self.changes().filter(|change| matches(&change.status)).count()
    }

    /// Whether every change is at its provider.
    pub fn is_complete(&self) -> bool {
        self.stale.is_empty() && self.changes().all(|change| change.status.is_there())
    }

    /// Whether it is known that some server does not serve what was written.
    pub fn is_unserved(&self) -> bool {
        self.zones.iter().any(|zone| zone.verification.is_failure() || zone.unfinished.is_some())
    }

    /// The error that ended the run.
    pub fn error(&self) -> Option<&Error> {
        let refused = self.changes().find(|change| matches!(change.status, Status::Refused(_)));
        refused.or_else(|| self.changes().find(|change| change.status.error().is_some()))?.status.error()
    }
}

//! What became of a plan.

use crate::state::LastReads;
use crate::verify::{Unasked, Verification};
use dnsctl_plan::{Change, Finding, Plan};
use dnsctl_provider::error::{Error, ErrorKind, Status as ProviderStatus};
use dnsctl_zone::{Name, RRset};
use std::collections::BTreeSet;
use std::time::Duration;

/// What became of a plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Each zone with changes, in the order of the plan.
    pub zones: Vec<ZoneReport>,
    /// What was no longer as the plan saw it. Nothing was written when there is any.
    pub stale: Vec<Stale>,
    /// Whether the zones were read again before anything was written.
    pub reread: bool,
    /// How many RRsets each zone had when it was last read before anything was written.
    pub reads: LastReads,
}

/// An RRset or a zone that is not as the plan saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The provider's name.
    pub provider: String,
    /// The zone.
    pub zone: Name,
    /// The change; the whole zone when absent.
    pub change: Option<Change>,
    /// What is there now.
    pub live: Option<RRset>,
    /// What happened.
    pub kind: StaleKind,
    /// What objects, for [`StaleKind::Objection`].
    pub objection: Option<Finding>,
}

/// How something is not as the plan saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaleKind {
    /// The RRset is neither as before nor as after.
    Changed,
    /// The change is there already, and others of the plan are not.
    Already,
    /// The zone is gone.
    ZoneGone,
    /// The zone that the plan creates is there.
    ZoneCreated,
    /// A guard objects to the plan on the zone as it is now.
    Objection,
}

/// What became of one zone.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneReport {
    /// The provider's name.
    pub provider: String,
    /// The zone.
    pub zone: Name,
    /// What became of the zone itself, when the plan creates it.
    pub creation: Option<Status>,
    /// Each change, in the order of writing.
    pub changes: Vec<ChangeReport>,
    /// What was found otherwise than planned while it was being written.
    pub conflicts: Vec<Stale>,
    /// Why the provider may not have brought the change to its servers.
    pub unfinished: Option<Error>,
    /// What the servers said.
    pub verification: Verification,
    /// How long it took to write it.
    pub took: Duration,
}

impl ZoneReport {
    /// What became of the zone itself, if it was created, and of each change.
    pub fn statuses(&self) -> impl Iterator<Item = &Status> {
        self.creation.iter().chain(self.changes.iter().map(|change| &change.status))
    }

    /// Whether the provider has the zone and every change.
    pub fn is_complete(&self) -> bool {
        self.statuses().all(Status::is_there)
    }

    /// Why none of its changes is proved, though its servers were asked: no question could be asked about any of them.
    /// That the servers have the zone says nothing about what was written.
    pub fn unaskable(&self) -> Option<BTreeSet<Unasked>> {
        let unasked = self.verification.unasked();
        let all = self.changes.iter().all(|change| unasked.contains_key(&change.change.number));
        (all && !self.changes.is_empty()).then(|| unasked.into_values().collect())
    }

    /// Whether servers were asked for something that was written.
    pub fn is_checked(&self) -> bool {
        matches!(self.verification, Verification::Asked { .. }) && self.unaskable().is_none()
    }

    /// Whether something of it is at the provider, or may be.
    pub fn is_touched(&self) -> bool {
        self.statuses().any(|status| status.is_there() || status.is_unknown())
    }
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
    /// It was not sent, because something else failed before or somebody stopped the run.
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

    /// Whether nobody knows whether it is there.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

impl Report {
    pub(super) fn stale(stale: Vec<Stale>) -> Self {
        Self { stale, reread: true, ..Self::default() }
    }

    /// Somebody stopped the run before anything was written.
    pub(super) fn not_begun(plan: &Plan) -> Self {
        let zones = plan.zones.iter().filter(|zone| zone.has_changes()).map(|zone| ZoneReport {
            provider: zone.provider.clone(),
            zone: zone.zone.clone(),
            creation: zone.create.then_some(Status::NotTried),
            changes: zone
                .changes
                .iter()
                .map(|change| ChangeReport { change: change.clone(), status: Status::NotTried })
                .collect(),
            conflicts: Vec::new(),
            unfinished: None,
            verification: Verification::NotChecked("nothing of it is written".to_owned()),
            took: Duration::ZERO,
        });
        Self { zones: zones.collect(), ..Self::default() }
    }

    /// All changes.
    pub fn changes(&self) -> impl Iterator<Item = &ChangeReport> {
        self.zones.iter().flat_map(|zone| &zone.changes)
    }

    /// How many changes have a status like this.
    pub fn count(&self, matches: impl Fn(&Status) -> bool) -> usize {
        self.changes().filter(|change| matches(&change.status)).count()
    }

    /// Whether every zone is created that was to be, and every change is at its provider.
    pub fn is_complete(&self) -> bool {
        self.stale.is_empty() && self.zones.iter().all(ZoneReport::is_complete)
    }

    /// Whether something of the plan is at a provider, or may be.
    pub fn is_touched(&self) -> bool {
        self.zones.iter().any(ZoneReport::is_touched)
    }

    /// Whether it is known that some server does not serve what was written.
    pub fn is_unserved(&self) -> bool {
        self.zones.iter().any(|zone| zone.verification.is_failure() || zone.unfinished.is_some())
    }

    /// Whether name servers were asked for anything that was written.
    pub fn is_checked(&self) -> bool {
        self.zones.iter().any(ZoneReport::is_checked)
    }

    /// Whether somebody stopped the run before the servers of all that is written had agreed.
    pub fn is_unproved(&self) -> bool {
        self.zones.iter().any(|zone| zone.verification == Verification::Interrupted)
    }

    /// What was found otherwise than planned while it was being written.
    pub fn conflicts(&self) -> impl Iterator<Item = &Stale> {
        self.zones.iter().flat_map(|zone| &zone.conflicts)
    }

    /// Whether all of the plan was there before this run.
    pub fn is_idle(&self) -> bool {
        let mut changes = self.changes().peekable();
        self.stale.is_empty()
            && self.zones.iter().all(|zone| zone.creation.is_none())
            && changes.peek().is_some()
            && changes.all(|change| change.status == Status::Already)
    }

    /// The error that ended the run.
    pub fn error(&self) -> Option<&Error> {
        let statuses = || self.zones.iter().flat_map(ZoneReport::statuses);
        let refused = statuses().find(|status| matches!(status, Status::Refused(_)));
        refused.or_else(|| statuses().find(|status| status.error().is_some()))?.error()
    }
}

/// Whether the provider itself saw that the data are not those of the plan. YXDOMAIN is about a CNAME beside other data,
/// which a new plan would not change.
pub fn is_stale(error: &Error) -> bool {
    const YXDOMAIN: u16 = 6;
    error.kind() == ErrorKind::Conflict && error.status() != Some(ProviderStatus::Rcode(YXDOMAIN))
}

//! The plan as a whole.

use crate::{Action, Severity, ZoneKey, ZonePlan, digest, order};
use dnsctl_zone::{Name, Ttl};
use jiff::Timestamp;
use std::time::Duration;

/// How much of the configuration a plan covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All zones at all their providers.
    Full,
    /// Only zones that were asked for.
    ZoneFilter,
}

/// A zone that could not be read from a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The provider's name in the configuration.
    pub provider: String,
    /// The zone.
    pub zone: Name,
    /// What went wrong, on one line.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// What a plan of some zones was judged with beside them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beyond {
    /// Zones that were read as well, since the changes lead to them or they lead to what changes.
    pub read: Vec<ZoneKey>,
    /// Zones that should have been and could not be read.
    pub failed: Vec<ZoneKey>,
    /// How many other zones there are, of which only the files were looked at.
    pub by_files: usize,
}

/// What would be written to bring the providers to what the files want: plain data, made at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The first eight digits of the digest: what a person calls it.
    pub id: String,
    /// What a person approves: see [`crate::rrset_digest`] and `docs/plan-file.md`.
    pub digest: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it can no longer be applied.
    pub expires_at: Timestamp,
    /// How much it covers.
    pub mode: Mode,
    /// Each zone at each provider, in the order of the configuration.
    pub zones: Vec<ZonePlan>,
    /// What could not be read. A plan with any of these cannot be applied.
    pub unread: Vec<Unread>,
    /// What it was judged with, where only some zones were asked for and something changes.
    pub beyond: Option<Beyond>,
}

/// The numbers of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// RRsets to create.
    pub create: usize,
    /// RRsets to update.
    pub update: usize,
    /// RRsets to delete.
    pub delete: usize,
    /// RRsets that are as wanted.
    pub unchanged: usize,
    /// RRsets that an ignore rule covers, or that nobody declares and that are left alone, or that are kept.
    pub ignored: usize,
    /// Zones to create.
    pub zones_to_create: usize,
    /// Findings that stop the plan.
    pub blockers: usize,
    /// Findings to look at.
    pub warnings: usize,
    /// The longest time that an old answer can live after an apply.
    pub settles_after: Ttl,
}

impl Plan {
    /// How long a plan can be applied, unless the user says otherwise.
    pub const LIFE: Duration = Duration::from_secs(24 * 3600);

    /// Puts the plans of the zones together: finds which of them wait for others, numbers their changes through and computes the
    /// digest.
    pub fn new(
        mut zones: Vec<ZonePlan>,
        unread: Vec<Unread>,
        mode: Mode,
        now: Timestamp,
        life: Duration,
    ) -> Self {
        order::arrange_zones(&mut zones);
        let mut next = 1_u32;
        for zone in &mut zones {
            let first = next;
            for change in &mut zone.changes {
                change.number = next;
                change.depends_on.iter_mut().for_each(|index| *index = index.saturating_add(first));
                next = next.saturating_add(1);
            }
        }
        let digest = digest::of_plan(&zones, &unread);
        let id = digest.strip_prefix("sha256:").and_then(|hex| hex.get(..8)).unwrap_or_default().to_owned();
        // A plan file counts whole seconds.
        let created_at = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let expires_at = created_at.saturating_add(life).unwrap_or(Timestamp::MAX);
        Self { id, digest, created_at, expires_at, mode, zones, unread, beyond: None }
    }

    /// Whether it can be applied: everything was read and nothing stops it.
    pub fn is_applicable(&self) -> bool {
        self.unread.is_empty() && !self.is_blocked()
    }

    /// Whether a guard or a missing zone stops it.
    pub fn is_blocked(&self) -> bool {
        self.zones.iter().any(ZonePlan::is_blocked)
    }

    /// Whether there is anything to write.
    pub fn has_changes(&self) -> bool {
        self.zones.iter().any(ZonePlan::has_changes)
    }

    /// The numbers.
    pub fn summary(&self) -> Summary {
        let mut sum = Summary::default();
        for zone in &self.zones {
            for change in &zone.changes {
                match change.action() {
                    Action::Create => sum.create += 1,
                    Action::Update => sum.update += 1,
                    Action::Delete => sum.delete += 1,
                }
            }
            sum.unchanged += zone.counts.unchanged;
            sum.ignored += zone.counts.ignored + zone.counts.undeclared + zone.kept.len();
            sum.zones_to_create += usize::from(zone.create);
            sum.blockers += zone.count(Severity::Blocker);
            sum.warnings += zone.count(Severity::Warning);
            sum.settles_after = sum.settles_after.max(zone.settles);
        }
        sum
    }
}

//! Writes a plan, exactly as it was shown.

mod attempt;
mod control;
mod elsewhere;
pub mod file;
mod fresh;
mod live;
mod outcome;
mod prove;
mod queue;
mod report;
mod write;

pub use control::{Control, Moment};
pub use prove::{Unproved, prove};
pub use report::{ChangeReport, Report, Stale, StaleKind, Status, ZoneReport, is_stale};

use crate::plan::Declared;
use crate::providers::Providers;
use crate::servers::Witnesses;
use crate::state::LastReads;
use dnsctl_plan::{Plan, ZonePlan};
use dnsctl_provider::Writer;
use dnsctl_provider::error::{Error, Result};
use dnsctl_zone::{Name, Policy};
use std::collections::BTreeMap;
use std::time::Duration;

/// Opens a provider for writing by its name.
pub type OpenWriter<'a> = &'a (dyn Fn(&str) -> Result<Writer> + Send + Sync);

/// Who is asked, by provider and zone.
pub type Servers = BTreeMap<(String, Name), Witnesses>;

/// How a plan is written.
pub struct ApplyOptions<'a> {
    /// Opens a provider for writing.
    pub open: OpenWriter<'a>,
    /// When the zones were read.
    pub freshness: Freshness<'a>,
    /// Whether changes that are there already are skipped instead of making the plan stale.
    pub resume: bool,
    /// For how long the servers are asked; they are not asked at all without it.
    pub verify: Option<Duration>,
    /// How long a vendor may take to bring a change to its own servers.
    pub finish: Duration,
    /// Stops it from outside.
    pub control: Control,
    /// Is told what happens.
    pub observer: &'a mut (dyn FnMut(ApplyEvent) + Send),
}

/// How fresh the picture is that the plan was made from.
#[derive(Debug, Clone, Copy)]
pub enum Freshness<'a> {
    /// The plan was made a moment ago in this run, which found these servers.
    JustRead(&'a Servers),
    /// Every zone with changes is read again first, and all guards are asked again.
    ReadAgain(Again<'a>),
}

/// What a plan that was made earlier is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    /// The zones of the plan as the files want them now: what they ignore, their limits, their servers.
    pub files: &'a BTreeMap<Name, Declared>,
    /// Today as `YYYY-MM-DD` in UTC: acknowledgements end by it.
    pub today: &'a str,
    /// How many deletions in all zones together are let pass, as for a new plan.
    pub deletes_total: Option<u32>,
    /// The limits of zones that say nothing of their own, for those that the files no longer declare.
    pub policy: Policy,
}

/// What happens while a plan is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplyEvent {
    /// All zones are as the plan saw them.
    Fresh {
        /// How many RRsets are to be written.
        changes: usize,
    },
    /// A call to a provider ended well.
    Written {
        /// How many changes it had.
        changes: usize,
    },
    /// A zone is written and its servers are being asked.
    Verifying {
        /// The provider's name.
        provider: String,
        /// The zone.
        zone: Name,
    },
    /// A zone is done.
    Done {
        /// The provider's name.
        provider: String,
        /// The zone.
        zone: Name,
    },
}

/// Applies a plan. Nothing is written when any RRset that it touches is not as the plan saw it, or a guard objects to it on
/// the zones as they are now; where all of them are as
/// the plan wants them, nothing has to be, and servers are asked all the same. The first failure ends the run: what is
/// being written is finished, nothing else is sent.
///
/// # Errors
/// A zone could not be read, or a provider could not be opened: nothing was written. What happens later is in the
/// report.
pub async fn apply(
    plan: &Plan,
    providers: &Providers,
    options: ApplyOptions<'_>,
) -> Result<Report, Vec<Error>> {
    let mut reads = LastReads::new();
    let (jobs, reread) = match options.freshness {
        Freshness::JustRead(servers) => {
            let read = |zone: &ZonePlan| ((zone.provider.clone(), zone.zone.clone()), zone.counts.read);
            reads.extend(plan.zones.iter().map(read));
            (fresh::trust(plan, servers), false)
        }
        Freshness::ReadAgain(again) => {
            let checked = tokio::select! {
                checked = fresh::check(plan, providers, again, options.resume, &mut reads) => checked?,
                () = options.control.interrupted() => return Ok(Report::not_begun(plan)),
            };
            match checked {
                Ok(jobs) => (jobs, true),
                Err(stale) => return Ok(Report::stale(stale)),
            }
        }
    };
    let changes = jobs.iter().map(|job| job.changes.len()).sum();
    let already: usize = jobs.iter().map(|job| job.already.len()).sum();
    let creates = jobs.iter().filter(|job| job.create).count();
    options.control.begin(changes + already, already, creates);
    (options.observer)(ApplyEvent::Fresh { changes });
    let report = write::all(jobs, providers, options).await.map_err(|error| vec![error])?;
    Ok(Report { reread, reads, ..report })
}

#[cfg(test)]
mod tests;

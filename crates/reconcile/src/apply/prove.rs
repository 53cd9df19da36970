//! Asks name servers again for what was written earlier and is not known to be served.

use super::fresh::Job;
use super::live::empty;
use super::{ApplyOptions, Report, ZoneReport, write};
use crate::providers::{Provider, Providers};
use crate::servers;
use crate::verify::Verification;
use dnsctl_plan::Change;
use dnsctl_provider::error::{Error, Result};
use dnsctl_zone::{Desired, Live, Name, RRset, RecordType, Ttl};
use futures::stream::{self, StreamExt as _};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How many zones are read at a time.
const IN_FLIGHT: usize = 32;

/// What is not known to be served of a zone at one provider.
#[derive(Debug, Clone)]
pub struct Unproved {
    /// The provider's name.
    pub provider: String,
    /// The zone, as the files want it now.
    pub desired: Desired,
    /// The owner names and types.
    pub rrsets: BTreeSet<(Name, RecordType)>,
}

/// Reads each zone and asks its servers whether they serve these RRsets as the provider has them now, until they do or
/// time is up. Nothing is written. The changes of the report are numbered behind `last`; what the provider does not have
/// must not be served.
///
/// # Errors
/// None for a zone that cannot be read: then it is in the report as one that nobody has proved.
pub async fn prove(
    zones: &[Unproved],
    last: u32,
    providers: &Providers,
    options: ApplyOptions<'_>,
) -> Result<Report> {
    let reads = stream::iter(zones).map(|zone| read(zone, providers)).buffered(IN_FLIGHT).collect();
    let lives: Vec<_> = tokio::select! {
        lives = reads => lives,
        () = options.control.interrupted() => {
            let zones = zones.iter().map(|zone| unasked(zone, Verification::Interrupted, None)).collect();
            return Ok(Report { zones, ..Report::default() });
        }
    };
    let (mut jobs, mut unread) = (Vec::new(), Vec::new());
    let mut number = last;
    for (zone, live) in zones.iter().zip(lives) {
        match live {
            Ok((provider, live)) => jobs.push(job(zone, &provider, &live, &mut number)),
            Err(error) => {
                let not = Verification::NotChecked("the zone could not be read".to_owned());
                unread.push(unasked(zone, not, Some(error)));
            }
        }
    }
    let mut report = write::all(jobs, providers, options).await?;
    report.zones.extend(unread);
    Ok(report)
}

async fn read(zone: &Unproved, providers: &Providers) -> Result<(Arc<Provider>, Live)> {
    let provider = providers.get(&zone.provider)?;
    let apex = &zone.desired.apex;
    let live = provider.read_zone(apex).await?.unwrap_or_else(|| empty(apex));
    Ok((provider, live))
}

fn job(zone: &Unproved, provider: &Provider, live: &Live, number: &mut u32) -> Job {
    let Unproved { desired, rrsets, .. } = zone;
    let already: Vec<Change> = rrsets.iter().map(|rrset| change(rrset, live, number)).collect();
    let serves = provider.reader.serves(&desired.apex) || !desired.servers.is_empty();
    Job {
        provider: provider.name.clone(),
        zone: desired.apex.clone(),
        create: false,
        waits_for: Vec::new(),
        changes: Vec::new(),
        witnesses: serves.then(|| servers::witnesses(desired, &provider.name, live, &already)),
        already,
    }
}

/// What it was before is not known any more, and nobody is asked for it: nothing changes, or it is gone.
fn change((name, rtype): &(Name, RecordType), live: &Live, number: &mut u32) -> Change {
    *number = number.saturating_add(1);
    let after = live.zone.get(name, *rtype).cloned();
    let before =
        after.clone().unwrap_or_else(|| RRset::new(name.clone(), *rtype, Ttl::default(), Vec::new()));
    Change {
        number: *number,
        name: name.clone(),
        rtype: *rtype,
        before: Some(before),
        after,
        source: None,
        group: *number,
        depends_on: Vec::new(),
        old_answer_max_s: None,
    }
}

fn unasked(zone: &Unproved, verification: Verification, unfinished: Option<Error>) -> ZoneReport {
    ZoneReport {
        provider: zone.provider.clone(),
        zone: zone.desired.apex.clone(),
        creation: None,
        changes: Vec::new(),
        conflicts: Vec::new(),
        unfinished,
        verification,
        took: Duration::ZERO,
    }
}

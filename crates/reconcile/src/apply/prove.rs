//! Asks name servers again for what was written earlier and is not known to be served.

use super::fresh::Job;
use super::live::empty;
use super::{ApplyOptions, Report, ZoneReport, write};
use crate::providers::Providers;
use crate::servers;
use crate::verify::Verification;
use dnsctl_plan::Change;
use dnsctl_provider::error::{Error, Result};
use dnsctl_zone::{Desired, Live, Name, RRset, RecordType, Ttl};
use std::collections::BTreeSet;
use std::time::Duration;

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
    let (mut jobs, mut unread) = (Vec::new(), Vec::new());
    let mut number = last;
    for zone in zones {
        match job(zone, &mut number, providers).await {
            Ok(job) => jobs.push(job),
            Err(error) => unread.push(failed(zone, error)),
        }
    }
    let mut report = write::all(jobs, providers, options).await?;
    report.zones.extend(unread);
    Ok(report)
}

async fn job(unproved: &Unproved, number: &mut u32, providers: &Providers) -> Result<Job> {
    let Unproved { provider, desired, rrsets } = unproved;
    let provider = providers.get(provider)?;
    let live = provider.read_zone(&desired.apex).await?.unwrap_or_else(|| empty(&desired.apex));
    let already: Vec<Change> = rrsets.iter().map(|rrset| change(rrset, &live, number)).collect();
    let serves = provider.reader.serves(&desired.apex) || !desired.servers.is_empty();
    Ok(Job {
        provider: provider.name.clone(),
        zone: desired.apex.clone(),
        create: false,
        changes: Vec::new(),
        witnesses: serves.then(|| servers::witnesses(desired, &provider.name, &live, &already)),
        already,
    })
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

fn failed(zone: &Unproved, error: Error) -> ZoneReport {
    ZoneReport {
        provider: zone.provider.clone(),
        zone: zone.desired.apex.clone(),
        creation: None,
        changes: Vec::new(),
        conflicts: Vec::new(),
        unfinished: Some(error),
        verification: Verification::NotChecked("the zone could not be read".to_owned()),
        took: Duration::ZERO,
    }
}

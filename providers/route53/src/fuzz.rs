//! What fuzz targets call.

use crate::model::{HostedZoneList, ResourceRecordSetList, read};
use crate::{live, text};
use dnsctl_provider::error::Result;
use dnsctl_zone::{Live, Name, Rdata};

/// The zone that a list of record sets tells.
///
/// # Errors
/// A body that is no such list.
pub fn zone(apex: &Name, body: Vec<u8>) -> Result<Live> {
    let page: ResourceRecordSetList = read(&dnsctl_provider::fuzz::response(body))?;
    live::zone(apex, "Z1", &page.resource_record_sets.list)
}

/// How many hosted zones a list of them tells.
///
/// # Errors
/// A body that is no such list.
pub fn zones(body: Vec<u8>) -> Result<usize> {
    let page: HostedZoneList = read(&dnsctl_provider::fuzz::response(body))?;
    Ok(page.hosted_zones.list.iter().filter(|zone| text::read_name(&zone.name).is_ok()).count())
}

/// A record that is written for Route 53 and read again.
#[must_use]
pub fn round_trip(rdata: &Rdata) -> (String, Option<Rdata>) {
    let value = text::value(rdata);
    let again = text::read_value(rdata.rtype(), &value).ok();
    (value, again)
}

/// A name that is written for Route 53 and read again.
#[must_use]
pub fn name_round_trip(name: &Name) -> Option<Name> {
    text::read_name(&text::name(name)).ok()
}

//! Rules of the SOA record.

mod names;
mod single;
mod timers;

use crate::{Check, Subject};
use dnsctl_zone::{RRset, Rdata, RecordType};

pub(super) const CHECKS: &[&[Check]] = &[single::CHECKS, names::CHECKS, timers::CHECKS];

/// The SOA record of the zone.
fn soa<'a>(subject: &Subject<'a>) -> Option<(&'a RRset, &'a Rdata)> {
    let rrset = subject.get(subject.apex(), RecordType::SOA)?;
    rrset.values().first().map(|value| (rrset, value))
}

//! Rules of DNSSEC, as far as the records of zones tell.

mod child;
mod keys;
mod order;
mod signed;

use crate::Check;
use dnsctl_zone::Rdata;

pub(super) const CHECKS: &[&[Check]] = &[signed::CHECKS, keys::CHECKS, child::CHECKS, order::CHECKS];

/// Whether a CDS or CDNSKEY asks for the removal of the DS (RFC 8078 section 4).
fn removes(value: &Rdata) -> bool {
    value.number("algorithm") == Some(0)
}

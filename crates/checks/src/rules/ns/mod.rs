//! Rules of delegations and name servers.

mod address;
mod referral;
mod set;
mod target;

use crate::{Check, Pointer, Subject};
use dnsctl_zone::RecordType;

pub(super) const CHECKS: &[&[Check]] = &[set::CHECKS, target::CHECKS, address::CHECKS, referral::CHECKS];

/// The name servers of the zone itself.
fn own<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = &'s Pointer<'a>> {
    let rrset = subject.get(subject.apex(), RecordType::NS);
    rrset.into_iter().flat_map(|rrset| subject.pointers_in(rrset))
}

/// Whether a name server can only be reached with an address from this zone: it is at or below the name that it serves.
fn needs_glue(pointer: &Pointer<'_>) -> bool {
    pointer.target.name.is_at_or_below(&pointer.rrset.name)
}

//! Rules of MX records.

mod declared;
mod null;
mod number;
mod present;
mod target;

use crate::{Check, Pointer, Subject};
use dnsctl_zone::{RRset, RecordType};

pub(super) const CHECKS: &[&[Check]] =
    &[present::CHECKS, null::CHECKS, target::CHECKS, declared::CHECKS, number::CHECKS];

/// Whether all MX records say "no mail" (RFC 7505).
pub(super) fn is_null(rrset: &RRset) -> bool {
    rrset.values().iter().all(|mx| mx.target().is_some_and(|target| target.is_root()))
}

/// The MX records of the domain.
fn own<'a>(subject: &Subject<'a>) -> Option<&'a RRset> {
    subject.get(subject.domain(), RecordType::MX)
}

/// The MX records that name a host, in all RRsets.
fn exchangers<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = &'s Pointer<'a>> {
    subject.pointers_of(RecordType::MX)
}

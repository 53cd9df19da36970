//! Rules of DANE for mail: TLSA records (RFC 6698, RFC 7671, RFC 7672).

mod certificate;
mod change;
mod present;
mod record;
mod set;

pub(super) use certificate::no_leaf;

use crate::mail::tlsa::{SMTP, Set};
use crate::{Check, Subject};

pub(super) const CHECKS: &[&[Check]] =
    &[present::CHECKS, record::CHECKS, certificate::CHECKS, set::CHECKS, change::CHECKS];

/// The TLSA records that senders of mail look at.
fn smtp<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = &'s Set<'a>> {
    subject.tlsa().iter().filter(|set| set.is_for(SMTP))
}

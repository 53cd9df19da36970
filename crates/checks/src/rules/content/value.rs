//! Values that cannot be.

use super::alias::structure;
use crate::{Check, Outcome, Subject};
use dnsctl_zone::{Reference, StructureKind};

pub(super) const CHECKS: &[Check] = &[BAD_VALUE];

check! { BAD_VALUE = "zone.bad-value", Error, bad_value;
    title: "name servers refuse a record, although it is well-formed",
    why: "A digest that is cut off fits no key, parameters that contradict each other cannot be followed. Name servers that know the type do not load such a record, and mostly not the zone in which it stands; those that keep it serve something that nobody can use.",
    fix: "Write the value again as the program that made it shows it, complete; or remove the record.",
    example: "sub.example.com. DS: digest: it has 16 octets; with digest_type 2 it has 32 (RFC 4034 section 5.1.4)",
    see: [Reference::Rfc(1035, "5.2"), Reference::Rfc(4034, "5.1.4"), Reference::Rfc(4255, "3.1.2"), Reference::Rfc(9460, "2.2")],
    told_as: ["record/bad-value"],
}

fn bad_value(subject: &Subject<'_>) -> Outcome {
    let mut tally = structure(subject, &[StructureKind::BadValue]);
    if !subject.rrsets().is_empty() {
        tally.saw();
    }
    tally.outcome()
}

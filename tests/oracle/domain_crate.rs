//! The `domain` crate of NLnet Labs.

pub(crate) use crate::domain_scan::takes;
use crate::domain_scan::{Scanned, scan};
use crate::records::{Set, with_lines};

const ORIGIN: &str = "example.com.";

/// The records of a text that has no errors.
pub(crate) fn read(text: &str) -> Set {
    let faults = |error| panic!("domain: {}", with_lines(&format!("at {error}"), "at ", text));
    let records: Vec<Scanned> = scan(text, ORIGIN).unwrap_or_else(faults);
    let mut set = Set::default();
    for (owner, rtype, ttl, rdata) in records {
        set.add(&owner, rtype, ttl, &rdata);
    }
    set
}

/// Whether it refuses a text.
pub(crate) fn refuses(text: &str) -> bool {
    scan(text, ORIGIN).is_err()
}

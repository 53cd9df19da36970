//! Whether two RRsets are the same to an apply.

use dnsctl_zone::{RRset, RecordType, soa};

/// Same values and TTL; the serial number of an SOA record is the server's own.
pub(crate) fn agrees(wanted: &RRset, found: &RRset) -> bool {
    if wanted.ttl != found.ttl {
        return false;
    }
    match (wanted.rtype, wanted.values(), found.values()) {
        (RecordType::SOA, [wanted], [found]) => soa::same_but_serial(wanted, found),
        _ => wanted.same_values(found),
    }
}

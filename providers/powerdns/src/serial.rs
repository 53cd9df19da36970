//! The serial of the SOA record.

use dnsctl_zone::soa::next_serial;

/// The serial to send with an SOA record so that the zone's serial goes up. The server raises what it is sent as
/// `SOA-EDIT-API` says, also when that is below what the zone had; where it is off, it keeps what it is sent.
pub(crate) fn next(current: u32, soa_edit_api: &str) -> u32 {
    // What SOA-EDIT does depends on the zone's `SOA-EDIT`; one more than needed does no harm.
    let raises = ["DEFAULT", "INCREASE", "EPOCH"];
    let raised_by_server = raises.iter().any(|word| word.eq_ignore_ascii_case(soa_edit_api));
    if raised_by_server {
        return current;
    }
    next_serial(current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serial_goes_up() {
        assert_eq!((next(7, "DEFAULT"), next(7, "default"), next(7, ""), next(7, "OFF")), (7, 7, 8, 8));
        assert_eq!(next(u32::MAX, ""), 1);
    }
}

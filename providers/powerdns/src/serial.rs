//! The serial of the SOA record.

use dnsctl_zone::{Rdata, RecordType};

/// The serial to send with an SOA record so that the zone's serial goes up. The server raises what it is sent as
/// `SOA-EDIT-API` says, also when that is below what the zone had; where it is off, it keeps what it is sent.
pub(crate) fn next(current: u32, soa_edit_api: &str) -> u32 {
    // What SOA-EDIT does depends on the zone's `SOA-EDIT`; one more than needed does no harm.
    let raises = ["DEFAULT", "INCREASE", "EPOCH"];
    let raised_by_server = raises.iter().any(|word| word.eq_ignore_ascii_case(soa_edit_api));
    if raised_by_server {
        return current;
    }
    // RFC 1982 section 3; zero is left out, since some servers take it for "unknown".
    current.checked_add(1).unwrap_or(1)
}

/// The SOA rdata with this serial.
pub(crate) fn with(soa: &Rdata, serial: u32) -> Rdata {
    let octets = soa.octets();
    // Behind the two names stand five numbers of four octets, the serial first (RFC 1035 section 3.3.13).
    let Some((names, numbers)) = octets.split_at_checked(octets.len().saturating_sub(20)) else {
        return soa.clone();
    };
    let parts = [names, &serial.to_be_bytes(), numbers.get(4..).unwrap_or(&[])];
    Rdata::from_wire(RecordType::SOA, &parts.concat()).unwrap_or_else(|_| soa.clone())
}

#[cfg(test)]
mod tests {
    use dnsctl_zone::{Name, Names};

    use super::*;

    #[test]
    fn the_serial_goes_up_and_nothing_else_changes() {
        let root = Name::root();
        let text = "ns.a. h.a. 5 7200 3600 1209600 300";
        let soa = Rdata::parse(RecordType::SOA, text, Names { origin: &root, strict: false }).unwrap();
        assert_eq!(with(&soa, 4_294_967_295).to_string(), "ns.a. h.a. 4294967295 7200 3600 1209600 300");
        assert_eq!((next(7, "DEFAULT"), next(7, "default"), next(7, ""), next(7, "OFF")), (7, 7, 8, 8));
        assert_eq!(next(u32::MAX, ""), 1);
    }
}

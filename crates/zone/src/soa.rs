//! The SOA record and its serial number, which servers raise by themselves.

use crate::{Rdata, RecordType};

/// The last five numbers of the rdata, of four octets each; the serial is the first (RFC 1035 section 3.3.13).
const NUMBERS: usize = 20;

/// The octets before the serial, the serial, and the octets behind it.
fn split(soa: &Rdata) -> Option<(&[u8], u32, &[u8])> {
    if soa.rtype() != RecordType::SOA {
        return None;
    }
    let octets = soa.octets();
    let (names, numbers) = octets.split_at_checked(octets.len().checked_sub(NUMBERS)?)?;
    let (serial, times) = numbers.split_first_chunk::<4>()?;
    Some((names, u32::from_be_bytes(*serial), times))
}

/// The serial of an SOA record; `None` for other types.
pub fn serial(soa: &Rdata) -> Option<u32> {
    split(soa).map(|(_, serial, _)| serial)
}

/// The same SOA record with this serial; `None` for other types.
pub fn with_serial(soa: &Rdata, serial: u32) -> Option<Rdata> {
    let (names, _, times) = split(soa)?;
    Rdata::from_wire(RecordType::SOA, &[names, &serial.to_be_bytes(), times].concat()).ok()
}

/// Whether two SOA records are the same but for their serial.
pub fn same_but_serial(one: &Rdata, other: &Rdata) -> bool {
    match (split(one), split(other)) {
        (Some((names, _, times)), Some((other_names, _, other_times))) => {
            names == other_names && times == other_times
        }
        _ => false,
    }
}

/// Whether a serial is above another (RFC 1982 section 3.2). At a distance of 2³¹, which the RFC leaves open, it is not.
pub fn is_newer(serial: u32, than: u32) -> bool {
    let ahead = serial.wrapping_sub(than);
    ahead != 0 && ahead < 1 << 31
}

/// The serial that follows (RFC 1982 section 3.1). Zero is left out, since some programs take it for "no serial".
pub fn next_serial(serial: u32) -> u32 {
    serial.checked_add(1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Name, Names};
    use proptest::prelude::*;

    fn soa(serial: u32, name: &str) -> Rdata {
        let names = Names { origin: &Name::root(), strict: false };
        Rdata::parse(RecordType::SOA, &format!("{name}. h.x. {serial} 7200 3600 1209600 300"), names).unwrap()
    }

    #[test]
    fn the_serial_is_taken_out_and_put_in() {
        assert_eq!(serial(&soa(7, "ns")), Some(7));
        assert_eq!(with_serial(&soa(7, "ns"), u32::MAX), Some(soa(u32::MAX, "ns")));
        assert!(same_but_serial(&soa(1, "ns"), &soa(2, "ns")));
        assert!(!same_but_serial(&soa(1, "ns"), &soa(1, "other")));
        let address = Rdata::address(std::net::Ipv6Addr::LOCALHOST.into());
        assert_eq!((serial(&address), with_serial(&address, 1)), (None, None));
        assert!(!same_but_serial(&address, &address));
    }

    #[test]
    fn serials_go_round() {
        for (one, than, newer) in [
            (1, 0, true),
            (0, 1, false),
            (5, 5, false),
            (0, u32::MAX, true),
            (1, u32::MAX, true),
            (1 << 31, 0, false),
            ((1 << 31) - 1, 0, true),
        ] {
            assert_eq!(is_newer(one, than), newer, "{one} {than}");
        }
        assert_eq!((next_serial(1), next_serial(u32::MAX)), (2, 1));
    }

    proptest! {
        #[test]
        fn what_follows_is_newer_and_never_both(one: u32, other: u32) {
            prop_assert!(is_newer(next_serial(one), one));
            prop_assert!(!(is_newer(one, other) && is_newer(other, one)));
        }
    }
}

//! The SOA record, whose serial number the server raises by itself.

use dnsctl_zone::Rdata;

/// Where the serial is: before the four other numbers at the end of the rdata (RFC 1035 section 3.3.13).
const FROM_END: usize = 20;

/// Whether two SOA records are the same but for their serial.
pub(crate) fn same(one: &Rdata, other: &Rdata) -> bool {
    match (split(one), split(other)) {
        (Some((head, _, tail)), Some((other_head, _, other_tail))) => {
            head == other_head && tail == other_tail
        }
        _ => false,
    }
}

/// `wanted` with a serial above that of `current`: its own when it is above, else the next one (RFC 1982).
pub(crate) fn raised(wanted: &Rdata, current: &Rdata) -> Option<Rdata> {
    let (head, own, tail) = split(wanted)?;
    let (_, current, _) = split(current)?;
    let ahead = own.wrapping_sub(current);
    let serial = if ahead != 0 && ahead < 1 << 31 { own } else { current.wrapping_add(1) };
    Rdata::from_wire(wanted.rtype(), &[head, &serial.to_be_bytes(), tail].concat()).ok()
}

fn split(soa: &Rdata) -> Option<(&[u8], u32, &[u8])> {
    let octets = soa.octets();
    let (head, rest) = octets.split_at_checked(octets.len().checked_sub(FROM_END)?)?;
    let (serial, tail) = rest.split_first_chunk::<4>()?;
    Some((head, u32::from_be_bytes(*serial), tail))
}

#[cfg(test)]
mod tests {
    use dnsctl_zone::{Name, Names, RecordType};

    use super::*;

    fn soa(serial: u32, name: &str) -> Rdata {
        let names = Names { origin: &Name::root(), strict: false };
        Rdata::parse(RecordType::SOA, &format!("{name}. h. {serial} 2 3 4 5"), names).expect("SOA")
    }

    #[test]
    fn the_serial_does_not_count() {
        assert!(same(&soa(1, "a"), &soa(2, "a")));
        assert!(!same(&soa(1, "a"), &soa(1, "b")));
    }

    #[test]
    fn the_serial_goes_up() {
        for (wanted, current, result) in [
            (1, 1, 2),
            (5, 1, 5),
            (1, 5, 6),
            (1, u32::MAX, 1),
            (0, u32::MAX, 0),
            (7, u32::MAX, 7),
            (1 << 31, 0, 1),
        ] {
            assert_eq!(
                raised(&soa(wanted, "a"), &soa(current, "b")),
                Some(soa(result, "a")),
                "{wanted} {current}"
            );
        }
    }
}

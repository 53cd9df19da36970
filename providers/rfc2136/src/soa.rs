//! The SOA record, whose serial number the server raises by itself.

use dnsctl_zone::Rdata;
use dnsctl_zone::soa::{is_newer, next_serial, serial, with_serial};

pub(crate) use dnsctl_zone::soa::same_but_serial as same;

/// `wanted` with a serial above that of `current`: its own when it is above, else the next one.
pub(crate) fn raised(wanted: &Rdata, current: &Rdata) -> Option<Rdata> {
    let (own, current) = (serial(wanted)?, serial(current)?);
    with_serial(wanted, if is_newer(own, current) { own } else { next_serial(current) })
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
    fn the_serial_goes_up() {
        for (wanted, current, result) in [
            (1, 1, 2),
            (5, 1, 5),
            (1, 5, 6),
            (1, u32::MAX, 1),
            (0, u32::MAX, 0),
            (u32::MAX, u32::MAX, 1),
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

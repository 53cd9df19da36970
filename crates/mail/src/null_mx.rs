//! Null MX: a domain that takes no mail (RFC 7505).

use dnsctl_zone::{Rdata, RecordType};

/// The MX record of a domain that takes no mail: `0 .`.
pub fn rdata() -> Rdata {
    // Two octets of preference and the root are always an MX.
    Rdata::from_wire(RecordType::MX, &[0, 0, 0]).unwrap_or_else(|_| Rdata::text(RecordType::TXT, b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record() {
        assert_eq!(rdata().to_string(), "0 .");
        assert_eq!(rdata().rtype(), RecordType::MX);
    }
}

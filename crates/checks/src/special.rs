//! Addresses that are not for the public Internet.

use dnsctl_zone::Name;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is for, when it is not a public one (the IANA special-purpose registries, RFC 6890).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// The machine itself.
    Loopback,
    /// Networks of one's own.
    Private,
    /// Examples in documents.
    Documentation,
    /// One link, multicast, reserved, and whatever else no packet is routed to.
    Unroutable,
}

impl Special {
    /// In words: "203.0.113.10 is ...".
    pub(crate) fn spoken(self) -> &'static str {
        match self {
            Self::Loopback => "a loopback address (RFC 1122 section 3.2.1.3)",
            Self::Private => "a private address (RFC 1918, RFC 4193, RFC 6598)",
            Self::Documentation => "an address for documentation (RFC 5737, RFC 3849)",
            Self::Unroutable => "an address that no packet is routed to (RFC 6890)",
        }
    }

    /// What an address is for; `None` for a public one.
    pub(crate) fn of(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(address) => v4(address),
            IpAddr::V6(address) => v6(address),
        }
    }
}

fn v4(address: Ipv4Addr) -> Option<Special> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (127, ..) => Some(Special::Loopback),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Some(Special::Private),
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => Some(Special::Documentation),
        (0 | 224..=255, ..) | (169, 254, _) | (192, 0, 0) | (198, 18..=19, _) => Some(Special::Unroutable),
        _ => None,
    }
}

fn v6(address: Ipv6Addr) -> Option<Special> {
    if let Some(inner) = address.to_ipv4_mapped() {
        return v4(inner).or(Some(Special::Unroutable));
    }
    let [a, b, ..] = address.segments();
    match (a, b) {
        _ if address.is_loopback() => Some(Special::Loopback),
        (0xfc00..=0xfdff, _) => Some(Special::Private),
        (0x2001, 0x0db8) | (0x3fff, 0..=0x0fff) => Some(Special::Documentation),
        // 64:ff9b::/96 translates the public IPv4 space (RFC 6052).
        (0x64, 0xff9b) => None,
        // Only 2000::/3 is given out.
        (0x2000..=0x3fff, _) => None,
        _ => Some(Special::Unroutable),
    }
}

/// Whether a name is kept for documents, tests and inner networks (RFC 2606, RFC 6761, RFC 6762, RFC 8375, and `internal.`
/// of ICANN): special addresses are at home there.
pub(crate) fn reserved(name: &Name) -> bool {
    let labels: Vec<_> = name.labels().collect();
    let last = |count: usize| {
        let start = labels.len().saturating_sub(count);
        labels
            .get(start..)
            .unwrap_or(&[])
            .iter()
            .map(|label| String::from_utf8_lossy(label))
            .collect::<Vec<_>>()
            .join(".")
    };
    matches!(&*last(1), "example" | "test" | "invalid" | "localhost" | "local" | "internal")
        || matches!(&*last(2), "example.com" | "example.net" | "example.org" | "home.arpa")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses() {
        let of = |text: &str| Special::of(text.parse().unwrap());
        for (address, expected) in [
            ("8.8.8.8", None),
            ("2606:4700::1111", None),
            ("127.0.0.1", Some(Special::Loopback)),
            ("::1", Some(Special::Loopback)),
            ("172.31.255.255", Some(Special::Private)),
            ("172.32.0.0", None),
            ("100.64.0.1", Some(Special::Private)),
            ("fd00::1", Some(Special::Private)),
            ("203.0.113.9", Some(Special::Documentation)),
            ("2001:db8::1", Some(Special::Documentation)),
            ("2001:db9::1", None),
            ("169.254.1.1", Some(Special::Unroutable)),
            ("0.0.0.0", Some(Special::Unroutable)),
            ("255.255.255.255", Some(Special::Unroutable)),
            ("fe80::1", Some(Special::Unroutable)),
            ("::ffff:10.0.0.1", Some(Special::Private)),
            ("64:ff9b::808:808", None),
        ] {
            assert_eq!(of(address), expected, "{address}");
        }
    }

    #[test]
    fn reserved_names() {
        let of = |text: &str| reserved(&Name::absolute(text).unwrap());
        assert!(of("abc-corp.example") && of("mail.example.com") && of("x.test") && of("a.home.arpa"));
        assert!(!of("example.co.uk") && !of("test.com") && !of("arpa"));
    }
}

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
    /// Tunnels over IPv4 that few can reach: Teredo, 6to4.
    Tunnel,
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
            Self::Tunnel => "an address of a tunnel that few can reach (RFC 4380, RFC 7526)",
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

/// Whether packets of other networks can have this address: not the machine itself, a network of one's own, or one that no
/// packet is routed to. Addresses for documentation stand for public ones.
pub fn is_public(address: IpAddr) -> bool {
    !matches!(Special::of(address), Some(Special::Loopback | Special::Private | Special::Unroutable))
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
        (0x2001, 0) | (0x2002, _) => Some(Special::Tunnel),
        // Names of hosts (ORCHID, RFC 4843 and RFC 7343), not addresses.
        (0x2001, 0x10..=0x2f) => Some(Special::Unroutable),
        // Only 2000::/3 is given out.
        (0x2000..=0x3fff, _) => None,
        _ => Some(Special::Unroutable),
    }
}

/// The top-level names of inner networks (RFC 6761, RFC 6762 with its appendix G, and the decision of ICANN on `internal`).
pub(crate) const INNER: [&str; 8] =
    ["local", "localhost", "internal", "intranet", "private", "corp", "home", "lan"];

/// Whether a name is kept for documents, tests and inner networks (RFC 2606, RFC 6761, RFC 6762, RFC 8375, and `internal.`
/// of ICANN), or a reverse name of such addresses alone: special addresses are at home there.
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
    let (first, second) = (last(1).to_ascii_lowercase(), last(2).to_ascii_lowercase());
    INNER.contains(&&*first)
        || matches!(&*first, "example" | "test" | "invalid")
        || matches!(&*second, "example.com" | "example.net" | "example.org" | "home.arpa")
        || block(name)
            .is_some_and(|(from, to)| Special::of(from).is_some() && Special::of(from) == Special::of(to))
}

/// The first and the last address of the block that a reverse name stands for (RFC 1035 section 3.5, RFC 3596 section 2.5);
/// of a name below one that is no number (RFC 2317), what stands behind it.
fn block(name: &Name) -> Option<(IpAddr, IpAddr)> {
    let labels: Vec<String> =
        name.labels().map(|label| String::from_utf8_lossy(&label).to_ascii_lowercase()).collect();
    let mut labels = labels.iter().rev().map(String::as_str);
    if labels.next() != Some("arpa") {
        return None;
    }
    let (v4, radix, most) = match labels.next()? {
        "in-addr" => (true, 10, 4),
        "ip6" => (false, 16, 32),
        _ => return None,
    };
    let digits: Vec<u8> =
        labels.map_while(|label| u8::from_str_radix(label, radix).ok()).take(most).collect();
    if digits.is_empty() {
        return None;
    }
    let filled = |with: u8| digits.iter().copied().chain(std::iter::repeat(with)).take(most);
    let address = |with: u8| -> IpAddr {
        if v4 {
            let number = filled(with).fold(0_u32, |number, octet| number << 8 | u32::from(octet));
            Ipv4Addr::from_bits(number).into()
        } else {
            let number =
                filled(with & 15).fold(0_u128, |number, nibble| number << 4 | u128::from(nibble & 15));
            Ipv6Addr::from_bits(number).into()
        }
    };
    Some((address(0), address(255)))
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
            ("2001::1", Some(Special::Tunnel)),
            ("2002:c000:201::1", Some(Special::Tunnel)),
            ("2001:20::1", Some(Special::Unroutable)),
            ("2001:2f:ffff::1", Some(Special::Unroutable)),
            ("2001:30::1", None),
            ("2001:500:88::1", None),
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
        assert!(of("corp.intranet") && of("x.private") && of("X.LAN") && of("a.corp") && of("b.home"));
        assert!(!of("example.co.uk") && !of("test.com") && !of("arpa") && !of("lan.com"));
    }

    #[test]
    fn reverse_names_of_special_addresses() {
        let of = |text: &str| reserved(&Name::absolute(text).unwrap());
        for name in
            ["10.in-addr.arpa", "16.172.in-addr.arpa", "168.192.in-addr.arpa", "1.168.192.in-addr.arpa"]
        {
            assert!(of(name), "{name}");
        }
        assert!(of("0-63.2.0.10.in-addr.arpa") && of("64.100.in-addr.arpa") && of("254.169.in-addr.arpa"));
        assert!(of("d.f.ip6.arpa") && of("0.0.0.0.0.0.d.f.ip6.arpa") && of("8.b.d.0.1.0.0.2.ip6.arpa"));
        for name in
            ["in-addr.arpa", "172.in-addr.arpa", "192.in-addr.arpa", "100.in-addr.arpa", "8.in-addr.arpa"]
        {
            assert!(!of(name), "{name}");
        }
        assert!(!of("ip6.arpa") && !of("1.0.0.2.ip6.arpa") && !of("0.0.7.4.6.0.6.2.ip6.arpa"));
    }
}

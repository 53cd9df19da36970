//! Whether a network lies in others.

use dnsctl_mail::spf::Network;
use std::net::IpAddr;

/// The first address of a network that none of these holds.
pub(super) fn first_uncovered(networks: &[Network], address: IpAddr, prefix: u8) -> Option<IpAddr> {
    let (start, end) = range(address, prefix);
    let mut ranges: Vec<(u128, u128)> = networks
        .iter()
        .filter(|network| network.address.is_ipv4() == address.is_ipv4())
        .map(|network| range(network.address, network.length))
        .collect();
    ranges.sort_unstable();
    let mut at = start;
    for (first, last) in ranges {
        if first > at {
            break;
        }
        if last >= end {
            return None;
        }
        at = at.max(last.saturating_add(1));
    }
    Some(match address {
        IpAddr::V4(_) => IpAddr::V4(u32::try_from(at).ok()?.into()),
        IpAddr::V6(_) => IpAddr::V6(at.into()),
    })
}

/// The first and the last address, as numbers.
fn range(address: IpAddr, prefix: u8) -> (u128, u128) {
    let (bits, width) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let free = u32::from(u8::min(prefix, width).abs_diff(width));
    let below = 1_u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
    (bits & !below, bits | below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_that_is_missing() {
        let of = |networks: &[&str], text: &str| {
            let network = |text: &str| {
                let (address, length) = text.split_once('/').unwrap();
                Network { address: address.parse().unwrap(), length: length.parse().unwrap() }
            };
            let networks: Vec<Network> = networks.iter().map(|text| network(text)).collect();
            let wanted = network(text);
            first_uncovered(&networks, wanted.address, wanted.length).map(|address| address.to_string())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of(&["192.0.2.0/24"], "192.0.2.0/24"), None);
        assert_eq!(of(&["192.0.0.0/16"], "192.0.2.128/25"), None);
        assert_eq!(of(&["192.0.2.128/25", "192.0.2.0/25"], "192.0.2.0/24"), None);
        assert_eq!(of(&["192.0.2.0/25"], "192.0.2.0/24"), some("192.0.2.128"));
        assert_eq!(of(&["192.0.2.1/32"], "192.0.2.0/24"), some("192.0.2.0"));
        assert_eq!(of(&["192.0.2.0/25", "192.0.2.192/26"], "192.0.2.0/24"), some("192.0.2.128"));
        assert_eq!(of(&[], "2001:db8::/32"), some("2001:db8::"));
        assert_eq!(of(&["2001:db8::/33"], "2001:db8::/32"), some("2001:db8:8000::"));
        assert_eq!(of(&["::/0"], "2001:db8::/32"), None);
        assert_eq!(of(&["0.0.0.0/0"], "255.255.255.0/24"), None);
        assert_eq!(of(&["0.0.0.0/0"], "2001:db8::/32"), some("2001:db8::"));
        assert_eq!(of(&["192.0.2.0/24"], "192.0.2.77/24"), None);
    }
}

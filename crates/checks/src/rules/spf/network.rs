//! The networks that a record names.

use crate::mail::spf::Policy;
use crate::rules::spf::{about_term, faults, rewrite, used};
use crate::special::{Special, reserved};
use crate::tally::Tally;
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::spf::{FaultKind, Mechanism, Network, Prefixes};
use dnsctl_zone::Reference;
use std::net::IpAddr;

pub(super) const CHECKS: &[Check] = &[WIDE, HOST_BITS, SPECIAL];

check! { WIDE = "spf.cidr-wide", Warning, wide;
    title: "an SPF record authorises a very large network",
    why: "Everybody who has or rents an address in it may send in the name of the domain. More than 65,536 IPv4 addresses (a prefix shorter than /16), or an IPv6 prefix shorter than /32, is more than one owner has.",
    fix: "Name the addresses or small networks that the mail leaves from.",
    example: "\"ip4:198.0.0.0/8\" in the SPF record of example.com lets 16777216 addresses send",
    see: [Reference::Rfc(7208, "5.6"), Reference::Rfc(7208, "11.4")],
}

/// Prefixes shorter than these are wide.
const WIDE_IPV4: u8 = 16;
const WIDE_IPV6: u8 = 32;

fn wide(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, span, mechanism) in mechanisms(subject) {
        tally.saw();
        let (ipv4, ipv6) = match mechanism {
            Mechanism::Ip4(address, length) if Special::of(IpAddr::V4(*address)).is_none() => (*length, None),
            // 0.0.0.0/0 is everybody, not a private network.
            Mechanism::Ip4(_, Some(length @ 0..8)) => (Some(*length), None),
            Mechanism::Ip6(address, length) if Special::of(IpAddr::V6(*address)).is_none() => (None, *length),
            Mechanism::Ip6(_, Some(length @ 0..3)) => (None, Some(*length)),
            Mechanism::A(_, Prefixes { ipv4, ipv6 }) | Mechanism::Mx(_, Prefixes { ipv4, ipv6 }) => {
                (*ipv4, *ipv6)
            }
            _ => continue,
        };
        let words =
            match (ipv4.filter(|length| *length < WIDE_IPV4), ipv6.filter(|length| *length < WIDE_IPV6)) {
                (Some(0), _) | (_, Some(0)) => " lets everybody send".to_owned(),
                (Some(length), _) => format!(" lets {} addresses send", 1_u64 << (32 - u32::from(length))),
                (None, Some(length)) => format!(" lets a whole /{length} of IPv6 addresses send"),
                (None, None) => continue,
            };
        let finding = about_term(site, policy, span, &words);
        tally.fail(if words.ends_with("everybody send") {
            finding.weighs(Severity::Critical)
        } else {
            finding
        });
    }
    tally.outcome()
}

/// The mechanisms that let somebody send, up to `all`.
fn mechanisms<'s, 'a>(
    subject: &'s Subject<'a>,
) -> impl Iterator<Item = (&'s crate::mail::spf::Site<'a>, &'s Policy<'a>, Span, &'s Mechanism)> {
    used(subject).flat_map(|(site, policy, tree)| {
        tree.branches
            .iter()
            .filter_map(move |branch| Some((site, policy, branch.term.span, branch.term.kind.passing()?)))
    })
}

check! { HOST_BITS = "spf.host-bits", Note, host_bits;
    title: "a network in an SPF record has bits behind its prefix",
    why: "Receivers compare the first bits only: 192.0.2.130/24 is all of 192.0.2.0/24. Perhaps one host was meant, or a smaller network.",
    fix: "Write the network with zeros behind its prefix, or the address without a prefix length.",
    example: "\"ip4:192.0.2.130/24\" in the SPF record of example.com: the bits of the address below /24 are ignored: another network may be meant",
    see: [Reference::Rfc(7208, "5.6")],
}

fn host_bits(subject: &Subject<'_>) -> Outcome {
    faults(
        subject,
        |_, fault| fault.kind == FaultKind::HostBits,
        |policy, fault| {
            let text = std::str::from_utf8(fault.span.of(&policy.text)).ok()?;
            let (address, length) = text.split_once('/')?;
            let network = Network {
                address: masked(address.parse().ok()?, length.parse().ok()?),
                length: length.parse().ok()?,
            };
            rewrite(&policy.text, fault.span, &format!("{}/{length}", network.address))
        },
    )
}

/// The first address of a network.
fn masked(address: IpAddr, length: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(length)).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(length)).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}

check! { SPECIAL = "spf.special-address", Warning, special;
    title: "an SPF record names an address that is not public",
    why: "Receivers see the address from which mail reaches them. A private or loopback address never is that one, so the term authorises nobody, and the public address of the server is often missing.",
    fix: "Write the public address that the mail leaves from.",
    example: "\"ip4:10.1.2.3\" in the SPF record of abc-corp.com names a private address (RFC 1918, RFC 4193, RFC 6598)",
    see: [Reference::Rfc(7208, "5.6"), Reference::Rfc(6890, "2.2")],
}

fn special(subject: &Subject<'_>) -> Outcome {
    if subject.facts.allow_special_addresses || reserved(subject.apex()) {
        return Outcome::NotApplicable;
    }
    let mut tally = Tally::default();
    for (site, policy, span, mechanism) in mechanisms(subject) {
        let address = match mechanism {
            // A network that is wider than any such range is another matter.
            Mechanism::Ip4(address, length) if length.is_none_or(|length| length >= 8) => {
                IpAddr::V4(*address)
            }
            Mechanism::Ip6(address, length) if length.is_none_or(|length| length >= 7) => {
                IpAddr::V6(*address)
            }
            _ => continue,
        };
        tally.saw();
        if let Some(kind) = Special::of(address) {
            tally.fail(about_term(site, policy, span, &format!(" names {}", kind.spoken())));
        }
    }
    tally.outcome()
}

//! Addresses that must not be there.

use crate::special::{Special, reserved};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_zone::{RRset, RecordType, Reference};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) const CHECKS: &[Check] = &[SPECIAL, RETIRED];

check! { SPECIAL = "zone.special-address", Error, special;
    title: "a record of a public zone has an address that is not public",
    why: "Nobody outside reaches it. A private address leads into the network of whoever asks, and shows how the inner network is built.",
    fix: "Write the public address, or move the name to a zone that only the inner network sees.",
    example: "www.dnsctl-corpus.net has 127.0.0.1, a loopback address (RFC 1122 section 3.2.1.3)",
    see: [Reference::Rfc(6890, "2.2"), Reference::Rfc(1918, "3")],
}

fn special(subject: &Subject<'_>) -> Outcome {
    if subject.facts.allow_special_addresses || reserved(subject.apex()) {
        return Outcome::NotApplicable;
    }
    let mut tally = Tally::default();
    for rrset in subject.of(RecordType::A).chain(subject.of(RecordType::AAAA)) {
        for address in rrset.values().iter().filter_map(dnsctl_zone::Rdata::ip) {
            tally.saw();
            let Some(special) = Special::of(address) else { continue };
            let severity = match special {
                // localhost.example.com is an old custom.
                Special::Loopback
                    if rrset.name.labels().next().is_some_and(|label| &*label == b"localhost") =>
                {
                    Severity::Note
                }
                Special::Private | Special::Tunnel => Severity::Warning,
                _ => Severity::Error,
            };
            let message = format!("{} has {address}, {}", rrset.name.without_dot(), special.spoken());
            tally.fail(Finding::at(rrset, message).weighs(severity));
        }
    }
    tally.outcome()
}

check! { RETIRED = "zone.retired-address", Critical, retired;
    title: "a record still points at a retired address",
    why: "The address was given up after a move. Who still goes there reaches a dead machine, so mail waits for days and nobody is told, or reaches whoever has the address now; in SPF that one may send in the domain's name. A network of SPF in which it is weighs less (a warning): all of it may be yours.",
    fix: "Write the new address, or take the old one out. If the host is in use again, remove it from \"retired\".",
    example: "mail.example.com still points at 203.0.113.25, an address that mail.example.com gave up",
    see: [Reference::Rfc(5321, "5.1")],
    evidence: [Files, Provider, Mail],
}

fn retired(subject: &Subject<'_>) -> Outcome {
    if !subject.held.has_retired() && subject.facts.hosts.iter().all(|host| host.retired.is_empty()) {
        return Outcome::NotApplicable;
    }
    let mut tally = Tally::default();
    for rrset in subject.rrsets() {
        tally.saw();
        for (address, how) in named(rrset) {
            let Some(host) = former(subject, address) else { continue };
            let name = rrset.name.without_dot();
            let message = format!("{name}{how} {address}, an address that {host} gave up");
            let finding = Finding::at(rrset, message);
            let sends = rrset.rtype == RecordType::TXT;
            tally.fail(if sends { finding.weighs(Severity::Error) } else { finding });
        }
        if rrset.rtype == RecordType::TXT {
            covering(subject, rrset, &mut tally);
        }
    }
    tally.outcome()
}

/// The host that gave an address up.
pub(in crate::rules) fn former(subject: &Subject<'_>, address: IpAddr) -> Option<String> {
    let own = subject.facts.hosts.iter().find(|host| host.retired.contains(&address));
    let current = |host: &crate::Host| host.addresses.contains(&address) || host.planned.contains(&address);
    let current = subject.facts.hosts.iter().any(current) || subject.held.is_current(address);
    let own = own.filter(|_| !current);
    own.map(|host| &host.name)
        .or_else(|| subject.held.retired(address).map(|retired| &retired.host))
        .map(dnsctl_zone::Name::without_dot)
}

/// The addresses that a record names, with words to put between its name and each.
fn named(rrset: &RRset) -> Vec<(IpAddr, &'static str)> {
    let values = rrset.values().iter();
    match rrset.rtype {
        RecordType::A | RecordType::AAAA => {
            values.filter_map(dnsctl_zone::Rdata::ip).map(|address| (address, " still points at")).collect()
        }
        RecordType::TXT => {
            let texts = values.map(dnsctl_zone::Rdata::joined_text);
            texts
                .flat_map(|text| single_addresses(&text))
                .map(|address| (address, ": SPF still names"))
                .collect()
        }
        RecordType::SVCB | RecordType::HTTPS => {
            let hints = values.flat_map(|value| hints(&value.to_string()));
            hints.map(|address| (address, " gives as a hint")).collect()
        }
        _ => Vec::new(),
    }
}

/// The single addresses that an SPF record lets send.
fn single_addresses(text: &[u8]) -> Vec<IpAddr> {
    let single = |(address, length): &(IpAddr, u8)| *length == full(*address);
    networks(text).into_iter().filter(single).map(|(address, _)| address).collect()
}

fn full(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The networks that an SPF record lets send.
fn networks(text: &[u8]) -> Vec<(IpAddr, u8)> {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let Some(terms) = text.strip_prefix("v=spf1 ") else { return Vec::new() };
    let network = |term: &str| {
        let term = term.strip_prefix('+').unwrap_or(term);
        let text = term.strip_prefix("ip4:").or_else(|| term.strip_prefix("ip6:"))?;
        let (text, length) = text.split_once('/').map_or((text, None), |(text, length)| (text, Some(length)));
        let address: IpAddr =
            text.parse().ok().filter(|address: &IpAddr| address.is_ipv4() == term.starts_with("ip4:"))?;
        let length = length.map_or(Some(full(address)), |length| length.parse().ok())?;
        (length <= full(address)).then_some((address, length))
    };
    terms.split(' ').filter_map(network).collect()
}

/// The first and the last address of a network.
fn ends(address: IpAddr, length: u8) -> (IpAddr, IpAddr) {
    match address {
        IpAddr::V4(address) => {
            let host = u32::MAX.checked_shr(length.into()).unwrap_or(0);
            let bits = address.to_bits();
            (Ipv4Addr::from_bits(bits & !host).into(), Ipv4Addr::from_bits(bits | host).into())
        }
        IpAddr::V6(address) => {
            let host = u128::MAX.checked_shr(length.into()).unwrap_or(0);
            let bits = address.to_bits();
            (Ipv6Addr::from_bits(bits & !host).into(), Ipv6Addr::from_bits(bits | host).into())
        }
    }
}

/// Networks that an SPF record lets send and in which a retired address is: whoever has it now may send, too. Wider ones than
/// an organisation has are another matter.
fn covering(subject: &Subject<'_>, rrset: &RRset, tally: &mut Tally) {
    let texts = rrset.values().iter().map(dnsctl_zone::Rdata::joined_text);
    for (address, length) in texts.flat_map(|text| networks(&text)) {
        let widest = if address.is_ipv4() { 16 } else { 32 };
        if length == full(address) || length < widest {
            continue;
        }
        let (first, last) = ends(address, length);
        let own = subject.facts.hosts.iter().flat_map(|host| &host.retired);
        let own = own.filter(|one| first <= **one && **one <= last && one.is_ipv4() == address.is_ipv4());
        let others = subject.held.retired_within(first, last).map(|(one, _)| one);
        let Some((retired, host)) =
            own.copied().chain(others).find_map(|one| Some((one, former(subject, one)?)))
        else {
            continue;
        };
        let name = rrset.name.without_dot();
        let message =
            format!("{name}: SPF names {address}/{length} with {retired}, an address that {host} gave up");
        let fix = "Name the addresses that are in use, or smaller networks. If the whole network is yours, remove the address from \"retired\".";
        tally.fail(Finding::at(rrset, message).fix(fix).weighs(Severity::Warning));
    }
}

/// The `ipv4hint` and `ipv6hint` of service parameters (RFC 9460 section 7.3).
fn hints(text: &str) -> Vec<IpAddr> {
    let lists = text.split(' ').filter_map(|part| {
        let part = part.strip_prefix("ipv4hint=").or_else(|| part.strip_prefix("ipv6hint="))?;
        Some(part.trim_matches('"'))
    });
    lists.flat_map(|list| list.split(',')).filter_map(|address| address.parse().ok()).collect()
}

//! Where the name servers of the zone stand.

use crate::rules::ns::own;
use crate::special::{Special, reserved};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_zone::{Name, RecordType, Reference};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub(super) const CHECKS: &[Check] = &[DISTINCT, DIVERSITY, SPECIAL, IPV6];

/// The name servers of the apex with their addresses, and why some are not known.
fn servers(subject: &Subject<'_>) -> (Vec<(Name, Vec<IpAddr>)>, Option<String>) {
    let mut unknown = None;
    let mut found = Vec::new();
    for server in own(subject) {
        unknown = unknown.or_else(|| server.target.unknown());
        found.push((server.target.name.clone(), server.target.addresses().to_vec()));
    }
    (found, unknown)
}

/// The outcome of a rule that has found nothing.
fn otherwise(seen: bool, unknown: Option<String>) -> Outcome {
    match (seen, unknown) {
        (false, _) => Outcome::NotApplicable,
        (true, Some(why)) => Outcome::Untested(why),
        (true, None) => Outcome::Pass,
    }
}

check! { DISTINCT = "ns.distinct-ip", Error, distinct;
    title: "two name servers have one address",
    why: "They are one server under two names: when it is down, both are.",
    fix: "Use a second server, or take one of the names out.",
    example: "ns1.example.com and ns2.example.com are the same server, 192.0.2.1",
    see: [Reference::Rfc(2182, "3.1")],
}

fn distinct(subject: &Subject<'_>) -> Outcome {
    let Some(rrset) = subject.get(subject.apex(), RecordType::NS) else { return Outcome::NotApplicable };
    let (servers, unknown) = servers(subject);
    let mut names: BTreeMap<IpAddr, Vec<String>> = BTreeMap::new();
    for (name, addresses) in &servers {
        for address in addresses {
            names.entry(*address).or_default().push(name.without_dot());
        }
    }
    let shared = names.into_iter().filter(|(_, names)| names.len() > 1);
    let findings: Vec<_> = shared
        .map(|(address, names)| {
            Finding::at(rrset, format!("{} are the same server, {address}", names.join(" and ")))
        })
        .collect();
    if findings.is_empty() { otherwise(servers.len() > 1, unknown) } else { Outcome::Fail(findings) }
}

check! { DIVERSITY = "ns.prefix-diversity", Warning, diversity;
    title: "all name servers are in one network",
    why: "A cut line or a mistake in routing takes all of them away at once.",
    fix: "Put a name server into another network; most providers of DNS do it by themselves.",
    example: "all name servers of example.com are in 192.0.2.0/24",
    see: [Reference::Rfc(2182, "3.1")],
}

fn diversity(subject: &Subject<'_>) -> Outcome {
    let Some(rrset) = subject.get(subject.apex(), RecordType::NS) else { return Outcome::NotApplicable };
    let (servers, unknown) = servers(subject);
    let several = servers.len() > 1;
    // An unknown server may stand elsewhere.
    let prefixes: BTreeSet<String> =
        servers.iter().flat_map(|(_, addresses)| addresses).map(|ip| prefix(*ip)).collect();
    let v4 = prefixes.iter().filter(|prefix| prefix.ends_with("/24")).count();
    if !several || unknown.is_some() || prefixes.is_empty() || v4 > 1 || prefixes.len() - v4 > 1 {
        return otherwise(several, unknown);
    }
    let all = prefixes.into_iter().collect::<Vec<_>>().join(" and ");
    let message = format!("all name servers of {} are in {all}", subject.apex().without_dot());
    Outcome::Fail(vec![Finding::at(rrset, message)])
}

/// The /24 or /48 of an address.
fn prefix(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

check! { SPECIAL = "ns.special-address", Error, special;
    title: "a name server has an address that is not public",
    why: "The world cannot reach it. Resolvers that pick it wait, or ask a machine of their own network.",
    fix: "Give the name server its public address, or take it out of the NS records.",
    example: "ns1.dnsctl-corpus.net, a name server of dnsctl-corpus.net, has 10.0.0.53, a private address (RFC 1918, RFC 4193, RFC 6598)",
    see: [Reference::Rfc(6890, "2.2")],
}

fn special(subject: &Subject<'_>) -> Outcome {
    if subject.facts.allow_special_addresses || reserved(subject.apex()) {
        return Outcome::NotApplicable;
    }
    let mut tally = Tally::default();
    for server in subject.pointers_of(RecordType::NS) {
        tally.saw();
        if let Some(why) = server.target.unknown() {
            tally.unknown(why);
        }
        for address in server.target.addresses() {
            if let Some(special) = Special::of(*address) {
                let (name, of) = (server.target.name.without_dot(), server.rrset.name.without_dot());
                let message = format!("{name}, a name server of {of}, has {address}, {}", special.spoken());
                tally.fail(Finding::at(server.rrset, message));
            }
        }
    }
    tally.outcome()
}

check! { IPV6 = "ns.ipv6", Note, ipv6;
    title: "fewer than two name servers have IPv6",
    why: "Resolvers without IPv4 reach the domain only over IPv6, and with one such server by a hair.",
    fix: "Give two of the name servers AAAA records.",
    example: "1 of the 2 name servers of example.com has an AAAA record; two should",
    see: [Reference::Rfc(3901, "4")],
}

fn ipv6(subject: &Subject<'_>) -> Outcome {
    let Some(rrset) = subject.get(subject.apex(), RecordType::NS) else { return Outcome::NotApplicable };
    let (servers, unknown) = servers(subject);
    let six = servers.iter().filter(|(_, addresses)| addresses.iter().any(IpAddr::is_ipv6)).count();
    if six >= 2 {
        return Outcome::Pass;
    }
    if servers.len() < 2 || unknown.is_some() {
        return otherwise(servers.len() > 1, unknown);
    }
    let has = if six == 1 { "has" } else { "have" };
    let (count, apex) = (servers.len(), subject.apex().without_dot());
    let message = format!("{six} of the {count} name servers of {apex} {has} an AAAA record; two should");
    Outcome::Fail(vec![Finding::at(rrset, message)])
}

//! Rules of the addresses of mail hosts.

use crate::rules::content::former;
use crate::tally::Tally;
use crate::{Check, Finding, Found, Host, Outcome, Subject};
use dnsctl_zone::{Name, RecordType, Reference};
use std::collections::BTreeSet;
use std::net::IpAddr;

pub(super) const CHECKS: &[&[Check]] = &[&[EXPECTED]];

check! { EXPECTED = "addr.expected", Critical, expected;
    title: "the addresses of a mail host are not those of the inventory",
    why: "What is declared about the host and what the world is told differ. One of the two is wrong: mail goes to another machine, or leaves from one that SPF does not know.",
    fix: "Correct the A and AAAA records of the host, or its declaration under mail.hosts.",
    example: "submit.example.com has 192.0.2.99; the inventory says 198.51.100.25",
    see: [Reference::Rfc(5321, "5.1")],
    evidence: [Files, Provider, Mail],
}

/// Addresses that a host has and should not, and those that it should and has not. Planned ones may be there.
pub(super) fn differs(host: &Host, found: &[IpAddr]) -> (Vec<IpAddr>, Vec<IpAddr>) {
    let known = |address: &IpAddr| host.addresses.contains(address) || host.planned.contains(address);
    let extra = found.iter().filter(|address| !known(address)).copied().collect();
    let missing = host.addresses.iter().filter(|address| !found.contains(address)).copied().collect();
    (extra, missing)
}

fn expected(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let exchangers: BTreeSet<&Name> = subject.pointers_of(RecordType::MX).map(|mx| &mx.target.name).collect();
    for host in subject.facts.hosts.iter().filter(|host| !host.addresses.is_empty()) {
        let target = subject.target(&host.name);
        tally.saw();
        if let Found::Unknown(why) = &target.found {
            tally.unknown(why.clone());
            continue;
        }
        if target.found == Found::Made {
            tally.unknown(format!("the provider makes up the addresses of {}", host.name.without_dot()));
            continue;
        }
        let (extra, missing) = differs(host, target.addresses());
        // zone.retired-address tells of one that was given up.
        if extra.iter().any(|address| former(subject, *address).is_some()) {
            continue;
        }
        // mx.wrong-address tells of an MX with a wrong address, mx.target-address of one without any.
        let exchanger = exchangers.contains(&host.name);
        if exchanger && (!extra.is_empty() || target.has_none()) || (extra.is_empty() && missing.is_empty()) {
            continue;
        }
        let (name, declared) = (host.name.without_dot(), list(&host.addresses));
        let has = if target.has_none() { "no address".to_owned() } else { list(target.addresses()) };
        let rtype =
            if extra.iter().chain(&missing).all(IpAddr::is_ipv6) { RecordType::AAAA } else { RecordType::A };
        let mut finding = Finding::about(
            &host.name,
            Some(rtype),
            format!("{name} has {has}; the inventory says {declared}"),
        );
        if subject.get(&host.name, rtype).is_none() {
            finding = finding.from(host.source.clone());
        }
        // A further address that is not published yet loses no mail.
        let lost = !extra.is_empty() || target.has_none();
        tally.fail(if lost { finding } else { finding.weighs(crate::Severity::Warning) });
    }
    tally.outcome()
}

fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

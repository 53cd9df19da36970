//! Rules of the reverse names of addresses that send mail. They need the reverse zone beside the judged one; what is in no
//! zone that is held here is untested.

use crate::mail::senders;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, SenderKind, Subject};
use dnsctl_mail::resolve::{Answer, reverse_name};
use dnsctl_zone::{Name, Rdata, RecordType, Reference};
use std::collections::HashSet;
use std::net::IpAddr;

pub(super) const CHECKS: &[&[Check]] = &[&[EXISTS, CONFIRMED, HELO, GENERIC, MULTIPLE, STALE]];

/// An address that sends mail.
struct Address {
    ip: IpAddr,
    /// The host that it is declared for, and the name that it gives with EHLO.
    host: Option<Name>,
    helo: Option<Name>,
    /// Where that is declared.
    source: Option<dnsctl_zone::Source>,
}

/// The addresses that send; those of which nobody here knows are told. Where services of others send from is theirs.
fn senders(subject: &Subject<'_>, tally: &mut Tally) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    let mut known: HashSet<(IpAddr, Option<Name>)> = HashSet::new();
    for sender in &subject.facts.senders {
        let mut add = |ip, host: Option<Name>| {
            // A host can send by its name and as one that takes mail.
            if known.insert((ip, host.clone())) {
                let own = host.as_ref().map(|host| subject.greeting(host).clone());
                let helo = sender.helo.clone().or(own);
                found.push(Address { ip, host, helo, source: sender.source.clone() });
            }
        };
        if let SenderKind::Network { address, prefix } = sender.who {
            if prefix == if address.is_ipv4() { 32 } else { 128 } {
                add(address, None);
            } else {
                tally.unknown(format!("which addresses of {address}/{prefix} send mail is not declared"));
            }
            continue;
        }
        match senders::hosts(subject, &sender.who) {
            Ok(hosts) => {
                for (host, addresses) in hosts {
                    addresses.into_iter().for_each(|ip| add(ip, Some(host.clone())));
                }
            }
            Err(why) => tally.unknown(why),
        }
    }
    found
}

/// The names of an address in the zones that are held; why they are not known. A delegation of less than 256 addresses goes
/// through an alias (RFC 2317).
fn pointers(subject: &Subject<'_>, ip: IpAddr) -> Result<Vec<Name>, String> {
    let zones = subject.answers();
    match zones.search(&reverse_name(ip), RecordType::PTR) {
        (Answer::Found(values), _) => {
            let mut names: Vec<Name> = values.iter().filter_map(Rdata::target).collect();
            names.sort();
            Ok(names)
        }
        (Answer::Empty | Answer::Missing, _) => Ok(Vec::new()),
        (Answer::Failed(why), _) => Err(why),
        (Answer::Unknown, end) => Err(zones.may_have(&end, RecordType::PTR).map_or_else(
            || format!("the reverse zone of {ip} is not held here"),
            |why| format!("{ip}: {why}"),
        )),
    }
}

/// Looks at each sending address with its names.
fn each(subject: &Subject<'_>, look: impl Fn(&Address, &[Name], &mut Tally)) -> Outcome {
    let mut tally = Tally::default();
    for address in senders(subject, &mut tally) {
        tally.saw();
        match pointers(subject, address.ip) {
            Ok(names) => look(&address, &names, &mut tally),
            Err(why) => tally.unknown(why),
        }
    }
    tally.outcome()
}

/// A finding about an address: at its reverse name.
fn about(address: &Address, message: String) -> Finding {
    let name = address.host.clone().unwrap_or_else(|| reverse_name(address.ip));
    Finding::about(&name, None, message).from(address.source.clone())
}

check! { EXISTS = "ptr.exists", Error, exists;
    title: "an address that sends mail has no reverse name",
    why: "Large receivers refuse mail from an address without a name or treat it as spam; over IPv6 almost all do.",
    fix: "Write a PTR record with the name of the host into the reverse zone.",
    example: "192.0.2.25 sends mail, but has no PTR record",
    see: [Reference::Rfc(1912, "2.1"), Reference::Page("Google: email sender guidelines", "https://support.google.com/a/answer/81126")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn exists(subject: &Subject<'_>) -> Outcome {
    each(subject, |address, names, tally| {
        if names.is_empty() {
            tally.fail(about(address, format!("{} sends mail, but has no PTR record", address.ip)));
        }
    })
}

check! { CONFIRMED = "ptr.fcrdns", Error, confirmed;
    title: "the reverse name of a sending address does not lead back to it",
    why: "Anybody can write any name into a reverse zone. Receivers believe it only when the name has the address.",
    fix: "Give the name this address, or write the right name into the PTR record.",
    example: "192.0.2.25 has the reverse name mail.example.com, which has the address 192.0.2.26",
    see: [Reference::Rfc(8601, "2.7.3"), Reference::Rfc(1912, "2.1")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn confirmed(subject: &Subject<'_>) -> Outcome {
    each(subject, |address, names, tally| {
        let mut wrong = None;
        for name in names {
            let target = subject.target(name);
            if target.addresses().contains(&address.ip) {
                return;
            }
            if let Some(why) = target.unknown() {
                return tally.unknown(why);
            }
            wrong.get_or_insert((name, target));
        }
        if let Some((name, target)) = wrong {
            let has = match target.addresses().first() {
                Some(first) => format!("the address {first}"),
                None => "no address".to_owned(),
            };
            let message =
                format!("{} has the reverse name {}, which has {has}", address.ip, name.without_dot());
            tally.fail(about(address, message));
        }
    })
}

check! { HELO = "ptr.helo", Warning, helo;
    title: "a sending host greets with another name than its reverse name",
    why: "Receivers compare the two and count a difference against the mail.",
    fix: "Write the name that the host gives with EHLO into the PTR record, or let the host give its reverse name.",
    example: "192.0.2.25 greets as mail.example.com, but its reverse name is host25.other.example",
    see: [Reference::Rfc(5321, "4.1.1.1"), Reference::Rfc(5321, "4.1.4")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn helo(subject: &Subject<'_>) -> Outcome {
    each(subject, |address, names, tally| {
        let Some(helo) = &address.helo else { return };
        if let Some(first) = names.first().filter(|_| !names.contains(helo)) {
            let (greets, name) = (helo.without_dot(), first.without_dot());
            tally.fail(about(
                address,
                format!("{} greets as {greets}, but its reverse name is {name}", address.ip),
            ));
        }
    })
}

check! { GENERIC = "ptr.generic", Warning, generic;
    title: "the reverse name of a sending address is made of its number",
    why: "Names such as 192-0-2-25.dynamic.example.net stand for home connections and unused machines. Many receivers refuse mail from them.",
    fix: "Ask the provider of the address for a PTR record with the name of the mail host.",
    example: "the reverse name of 192.0.2.25 is made of its number: host-192-0-2-25.other.example",
    see: [Reference::Page("M3AAWG: sender best common practices", "https://www.m3aawg.org/published-documents")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn generic(subject: &Subject<'_>) -> Outcome {
    each(subject, |address, names, tally| {
        let IpAddr::V4(ip) = address.ip else { return };
        if let Some(name) = names.iter().find(|name| of_number(name, ip.octets())) {
            let message = format!("the reverse name of {ip} is made of its number: {}", name.without_dot());
            tally.fail(about(address, message));
        }
    })
}

/// Whether all four numbers of an address stand in a name, in either order.
fn of_number(name: &Name, octets: [u8; 4]) -> bool {
    let text = name.without_dot();
    let numbers: Vec<u8> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok())
        .collect();
    let mut reversed = octets;
    reversed.reverse();
    numbers.windows(4).any(|four| four == octets || four == reversed)
}

check! { MULTIPLE = "ptr.multiple", Note, multiple;
    title: "a sending address has several reverse names",
    why: "Receivers look at one of them, and nobody can say at which.",
    fix: "Keep the name that the host gives with EHLO.",
    example: "192.0.2.25 has 2 reverse names: mail.example.com, www.example.com",
    see: [Reference::Rfc(1912, "2.1"), Reference::Rfc(2181, "10.2")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn multiple(subject: &Subject<'_>) -> Outcome {
    each(subject, |address, names, tally| {
        if names.len() > 1 {
            let list = names.iter().map(Name::without_dot).collect::<Vec<_>>().join(", ");
            tally.fail(about(address, format!("{} has {} reverse names: {list}", address.ip, names.len())));
        }
    })
}

check! { STALE = "ptr.stale", Warning, stale;
    title: "a retired address still has the reverse name of the mail host",
    why: "Whoever gets the address next speaks in the name of the host, and traces of old mail lead to a stranger.",
    fix: "Remove the PTR record of the old address, or let its provider do it.",
    example: "203.0.113.25 was given up by mail.example.com, but still has its reverse name",
    see: [Reference::Rfc(1912, "2.1")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn stale(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for host in &subject.facts.hosts {
        for ip in &host.retired {
            tally.saw();
            match pointers(subject, *ip) {
                Ok(names) if names.contains(&host.name) => {
                    let name = host.name.without_dot();
                    let message = format!("{ip} was given up by {name}, but still has its reverse name");
                    tally.fail(Finding::about(&host.name, None, message).from(host.source.clone()));
                }
                Ok(_) => {}
                Err(why) => tally.unknown(why),
            }
        }
    }
    tally.outcome()
}

//! What receivers make of senders.

use super::{Lookups, Role, SenderEffect};
use dnsctl_checks::{Facts, SenderKind, Subject};
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_mail::spf::{self, Mechanism, Question, Selection, SpfResult};
use dnsctl_zone::{Name, Rdata, RecordType};
use std::net::IpAddr;

/// The result of each declared sender and retired address, and of each other address that the records name and whose result
/// changes.
pub(super) fn effects(facts: &Facts, before: Option<&Subject<'_>>, after: &Subject<'_>) -> Vec<SenderEffect> {
    let domain = after.domain();
    let mut told: Vec<(IpAddr, String, Role)> = Vec::new();
    let mut add = |address: IpAddr, words: String, role: Role| {
        if !told.iter().any(|(known, _, _)| *known == address) {
            told.push((address, words, role));
        }
    };
    for sender in &facts.senders {
        let hosts = match &sender.who {
            SenderKind::Host(name) => vec![name.clone()],
            SenderKind::Exchangers(name) => {
                let found = after.answers().mail_exchangers(name.as_ref().unwrap_or(domain));
                found.values().iter().map(|(_, host)| host.clone()).collect()
            }
            SenderKind::Network { address, prefix } => {
                let whole = *prefix == if address.is_ipv4() { 32 } else { 128 };
                let words = if whole { address.to_string() } else { format!("{address}/{prefix}") };
                add(*address, words, Role::Declared);
                Vec::new()
            }
            SenderKind::Include(_) | SenderKind::Exists(_) => Vec::new(),
        };
        for host in hosts {
            for address in addresses(after, &host) {
                add(address, format!("{address} ({})", host.without_dot()), Role::Declared);
            }
        }
    }
    for host in &facts.hosts {
        for address in &host.retired {
            add(*address, format!("{address} (formerly {})", host.name.without_dot()), Role::Retired);
        }
    }
    for address in before.map(named).unwrap_or_default().into_iter().chain(named(after)) {
        add(address, address.to_string(), Role::Found);
    }
    let effect = |(address, sender, role): (IpAddr, String, Role)| {
        let was = before.map(|subject| result(subject, address));
        let is = result(after, address);
        let same = was.is_some_and(|was| was == is);
        if role == Role::Found && (same || was.is_none())
            || is == SpfResult::None && was.is_none_or(|was| was == is)
        {
            return None;
        }
        Some(SenderEffect { sender, role, before: was.map(|was| was.to_string()), after: is.to_string() })
    };
    told.into_iter().filter_map(effect).collect()
}

/// The addresses of a host: declared ones, else those in DNS as far as they are held.
fn addresses(subject: &Subject<'_>, name: &Name) -> Vec<IpAddr> {
    let host = subject.facts.host(name).or_else(|| subject.held.host(name));
    match host.map(|host| &host.addresses).filter(|addresses| !addresses.is_empty()) {
        Some(declared) => declared.clone(),
        None => subject.target(name).addresses().to_vec(),
    }
}

/// The text of the domain's SPF record, when there is exactly one.
fn record(subject: &Subject<'_>) -> Option<Vec<u8>> {
    let rrset = subject.get(subject.domain(), RecordType::TXT)?;
    let texts: Vec<Vec<u8>> = rrset.values().iter().map(Rdata::joined_text).collect();
    match spf::select(&texts) {
        Selection::One(text) => Some(text.to_vec()),
        Selection::None | Selection::Many(_) => None,
    }
}

/// The single addresses that the SPF record names, and those of the hosts that take mail.
fn named(subject: &Subject<'_>) -> Vec<IpAddr> {
    let parsed = record(subject).and_then(|text| spf::parse(&text).record);
    let single =
        parsed.iter().flat_map(spf::Record::directives).filter_map(|(_, directive)| {
            match &directive.mechanism {
                Mechanism::Ip4(address, None | Some(32)) => Some(IpAddr::V4(*address)),
                Mechanism::Ip6(address, None | Some(128)) => Some(IpAddr::V6(*address)),
                _ => None,
            }
        });
    let hosts = match subject.answers().mail_exchangers(subject.domain()) {
        Answer::Found(hosts) => hosts,
        _ => Vec::new(),
    };
    single
        .collect::<Vec<_>>()
        .into_iter()
        .chain(hosts.iter().flat_map(|(_, host)| addresses(subject, host)))
        .collect()
}

fn result(subject: &Subject<'_>, ip: IpAddr) -> SpfResult {
    let domain = subject.domain().without_dot();
    let question =
        Question { ip, helo: &domain, mail_from: &format!("postmaster@{domain}"), receiver: "", now: 0 };
    spf::evaluate(&subject.answers(), &question).result
}

/// What the record costs before and after; nothing when there is none on either side.
pub(super) fn lookups(before: Option<&Subject<'_>>, after: &Subject<'_>) -> Option<Lookups> {
    let cost = |subject: &Subject<'_>| {
        let text = record(subject)?;
        Some(spf::walk(&subject.answers(), subject.domain(), &text).lookups)
    };
    let lookups = Lookups { before: before.and_then(cost), after: cost(after) };
    (lookups.before.is_some() || lookups.after.is_some()).then_some(lookups)
}

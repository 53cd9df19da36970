//! The terms that authorise a sender, and a record with them.

use crate::{SenderKind, Subject};
use dnsctl_mail::intent::Include;
use dnsctl_mail::spf::{Mechanism, Parsed, Term, is_spf, parse};
use dnsctl_zone::Name;
use std::net::IpAddr;

/// The term for a network.
pub(super) fn network(address: IpAddr, prefix: u8) -> String {
    let (kind, full) = if address.is_ipv4() { ("ip4", 32) } else { ("ip6", 128) };
    if prefix == full { format!("{kind}:{address}") } else { format!("{kind}:{address}/{prefix}") }
}

/// The term for an address.
pub(super) fn address(address: IpAddr) -> String {
    network(address, if address.is_ipv4() { 32 } else { 128 })
}

/// The term for whatever addresses a name has.
pub(super) fn name(mechanism: &str, name: Option<&Name>, domain: &Name) -> String {
    match name.filter(|name| *name != domain) {
        Some(name) => format!("{mechanism}:{}", name.without_dot()),
        None => mechanism.to_owned(),
    }
}

/// The term for a domain, or a text with macros, that is declared.
pub(super) fn declared(sender: &SenderKind) -> Option<String> {
    match sender {
        SenderKind::Include(Include::Name(name)) => Some(format!("include:{}", name.without_dot())),
        SenderKind::Include(Include::Macros(text)) => Some(format!("include:{text}")),
        SenderKind::Exists(text) => Some(format!("exists:{text}")),
        SenderKind::Host(_) | SenderKind::Network { .. } | SenderKind::Exchangers(_) => None,
    }
}

/// A record with these terms: networks in front, since they cost nothing and nothing can match before them, others in front
/// of `all` unless `front`. `None` when that is not a record.
pub(super) fn with(parsed: &Parsed, terms: &[String], front: bool) -> Option<String> {
    let mut record = parsed.record.clone()?;
    for term in terms.iter().rev() {
        let added: Term = parse(format!("v=spf1 {term}").as_bytes()).record?.terms.into_iter().next()?;
        let network = matches!(added.kind.mechanism(), Some(Mechanism::Ip4(..) | Mechanism::Ip6(..)));
        let front = front || network;
        let all = |term: &Term| matches!(term.kind.mechanism(), None | Some(Mechanism::All));
        let end = record.terms.iter().position(all).unwrap_or(record.terms.len());
        record.terms.insert(if front { 0 } else { end }, added);
    }
    Some(record.to_string()).filter(|text| is_spf(text.as_bytes()))
}

/// A first record for the declared senders.
pub(in crate::rules::spf) fn record(subject: &Subject<'_>) -> Option<String> {
    let domain = subject.domain();
    let mut terms: Vec<String> = Vec::new();
    for sender in &subject.facts.senders {
        let own = match &sender.who {
            SenderKind::Host(host) => {
                let declared = subject.facts.host(host).map_or(&[][..], |host| &host.addresses);
                let addresses: Vec<String> = declared.iter().map(|one| address(*one)).collect();
                if addresses.is_empty() { vec![name("a", Some(host), domain)] } else { addresses }
            }
            SenderKind::Network { address, prefix } => vec![network(*address, *prefix)],
            SenderKind::Exchangers(of) => vec![name("mx", of.as_ref(), domain)],
            other => declared(other).into_iter().collect(),
        };
        own.into_iter().for_each(|term| {
            if !terms.contains(&term) {
                terms.push(term);
            }
        });
    }
    terms.sort_by_key(|term| !term.starts_with("ip4:") && !term.starts_with("ip6:"));
    (!terms.is_empty()).then(|| format!("v=spf1 {} ~all", terms.join(" ")))
}

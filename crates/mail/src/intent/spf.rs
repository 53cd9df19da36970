//! The SPF record of the declared senders.

use super::{Include, Intent, Sender, SpfAll};
use dnsctl_zone::Name;
use std::net::IpAddr;

/// The terms that authorise a sender. A declared host is named by its addresses, which costs no lookup (RFC 7208 section
/// 4.6.4), and by those that it will get: receivers must know them before the first mail comes from there.
pub fn sender_terms(intent: &Intent, sender: &Sender) -> Vec<String> {
    match sender {
        Sender::Host(name) => {
            let Some(host) = intent.host(name).filter(|host| !host.value.addresses.is_empty()) else {
                return vec![format!("a:{}", name.without_dot())];
            };
            let addresses = host.value.addresses.iter().chain(&host.value.planned);
            addresses.map(|address| network(*address, full(*address))).collect()
        }
        Sender::Network { address, prefix } => vec![network(*address, *prefix)],
        Sender::Include(Include::Name(name)) => vec![format!("include:{}", name.without_dot())],
        Sender::Include(Include::Macros(text)) => vec![format!("include:{text}")],
        Sender::Exchangers(None) => vec!["mx".to_owned()],
        Sender::Exchangers(Some(name)) => vec![format!("mx:{}", name.without_dot())],
        Sender::Exists(text) => vec![format!("exists:{text}")],
    }
}

fn full(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn network(address: IpAddr, prefix: u8) -> String {
    let kind = if address.is_ipv4() { "ip4" } else { "ip6" };
    if prefix == full(address) { format!("{kind}:{address}") } else { format!("{kind}:{address}/{prefix}") }
}

/// The text of the record: networks first, since they cost no lookup, the rest as it was written.
pub(super) fn record(intent: &Intent) -> String {
    let mut terms: Vec<String> = Vec::new();
    for sender in &intent.senders {
        for term in sender_terms(intent, &sender.value) {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
    }
    terms.sort_by_key(|term| !term.starts_with("ip4:") && !term.starts_with("ip6:"));
    let spf = intent.spf.as_ref().map(|spf| &spf.value);
    let redirect: Option<&Name> = spf.and_then(|spf| spf.redirect.as_ref());
    let end = match redirect {
        Some(name) => format!("redirect={}", name.without_dot()),
        None => {
            let usual = if terms.is_empty() { SpfAll::Fail } else { SpfAll::SoftFail };
            spf.and_then(|spf| spf.all).unwrap_or(usual).term().to_owned()
        }
    };
    terms.insert(0, "v=spf1".to_owned());
    terms.push(end);
    terms.join(" ")
}

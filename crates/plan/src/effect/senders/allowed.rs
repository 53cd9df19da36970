//! Whom a record let pass, where nobody declares who sends.

use super::side::{Side, Verdict, words};
use super::{Lost, Senders, Why, found};
use dnsctl_checks::Subject;
use dnsctl_mail::spf::{Accepted, Network, SpfResult};
use dnsctl_zone::{Name, RecordType};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Addresses that hosts of the zone have before and after, each with the first of them.
pub(super) struct Hosts<'z>(BTreeMap<IpAddr, &'z Name>);

impl<'z> Hosts<'z> {
    pub(super) fn new(before: &Subject<'_>, after: &'z Subject<'_>) -> Self {
        let mut all = BTreeMap::new();
        for rtype in [RecordType::A, RecordType::AAAA] {
            for rrset in after.of(rtype) {
                let Some(old) = before.get(&rrset.name, rtype) else { continue };
                let stay = rrset.values().iter().filter(|value| old.values().contains(value));
                for address in stay.filter_map(dnsctl_zone::Rdata::ip) {
                    all.entry(address).or_insert(&rrset.name);
                }
            }
        }
        Self(all)
    }
}

impl Senders {
    /// Those who lose their pass without a trace of where they would be now: terms that lead to another organisation, hosts that
    /// stay where they are, and networks of a record that gets nothing in return. An address that leaves a record together with
    /// its host is a move or tidying up.
    pub(super) fn lose_allowed(&mut self, was: &Side<'_, '_>, is: &Side<'_, '_>, hosts: &Hosts<'_>) {
        let mut lose = |sender: String, term: String, after: Verdict| {
            let known = self.lost.iter().any(|lost| lost.domain == *is.domain && lost.term == term);
            if !known && after.result != SpfResult::Pass {
                self.lost.push(Lost { domain: is.domain.clone(), sender, term, why: Why::Allowed, after });
            }
        };
        let old = was.unknown();
        let narrowed = || {
            let added = is.unknown().into_iter().any(|new| !old.contains(&new));
            !added && is.accepted.without(&was.accepted).is_empty()
        };
        for (who, words) in &old {
            if was.result(who) == SpfResult::Pass {
                lose(words.clone(), who.term(), is.ask(who));
            }
        }
        let gone = Accepted::of(&was.accepted.without(&is.accepted));
        let mut parts = gone.told_by(&was.accepted);
        parts.retain(|part| part.network != Network::single(part.network.address));
        if !parts.is_empty() && !narrowed() {
            parts.clear();
        }
        let told = Accepted::of(&parts.iter().map(|part| part.network).collect::<Vec<_>>());
        let hosts = hosts.0.iter().filter(|(ip, _)| gone.holds(**ip) && !told.holds(**ip));
        let hosts = hosts.map(|(ip, host)| (*ip, format!("{ip} ({})", host.without_dot()), ip.to_string()));
        let networks = parts.iter().map(|part| (part.first, found::part_words(part), words(part.network)));
        // One answer stands for all that are only counted.
        let mut last = None;
        for (index, (ip, sender, term)) in networks.chain(hosts).enumerate() {
            let after = match last {
                Some(known) if index >= found::MOST => known,
                _ => is.of(ip),
            };
            lose(sender, term, after.clone());
            last = Some(after);
        }
    }
}

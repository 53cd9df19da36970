//! Senders that nobody declared.

use super::side::{Side, Who, words};
use super::{Lost, Role, SenderEffect, Senders, Why, row};
use dnsctl_mail::spf::{Accepted, Network, Portion, SpfResult};
use std::collections::HashSet;
use std::net::IpAddr;

/// So many networks are told that lose their pass, and as many that get it; the others are counted.
pub(super) const MOST: usize = 32;

impl Senders {
    /// Hosts that take mail of the domain and lose their pass, each with its row: where nothing is declared, they may well send
    /// it, too. One that gets another address, or comes in place of others, loses the pass of those.
    pub(super) fn lose_exchangers(&mut self, was: &Side<'_, '_>, is: &Side<'_, '_>, told: &mut HashSet<Who>) {
        let old = was.exchangers();
        let passed = |ip: &IpAddr| was.of(*ip).result == SpfResult::Pass;
        let new = is.exchangers();
        let stays = old.iter().any(|(ip, host)| new.iter().any(|(its, name)| its == ip || name == host));
        for (ip, host) in &new {
            let ip = *ip;
            let after = is.of(ip);
            // What such an address is for is told by the rules of MX hosts, and nobody sends from it.
            if !dnsctl_checks::is_public(ip) || matches!(after.result, SpfResult::Pass | SpfResult::Undecided)
            {
                continue;
            }
            let (domain, sender) = (is.domain.clone(), format!("{ip} ({})", host.without_dot()));
            let instead = if passed(&ip) {
                None
            } else {
                // Those in whose place it is: of the same host, or all of them where none stays.
                let own = |(_, name): &&(IpAddr, _)| !stays || name == host;
                let instead: Vec<IpAddr> = old.iter().filter(own).map(|(ip, _)| *ip).collect();
                if instead.is_empty() || instead.contains(&ip) || !instead.iter().all(passed) {
                    continue;
                }
                let text: Vec<String> = instead.iter().take(3).map(IpAddr::to_string).collect();
                let text = text.join(", ");
                // One that comes beside others had no result before.
                let beside = instead.iter().any(|old| new.iter().any(|(ip, _)| ip == old));
                if !beside && told.insert(Who::Network(Network::single(ip))) {
                    let words = format!("{ip} ({}, before {text})", host.without_dot());
                    self.rows.push(row(words, Role::Moved, Some(SpfResult::Pass), after.result));
                }
                let text = format!("{} {text}", if beside { "beside" } else { "in place of" });
                Some(text)
            };
            let why = Why::TakesMail(instead);
            self.lost.push(Lost { domain, sender, term: ip.to_string(), why, after });
        }
    }
}

/// Addresses, networks and terms whose result changes: what passes on one side only, the hosts that take mail, and all that the
/// record does not name. A network stands for all that is told of its first address.
pub(super) fn rows(
    was: &Side<'_, '_>,
    is: &Side<'_, '_>,
    mut told: HashSet<Who>,
    changed: &Accepted,
) -> Vec<SenderEffect> {
    let mut rows = Vec::new();
    for (from, to) in [(&was.accepted, &is.accepted), (&is.accepted, &was.accepted)] {
        let differ = Accepted::of(&Accepted::of(&from.without(to)).without(changed));
        let mut new = differ.told_by(from);
        new.retain(|part| !part.but.is_empty() || told.insert(Who::Network(part.network)));
        for (index, part) in new.iter().enumerate() {
            let (before, after) = (was.of(part.first).result, is.of(part.first).result);
            let left = new.len().saturating_sub(index);
            let rest = index >= MOST && left > 1;
            let sender = match rest {
                true => format!("{left} more, from {} on", words(part.network)),
                false => part_words(part),
            };
            if before != after {
                rows.push(row(sender, Role::Found, Some(before), after));
            }
            if rest {
                break;
            }
        }
    }
    for (who, words) in was.unknown().into_iter().chain(is.unknown()) {
        if told.insert(who.clone()) {
            let (before, after) = (was.result(&who), is.result(&who));
            if before != after {
                rows.push(row(words, Role::Found, Some(before), after));
            }
        }
    }
    let others = was.others().zip(is.others());
    let hosts = was.exchangers().into_iter().chain(is.exchangers());
    for (address, _) in hosts.filter(|(address, _)| told.insert(Who::Network(Network::single(*address)))) {
        let (before, after) = (was.of(address).result, is.of(address).result);
        let passes = before == SpfResult::Pass || after == SpfResult::Pass;
        if before != after && !passes && others != Some((before, after)) {
            rows.push(row(address.to_string(), Role::Found, Some(before), after));
        }
    }
    if let Some((before, after)) = others
        && before != after
        && ![before, after].contains(&SpfResult::Pass)
    {
        rows.push(row("any other address".to_owned(), Role::Found, Some(before), after));
    }
    rows
}

/// A network as it is written in a file, with what is left out of it.
pub(super) fn part_words(Portion { network, but, .. }: &Portion) -> String {
    let but: Vec<String> = but.iter().map(|network| words(*network)).collect();
    match but.is_empty() {
        true => words(*network),
        false => format!("{} but {}", words(*network), but.join(", ")),
    }
}

//! What receivers make of senders.

mod lost;
mod side;

pub(super) use lost::covers;

use super::{Lookups, Role, SenderEffect};
use dnsctl_checks::{Facts, Subject};
use dnsctl_mail::spf::{Accepted, Network, SpfResult};
use side::{Side, Verdict, Who, words};
use std::collections::HashSet;

/// So many networks are told that nobody declared and that lose their pass, and as many that get it; the others are counted.
const MOST_FOUND: usize = 32;

/// What the changes do to senders.
pub(super) struct Senders {
    /// The result of each declared sender and retired address, and of each other address or network whose result changes.
    pub(super) rows: Vec<SenderEffect>,
    /// The numbers of lookups.
    pub(super) lookups: Option<Lookups>,
    lost: Vec<Lost>,
}

/// A sender whose mail passed before, and does not after.
struct Lost {
    /// As it is told.
    sender: String,
    /// The address, network or term by which a rule names it.
    term: String,
    declared: bool,
    after: Verdict,
}

/// Someone whose mail is asked about.
struct Asked {
    who: Who,
    words: String,
    role: Role,
}

/// Asks both sides.
pub(super) fn effects(facts: &Facts, before: Option<&Subject<'_>>, after: &Subject<'_>) -> Senders {
    let (was, is) = (before.map(Side::new), Side::new(after));
    let mut senders = Senders { rows: Vec::new(), lookups: lookups(was.as_ref(), &is), lost: Vec::new() };
    // The networks that have a row, and those whose row shows a change.
    let (mut told, mut changed) = (HashSet::new(), Vec::new());
    for asked in declared(facts, &is) {
        let own = was.as_ref().map(|side| side.result(&asked.who));
        let result = is.result(&asked.who);
        if let Who::Network(network) = asked.who {
            told.insert(network);
            if own.is_some_and(|own| own != result) {
                changed.push(network);
            }
        }
        if let Some(was) = was.as_ref().filter(|_| asked.role == Role::Declared) {
            senders.lost.extend(lost(&asked, was, &is));
        }
        let none = |result: SpfResult| result == SpfResult::None;
        if !none(result) || own.is_some_and(|own| !none(own)) {
            senders.rows.push(row(asked.words, asked.role, own, result));
        }
    }
    if let Some(was) = &was {
        found(was, &is, told, &Accepted::of(&changed), &mut senders.rows);
        if facts.senders.is_empty() {
            senders.lost.extend(exchangers_lost(was, &is));
        }
    }
    senders
}

fn row(sender: String, role: Role, before: Option<SpfResult>, after: SpfResult) -> SenderEffect {
    SenderEffect { sender, role, before: before.map(|before| before.to_string()), after: after.to_string() }
}

/// Declared senders and retired addresses, each once.
fn declared(facts: &Facts, is: &Side<'_, '_>) -> Vec<Asked> {
    let mut all = Vec::new();
    for sender in &facts.senders {
        let asked = |(who, words)| Asked { who, words, role: Role::Declared };
        all.extend(is.who(&sender.who).into_iter().map(asked));
    }
    for host in &facts.hosts {
        all.extend(host.retired.iter().map(|address| Asked {
            who: Who::Network(Network::single(*address)),
            words: format!("{address} (formerly {})", host.name.without_dot()),
            role: Role::Retired,
        }));
    }
    let mut known = HashSet::new();
    all.retain(|asked| known.insert(asked.who.clone()));
    all
}

/// What a declared sender loses, if it does.
fn lost(asked: &Asked, was: &Side<'_, '_>, is: &Side<'_, '_>) -> Option<Lost> {
    let lost = |sender: String, after: Verdict| {
        let lost = Lost { sender, term: asked.who.term(), declared: true, after };
        (lost.after.result != SpfResult::Pass).then_some(lost)
    };
    // A part of a network may lose what the rest never had.
    if let Who::Network(network) = asked.who
        && network != Network::single(network.address)
    {
        let gone = was.accepted.within(network).without(&is.accepted);
        return gone.into_iter().take(MOST_FOUND).find_map(|part| {
            let whole = part == network;
            let sender =
                if whole { asked.words.clone() } else { format!("{} of {}", words(part), asked.words) };
            lost(sender, is.of(part.address))
        });
    }
    let passed = was.result(&asked.who) == SpfResult::Pass;
    passed.then(|| lost(asked.words.clone(), is.ask(&asked.who))).flatten()
}

/// Hosts that take mail of the domain and lose their pass: where nothing is declared, they may well send it, too.
fn exchangers_lost(was: &Side<'_, '_>, is: &Side<'_, '_>) -> Vec<Lost> {
    let hosts = is.exchangers().into_iter().filter(|(address, _)| was.of(*address).result == SpfResult::Pass);
    let lost = hosts.map(|(address, host)| Lost {
        sender: format!("{address} ({})", host.without_dot()),
        term: address.to_string(),
        declared: false,
        after: is.of(address),
    });
    lost.filter(|lost| !matches!(lost.after.result, SpfResult::Pass | SpfResult::Undecided)).collect()
}

/// Addresses and networks that nobody declared and whose result changes: what passes on one side only, and the hosts that take
/// mail. A network stands for all that is told of its first address.
fn found(
    was: &Side<'_, '_>,
    is: &Side<'_, '_>,
    mut told: HashSet<Network>,
    changed: &Accepted,
    rows: &mut Vec<SenderEffect>,
) {
    for (from, to) in [(&was.accepted, &is.accepted), (&is.accepted, &was.accepted)] {
        let differ = Accepted::of(&from.without(to)).without(changed);
        let new: Vec<Network> = differ.into_iter().filter(|network| told.insert(*network)).collect();
        for (index, network) in new.iter().enumerate() {
            let (before, after) = (was.of(network.address).result, is.of(network.address).result);
            let left = new.len().saturating_sub(index);
            let rest = index >= MOST_FOUND && left > 1;
            let sender = match rest {
                true => format!("{left} more, from {} on", words(*network)),
                false => words(*network),
            };
            if before != after {
                rows.push(row(sender, Role::Found, Some(before), after));
            }
            if rest {
                break;
            }
        }
    }
    let hosts = was.exchangers().into_iter().chain(is.exchangers());
    for (address, _) in hosts.filter(|(address, _)| told.insert(Network::single(*address))) {
        let (before, after) = (was.of(address).result, is.of(address).result);
        let passes = before == SpfResult::Pass || after == SpfResult::Pass;
        if before != after && !passes {
            rows.push(row(address.to_string(), Role::Found, Some(before), after));
        }
    }
}

/// What the record costs before and after; nothing when there is none on either side.
fn lookups(was: Option<&Side<'_, '_>>, is: &Side<'_, '_>) -> Option<Lookups> {
    let lookups = Lookups { before: was.and_then(Side::lookups), after: is.lookups() };
    (lookups.before.is_some() || lookups.after.is_some()).then_some(lookups)
}

//! What receivers make of senders.

mod allowed;
mod below;
mod found;
mod lost;
mod side;

pub(super) use lost::covers;

use super::{Lookups, Role, SenderEffect};
use allowed::Hosts;
use dnsctl_checks::{Facts, Subject};
use dnsctl_mail::spf::{Accepted, Network, SpfResult};
use dnsctl_zone::Name;
use side::{Side, Verdict, Who, words};
use std::collections::HashSet;

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
    /// The domain from which it sends.
    domain: Name,
    /// As it is told.
    sender: String,
    /// The address, network or term by which a rule names it.
    term: String,
    why: Why,
    after: Verdict,
}

/// Why it is thought to send.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Declared,
    /// It takes mail: in place of which addresses, or beside which, for a person, where it did not before.
    TakesMail(Option<String>),
    /// The record let it pass.
    Allowed,
}

/// Someone whose mail is asked about.
struct Asked {
    who: Who,
    words: String,
    role: Role,
}

/// Asks both sides.
pub(super) fn effects(facts: &Facts, before: Option<&Subject<'_>>, after: &Subject<'_>) -> Senders {
    let domain = after.domain();
    let (was, is) = (before.map(|before| Side::new(before, domain)), Side::new(after, domain));
    let mut senders = Senders { rows: Vec::new(), lookups: lookups(was.as_ref(), &is), lost: Vec::new() };
    // Who has a row, and the networks whose row shows a change.
    let (mut told, mut changed) = (HashSet::new(), Vec::new());
    for asked in declared(facts, &is) {
        let own = was.as_ref().map(|side| side.result(&asked.who));
        let result = is.result(&asked.who);
        told.insert(asked.who.clone());
        if let Who::Network(network) = asked.who
            && own.is_some_and(|own| own != result)
        {
            changed.push(network);
        }
        if let Some(was) = was.as_ref().filter(|_| asked.role == Role::Declared) {
            senders.lost.extend(lost(&asked, was, &is));
        }
        let none = |result: SpfResult| result == SpfResult::None;
        if !none(result) || own.is_some_and(|own| !none(own)) {
            senders.rows.push(row(asked.words, asked.role, own, result));
        }
    }
    let hosts = before.map(|before| Hosts::new(before, after));
    if let Some((was, hosts)) = was.as_ref().zip(hosts.as_ref()) {
        if facts.senders.is_empty() {
            senders.lose_exchangers(was, &is, &mut told);
            senders.lose_allowed(was, &is, hosts);
        }
        senders.rows.extend(found::rows(was, &is, told, &Accepted::of(&changed)));
    }
    if let Some((before, hosts)) = before.zip(hosts.as_ref()) {
        below::add(&mut senders, before, after, hosts);
    }
    senders
}

fn row(sender: String, role: Role, before: Option<SpfResult>, after: SpfResult) -> SenderEffect {
    let before = before.map(|before| before.to_string());
    SenderEffect { domains: Vec::new(), sender, role, before, after: after.to_string() }
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
        let (domain, term) = (is.domain.clone(), asked.who.term());
        let lost = Lost { domain, sender, term, why: Why::Declared, after };
        (lost.after.result != SpfResult::Pass).then_some(lost)
    };
    // A part of a network may lose what the rest never had.
    if let Who::Network(network) = asked.who
        && network != Network::single(network.address)
    {
        let gone = was.accepted.within(network).without(&is.accepted);
        return gone.into_iter().take(found::MOST).find_map(|part| {
            let whole = part == network;
            let sender =
                if whole { asked.words.clone() } else { format!("{} of {}", words(part), asked.words) };
            lost(sender, is.of(part.address))
        });
    }
    let passed = was.result(&asked.who) == SpfResult::Pass;
    passed.then(|| lost(asked.words.clone(), is.ask(&asked.who))).flatten()
}

/// What the record costs before and after; nothing when there is none on either side.
fn lookups(was: Option<&Side<'_, '_>>, is: &Side<'_, '_>) -> Option<Lookups> {
    let lookups = Lookups { before: was.and_then(Side::lookups), after: is.lookups() };
    (lookups.before.is_some() || lookups.after.is_some()).then_some(lookups)
}

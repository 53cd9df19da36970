//! Lookups that find nothing.

use crate::mail::spf::{Policy, Site};
use crate::rules::spf::{about_term, used};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::spf::{Branch, MOST_VOID_LOOKUPS, Mechanism, Problem, Tree, Voids};
use dnsctl_zone::{RecordType, Reference};
use std::net::IpAddr;

pub(super) const CHECKS: &[Check] = &[VOID, NEVER];

check! { VOID = "spf.void", Critical, void;
    title: "more than two lookups of an SPF record find nothing",
    why: "Receivers stop at the third lookup without an answer, \"permerror\": whoever stands behind it in the record is not authorised, and whoever is not in the record is not refused. Mostly names of machines and services are left over that are gone. It is a warning where hosts have no IPv6 address, and only clients that have one come to the third lookup.",
    fix: "Remove the terms whose names do not exist any more.",
    example: "3 lookups of the SPF record of example.com find nothing (old1.example.com A, old2.example.com A, old3.example.com A); receivers stop after 2",
    see: [Reference::Rfc(7208, "4.6.4"), Reference::Rfc(7208, "11.1")],
}

/// One of the two families of addresses: a client makes receivers ask for addresses of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Ipv4,
    Ipv6,
}

impl Family {
    fn of(self, voids: Voids) -> usize {
        match self {
            Self::Ipv4 => voids.ipv4,
            Self::Ipv6 => voids.ipv6,
        }
    }

    fn has(self, address: &IpAddr) -> bool {
        address.is_ipv4() == (self == Self::Ipv4)
    }

    /// Whether a term may authorise a client of the family.
    fn may_pass(self, branch: &Branch) -> bool {
        let unknown = || {
            let open = |problem: &Problem| {
                matches!(
                    problem,
                    Problem::Unknown(_) | Problem::Failed(..) | Problem::Varies | Problem::NotWalked
                )
            };
            branch.problems.iter().any(open)
        };
        match branch.term.kind.passing() {
            Some(Mechanism::Ip4(..)) => self == Self::Ipv4,
            Some(Mechanism::Ip6(..)) => self == Self::Ipv6,
            Some(Mechanism::A(..) | Mechanism::Mx(..)) => {
                unknown() || branch.addresses.iter().any(|address| self.has(address))
            }
            Some(Mechanism::Include(_) | Mechanism::Ptr(_)) => unknown(),
            Some(Mechanism::Exists(_)) => branch.problems.is_empty() || unknown(),
            Some(Mechanism::All) => true,
            None => branch.term.kind.leads_to_record() && unknown(),
        }
    }
}

/// The lookups of a record that find nothing for clients of one family.
struct Count {
    number: usize,
    /// Some of them, for a person.
    names: Vec<String>,
    /// How many more find nothing for most clients, but perhaps not for the senders of the domain: `ptr` and macros.
    varying: usize,
    /// Whether somebody is authorised by a term behind the one at which receivers stop.
    cuts_off: bool,
}

impl Count {
    fn of(tree: &Tree, family: Family) -> Self {
        let mut count = Self { number: 0, names: Vec::new(), varying: 0, cuts_off: false };
        tree.each(&mut |_, branch| {
            count.cuts_off |= count.number > MOST_VOID_LOOKUPS && family.may_pass(branch);
            let nested = branch.nested.as_ref().map_or(0, |nested| family.of(nested.void_lookups));
            count.number += family.of(branch.void_lookups).saturating_sub(nested);
            count.varying += usize::from(branch.problems.contains(&Problem::Varies));
            let other = if family == Family::Ipv4 { RecordType::AAAA } else { RecordType::A };
            count.names.extend(branch.problems.iter().filter_map(|problem| match problem {
                Problem::Void(query) if query.rtype != other || is_exists(branch) => Some(query.to_string()),
                _ => None,
            }));
        });
        count
    }

    fn is_too_high(&self) -> bool {
        self.number > MOST_VOID_LOOKUPS
    }
}

fn is_exists(branch: &Branch) -> bool {
    matches!(branch.term.kind.mechanism(), Some(Mechanism::Exists(_)))
}

/// What is told of a record, if it has too many.
fn too_many(site: &Site<'_>, policy: &Policy<'_>, tree: &Tree) -> Option<Finding> {
    let ipv4 = Count::of(tree, Family::Ipv4);
    let ipv6 = Count::of(tree, Family::Ipv6);
    let (count, clients) = match (ipv4.is_too_high(), ipv6.is_too_high() && ipv6.cuts_off) {
        (true, _) => (&ipv4, ""),
        // It harms only clients that have one and stand behind those hosts.
        (false, true) => (&ipv6, " for clients with an IPv6 address"),
        (false, false) => return None,
    };
    const TOLD: usize = 5;
    let more = if count.names.len() > TOLD { ", …" } else { "" };
    let names = count.names.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    let message = format!(
        "{} lookups of the SPF record of {} find nothing{clients} ({names}{more}); receivers stop after {MOST_VOID_LOOKUPS}",
        count.number,
        site.name()
    );
    let finding = Finding::at(site.rrset, message).marking(&policy.text, dnsctl_mail::Span::default());
    // That hosts have no IPv6 address is usual.
    Some(if clients.is_empty() { finding } else { finding.weighs(Severity::Warning) })
}

fn void(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, tree) in used(subject) {
        if tree.endless || subject.spf().is_counted_elsewhere(site) {
            continue;
        }
        tally.saw();
        if let Some(finding) = too_many(site, policy, tree) {
            tally.fail(finding);
            continue;
        }
        tree.unknown().iter().for_each(|query| tally.unknown(format!("{query} is not known")));
        let ipv4 = Count::of(tree, Family::Ipv4);
        if ipv4.number + ipv4.varying > MOST_VOID_LOOKUPS {
            tally.unknown(format!(
                "how many lookups of the SPF record of {} find nothing depends on the client",
                site.name()
            ));
        }
    }
    tally.outcome()
}

check! { NEVER = "spf.void-any", Warning, never;
    title: "a term a, mx or exists of an SPF record finds nothing",
    why: "The term authorises nobody, costs one of ten lookups, and after two of them receivers answer \"permerror\". Whoever registers or takes over the name may send for the domain.",
    fix: "Remove the term, or correct the name.",
    example: "\"a:old.example.com\" in the SPF record of example.com never matches: old.example.com has no address",
    see: [Reference::Rfc(7208, "4.6.4")],
}

fn never(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, tree) in used(subject) {
        // The rule above names them all.
        let told = || too_many(site, policy, tree).is_some() && !subject.spf().is_counted_elsewhere(site);
        let told = !tree.endless && told();
        for branch in &tree.branches {
            let Some(mechanism) = branch.term.kind.mechanism() else { continue };
            if !matches!(mechanism, Mechanism::A(..) | Mechanism::Mx(..) | Mechanism::Exists(_)) {
                continue;
            }
            tally.saw();
            if told || !branch.addresses.is_empty() {
                continue;
            }
            match finds_nothing(branch, mechanism) {
                Ok(None) => {}
                Ok(Some(why)) => {
                    let words = format!(" never matches: {why}");
                    let fix = crate::rules::spf::rewrite(&policy.text, branch.term.span, "");
                    let mut finding = about_term(site, policy, branch.term.span, &words);
                    finding.fix = fix;
                    tally.fail(finding);
                }
                Err(why) => tally.unknown(why),
            }
        }
    }
    tally.outcome()
}

/// Why a term without addresses finds nothing; an error when that is not known.
fn finds_nothing(branch: &Branch, mechanism: &Mechanism) -> Result<Option<String>, String> {
    let mut empty = None;
    for problem in &branch.problems {
        match problem {
            Problem::Unknown(_) | Problem::Failed(..) => return Err(problem.to_string()),
            Problem::NoName(text) => return Ok(Some(format!("\"{text}\" cannot be a name"))),
            // ptr and macros ask for another name each time.
            Problem::Varies => return Ok(None),
            Problem::Void(query) if query.rtype == RecordType::MX => {
                empty = Some(format!("{} has no MX record", query.name.without_dot()));
            }
            Problem::Void(query) => {
                let name = query.name.without_dot();
                empty = empty.or(Some(format!("{name} has no address")));
            }
            _ => {}
        }
    }
    let target = branch.target.as_ref().map(dnsctl_zone::Name::without_dot).unwrap_or_default();
    Ok(match mechanism {
        Mechanism::Exists(_) => empty,
        // Only a null MX gives no address and nothing that is missing.
        Mechanism::Mx(..) => empty.or(Some(format!("{target} takes no mail (null MX)"))),
        _ => empty,
    })
}

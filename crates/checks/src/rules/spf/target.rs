//! What include and redirect lead to.

use crate::mail::spf::{Policy, Site};
use crate::rules::spf::{about_term, used};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::spf::{Branch, Problem, TermKind, Tree};
use dnsctl_zone::{Name, Reference};
use std::collections::BTreeSet;

pub(super) const CHECKS: &[Check] = &[INCLUDE_NONE, INCLUDE_BROKEN, REDIRECT_NONE, LOOP];

/// The terms of the zone's records that lead to another record.
fn leading<'s, 'a>(
    subject: &'s Subject<'a>,
) -> impl Iterator<Item = (&'s Site<'a>, &'s Policy<'a>, &'s Branch)> {
    used(subject).flat_map(|(site, policy, tree)| {
        let leading = tree.branches.iter().filter(|branch| branch.term.kind.leads_to_record());
        leading.map(move |branch| (site, policy, branch))
    })
}

/// Notes what is not known of a term.
fn note(tally: &mut Tally, branch: &Branch) {
    for problem in &branch.problems {
        match problem {
            Problem::Unknown(_) | Problem::Failed(..) | Problem::NotWalked => {
                tally.unknown(problem.to_string());
            }
            Problem::Varies => tally.unknown(format!("\"{}\" depends on the client", branch.term.kind)),
            _ => {}
        }
    }
}

/// A term that leads to no record. `redirect`: of which kind.
fn none(subject: &Subject<'_>, redirect: bool) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, branch) in leading(subject) {
        if matches!(branch.term.kind, TermKind::Redirect(_)) != redirect {
            continue;
        }
        tally.saw();
        note(&mut tally, branch);
        let target = branch.target.as_ref().map(Name::without_dot).unwrap_or_default();
        for problem in &branch.problems {
            let words = match problem {
                Problem::NoRecord => {
                    format!(" makes receivers refuse the record: {target} has no SPF record")
                }
                Problem::NoName(text) => {
                    format!(" makes receivers refuse the record: \"{text}\" cannot be a name")
                }
                _ => continue,
            };
            tally.fail(about_term(site, policy, branch.term.span, &words));
        }
    }
    tally.outcome()
}

check! { INCLUDE_NONE = "spf.include-none", Critical, include_none;
    title: "an SPF record includes a domain that has no SPF record",
    why: "That is no \"does not match\": receivers that come to the term answer \"permerror\", and every sender behind it is not authorised.",
    fix: "Remove the include, correct its name, or publish a record there.",
    example: "\"include:old.example.com\" in the SPF record of example.com makes receivers refuse the record: old.example.com has no SPF record",
    see: [Reference::Rfc(7208, "5.2")],
    evidence: [Files, Provider, Neighbours],
}

fn include_none(subject: &Subject<'_>) -> Outcome {
    none(subject, false)
}

check! { REDIRECT_NONE = "spf.redirect-none", Critical, redirect_none;
    title: "an SPF record redirects to a domain that has no SPF record",
    why: "Receivers that come to the redirect answer \"permerror\": as long as the other domain has no record, this one has no working SPF.",
    fix: "Correct the name, or publish a record there.",
    example: "\"redirect=_spf.example.com\" in the SPF record of example.com makes receivers refuse the record: _spf.example.com has no SPF record",
    see: [Reference::Rfc(7208, "6.1")],
}

fn redirect_none(subject: &Subject<'_>) -> Outcome {
    none(subject, true)
}

check! { INCLUDE_BROKEN = "spf.include-permerror", Critical, include_broken;
    title: "an SPF record leads to one that is broken",
    why: "An included record that cannot be read, or stands there twice, makes receivers answer \"permerror\" for this domain, too.",
    fix: "Correct the record that is named, or remove the include until it is.",
    example: "\"include:_spf.example.net\" in the SPF record of example.com makes receivers refuse the record: _spf.example.net has 2 SPF records",
    see: [Reference::Rfc(7208, "5.2"), Reference::Rfc(7208, "6.1")],
    evidence: [Files, Provider, Neighbours],
}

fn include_broken(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, branch) in leading(subject) {
        tally.saw();
        note(&mut tally, branch);
        if let Some(why) = broken(subject, branch) {
            let words = format!(" makes receivers refuse the record: {why}");
            tally.fail(about_term(site, policy, branch.term.span, &words));
        } else if let Some(nested) = &branch.nested {
            nested.each(&mut |_, branch| note(&mut tally, branch));
        }
    }
    tally.outcome()
}

/// What is broken at the end of a term or behind it. A record of this zone is told at its own name.
fn broken(subject: &Subject<'_>, branch: &Branch) -> Option<String> {
    let target = branch.target.as_ref()?;
    let name = target.without_dot();
    let own = subject.spf().at(target).is_some();
    for problem in branch.problems.iter().filter(|_| !own) {
        match problem {
            Problem::ManyRecords(count) => return Some(format!("{name} has {count} SPF records")),
            Problem::Invalid => return Some(format!("the one of {name} cannot be read")),
            _ => {}
        }
    }
    let nested = branch.nested.as_ref().filter(|_| !own)?;
    nested.branches.iter().find_map(|inner| {
        let target = inner.target.as_ref().map(Name::without_dot).unwrap_or_default();
        let own = inner.problems.iter().find_map(|problem| match problem {
            Problem::NoRecord => Some(format!("it leads to {target}, which has no SPF record")),
            Problem::ManyExchangers(count) => {
                Some(format!("it leads to {count} mail exchangers of {target}"))
            }
            _ => None,
        });
        own.or_else(|| broken(subject, inner))
    })
}

check! { LOOP = "spf.loop", Critical, loops;
    title: "an SPF record leads back to itself",
    why: "include or redirect go round in a circle. Receivers stop at the eleventh lookup and answer \"permerror\": whoever stands behind it is not authorised.",
    fix: "Remove one of the includes of the circle.",
    example: "\"include:example.com\" in the SPF record of example.com leads back to itself: example.com",
    see: [Reference::Rfc(7208, "4.6.4")],
    evidence: [Files, Provider, Neighbours],
}

fn loops(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, tree) in used(subject) {
        for branch in tree.branches.iter().filter(|branch| branch.term.kind.leads_to_record()) {
            tally.saw();
            let mut circles = Vec::new();
            circle(branch, &mut vec![&tree.domain], &mut circles);
            if let Some(circle) = circles.iter().find(|circle| is_told_here(subject, site, circle)) {
                tally.fail(told(site, policy, branch.term.span, circle));
            } else if circles.is_empty() {
                note(&mut tally, branch);
                let nested: Option<&Tree> = branch.nested.as_deref();
                nested.into_iter().for_each(|tree| tree.each(&mut |_, branch| note(&mut tally, branch)));
            }
        }
    }
    tally.outcome()
}

/// Collects the circles behind a term, each from the name at which it closes.
fn circle<'t>(branch: &'t Branch, path: &mut Vec<&'t Name>, found: &mut Vec<Vec<Name>>) {
    if branch.problems.contains(&Problem::Loop) {
        let start = path.iter().position(|name| Some(*name) == branch.target.as_ref()).unwrap_or(0);
        found.push(path.iter().skip(start).map(|name| (*name).clone()).collect());
    }
    if let Some(nested) = branch.nested.as_deref().filter(|nested| nested.endless) {
        path.push(&nested.domain);
        nested.branches.iter().for_each(|branch| circle(branch, path, found));
        path.pop();
    }
}

/// A circle is told once: at its first name in this zone, or at whatever leads to it from here.
fn is_told_here(subject: &Subject<'_>, site: &Site<'_>, circle: &[Name]) -> bool {
    let own: BTreeSet<&Name> = circle.iter().filter(|name| subject.spf().at(name).is_some()).collect();
    own.first().is_none_or(|first| **first == site.rrset.name)
}

fn told(site: &Site<'_>, policy: &Policy<'_>, span: Span, circle: &[Name]) -> Finding {
    let names: Vec<String> = circle.iter().map(Name::without_dot).collect();
    let own = circle.contains(&site.rrset.name);
    let words =
        format!(" leads {}: {}", if own { "back to itself" } else { "into a circle" }, names.join(" -> "));
    about_term(site, policy, span, &words)
}

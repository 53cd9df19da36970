//! How many lookups a record costs.

use crate::mail::spf::Site;
use crate::rules::spf::{about_term, used};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::spf::{MOST_LOOKUPS, Mechanism, Problem, Tree};
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[LOOKUPS, NEAR, EXCHANGERS];

/// From how many lookups on a record is near its limit.
const NEAR_LIMIT: usize = 8;

/// The records whose lookups count: those that no other record of the zone leads to, and that end.
fn counted<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = (&'s Site<'a>, &'s [u8], &'s Tree)> {
    used(subject)
        .filter(|(site, _, tree)| !tree.endless && !subject.spf().is_counted_elsewhere(site))
        .map(|(site, policy, tree)| (site, policy.text.as_slice(), tree))
}

/// Why more lookups may be needed than were counted.
fn gap(tree: &Tree) -> Option<String> {
    let mut found = None;
    tree.each(&mut |_, branch| {
        let leads = branch.term.kind.leads_to_record();
        let why = branch.problems.iter().find_map(|problem| match problem {
            Problem::Unknown(_) | Problem::Failed(..) | Problem::NotWalked => Some(problem.to_string()),
            Problem::Varies => Some(format!("\"{}\" depends on the client", branch.term.kind)),
            _ => None,
        });
        found = found.take().or(why.filter(|_| leads));
    });
    found
}

fn fail(site: &Site<'_>, text: &[u8], tree: &Tree, words: &str) -> Finding {
    let count =
        if gap(tree).is_some() { format!("at least {}", tree.lookups) } else { tree.lookups.to_string() };
    let message = format!("the SPF record of {} needs {count} lookups{words}", site.name());
    let fix = format!(
        "Name networks or declared hosts, which cost nothing, or fewer domains. Where the lookups go:\n{tree}"
    );
    Finding::at(site.rrset, message).marking(text, costly(tree)).fix(fix)
}

/// The place of the term that is one too many, or costs most.
fn costly(tree: &Tree) -> Span {
    let mut count = 0;
    let beyond = tree.branches.iter().find(|branch| {
        count += branch.lookups;
        count > MOST_LOOKUPS
    });
    let most = || tree.branches.iter().max_by_key(|branch| branch.lookups);
    beyond.or_else(most).map(|branch| branch.term.span).unwrap_or_default()
}

check! { LOOKUPS = "spf.lookups", Critical, lookups;
    title: "an SPF record needs more than ten lookups",
    why: "include, a, mx, ptr, exists and redirect cost one each, in included records too. At the eleventh receivers stop and answer \"permerror\": every sender that was not found before is not authorised.",
    fix: "Name networks with ip4 and ip6, which cost nothing; remove services that send no more; or write an include file with dnsctl mail flatten.",
    example: "the SPF record of example.com needs 11 lookups; receivers stop at 10 and take the record for broken",
    see: [Reference::Rfc(7208, "4.6.4")],
    told_as: ["mail/spf-lookups"],
    evidence: [Files, Provider, Neighbours],
}

fn lookups(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, text, tree) in counted(subject) {
        tally.saw();
        if tree.is_too_long() {
            let words = format!("; receivers stop at {MOST_LOOKUPS} and take the record for broken");
            tally.fail(fail(site, text, tree, &words));
        } else if let Some(why) = gap(tree) {
            tally.unknown(why);
        }
    }
    tally.outcome()
}

check! { NEAR = "spf.lookups-near", Warning, near;
    title: "an SPF record needs nearly ten lookups",
    why: "Hosters change their records without a word. One more include in one of them, and receivers stop at the eleventh lookup and answer \"permerror\" for the domain.",
    fix: "Make room: remove services that send no more, or name networks with ip4 and ip6, which cost nothing.",
    example: "the SPF record of example.com needs 8 lookups of the 10 that receivers make",
    see: [Reference::Rfc(7208, "4.6.4")],
}

fn near(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, text, tree) in counted(subject) {
        tally.saw();
        if tree.is_too_long() {
            continue;
        }
        if tree.lookups >= NEAR_LIMIT {
            let words = format!(" of the {MOST_LOOKUPS} that receivers make");
            tally.fail(fail(site, text, tree, &words));
        } else if let Some(why) = gap(tree) {
            tally.unknown(why);
        }
    }
    tally.outcome()
}

check! { EXCHANGERS = "spf.mx-count", Critical, exchangers;
    title: "a term mx of an SPF record leads to more than ten mail exchangers",
    why: "Receivers look up the addresses of ten hosts for one mx. With more of them they answer \"permerror\" for every sender.",
    fix: "Name the hosts' addresses with ip4 and ip6 in place of mx, or keep ten MX records.",
    example: "\"mx\" in the SPF record of example.com leads to 11 mail exchangers, and receivers look at 10",
    see: [Reference::Rfc(7208, "4.6.4")],
}

fn exchangers(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, tree) in used(subject) {
        for branch in &tree.branches {
            if !matches!(branch.term.kind.mechanism(), Some(Mechanism::Mx(..))) {
                continue;
            }
            tally.saw();
            for problem in &branch.problems {
                match problem {
                    Problem::ManyExchangers(count) => {
                        let words = format!(" leads to {count} mail exchangers, and receivers look at 10");
                        tally.fail(about_term(site, policy, branch.term.span, &words));
                    }
                    Problem::Unknown(query) if query.rtype == dnsctl_zone::RecordType::MX => {
                        tally.unknown(problem.to_string());
                    }
                    Problem::Varies => {
                        tally.unknown(format!("\"{}\" depends on the client", branch.term.kind));
                    }
                    _ => {}
                }
            }
        }
    }
    tally.outcome()
}

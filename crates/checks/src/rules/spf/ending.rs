//! What a record says of everybody else.

use crate::mail::dmarc::undecided;
use crate::mail::spf::{Policy, Site};
use crate::rules::mx::is_null;
use crate::rules::spf::{about_term, rewrite, used, write};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::dmarc::{self, Policy as Requested};
use dnsctl_mail::spf::{FaultKind, Qualifier, TermKind, Tree};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[MISSING, PLUS, NEUTRAL, SOFT_FAIL, NO_MAIL];

/// The records that decide about mail: not those that are only parts of others. What a domain says that sends no mail has a
/// rule of its own.
fn deciding<'s, 'a>(
    subject: &'s Subject<'a>,
) -> impl Iterator<Item = (&'s Site<'a>, &'s Policy<'a>, &'s Tree)> {
    let silent = subject.facts.sends == Some(false);
    used(subject).filter(move |(site, _, _)| {
        let told = silent && site.rrset.name == *subject.domain();
        !told && !subject.spf().is_part(site)
    })
}

/// The `all` that ends a record.
fn end(policy: &Policy<'_>) -> Option<(Span, Qualifier)> {
    let (term, qualifier) = policy.parsed.record.as_ref()?.all()?;
    Some((term.span, qualifier))
}

check! { MISSING = "spf.all-missing", Warning, missing;
    title: "an SPF record does not say what holds for everybody else",
    why: "Without all or redirect at its end the result for other senders is \"neutral\", as if there were no record: whoever forges the domain is not stopped.",
    fix: "End the record with -all or ~all.",
    example: "the SPF record of example.com ends without \"all\": it says nothing about other senders",
    see: [Reference::Rfc(7208, "4.7"), Reference::Rfc(7208, "5.1")],
}

fn missing(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, _) in deciding(subject) {
        tally.saw();
        let fault = policy.parsed.faults.iter().find(|fault| fault.kind == FaultKind::NoAll);
        let Some(fault) = fault else { continue };
        let message = format!(
            "the SPF record of {} ends without \"all\": it says nothing about other senders",
            site.name()
        );
        let mut finding = Finding::at(site.rrset, message).marking(&policy.text, fault.span);
        finding.fix = write(&[policy.text.trim_ascii_end(), b" ~all"].concat());
        tally.fail(finding);
    }
    tally.outcome()
}

check! { PLUS = "spf.plus-all", Critical, plus;
    title: "an SPF record lets everybody send",
    why: "+all, and all without a sign, matches every client and authorises it: whoever forges the domain passes SPF, and with it DMARC.",
    fix: "Write -all or ~all in its place, and name your own senders in front of it.",
    example: "\"+all\" in the SPF record of example.com lets everybody send",
    see: [Reference::Rfc(7208, "5.1")],
}

fn plus(subject: &Subject<'_>) -> Outcome {
    ends(used(subject), Qualifier::Pass, " lets everybody send")
}

check! { NEUTRAL = "spf.neutral-all", Warning, neutral;
    title: "an SPF record ends with ?all",
    why: "It says nothing about other senders, as if there were no record: whoever forges the domain is not stopped.",
    fix: "Write ~all, and -all once all senders are known.",
    example: "\"?all\" in the SPF record of example.com says nothing about other senders",
    see: [Reference::Rfc(7208, "8.2")],
}

fn neutral(subject: &Subject<'_>) -> Outcome {
    ends(deciding(subject), Qualifier::Neutral, " says nothing about other senders")
}

/// A finding for each record that ends with `all` and this qualifier.
fn ends<'s, 'a: 's>(
    records: impl Iterator<Item = (&'s Site<'a>, &'s Policy<'a>, &'s Tree)>,
    wanted: Qualifier,
    words: &str,
) -> Outcome {
    let mut tally = Tally::default();
    for (site, policy, _) in records {
        tally.saw();
        if let Some((span, _)) = end(policy).filter(|(_, qualifier)| *qualifier == wanted) {
            let mut finding = about_term(site, policy, span, words);
            finding.fix = rewrite(&policy.text, span, "~all");
            tally.fail(finding);
        }
    }
    tally.outcome()
}

check! { SOFT_FAIL = "spf.softfail", Info, soft_fail;
    title: "an SPF record ends with ~all, and no DMARC policy asks for more",
    why: "~all marks mail of other senders as doubtful; most receivers deliver it all the same. Together with a DMARC policy of quarantine or reject it is what is advised, since mail that was forwarded can still pass by DKIM.",
    fix: "Publish a DMARC policy of quarantine or reject, or write -all.",
    example: "\"~all\" in the SPF record of example.com only marks what others send, and the DMARC policy is none",
    see: [Reference::Rfc(7208, "8.5"), Reference::Rfc(9989, "5.1")],
}

fn soft_fail(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let answers = subject.answers();
    for (site, policy, _) in deciding(subject) {
        tally.saw();
        let soft = end(policy).filter(|(_, qualifier)| *qualifier == Qualifier::SoftFail);
        let Some((span, _)) = soft else { continue };
        let walk = dmarc::tree_walk(&answers, &site.rrset.name);
        match walk.applied().map(|applied| applied.policy(true)) {
            Some(Requested::Quarantine | Requested::Reject) => {}
            Some(_) => {
                let words = " only marks what others send, and the DMARC policy is none";
                tally.fail(about_term(site, policy, span, words));
            }
            None => match undecided(&walk) {
                Some(name) => {
                    tally.unknown(format!("the DMARC policy of {} is not known", name.without_dot()));
                }
                None => {
                    let words = " only marks what others send, and there is no DMARC policy";
                    tally.fail(about_term(site, policy, span, words));
                }
            },
        }
    }
    tally.outcome()
}

check! { NO_MAIL = "spf.no-mail", Warning, no_mail;
    title: "the SPF record of a domain that sends no mail is not \"v=spf1 -all\"",
    why: "Names that send nothing are what forgers like. Only -all, with nobody in front of it, lets receivers refuse at once whatever claims to come from the domain.",
    fix: "Write \"v=spf1 -all\".",
    example: "example.com sends no mail, but its SPF record is not \"v=spf1 -all\"",
    see: [Reference::Rfc(7208, "10.1.2")],
    evidence: [Files, Provider, Mail],
}

fn no_mail(subject: &Subject<'_>) -> Outcome {
    let domain = subject.domain();
    let site = subject.spf().at(domain).filter(|_| subject.facts.sends == Some(false));
    let Some((site, (policy, tree))) = site.and_then(|site| Some((site, site.policy()?))) else {
        return Outcome::NotApplicable;
    };
    // mx.null-sends tells of what stands beside a null MX, spf.plus-all of everybody.
    let null = subject.get(domain, RecordType::MX).is_some_and(is_null);
    let told = end(policy).is_some_and(|(_, qualifier)| qualifier == Qualifier::Pass) || null;
    match refuses_all(tree) {
        _ if told => Outcome::NotApplicable,
        Ok(true) => Outcome::Pass,
        Err(why) => Outcome::Untested(why),
        Ok(false) => {
            let message = format!("{} sends no mail, but its SPF record is not \"v=spf1 -all\"", site.name());
            Outcome::Fail(vec![Finding::at(site.rrset, message).marking(&policy.text, Span::default())])
        }
    }
}

/// Whether a record says `-all` and nothing else, itself or by a redirect. An error when that is not known.
pub(in crate::rules) fn refuses_all(tree: &Tree) -> Result<bool, String> {
    let [only] = tree.branches.as_slice() else { return Ok(false) };
    match (&only.term.kind, &only.nested) {
        (TermKind::Directive(directive), _) => Ok(directive.to_string() == "-all"),
        (_, Some(nested)) => refuses_all(nested),
        (_, None) => match only.problems.iter().find(|problem| !problem.is_error()) {
            Some(problem) => Err(problem.to_string()),
            None => Ok(false),
        },
    }
}

//! The null MX: "this name takes no mail".

use crate::rules::mx::{is_null, own};
use crate::rules::spf::refuses_all;
use crate::tally::{self, Tally};
use crate::{Check, Finding, Found, Outcome, Severity, Subject};
use dnsctl_mail::Span;
use dnsctl_zone::{Name, RRset, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[VALID, OTHERS, PREFERENCE, SENDS, RECEIVING];

check! { VALID = "mx.null-valid", Note, valid;
    title: "a domain that takes no mail does not say so",
    why: "A null MX lets senders bounce at once, so that a person who mistypes an address knows. Without it they try the domain's address for days.",
    fix: "Write one MX record: 0 and a dot (MX: 0 .).",
    example: "example.com takes no mail, but has no null MX",
    see: [Reference::Rfc(7505, "3")],
    evidence: [Files, Provider, Mail],
}

fn valid(subject: &Subject<'_>) -> Outcome {
    if subject.facts.receives != Some(false) {
        return Outcome::NotApplicable;
    }
    let domain = subject.domain();
    let name = domain.without_dot();
    let fail = |message: String, severity| {
        let finding =
            Finding::about(domain, Some(RecordType::MX), message).from(subject.facts.source.clone());
        Outcome::Fail(vec![finding.weighs(severity)])
    };
    match own(subject) {
        Some(rrset) if is_null(rrset) => Outcome::Pass,
        Some(rrset) => {
            let first =
                rrset.values().iter().filter_map(dnsctl_zone::Rdata::target).find(|target| !target.is_root());
            let host = first.unwrap_or_else(Name::root).without_dot();
            fail(
                format!("{name} takes no mail, but has an MX record: mail to it goes to {host}"),
                Severity::Error,
            )
        }
        None if subject.zone.may_have(domain, RecordType::MX).is_some() => {
            Outcome::Untested(subject.zone.may_have(domain, RecordType::MX).unwrap_or_default())
        }
        None => match subject.target(domain).found {
            Found::Addresses(_) | Found::Made => fail(
                format!(
                    "{name} takes no mail, but has no null MX: mail to it goes to the address of the domain itself"
                ),
                Severity::Warning,
            ),
            _ => fail(format!("{name} takes no mail, but has no null MX"), Severity::Note),
        },
    }
}

fn sets<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a RRset> {
    let null =
        |rrset: &&RRset| rrset.values().iter().any(|mx| mx.target().is_some_and(|target| target.is_root()));
    subject.of(RecordType::MX).filter(null)
}

check! { OTHERS = "mx.null-with-others", Critical, others;
    title: "a null MX stands beside other MX records",
    why: "It says that the name takes no mail, the others say where to bring it. What senders do is not defined: Postfix bounces everything.",
    fix: "Remove the null MX when the domain receives mail; else remove the other MX records.",
    example: "example.com has a null MX beside mail.example.com: some senders bounce all mail to it",
    see: [Reference::Rfc(7505, "3")],
}

fn others(subject: &Subject<'_>) -> Outcome {
    tally::each(sets(subject), |rrset| {
        let other =
            rrset.values().iter().filter_map(dnsctl_zone::Rdata::target).find(|target| !target.is_root())?;
        let (name, other) = (rrset.name.without_dot(), other.without_dot());
        Some(Finding::at(
            rrset,
            format!("{name} has a null MX beside {other}: some senders bounce all mail to it"),
        ))
    })
}

check! { PREFERENCE = "mx.null-pref", Note, preference;
    title: "the preference of a null MX is not 0",
    why: "The form is \"0 .\"; a program that looks for exactly that does not know another one.",
    fix: "Write 0 as its preference (MX: 0 .).",
    example: "the null MX of example.com has preference 10, not 0",
    see: [Reference::Rfc(7505, "3")],
}

fn preference(subject: &Subject<'_>) -> Outcome {
    tally::each(sets(subject), |rrset| {
        let root = rrset.values().iter().find(|mx| mx.target().is_some_and(|target| target.is_root()))?;
        let preference = root.number("preference").filter(|preference| *preference != 0)?;
        let name = rrset.name.without_dot();
        Some(Finding::at(rrset, format!("the null MX of {name} has preference {preference}, not 0")))
    })
}

check! { SENDS = "mx.null-sends", Warning, sends;
    title: "a domain takes no mail, but SPF does not forbid everybody to send in its name",
    why: "Receivers refuse mail to which nobody can answer. When the domain sends nothing either, its SPF record should say so, or others use its name.",
    fix: "Write v=spf1 -all as TXT when the domain sends no mail; else give it an MX record, so that answers arrive.",
    example: "example.com takes no mail, but has no SPF record \"v=spf1 -all\"",
    see: [Reference::Rfc(7505, "4.2"), Reference::Rfc(7208, "10.1.2")],
}

fn sends(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for rrset in sets(subject).filter(|rrset| is_null(rrset)) {
        tally.saw();
        let name = rrset.name.without_dot();
        let site = subject.spf().at(&rrset.name).filter(|site| !site.records.is_empty());
        let Some(site) = site else {
            match subject.zone.may_have(&rrset.name, RecordType::TXT) {
                Some(why) => tally.unknown(why),
                None => {
                    let message = format!("{name} takes no mail, but has no SPF record \"v=spf1 -all\"");
                    tally.fail(Finding::at(rrset, message));
                }
            }
            continue;
        };
        // A broken record is told as that.
        let Some((policy, tree)) = site.policy() else { continue };
        match refuses_all(tree) {
            Ok(true) => {}
            Err(why) => tally.unknown(why),
            Ok(false) => {
                let sender = tree.branches.iter().find(|branch| branch.term.kind.passing().is_some());
                let (message, span) = match sender {
                    Some(sender) => {
                        let term = String::from_utf8_lossy(sender.term.span.of(&policy.text));
                        let message =
                            format!("{name} takes no mail, but its SPF record lets others send: {term}");
                        (message, sender.term.span)
                    }
                    None => {
                        let message =
                            format!("{name} takes no mail, but its SPF record is not \"v=spf1 -all\"");
                        (message, Span::default())
                    }
                };
                tally.fail(Finding::at(site.rrset, message).marking(&policy.text, span));
            }
        }
    }
    tally.outcome()
}

check! { RECEIVING = "mx.null-receiving", Critical, receiving;
    title: "a domain that receives mail has a null MX",
    why: "Every sender bounces mail to it at once.",
    fix: "Write the MX records of the domain in its place; or say mail.receives: false.",
    example: "example.com receives mail, but its null MX makes senders bounce it",
    see: [Reference::Rfc(7505, "3")],
    evidence: [Files, Provider, Mail],
}

fn receiving(subject: &Subject<'_>) -> Outcome {
    let receives = subject.facts.receives == Some(true);
    let Some(rrset) = own(subject).filter(|_| receives) else { return Outcome::NotApplicable };
    if !is_null(rrset) {
        return Outcome::Pass;
    }
    let name = rrset.name.without_dot();
    Outcome::Fail(vec![Finding::at(
        rrset,
        format!("{name} receives mail, but its null MX makes senders bounce it"),
    )])
}

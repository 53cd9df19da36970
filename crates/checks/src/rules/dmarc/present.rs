//! Whether there is a DMARC record, and one only.

use super::begin;
use crate::mail::dmarc::{Above, GRAMMAR, Site, above, undecided};
use crate::mail::domain::{self, Sends};
use crate::mail::labelled::Kind;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::spf;
use dnsctl_zone::{Name, RecordType, Reference};
use std::collections::HashSet;

pub(super) const CHECKS: &[Check] = &[PRESENT, MULTIPLE, APEX, UNRELATED, SPF];

check! { PRESENT = "dmarc.present", Error, present;
    title: "no DMARC record holds for the domain",
    why: "Anybody can put the domain into the From line, and no receiver is asked to stop it. Google, Yahoo and Microsoft want a record of whoever sends them much mail, and treat mail without one as suspicious. That of a public suffix above, such as gov.uk, would count, but only for receivers by RFC 9989: then it weighs less.",
    fix: "Write a TXT record at _dmarc: \"v=DMARC1; p=none; rua=mailto:…\" to begin with, p=reject when the reports show that your own mail passes. A domain that sends nothing starts with \"v=DMARC1; p=reject; sp=reject\".",
    example: "example.com has no DMARC record: anybody can send mail in its name",
    see: [Reference::Rfc(9989, "4.10"), Reference::Rfc(7489, "6.6.3"), Reference::Page("Google: email sender guidelines", "https://support.google.com/a/answer/81126")],
    evidence: [Files, Provider, Neighbours],
}

fn present(subject: &Subject<'_>) -> Outcome {
    let Some(own) = subject.dmarc().own(subject).filter(|_| domain::is_public(subject)) else {
        return Outcome::NotApplicable;
    };
    if own.attempted() {
        return Outcome::Pass;
    }
    let texts = match &own.texts {
        Ok(texts) => texts,
        Err(why) => return Outcome::Untested(why.clone()),
    };
    // Told by dmarc.apex and dmarc.spf-there.
    let misplaced = GRAMMAR.misplaced(subject).iter().any(|(_, meant)| *meant == own.domain);
    if misplaced || texts.iter().any(|text| is_spf(&text.octets)) {
        return Outcome::NotApplicable;
    }
    if subject.dmarc().walk.as_ref().is_some_and(|walk| walk.applied().is_some()) {
        return Outcome::Pass;
    }
    let name = own.domain.without_dot();
    if let Above::Unknown(above) = above(subject, &own.domain) {
        let above = above.without_dot();
        return Outcome::Untested(format!(
            "{name} has no DMARC record of its own; that of {above} is not held here"
        ));
    }
    let instead = if texts.is_empty() { "" } else { " among the texts at its _dmarc" };
    let suffix = subject.dmarc().walk.as_ref().and_then(undecided);
    let unless = suffix.map_or_else(String::new, |suffix| {
        format!(", unless {} has one and the receiver follows RFC 9989", suffix.without_dot())
    });
    let message = format!("{name} has no DMARC record{instead}: anybody can send mail in its name{unless}");
    let sends = domain::sends(subject);
    let mail = domain::receives(subject) || sends == Sends::Yes;
    // What makes it a domain that others meet shows where its records stand.
    let types = [RecordType::MX, RecordType::TXT, RecordType::A, RecordType::AAAA];
    let place = types.into_iter().find_map(|rtype| subject.zone.source(&own.domain, rtype));
    let severity = match (mail, suffix.is_some()) {
        (true, false) => Severity::Error,
        (true, true) | (false, false) => Severity::Warning,
        (false, true) => Severity::Note,
    };
    let finding = own.finding(message).from(place.cloned()).weighs(severity);
    Outcome::Fail(vec![if sends == Sends::No {
        match super::parked::mail_below(subject) {
            Some(below) => finding.fix(super::parked::fix(&below)),
            None => finding.fix("Write the TXT record \"v=DMARC1; p=reject; sp=reject\" at _dmarc: nobody may send mail in its name."),
        }
    } else {
        finding
    }])
}

/// Whether a text is an SPF record or meant as one.
fn is_spf(text: &[u8]) -> bool {
    spf::is_spf(text) || spf::near_miss(text).is_some()
}

check! { MULTIPLE = "dmarc.multiple", Critical, multiple;
    title: "a domain has more than one DMARC record",
    why: "Receivers discard all of them, by RFC 9989 and by RFC 7489 alike: the domain is as unprotected as without DMARC, and no reports come. By RFC 9989 the record of the organisation above counts instead, if there is one.",
    fix: "Keep one of them. Several report addresses stand in one record, with commas between.",
    example: "_dmarc.example.com has 2 DMARC records: receivers discard all of them",
    see: [Reference::Rfc(9989, "4.10"), Reference::Rfc(7489, "6.6.3")],
}

fn multiple(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for site in subject.dmarc().written(subject) {
        let count = site.records().count();
        if count > 0 {
            tally.saw();
        }
        if count > 1 {
            let name = site.owner.without_dot();
            tally.fail(
                site.finding(format!("{name} has {count} DMARC records: receivers discard all of them")),
            );
        }
    }
    tally.outcome()
}

check! { APEX = "dmarc.apex", Error, apex;
    title: "a DMARC record stands where nobody looks for it",
    why: "Receivers ask for the TXT records of _dmarc below the domain, and for nothing else. A record at the domain itself, or at a misspelt name, protects nobody.",
    fix: "Move the record to _dmarc below the domain.",
    example: "the DMARC record at example.com is not found: receivers look at _dmarc.example.com",
    see: [Reference::Rfc(9989, "4.10"), Reference::Rfc(7489, "6.1")],
}

fn apex(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let dmarc = subject.dmarc();
    if dmarc.written(subject).any(Site::attempted) {
        tally.saw();
    }
    if dmarc.walk.is_none() {
        return Outcome::NotApplicable;
    }
    let with_record = dmarc.sites.iter().filter(|site| site.records().next().is_some());
    let with_record: HashSet<&Name> = with_record.map(|site| &site.domain).collect();
    for (rrset, meant) in GRAMMAR.misplaced(subject) {
        let Some(right) = GRAMMAR.owner(&meant) else { continue };
        let right = right.without_dot();
        let message = format!(
            "the DMARC record at {} is not found: receivers look at {right}",
            rrset.name.without_dot()
        );
        // One that stands where it must makes this one a leftover.
        let there = with_record.contains(&meant);
        let finding = Finding::at(rrset, message);
        tally.fail(if there { finding.weighs(Severity::Note) } else { finding });
    }
    tally.outcome()
}

check! { UNRELATED = "dmarc.unrelated", Warning, unrelated;
    title: "another text stands beside the DMARC record",
    why: "Receivers must pass over it. Older ones and some checkers take the first text that they get, and then see no DMARC at all.",
    fix: "Remove the text from _dmarc, or write it at the name where its reader looks for it.",
    example: "_dmarc.example.com has a text that is no DMARC record: \"verification=1234\"",
    see: [Reference::Rfc(9989, "4.10")],
}

fn unrelated(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for site in subject.dmarc().written(subject) {
        // At the domain itself dmarc.present tells that there is no record.
        if !site.attempted() && site.domain == *subject.domain() && domain::is_public(subject) {
            continue;
        }
        let records = site.records().count();
        for text in site.known() {
            tally.saw();
            let other = match text.kind {
                Kind::Record => false,
                Kind::Near => records > 0,
                Kind::Other => !is_spf(&text.octets),
            };
            if other {
                let name = site.owner.without_dot();
                let message = format!(
                    "{name} has a text that is no DMARC record: \"{}\"",
                    super::text::short(&text.octets)
                );
                let whole = dnsctl_mail::Span::new(0, text.octets.len());
                tally.fail(site.finding(message).marking(&text.octets, whole));
            }
        }
    }
    tally.outcome()
}

check! { SPF = "dmarc.spf-there", Error, spf_there;
    title: "an SPF record stands where the DMARC record belongs",
    why: "SPF is not looked for at _dmarc, and DMARC is not found there. Mostly it is the answer of a wildcard TXT record, or a slip of the one who wrote it.",
    fix: "Write the DMARC record at _dmarc, which also keeps the wildcard away from it; remove the SPF record there.",
    example: "_dmarc.example.com has an SPF record, which nobody looks for there",
    see: [Reference::Rfc(9989, "4.10"), Reference::Rfc(7208, "3.1")],
}

fn spf_there(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for site in &subject.dmarc().sites {
        let explicit = site.rrset.is_some();
        if !explicit && (site.attempted() || !domain::is_public(subject)) {
            continue;
        }
        if let Err(why) = &site.texts {
            tally.unknown(why.clone());
        }
        for text in site.known() {
            tally.saw();
            if is_spf(&text.octets) {
                let name = site.owner.without_dot();
                let message = if explicit {
                    format!("{name} has an SPF record, which nobody looks for there")
                } else {
                    format!("a wildcard answers with an SPF record for {name}, where DMARC belongs")
                };
                let whole = dnsctl_mail::Span::new(0, text.octets.len());
                let mut finding = site.finding(message).marking(&text.octets, whole);
                finding.rtype = Some(RecordType::TXT);
                tally.fail(finding);
            }
        }
    }
    tally.outcome()
}

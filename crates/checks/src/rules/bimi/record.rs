//! What stands in a BIMI record.

use super::{about, texts};
use crate::mail::bimi;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::bimi::FaultKind;
use dnsctl_zone::{Rdata, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[SYNTAX, COUNT, APEX, HTTPS];

check! { SYNTAX = "bimi.syntax", Warning, syntax;
    title: "a BIMI record cannot be read",
    why: "Mail programs show no picture. Mail itself is not affected.",
    fix: "Write \"v=BIMI1; l=https://…/logo.svg; a=https://…/certificate.pem\".",
    example: "the BIMI record at default._bimi.example.com: there is no \"l\" with the place of the image",
    see: [Reference::Page("draft-brand-indicators-for-message-identification", "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/")],
}

/// The faults that `pick` gives a weight.
fn faults(subject: &Subject<'_>, pick: impl Fn(FaultKind) -> Option<Severity>) -> Outcome {
    let mut tally = Tally::default();
    for (site, text) in texts(subject) {
        tally.saw();
        if unread(&text.octets) {
            continue;
        }
        for fault in &text.parsed.faults {
            if let Some(severity) = pick(fault.kind) {
                let name = site.rrset.name.without_dot();
                let message = format!("the BIMI record at {name}: {}", fault.message);
                tally.fail(about(site, text, Some(fault.span), message).weighs(severity));
            }
        }
    }
    tally.outcome()
}

/// Whether mail programs do not take a text for a BIMI record: what stands behind is no matter then.
fn unread(text: &[u8]) -> bool {
    !dnsctl_mail::bimi::is_bimi(text) || text.first().is_some_and(u8::is_ascii_whitespace)
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, text) in texts(subject).filter(|(_, text)| unread(&text.octets)) {
        let name = site.rrset.name.without_dot();
        let message = format!("the text at {name} does not start with \"v=BIMI1\": it is no BIMI record");
        tally.fail(about(site, text, Some(Span::new(0, 1)), message).weighs(Severity::Warning));
    }
    let rest = faults(subject, |kind| match kind {
        FaultKind::NotHttps => None,
        FaultKind::Avatar | FaultKind::UnknownTag => Some(Severity::Note),
        _ => Some(Severity::Warning),
    });
    match (tally.outcome(), rest) {
        (Outcome::Fail(mut findings), Outcome::Fail(more)) => {
            findings.extend(more);
            Outcome::Fail(findings)
        }
        (Outcome::Fail(findings), _) => Outcome::Fail(findings),
        (_, rest) => rest,
    }
}

check! { COUNT = "bimi.count", Warning, count;
    title: "a BIMI selector has more than one record",
    why: "Mail programs then show no picture, since nobody can say which one is meant.",
    fix: "Keep one record.",
    example: "default._bimi.example.com has 2 BIMI records: mail programs use none of them",
    see: [Reference::Page("draft-brand-indicators-for-message-identification", "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/")],
}

fn count(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for site in subject.bimi().iter().filter(|site| !site.records.is_empty()) {
        tally.saw();
        let count = site.records.iter().filter(|text| dnsctl_mail::bimi::is_bimi(&text.octets)).count();
        if count > 1 {
            let name = site.rrset.name.without_dot();
            let message = format!("{name} has {count} BIMI records: mail programs use none of them");
            tally.fail(Finding::at(site.rrset, message));
        }
    }
    tally.outcome()
}

check! { APEX = "bimi.apex", Warning, apex;
    title: "a BIMI record stands where nobody looks for it",
    why: "Mail programs look at default._bimi below the domain, or at the selector that the mail names. A record at the domain itself or at _bimi is never found.",
    fix: "Move the record to default._bimi below the domain.",
    example: "the BIMI record at example.com is not found: mail programs look at default._bimi.example.com",
    see: [Reference::Page("draft-brand-indicators-for-message-identification", "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/")],
}

fn apex(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    if texts(subject).next().is_some() {
        tally.saw();
    }
    for rrset in subject.of(RecordType::TXT).filter(|rrset| bimi::domain(&rrset.name).is_none()) {
        let first = rrset.name.labels().next();
        let label = first.is_some_and(|label| &*label == b"_bimi");
        if !label && rrset.name != *subject.domain() && rrset.name != *subject.apex() {
            continue;
        }
        if !rrset.values().iter().map(Rdata::joined_text).any(|text| dnsctl_mail::bimi::is_bimi(&text)) {
            continue;
        }
        let Some(domain) = (if label { rrset.name.parent() } else { Some(rrset.name.clone()) }) else {
            continue;
        };
        let (at, domain) = (rrset.name.without_dot(), domain.without_dot());
        let message =
            format!("the BIMI record at {at} is not found: mail programs look at default._bimi.{domain}");
        tally.fail(Finding::at(rrset, message));
    }
    tally.outcome()
}

check! { HTTPS = "bimi.https", Warning, |subject| faults(subject, |kind| (kind == FaultKind::NotHttps).then_some(Severity::Warning));
    title: "a BIMI record names a picture or certificate that is not fetched with HTTPS",
    why: "Mail programs fetch both over HTTPS only, and show no picture otherwise.",
    fix: "Serve the picture and the certificate over HTTPS, and name them so in l and a.",
    example: "the BIMI record at default._bimi.example.com: \"http://example.com/logo.svg\" is not https",
    see: [Reference::Page("draft-brand-indicators-for-message-identification", "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/")],
}

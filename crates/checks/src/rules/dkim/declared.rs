//! Selectors that are declared.

use crate::mail::dkim::{Text, published};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Selector, SelectorKey, Severity, Subject};
use dnsctl_mail::Span;
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[PUBLISHED, REVOKED, PAIR];

/// The selectors that are in use.
fn in_use<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a Selector> {
    subject.facts.selectors.iter().filter(|selector| selector.key != SelectorKey::Revoked)
}

/// A finding about a selector: where its record is, or where it is declared.
fn about(subject: &Subject<'_>, selector: &Selector, message: String) -> Finding {
    let records = [RecordType::TXT, RecordType::CNAME];
    let there = records.into_iter().find_map(|rtype| subject.get(&selector.owner, rtype));
    match there {
        Some(rrset) => Finding::at(rrset, message),
        None => Finding::about(&selector.owner, Some(RecordType::TXT), message).from(selector.source.clone()),
    }
}

check! { PUBLISHED = "dkim.selector", Critical, selector;
    title: "a DKIM selector that signs mail has no key in the zone",
    why: "Receivers find no key for the signatures: all of them fail, and with p=reject whatever SPF does not cover is refused.",
    fix: "Publish the key at the selector: the TXT record that the signer prints, or the alias that the hoster names.",
    example: "s1._domainkey.example.com signs mail, but has no record",
    see: [Reference::Rfc(6376, "3.6.2")],
    evidence: [Files, Provider, Mail],
}

fn selector(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for selector in in_use(subject) {
        tally.saw();
        let name = selector.owner.without_dot();
        if let SelectorKey::Alias(target) = &selector.key
            && let Some(alias) = subject.get(&selector.owner, RecordType::CNAME)
        {
            let found = alias.values().first().and_then(dnsctl_zone::Rdata::target);
            if let Some(found) = found.filter(|found| found != target) {
                let (target, found) = (target.without_dot(), found.without_dot());
                let message =
                    format!("{name} is an alias of {found}, but the hoster has the key at {target}");
                tally.fail(Finding::at(alias, message).weighs(Severity::Error));
            }
            continue;
        }
        match published(subject, &selector.owner) {
            Err(why) if subject.get(&selector.owner, RecordType::CNAME).is_none() => tally.unknown(why),
            // Whether the target has a key is asked of DNS.
            Err(_) => {}
            Ok(texts) if texts.is_empty() => {
                let mut finding = about(subject, selector, format!("{name} signs mail, but has no record"));
                finding.fix = match &selector.key {
                    SelectorKey::Public(key) => Some(format!("Write the TXT record \"{key}\" at {name}.")),
                    SelectorKey::Alias(target) => {
                        Some(format!("Write a CNAME record to {} at {name}.", target.without_dot()))
                    }
                    SelectorKey::Revoked | SelectorKey::Unknown => None,
                };
                tally.fail(finding);
            }
            Ok(_) => {}
        }
    }
    tally.outcome()
}

/// The only text at a selector.
fn only(texts: &[Text]) -> Option<&Text> {
    texts.first().filter(|_| texts.len() == 1)
}

check! { REVOKED = "dkim.revoked", Critical, revoked;
    title: "the key of a DKIM selector in use is revoked",
    why: "An empty p says that the key is not valid any more. All signatures with it fail, also on mail that is still on its way.",
    fix: "Publish the key again; or say revoked at the selector in the mail block when nothing signs with it any more.",
    example: "s1._domainkey.example.com signs mail, but its key is revoked (p is empty)",
    see: [Reference::Rfc(6376, "3.6.1")],
    evidence: [Files, Provider, Mail],
}

fn revoked(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for selector in in_use(subject) {
        match published(subject, &selector.owner) {
            Err(why) => tally.unknown(why),
            Ok(texts) => {
                let Some(text) = only(&texts) else { continue };
                tally.saw();
                if text.is_revoked() {
                    let name = selector.owner.without_dot();
                    let message = format!("{name} signs mail, but its key is revoked (p is empty)");
                    let span = text.parsed.place("p").unwrap_or(Span::new(0, text.octets.len()));
                    tally.fail(about(subject, selector, message).marking(&text.octets, span));
                }
            }
        }
    }
    tally.outcome()
}

check! { PAIR = "dkim.pair", Critical, pair;
    title: "the published DKIM key is not the one that signs",
    why: "Signatures are made with one key and verified with another: all of them fail, and with p=reject whatever SPF does not cover is refused.",
    fix: "Publish the public key that belongs to the private key of the signer; or give the signer the key that is published.",
    example: "the key at s1._domainkey.example.com is not the declared one: signatures cannot be verified with it",
    see: [Reference::Rfc(6376, "6.1.3")],
    evidence: [Files, Provider, Mail],
}

fn pair(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for selector in in_use(subject) {
        let SelectorKey::Public(declared) = &selector.key else { continue };
        match published(subject, &selector.owner) {
            Err(why) => tally.unknown(why),
            Ok(texts) => {
                // What is not there or cannot be read has rules of its own.
                let Some((text, key)) = only(&texts).and_then(|text| Some((text, text.parsed.usable()?)))
                else {
                    continue;
                };
                tally.saw();
                if !key.same_key(declared) {
                    let name = selector.owner.without_dot();
                    let message = format!(
                        "the key at {name} is not the declared one: signatures cannot be verified with it"
                    );
                    let span = text.parsed.public_span.unwrap_or(Span::new(0, text.octets.len()));
                    let fix = format!("Write p={}.", declared.public_text());
                    tally.fail(about(subject, selector, message).marking(&text.octets, span).fix(fix));
                }
            }
        }
    }
    tally.outcome()
}

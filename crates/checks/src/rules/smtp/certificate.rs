//! The certificates that are declared: how long they last, and whether others trust their keys.

use crate::rules::dane::no_leaf;
use crate::tally::Tally;
use crate::{Certificate, Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::tlsa::{self, PublicKey};
use dnsctl_zone::Reference;
use std::collections::HashSet;

pub(super) const CHECKS: &[Check] = &[EXPIRY, KEY];

check! { EXPIRY = "smtp.cert-expiry", Critical, expiry;
    title: "a certificate of a mail host is past its last day, or nearly",
    why: "Mail programs of users refuse it, and so do senders that insist on a valid one: by an MTA-STS policy in mode enforce, or by a TLSA record with usage 2. Only TLSA records with usage 3 do not look at dates. Nothing in DNS changes on that day, so nobody is warned.",
    fix: "Renew the certificate and let the server load it; with mail.dane publish the record of the new one first (mail.dane.next).",
    example: "the certificate of mail.example.com is 22 days past its last day",
    see: [Reference::Rfc(5280, "4.1.2.5"), Reference::Rfc(8461, "4.2"), Reference::Rfc(7672, "3.1.1")],
    evidence: [Files, Certificates, Date],
}

/// In days: less is an error.
const SHORT: i64 = 7;
/// In days: less is a warning.
const SOON: i64 = 21;

const DAY: i64 = 24 * 60 * 60;

fn expiry(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for certificate in each(subject) {
        let Some(today) = subject.today().and_then(first_second) else {
            tally.unknown("which day it is was not told");
            continue;
        };
        let host = certificate.host.without_dot();
        for one in presented(certificate, &mut tally) {
            tally.saw();
            let what = match (is_leaf(certificate, one), certificate.next) {
                (true, false) => format!("the certificate of {host}"),
                (true, true) => format!("the next certificate of {host}"),
                _ => format!("the authority's certificate behind that of {host} ({})", one.subject),
            };
            // The first second of today is in its last day.
            let left = one.not_after.saturating_sub(today).div_euclid(DAY);
            let days = |count: i64| if count == 1 { "1 day".to_owned() } else { format!("{count} days") };
            let (message, severity) = if one.not_after < today {
                (format!("{what} is {} past its last day", days(left.saturating_neg())), Severity::Critical)
            } else if one.not_before >= today.saturating_add(DAY) {
                let wait = one.not_before.saturating_sub(today).div_euclid(DAY);
                if certificate.next {
                    continue;
                }
                (format!("{what} is not valid yet: it will be in {}", days(wait)), Severity::Error)
            } else if left < SHORT {
                (format!("{what} lasts {} more", days(left)), Severity::Error)
            } else if left < SOON {
                (format!("{what} lasts {} more", days(left)), Severity::Warning)
            } else {
                continue;
            };
            tally.fail(at(certificate, message, severity));
        }
    }
    tally.outcome()
}

check! { KEY = "smtp.cert-key", Warning, key;
    title: "a certificate of a mail host has a weak key or signature",
    why: "Keys of RSA below 2048 bits and curves below 256 can be broken with effort, and signatures with SHA-1 or MD5 be made by others. Libraries refuse them by and by: senders then deliver in clear text, or not at all.",
    fix: "Let the certificate be issued anew, with a key of ECDSA P-256 or of RSA with 2048 bits.",
    example: "the certificate of mail.example.com has an RSA key of 1024 bits: 2048 are the least",
    see: [Reference::Rfc(9325, "4.5"), Reference::Rfc(9155, "")],
    evidence: [Files, Certificates],
}

fn key(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for certificate in each(subject) {
        for one in presented(certificate, &mut tally) {
            tally.saw();
            let what = if is_leaf(certificate, one) {
                let next = if certificate.next { "next " } else { "" };
                format!("the {next}certificate of {}", certificate.host.without_dot())
            } else {
                let host = certificate.host.without_dot();
                format!("the authority's certificate behind that of {host} ({})", one.subject)
            };
            let weak = match one.public_key {
                PublicKey::Rsa { bits } if bits < 2048 => {
                    Some(format!("has an RSA key of {bits} bits: 2048 are the least"))
                }
                PublicKey::Ec { bits } if bits < 256 => {
                    Some(format!("has a key on a curve of {bits} bits: 256 are the least"))
                }
                _ => None,
            };
            let signed =
                one.weak_signature().map(|hash| format!("is signed with {hash}, which others can forge"));
            for words in weak.into_iter().chain(signed) {
                tally.fail(at(certificate, format!("{what} {words}"), Severity::Warning));
            }
        }
    }
    tally.outcome()
}

/// The certificates that are declared, each once for a host. Files with nothing but a public key have none.
fn each<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = &'s Certificate> {
    let mut seen = HashSet::new();
    subject.facts.certificates.iter().filter(move |certificate| {
        let leaf = certificate.chain.first();
        leaf.is_some_and(|leaf| seen.insert((&certificate.host, &*leaf.der)))
    })
}

/// What clients look at: the certificate of the host and those behind it, but for the root that they have themselves. That the
/// file has authorities only is told.
fn presented<'c>(
    certificate: &'c Certificate,
    tally: &mut Tally,
) -> impl Iterator<Item = &'c tlsa::Certificate> + use<'c> {
    if certificate.leaf().is_none() {
        tally.unknown(no_leaf(certificate));
    }
    certificate.chain.iter().filter(move |one| is_leaf(certificate, one) || !one.self_issued)
}

/// Whether a certificate is that of the host itself.
fn is_leaf(certificate: &Certificate, one: &tlsa::Certificate) -> bool {
    certificate.leaf().is_some_and(|leaf| std::ptr::eq(leaf, one))
}

/// A finding where the file is declared. One that is not in use yet is a warning at most.
fn at(certificate: &Certificate, message: String, severity: Severity) -> Finding {
    let severity = if certificate.next { severity.min(Severity::Warning) } else { severity };
    Finding::about(&certificate.host, None, message).from(certificate.source.clone()).weighs(severity)
}

/// The first second of a day (`YYYY-MM-DD`, UTC), counted from 1970.
fn first_second(day: &str) -> Option<i64> {
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years that begin in March have the leap day at their end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    // Those from 1 March of the year 0 to 1970.
    Some((days - 719_468) * DAY)
}

#[cfg(test)]
mod tests {
    use super::first_second;

    #[test]
    fn days_are_counted() {
        for (day, seconds) in [
            ("1970-01-01", Some(0)),
            ("2000-02-29", Some(951_782_400)),
            ("2026-01-01", Some(1_767_225_600)),
            ("2026-11-23", Some(1_795_392_000)),
            ("2027-01-01", Some(1_798_761_600)),
            ("2026-13-01", None),
            ("today", None),
            ("2026-11", None),
        ] {
            assert_eq!(first_second(day), seconds, "{day}");
        }
    }
}

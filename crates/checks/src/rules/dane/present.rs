//! Whether there are TLSA records, and whether anybody believes them.

use crate::mail::signing::Signing;
use crate::mail::tlsa::{SMTP, found};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::tlsa;
use dnsctl_zone::{Name, RecordType, Reference};
use std::collections::BTreeSet;

pub(super) const CHECKS: &[Check] = &[PRESENT, UNSIGNED];

check! { PRESENT = "dane.present", Note, present;
    title: "a mail host of a signed zone has no TLSA records",
    why: "With DNSSEC a TLSA record is all that senders need to insist on TLS and on the right certificate, whoever issued it. Without it an attacker on the way can make them deliver in clear text.",
    fix: "Write mail.dane with the certificate of the host.",
    example: "mail.example.com, an MX of example.com, has no TLSA records, although the zone is signed",
    see: [Reference::Rfc(7672, "2.2"), Reference::Rfc(7672, "3.1")],
    evidence: [Files, Provider, Certificates, Neighbours],
}

fn present(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let mut seen: BTreeSet<&Name> = BTreeSet::new();
    let signing = Signing::of(subject);
    for mx in subject.pointers_of(RecordType::MX) {
        let host = &mx.target.name;
        // Hosts of others are theirs; those without an address have a rule of their own.
        if !host.is_at_or_below(subject.apex()) || mx.target.has_none() || !seen.insert(host) {
            continue;
        }
        tally.saw();
        match found(subject, host, SMTP) {
            Ok(records) if !records.is_empty() => continue,
            Ok(_) => {}
            Err(why) => {
                tally.unknown(why);
                continue;
            }
        }
        let declared =
            subject.facts.certificates.iter().find(|own| own.host == *host && own.ports.contains(&SMTP));
        let reason = match (declared.filter(|own| own.record.is_some()), &signing) {
            (Some(_), _) => "although its certificate is declared",
            (None, Signing::Signed | Signing::Promised(_)) => "although the zone is signed",
            (None, Signing::Insecure) => continue,
            (None, Signing::Unknown(why)) => {
                tally.unknown(why.clone());
                continue;
            }
        };
        let (name, domain) = (host.without_dot(), mx.rrset.name.without_dot());
        let owner = tlsa::owner(host, SMTP).unwrap_or_else(|_| host.clone());
        let message = format!("{name}, an MX of {domain}, has no TLSA records, {reason}");
        let place = declared.and_then(|own| own.source.clone());
        let place = place.or_else(|| subject.zone.source(&mx.rrset.name, mx.rrset.rtype).cloned());
        tally.fail(Finding::about(&owner, Some(RecordType::TLSA), message).from(place));
    }
    tally.outcome()
}

check! { UNSIGNED = "dane.unsigned", Error, unsigned;
    title: "TLSA records stand in a zone that is not signed",
    why: "Whoever can forge one answer can forge the TLSA record, too: senders look at it only when DNSSEC proves it. In a zone that is not signed it protects nothing.",
    fix: "Sign the zone and have its DS put into the zone above; or remove the records, and use MTA-STS.",
    example: "the TLSA records of example.com have no effect: com has no DS for it, so nobody can prove them",
    see: [Reference::Rfc(7672, "2.2"), Reference::Rfc(4035, "5.2")],
    evidence: [Files, Provider, Neighbours],
}

fn unsigned(subject: &Subject<'_>) -> Outcome {
    let Some(first) = subject.tlsa().first() else { return Outcome::NotApplicable };
    match Signing::of(subject) {
        Signing::Signed => Outcome::Pass,
        Signing::Promised(why) | Signing::Unknown(why) => Outcome::Untested(why),
        Signing::Insecure => {
            let (apex, above) = (subject.apex(), subject.above());
            let above = above.map_or_else(|| "the zone above".to_owned(), |zone| zone.apex().without_dot());
            let message = format!(
                "the TLSA records of {} have no effect: {above} has no DS for it, so nobody can prove them",
                apex.without_dot()
            );
            Outcome::Fail(vec![Finding::at(first.rrset, message)])
        }
    }
}

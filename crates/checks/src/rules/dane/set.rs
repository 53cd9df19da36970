//! All TLSA records of a port.

use super::smtp;
use crate::mail::tlsa::{Record, SMTP, Set, USERS};
use crate::tally::{Tally, each};
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::tlsa::Params;
use dnsctl_zone::{Name, RRset, Reference};
use std::collections::BTreeMap;

pub(super) const CHECKS: &[Check] = &[ROLLOVER, RECOMMENDED, TTL, SUBMISSION];

check! { ROLLOVER = "dane.rollover", Warning, rollover;
    title: "there is one TLSA record only: the next certificate is not announced",
    why: "When the server presents a new key, senders that still hold the old TLSA records deliver nothing until those leave their caches. The record of the next key must be there for two TTLs before.",
    fix: "Make the next key now and name it under mail.dane.next: its public key is enough.",
    example: "_25._tcp.mail.example.com has one TLSA record only: with the next key of the host senders that check it deliver nothing for up to 1 h",
    see: [Reference::Rfc(7671, "8.1"), Reference::Rfc(7672, "3.1")],
}

fn rollover(subject: &Subject<'_>) -> Outcome {
    each(smtp(subject).filter(|set| set.records.iter().any(Record::usable)), |set| {
        let mut usable = set.records.iter().filter(|record| record.usable());
        let (first, second) = (usable.next()?, usable.next());
        // An authority keeps its key; a next certificate that is declared and missing is told by dane.cert-change.
        let next = subject.facts.certificates.iter().any(|own| {
            own.next && set.services.iter().any(|(host, port)| own.host == *host && own.ports.contains(port))
        });
        let message = format!(
            "{} has one TLSA record only: with the next key of the host senders that check it deliver nothing for up to {}",
            set.rrset.name.without_dot(),
            set.rrset.ttl.spoken()
        );
        (second.is_none() && first.params.usage == 3 && !next).then(|| Finding::at(set.rrset, message))
    })
}

check! { RECOMMENDED = "dane.recommended", Note, recommended;
    title: "no TLSA record is of a kind that is recommended",
    why: "A record about a whole certificate (selector 0) changes with every renewal, one about its public key only with the key; and SHA-512 (matching type 2) is not known to all senders.",
    fix: "Write 3 1 1, or 2 1 1 or 2 0 1 for the authority.",
    example: "_25._tcp.mail.example.com has 3 0 1, none of 3 1 1, 2 1 1 and 2 0 1",
    see: [Reference::Rfc(7672, "3.1"), Reference::Rfc(7671, "5.1")],
}

fn recommended(subject: &Subject<'_>) -> Outcome {
    each(smtp(subject), |set| {
        let mut usable: Vec<Params> =
            set.records.iter().filter(|record| record.usable()).map(|record| record.params).collect();
        usable.dedup();
        // Records with everything in them are told by dane.full.
        let good = |params: &Params| {
            params.matching == 0 || [Params::KEY, Params::AUTHORITY_KEY, Params::AUTHORITY].contains(params)
        };
        let kinds: Vec<String> = usable.iter().map(ToString::to_string).collect();
        let name = set.rrset.name.without_dot();
        let message = format!("{name} has {}, none of 3 1 1, 2 1 1 and 2 0 1", kinds.join(", "));
        (!usable.is_empty() && !usable.iter().any(good)).then(|| Finding::at(set.rrset, message))
    })
}

check! { TTL = "dane.ttl", Note, ttl;
    title: "the TTL of TLSA records is long",
    why: "When the key of a host must change at once, senders that hold the old records deliver nothing there until the TTL is over; and a planned change has to wait twice as long.",
    fix: "Write a TTL of an hour.",
    example: "_25._tcp.mail.example.com TLSA has a TTL of 168 h: a key that changes at once stops mail for as long",
    see: [Reference::Rfc(7671, "8.1"), Reference::Rfc(7671, "13")],
}

fn ttl(subject: &Subject<'_>) -> Outcome {
    const DAY: u32 = 86_400;
    each(subject.tlsa().iter().filter(|set| set.is_mail()), |set| {
        let (name, ttl) = (set.rrset.name.without_dot(), set.rrset.ttl.spoken());
        let message =
            format!("{name} TLSA has a TTL of {ttl}: a key that changes at once stops mail for as long");
        (set.rrset.ttl.seconds() > DAY).then(|| Finding::at(set.rrset, message))
    })
}

check! { SUBMISSION = "dane.submission", Info, submission;
    title: "TLSA records of a mail host differ from port to port",
    why: "Most servers present one certificate on all ports. Records of one port that have nothing in common with those of port 25 are often left from an older certificate.",
    fix: "Publish the records of the certificate that the port presents, or declare it under mail.dane with its ports.",
    example: "_587._tcp.mail.example.com has no TLSA record in common with _25._tcp.mail.example.com",
    see: [Reference::Rfc(7673, "3"), Reference::Rfc(7671, "8.1")],
    evidence: [Files, Provider, Certificates],
}

fn submission(subject: &Subject<'_>) -> Outcome {
    let mut relay: BTreeMap<&Name, &RRset> = BTreeMap::new();
    for set in smtp(subject) {
        relay
            .extend(set.services.iter().filter(|(_, port)| *port == SMTP).map(|(host, _)| (host, set.rrset)));
    }
    let mut tally = Tally::default();
    for set in subject.tlsa() {
        for (host, port) in set.services.iter().filter(|(_, port)| USERS.contains(port)) {
            let Some(other) = relay.get(host) else { continue };
            tally.saw();
            let declared =
                subject.facts.certificates.iter().any(|own| own.host == *host && own.ports.contains(port));
            if !declared && differ(set, other) {
                let (name, other) = (set.rrset.name.without_dot(), other.name.without_dot());
                let message = format!("{name} has no TLSA record in common with {other}");
                tally.fail(Finding::at(set.rrset, message));
            }
        }
    }
    tally.outcome()
}

/// Whether two ports have records that could be the same and none that is.
fn differ(set: &Set<'_>, other: &RRset) -> bool {
    let same = |record: &Record<'_>| other.values().contains(record.rdata);
    let comparable =
        |record: &Record<'_>| other.values().iter().any(|value| Params::of(value) == Some(record.params));
    set.records.iter().any(comparable) && !set.records.iter().any(same)
}

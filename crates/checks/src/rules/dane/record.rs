//! Single TLSA records.

use super::smtp;
use crate::mail::tlsa::{Record, Set};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::Fault;
use dnsctl_mail::tlsa::FaultKind as F;
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[USAGE, PARAMS, FULL];

/// Tells the faults of these kinds.
fn faults<'s, 'a: 's>(sets: impl Iterator<Item = &'s Set<'a>>, kinds: &[F], unless: Option<F>) -> Outcome {
    let mut tally = Tally::default();
    for set in sets {
        tally.saw();
        for record in &set.records {
            let other = unless.is_some_and(|kind| record.faults.iter().any(|fault| fault.kind == kind));
            let told = record.faults.iter().filter(|fault| kinds.contains(&fault.kind) && !other);
            for fault in told {
                let message = format!("a TLSA record of {}: {}", set.rrset.name.without_dot(), fault.message);
                tally.fail(shown(Finding::at(set.rrset, message), record, fault));
            }
        }
    }
    tally.outcome()
}

/// With the record and the field that is meant: places of faults are octets of the rdata, 0 to 2 the numbers, then the data.
fn shown(finding: Finding, record: &Record<'_>, fault: &Fault<F>) -> Finding {
    let text = record.rdata.to_string();
    let mut start: usize = 0;
    for (at, word) in text.split(' ').enumerate() {
        let end = start.saturating_add(word.len());
        if at == fault.span.start.min(3) {
            return finding.excerpt(text.clone(), start..end);
        }
        start = end.saturating_add(1);
    }
    finding
}

check! { USAGE = "dane.usage", Error, |subject| faults(smtp(subject), &[F::UsagePkix, F::Usage], None);
    title: "the usage of a TLSA record is none that senders of mail can use",
    why: "Mail servers have no list of authorities that all of them trust, so usage 0 and 1 mean nothing to them. With such records only, senders use TLS, but check no certificate.",
    fix: "Write usage 3 (the certificate of the host itself: 3 1 1), or 2 (its authority).",
    example: "a TLSA record of _25._tcp.mail.example.com: usage 1 cannot be used by senders of mail: use 3, or 2 (RFC 7672 section 3.1.3)",
    see: [Reference::Rfc(7672, "3.1.3")],
}

check! { PARAMS = "dane.params", Error, params;
    title: "a TLSA record has numbers or data that nobody can use",
    why: "Selectors are 0 and 1, matching types 0, 1 and 2, and a digest has the length of its kind: 32 octets for SHA-256. Clients pass over any other record, and with no usable one they check no certificate.",
    fix: "Make the record anew from the certificate (mail.dane does): 3 1 1 and the SHA-256 of its public key.",
    example: "a TLSA record of _25._tcp.mail.example.com: a SHA-256 has 32 octets, these are 20",
    see: [Reference::Rfc(6698, "2.1"), Reference::Rfc(7671, "10.1")],
}

fn params(subject: &Subject<'_>) -> Outcome {
    let kinds = [F::Selector, F::Matching, F::Length, F::Empty, F::NotDer];
    faults(subject.tlsa().iter(), &kinds, None)
}

check! { FULL = "dane.full", Note, full;
    title: "a TLSA record holds a whole certificate or key",
    why: "Such answers are large: they may not fit into one packet, and some resolvers and firewalls lose them. Then DANE senders deliver nothing. A digest of 32 octets does the same.",
    fix: "Write matching type 1 and the SHA-256.",
    example: "a TLSA record of _25._tcp.mail.example.com: matching type 0 publishes everything: a digest, matching type 1, does the same in 32 octets",
    see: [Reference::Rfc(7671, "10.1.2")],
}

fn full(subject: &Subject<'_>) -> Outcome {
    // Data that are none are told by dane.params.
    faults(subject.tlsa().iter().filter(|set| set.is_mail()), &[F::Full], Some(F::NotDer))
}

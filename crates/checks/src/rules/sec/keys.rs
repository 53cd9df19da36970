//! Algorithms, keys and digests.

use super::removes;
use crate::tally::{Tally, each};
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_zone::{RRset, Rdata, RecordType, Reference};
use std::collections::BTreeSet;

pub(super) const CHECKS: &[Check] = &[DIGEST, ALGORITHM, SIZE];

check! { DIGEST = "sec.ds-digest", Warning, digest;
    title: "the DS of a zone has only digests that are given up",
    why: "Digests of SHA-1 and GOST are not to be used for DS records any more. Resolvers that leave them out find no DS that they can use and treat the zone as not signed.",
    fix: "Add the DS with digest type 2 (SHA-256) of the same key, then remove the old one.",
    example: "the DS of sub.example.com has SHA-1 digests only: some resolvers treat the zone as not signed",
    see: [Reference::Rfc(8624, "3.3"), Reference::Rfc(4509, "3")],
}

fn digest(subject: &Subject<'_>) -> Outcome {
    each(subject.of(RecordType::DS).chain(subject.of(RecordType::CDS)), |rrset| {
        // One that is cut off is told by zone.bad-value.
        let values = rrset.values().iter().filter(|value| !removes(value) && value.fault().is_none());
        let kinds: BTreeSet<u32> = values.filter_map(|value| value.number("digest_type")).collect();
        let word = |kind: &u32| match kind {
            1 => Some("SHA-1"),
            3 => Some("GOST"),
            _ => None,
        };
        let words: Vec<&str> = kinds.iter().filter_map(word).collect();
        let (name, rtype) = (rrset.name.without_dot(), rrset.rtype);
        let message = format!(
            "the {rtype} of {name} has {} digests only: some resolvers treat the zone as not signed",
            words.join(" and ")
        );
        (!words.is_empty() && words.len() == kinds.len()).then(|| Finding::at(rrset, message))
    })
}

check! { ALGORITHM = "sec.algorithm", Warning, algorithm;
    title: "a key of a zone has an algorithm that is given up",
    why: "Signers must not use these algorithms any more, and more and more resolvers do not validate them: for those the zone is not signed, and some refuse its answers.",
    fix: "Change to algorithm 13 (ECDSA P-256) with the program that signs: new key, new DS, then remove the old ones.",
    example: "a DS of sub.example.com has the algorithm 5 (RSASHA1), which is not to be used any more",
    see: [Reference::Rfc(8624, "3.1"), Reference::Rfc(9904, ""), Reference::Rfc(9905, ""), Reference::Rfc(9906, "")],
}

/// The RRsets that are or name keys.
fn key_sets<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a RRset> {
    let types = [RecordType::DNSKEY, RecordType::DS, RecordType::CDS, RecordType::CDNSKEY];
    types.into_iter().flat_map(|rtype| subject.of(rtype).collect::<Vec<_>>())
}

fn algorithm(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for rrset in key_sets(subject) {
        tally.saw();
        let numbers: BTreeSet<u32> =
            rrset.values().iter().filter_map(|value| value.number("algorithm")).collect();
        for number in numbers {
            let Some(word) = given_up(number) else { continue };
            let (name, rtype) = (rrset.name.without_dot(), rrset.rtype);
            let message = format!(
                "a {rtype} of {name} has the algorithm {number} ({word}), which is not to be used any more"
            );
            tally.fail(Finding::at(rrset, message));
        }
    }
    tally.outcome()
}

/// Algorithms that nobody is to sign with.
fn given_up(number: u32) -> Option<&'static str> {
    Some(match number {
        1 => "RSAMD5",
        3 => "DSA",
        5 => "RSASHA1",
        6 => "DSA-NSEC3-SHA1",
        7 => "RSASHA1-NSEC3-SHA1",
        12 => "ECC-GOST",
        _ => return None,
    })
}

check! { SIZE = "sec.key-size", Warning, size;
    title: "the key of a zone is short, or has not the length of its kind",
    why: "RSA keys under 2048 bits can be broken with effort, and who breaks one forges the whole zone. A key that has not the length of its algorithm is none: resolvers that validate refuse what it signed.",
    fix: "Make a new key: algorithm 13 (ECDSA P-256), or RSA with 2048 bits.",
    example: "a DNSKEY of example.com is an RSA key of 1024 bits, fewer than 2048",
    see: [Reference::Rfc(8624, "3.1"), Reference::Rfc(6605, "4"), Reference::Rfc(8080, "3"), Reference::Rfc(3110, "2")],
}

fn size(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for rrset in subject.of(RecordType::DNSKEY).chain(subject.of(RecordType::CDNSKEY)) {
        tally.saw();
        for value in rrset.values().iter().filter(|value| !removes(value)) {
            let Some((what, severity)) = short(value) else { continue };
            let message = format!("a {} of {} {what}", rrset.rtype, rrset.name.without_dot());
            tally.fail(Finding::at(rrset, message).weighs(severity));
        }
    }
    tally.outcome()
}

/// What is wrong with the length of a key.
fn short(key: &Rdata) -> Option<(String, Severity)> {
    let (algorithm, octets) = (key.number("algorithm")?, key.bytes("public_key")?);
    let length = match algorithm {
        13 => 64,
        14 => 96,
        15 => 32,
        16 => 57,
        1 | 5 | 7 | 8 | 10 => {
            let bits = modulus_bits(&octets);
            return (bits < 2048).then(|| {
                let severity = if bits < 1024 { Severity::Error } else { Severity::Warning };
                (format!("is an RSA key of {bits} bits, fewer than 2048"), severity)
            });
        }
        _ => return None,
    };
    (octets.len() != length).then(|| {
        let what = format!(
            "has {} octets; a key of algorithm {algorithm} has {length}: resolvers refuse what it signed",
            octets.len()
        );
        (what, Severity::Error)
    })
}

/// The length of the modulus behind the exponent (RFC 3110 section 2); 0 when there is none.
fn modulus_bits(octets: &[u8]) -> usize {
    let (exponent, rest) = match octets {
        [0, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        [length, rest @ ..] => (usize::from(*length), rest),
        [] => return 0,
    };
    let modulus = rest.get(exponent..).unwrap_or(&[]);
    let start = modulus.iter().position(|octet| *octet != 0).unwrap_or(modulus.len());
    let modulus = modulus.get(start..).unwrap_or(&[]);
    let zeros = modulus.first().map_or(0, |octet| octet.leading_zeros());
    modulus.len().saturating_mul(8).saturating_sub(usize::try_from(zeros).unwrap_or(0))
}

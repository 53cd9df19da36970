//! CDS and CDNSKEY, from which the zone above makes the DS (RFC 7344, RFC 8078).

use super::removes;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Reference};
use sha2::{Digest as _, Sha256, Sha384};

pub(super) const CHECKS: &[Check] = &[MATCH, PENDING];

check! { MATCH = "sec.cds-match", Error, matches;
    title: "CDS and CDNSKEY records contradict each other",
    why: "The zone above makes its DS from them without a question. Where they ask for different keys, or for a key and for its removal at once, it takes none of them, or one that does not fit: then the whole zone fails for resolvers that validate.",
    fix: "Let the program that signs publish both; or write one CDS with the SHA-256 for each CDNSKEY and no other.",
    example: "no CDS of example.com is about its CDNSKEY with the key tag 3613",
    see: [Reference::Rfc(7344, "4"), Reference::Rfc(8078, "4")],
}

fn matches(subject: &Subject<'_>) -> Outcome {
    let apex = subject.apex();
    let (cds, cdnskey) = (subject.get(apex, RecordType::CDS), subject.get(apex, RecordType::CDNSKEY));
    let name = apex.without_dot();
    let mut tally = Tally::default();
    for rrset in [cds, cdnskey].into_iter().flatten() {
        tally.saw();
        if rrset.values().iter().any(removes) && rrset.values().len() > 1 {
            let rtype = rrset.rtype;
            tally.fail(Finding::at(
                rrset,
                format!("the {rtype} records of {name} ask for the removal of the DS, and for another one"),
            ));
        }
    }
    let (Some(cds), Some(cdnskey)) = (cds, cdnskey) else { return tally.outcome() };
    let removal = |rrset: &RRset| rrset.values().iter().any(removes);
    if removal(cds) != removal(cdnskey) {
        let message =
            format!("one of CDS and CDNSKEY of {name} asks for the removal of the DS, the other does not");
        tally.fail(Finding::at(cds, message));
        return tally.outcome();
    }
    if removal(cds) {
        return tally.outcome();
    }
    for key in cdnskey.values() {
        let known = cds.values().iter().map(|cds| is_about(apex, cds, key));
        let known: Vec<Option<bool>> = known.collect();
        if known.iter().all(|verdict| *verdict == Some(false)) {
            let tag = key_tag(key.octets());
            tally.fail(Finding::at(
                cds,
                format!("no CDS of {name} is about its CDNSKEY with the key tag {tag}"),
            ));
        } else if !known.contains(&Some(true)) {
            tally.unknown(format!("the CDS records of {name} have digests that are not computed here"));
        }
    }
    for value in cds.values() {
        if cdnskey.values().iter().all(|key| is_about(apex, value, key) == Some(false)) {
            let tag = value.number("key_tag").unwrap_or(0);
            tally.fail(Finding::at(
                cds,
                format!("the CDS of {name} with the key tag {tag} is about none of its CDNSKEY records"),
            ));
        }
    }
    tally.outcome()
}

/// Whether a CDS or DS is about a key (RFC 4034 section 5.1.4, RFC 4509, RFC 6605); `None` for other digests when tag and
/// algorithm are those of the key.
pub(super) fn is_about(owner: &Name, signer: &Rdata, key: &Rdata) -> Option<bool> {
    let same = signer.number("key_tag") == Some(u32::from(key_tag(key.octets())))
        && signer.number("algorithm") == key.number("algorithm");
    if !same {
        return Some(false);
    }
    let hashed = [owner.to_wire(), key.octets().to_vec()].concat();
    let digest = match signer.number("digest_type")? {
        2 => Sha256::digest(hashed).to_vec(),
        4 => Sha384::digest(hashed).to_vec(),
        _ => return None,
    };
    Some(signer.bytes("digest")? == digest)
}

/// RFC 4034 appendix B.
fn key_tag(rdata: &[u8]) -> u16 {
    let word = |pair: &[u8]| match pair {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [high] => u32::from(*high) << 8,
        _ => 0,
    };
    let sum = rdata.chunks(2).map(word).fold(0_u32, u32::wrapping_add);
    u16::try_from(sum.wrapping_add(sum >> 16) & 0xffff).unwrap_or(0)
}

check! { PENDING = "sec.cds-pending", Note, pending;
    title: "the zone asks for another DS than the zone above has",
    why: "A change of keys waits for the zone above. Keys that its DS names must stay until that has changed and the old DS has left all caches.",
    fix: "Put the DS records that the CDS asks for into the zone above; keep all keys until then.",
    example: "the CDS of sub.example.com asks for other DS records than example.com has",
    see: [Reference::Rfc(7344, "3"), Reference::Rfc(6781, "4.1.2")],
    evidence: [Files, Provider, Neighbours],
}

fn pending(subject: &Subject<'_>) -> Outcome {
    let apex = subject.apex();
    let Some(cds) = subject.get(apex, RecordType::CDS) else { return Outcome::NotApplicable };
    let Some(above) = subject.above() else {
        return Outcome::Untested(format!("the zone above {} is not held here", apex.without_dot()));
    };
    let Some(ds) = above.records().get(apex, RecordType::DS) else {
        // That there is none at all is told by sec.ds-present.
        return above.may_have(apex, RecordType::DS).map_or(Outcome::NotApplicable, Outcome::Untested);
    };
    let wanted: Vec<&[u8]> = cds.values().iter().filter(|value| !removes(value)).map(Rdata::octets).collect();
    let has: Vec<&[u8]> = ds.values().iter().map(Rdata::octets).collect();
    // The zone above may choose among digests of one key: what counts is the key tag and the algorithm.
    let key = |octets: &&[u8]| octets.get(..3).map(<[u8]>::to_vec);
    let lacks = wanted.iter().any(|octets| !has.iter().any(|other| key(other) == key(octets)));
    let extra = has.iter().any(|octets| !wanted.iter().any(|other| key(other) == key(octets)));
    if !lacks && !extra {
        return Outcome::Pass;
    }
    let (name, parent) = (apex.without_dot(), above.apex().without_dot());
    let message = if wanted.is_empty() {
        format!("the CDS of {name} asks for the removal of the DS, which {parent} still has")
    } else {
        format!("the CDS of {name} asks for other DS records than {parent} has")
    };
    Outcome::Fail(vec![Finding::at(cds, message).weighs(Severity::Note)])
}

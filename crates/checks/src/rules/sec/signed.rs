//! Whether a zone is signed.

use crate::mail::signing::Signing;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_zone::{Place, RRset, Rdata, RecordType, Reference, place};

pub(super) const CHECKS: &[Check] = &[SIGNED, PRESENT];

check! { SIGNED = "sec.signed", Warning, signed;
    title: "a signed zone lacks keys or signatures",
    why: "Resolvers that validate refuse every answer that has no signature, or for which there is no key: \"server failed\". For a part of the world the name, or the whole zone, is gone, and mail with it.",
    fix: "Sign the whole zone again with the program that signs it.",
    example: "www.example.com A has no signature (RRSIG), although the zone is signed: resolvers that validate refuse it",
    see: [Reference::Rfc(4035, "2.2"), Reference::Rfc(4035, "5.3")],
    evidence: [Files, Provider, Neighbours],
}

fn signed(subject: &Subject<'_>) -> Outcome {
    let apex = subject.apex();
    if subject.of(RecordType::RRSIG).next().is_none() {
        return match Signing::of(subject) {
            Signing::Signed => Outcome::Untested(format!(
                "the signatures of {} are made by its server and are not among the records",
                apex.without_dot()
            )),
            Signing::Insecure => Outcome::NotApplicable,
            Signing::Promised(why) | Signing::Unknown(why) => Outcome::Untested(why),
        };
    }
    let mut tally = Tally::default();
    if subject.get(apex, RecordType::DNSKEY).is_none() && !subject.zone.keeps(apex, RecordType::DNSKEY) {
        let name = apex.without_dot();
        let message = format!("{name} has signatures, but no key (DNSKEY): nobody can check them");
        tally.fail(Finding::about(apex, Some(RecordType::DNSKEY), message));
    }
    for rrset in subject.rrsets().iter().filter(|rrset| authoritative(subject, rrset)) {
        tally.saw();
        let signatures = subject.get(&rrset.name, RecordType::RRSIG).into_iter().flat_map(RRset::values);
        let code = rrset.rtype.code().map(u32::from);
        if !signatures.into_iter().any(|signature| signature.number("type_covered") == code) {
            let (name, rtype) = (rrset.name.without_dot(), rrset.rtype);
            let message = format!(
                "{name} {rtype} has no signature (RRSIG), although the zone is signed: resolvers that validate refuse it"
            );
            tally.fail(Finding::at(rrset, message).weighs(Severity::Critical));
        }
    }
    tally.outcome()
}

/// Whether a signer signs an RRset: not signatures themselves, and at a delegation only DS and NSEC (RFC 4035 section 2.2).
fn authoritative(subject: &Subject<'_>, rrset: &RRset) -> bool {
    if rrset.rtype == RecordType::RRSIG || rrset.rtype.is_pseudo() {
        return false;
    }
    match place(subject.zone.records(), &rrset.name) {
        Place::Delegated(cut) => {
            cut == rrset.name && matches!(rrset.rtype, RecordType::DS | RecordType::NSEC)
        }
        Place::At(_) => true,
        Place::Missing | Place::Redirected(_) | Place::Outside => false,
    }
}

check! { PRESENT = "sec.ds-present", Warning, present;
    title: "a zone is signed, but the zone above has no DS for it",
    why: "Resolvers believe the keys of a zone only when the zone above vouches for them with a DS record. Without it the signatures, and the TLSA records that need them, protect nothing.",
    fix: "Put the DS records of the zone into the zone above; `dnsctl providers --ask --zone ZONE` prints them.",
    example: "sub.example.com is signed, but example.com has no DS for it: nobody checks the signatures",
    see: [Reference::Rfc(4035, "5.2"), Reference::Rfc(6781, "4.1")],
    evidence: [Files, Provider, Neighbours],
}

fn present(subject: &Subject<'_>) -> Outcome {
    let apex = subject.apex();
    let Some(above) = subject.above() else {
        // Who vouches for it is not held here.
        return match Signing::of(subject) {
            Signing::Signed => {
                Outcome::Untested(format!("the zone above {} is not held here", apex.without_dot()))
            }
            _ => Outcome::NotApplicable,
        };
    };
    if above.records().get(apex, RecordType::DS).is_some() {
        return Outcome::Pass;
    }
    match Signing::of(subject) {
        Signing::Signed => {
            if let Some(why) = above.may_have(apex, RecordType::DS) {
                return Outcome::Untested(why);
            }
            let (name, parent) = (apex.without_dot(), above.apex().without_dot());
            let message =
                format!("{name} is signed, but {parent} has no DS for it: nobody checks the signatures");
            let rtype = [RecordType::DNSKEY, RecordType::CDS, RecordType::CDNSKEY, RecordType::RRSIG]
                .into_iter()
                .find(|rtype| subject.get(apex, *rtype).is_some());
            let finding = Finding::about(apex, rtype, message);
            let wanted = subject.get(apex, RecordType::CDS).into_iter().flat_map(RRset::values);
            let wanted: Vec<String> =
                wanted.filter(|cds| !super::removes(cds)).map(Rdata::to_string).collect();
            Outcome::Fail(vec![if wanted.is_empty() {
                finding
            } else {
                finding.fix(format!("Write in {parent}: {apex} DS {}", wanted.join(", DS ")))
            }])
        }
        _ => Outcome::NotApplicable,
    }
}

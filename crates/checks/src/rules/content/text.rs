//! How large texts are.

use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_zone::{RRset, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[SIZE];

check! { SIZE = "zone.txt-size", Warning, size;
    title: "the TXT records of the apex do not fit into one packet",
    why: "Everybody who checks SPF asks for all of them. Above 1232 octets the answer is cut and must be asked for again over TCP: slower, and lost where TCP to port 53 is blocked. Above 512 octets that holds for resolvers without EDNS.",
    fix: "Remove texts that nobody reads any more: most are left from verifications that are over.",
    example: "the answer with the TXT records of example.com has 1288 octets, more than the 1232 that fit into one packet",
    see: [Reference::Rfc(7208, "3.4"), Reference::Rfc(9715, "3")],
}

fn size(subject: &Subject<'_>) -> Outcome {
    const EDNS: usize = 1232;
    const PLAIN: usize = 512;
    let Some(rrset) = subject.get(subject.apex(), RecordType::TXT) else { return Outcome::NotApplicable };
    let octets = answer(rrset);
    let message = |limit: &str| {
        format!(
            "the answer with the TXT records of {} has {octets} octets, more than the {limit}",
            rrset.name.without_dot()
        )
    };
    match octets {
        _ if octets <= PLAIN => Outcome::Pass,
        _ if octets <= EDNS => Outcome::Fail(vec![
            Finding::at(rrset, message("512 that fit without EDNS")).weighs(Severity::Info),
        ]),
        _ => Outcome::Fail(vec![Finding::at(rrset, message("1232 that fit into one packet"))]),
    }
}

/// The octets of the answer: header, question, records whose owner name is a pointer, and the OPT record.
fn answer(rrset: &RRset) -> usize {
    let question = 12 + rrset.name.wire_len() + 4;
    let records: usize = rrset.values().iter().map(|value| 12 + value.octets().len()).sum();
    question + records + 11
}

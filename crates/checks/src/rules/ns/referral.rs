//! How large the referral to a zone is.

use crate::rules::ns::needs_glue;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_zone::{Name, RRset, RecordType, Reference};
use std::collections::HashSet;
use std::net::IpAddr;

pub(super) const CHECKS: &[Check] = &[SIZE];

check! { SIZE = "ns.referral-size", Note, size;
    title: "a referral does not fit into 512 octets",
    why: "Resolvers without EDNS get a cut answer and must ask again over TCP, which not every network lets through.",
    fix: "Use fewer name servers, or names that share their end (a.ns.example.net, b.ns.example.net).",
    example: "the referral to example.com takes up to 623 octets, more than the 512 that fit without EDNS",
    see: [Reference::Rfc(1035, "4.2.1"), Reference::Page("IANA: requirements for name servers", "https://www.iana.org/help/nameserver-requirements")],
}

/// What fits into an answer without EDNS (RFC 1035 section 4.2.1).
const FITS: usize = 512;

fn size(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for rrset in subject.of(RecordType::NS) {
        tally.saw();
        let octets = referral(subject, rrset);
        if octets > FITS {
            let of = rrset.name.without_dot();
            let message = format!(
                "the referral to {of} takes up to {octets} octets, more than the {FITS} that fit without EDNS"
            );
            tally.fail(Finding::at(rrset, message));
        }
    }
    tally.outcome()
}

/// The octets of a referral for the longest possible name: NS records with compressed names, and the glue that is needed.
fn referral(subject: &Subject<'_>, rrset: &RRset) -> usize {
    const HEADER: usize = 12;
    const QUESTION: usize = 255 + 4;
    /// Owner name as a pointer, type, class, TTL, length.
    const RECORD: usize = 2 + 10;
    let mut written: HashSet<Name> = HashSet::new();
    let mut above = Some(rrset.name.clone());
    while let Some(name) = above.filter(|name| !name.is_root()) {
        above = name.parent();
        written.insert(name);
    }
    let mut octets = HEADER + QUESTION;
    for server in subject.pointers_in(rrset) {
        octets += RECORD + compressed(&server.target.name, &mut written);
        if needs_glue(server) {
            let glue = |address: &IpAddr| RECORD + if address.is_ipv4() { 4 } else { 16 };
            octets += server.target.addresses().iter().map(glue).sum::<usize>();
        }
    }
    octets
}

/// The octets of a name after the names that were written before it (RFC 1035 section 4.1.4).
fn compressed(name: &Name, written: &mut HashSet<Name>) -> usize {
    let mut octets = 0;
    let mut at = name.clone();
    while let Some(parent) = at.parent() {
        if written.contains(&at) {
            return octets + 2;
        }
        octets += at.wire_len().saturating_sub(parent.wire_len());
        written.insert(at);
        at = parent;
    }
    octets + 1
}

//! Wildcards that answer about mail.

use crate::{Check, Finding, Outcome, Subject, tally};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[MAIL];

check! { MAIL = "zone.wildcard-mail", Warning, mail;
    title: "a wildcard answers about mail, or does not where it was meant to",
    why: "It answers for every name that does not exist: _dmarc, selectors and policy names that nobody wrote then have a text, and every mistyped name takes mail. A name that exists is not covered, even when it only has an address. An asterisk that is not the first label stands for itself: _dmarc.*.example.com is no policy of any name.",
    fix: "Name the hosts that are meant, each with its own record.",
    example: "*.example.com MX makes every name without records a mail domain",
    see: [Reference::Rfc(4592, "2.2"), Reference::Rfc(4592, "2.1.1"), Reference::Rfc(7208, "3.5")],
}

fn mail(subject: &Subject<'_>) -> Outcome {
    let wildcards = subject.rrsets().iter().filter(|rrset| rrset.name.is_wildcard() || is_inner(rrset));
    tally::each(wildcards, |rrset| {
        if is_inner(rrset) {
            return inner(rrset);
        }
        let root = |target: dnsctl_zone::Name| target.is_root();
        let name = rrset.name.without_dot();
        match rrset.rtype {
            // A null MX says of every name that it takes no mail, which is what is meant.
            RecordType::MX if rrset.values().iter().all(|mx| mx.target().is_some_and(root)) => None,
            RecordType::MX => {
                Some(Finding::at(rrset, format!("{name} MX makes every name without records a mail domain")))
            }
            RecordType::TXT if !below_service(rrset) => text(rrset),
            _ => None,
        }
    })
}

/// Whether an asterisk is a label of the owner name, but not the first one.
fn is_inner(rrset: &dnsctl_zone::RRset) -> bool {
    rrset.name.labels().skip(1).any(|label| &*label == b"*")
}

/// Of hosts `zone.hostname-syntax` tells.
fn inner(rrset: &dnsctl_zone::RRset) -> Option<Finding> {
    let (name, rtype) = (rrset.name.without_dot(), rrset.rtype);
    let message = format!("the asterisk in {name} {rtype} is no wildcard: only the first label can be one");
    let host = matches!(rtype, RecordType::A | RecordType::AAAA | RecordType::MX);
    (!host).then(|| Finding::at(rrset, message))
}

/// `*._report._dmarc`, `*.example.net._report._dmarc` and their like are wildcards that RFCs ask for: no host is below them.
fn below_service(rrset: &dnsctl_zone::RRset) -> bool {
    rrset.name.labels().skip(1).any(|label| label.starts_with(b"_"))
}

fn text(rrset: &dnsctl_zone::RRset) -> Option<Finding> {
    // An SPF record that lets nobody send is what a careful person writes there (RFC 7208 section 3.5).
    let strict = rrset.values().iter().all(|value| value.joined_text().eq_ignore_ascii_case(b"v=spf1 -all"));
    let name = rrset.name.without_dot();
    let message =
        format!("{name} TXT answers for every name without records, also for policies such as _dmarc");
    (!strict).then(|| Finding::at(rrset, message))
}

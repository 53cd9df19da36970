//! Wildcards that answer about mail.

use crate::{Check, Finding, Outcome, Subject, tally};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[MAIL];

check! { MAIL = "zone.wildcard-mail", Warning, mail;
    title: "a wildcard answers about mail",
    why: "It answers for every name that does not exist: _dmarc, selectors and policy names that nobody wrote then have a text, and every mistyped name takes mail. A name that exists is not covered, even when it only has an address.",
    fix: "Name the hosts that are meant, each with its own record.",
    example: "*.example.com MX makes every name without records a mail domain",
    see: [Reference::Rfc(4592, "2.2"), Reference::Rfc(7208, "3.5")],
}

fn mail(subject: &Subject<'_>) -> Outcome {
    let wildcards = subject.rrsets().iter().filter(|rrset| rrset.name.is_wildcard());
    tally::each(wildcards, |rrset| {
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

/// `*._report._dmarc` and its like are wildcards that RFCs ask for.
fn below_service(rrset: &dnsctl_zone::RRset) -> bool {
    rrset.name.labels().nth(1).is_some_and(|label| label.starts_with(b"_"))
}

fn text(rrset: &dnsctl_zone::RRset) -> Option<Finding> {
    // An SPF record that lets nobody send is what a careful person writes there (RFC 7208 section 3.5).
    let strict = rrset.values().iter().all(|value| value.joined_text().eq_ignore_ascii_case(b"v=spf1 -all"));
    let name = rrset.name.without_dot();
    let message =
        format!("{name} TXT answers for every name without records, also for policies such as _dmarc");
    (!strict).then(|| Finding::at(rrset, message))
}

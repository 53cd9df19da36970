//! Whether there is a record.

use crate::mail::tlsa::{SMTP, found};
use crate::mail::tlsrpt::GRAMMAR;
use crate::tally::Tally;
use crate::{Check, Outcome, Subject};
use dnsctl_zone::{Name, RecordType, Reference};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const CHECKS: &[Check] = &[PRESENT];

check! { PRESENT = "tlsrpt.present", Note, present;
    title: "a domain asks for TLS with MTA-STS or DANE, but for no reports",
    why: "When a certificate, a policy or a TLSA record is wrong, senders that check them do not deliver, and nobody is told but them. A report each day says which senders failed and why.",
    fix: "Write mail.tls_rpt with a mailbox or an https: URL that takes the reports.",
    example: "example.com uses MTA-STS, but has no TLS-RPT record: nobody is told when senders fail",
    see: [Reference::Rfc(8460, "3")],
}

/// The domains whose senders may fail, each with what it uses.
fn users(subject: &Subject<'_>) -> BTreeMap<Name, &'static str> {
    let sts = subject.sts();
    let mut users = BTreeMap::new();
    for mx in subject.pointers_of(RecordType::MX) {
        if found(subject, &mx.target.name, SMTP).is_ok_and(|records| !records.is_empty()) {
            users.insert(mx.rrset.name.clone(), "DANE");
        }
    }
    let published = sts.domains.iter().filter(|records| records.records().next().is_some());
    users.extend(published.map(|records| (records.domain.clone(), "MTA-STS")));
    if sts.policy.is_some() {
        users.insert(subject.domain().clone(), "MTA-STS");
    }
    users
}

fn present(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let elsewhere: BTreeSet<Name> = GRAMMAR.misplaced(subject).into_iter().map(|(_, meant)| meant).collect();
    for (domain, what) in users(subject) {
        tally.saw();
        let Some(records) = GRAMMAR.at(subject, &domain) else { continue };
        if let Err(why) = &records.texts {
            tally.unknown(why.clone());
            continue;
        }
        // What stands there and is none, and what stands elsewhere, is told by others.
        if records.rrset.is_none() && !records.attempted() && !elsewhere.contains(&domain) {
            let name = domain.without_dot();
            tally.fail(records.finding(format!(
                "{name} uses {what}, but has no TLS-RPT record: nobody is told when senders fail"
            )));
        }
    }
    tally.outcome()
}

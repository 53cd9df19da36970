//! The TXT record at `_mta-sts`.

use super::host::stands;
use super::receives;
use crate::mail::sts::GRAMMAR;
use crate::rules::labelled;
use crate::tally::Tally;
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::mta_sts::record::FaultKind;
use dnsctl_mail::tags;
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[PRESENT, COUNT, SYNTAX, APEX];

check! { PRESENT = "sts.txt", Note, present;
    title: "a domain that receives mail has no MTA-STS",
    why: "Senders then deliver without TLS to whoever answers in the place of the mail server: an attacker on the way reads the mail. With MTA-STS they insist on TLS and on a certificate, and DNSSEC is not needed.",
    fix: "Write mail.mta_sts (start with mode: testing), serve the file that `dnsctl mail policy` writes, and publish the record.",
    example: "example.com has no MTA-STS: senders may be led to deliver its mail without TLS",
    see: [Reference::Rfc(8461, "1"), Reference::Rfc(8461, "3.1")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn present(subject: &Subject<'_>) -> Outcome {
    let domain = subject.domain();
    let Some(records) = subject.sts().own(subject).filter(|_| receives(subject, domain)) else {
        return Outcome::NotApplicable;
    };
    match &records.texts {
        Err(why) => Outcome::Untested(why.clone()),
        // What stands there and is none, stands elsewhere, or has its host only is told by others.
        Ok(_) if records.attempted() || records.rrset.is_some() || begun(subject) => Outcome::Pass,
        Ok(_) => {
            let name = domain.without_dot();
            let message =
                format!("{name} has no MTA-STS: senders may be led to deliver its mail without TLS");
            Outcome::Fail(vec![records.finding(message).from(subject.facts.source.clone())])
        }
    }
}

/// Whether somebody began with MTA-STS: a record at a wrong name, or a host without a record.
fn begun(subject: &Subject<'_>) -> bool {
    let domain = subject.domain();
    let host = domain.child(b"mta-sts").ok().and_then(|host| stands(subject, &host));
    host.is_some() || GRAMMAR.misplaced(subject).iter().any(|(_, meant)| meant == domain)
}

check! { COUNT = "sts.txt-count", Error, count;
    title: "there is not exactly one MTA-STS record",
    why: "With two records, or with none among the texts that stand there, senders take it that the domain has no policy: mail goes without the protection that was meant.",
    fix: "Leave exactly one TXT record that begins with \"v=STSv1;\" at the name.",
    example: "_mta-sts.example.com has 2 MTA-STS records: senders use none of them",
    see: [Reference::Rfc(8461, "3.1")],
}

fn count(subject: &Subject<'_>) -> Outcome {
    labelled::count(&subject.sts().domains, |records, name| match records.records().count() {
        0 => Some(format!("none of the TXT records of {name} is one of MTA-STS: senders find no policy")),
        1 => None,
        more => Some(format!("{name} has {more} MTA-STS records: senders use none of them")),
    })
}

check! { SYNTAX = "sts.txt-syntax", Error, syntax;
    title: "an MTA-STS record cannot be read",
    why: "Senders discard a record that breaks the grammar and take it that the domain has no policy.",
    fix: "Write \"v=STSv1; id=ID\", where ID has 1 to 32 letters and digits.",
    example: "the MTA-STS record of example.com: \"2026-01-01\" is no id: it has 1 to 32 letters and digits",
    see: [Reference::Rfc(8461, "3.1")],
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for records in &subject.sts().domains {
        labelled::unknown(&mut tally, records);
        for text in records.judged() {
            tally.saw();
            let faults = &text.parsed.faults;
            // What does not begin as it must is not read on.
            let first = faults.iter().find(|fault| fault.kind == FaultKind::Version);
            let told = faults.iter().filter(|fault| match first {
                Some(first) => std::ptr::eq(*fault, first),
                None => fault.kind != FaultKind::Extension,
            });
            for fault in told {
                let domain = records.domain.without_dot();
                let message = format!("the MTA-STS record of {domain}: {}", fault.message);
                let harmless = fault.kind == FaultKind::Tag(tags::FaultKind::TrailingBlank);
                let finding = records.finding(message).marking(&text.octets, fault.span);
                tally.fail(if harmless { finding.weighs(Severity::Note) } else { finding });
            }
        }
    }
    tally.outcome()
}

check! { APEX = "sts.txt-apex", Error, |subject| labelled::misplaced(subject, &GRAMMAR, &subject.sts().domains, "an MTA-STS record");
    title: "an MTA-STS record stands where no sender looks for it",
    why: "Senders ask for the TXT records of _mta-sts.DOMAIN, nowhere else. The policy is not found.",
    fix: "Move the record to _mta-sts.DOMAIN, with the underscore.",
    example: "an MTA-STS record stands at example.com; senders look for it at _mta-sts.example.com",
    see: [Reference::Rfc(8461, "3.1")],
}

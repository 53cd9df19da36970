//! The TXT record at `_smtp._tls`.

use crate::mail::labelled::Kind;
use crate::mail::tlsrpt::GRAMMAR;
use crate::rules::labelled;
use crate::tally::Tally;
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::Fault;
use dnsctl_mail::report_uri::UriFaultKind;
use dnsctl_mail::tags::FaultKind as Tag;
use dnsctl_mail::tls_rpt::{FaultKind, Parsed};
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[COUNT, SYNTAX, URI, APEX, UNRELATED];

check! { COUNT = "tlsrpt.count", Error, count;
    title: "there is more than one TLS-RPT record",
    why: "Senders use none of them and send no reports.",
    fix: "Write one record with all addresses in its rua, apart by commas.",
    example: "_smtp._tls.example.com has 2 TLS-RPT records: senders use none of them",
    see: [Reference::Rfc(8460, "3")],
}

fn count(subject: &Subject<'_>) -> Outcome {
    labelled::count(subject.tls_reports(), |records, name| {
        let count = records.records().count();
        (count > 1).then(|| format!("{name} has {count} TLS-RPT records: senders use none of them"))
    })
}

/// Tells faults of the records that `look` picks.
fn faults<'s>(
    subject: &'s Subject<'_>,
    look: impl Fn(&'s Parsed) -> Vec<(&'s Fault<FaultKind>, Option<Severity>)>,
) -> Outcome {
    let mut tally = Tally::default();
    for records in subject.tls_reports() {
        labelled::unknown(&mut tally, records);
        for text in records.judged() {
            tally.saw();
            for (fault, severity) in look(&text.parsed) {
                let domain = records.domain.without_dot();
                let message = format!("the TLS-RPT record of {domain}: {}", fault.message);
                let mut finding = records.finding(message).marking(&text.octets, fault.span);
                finding.severity = severity;
                tally.fail(finding);
            }
        }
    }
    tally.outcome()
}

check! { SYNTAX = "tlsrpt.syntax", Error, syntax;
    title: "a TLS-RPT record cannot be read",
    why: "Senders discard a record that breaks the grammar and send no reports.",
    fix: "Write \"v=TLSRPTv1; rua=mailto:MAILBOX\".",
    example: "the TLS-RPT record of example.com: there is no \"rua\": reports have nowhere to go",
    see: [Reference::Rfc(8460, "3")],
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    faults(subject, |parsed| {
        let faults = &parsed.faults;
        // What does not begin as it must is not read on.
        if let Some(first) = faults.iter().find(|fault| fault.kind == FaultKind::Version) {
            return vec![(first, None)];
        }
        let told = faults.iter().filter(|fault| !is_uri(fault) && fault.kind != FaultKind::Extension);
        let weight = |fault: &Fault<FaultKind>| match fault.kind {
            FaultKind::Tag(Tag::TrailingBlank) => Some(Severity::Note),
            _ => None,
        };
        told.map(|fault| (fault, weight(fault))).collect()
    })
}

fn is_uri(fault: &Fault<FaultKind>) -> bool {
    matches!(fault.kind, FaultKind::Uri(_) | FaultKind::UriScheme)
}

check! { URI = "tlsrpt.uri", Error, uri;
    title: "reports of TLS-RPT cannot be sent to an address",
    why: "Only mailto: and https: URLs take reports. Senders pass over others; when none is left, nobody gets a report.",
    fix: "Write mailto: before a mailbox, or an https: URL.",
    example: "the TLS-RPT record of example.com: \"tls@example.com\" has no scheme: write \"mailto:tls@example.com\"",
    see: [Reference::Rfc(8460, "3")],
}

fn uri(subject: &Subject<'_>) -> Outcome {
    faults(subject, |parsed| {
        // A rua without a value, and a text that nobody reads, are told by tlsrpt.syntax.
        let empty = parsed.faults.iter().any(|fault| {
            fault.kind == FaultKind::Tag(Tag::NoValue)
                && parsed.addresses_span.is_some_and(|span| span.start == fault.span.start)
        });
        let unread = parsed.faults.iter().any(|fault| fault.kind == FaultKind::Version);
        let others = parsed.record.as_ref().is_some_and(|record| !record.addresses.is_empty());
        let told = parsed.faults.iter().filter(|fault| {
            let nothing = fault.kind == FaultKind::Uri(UriFaultKind::Empty);
            is_uri(fault) && !unread && !(nothing && empty)
        });
        told.map(|fault| (fault, others.then_some(Severity::Warning))).collect()
    })
}

check! { APEX = "tlsrpt.apex", Error, |subject| labelled::misplaced(subject, &GRAMMAR, subject.tls_reports(), "a TLS-RPT record");
    title: "a TLS-RPT record stands where no sender looks for it",
    why: "Senders ask for the TXT records of _smtp._tls.DOMAIN, nowhere else. Nobody gets a report.",
    fix: "Move the record to _smtp._tls.DOMAIN.",
    example: "a TLS-RPT record stands at _tls.example.com; senders look for it at _smtp._tls.example.com",
    see: [Reference::Rfc(8460, "3")],
}

check! { UNRELATED = "tlsrpt.unrelated", Error, unrelated;
    title: "texts of another kind stand where the TLS-RPT record belongs",
    why: "Senders pass over them. Without a TLS-RPT record among them nobody gets a report; with one they are of no use.",
    fix: "Move them to where they belong, and write the TLS-RPT record.",
    example: "none of the TXT records of _smtp._tls.example.com is one of TLS-RPT: nobody gets a report",
    see: [Reference::Rfc(8460, "3")],
}

fn unrelated(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for records in subject.tls_reports().iter().filter(|records| records.rrset.is_some()) {
        labelled::unknown(&mut tally, records);
        let owner = records.owner.without_dot();
        let record = records.records().next().is_some();
        // What was meant as a record and is the only one is told by tlsrpt.syntax.
        let other = records.known().iter().find(|text| match text.kind {
            Kind::Record => false,
            Kind::Near => record,
            Kind::Other => record || !records.attempted(),
        });
        if !records.known().is_empty() {
            tally.saw();
        }
        let Some(other) = other else { continue };
        let all = dnsctl_mail::Span::new(0, other.octets.len());
        let finding = if record {
            let message = format!("beside the TLS-RPT record of {owner} stands a text that is none");
            records.finding(message).weighs(Severity::Note)
        } else {
            records.finding(format!(
                "none of the TXT records of {owner} is one of TLS-RPT: nobody gets a report"
            ))
        };
        tally.fail(finding.marking(&other.octets, all));
    }
    tally.outcome()
}

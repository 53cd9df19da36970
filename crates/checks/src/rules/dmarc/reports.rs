//! Where the reports of DMARC go, and when.

use super::{about_tag, begin, faults, no_fix, of_kind, records};
use crate::mail::dmarc::Site;
use crate::mail::domain;
use crate::rules::dmarc::syntax::is_misspelt;
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::dmarc::{FaultKind, Policy, Record};
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[MISSING, URI, SIZE, COUNT, OPTIONS];

check! { MISSING = "dmarc.rua-missing", Warning, missing;
    title: "no DMARC reports are asked for",
    why: "The reports tell who sends in the name of the domain: your own servers that fail, and forgers. Without them a stricter policy is a leap in the dark, and a broken DKIM key is found by lost mail. A domain that takes and sends no mail and refuses all in its name (p=reject) can do without.",
    fix: "Add rua=mailto: with a mailbox for them, or that of a service that reads them.",
    example: "the DMARC record of example.com asks for no reports: there is no \"rua\"",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(9990, "")],
}

fn missing(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text, record) in records(subject) {
        tally.saw();
        if is_idle(subject, site, record) {
            continue;
        }
        // What was meant as one is told by other rules.
        let meant = text.parsed.faults.iter().any(|fault| match fault.kind {
            FaultKind::Glued => true,
            FaultKind::UnknownTag => is_misspelt(fault.span.of(&text.octets), "rua"),
            _ => false,
        });
        if text.parsed.place("rua").is_none() && !meant {
            let message = format!(
                "the DMARC record of {} asks for no reports: there is no \"rua\"",
                site.domain.without_dot()
            );
            tally.fail(about_tag(site, text, "rua", message));
        }
    }
    tally.outcome()
}

/// Whether there is nothing that reports could help with: the domain and the names below it have nothing to do with mail, and
/// all mail in their name is refused already.
fn is_idle(subject: &Subject<'_>, site: &Site<'_>, record: &Record) -> bool {
    let below = record.subdomains.policy().unwrap_or(Policy::Reject);
    site.domain == *subject.domain()
        && record.policy.policy() == Some(Policy::Reject)
        && below == Policy::Reject
        && !record.test
        && domain::is_parked(subject)
        && !domain::receives(subject)
        && super::parked::mail_below(subject).is_none()
}

check! { URI = "dmarc.uri", Error, uri;
    title: "a report address of a DMARC record is no usable URI",
    why: "Receivers of both standards pass over it: no reports come. All know mailto; what else they know is up to them.",
    fix: "Write mailto: and the address, such as rua=mailto:dmarc@example.com; write %2C for a comma and %21 for an exclamation mark in it.",
    example: "the DMARC record of example.com: \"dmarc@example.com\" has no scheme: write \"mailto:dmarc@example.com\"",
    see: [Reference::Rfc(9989, "4.8"), Reference::Rfc(7489, "6.3"), Reference::Rfc(6068, "2")],
}

fn uri(subject: &Subject<'_>) -> Outcome {
    let severity = |kind| match kind {
        FaultKind::Uri(_) => Some(Severity::Error),
        FaultKind::UriScheme => Some(Severity::Warning),
        _ => None,
    };
    faults(subject, |_, fault| severity(fault.kind), no_fix)
}

check! { SIZE = "dmarc.uri-size", Note, |subject| of_kind(subject, FaultKind::UriSize, Severity::Note);
    title: "a report address has a size limit",
    why: "RFC 9989 made it obsolete: its receivers ignore the limit. Those by RFC 7489 send no report that is larger.",
    fix: "Remove the exclamation mark and what stands behind it.",
    example: "the DMARC record of example.com: the size \"!10m\" is obsolete: receivers ignore it (RFC 9989 section 4.8)",
    see: [Reference::Rfc(9989, "4.8"), Reference::Rfc(7489, "6.2")],
}

check! { COUNT = "dmarc.uri-count", Note, |subject| of_kind(subject, FaultKind::UriCount, Severity::Note);
    title: "reports go to more than two addresses",
    why: "RFC 7489 obliges receivers to send to the first two only. Nobody can say which receivers send to the others.",
    fix: "Name two, and let one of them pass the reports on.",
    example: "the DMARC record of example.com: 3 addresses: receivers need not send to more than two (RFC 7489 section 6.2)",
    see: [Reference::Rfc(7489, "6.2"), Reference::Rfc(9990, "")],
}

check! { OPTIONS = "dmarc.fo", Note, options;
    title: "the options for failure reports are not what they should be",
    why: "fo says when ruf gets a report. What receivers cannot read they take for fo=0; without ruf they ignore it.",
    fix: "Write fo=1 for a report on each failure, or fo=0, and d or s behind a colon; remove fo when there is no ruf.",
    example: "the DMARC record of example.com: \"fo\" is ignored without \"ruf\"",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(9991, "")],
}

fn options(subject: &Subject<'_>) -> Outcome {
    let severity = |kind| match kind {
        FaultKind::FailureOptions => Some(Severity::Warning),
        FaultKind::FailureOptionsBoth | FaultKind::FailureOptionsUnused => Some(Severity::Note),
        _ => None,
    };
    faults(subject, |_, fault| severity(fault.kind), no_fix)
}

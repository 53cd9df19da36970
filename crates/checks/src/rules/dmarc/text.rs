//! Texts that receivers do not take for DMARC.

use super::{faults, no_fix};
use crate::mail::dmarc::{Above, above};
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::dmarc::FaultKind;
use dnsctl_mail::tags::FaultKind as Tag;
use dnsctl_zone::{Name, Reference};
use std::collections::HashMap;

pub(super) const CHECKS: &[Check] = &[VERSION, LEADING, SEPARATOR];

/// A part of a text that fits into a message.
pub(super) fn short(octets: &[u8]) -> String {
    const LONGEST: usize = 60;
    let head = octets.get(..LONGEST.min(octets.len())).unwrap_or(&[]);
    format!("{}{}", head.escape_ascii(), if octets.len() > LONGEST { "…" } else { "" })
}

check! { VERSION = "dmarc.version", Critical, version;
    title: "a DMARC record does not start with v=DMARC1",
    why: "Receivers of both standards discard a text that does not start with exactly v=DMARC1, in capitals. The domain is as unprotected as without a record, and no reports come.",
    fix: "Start the record with v=DMARC1; and write the other tags behind it.",
    example: "the DMARC record of example.com: the version is \"dmarc1\" instead of \"DMARC1\"",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(7489, "6.3")],
    evidence: [Files, Provider, Neighbours],
}

fn version(subject: &Subject<'_>) -> Outcome {
    let wrong = |kind| matches!(kind, FaultKind::Version | FaultKind::VersionNotFirst);
    let outcome = faults(subject, |_, fault| wrong(fault.kind).then_some(Severity::Critical), no_fix);
    softened(subject, outcome)
}

/// The same with what holds instead: below a domain with a record that one is applied (RFC 9989 section 4.10.1, RFC 7489
/// section 6.6.3), so that not all is lost.
fn softened(subject: &Subject<'_>, outcome: Outcome) -> Outcome {
    let Outcome::Fail(mut findings) = outcome else { return outcome };
    // A record that is read in part holds itself.
    let lost = subject.dmarc().sites.iter().filter(|site| site.records().next().is_none());
    let lost: HashMap<&Name, &Name> = lost.map(|site| (&site.owner, &site.domain)).collect();
    for finding in findings.iter_mut().filter(|finding| finding.severity == Some(Severity::Critical)) {
        let Some(domain) = lost.get(&finding.name) else { continue };
        if let Above::Organisation(organisation) = above(subject, domain) {
            let organisation = organisation.without_dot();
            finding.message = format!("{}; that of {organisation} holds instead", finding.message);
            finding.severity = Some(Severity::Error);
        }
    }
    Outcome::Fail(findings)
}

check! { LEADING = "dmarc.leading-space", Error, leading;
    title: "a DMARC record starts with a space",
    why: "The text must start with v=DMARC1: by the letter of both standards a receiver discards it. Some are lenient, so that the domain is protected at some receivers only.",
    fix: "Remove the spaces in front of v=DMARC1.",
    example: "the DMARC record of example.com: there are blanks before the first tag: readers take the text for something else",
    see: [Reference::Rfc(9989, "4.8"), Reference::Rfc(7489, "6.4")],
}

fn leading(subject: &Subject<'_>) -> Outcome {
    faults(
        subject,
        |_, fault| (fault.kind == FaultKind::Tag(Tag::LeadingBlank)).then_some(Severity::Error),
        |text, _| {
            let trimmed = std::str::from_utf8(&text.octets).ok()?.trim_ascii_start();
            (trimmed.len() < 450).then(|| format!("Write \"{trimmed}\"."))
        },
    )
}

check! { SEPARATOR = "dmarc.separator", Critical, separator;
    title: "tags of a DMARC record are not separated by a semicolon",
    why: "Behind v=DMARC1 only a semicolon makes it a DMARC record. Between later tags a comma or a space makes one tag a part of the other: both are lost, and with them the policy or the reports.",
    fix: "Write a semicolon between the tags.",
    example: "the DMARC record of example.com: \", \" stands where a semicolon belongs",
    see: [Reference::Rfc(9989, "4.8"), Reference::Rfc(7489, "6.4")],
}

fn separator(subject: &Subject<'_>) -> Outcome {
    let severity = |kind| match kind {
        FaultKind::Separator => Some(Severity::Critical),
        FaultKind::Glued | FaultKind::Tag(Tag::NoEquals | Tag::NoName) => Some(Severity::Error),
        // Most receivers pass over it.
        FaultKind::Tag(Tag::EmptyTag) => Some(Severity::Warning),
        _ => None,
    };
    let outcome = faults(
        subject,
        |text, fault| {
            let policy = text.parsed.place("p").is_some_and(|p| {
                fault.kind == FaultKind::Glued && p.start <= fault.span.start && fault.span.end <= p.end
            });
            severity(fault.kind).map(|severity| if policy { Severity::Critical } else { severity })
        },
        |text, fault| {
            if !matches!(fault.kind, FaultKind::Separator | FaultKind::Glued) {
                return None;
            }
            let (before, after) = (text.octets.get(..fault.span.start)?, text.octets.get(fault.span.end..)?);
            let after = std::str::from_utf8(after).ok()?.trim_ascii_start();
            let before = std::str::from_utf8(before).ok()?.trim_ascii_end();
            (before.len() + after.len() < 450).then(|| format!("Write \"{before}; {after}\"."))
        },
    );
    softened(subject, outcome)
}

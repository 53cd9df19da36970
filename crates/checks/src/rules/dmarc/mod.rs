//! Rules of DMARC records. RFC 9989 is in force; receivers that follow RFC 7489 are still many, and where the two differ a
//! rule says who does what.

mod align;
mod auth;
mod external;
mod parked;
mod policy;
mod present;
mod readers;
mod reports;
mod syntax;
mod text;

use crate::mail::dmarc::{Site, single};
use crate::mail::labelled::{Kind, Text};
use crate::rules::labelled;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::Fault;
use dnsctl_mail::dmarc::{FaultKind, Parsed, Record};

pub(super) const CHECKS: &[&[Check]] = &[
    present::CHECKS,
    text::CHECKS,
    syntax::CHECKS,
    policy::CHECKS,
    readers::CHECKS,
    parked::CHECKS,
    reports::CHECKS,
    external::CHECKS,
    align::CHECKS,
    auth::CHECKS,
];

/// The outcome of a rule about faults of the grammar: `pick` gives the weight of those that it takes.
///
/// Of a text that nobody takes for DMARC only that is told.
fn faults(
    subject: &Subject<'_>,
    pick: impl Fn(&Text<Parsed>, &Fault<FaultKind>) -> Option<Severity>,
    fix: impl Fn(&Text<Parsed>, &Fault<FaultKind>) -> Option<String>,
) -> Outcome {
    tally(subject, pick, fix).outcome()
}

/// The same for all faults of one kind.
fn of_kind(subject: &Subject<'_>, kind: FaultKind, severity: Severity) -> Outcome {
    faults(subject, |_, fault| (fault.kind == kind).then_some(severity), no_fix)
}

/// Of records that stand in the zone and of which nobody here knows what they say, that is noted.
fn begin(subject: &Subject<'_>) -> Tally {
    let mut tally = Tally::default();
    subject.dmarc().written(subject).for_each(|site| labelled::unknown(&mut tally, site));
    tally
}

/// The same, for a rule that looks at more than that.
fn tally(
    subject: &Subject<'_>,
    pick: impl Fn(&Text<Parsed>, &Fault<FaultKind>) -> Option<Severity>,
    fix: impl Fn(&Text<Parsed>, &Fault<FaultKind>) -> Option<String>,
) -> Tally {
    let mut tally = begin(subject);
    for site in subject.dmarc().written(subject) {
        for text in site.judged() {
            tally.saw();
            for fault in &text.parsed.faults {
                if text.kind == Kind::Near && !decides_version(fault.kind) {
                    continue;
                }
                if let Some(severity) = pick(text, fault) {
                    let mut finding = told(site, text, fault).weighs(severity);
                    finding.fix = fix(text, fault);
                    tally.fail(finding);
                }
            }
        }
    }
    tally
}

/// Whether a fault makes that nobody takes a text for DMARC.
fn decides_version(kind: FaultKind) -> bool {
    use dnsctl_mail::tags::FaultKind as Tag;
    matches!(
        kind,
        FaultKind::Version
            | FaultKind::VersionNotFirst
            | FaultKind::Separator
            | FaultKind::Tag(Tag::LeadingBlank)
    )
}

/// A fault of the grammar as a finding.
fn told(site: &Site<'_>, text: &Text<Parsed>, fault: &Fault<FaultKind>) -> Finding {
    let message = format!("the DMARC record of {}: {}", site.domain.without_dot(), fault.message);
    site.finding(message).marking(&text.octets, fault.span)
}

/// No fix of its own.
fn no_fix(_: &Text<Parsed>, _: &Fault<FaultKind>) -> Option<String> {
    None
}

/// The records that count, each where it stands.
fn records<'s, 'a>(
    subject: &'s Subject<'a>,
) -> impl Iterator<Item = (&'s Site<'a>, &'s Text<Parsed>, &'s Record)> {
    let single = |site: &'s Site<'a>| single(site).map(|(text, record)| (site, text, record));
    subject.dmarc().written(subject).filter_map(single)
}

/// A finding about a tag of a record, or about the whole of it when the tag is not there.
fn about_tag(site: &Site<'_>, text: &Text<Parsed>, tag: &str, message: String) -> Finding {
    let whole = dnsctl_mail::Span::new(0, text.octets.len());
    site.finding(message).marking(&text.octets, text.parsed.place(tag).unwrap_or(whole))
}

#[cfg(test)]
mod tests;

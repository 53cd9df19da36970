//! Rules of MTA-STS (RFC 8461).

mod change;
mod host;
mod mx;
mod policy;
mod record;

use crate::mail::sts::Declared;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::Span;
use dnsctl_zone::{Name, RRset, Rdata, RecordType};

pub(super) const CHECKS: &[&[Check]] =
    &[record::CHECKS, host::CHECKS, policy::CHECKS, mx::CHECKS, change::CHECKS];

/// The hosts that a domain's MX records name, without the null MX.
fn exchangers(mx: &RRset) -> impl Iterator<Item = Name> {
    mx.values().iter().filter_map(Rdata::target).filter(|target| !target.is_root())
}

/// Whether mail to a domain goes to hosts of its MX records.
fn receives(subject: &Subject<'_>, domain: &Name) -> bool {
    let declared = subject.facts.receives.filter(|_| domain == subject.domain());
    let mx = || subject.get(domain, RecordType::MX).is_some_and(|mx| exchangers(mx).next().is_some());
    declared.unwrap_or_else(mx)
}

/// The outcome of a rule about a policy that is not known.
fn unknown(subject: &Subject<'_>) -> Outcome {
    let published = subject.sts().domains.iter().find(|records| records.records().next().is_some());
    published.map_or(Outcome::NotApplicable, |records| {
        let domain = records.domain.without_dot();
        Outcome::Untested(format!("the text of the MTA-STS policy of {domain} is not known here"))
    })
}

/// A finding about the policy, with the line that is meant.
fn about_policy(subject: &Subject<'_>, policy: &Declared<'_>, span: Span, message: String) -> Finding {
    let host = subject.domain().child(b"mta-sts").unwrap_or_else(|_| subject.domain().clone());
    let text = &policy.file.text;
    let before = text.get(..span.start.min(text.len())).unwrap_or(&[]);
    let start = before.iter().rposition(|octet| *octet == b'\n').map_or(0, |at| at.saturating_add(1));
    let rest = text.get(start..).unwrap_or(&[]);
    let line = rest.split(|octet| *octet == b'\n').next().unwrap_or(&[]);
    let place = Span::new(
        span.start.saturating_sub(start).min(line.len()),
        span.end.saturating_sub(start).min(line.len()),
    );
    let finding = Finding::about(&host, None, message).from(policy.file.source.clone());
    if line.is_empty() { finding } else { finding.marking(line, place) }
}

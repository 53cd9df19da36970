//! What receivers of the two standards read differently.

use super::{about_tag, begin, no_fix, records, told};
use crate::mail::labelled::Kind;
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::dmarc::{FaultKind, Policy, Receiver};
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[TEST, REMOVED];

check! { TEST = "dmarc.test-mode", Warning, test;
    title: "the DMARC policy is in test mode",
    why: "t=y asks receivers by RFC 9989 to do one level less: quarantine instead of reject, nothing instead of quarantine. Those by RFC 7489 do not know it and apply the policy in full, so that neither the test nor the protection is whole.",
    fix: "Remove t=y when the reports show that your own mail passes.",
    example: "t=y: receivers by RFC 9989 apply quarantine for example.com, those by RFC 7489 the full p=reject",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(7489, "6.3")],
}

fn test(subject: &Subject<'_>) -> Outcome {
    let invalid = |kind| (kind == FaultKind::Test).then_some(Severity::Error);
    let mut tally = super::tally(subject, |_, fault| invalid(fault.kind), no_fix);
    for (site, text, record) in records(subject) {
        tally.saw();
        let full = record.as_read_by(Receiver::Rfc7489).policy;
        if record.test && full > Policy::None {
            let lower = record.as_read_by(Receiver::Rfc9989).policy;
            let name = site.domain.without_dot();
            let message = format!(
                "t=y: receivers by RFC 9989 apply {lower} for {name}, those by RFC 7489 the full p={full}"
            );
            tally.fail(about_tag(site, text, "t", message));
        }
    }
    tally.outcome()
}

check! { REMOVED = "dmarc.removed-tag", Note, removed;
    title: "a DMARC record has a tag that RFC 9989 removed",
    why: "Receivers by RFC 9989 ignore pct, rf and ri; those by RFC 7489 still read them. With a pct below 100 the first apply the policy to all failing mail, the others to a part of it.",
    fix: "Remove the tag. Who wants less than the full policy writes a weaker one, or t=y.",
    example: "the DMARC record of example.com: RFC 9989 removed \"ri\": receivers by RFC 9989 ignore it",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(7489, "6.3")],
}

fn removed(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for site in subject.dmarc().written(subject) {
        for text in site.known().iter().filter(|text| text.kind == Kind::Record) {
            tally.saw();
            let Some(record) = &text.parsed.record else { continue };
            let of = |kind| text.parsed.faults.iter().filter(move |fault| fault.kind == kind);
            for fault in of(FaultKind::Removed) {
                let within = |value: &&dnsctl_mail::Fault<FaultKind>| {
                    fault.span.start <= value.span.start && value.span.end <= fault.span.end
                };
                let mut finding = told(site, text, fault);
                if let Some(value) = of(FaultKind::RemovedValue).find(within) {
                    finding.message =
                        format!("{}; those by RFC 7489 cannot read it: {}", finding.message, value.message);
                    finding = finding.weighs(Severity::Warning);
                }
                let reading = record.as_read_by(Receiver::Rfc7489);
                let enforced = record.policy.policy().filter(|policy| *policy > Policy::None);
                let percent = record
                    .percent
                    .filter(|percent| *percent < 100 && text.parsed.place("pct") == Some(fault.span));
                if let Some((policy, percent)) = enforced.zip(percent) {
                    let name = site.domain.without_dot();
                    finding.message = match percent {
                        0 => format!(
                            "pct=0: receivers by RFC 9989 apply p={policy} to all mail that fails in the name of {name}, those by RFC 7489 {} to all of it",
                            reading.policy
                        ),
                        _ => format!(
                            "pct={percent}: receivers by RFC 9989 apply p={policy} to all mail that fails in the name of {name}, those by RFC 7489 to {percent} % of it"
                        ),
                    };
                    finding = finding.weighs(Severity::Warning);
                }
                tally.fail(finding);
            }
        }
    }
    tally.outcome()
}

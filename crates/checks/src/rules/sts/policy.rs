//! The policy file.

use super::{about_policy, unknown};
use crate::mail::sts::Declared;
use crate::tally;
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::Span;
use dnsctl_mail::mta_sts::policy::{FaultKind as F, Mode};
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[SYNTAX, VERSION, MODE, MAX_AGE, MAX_AGE_LOW, TESTING, MX_MISSING];

/// Tells the faults of these kinds, each with its weight when it is not the rule's.
fn faults(subject: &Subject<'_>, kinds: &[(F, Option<Severity>)]) -> Outcome {
    let Some(policy) = &subject.sts().policy else { return unknown(subject) };
    let mut tally = tally::Tally::default();
    tally.saw();
    for fault in &policy.parsed.faults {
        let Some((_, severity)) = kinds.iter().find(|(kind, _)| *kind == fault.kind) else { continue };
        let domain = subject.domain().without_dot();
        let message = format!("the MTA-STS policy of {domain}: {}", fault.message);
        let mut finding = about_policy(subject, policy, fault.span, message);
        finding.severity = *severity;
        tally.fail(finding);
    }
    tally.outcome()
}

/// Where the line of a key stands.
fn line(policy: &Declared<'_>, key: &[u8]) -> Span {
    let mut start: usize = 0;
    for line in policy.file.text.split_inclusive(|octet| *octet == b'\n') {
        if line.starts_with(key) {
            return Span::new(start, start.saturating_add(line.trim_ascii_end().len()));
        }
        start = start.saturating_add(line.len());
    }
    Span::default()
}

check! { SYNTAX = "sts.policy-syntax", Error, syntax;
    title: "the MTA-STS policy cannot be read as it was meant",
    why: "A policy is lines of \"key: value\", each ended by LF or CR LF. What a sender cannot read it does not use, and the policy does not protect.",
    fix: "Serve the file that `dnsctl mail policy` writes, octet for octet.",
    example: "the MTA-STS policy of example.com: \"mode enforce\" has no colon: a line is \"key: value\"",
    see: [Reference::Rfc(8461, "3.2")],
    evidence: [Files, Provider, Mail],
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    let harmless = Some(Severity::Note);
    let kinds = [
        (F::ByteOrderMark, None),
        (F::Nul, None),
        (F::CarriageReturn, None),
        (F::Character, None),
        (F::NoColon, None),
        (F::Blank, None),
        (F::Key, None),
        (F::Mx, None),
        (F::Long, None),
        // The first one counts; what is empty is passed over.
        (F::Duplicate, harmless),
        (F::MxTwice, harmless),
        (F::EmptyLine, harmless),
    ];
    faults(subject, &kinds)
}

check! { VERSION = "sts.version", Error, |subject| faults(subject, &[(F::VersionMissing, None), (F::Version, None)]);
    title: "the MTA-STS policy has no valid version",
    why: "Senders do not use a policy without the line \"version: STSv1\".",
    fix: "Write \"version: STSv1\" as its first line.",
    example: "the MTA-STS policy of example.com: there is no \"version: STSv1\"",
    see: [Reference::Rfc(8461, "3.2")],
    evidence: [Files, Provider, Mail],
}

check! { MODE = "sts.mode", Error, |subject| faults(subject, &[(F::ModeMissing, None), (F::Mode, None)]);
    title: "the MTA-STS policy has no valid mode",
    why: "Senders do not use a policy of which they do not know whether it is enforced.",
    fix: "Write \"mode: enforce\", or \"mode: testing\" to get reports only.",
    example: "the MTA-STS policy of example.com: \"enforced\" is no mode: enforce, testing and none are",
    see: [Reference::Rfc(8461, "3.2"), Reference::Rfc(8461, "5")],
    evidence: [Files, Provider, Mail],
}

check! { MAX_AGE = "sts.max-age", Error, |subject| faults(subject, &[(F::MaxAgeMissing, None), (F::MaxAge, None)]);
    title: "the MTA-STS policy has no valid max_age",
    why: "Senders do not use a policy of which they do not know how long to keep it: a whole number of seconds up to 31557600.",
    fix: "Write a number of seconds, such as \"max_age: 604800\" for a week.",
    example: "the MTA-STS policy of example.com: \"1w\" is no time: it is a number of seconds, at most 31557600",
    see: [Reference::Rfc(8461, "3.2")],
    evidence: [Files, Provider, Mail],
}

check! { MAX_AGE_LOW = "sts.max-age-low", Warning, max_age_low;
    title: "senders keep the MTA-STS policy for a short time only",
    why: "The protection rests on senders that know the policy already: an attacker needs to keep them from fetching it only for as long as they keep it. Weeks are usual.",
    fix: "Raise max_age to a week (604800) or more, once the mail servers do not change.",
    example: "senders keep the MTA-STS policy of example.com for 3600 seconds only",
    see: [Reference::Rfc(8461, "3.2"), Reference::Rfc(8461, "10.2")],
    evidence: [Files, Provider, Mail],
}

fn max_age_low(subject: &Subject<'_>) -> Outcome {
    const DAY: u32 = 86_400;
    let Some(declared) = &subject.sts().policy else { return unknown(subject) };
    // While it is tested or withdrawn a short time is right.
    let Some(policy) = declared.parsed.policy().filter(|policy| policy.mode == Mode::Enforce) else {
        return Outcome::NotApplicable;
    };
    if policy.max_age >= 7 * DAY {
        return Outcome::Pass;
    }
    let (domain, age) = (subject.domain().without_dot(), policy.max_age);
    let message = format!("senders keep the MTA-STS policy of {domain} for {age} seconds only");
    let finding = about_policy(subject, declared, line(declared, b"max_age"), message);
    let severity = if policy.max_age < DAY { Severity::Warning } else { Severity::Note };
    Outcome::Fail(vec![finding.weighs(severity)])
}

check! { TESTING = "sts.testing", Note, testing;
    title: "the MTA-STS policy is tested only",
    why: "In mode testing senders report what does not fit, but deliver all the same: also without TLS, and to whoever answers in the place of the mail server.",
    fix: "Write mode: enforce when the reports (TLS-RPT) have shown no failures for some weeks.",
    example: "the MTA-STS policy of example.com is in mode testing: senders report, but protect nothing",
    see: [Reference::Rfc(8461, "5")],
    evidence: [Files, Provider, Mail],
}

fn testing(subject: &Subject<'_>) -> Outcome {
    let Some(declared) = &subject.sts().policy else { return unknown(subject) };
    match declared.parsed.policy().map(|policy| policy.mode) {
        None => Outcome::NotApplicable,
        Some(Mode::Testing) => {
            let domain = subject.domain().without_dot();
            let message = format!(
                "the MTA-STS policy of {domain} is in mode testing: senders report, but protect nothing"
            );
            Outcome::Fail(vec![about_policy(subject, declared, line(declared, b"mode"), message)])
        }
        Some(_) => Outcome::Pass,
    }
}

check! { MX_MISSING = "sts.mx-missing", Error, |subject| faults(subject, &[(F::MxMissing, None)]);
    title: "the MTA-STS policy names no mail host",
    why: "Every host that takes mail must fit a line \"mx: NAME\" of the policy. Without any, senders do not use the policy, or none of the hosts.",
    fix: "Write a line \"mx: NAME\" for each host of the MX records.",
    example: "the MTA-STS policy of example.com: there is no \"mx\": no mail exchanger fits this policy",
    see: [Reference::Rfc(8461, "3.2"), Reference::Rfc(8461, "4.1")],
    evidence: [Files, Provider, Mail],
}

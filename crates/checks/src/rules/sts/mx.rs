//! Whether the policy and the MX records fit each other.

use super::{about_policy, exchangers, unknown};
use crate::hostname;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::mta_sts::policy::Mode;
use dnsctl_zone::{Name, RRset, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[UNCOVERED, UNUSED];

check! { UNCOVERED = "sts.mx-uncovered", Critical, uncovered;
    title: "the MTA-STS policy does not cover a mail host",
    why: "Senders that enforce the policy do not deliver to a host that fits none of its lines \"mx: NAME\". The mail waits in their queues and bounces after days; senders without MTA-STS deliver, so nobody notices at first.",
    fix: "Add the host to the policy (mail.mta_sts.mx), serve it, publish the new id, and change the MX records only after that.",
    example: "the MTA-STS policy of example.com does not cover new.example.net, its MX: senders that enforce it deliver nothing there",
    see: [Reference::Rfc(8461, "4.1"), Reference::Rfc(8461, "5")],
    told_as: ["mail/mta-sts-mx"],
    evidence: [Files, Provider, Mail],
}

/// The MX records of the domain, when they name hosts. What stands in their place is the outcome.
fn records<'a>(subject: &Subject<'a>) -> Result<&'a RRset, Outcome> {
    let domain = subject.domain();
    match subject.get(domain, RecordType::MX) {
        Some(rrset) if exchangers(rrset).next().is_some() => Ok(rrset),
        Some(_) => Err(Outcome::NotApplicable),
        None => Err(subject
            .zone
            .may_have(domain, RecordType::MX)
            .map_or(Outcome::NotApplicable, Outcome::Untested)),
    }
}

fn uncovered(subject: &Subject<'_>) -> Outcome {
    if subject.sts().policy.is_none() {
        return unknown(subject);
    }
    let Some((_, policy)) = subject.sts().active() else { return Outcome::NotApplicable };
    let rrset = match records(subject) {
        Ok(rrset) => rrset,
        Err(outcome) => return outcome,
    };
    let mut tally = Tally::default();
    for host in exchangers(rrset) {
        // An address in the place of a name is told by mx.target-ip-literal.
        if policy.covers(&host) || hostname::literal(&host, subject.apex()).is_some() {
            tally.saw();
            continue;
        }
        let (shown, domain) = (host.without_dot(), subject.domain().without_dot());
        let covers = format!("the MTA-STS policy of {domain} does not cover {shown}, its MX");
        let patterns: Vec<String> = policy.mx.iter().map(ToString::to_string).collect();
        let fix = format!(
            "Add \"mx: {shown}\" to the policy, which covers {} only; serve it, publish its new id, and change the MX records only after senders have had the time to fetch it.",
            patterns.join(", ")
        );
        let finding = match policy.mode {
            Mode::Enforce => {
                Finding::at(rrset, format!("{covers}: senders that enforce it deliver nothing there"))
                    .fix(fix)
            }
            _ => Finding::at(
                rrset,
                format!("{covers}: senders report it, and will deliver nothing there once it is enforced"),
            )
            .weighs(Severity::Warning)
            .fix(fix),
        };
        tally.fail(finding.of(&host));
    }
    tally.outcome()
}

check! { UNUSED = "sts.mx-unused", Note, unused;
    title: "the MTA-STS policy names a host that no MX record leads to",
    why: "It lets senders deliver to a host that takes no mail of the domain any more, or the line is a mistake for another one.",
    fix: "Remove the line when the move to other hosts is over and the old MX records have left all caches.",
    example: "the MTA-STS policy of example.com covers old.example.net, to which no MX record leads",
    see: [Reference::Rfc(8461, "4.1")],
    evidence: [Files, Provider, Mail, Before],
}

fn unused(subject: &Subject<'_>) -> Outcome {
    if subject.sts().policy.is_none() {
        return unknown(subject);
    }
    let Some((declared, _)) = subject.sts().active() else { return Outcome::NotApplicable };
    let rrset = match records(subject) {
        Ok(rrset) => rrset,
        Err(outcome) => return outcome,
    };
    // Those that resolvers may still remember, and those that are declared, are used as well.
    let before = subject.before.and_then(|zone| zone.get(subject.domain(), RecordType::MX));
    let hosts: Vec<Name> = std::iter::once(rrset)
        .chain(before)
        .flat_map(exchangers)
        .chain(subject.facts.exchangers.iter().flatten().cloned())
        .collect();
    crate::tally::each(&declared.parsed.mx, |(pattern, span)| {
        let domain = subject.domain().without_dot();
        let message = format!("the MTA-STS policy of {domain} covers {pattern}, to which no MX record leads");
        let none = !hosts.iter().any(|host| pattern.covers(host));
        none.then(|| about_policy(subject, declared, *span, message))
    })
}

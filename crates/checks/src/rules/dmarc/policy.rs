//! What a DMARC record asks for.

use super::{about_tag, begin, records, told};
use crate::mail::dmarc::{Above, above};
use crate::mail::domain;
use crate::mail::labelled::Kind;
use crate::{Check, Outcome, Subject};
use dnsctl_mail::dmarc::{FaultKind, Policy, PublicSuffix, Receiver, Requested, Verdict};
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[MISSING, INVALID, NONE, WEAKER, NONEXISTENT, IGNORED];

check! { MISSING = "dmarc.p-missing", Error, missing;
    title: "a DMARC record does not say what to do with forged mail",
    why: "When there is a rua, receivers of both standards act as if every policy were none, whatever sp and np say: nothing is stopped. When there is none, they ignore the record.",
    fix: "Write p=none, p=quarantine or p=reject behind v=DMARC1.",
    example: "the DMARC record of example.com: there is no \"p\"; receivers ignore the record",
    see: [Reference::Rfc(9989, "4.10.1"), Reference::Rfc(7489, "6.6.3")],
}

fn missing(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for site in subject.dmarc().written(subject) {
        for text in site.judged() {
            tally.saw();
            let missing = text.parsed.faults.iter().find(|fault| fault.kind == FaultKind::PolicyMissing);
            // Of a text that nobody takes for DMARC only that is told.
            let Some(fault) = missing.filter(|_| text.kind != Kind::Near) else { continue };
            let mut finding = told(site, text, fault);
            if let Some(record) = &text.parsed.record {
                let verdict = spoken(record.as_read_by(Receiver::Rfc9989).verdict);
                finding.message = format!("{}; receivers {verdict}", finding.message);
            }
            tally.fail(finding);
        }
    }
    tally.outcome()
}

check! { INVALID = "dmarc.p-invalid", Critical, invalid;
    title: "a policy in a DMARC record is none of none, quarantine and reject",
    why: "One policy that cannot be read spoils all of them: receivers act as if every one said none, and when there is no rua, they ignore the record. Forged mail is delivered. Receivers by RFC 7489 do not know np.",
    fix: "Write none, quarantine or reject.",
    example: "the DMARC record of example.com: \"monitor\" is no policy: none, quarantine and reject are; receivers ignore the record",
    see: [Reference::Rfc(9989, "4.10.1"), Reference::Rfc(7489, "6.6.3")],
}

fn invalid(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for site in subject.dmarc().written(subject) {
        for text in site.known().iter().filter(|text| text.kind == Kind::Record) {
            tally.saw();
            let Some(record) = &text.parsed.record else { continue };
            let wrong = |kind| matches!(kind, FaultKind::Policy | FaultKind::SubdomainPolicy);
            for fault in text.parsed.faults.iter().filter(|fault| wrong(fault.kind)) {
                let [new, old] =
                    [Receiver::Rfc9989, Receiver::Rfc7489].map(|who| spoken(record.as_read_by(who).verdict));
                let mut finding = told(site, text, fault);
                finding.message = if new == old {
                    format!("{}; receivers {new}", finding.message)
                } else {
                    format!("{}; receivers by RFC 9989 {new}, those by RFC 7489 {old}", finding.message)
                };
                tally.fail(finding);
            }
        }
    }
    tally.outcome()
}

/// What receivers do with a record.
fn spoken(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Applied => "apply the rest",
        Verdict::AsNone => "act as if every policy were none",
        Verdict::Ignored => "ignore the record",
    }
}

check! { NONE = "dmarc.p-none", Warning, none;
    title: "the DMARC policy is none: forged mail is delivered",
    why: "p=none asks for reports only. It is right for the weeks in which you find out who sends in your name, and no protection after that.",
    fix: "Read the reports, let your own senders pass SPF or DKIM, then write p=quarantine and at last p=reject.",
    example: "p=none: mail that others forge in the name of example.com is delivered like any other",
    see: [Reference::Rfc(9989, "5.1"), Reference::Rfc(7489, "6.3")],
}

fn none(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text, record) in records(subject) {
        tally.saw();
        // Told by dmarc.no-mail; a public suffix has names of others below it.
        let parked = site.domain == *subject.domain() && domain::is_parked(subject);
        if record.policy != Requested::Policy(Policy::None)
            || parked
            || record.public_suffix == PublicSuffix::Yes
        {
            continue;
        }
        let name = site.domain.without_dot();
        let message =
            format!("p=none: mail that others forge in the name of {name} is delivered like any other");
        tally.fail(about_tag(site, text, "p", message));
    }
    tally.outcome()
}

check! { WEAKER = "dmarc.sp-weaker", Warning, weaker;
    title: "names below the domain are less protected than the domain",
    why: "Whoever cannot forge the domain takes a name below it: any name will do, it need not exist. sp is read by all receivers, np by those of RFC 9989 only; for the others sp holds for names that do not exist, too.",
    fix: "Leave sp and np out, so that p holds for all; give names below that are not ready a DMARC record of their own.",
    example: "sp=none is weaker than p=reject: mail in the name of any host below example.com is delivered",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(7489, "6.3")],
}

fn weaker(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text, record) in records(subject) {
        let Some(policy) = record.policy.policy() else { continue };
        tally.saw();
        let told = site.domain == *subject.domain() && domain::is_parked(subject);
        if told || above(subject, &site.domain) != Above::Itself {
            continue;
        }
        let name = site.domain.without_dot();
        let below = record.subdomains.policy().unwrap_or(policy);
        let what = |weak: Policy| if weak == Policy::None { "is delivered" } else { "is not refused" };
        if below < policy {
            let message = format!(
                "sp={below} is weaker than p={policy}: mail in the name of any host below {name} {}",
                what(below)
            );
            tally.fail(about_tag(site, text, "sp", message));
        }
        if let Some(absent) = record.nonexistent.policy().filter(|absent| *absent < below) {
            let tag = if record.subdomains.policy().is_some() { "sp" } else { "p" };
            let message = format!(
                "np={absent} is weaker than {tag}={below}: at receivers by RFC 9989 mail in the name of hosts below {name} that do not exist {}",
                what(absent)
            );
            tally.fail(about_tag(site, text, "np", message));
        }
    }
    tally.outcome()
}

check! { NONEXISTENT = "dmarc.np-missing", Info, nonexistent;
    title: "names that do not exist could be refused already",
    why: "While the policy for names below is not reject, np=reject stops mail from names that are not there, from which nobody of yours can send. Receivers by RFC 7489 do not know np and go on as before.",
    fix: "Add np=reject.",
    example: "there is no \"np\": mail in the name of hosts below example.com that do not exist is treated by \"quarantine\"",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(9091, "3.2")],
}

fn nonexistent(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text, record) in records(subject) {
        let Some(policy) = record.policy.policy().filter(|policy| *policy > Policy::None) else { continue };
        let told = site.domain == *subject.domain() && domain::is_parked(subject);
        if told || above(subject, &site.domain) != Above::Itself {
            continue;
        }
        tally.saw();
        let below = record.subdomains.policy().unwrap_or(policy);
        if record.nonexistent == Requested::Absent && below < Policy::Reject {
            let name = site.domain.without_dot();
            let message = format!(
                "there is no \"np\": mail in the name of hosts below {name} that do not exist is treated by \"{below}\""
            );
            tally.fail(about_tag(site, text, "sp", message));
        }
    }
    tally.outcome()
}

check! { IGNORED = "dmarc.sp-ignored", Note, ignored;
    title: "the tag sp or np stands in a record that is not that of the organisation",
    why: "For names without a record of their own receivers use the record of the organisation, and pass over all that stand between. What sp and np say here never happens, by RFC 9989 and by RFC 7489.",
    fix: "Write sp and np into the record of the organisation; or write records at the names that are meant.",
    example: "sp in the DMARC record of shop.example.com is not read: the record of example.com holds for names below it",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(7489, "6.3")],
    evidence: [Files, Provider, Neighbours],
}

fn ignored(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text, record) in records(subject) {
        let tags = [("sp", record.subdomains), ("np", record.nonexistent)];
        for (tag, _) in tags.into_iter().filter(|(_, requested)| *requested != Requested::Absent) {
            tally.saw();
            match above(subject, &site.domain) {
                Above::Itself => {}
                Above::Unknown(name) => {
                    let (name, own) = (name.without_dot(), site.domain.without_dot());
                    tally.unknown(format!(
                        "whether {own} belongs to {name} stands in its DMARC record, which is not held here"
                    ));
                }
                Above::Organisation(organisation) => {
                    let (own, organisation) = (site.domain.without_dot(), organisation.without_dot());
                    let message = format!(
                        "{tag} in the DMARC record of {own} is not read: the record of {organisation} holds for names below it"
                    );
                    tally.fail(about_tag(site, text, tag, message));
                }
            }
        }
    }
    tally.outcome()
}

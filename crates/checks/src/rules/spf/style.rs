//! What receivers take, and what should not be there all the same.

use crate::mail::spf::Policy;
use crate::rules::spf::{LONGEST_SHOWN, faults, rewrite, write};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::Fault;
use dnsctl_mail::spf::FaultKind;
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[PTR, POINTER_MACRO, REDIRECT, AFTER_ALL, DUPLICATE, SIZE];

check! { PTR = "spf.ptr", Warning, ptr;
    title: "an SPF record uses ptr",
    why: "Receivers must look up the names of every client and the addresses of each name; large ones skip it or answer with an error. Whoever runs the reverse zone of the client decides.",
    fix: "Name the addresses with ip4 and ip6, or the hosts with a.",
    example: "\"ptr\" in the SPF record of example.com: \"ptr\" is slow and unreliable, and should not be used (RFC 7208 section 5.5)",
    see: [Reference::Rfc(7208, "5.5")],
}

fn ptr(subject: &Subject<'_>) -> Outcome {
    only(subject, FaultKind::Ptr, |_, _| None)
}

check! { POINTER_MACRO = "spf.macro-p", Warning, pointer_macro;
    title: "an SPF record uses the macro p",
    why: "It stands for the validated name of the client, which costs as many lookups as ptr, and is \"unknown\" whenever they fail.",
    fix: "Use the macro i, the address of the client.",
    example: "\"exists:%{p}.allow.example.com\" in the SPF record of example.com: the macro \"p\" is slow and unreliable, and should not be used (RFC 7208 section 7.2)",
    see: [Reference::Rfc(7208, "7.2")],
}

fn pointer_macro(subject: &Subject<'_>) -> Outcome {
    only(subject, FaultKind::PointerMacro, |_, _| None)
}

check! { REDIRECT = "spf.redirect-with-all", Warning, redirect;
    title: "an SPF record has redirect beside all",
    why: "all matches every client, so receivers never come to redirect, wherever it stands: whom the other record authorises is not authorised.",
    fix: "Remove all when the other record is to decide; write include: when both are meant; else remove redirect.",
    example: "\"redirect=_spf.example.net\" in the SPF record of example.com: receivers ignore \"redirect\" since the record has \"all\"",
    see: [Reference::Rfc(7208, "6.1"), Reference::Rfc(7208, "5.1")],
}

fn redirect(subject: &Subject<'_>) -> Outcome {
    only(subject, FaultKind::RedirectIgnored, |_, _| None)
}

check! { AFTER_ALL = "spf.after-all", Warning, after_all;
    title: "an SPF record has mechanisms after all",
    why: "all matches every client: receivers never look at what comes after it. Senders that stand there are not authorised.",
    fix: "Write the mechanism in front of all, or remove it.",
    example: "\"mx\" in the SPF record of example.com: receivers never look at this, since it stands after \"all\"",
    see: [Reference::Rfc(7208, "5.1")],
}

fn after_all(subject: &Subject<'_>) -> Outcome {
    let fix = |policy: &Policy<'_>, fault: &Fault<FaultKind>| {
        if policy.text.len() > LONGEST_SHOWN {
            return None;
        }
        let record = policy.parsed.record.as_ref()?;
        let (all, _) = record.all()?;
        let mut ordered = record.clone();
        let late = ordered.terms.iter().position(|term| term.span == fault.span)?;
        let term = ordered.terms.remove(late);
        let at = ordered.terms.iter().position(|term| term.span == all.span)?;
        ordered.terms.insert(at, term);
        write(ordered.to_string().as_bytes())
    };
    // Behind a second "v=spf1" the cause is that one.
    let pick = |policy: &Policy<'_>, fault: &Fault<FaultKind>| {
        fault.kind == FaultKind::AfterAll && policy.again.is_none_or(|again| fault.span.start < again)
    };
    faults(subject, pick, fix)
}

check! { DUPLICATE = "spf.duplicate-term", Note, duplicate;
    title: "the same term stands twice in an SPF record",
    why: "The second one can never match. When it is include, a, mx or exists it costs another of the ten lookups that receivers make.",
    fix: "Remove the second one.",
    example: "\"include:_spf.example.net\" in the SPF record of example.com: the same stands before: it cannot match any more",
    see: [Reference::Rfc(7208, "4.6.4")],
}

fn duplicate(subject: &Subject<'_>) -> Outcome {
    only(subject, FaultKind::Duplicate, |policy, fault| rewrite(&policy.text, fault.span, ""))
}

fn only(
    subject: &Subject<'_>,
    kind: FaultKind,
    fix: impl Fn(&Policy<'_>, &Fault<FaultKind>) -> Option<String>,
) -> Outcome {
    faults(subject, |_, fault| fault.kind == kind, fix)
}

check! { SIZE = "spf.size", Warning, size;
    title: "an SPF record is very long",
    why: "The answer should fit into one small packet together with its other records. Up to 450 octets it does nearly everywhere; above 512 old resolvers and firewalls lose it, and SPF ends in a temporary error there.",
    fix: "Put networks together, or move a part of the record to a name of its own and include that.",
    example: "the SPF record of example.com has 543 octets; above 512 some receivers lose the answer",
    see: [Reference::Rfc(7208, "3.4")],
}

fn size(subject: &Subject<'_>) -> Outcome {
    const ADVISED: usize = 450;
    const PLAIN: usize = 512;
    let mut tally = Tally::default();
    for site in &subject.spf().sites {
        for policy in &site.records {
            tally.saw();
            let octets = policy.text.len();
            let record = format!("the SPF record of {} has {octets} octets", site.name());
            if octets > PLAIN {
                let message = format!("{record}; above {PLAIN} some receivers lose the answer");
                tally.fail(Finding::at(site.rrset, message));
            } else if octets > ADVISED {
                let message = format!("{record}, more than the {ADVISED} that are advised");
                tally.fail(Finding::at(site.rrset, message).weighs(Severity::Note));
            }
        }
    }
    tally.outcome()
}

//! What makes receivers refuse a record.

use crate::mail::spf::Policy;
use crate::rules::spf::{faults, rewrite, word, write};
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::Fault;
use dnsctl_mail::spf::FaultKind;
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] =
    &[SYNTAX, MECHANISM, MODIFIER, SEPARATOR, ADDRESS, PREFIX, MACRO, EXPLANATION, TWICE];

/// A fault of one of these kinds.
fn kinds(subject: &Subject<'_>, kinds: &[FaultKind]) -> Outcome {
    faults(subject, |_, fault| kinds.contains(&fault.kind), |_, _| None)
}

check! { SYNTAX = "spf.syntax", Critical, syntax;
    title: "an SPF record breaks the grammar",
    why: "One wrong word anywhere makes receivers answer \"permerror\" for every sender, even if an earlier term would match: the domain has no working SPF, and many receivers refuse or sort out its mail.",
    fix: "Correct or remove the term that is shown.",
    example: "\"include:\" in the SPF record of example.com: after \"include\" a colon and a name are missing",
    see: [Reference::Rfc(7208, "4.6"), Reference::Rfc(7208, "12")],
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    use FaultKind::{Domain, MissingArgument, NotAscii, UnexpectedArgument};
    faults(
        subject,
        |policy, fault| match fault.kind {
            NotAscii => !is_space(policy, fault),
            kind => matches!(kind, MissingArgument | UnexpectedArgument | Domain),
        },
        |_, _| None,
    )
}

/// Whether what is not US-ASCII there is the no-break space, which looks like a space.
fn is_space(policy: &Policy<'_>, fault: &Fault<FaultKind>) -> bool {
    fault.span.of(&policy.text).windows(2).any(|octets| octets == b"\xc2\xa0")
}

check! { MECHANISM = "spf.unknown-mechanism", Critical, |subject| kinds(subject, &[FaultKind::UnknownMechanism]);
    title: "an SPF record has a mechanism that does not exist",
    why: "Receivers answer \"permerror\" for every sender: the record authorises nobody. Mostly it is a slip, such as ipv4: for ip4:.",
    fix: "Write all, include, a, mx, ptr, ip4, ip6 or exists; or redirect= and exp= with an equals sign.",
    example: "\"ipv4:192.0.2.25\" in the SPF record of example.com: there is no mechanism \"ipv4\"; is \"ip4:\" meant?",
    see: [Reference::Rfc(7208, "4.6.1"), Reference::Rfc(7208, "5")],
}

check! { MODIFIER = "spf.unknown-modifier", Note, modifier;
    title: "an SPF record has a modifier that no RFC defines",
    why: "Receivers ignore name=value when they do not know the name. That is no error, but what was meant does not happen: include=example.net authorises nobody.",
    fix: "Remove it, or write it with a colon when a mechanism is meant.",
    example: "\"include=_spf.example.net\" in the SPF record of example.com: receivers ignore \"include=\", which no RFC defines; is \"include:\" meant?",
    see: [Reference::Rfc(7208, "6")],
}

fn modifier(subject: &Subject<'_>) -> Outcome {
    let mut outcome = kinds(subject, &[FaultKind::UnknownModifier]);
    if let Outcome::Fail(findings) = &mut outcome {
        // Of two records in one text nobody sees the second.
        let again =
            |finding: &&mut crate::Finding| finding.message.to_ascii_lowercase().starts_with("\"v=spf1\"");
        findings.iter_mut().filter(again).for_each(|finding| finding.severity = Some(Severity::Warning));
    }
    outcome
}

check! { SEPARATOR = "spf.no-separator", Critical, separator;
    title: "two terms of an SPF record are not separated by a space",
    why: "Only spaces separate terms: not tabs, line breaks, commas or no-break spaces. Receivers read one long wrong term and answer \"permerror\" for every sender.",
    fix: "Write one space between the terms. Strings of a TXT record are joined without one.",
    example: "\"ip4:192.0.2.25~all\" in the SPF record of example.com: a space is missing before \"~all\"",
    see: [Reference::Rfc(7208, "4.6.1"), Reference::Rfc(7208, "3.3")],
}

fn separator(subject: &Subject<'_>) -> Outcome {
    let sign = |policy: &Policy<'_>, fault: &Fault<FaultKind>| {
        fault.kind == FaultKind::Control || (fault.kind == FaultKind::NotAscii && is_space(policy, fault))
    };
    faults(
        subject,
        // Who writes one tab writes many: the first is told.
        |policy, fault| {
            let first = || policy.parsed.faults.iter().find(|fault| sign(policy, fault));
            fault.kind == FaultKind::Separator || (sign(policy, fault) && first() == Some(fault))
        },
        |policy, fault| if fault.kind == FaultKind::Separator { None } else { spaced(&policy.text) },
    )
}

/// A text with spaces in the place of whatever looks like them.
fn spaced(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let words: Vec<&str> = text.split(|sign: char| sign.is_whitespace() || sign.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    write(words.join(" ").as_bytes())
}

/// Whether a fault stands in an `ip4` or `ip6`.
fn in_network(policy: &Policy<'_>, fault: &Fault<FaultKind>) -> bool {
    let word = word(&policy.text, fault.span).of(&policy.text);
    let word = word.strip_prefix(b"+").or_else(|| word.strip_prefix(b"-")).unwrap_or(word);
    let word = word.strip_prefix(b"~").or_else(|| word.strip_prefix(b"?")).unwrap_or(word);
    word.get(..3).is_some_and(|name| name.eq_ignore_ascii_case(b"ip4") || name.eq_ignore_ascii_case(b"ip6"))
}

check! { ADDRESS = "spf.ip-invalid", Critical, address;
    title: "a term ip4 or ip6 of an SPF record has no valid address or prefix length",
    why: "Receivers answer \"permerror\" for every sender. Frequent slips: an IPv6 address after ip4, a prefix length above 32, a range with a hyphen, a port.",
    fix: "Write one address or network of the family: ip4:192.0.2.0/24, ip6:2001:db8::/32.",
    example: "\"ip4:192.0.2.256\" in the SPF record of example.com: \"192.0.2.256\" is no IPv4 address",
    see: [Reference::Rfc(7208, "5.6"), Reference::Rfc(7208, "12")],
}

fn address(subject: &Subject<'_>) -> Outcome {
    let pick = |policy: &Policy<'_>, fault: &Fault<FaultKind>| match fault.kind {
        FaultKind::Address => true,
        FaultKind::PrefixLength => in_network(policy, fault),
        _ => false,
    };
    faults(subject, pick, |_, _| None)
}

check! { PREFIX = "spf.cidr-domain", Critical, prefix;
    title: "a term a or mx of an SPF record has no valid prefix length",
    why: "Receivers answer \"permerror\" for every sender. Only a and mx take prefix lengths besides ip4 and ip6: /24 for IPv4, //64 for IPv6, /24//64 for both.",
    fix: "Correct the prefix length, or leave it out.",
    example: "\"a:mail.example.com/33\" in the SPF record of example.com: \"33\" is no prefix length from 0 to 32",
    see: [Reference::Rfc(7208, "5.3"), Reference::Rfc(7208, "12")],
}

fn prefix(subject: &Subject<'_>) -> Outcome {
    let pick = |policy: &Policy<'_>, fault: &Fault<FaultKind>| {
        fault.kind == FaultKind::PrefixLength && !in_network(policy, fault)
    };
    faults(subject, pick, |_, _| None)
}

check! { MACRO = "spf.macro-syntax", Critical, |subject| kinds(subject, &[FaultKind::Macro]);
    title: "an SPF record has a macro that cannot be read",
    why: "A percent sign begins a macro. One that is not %{letter}, %%, %_ or %- makes receivers answer \"permerror\" for every sender.",
    fix: "Write the macro in braces with one of s, l, o, d, i, p, v, h; a percent sign itself is %%.",
    example: "\"exists:%{x}.allow.example.com\" in the SPF record of example.com: \"%{x}\" is no macro: its letter is none of s, l, o, d, i, p, v, h, c, r, t",
    see: [Reference::Rfc(7208, "7.1")],
}

check! { EXPLANATION = "spf.macro-exp-only", Critical, |subject| kinds(subject, &[FaultKind::ExplanationMacro]);
    title: "an SPF record has a macro that may only stand in an explanation",
    why: "The macros c, r and t are defined for the text behind exp= only. In the record itself receivers answer \"permerror\" for every sender.",
    fix: "Write %{i} for the client's address; there is nothing in the place of %{r} and %{t}.",
    example: "\"exists:%{c}.allow.example.com\" in the SPF record of example.com: the macro \"c\" may only stand in an explanation text (RFC 7208 section 7.2)",
    see: [Reference::Rfc(7208, "7.2")],
}

check! { TWICE = "spf.redirect-multiple", Critical, twice;
    title: "the modifier redirect or exp stands twice in an SPF record",
    why: "Each may stand once. Receivers answer \"permerror\" for every sender.",
    fix: "Keep one of them; to add the servers of another domain write include: in front of all.",
    example: "\"redirect=_spf.example.org\" in the SPF record of example.com: \"redirect\" may stand only once (RFC 7208 section 6)",
    see: [Reference::Rfc(7208, "6")],
}

fn twice(subject: &Subject<'_>) -> Outcome {
    faults(
        subject,
        |_, fault| fault.kind == FaultKind::ModifierTwice,
        |policy, fault| rewrite(&policy.text, fault.span, ""),
    )
}

//! Texts that verifiers cannot read.

use super::{begin, faults, texts};
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::dkim::{FaultKind, Parsed};
use dnsctl_mail::tags::FaultKind as Tag;
use dnsctl_mail::{FaultClass as _, Span};
use dnsctl_zone::{Name, Reference};

pub(super) const CHECKS: &[Check] = &[SYNTAX, VERSION, MISSING, BASE64, SPLIT];

check! { SYNTAX = "dkim.syntax", Error, syntax;
    title: "a DKIM key record has a fault in its list of tags",
    why: "A verifier that keeps to RFC 6376 discards a list with a tag that stands twice, has no name, or has no equals sign: no signature can be verified. What it does not know it ignores, and then what was meant does not happen.",
    fix: "Write name=value pairs with a semicolon between them, each name once.",
    example: "the DKIM key s1._domainkey.example.com: the tag \"k\" stands more than once",
    see: [Reference::Rfc(6376, "3.2"), Reference::Rfc(6376, "3.6.1")],
    evidence: [Files, Provider, Neighbours],
}

fn syntax(subject: &Subject<'_>) -> Outcome {
    faults(subject, |text, fault| match fault.kind {
        // No list of tags at all: told by dkim.p-missing.
        _ if text.parsed.places.is_empty() && text.parsed.key.is_none() => None,
        FaultKind::Tag(kind) => Some(if kind.is_error() { Severity::Error } else { Severity::Note }),
        // That its name is wrong was told.
        FaultKind::UnknownTag => {
            let faults = &text.parsed.faults;
            let first = faults.partition_point(|other| other.span.start < fault.span.start);
            let mut here = faults.iter().skip(first).take_while(|other| other.span.start == fault.span.start);
            (!here.any(|other| other.kind == FaultKind::Tag(Tag::Name))).then_some(Severity::Note)
        }
        FaultKind::EmptyItem
        | FaultKind::Hash
        | FaultKind::Service
        | FaultKind::Flag
        | FaultKind::Granularity
        | FaultKind::Case => Some(Severity::Note),
        _ => None,
    })
}

check! { VERSION = "dkim.version", Error, version;
    title: "the version of a DKIM key is not DKIM1, or not the first tag",
    why: "v may be left out; when it is there, it must be v=DKIM1 and stand first. Verifiers discard every other record, and no signature can be verified.",
    fix: "Write v=DKIM1 as the first tag, with a semicolon behind it.",
    example: "the DKIM key s1._domainkey.example.com: the version is \"DKIM2\" instead of \"DKIM1\"",
    see: [Reference::Rfc(6376, "3.6.1")],
}

fn version(subject: &Subject<'_>) -> Outcome {
    let wrong = |kind| matches!(kind, FaultKind::Version | FaultKind::VersionNotFirst);
    faults(subject, |_, fault| wrong(fault.kind).then_some(Severity::Error))
}

/// Whether `v` says something else than DKIM: the text is for somebody else, or told by `dkim.version`.
fn has_version_fault(parsed: &Parsed) -> bool {
    parsed.faults.iter().any(|fault| fault.kind == FaultKind::Version)
}

check! { MISSING = "dkim.p-missing", Error, missing;
    title: "the text at a DKIM selector has no public key",
    why: "Verifiers find the selector, but no key: signatures that name it fail. A key that is withdrawn on purpose has an empty p.",
    fix: "Write p= and the public key in base64; or remove the record.",
    example: "the DKIM key s1._domainkey.example.com: there is no \"p\" with the public key",
    see: [Reference::Rfc(6376, "3.6.1")],
}

fn missing(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text) in texts(subject) {
        tally.saw();
        let missing = text.parsed.faults.iter().find(|fault| fault.kind == FaultKind::NoPublicKey);
        let Some(fault) = missing.filter(|_| text.quote.is_none() && !has_version_fault(&text.parsed)) else {
            continue;
        };
        tally.fail(match host(&text.octets) {
            None => super::told(site, text, fault),
            Some(host) => {
                let name = site.owner.without_dot();
                let message = format!(
                    "{name} has no DKIM key, but a text with the name {host}: an alias (CNAME) of it is meant"
                );
                let whole = Span::new(0, text.octets.len());
                let finding = Finding::at(site.rrset, message).marking(&text.octets, whole);
                finding.fix(format!("Write a CNAME record to {host} in place of the TXT record."))
            }
        });
    }
    tally.outcome()
}

/// The host name that a text is, such as a hoster gives for an alias.
fn host(text: &[u8]) -> Option<String> {
    let name = Name::absolute(std::str::from_utf8(text).ok()?.trim()).ok()?;
    let good = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    (name.label_count() > 2 && name.labels().all(|label| label.iter().all(good))).then(|| name.without_dot())
}

check! { BASE64 = "dkim.base64", Error, base64;
    title: "the public key of a DKIM selector is not base64, or lacks the = at its end",
    why: "A character was lost or has come in, mostly by copying. Verifiers cannot read the key, or read another one, and every signature with it fails. Without the = at its end (a warning) the key is whole, and the grammar of RFC 6376 allows it, but some verifiers do not read it.",
    fix: "Write the key anew, as one line of base64: what stands between BEGIN and END of the file that `openssl pkey -pubout` writes, without its line ends.",
    example: "the DKIM key s1._domainkey.example.com: the key is base64, in which \"-\" does not occur",
    see: [Reference::Rfc(6376, "3.6.1"), Reference::Rfc(6376, "2.10"), Reference::Rfc(4648, "4")],
}

fn base64(subject: &Subject<'_>) -> Outcome {
    faults(subject, |_, fault| match fault.kind {
        FaultKind::Base64 => Some(Severity::Error),
        FaultKind::Unpadded => Some(Severity::Warning),
        _ => None,
    })
}

check! { SPLIT = "dkim.string-split", Error, split;
    title: "a long DKIM key was not split into strings as it must be",
    why: "A TXT record is made of strings of at most 255 octets, which verifiers join with nothing between. Quotation marks or spaces that were meant to part them have become a part of the text. Some verifiers skip them in the key; others cannot read it, and in front of a tag nobody can.",
    fix: "Write the whole text as one value: dnsctl splits it. In a master file, close one quoted string and open the next, without marks inside.",
    example: "the DKIM key s1._domainkey.example.com: a quotation mark has become a part of the text",
    see: [Reference::Rfc(6376, "3.6.2.2"), Reference::Rfc(1035, "3.3.14")],
}

fn split(subject: &Subject<'_>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text) in texts(subject) {
        tally.saw();
        let name = site.owner.without_dot();
        if let Some(at) = text.quote {
            let end = text.octets.iter().skip(at).position(|octet| !matches!(octet, b'"' | b' '));
            let span = Span::new(at, end.map_or(text.octets.len(), |length| at + length));
            let message = format!("the DKIM key {name}: a quotation mark has become a part of the text");
            tally.fail(Finding::at(site.rrset, message).marking(&text.octets, span));
            continue;
        }
        for fault in text.parsed.faults.iter().filter(|fault| fault.kind == FaultKind::BlankInKey) {
            tally.fail(super::told(site, text, fault).weighs(Severity::Note));
        }
    }
    tally.outcome()
}

//! Texts that nobody takes for an SPF record, and the type that nobody asks for.

use crate::mail::spf::Site;
use crate::rules::spf::write;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::spf;
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[VERSION, LEADING, TYPE99, SENDER_ID];

/// Why a text that looks like an SPF record is none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Miss {
    Version,
    Leading,
    SenderId,
}

impl Miss {
    fn of(text: &[u8]) -> Self {
        if text.get(..7).is_some_and(|head| head.eq_ignore_ascii_case(b"spf2.0/")) {
            Self::SenderId
        } else if trimmed(text).is_some() {
            Self::Leading
        } else {
            Self::Version
        }
    }
}

/// The SPF record behind what stands before it.
fn trimmed(text: &[u8]) -> Option<&[u8]> {
    let start = text.iter().position(u8::is_ascii_alphanumeric).filter(|&start| start > 0)?;
    text.get(start..).filter(|text| spf::is_spf(text))
}

/// Whether some text of a name was to be its SPF record, and is none: these rules tell so.
pub(super) fn is_missed(site: &Site<'_>) -> bool {
    site.misses.iter().any(|(text, _)| Miss::of(text) != Miss::SenderId)
}

fn misses(subject: &Subject<'_>, kind: Miss) -> Outcome {
    let mut tally = Tally::default();
    for site in &subject.spf().sites {
        tally.saw();
        for (text, fault) in site.misses.iter().filter(|(text, _)| Miss::of(text) == kind) {
            let start = crate::rules::spf::short(text.get(..text.len().min(24)).unwrap_or(&[]));
            let message = format!("\"{start}\" at {}: {}", site.name(), fault.message);
            let mut finding = Finding::at(site.rrset, message).marking(text, fault.span);
            finding.fix = match kind {
                Miss::SenderId => Some("Remove it.".to_owned()),
                // Beside a record that counts it is only left over.
                _ if !site.records.is_empty() => {
                    Some("Remove it: another text is the SPF record.".to_owned())
                }
                Miss::Leading => trimmed(text).and_then(write),
                Miss::Version => None,
            };
            let idle = kind != Miss::SenderId && !site.records.is_empty();
            tally.fail(if idle { finding.weighs(Severity::Warning) } else { finding });
        }
    }
    tally.outcome()
}

check! { VERSION = "spf.version", Error, version;
    title: "a text looks like an SPF record, but does not begin with \"v=spf1\" and a space",
    why: "Receivers compare exactly that. A text with v=spf10, v=spf1; or a missing space is no SPF record for them, so the domain has none: anybody may send in its name, and its own mail is trusted less.",
    fix: "Begin the text with v=spf1 and one space.",
    example: "\"v=spf1;a;mx;-all\" at example.com: \"v=spf1\" ends with a space or the end of the text: receivers do not take this for an SPF record",
    see: [Reference::Rfc(7208, "4.5"), Reference::Rfc(7208, "12")],
}

fn version(subject: &Subject<'_>) -> Outcome {
    misses(subject, Miss::Version)
}

check! { LEADING = "spf.leading-space", Error, leading;
    title: "something stands in front of \"v=spf1\"",
    why: "A space, a quotation mark or another sign before v=spf1 makes the text invisible for receivers: the domain has no SPF record.",
    fix: "Remove what stands before v=spf1. A quotation mark that is part of the text often comes from quoting it twice.",
    example: "\" v=spf1 mx -all\" at example.com: nothing may stand before \"v=spf1\": receivers do not take this for an SPF record",
    see: [Reference::Rfc(7208, "4.5")],
}

fn leading(subject: &Subject<'_>) -> Outcome {
    misses(subject, Miss::Leading)
}

check! { TYPE99 = "spf.type99", Warning, type99;
    title: "an SPF record is published with the type SPF (99)",
    why: "The type was given up: receivers ask for TXT only. What stands under the type SPF is not read, and when it differs from the TXT record it misleads the next person.",
    fix: "Write the policy as TXT and remove the record of type SPF.",
    example: "example.com has a record of the type SPF, which nobody asks for",
    see: [Reference::Rfc(7208, "3.1"), Reference::Rfc(6686, "6")],
    told_as: ["zone/obsolete-spf"],
}

fn type99(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    subject.spf().sites.iter().for_each(|_| tally.saw());
    for rrset in subject.of(RecordType::SPF) {
        let name = rrset.name.without_dot();
        let text = rrset.values().first().map(dnsctl_zone::Rdata::joined_text).unwrap_or_default();
        let message = format!("{name} has a record of the type SPF, which nobody asks for");
        let finding = Finding::at(rrset, message).marking(&text, dnsctl_mail::Span::default());
        let has_text = subject.spf().at(&rrset.name).is_some_and(|site| !site.records.is_empty());
        tally.fail(match write(&text).filter(|_| spf::is_spf(&text)) {
            _ if has_text => finding.fix("Remove it: the TXT record says what counts."),
            // Nothing else says it, so the name has no policy at all.
            Some(fix) => finding.fix(fix.replacen("Write", "Write as TXT", 1)).weighs(Severity::Error),
            None => finding,
        });
    }
    tally.outcome()
}

/// Whether the only SPF record of a name is of the old type: the rule above tells so.
pub(super) fn is_obsolete_only(subject: &Subject<'_>, name: &dnsctl_zone::Name) -> bool {
    let rrset = subject.get(name, RecordType::SPF);
    rrset.is_some_and(|rrset| rrset.values().iter().any(|value| spf::is_spf(&value.joined_text())))
}

check! { SENDER_ID = "spf.senderid", Note, sender_id;
    title: "a Sender ID record (spf2.0) is published",
    why: "Sender ID was an experiment that ended in 2012; nobody reads its records. It makes the answer with the TXT records longer, and looks like a policy that holds.",
    fix: "Remove it; the policy belongs into the record that begins with v=spf1.",
    example: "\"spf2.0/pra mx -all\" at example.com: this is a Sender ID record (RFC 4406), which is historic: SPF begins with \"v=spf1\"",
    see: [Reference::Rfc(4406, "3.1"), Reference::Rfc(6686, "6")],
}

fn sender_id(subject: &Subject<'_>) -> Outcome {
    misses(subject, Miss::SenderId)
}

//! Tags of a DMARC record that are written in another way than both standards want.

use super::{faults, of_kind};
use crate::{Check, Outcome, Severity, Subject};
use dnsctl_mail::dmarc::FaultKind;
use dnsctl_mail::tags::FaultKind as Tag;
use dnsctl_zone::Reference;

pub(super) const CHECKS: &[Check] = &[DUPLICATE, ORDER, UNKNOWN];

check! { DUPLICATE = "dmarc.duplicate-tag", Error, |subject| of_kind(subject, FaultKind::Tag(Tag::Duplicate), Severity::Error);
    title: "a tag stands twice in a DMARC record",
    why: "Such a list of tags is not valid. Some receivers discard the record, others take the first or the last of the two.",
    fix: "Keep one of them.",
    example: "the DMARC record of example.com: the tag \"p\" stands more than once",
    see: [Reference::Rfc(6376, "3.2"), Reference::Rfc(9989, "4.7")],
}

check! { ORDER = "dmarc.order", Note, order;
    title: "the tag p does not follow v in a DMARC record",
    why: "RFC 9989 takes the tags in any order. RFC 7489 wants p behind v, and receivers that follow it to the letter discard the record.",
    fix: "Write p as the second tag.",
    example: "the DMARC record of example.com: \"p\" does not follow \"v\": receivers by RFC 7489 may ignore the record",
    see: [Reference::Rfc(7489, "6.3"), Reference::Rfc(9989, "4.8")],
}

fn order(subject: &Subject<'_>) -> Outcome {
    faults(
        subject,
        |_, fault| (fault.kind == FaultKind::PolicyNotSecond).then_some(Severity::Note),
        |text, _| {
            let clean = text.parsed.faults.iter().all(|fault| fault.kind == FaultKind::PolicyNotSecond);
            let record = text.parsed.record.as_ref().filter(|_| clean)?;
            // A longer one nobody can read.
            Some(format!("Write \"{record}\".")).filter(|fix| fix.len() < 450)
        },
    )
}

check! { UNKNOWN = "dmarc.unknown-tag", Note, unknown;
    title: "a DMARC record has a tag that nobody knows",
    why: "Receivers of both standards pass over it. When it is a slip, what was meant does not happen: a misspelt rua brings no reports.",
    fix: "Correct the tag, or remove it.",
    example: "the DMARC record of example.com: DMARC knows no tag \"rau\": it is ignored",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(7489, "6.3")],
}

fn unknown(subject: &Subject<'_>) -> Outcome {
    let near = |tag: &[u8]| MEANT.iter().find(|meant| is_misspelt(tag, meant)).copied();
    faults(
        subject,
        |text, fault| {
            let slip = near(fault.span.of(&text.octets)).is_some();
            let severity = if slip { Severity::Warning } else { Severity::Note };
            (fault.kind == FaultKind::UnknownTag).then_some(severity)
        },
        |text, fault| near(fault.span.of(&text.octets)).map(|known| format!("Perhaps \"{known}\" is meant.")),
    )
}

/// The tags that are long enough to be recognised when they are misspelt.
const MEANT: [&str; 5] = ["rua", "ruf", "adkim", "aspf", "psd"];

/// Whether an unknown tag, with its value, is this one with a slip in its name.
pub(super) fn is_misspelt(tag: &[u8], meant: &str) -> bool {
    let name = tag.split(|octet| *octet == b'=').next().unwrap_or(&[]).trim_ascii();
    is_slip(&name.to_ascii_lowercase(), meant.as_bytes())
}

/// Whether a word is another one with two neighbours changed, or one letter too many, missing or wrong in one of more than
/// three letters.
fn is_slip(word: &[u8], meant: &[u8]) -> bool {
    if word.len() == meant.len() {
        let differ: Vec<usize> =
            word.iter().zip(meant).enumerate().filter(|(_, (a, b))| a != b).map(|(at, _)| at).collect();
        return match differ.as_slice() {
            [one, other] => {
                other - one == 1 && word.get(*one) == meant.get(*other) && word.get(*other) == meant.get(*one)
            }
            [_] => word.len() > 3,
            _ => false,
        };
    }
    let (long, short) = if word.len() > meant.len() { (word, meant) } else { (meant, word) };
    let without =
        |at: usize| long.iter().enumerate().filter(move |(index, _)| *index != at).map(|(_, octet)| octet);
    long.len() == short.len() + 1 && short.len() > 2 && (0..long.len()).any(|at| without(at).eq(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        for (word, meant) in
            [("rau", "rua"), ("adkm", "adkim"), ("aspff", "aspf"), ("ruaa", "rua"), ("adkin", "adkim")]
        {
            assert!(is_slip(word.as_bytes(), meant.as_bytes()), "{word}");
        }
        for (word, meant) in
            [("ruf", "rua"), ("rf", "ruf"), ("x", "psd"), ("rua", "rua"), ("", "rua"), ("sdp", "psd")]
        {
            assert!(!is_slip(word.as_bytes(), meant.as_bytes()), "{word}");
        }
    }
}

//! Texts that are no SPF record, although somebody may think so (RFC 7208 section 4.5).

use super::{FaultKind, VERSION, is_spf};
use crate::{Fault, Span};

/// What is wrong with a text that looks like an SPF record and is none; nothing when it is one, or looks like something
/// else.
pub fn near_miss(text: &[u8]) -> Option<Fault<FaultKind>> {
    if is_spf(text) {
        return None;
    }
    let start = text.iter().position(|&octet| is_letter(octet)).unwrap_or(text.len());
    let skipped = text.get(start..)?;
    let starts = |with: &[u8]| skipped.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    let looks = [
        b"v=spf".as_slice(),
        b"spf1 ",
        b"spf=",
        b"v = spf",
        b"v =spf",
        b"v= spf",
        b"v:spf1",
        b"vspf1 ",
        b"spf2.0/",
    ];
    looks.iter().any(|with| starts(with)).then(|| fault(text))
}

/// What keeps a text from being an SPF record.
pub(super) fn fault(text: &[u8]) -> Fault<FaultKind> {
    let start = text.iter().position(|&octet| is_letter(octet)).unwrap_or(text.len());
    let skipped = text.get(start..).unwrap_or(&[]);
    let (span, message) = if start > 0 && is_spf(skipped) {
        (
            Span::new(0, start),
            "nothing may stand before \"v=spf1\": receivers do not take this for an SPF record",
        )
    } else if text.get(..7).is_some_and(|head| head.eq_ignore_ascii_case(b"spf2.0/")) {
        (
            Span::new(0, 6),
            "this is a Sender ID record (RFC 4406), which is historic: SPF begins with \"v=spf1\"",
        )
    } else if text.get(..VERSION.len()).is_some_and(|head| head.eq_ignore_ascii_case(VERSION)) {
        (
            Span::new(VERSION.len(), VERSION.len() + 1),
            "\"v=spf1\" ends with a space or the end of the text: receivers do not take this for an SPF record",
        )
    } else {
        let end = text.iter().position(|&octet| octet == b' ').unwrap_or(text.len());
        (Span::new(0, end.min(VERSION.len())), "an SPF record begins with \"v=spf1\"")
    };
    Fault::new(FaultKind::Version, span, message)
}

fn is_letter(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
}

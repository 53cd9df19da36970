//! Macros, and the names that terms ask for (RFC 7208 section 7.1).

use super::{FaultKind, MacroText, Parser, Part};
use crate::fault::excerpt;
use crate::spf::{Letter, Macro};

impl Parser {
    /// A macro that begins with `%{`; gives what follows it.
    pub(super) fn macro_part<'t>(
        &mut self,
        rest: &'t [u8],
        at: usize,
        explanation: bool,
        parts: &mut Vec<Part>,
    ) -> &'t [u8] {
        // A macro that is not closed ends where the next one begins, so that no octet is looked at again and again.
        let end = rest.iter().skip(2).position(|octet| matches!(octet, b'}' | b'%')).map(|length| length + 2);
        let closed = end.and_then(|end| rest.get(end)) == Some(&b'}');
        let (body, after) = match end {
            Some(end) => (rest.get(2..end), rest.get(end + usize::from(closed)..)),
            None => (rest.get(2..), None),
        };
        let (body, after) = (body.unwrap_or(&[]), after.unwrap_or(&[]));
        self.steps += body.len();
        let span = at..at + rest.len() - after.len();
        if !closed {
            self.fault(
                FaultKind::Macro,
                span,
                format!("the macro \"%{{{}\" is not closed with \"}}\"", excerpt(body)),
            );
            return after;
        }
        match read(body) {
            Ok(found) => {
                if found.letter.only_in_explanation() && !explanation {
                    let letter = found.letter.letter();
                    let words = format!(
                        "the macro \"{letter}\" may only stand in an explanation text (RFC 7208 section 7.2)"
                    );
                    self.fault(FaultKind::ExplanationMacro, span, words);
                }
                parts.push(Part::Macro(found));
            }
            Err(reason) => self.fault(
                FaultKind::Macro,
                span,
                format!("\"%{{{}}}\" is no macro: {reason}", excerpt(body)),
            ),
        }
        after
    }

    /// A name to ask for: a text with macros that ends in a macro, or in a dot and a top label.
    pub(super) fn domain(&mut self, text: &[u8], offset: usize, hint: &str) -> Option<MacroText> {
        let before = self.faults.len();
        let read = self.text(text, offset, false);
        if self.failed(before) {
            return None;
        }
        let reason = match read.parts.last() {
            None => return None,
            Some(Part::Literal(end)) => top_label(end, read.parts.len() == 1),
            Some(_) => None,
        };
        match reason {
            None => Some(read),
            Some(reason) => {
                let words = format!("\"{}\" is no domain name here: {reason}{hint}", excerpt(text));
                self.fault(FaultKind::Domain, offset..offset + text.len(), words);
                None
            }
        }
    }
}

/// What stands between `%{` and `}`.
fn read(body: &[u8]) -> Result<Macro, &'static str> {
    let (&first, rest) = body.split_first().ok_or("its letter is missing")?;
    let letter = Letter::from_octet(first).ok_or("its letter is none of s, l, o, d, i, p, v, h, c, r, t")?;
    let digits = rest.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(digits).unwrap_or((rest, &[]));
    let number = digits.iter().fold(0_u32, |number, &digit| {
        number.saturating_mul(10).saturating_add(u32::from(digit.saturating_sub(b'0')))
    });
    let keep = if digits.is_empty() { None } else { Some(number) };
    if keep == Some(0) {
        return Err("it must keep at least 1 part (RFC 7208 section 7.3)");
    }
    let reverse = matches!(rest.first(), Some(b'r' | b'R'));
    let delimiters = rest.get(usize::from(reverse)..).unwrap_or(&[]);
    if delimiters.iter().any(|octet| !b".-+,/_=".contains(octet)) {
        return Err("after the letter stand a number, \"r\" and any of . - + , / _ =");
    }
    let delimiters = delimiters.iter().copied().map(char::from).collect();
    Ok(Macro { letter, url: first.is_ascii_uppercase(), keep, reverse, delimiters })
}

/// Why a literal does not end a name: `"." toplabel [ "." ]` is wanted. `alone`: nothing stands before it.
fn top_label(literal: &str, alone: bool) -> Option<&'static str> {
    let literal = literal.strip_suffix('.').unwrap_or(literal);
    let Some((_, label)) = literal.rsplit_once('.') else {
        return Some(if alone {
            "it has one label only"
        } else {
            "after a macro there must be a dot and a label"
        });
    };
    let octets = label.as_bytes();
    let alphanumeric = |octet: Option<&u8>| octet.is_some_and(u8::is_ascii_alphanumeric);
    if label.is_empty() {
        Some("it ends with two dots")
    } else if octets.iter().all(u8::is_ascii_digit) {
        Some("its last label is a number")
    } else if !octets.iter().all(|&octet| octet.is_ascii_alphanumeric() || octet == b'-') {
        Some("its last label has a sign other than letters, digits and hyphens")
    } else if !alphanumeric(octets.first()) || !alphanumeric(octets.last()) {
        Some("its last label begins or ends with a hyphen")
    } else {
        None
    }
}

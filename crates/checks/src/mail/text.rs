//! Texts of records for a person.

use crate::Finding;
use dnsctl_mail::Span;
use std::ops::Range;

impl Finding {
    /// With the text of a record and the octets of it that are meant. What is no readable text is shown as `\xHH`.
    #[must_use]
    pub(crate) fn marking(self, text: &[u8], span: Span) -> Self {
        let (text, span) = shown(text, span);
        self.excerpt(text, span)
    }
}

/// A text that can be shown, and the place of a span in it. Of a very long one only what is around the span.
fn shown(text: &[u8], span: Span) -> (String, Range<usize>) {
    const LONG: usize = 4096;
    const AROUND: usize = 256;
    if text.len() > LONG {
        let end = span.end.min(text.len()).min(span.start.saturating_add(LONG));
        let start = span.start.min(end);
        let (from, to) = (start.saturating_sub(AROUND), end.saturating_add(AROUND).min(text.len()));
        let (part, place) = whole(text.get(from..to).unwrap_or(&[]), Span::new(start - from, end - from));
        let before = if from > 0 { "…" } else { "" };
        let after = if to < text.len() { "…" } else { "" };
        return (format!("{before}{part}{after}"), place.start + before.len()..place.end + before.len());
    }
    whole(text, span)
}

/// A text as [`Finding::marking`] shows it, when it is no very long one.
pub(crate) fn in_full(text: &[u8]) -> String {
    whole(text, Span::default()).0
}

fn whole(text: &[u8], span: Span) -> (String, Range<usize>) {
    let end = span.end.min(text.len());
    let start = span.start.min(end);
    let plain = std::str::from_utf8(text).ok().filter(|text| !text.chars().any(char::is_control));
    if let Some(plain) = plain.filter(|text| text.get(start..end).is_some()) {
        return (plain.to_owned(), start..end);
    }
    let escaped = |part: Option<&[u8]>| part.unwrap_or(&[]).escape_ascii().to_string();
    let (before, meant, after) = (text.get(..start), text.get(start..end), text.get(end..));
    let (before, meant, after) = (escaped(before), escaped(meant), escaped(after));
    let place = before.len()..before.len() + meant.len();
    (format!("{before}{meant}{after}"), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_moves_with_what_is_escaped() {
        let of = |text: &[u8], start, end| {
            let (text, span) = shown(text, Span::new(start, end));
            (text.get(span).unwrap().to_owned(), text)
        };
        assert_eq!(of(b"v=spf1 -all", 7, 11), ("-all".to_owned(), "v=spf1 -all".to_owned()));
        assert_eq!(of("ü a".as_bytes(), 3, 4), ("a".to_owned(), "ü a".to_owned()));
        assert_eq!(of(b"a\tb", 1, 2), ("\\t".to_owned(), "a\\tb".to_owned()));
        assert_eq!(of(b"\xff b", 2, 3), ("b".to_owned(), "\\xff b".to_owned()));
        assert_eq!(of("ü".as_bytes(), 1, 2), ("\\xbc".to_owned(), "\\xc3\\xbc".to_owned()));
        assert_eq!(of(b"ab", 7, 9), (String::new(), "ab".to_owned()));
        let long = [vec![b'x'; 5000], b"-all".to_vec(), vec![b'y'; 5000]].concat();
        let (meant, text) = of(&long, 5000, 5004);
        assert_eq!((meant.as_str(), text.chars().count()), ("-all", 1 + 256 + 4 + 256 + 1));
        assert_eq!(of(&long, 0, 2).0, "xx");
        assert_eq!(of(&long, 10_003, 10_004).0, "y");
        assert_eq!(of(&long, 0, 10_004).0.len(), 4096);
    }
}

//! Values that are lists themselves.

use super::{Tag, trimmed};
use crate::fault::excerpt;
use crate::{Fault, FaultClass, Span};

/// One item of a list inside a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// The item without the blanks around it; empty where two separators meet.
    pub octets: &'a [u8],
    /// Where it stands in the whole text.
    pub span: Span,
}

/// Splits the value at `span` of `text`: at `:` in DKIM (RFC 6376 section 3.6.1), at `,` in lists of addresses.
pub fn items(text: &[u8], span: Span, separator: u8) -> impl Iterator<Item = Item<'_>> {
    let mut start = span.start;
    span.of(text).split(move |&octet| octet == separator).map(move |piece| {
        let place = trimmed(text, Span::new(start, start + piece.len()));
        start += piece.len() + 1;
        Item { octets: place.of(text), span: place }
    })
}

/// A field that an RFC leaves room for and does not know: told as `kinds[0]`, and as `kinds[1]` when its value has what no
/// extension may have (RFC 8460 section 3, RFC 8461 section 3.1). Gives its name and value.
pub(crate) fn extension<K: FaultClass>(
    tag: &Tag<'_>,
    rfc: u16,
    [unknown, odd]: [K; 2],
    faults: &mut Vec<Fault<K>>,
) -> (String, String) {
    let message = format!("RFC {rfc} knows no field \"{}\": senders ignore it", excerpt(tag.name));
    faults.push(Fault::new(unknown, tag.span, message));
    if tag.value.iter().any(|octet| matches!(octet, b' ' | b'\t' | b'=')) {
        let message = "the value of an extension has neither blanks nor \"=\"";
        faults.push(Fault::new(odd, tag.value_span, message));
    }
    (String::from_utf8_lossy(tag.name).into_owned(), tag.text())
}

/// What stands before the first semicolon, without the blanks around it.
pub(crate) fn first(text: &[u8]) -> Span {
    let end = text.iter().position(|&octet| octet == b';').unwrap_or(text.len());
    trimmed(text, Span::new(0, end))
}

/// Says that a text does not begin as it must, where the version and the semicolon behind it are taken literally.
pub(crate) fn not_first(text: &[u8], version: &str) -> String {
    let found = text.strip_prefix(version.as_bytes());
    let instead = match found {
        Some([b' ' | b'\t', rest @ ..]) if rest.trim_ascii_start().starts_with(b";") => {
            "there is a blank before the semicolon".to_owned()
        }
        Some([]) => "there is no semicolon behind it".to_owned(),
        Some(_) => "something else than a semicolon follows".to_owned(),
        None => format!("it begins with \"{}\"", excerpt(first(text).of(text))),
    };
    format!("the text must begin with \"{version};\", but {instead}: senders discard it")
}

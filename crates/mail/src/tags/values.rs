//! Values that are lists themselves.

use super::trimmed;
use crate::Span;

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

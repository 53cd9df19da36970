//! Places in a text.

use std::ops::Range;

/// A range of octets in the text that was parsed, the first octet being 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first octet.
    pub start: usize,
    /// The octet after the last one. Equal to `start` where something is missing.
    pub end: usize,
}

impl Span {
    /// The octets from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// How many octets it covers.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers nothing: a place between octets.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The octets it covers; as many as there are where `text` is shorter.
    pub fn of(self, text: &[u8]) -> &[u8] {
        let end = self.end.min(text.len());
        text.get(self.start.min(end)..end).unwrap_or(&[])
    }

    /// This span, seen from a text in which ours starts at octet `offset`.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Self {
        Self { start: self.start.saturating_add(offset), end: self.end.saturating_add(offset) }
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_never_reaches_beyond_the_text() {
        assert_eq!(Span::new(1, 3).of(b"abcd"), b"bc");
        assert_eq!(Span::new(2, 9).of(b"abcd"), b"cd");
        assert_eq!(Span::new(7, 9).of(b"abcd"), b"");
        assert_eq!(Span::new(5, 2).len(), 0);
        assert_eq!(Span::new(1, 3).shifted(10), Span::new(11, 13));
    }
}

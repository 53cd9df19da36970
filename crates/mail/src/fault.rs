//! What is wrong in a text.

use crate::Span;

/// Something wrong in a text, with its place. `K` is the enum of kinds of the grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault<K> {
    /// Which rule of the grammar it breaks.
    pub kind: K,
    /// Where it stands.
    pub span: Span,
    /// What is wrong, in one line for a person, without a full stop.
    pub message: String,
}

/// How a reader of the text takes a kind of fault.
pub trait FaultClass: Copy {
    /// Whether a receiver refuses the whole text for it (a "permanent error", a policy that does not hold). Otherwise it
    /// ignores the part, or the part is only bad style.
    fn is_error(self) -> bool;
}

impl<K: FaultClass> Fault<K> {
    /// A fault of this kind at this place.
    pub fn new(kind: K, span: impl Into<Span>, message: impl Into<String>) -> Self {
        Self { kind, span: span.into(), message: message.into() }
    }

    /// Whether a receiver refuses the whole text for it.
    pub fn is_error(&self) -> bool {
        self.kind.is_error()
    }
}

/// A part of a text for a message: at most 60 octets, whatever is not printable ASCII as `\xHH`.
pub(crate) fn excerpt(octets: &[u8]) -> String {
    const LONGEST: usize = 60;
    let head = octets.get(..LONGEST.min(octets.len())).unwrap_or(&[]);
    let tail = if octets.len() > LONGEST { "…" } else { "" };
    format!("{}{tail}", head.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_short_and_printable() {
        assert_eq!(excerpt(b"include:a"), "include:a");
        assert_eq!(excerpt(b"a\tb\xff"), "a\\tb\\xff");
        assert_eq!(excerpt(&[b'x'; 1_000_000]).chars().count(), 61);
    }
}

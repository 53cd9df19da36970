//! What can be wrong in a tag-list.

use crate::FaultClass;

/// What is wrong in a tag-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// There is nothing but blanks.
    Empty,
    /// Nothing between two semicolons, or before the first.
    EmptyTag,
    /// No `=`: a comma in place of a semicolon, or no separator at all.
    NoEquals,
    /// Nothing before `=`.
    NoName,
    /// A name with a character that no name has.
    Name,
    /// Nothing behind `=`.
    NoValue,
    /// A control character, or octets that are not ASCII.
    Octet,
    /// The name stood already: RFC 6376 section 3.2 calls such a list invalid.
    Duplicate,
    /// Blanks before the first tag.
    LeadingBlank,
    /// Blanks behind the last tag.
    TrailingBlank,
    /// Blanks beside `=`.
    BlankAroundEquals,
}

impl FaultClass for FaultKind {
    /// By the letter of RFC 6376 section 3.2; DMARC, for one, is more lenient ([`crate::dmarc::FaultKind`]).
    fn is_error(self) -> bool {
        self != Self::TrailingBlank
    }
}

//! What can be wrong in an SPF record.

use crate::FaultClass;

/// Which rule of RFC 7208 a text breaks. The first group makes every receiver answer "permerror" (section 4.6); what
/// receivers only ignore, or take although it is unwise, comes after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// The text does not begin with `v=spf1` and a space or its end, so it is no SPF record (section 4.5).
    Version,
    /// An octet beyond US-ASCII (section 3.1).
    NotAscii,
    /// A tab, a line break or another control character: only spaces separate terms (section 4.6.1).
    Control,
    /// Two terms stand together without a space between them (section 4.6.1).
    Separator,
    /// A term that is neither a mechanism nor a modifier (section 4.6.1).
    UnknownMechanism,
    /// `include`, `exists`, `ip4`, `ip6`, `redirect=` or `exp=` without anything after it (section 12).
    MissingArgument,
    /// Something after a mechanism that takes nothing: `all:example.com` (section 5.1).
    UnexpectedArgument,
    /// A name that does not end in a label with a letter, or in a macro (section 7.1).
    Domain,
    /// No IPv4 or IPv6 address, or one of the other family (section 5.6).
    Address,
    /// A prefix length that is no number, out of range, or where none may be (sections 5.3 and 5.6).
    PrefixLength,
    /// A `%` that begins no macro, or a macro that is not closed or not known (section 7.1).
    Macro,
    /// The macros `c`, `r` and `t` outside an explanation text (section 7.2).
    ExplanationMacro,
    /// A second `redirect` or `exp` (section 6).
    ModifierTwice,

    /// A modifier that no RFC defines: ignored (section 6).
    UnknownModifier,
    /// `redirect` beside `all`: ignored (section 6.1).
    RedirectIgnored,
    /// A mechanism after `all`: never looked at (section 5.1).
    AfterAll,
    /// The same mechanism as before: it cannot match, and may cost a lookup.
    Duplicate,
    /// `ptr`: it should not be published (section 5.5).
    Ptr,
    /// The macro `p`: it should not be used (section 7.2).
    PointerMacro,
    /// Bits of the address below its prefix length are set: they are ignored (section 5.6).
    HostBits,
    /// Neither `all` nor `redirect` ends the record, so that the result is "neutral" (section 4.7).
    NoAll,
}

impl FaultClass for FaultKind {
    /// Whether the result of a check is "permerror"; for [`FaultKind::Version`] it is as if the text were not there.
    fn is_error(self) -> bool {
        self < Self::UnknownModifier
    }
}

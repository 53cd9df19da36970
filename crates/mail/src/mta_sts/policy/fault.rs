//! What can be wrong in a policy file.

use crate::FaultClass;

/// What is wrong in a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// A byte order mark before the first key, which senders take for a part of it.
    ByteOrderMark,
    /// An octet 0.
    Nul,
    /// A CR without an LF behind it: lines end with LF or CR LF.
    CarriageReturn,
    /// Another control character, or octets that are not UTF-8.
    Character,
    /// A line with nothing in it, before the end.
    EmptyLine,
    /// A line without a colon.
    NoColon,
    /// Blanks before a key, or between it and the colon.
    Blank,
    /// A key with a character that no key has.
    Key,
    /// A key that RFC 8461 does not know: ignored.
    UnknownKey,
    /// A key that stood already: the first one counts (RFC 8461 section 3.2).
    Duplicate,
    /// There is no `version`.
    VersionMissing,
    /// `version` is not `STSv1`.
    Version,
    /// There is no `mode`.
    ModeMissing,
    /// `mode` is none of `enforce`, `testing` and `none`.
    Mode,
    /// There is no `max_age`.
    MaxAgeMissing,
    /// `max_age` is not a whole number of seconds up to 31557600.
    MaxAge,
    /// There is no `mx`, and the mode is not `none`.
    MxMissing,
    /// An `mx` that is no pattern.
    Mx,
    /// The same `mx` stands twice.
    MxTwice,
    /// More than 64 kB: senders need not read on (RFC 8461 section 3.3).
    Long,
}

impl FaultClass for FaultKind {
    /// Whether senders refuse the policy, or a part of it that matters.
    fn is_error(self) -> bool {
        !matches!(self, Self::UnknownKey | Self::Duplicate | Self::MxTwice | Self::EmptyLine)
    }
}

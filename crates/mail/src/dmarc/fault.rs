//! What can be wrong in a DMARC record.

use crate::report_uri::UriFaultKind;
use crate::{FaultClass, tags};

/// What is wrong in a DMARC record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The tag-list (RFC 6376 section 3.2, RFC 9989 section 4.8).
    Tag(tags::FaultKind),
    /// `v` is missing, or something else than `DMARC1`, written exactly so: nobody takes the text for DMARC.
    Version,
    /// `v` is not the first tag: nobody takes the text for DMARC.
    VersionNotFirst,
    /// Something else than a semicolon stands behind `v=DMARC1`: nobody takes the text for DMARC.
    Separator,
    /// A known tag stands in the value of another one: a semicolon is missing, or a comma is in its place. It is told instead
    /// of whatever else is wrong with that value.
    Glued,
    /// There is no `p`: as if it said `none` (RFC 9989 section 4.7); RFC 7489 section 6.6.3 wants it.
    PolicyMissing,
    /// `p` is no policy: as if it said `none`, or no DMARC at all without `rua` (RFC 9989 section 4.10.1).
    Policy,
    /// `sp` or `np` is no policy, with the same consequence.
    SubdomainPolicy,
    /// `p` does not follow `v`, which RFC 7489 section 6.3 demands and RFC 9989 does not.
    PolicyNotSecond,
    /// `adkim` or `aspf` is neither `r` nor `s`: as if it said `r`.
    Alignment,
    /// `fo` has something else than 0, 1, d and s: as if it said 0.
    FailureOptions,
    /// `fo` has both 0 and 1.
    FailureOptionsBoth,
    /// `fo` without `ruf`: ignored.
    FailureOptionsUnused,
    /// `t` is neither `y` nor `n`: as if it said `n`.
    Test,
    /// `psd` is none of `y`, `n` and `u`: as if it said `u`.
    PublicSuffix,
    /// A URI that no report can be sent to: it is left out.
    Uri(UriFaultKind),
    /// A URI that is neither `mailto` nor `https`: receivers ignore schemes that they do not know.
    UriScheme,
    /// A size behind a URI (`!10m`), which RFC 9989 made obsolete.
    UriSize,
    /// More than two URIs: receivers need not send to more (RFC 7489 section 6.2).
    UriCount,
    /// `pct`, `rf` or `ri`, which RFC 9989 removed and RFC 7489 receivers read.
    Removed,
    /// A removed tag whose value was never valid.
    RemovedValue,
    /// A tag that DMARC does not know: ignored.
    UnknownTag,
    /// Upper case where lower case is written.
    Case,
}

impl FaultClass for FaultKind {
    /// Whether receivers refuse the record, or take less from it than it asks for.
    fn is_error(self) -> bool {
        match self {
            // Whatever else is wrong in the list is passed over (RFC 9989 section 4.7).
            Self::Tag(kind) => {
                use tags::FaultKind as Tag;
                matches!(
                    kind,
                    Tag::Empty
                        | Tag::LeadingBlank
                        | Tag::Duplicate
                        | Tag::NoEquals
                        | Tag::NoName
                        | Tag::NoValue
                )
            }
            Self::Version
            | Self::VersionNotFirst
            | Self::Separator
            | Self::Glued
            | Self::Policy
            | Self::SubdomainPolicy
            | Self::Alignment
            | Self::FailureOptions
            | Self::Test
            | Self::PublicSuffix
            | Self::Uri(_) => true,
            Self::PolicyMissing
            | Self::PolicyNotSecond
            | Self::FailureOptionsBoth
            | Self::FailureOptionsUnused
            | Self::UriScheme
            | Self::UriSize
            | Self::UriCount
            | Self::Removed
            | Self::RemovedValue
            | Self::UnknownTag
            | Self::Case => false,
        }
    }
}

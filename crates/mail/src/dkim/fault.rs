//! What can be wrong in a DKIM key record.

use crate::{FaultClass, tags};

/// What is wrong in a DKIM key record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The tag-list (RFC 6376 section 3.2).
    Tag(tags::FaultKind),
    /// `v` is something else than `DKIM1`: the record is discarded (RFC 6376 section 3.6.1).
    Version,
    /// `v` is not the first tag (RFC 6376 section 3.6.1).
    VersionNotFirst,
    /// There is no `p`, the only tag that must be there.
    NoPublicKey,
    /// `p` is not base64.
    Base64,
    /// `p` lacks the `=` at its end. The grammar of RFC 6376 section 2.10 allows it; not every reader does.
    Unpadded,
    /// `p` is base64 with blanks inside. RFC 6376 allows it; not every reader does.
    BlankInKey,
    /// `p` is not a key in the form that `k` asks for.
    KeyForm,
    /// `p` is a key of another algorithm than `k` says.
    KeyAlgorithm,
    /// `k` is neither `rsa` nor `ed25519`: verifiers ignore the record.
    KeyType,
    /// An RSA key of less than 1024 bits: verifiers must not accept it (RFC 8301 section 3.2).
    RsaWeak,
    /// An RSA key of 1024 bits or more, but less than 2048 (RFC 8301 section 3.2).
    RsaShort,
    /// An RSA key of more than 4096 bits: verifiers need not be able to use it (RFC 8301 section 3.2).
    RsaLong,
    /// An RSA exponent that is even or 1.
    RsaExponent,
    /// An RSA key without the algorithm around it (RSAPublicKey): by the letter of RFC 6376 section 3.6.1, but OpenDKIM and
    /// others read a SubjectPublicKeyInfo, as its erratum 3017 and RFC 8463 section 4.2 describe.
    RsaBare,
    /// An Ed25519 key that does not have 32 octets (RFC 8463 section 4.2).
    Ed25519Length,
    /// `h` names no hash that a verifier may use: only `sha1`, or none that is known (RFC 8301 section 3.1).
    NoUsableHash,
    /// `h` allows `sha1`, too (RFC 8301 section 3.1).
    Sha1,
    /// An unknown hash in `h`: ignored.
    Hash,
    /// `s` does not include e-mail.
    NotForEmail,
    /// An unknown service in `s`: ignored.
    Service,
    /// An unknown flag in `t`: ignored.
    Flag,
    /// Nothing between two colons of a list.
    EmptyItem,
    /// `g`, which RFC 6376 removed: ignored, but old verifiers refuse a key for it.
    Granularity,
    /// A tag that the RFC does not know: ignored.
    UnknownTag,
    /// Upper case in a value that is written in lower case.
    Case,
}

impl FaultClass for FaultKind {
    /// Whether a verifier cannot use the key.
    fn is_error(self) -> bool {
        match self {
            Self::Tag(kind) => kind.is_error(),
            Self::Version
            | Self::VersionNotFirst
            | Self::NoPublicKey
            | Self::Base64
            | Self::KeyForm
            | Self::KeyAlgorithm
            | Self::KeyType
            | Self::RsaWeak
            | Self::RsaExponent
            | Self::Ed25519Length
            | Self::NoUsableHash
            | Self::NotForEmail => true,
            Self::Unpadded
            | Self::BlankInKey
            | Self::RsaShort
            | Self::RsaLong
            | Self::RsaBare
            | Self::Sha1
            | Self::Hash
            | Self::Service
            | Self::Flag
            | Self::EmptyItem
            | Self::Granularity
            | Self::UnknownTag
            | Self::Case => false,
        }
    }
}

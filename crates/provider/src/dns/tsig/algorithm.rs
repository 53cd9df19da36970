//! The keyed hashes of TSIG.

use std::fmt;
use std::str::FromStr;

use hickory_proto::rr::rdata::tsig::TsigAlgorithm;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::error::{Error, ErrorKind};

/// An algorithm of RFC 8945 section 6, always with its whole MAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `hmac-sha1`: not recommended, but in wide use.
    HmacSha1,
    /// `hmac-sha224`.
    HmacSha224,
    /// `hmac-sha256`: recommended.
    HmacSha256,
    /// `hmac-sha384`.
    HmacSha384,
    /// `hmac-sha512`.
    HmacSha512,
}

impl Algorithm {
    /// All of them, the weakest first.
    pub const ALL: [Self; 5] =
        [Self::HmacSha1, Self::HmacSha224, Self::HmacSha256, Self::HmacSha384, Self::HmacSha512];

    /// The name, as in configuration files and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "hmac-sha1",
            Self::HmacSha224 => "hmac-sha224",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha512 => "hmac-sha512",
        }
    }

    /// The length of its MAC in octets.
    #[must_use]
    pub const fn mac_len(self) -> usize {
        match self {
            Self::HmacSha1 => 20,
            Self::HmacSha224 => 28,
            Self::HmacSha256 => 32,
            Self::HmacSha384 => 48,
            Self::HmacSha512 => 64,
        }
    }

    pub(super) const fn on_the_wire(self) -> TsigAlgorithm {
        match self {
            Self::HmacSha1 => TsigAlgorithm::HmacSha1,
            Self::HmacSha224 => TsigAlgorithm::HmacSha224,
            Self::HmacSha256 => TsigAlgorithm::HmacSha256,
            Self::HmacSha384 => TsigAlgorithm::HmacSha384,
            Self::HmacSha512 => TsigAlgorithm::HmacSha512,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    /// Reads a name in any case, with or without a dot at its end.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for anything else; MD5 gets a word of its own, since it must not be used any more.
    fn from_str(text: &str) -> Result<Self, Error> {
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if let Some(found) = Self::ALL.into_iter().find(|algorithm| algorithm.name() == name) {
            return Ok(found);
        }
        let (message, hint) = match name.as_str() {
            "hmac-md5" | "hmac-md5.sig-alg.reg.int" => (
                "hmac-md5 is broken and must not be used (RFC 8945 section 6)".to_owned(),
                "make a new key on the server: tsig-keygen -a hmac-sha256 NAME, or keymgr -t NAME hmac-sha256",
            ),
            "gss-tsig" => (
                "gss-tsig (Kerberos) is not supported".to_owned(),
                "give this client a key with a shared secret, hmac-sha256 for instance",
            ),
            _ => (
                format!("\"{text}\" is not a TSIG algorithm"),
                "write hmac-sha1, hmac-sha224, hmac-sha256, hmac-sha384 or hmac-sha512, as the server has it for this key",
            ),
        };
        Err(Error::new(ErrorKind::Config, message).with_hint(hint))
    }
}

/// A keyed hash under way.
#[derive(Clone)]
pub(super) enum Digest {
    Sha1(Hmac<Sha1>),
    Sha224(Hmac<Sha224>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

macro_rules! each {
    ($digest:expr, $mac:ident => $result:expr) => {
        match $digest {
            Digest::Sha1($mac) => $result,
            Digest::Sha224($mac) => $result,
            Digest::Sha256($mac) => $result,
            Digest::Sha384($mac) => $result,
            Digest::Sha512($mac) => $result,
        }
    };
}

impl Digest {
    /// HMAC takes a secret of any length; `None` is never seen.
    pub(super) fn new(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        Some(match algorithm {
            Algorithm::HmacSha1 => Self::Sha1(Hmac::new_from_slice(secret).ok()?),
            Algorithm::HmacSha224 => Self::Sha224(Hmac::new_from_slice(secret).ok()?),
            Algorithm::HmacSha256 => Self::Sha256(Hmac::new_from_slice(secret).ok()?),
            Algorithm::HmacSha384 => Self::Sha384(Hmac::new_from_slice(secret).ok()?),
            Algorithm::HmacSha512 => Self::Sha512(Hmac::new_from_slice(secret).ok()?),
        })
    }

    pub(super) fn update(&mut self, octets: &[u8]) {
        each!(self, mac => mac.update(octets));
    }

    pub(super) fn finish(self) -> Vec<u8> {
        each!(self, mac => mac.finalize().into_bytes().to_vec())
    }

    /// Whether `expected` is the whole MAC; takes the same time whatever the answer.
    pub(super) fn is(self, expected: &[u8]) -> bool {
        each!(self, mac => mac.verify_slice(expected).is_ok())
    }
}

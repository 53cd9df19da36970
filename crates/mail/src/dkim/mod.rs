//! DKIM key records: the TXT at `SELECTOR._domainkey.DOMAIN` (RFC 6376 section 3.6, RFC 8301, RFC 8463).

mod fault;
mod parse;
mod pem;
mod public;
mod write;

pub use fault::FaultKind;
pub use parse::{Parsed, parse};
pub use pem::{PemError, public_from_pem};

use data_encoding::BASE64;

/// A key as a record publishes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What `k` says.
    pub key_type: KeyType,
    /// What the octets are.
    pub algorithm: Algorithm,
    /// The hashes that `h` allows; `None` when there is no `h`, and all are allowed.
    pub hashes: Option<Vec<Hash>>,
    /// The services that `s` allows; `None` when there is no `s` and the key is for all.
    pub services: Option<Vec<Service>>,
    /// Whether the flag `y` says that the domain tests DKIM: verifiers treat the mail as if it were not signed.
    pub test: bool,
    /// Whether the flag `s` wants the domain of `i=` to be that of `d=`, not below it.
    pub strict: bool,
    /// A note for people, as it is written (quoted-printable, RFC 6376 section 3.6.1).
    pub notes: Option<String>,
    /// The key's octets: a SubjectPublicKeyInfo (RFC 5280 section 4.1) or an RSAPublicKey (RFC 8017 appendix A.1.1) for RSA,
    /// the 32 octets themselves for Ed25519. Empty when the key is revoked.
    pub public: Vec<u8>,
}

impl Key {
    /// A key for e-mail with the usual settings.
    fn new(algorithm: Algorithm, public: Vec<u8>) -> Self {
        let key_type = if algorithm == Algorithm::Ed25519 { KeyType::Ed25519 } else { KeyType::Rsa };
        Self {
            key_type,
            algorithm,
            hashes: None,
            services: None,
            test: false,
            strict: false,
            notes: None,
            public,
        }
    }

    /// Whether `p` is empty: the key is not valid any more (RFC 6376 section 3.6.1).
    pub fn revoked(&self) -> bool {
        self.public.is_empty()
    }

    /// The key in base64, as it stands behind `p=`.
    pub fn public_text(&self) -> String {
        BASE64.encode(&self.public)
    }

    /// Whether both publish the same key, whatever else the records say and whether or not the algorithm stands around it.
    pub fn same_key(&self, other: &Self) -> bool {
        let bare = |key: &Self| public::rsa_numbers(&key.public).unwrap_or_else(|| key.public.clone());
        !self.revoked() && bare(self) == bare(other)
    }
}

/// What `k` says; `rsa` when it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyType {
    /// `rsa` (RFC 6376 section 3.3).
    Rsa,
    /// `ed25519` (RFC 8463).
    Ed25519,
    /// Something that no RFC knows.
    Other(String),
}

/// What the octets of a key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// An RSA key.
    Rsa {
        /// The length of its modulus in bits.
        bits: usize,
        /// Its exponent; [`u64::MAX`] where it is larger than that.
        exponent: u64,
    },
    /// An Ed25519 key of 32 octets.
    Ed25519,
    /// Nothing that could be read, or a key that is revoked.
    Unknown,
}

/// A hash that a signature may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hash {
    /// `sha1`, which verifiers must not accept (RFC 8301 section 3.1).
    Sha1,
    /// `sha256`.
    Sha256,
    /// One that no RFC knows.
    Other(String),
}

/// A service that a key is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// `*`: all.
    All,
    /// `email`.
    Email,
    /// One that no RFC knows.
    Other(String),
}

#[cfg(test)]
mod tests;

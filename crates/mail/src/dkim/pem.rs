//! Public keys from files.

use super::{Algorithm, Key, public};
use crate::blocks::{blocks, labels};
use crate::der::{Der, DerError, OBJECT_IDENTIFIER, OCTET_STRING, OID_ED25519, OID_RSA};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

/// Why a file gives no key for DKIM.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// There is no block between `-----BEGIN` and `-----END`, or one that cannot be read.
    #[error("the file is not PEM: {0}")]
    Pem(String),
    /// There are blocks, but none is a key.
    #[error("the file has no key, only: {}", .0.join(", "))]
    NoKey(Vec<String>),
    /// There are several keys.
    #[error("the file has {0} different keys: keep one in a file")]
    Several(usize),
    /// The private key has a passphrase.
    #[error(
        "the private key is encrypted: give its public key, as `openssl pkey -in FILE -pubout` writes it"
    )]
    Encrypted,
    /// The key is of an algorithm that DKIM does not know.
    #[error("the key is neither an RSA nor an Ed25519 key, the only ones of DKIM")]
    Algorithm,
    /// The block's octets are not a key.
    #[error("the block \"{label}\" is not a key: {reason}")]
    Octets {
        /// What stands behind BEGIN.
        label: String,
        /// What is wrong.
        reason: String,
    },
}

/// The key that belongs to a PEM file with a private key (PKCS #1, PKCS #8) or a public one (SubjectPublicKeyInfo, PKCS #1),
/// ready to be written as a record. What else stands in the file, such as certificates, does not matter.
///
/// # Errors
/// A file without a key, with several, or with one that DKIM cannot use.
pub fn public_from_pem(text: &str) -> Result<Key, PemError> {
    let blocks = blocks(text).map_err(PemError::Pem)?;
    let mut keys: Vec<Key> = Vec::new();
    let mut others = Vec::new();
    for block in blocks {
        let label = block.tag().to_owned();
        let encrypted = block.headers().iter().any(|(name, _)| name == "DEK-Info");
        // Whatever the block is, its octets are wiped when they are not needed any more.
        let octets = Zeroizing::new(block.into_contents());
        if encrypted || label == "ENCRYPTED PRIVATE KEY" {
            return Err(PemError::Encrypted);
        }
        let read: fn(&[u8]) -> Result<Option<Key>, DerError> = match &*label {
            "RSA PRIVATE KEY" => |octets| pkcs1_private(octets).map(Some),
            "PRIVATE KEY" => pkcs8,
            "PUBLIC KEY" => public_info,
            "RSA PUBLIC KEY" => |octets| public::rsa(octets).map(|(n, e)| Some(rsa_key(n, e))),
            "EC PRIVATE KEY" | "DSA PRIVATE KEY" => return Err(PemError::Algorithm),
            _ => {
                others.push(label);
                continue;
            }
        };
        let key = read(&octets).map_err(|error| PemError::Octets { label, reason: error.to_string() })?;
        let key = key.ok_or(PemError::Algorithm)?;
        // A private key and its own public key are one.
        if !keys.iter().any(|known| known.public == key.public) {
            keys.push(key);
        }
    }
    match (keys.len(), keys.pop()) {
        (1, Some(key)) => Ok(key),
        (0, _) | (_, None) => Err(PemError::NoKey(labels(others.iter().map(String::as_str)))),
        (count, _) => Err(PemError::Several(count)),
    }
}

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Key {
    Key::new(public::strength(modulus, exponent), public::rsa_info(modulus, exponent))
}

/// RSAPrivateKey (RFC 8017 appendix A.1.2): a version, the modulus, the exponent, and what must stay secret.
fn pkcs1_private(octets: &[u8]) -> Result<Key, DerError> {
    let mut body = Der(octets).sequence()?;
    body.number()?;
    Ok(rsa_key(body.number()?, body.number()?))
}

/// OneAsymmetricKey (RFC 5958 section 2).
fn pkcs8(octets: &[u8]) -> Result<Option<Key>, DerError> {
    let mut body = Der(octets).sequence()?;
    body.number()?;
    let identifier = body.sequence()?.next(OBJECT_IDENTIFIER)?;
    let private = body.next(OCTET_STRING)?;
    Ok(match identifier {
        OID_RSA => Some(pkcs1_private(private)?),
        OID_ED25519 => {
            // RFC 8410 section 7: the seed in an octet string of its own.
            let seed = Der(private).next(OCTET_STRING)?;
            let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| DerError::Length)?;
            Some(Key::new(Algorithm::Ed25519, pair.public_key().as_ref().to_vec()))
        }
        _ => None,
    })
}

fn public_info(octets: &[u8]) -> Result<Option<Key>, DerError> {
    match public::read(octets) {
        public::Read::Rsa { algorithm, bare: false } => Ok(Some(Key::new(algorithm, octets.to_vec()))),
        public::Read::Ed25519(key) if key.len() == 32 => Ok(Some(Key::new(Algorithm::Ed25519, key))),
        public::Read::Ed25519(_) => Err(DerError::Length),
        public::Read::Rsa { .. } | public::Read::Other => Ok(None),
        public::Read::Nothing(error) => Err(error),
    }
}

//! The octets of a public key.

use super::{Algorithm, FaultKind};
use crate::der::{
    BIT_STRING, Der, DerError, NULL, OBJECT_IDENTIFIER, OID_ED25519, OID_RSA, SEQUENCE, element, number,
};

/// A key of a SubjectPublicKeyInfo: the object identifier of its algorithm, and its octets.
struct Info<'a> {
    algorithm: &'a [u8],
    key: &'a [u8],
}

/// Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1).
fn info(octets: &[u8]) -> Result<Info<'_>, DerError> {
    let mut outer = Der(octets);
    let mut body = outer.sequence()?;
    let mut algorithm = body.sequence()?;
    let identifier = algorithm.next(OBJECT_IDENTIFIER)?;
    // RFC 3279 section 2.3.1 wants a null behind rsaEncryption, RFC 8410 section 3 nothing behind id-Ed25519; some software
    // leaves the null out, and OpenSSL reads that.
    if !algorithm.0.is_empty() && identifier == OID_RSA {
        algorithm.next(NULL)?;
    }
    if matches!(identifier, OID_RSA | OID_ED25519) {
        algorithm.end()?;
    }
    let bits = body.next(BIT_STRING)?;
    body.end()?;
    outer.end()?;
    // The first octet says how many bits at the end do not count; a key is made of whole octets.
    let Some((0, key)) = bits.split_first() else { return Err(DerError::Length) };
    Ok(Info { algorithm: identifier, key })
}

/// The modulus and the exponent of an RSAPublicKey (RFC 8017 appendix A.1.1).
pub(super) fn rsa(octets: &[u8]) -> Result<(&[u8], &[u8]), DerError> {
    let mut outer = Der(octets);
    let mut body = outer.sequence()?;
    let (modulus, exponent) = (body.number()?, body.number()?);
    body.end()?;
    outer.end()?;
    Ok((modulus, exponent))
}

/// The RSAPublicKey in either form of an RSA key.
pub(super) fn rsa_numbers(octets: &[u8]) -> Option<Vec<u8>> {
    let bare = match info(octets) {
        Ok(Info { algorithm: OID_RSA, key }) => key,
        _ => octets,
    };
    rsa(bare).ok().map(|_| bare.to_vec())
}

/// A SubjectPublicKeyInfo of an RSA key.
pub(super) fn rsa_info(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = element(SEQUENCE, &[number(modulus), number(exponent)].concat());
    let algorithm = element(SEQUENCE, &[element(OBJECT_IDENTIFIER, OID_RSA), element(NULL, &[])].concat());
    let bits = element(BIT_STRING, &[&[0], &*key].concat());
    element(SEQUENCE, &[algorithm, bits].concat())
}

/// A key that was read, or what it is instead.
pub(super) enum Read {
    /// An RSA key; `bare` when it stands without its algorithm.
    Rsa { algorithm: Algorithm, bare: bool },
    /// The 32 octets of an Ed25519 key in a SubjectPublicKeyInfo.
    Ed25519(Vec<u8>),
    /// A key of another algorithm.
    Other,
    /// No key.
    Nothing(DerError),
}

/// Finds out what octets are.
pub(super) fn read(octets: &[u8]) -> Read {
    let (bare, key) = match info(octets) {
        Ok(Info { algorithm: OID_RSA, key }) => (false, key),
        Ok(Info { algorithm: OID_ED25519, key }) => return Read::Ed25519(key.to_vec()),
        Ok(_) => return Read::Other,
        // A number where the algorithm belongs: an RSAPublicKey.
        Err(DerError::Tag { expected: SEQUENCE, found: crate::der::INTEGER }) => (true, octets),
        Err(error) => return Read::Nothing(error),
    };
    match rsa(key) {
        Ok((modulus, exponent)) => Read::Rsa { algorithm: strength(modulus, exponent), bare },
        Err(error) => Read::Nothing(error),
    }
}

/// The strength of an RSA key.
pub(super) fn strength(modulus: &[u8], exponent: &[u8]) -> Algorithm {
    let zeros = modulus.first().map_or(0, |first| first.leading_zeros());
    let bits = (modulus.len() * 8).saturating_sub(usize::try_from(zeros).unwrap_or(0));
    let exponent = if exponent.len() > 8 {
        u64::MAX
    } else {
        exponent.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet))
    };
    Algorithm::Rsa { bits, exponent }
}

/// What RFC 8301 section 3.2 and arithmetic say of an RSA key.
pub(super) fn weaknesses(bits: usize, exponent: u64) -> Vec<(FaultKind, String)> {
    let mut found = Vec::new();
    let mut tell = |kind, message: String| found.push((kind, message));
    match bits {
        ..1024 => tell(
            FaultKind::RsaWeak,
            format!(
                "the RSA key has {bits} bits: verifiers must not accept less than 1024 (RFC 8301 section 3.2)"
            ),
        ),
        1024..2048 => tell(
            FaultKind::RsaShort,
            format!("the RSA key has {bits} bits: 2048 or more are wanted (RFC 8301 section 3.2)"),
        ),
        4097.. => tell(
            FaultKind::RsaLong,
            format!(
                "the RSA key has {bits} bits: not every verifier can use more than 4096 (RFC 8301 section 3.2)"
            ),
        ),
        2048..=4096 => {}
    }
    // An exponent above 64 bits is known by its size only.
    if exponent != u64::MAX && (exponent < 3 || exponent.is_multiple_of(2)) {
        tell(FaultKind::RsaExponent, format!("{exponent} is no exponent of an RSA key; 65537 is usual"));
    }
    found
}

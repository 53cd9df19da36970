//! What a certificate says.

use crate::blocks::{blocks, labels};
use dnsctl_zone::Name;
use x509_parser::prelude::{FromDer as _, GeneralName, SubjectPublicKeyInfo, X509Certificate};
use x509_parser::public_key::PublicKey as Parsed;

/// A certificate (RFC 5280).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The whole certificate in DER.
    pub der: Vec<u8>,
    /// Its SubjectPublicKeyInfo in DER.
    pub public_key_info: Vec<u8>,
    /// Its public key.
    pub public_key: PublicKey,
    /// The DNS names among its alternative names, as they are written.
    pub dns_names: Vec<String>,
    /// The common name of its subject, which counts only where there are no DNS names (RFC 7672 section 3.2.3), and for nothing
    /// but DANE.
    pub common_name: Option<String>,
    /// Its subject, for a person.
    pub subject: String,
    /// Its issuer, for a person.
    pub issuer: String,
    /// From when it is valid, in seconds since 1970 (UTC).
    pub not_before: i64,
    /// Until when it is valid, in seconds since 1970 (UTC).
    pub not_after: i64,
    /// By which algorithm it is signed: the object identifier.
    pub signature: String,
    /// Whether it may sign others (basicConstraints).
    pub is_authority: bool,
    /// Whether its issuer has the name of its subject.
    pub self_issued: bool,
}

/// The public key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA.
    Rsa {
        /// The length of its modulus.
        bits: usize,
    },
    /// A key on an elliptic curve.
    Ec {
        /// The size of the curve's field.
        bits: usize,
    },
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// Another one: its object identifier.
    Other(String),
}

/// Why there is no certificate, or no record about one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The octets are not a certificate.
    #[error("it is not a certificate in DER: {0}")]
    Der(String),
    /// Octets follow the certificate.
    #[error("{0} octets follow the certificate")]
    Trailing(usize),
    /// The text is not PEM.
    #[error("the file is not PEM: {0}")]
    Pem(String),
    /// The blocks of the file are other things.
    #[error("the file has no certificate, only: {}", .0.join(", "))]
    NoCertificate(Vec<String>),
    /// No certificate of the file is an authority.
    #[error("no certificate in the file is an authority (CA:TRUE), which TLSA usage 2 is about")]
    NoAuthority,
    /// There is only a public key.
    #[error("a public key alone does not tell whether it is an authority's, which TLSA usage 2 is about")]
    BareKey,
    /// There is no such record.
    #[error("there is no TLSA record with \"{0}\", or the certificate is too large for it")]
    Params(String),
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// Octets that are not exactly one certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, read) =
            X509Certificate::from_der(der).map_err(|error| CertificateError::Der(error.to_string()))?;
        if !rest.is_empty() {
            return Err(CertificateError::Trailing(rest.len()));
        }
        let names = read.subject_alternative_name().ok().flatten();
        let dns_names = names.map_or_else(Vec::new, |extension| {
            let names = extension.value.general_names.iter();
            names
                .filter_map(
                    |name| if let GeneralName::DNSName(dns) = name { Some((*dns).to_owned()) } else { None },
                )
                .collect()
        });
        let common_name = read.subject().iter_common_name().last().and_then(|name| name.as_str().ok());
        let authority =
            read.basic_constraints().ok().flatten().is_some_and(|constraints| constraints.value.ca);
        Ok(Self {
            public_key_info: read.public_key().raw.to_vec(),
            public_key: public_key(&read),
            dns_names,
            common_name: common_name.map(str::to_owned),
            subject: read.subject().to_string(),
            issuer: read.issuer().to_string(),
            not_before: read.validity().not_before.timestamp(),
            not_after: read.validity().not_after.timestamp(),
            signature: read.signature_algorithm.algorithm.to_id_string(),
            is_authority: authority,
            self_issued: read.subject().as_raw() == read.issuer().as_raw(),
            der: der.to_vec(),
        })
    }

    /// Reads the certificates of a PEM file in their order; other blocks, such as a private key, are passed over.
    ///
    /// # Errors
    /// A file without a certificate, or with one that cannot be read.
    pub fn from_pem(text: &str) -> Result<Vec<Self>, CertificateError> {
        let blocks = blocks(text).map_err(CertificateError::Pem)?;
        let is_certificate = |block: &&pem::Pem| matches!(block.tag(), "CERTIFICATE" | "X509 CERTIFICATE");
        let found: Vec<_> = blocks.iter().filter(is_certificate).collect();
        if found.is_empty() {
            return Err(CertificateError::NoCertificate(labels(blocks.iter().map(pem::Pem::tag))));
        }
        found.into_iter().map(|block| Self::from_der(block.contents())).collect()
    }

    /// Whether one of its DNS names is this name; `*` stands for exactly one label (RFC 6125 section 6.4.3, RFC 7672 section
    /// 3.2.3).
    pub fn covers(&self, name: &Name) -> bool {
        self.dns_names.iter().any(|pattern| covers(pattern, name))
    }

    /// Whether its common name is this name. It counts only where there are no DNS names (RFC 7672 section 3.2.3).
    pub fn common_name_covers(&self, name: &Name) -> bool {
        self.dns_names.is_empty() && self.common_name.as_ref().is_some_and(|pattern| covers(pattern, name))
    }

    /// The hash of its signature, when others can make a second certificate for it (RFC 6194, RFC 6151).
    pub fn weak_signature(&self) -> Option<&'static str> {
        match &*self.signature {
            "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" => Some("SHA-1"),
            "1.2.840.113549.1.1.2" => Some("MD2"),
            "1.2.840.113549.1.1.4" => Some("MD5"),
            _ => None,
        }
    }
}

/// The first public key of a PEM file, in DER.
pub(super) fn public_key_from_pem(text: &str) -> Option<Vec<u8>> {
    let block = pem::parse_many(text).ok()?.into_iter().find(|block| block.tag() == "PUBLIC KEY")?;
    let (rest, _) = SubjectPublicKeyInfo::from_der(block.contents()).ok()?;
    rest.is_empty().then(|| block.contents().to_vec())
}

fn covers(pattern: &str, name: &Name) -> bool {
    let (wildcard, host) = match pattern.strip_prefix("*.") {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let Ok(host) = Name::absolute(host) else { return false };
    if host.is_root() || host.is_wildcard() {
        return false;
    }
    if wildcard { name.parent().as_ref() == Some(&host) } else { host == *name }
}

fn public_key(certificate: &X509Certificate<'_>) -> PublicKey {
    let info = certificate.public_key();
    let identifier = info.algorithm.algorithm.to_id_string();
    match (&*identifier, info.parsed()) {
        ("1.3.101.112", _) => PublicKey::Ed25519,
        ("1.3.101.113", _) => PublicKey::Ed448,
        (_, Ok(Parsed::RSA(key))) => {
            let modulus =
                key.modulus.iter().position(|octet| *octet != 0).and_then(|at| key.modulus.get(at..));
            let bits = modulus.map_or(0, |octets| {
                let zeros = octets.first().map_or(0, |octet| octet.leading_zeros());
                (octets.len() * 8).saturating_sub(usize::try_from(zeros).unwrap_or(0))
            });
            PublicKey::Rsa { bits }
        }
        (_, Ok(Parsed::EC(_))) => PublicKey::Ec { bits: curve_bits(certificate) },
        _ => PublicKey::Other(identifier),
    }
}

/// The size of a named curve (RFC 5480 section 2.1.1.1, RFC 5639); else that of the point's coordinates.
fn curve_bits(certificate: &X509Certificate<'_>) -> usize {
    let info = certificate.public_key();
    let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
    match curve.map(|oid| oid.to_id_string()).as_deref() {
        Some("1.2.840.10045.3.1.1") => 192,
        Some("1.2.840.10045.3.1.7" | "1.3.132.0.10" | "1.3.36.3.3.2.8.1.1.7") => 256,
        Some("1.3.132.0.33") => 224,
        Some("1.3.132.0.34" | "1.3.36.3.3.2.8.1.1.11") => 384,
        Some("1.3.132.0.35") => 521,
        _ => info.subject_public_key.data.len().saturating_sub(1) / 2 * 8,
    }
}

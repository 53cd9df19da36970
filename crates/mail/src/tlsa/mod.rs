//! TLSA records for mail servers (DANE: RFC 6698, RFC 7671, RFC 7672), and the certificates that they are about.

mod certificate;
mod check;

pub use certificate::{Certificate, CertificateError, PublicKey};
pub use check::{FaultKind, check, check_rdata};

use dnsctl_zone::{Name, NameError, Rdata, RecordType};
use sha2::{Digest as _, Sha256, Sha512};
use std::fmt;

/// The first three fields of a TLSA record (RFC 6698 section 2.1; the names are those of RFC 7218).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Params {
    /// What the certificate is to the server: 2, its authority (DANE-TA), or 3, its own (DANE-EE). 0 and 1 (PKIX) are not
    /// usable for mail (RFC 7672 section 3.1.3).
    pub usage: u8,
    /// What of the certificate counts: 0, all of it, or 1, its public key.
    pub selector: u8,
    /// How it is written: 0, as it is, 1, its SHA-256, or 2, its SHA-512.
    pub matching: u8,
}

impl Params {
    /// `3 1 1`, which RFC 7672 section 3.1.1 recommends.
    pub const KEY: Self = Self { usage: 3, selector: 1, matching: 1 };
    /// `2 1 1`, for servers whose authority keeps its key.
    pub const AUTHORITY_KEY: Self = Self { usage: 2, selector: 1, matching: 1 };
    /// `2 0 1`, which RFC 7672 section 3.1.2 recommends for an authority.
    pub const AUTHORITY: Self = Self { usage: 2, selector: 0, matching: 1 };

    /// The fields of a record; `None` for another type.
    pub fn of(rdata: &Rdata) -> Option<Self> {
        let [usage, selector, matching, ..] = rdata.octets() else { return None };
        (rdata.rtype() == RecordType::TLSA).then_some(Self {
            usage: *usage,
            selector: *selector,
            matching: *matching,
        })
    }

    /// What a record with these fields says of a certificate; `None` when the fields are unknown.
    pub fn association(self, certificate: &Certificate) -> Option<Vec<u8>> {
        let selected = match self.selector {
            0 => &certificate.der,
            1 => &certificate.public_key_info,
            _ => return None,
        };
        digest(self.matching, selected)
    }

    /// The record about a certificate; `None` when the fields are unknown, or the certificate is too large for a record.
    pub fn record(self, certificate: &Certificate) -> Option<Rdata> {
        self.with(&self.association(certificate)?)
    }

    /// The record about a public key in DER (SubjectPublicKeyInfo), which may be there before its certificate; `None` when the
    /// selector is not that of keys.
    pub fn record_of_key(self, public_key_info: &[u8]) -> Option<Rdata> {
        let data = digest(self.matching, public_key_info)?;
        if self.selector == 1 { self.with(&data) } else { None }
    }

    fn with(self, data: &[u8]) -> Option<Rdata> {
        let octets = [&[self.usage, self.selector, self.matching], data].concat();
        Rdata::from_wire(RecordType::TLSA, &octets).ok()
    }
}

impl fmt::Display for Params {
    /// `3 1 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.usage, self.selector, self.matching)
    }
}

fn digest(matching: u8, octets: &[u8]) -> Option<Vec<u8>> {
    match matching {
        0 => Some(octets.to_vec()),
        1 => Some(Sha256::digest(octets).to_vec()),
        2 => Some(Sha512::digest(octets).to_vec()),
        _ => None,
    }
}

/// The record for a server from its PEM file. Usage 3 is about the first certificate, which a server sends first; usage 2
/// about the first one in the file that is an authority. With usage 3 and selector 1 a public key does as well: so the key of
/// the next certificate can be published before the certificate is made (RFC 7671 section 8.1). Of an authority it does not:
/// servers must send its certificate (RFC 7672 section 3.1.2), and a key does not tell whose it is.
///
/// # Errors
/// A file without such a certificate, or fields that no RFC knows.
pub fn from_pem(text: &str, params: Params) -> Result<Rdata, CertificateError> {
    let chain = match (Certificate::from_pem(text), params.selector) {
        (Err(CertificateError::NoCertificate(_)), 1)
            if params.usage != 3 && certificate::public_key_from_pem(text).is_some() =>
        {
            return Err(CertificateError::BareKey);
        }
        (Err(CertificateError::NoCertificate(others)), 1) => {
            let info =
                certificate::public_key_from_pem(text).ok_or(CertificateError::NoCertificate(others))?;
            return params.record_of_key(&info).ok_or_else(|| CertificateError::Params(params.to_string()));
        }
        (chain, _) => chain?,
    };
    let certificate = match params.usage {
        0 | 2 => chain.iter().find(|certificate| certificate.is_authority),
        _ => chain.first(),
    };
    let certificate = certificate.ok_or(CertificateError::NoAuthority)?;
    params.record(certificate).ok_or_else(|| CertificateError::Params(params.to_string()))
}

/// Whether a TLSA record is about this certificate, given in DER. Names and dates are not looked at, as it must be for usage
/// 3 (RFC 7672 section 3.1.1).
pub fn matches(rdata: &Rdata, der: &[u8]) -> bool {
    let Some(params) = Params::of(rdata) else { return false };
    let published = rdata.octets().get(3..).unwrap_or(&[]);
    let association = match params.selector {
        // Needs no reading of the certificate.
        0 => digest(params.matching, der),
        _ => Certificate::from_der(der).ok().and_then(|certificate| params.association(&certificate)),
    };
    association.is_some_and(|association| association == published)
}

/// The name of the TLSA records for a port of a host: `_25._tcp.HOST` (RFC 6698 section 3).
///
/// # Errors
/// A name that is too long.
pub fn owner(host: &Name, port: u16) -> Result<Name, NameError> {
    host.child(b"_tcp")?.child(format!("_{port}").as_bytes())
}

/// The host and the port that TLSA records at this name are for.
pub fn host_and_port(owner: &Name) -> Option<(Name, u16)> {
    let mut labels = owner.labels();
    let (port, protocol) = (labels.next()?, labels.next()?);
    let port = std::str::from_utf8(port.strip_prefix(b"_")?).ok()?.parse().ok()?;
    (&*protocol == b"_tcp").then_some(())?;
    Some((owner.parent()?.parent()?, port))
}

#[cfg(test)]
mod tests;

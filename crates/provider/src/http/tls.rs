//! The TLS configuration: rustls on ring, certificates always checked.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::error::{Error, ErrorKind, Result};

/// Whom a client trusts.
pub(super) enum Trust<'a> {
    /// Nobody: for plain HTTP. Reading the system's certificates would cost tens of milliseconds for nothing.
    Nobody,
    /// The authorities of the operating system.
    System,
    /// Only the authorities in this PEM text.
    Only(&'a [u8]),
}

pub(super) fn config(trust: &Trust<'_>) -> Result<ClientConfig> {
    match trust {
        Trust::Nobody => roots(RootCertStore::empty()),
        Trust::Only(pem) => roots(parse(pem)?),
        Trust::System => system(),
    }
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Config, "TLS cannot be set up").with_source(&error))
}

fn roots(store: RootCertStore) -> Result<ClientConfig> {
    Ok(builder()?.with_root_certificates(store).with_no_client_auth())
}

/// Read once a process: several clients of several vendors trust the same authorities.
fn system() -> Result<ClientConfig> {
    static SYSTEM: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = SYSTEM.get() {
        return Ok(config.clone());
    }
    let verified = builder()?.with_platform_verifier().map_err(|error| {
        Error::new(ErrorKind::Config, "the certificates of this system cannot be read")
            .with_source(&error)
            .with_hint("install the package ca-certificates, or set ca_file to a PEM file")
    })?;
    Ok(SYSTEM.get_or_init(|| verified.with_no_client_auth()).clone())
}

fn parse(pem: &[u8]) -> Result<RootCertStore> {
    let wrong = |what: &str| Error::new(ErrorKind::Config, format!("the CA file {what}"));
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| wrong("is not valid PEM").with_source(&error))?;
        store.add(certificate).map_err(|error| wrong("holds a broken certificate").with_source(&error))?;
    }
    if store.is_empty() { Err(wrong("holds no certificate (BEGIN CERTIFICATE)")) } else { Ok(store) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_certificate_is_refused() {
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".as_slice();
        let cut = b"-----BEGIN CERTIFICATE-----\nAAAA\n".as_slice();
        for (pem, message) in [
            (b"".as_slice(), "the CA file holds no certificate (BEGIN CERTIFICATE)"),
            (b"\x00\xff binary", "the CA file holds no certificate (BEGIN CERTIFICATE)"),
            (cut, "the CA file is not valid PEM"),
            (broken, "the CA file holds a broken certificate"),
        ] {
            let error = config(&Trust::Only(pem)).unwrap_err();
            assert_eq!((error.kind(), error.message()), (ErrorKind::Config, message));
        }
    }
}

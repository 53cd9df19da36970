//! TLSA records of mail hosts (RFC 6698, RFC 7671, RFC 7672).

use super::Maker;
use crate::intent::{At, Dane, FileRef, Problem, Usage};
use dnsctl_zone::{Rdata, RecordType};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, X509Certificate};

const CERTIFICATE_HELP: &str = "give the certificate as PEM, the host's own first, as servers are given it";

impl Maker<'_> {
    pub(super) fn dane(&mut self) {
        let intent = self.intent;
        for At { value: dane, source } in &intent.dane {
            let mut digests = Vec::new();
            for file in std::iter::once(&dane.certificate).chain(&dane.next) {
                digests.extend(self.digest(dane, file));
            }
            if let Some(same) = dane.next.iter().find(|next| {
                self.files.get(&next.value.path).is_some()
                    && self.files.get(&next.value.path) == self.files.get(&dane.certificate.value.path)
            }) {
                let message = format!("{} is the certificate that is in use already", same.value.path);
                let help = "name the next one, or remove `next`";
                self.problem(Problem::new("mail/dane-next", &same.source, message, help));
            }
            let usual = [25];
            let ports = if dane.ports.is_empty() { &usual[..] } else { &dane.ports };
            for host in &dane.hosts {
                if !host.value.is_at_or_below(self.apex) {
                    let message = format!(
                        "{} is not in the zone {}: its TLSA records belong to its own zone",
                        host.value, self.apex
                    );
                    let help = "leave it to whoever runs that host";
                    self.problem(Problem::new("mail/dane-host", &host.source, message, help));
                    continue;
                }
                for port in ports {
                    let owner =
                        host.value.child(b"_tcp").and_then(|name| name.child(format!("_{port}").as_bytes()));
                    let Ok(owner) = owner else { continue };
                    for digest in &digests {
                        if let Ok(rdata) = Rdata::from_wire(RecordType::TLSA, digest) {
                            self.add(owner.clone(), rdata, source);
                        }
                    }
                }
            }
        }
    }

    /// The octets of the TLSA record for a file. A file that could not be read was told.
    fn digest(&mut self, dane: &Dane, file: &At<FileRef>) -> Option<Vec<u8>> {
        let octets = self.files.get(&file.value.path)?;
        match key(octets, dane.usage) {
            Ok(key) => {
                let usage = if dane.usage == Usage::EndEntity { 3 } else { 2 };
                let mut rdata = vec![usage, 1, 1];
                rdata.extend_from_slice(&Sha256::digest(key));
                Some(rdata)
            }
            Err(reason) => {
                let message = format!("{}: {reason}", file.value.path);
                self.problem(Problem::new("mail/certificate", &file.source, message, CERTIFICATE_HELP));
                None
            }
        }
    }
}

/// The SubjectPublicKeyInfo of the certificate that counts, or of a bare public key: of a certificate to come there may be
/// only the key yet.
fn key(octets: &[u8], usage: Usage) -> Result<Vec<u8>, String> {
    let blocks = ::pem::parse_many(octets).map_err(|error| format!("not PEM: {error}"))?;
    let mut certificates = 0;
    for block in &blocks {
        match block.tag() {
            "PUBLIC KEY" if usage == Usage::EndEntity => return Ok(block.contents().to_vec()),
            "CERTIFICATE" => {
                certificates += 1;
                let (_, certificate) = X509Certificate::from_der(block.contents())
                    .map_err(|error| format!("the certificate cannot be read: {error}"))?;
                // One that a host issued to itself may be marked as an authority, too.
                if usage == Usage::EndEntity || certificate.is_ca() {
                    return Ok(certificate.public_key().raw.to_vec());
                }
            }
            _ => {}
        }
    }
    Err(match certificates {
        0 => "there is no certificate in it".to_owned(),
        _ => "there is no certificate of an authority in it".to_owned(),
    })
}

//! TLSA records of mail hosts (RFC 6698, RFC 7671, RFC 7672).

use super::Maker;
use crate::intent::{At, Dane, FileRef, Problem, Usage};
use crate::tlsa::{self, CertificateError, Params};
use dnsctl_zone::Rdata;

const CERTIFICATE_HELP: &str = "give the certificate as PEM, the host's own first, as servers are given it";
const AUTHORITY_HELP: &str = "give the certificate of the authority as PEM, or leave out `usage: trust-anchor`; the next certificate of the host needs no record where the same authority issues it";

impl Maker<'_> {
    pub(super) fn dane(&mut self) {
        let intent = self.intent;
        for At { value: dane, source } in &intent.dane {
            let mut records = Vec::new();
            for file in std::iter::once(&dane.certificate).chain(&dane.next) {
                records.extend(self.tlsa(dane, file));
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
                    let Ok(owner) = tlsa::owner(&host.value, *port) else { continue };
                    for record in &records {
                        self.add(owner.clone(), record.clone(), source);
                    }
                }
            }
        }
    }

    /// The TLSA record for a file. A file that could not be read was told.
    fn tlsa(&mut self, dane: &Dane, file: &At<FileRef>) -> Option<Rdata> {
        let octets = self.files.get(&file.value.path)?;
        match record(octets, dane.usage) {
            Ok(rdata) => Some(rdata),
            Err((reason, help)) => {
                let message = format!("{}: {reason}", file.value.path);
                self.problem(Problem::new("mail/certificate", &file.source, message, help));
                None
            }
        }
    }
}

/// The record about the certificate in a file, or about a bare public key: of a certificate to come there may be only the key
/// yet. What is wrong otherwise, and what to do.
fn record(octets: &[u8], usage: Usage) -> Result<Rdata, (String, &'static str)> {
    let text = std::str::from_utf8(octets).map_err(|_| ("it is not text".to_owned(), CERTIFICATE_HELP))?;
    let params = match usage {
        Usage::EndEntity => Params::KEY,
        Usage::TrustAnchor => Params::AUTHORITY_KEY,
    };
    tlsa::from_pem(text, params).map_err(|error| {
        let authority = matches!(error, CertificateError::BareKey | CertificateError::NoAuthority);
        (error.to_string(), if authority { AUTHORITY_HELP } else { CERTIFICATE_HELP })
    })
}

//! Whether a TLSA record is usable for mail.

use super::{Certificate, Params};
use crate::der::Der;
use crate::{Fault, FaultClass, Span};
use dnsctl_zone::Rdata;

/// What is wrong in a TLSA record for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Usage 0 or 1 (PKIX): senders of mail cannot use the record (RFC 7672 section 3.1.3).
    UsagePkix,
    /// A usage above 3.
    Usage,
    /// A selector above 1.
    Selector,
    /// A matching type above 2.
    Matching,
    /// A digest that has not the length of its kind.
    Length,
    /// No data at all.
    Empty,
    /// Matching type 0, and the data are not a certificate or public key.
    NotDer,
    /// Matching type 0: large, and not recommended (RFC 7671 section 10.1.1).
    Full,
    /// Usage 3 with selector 0: changes with every renewal, while a public key may stay (RFC 7671 section 5.1).
    WholeCertificate,
}

impl FaultClass for FaultKind {
    /// Whether senders cannot use the record.
    fn is_error(self) -> bool {
        !matches!(self, Self::Full | Self::WholeCertificate)
    }
}

/// Judges a TLSA record for a mail server. Places are octets of the rdata: 0 is the usage, 1 the selector, 2 the matching type,
/// and from 3 on come the data.
pub fn check(params: Params, data: &[u8]) -> Vec<Fault<FaultKind>> {
    let mut faults = Vec::new();
    let mut tell = |kind, start: usize, end: usize, message: String| {
        faults.push(Fault::new(kind, Span::new(start, end), message));
    };
    let end = data.len().saturating_add(3);
    match params.usage {
        0 | 1 => tell(
            FaultKind::UsagePkix,
            0,
            1,
            format!(
                "usage {} cannot be used by senders of mail: use 3, or 2 (RFC 7672 section 3.1.3)",
                params.usage
            ),
        ),
        2 | 3 => {}
        other => tell(FaultKind::Usage, 0, 1, format!("usage {other} does not exist: use 3, or 2")),
    }
    if params.selector > 1 {
        let message = format!("selector {} does not exist: use 1 for the public key", params.selector);
        tell(FaultKind::Selector, 1, 2, message);
    }
    let wanted = match params.matching {
        0 => None,
        1 => Some((32, "SHA-256")),
        2 => Some((64, "SHA-512")),
        other => {
            tell(
                FaultKind::Matching,
                2,
                3,
                format!("matching type {other} does not exist: use 1 for SHA-256"),
            );
            None
        }
    };
    match wanted {
        _ if data.is_empty() => tell(FaultKind::Empty, 3, 3, "there are no data".to_owned()),
        Some((length, hash)) if data.len() != length => {
            let message = format!("a {hash} has {length} octets, these are {}", data.len());
            tell(FaultKind::Length, 3, end, message);
        }
        None if params.matching == 0 => {
            let good = match params.selector {
                0 => Certificate::from_der(data).is_ok(),
                1 => is_sequence(data),
                _ => true,
            };
            if !good {
                let what = if params.selector == 0 { "certificate" } else { "public key" };
                tell(FaultKind::NotDer, 3, end, format!("the data are not a {what} in DER"));
            }
            let message =
                "matching type 0 publishes everything: a digest, matching type 1, does the same in 32 octets";
            tell(FaultKind::Full, 2, 3, message.to_owned());
        }
        _ => {}
    }
    if params.usage == 3 && params.selector == 0 {
        let message = "selector 0 changes with every renewal of the certificate: 1, the public key, need not";
        tell(FaultKind::WholeCertificate, 1, 2, message.to_owned());
    }
    faults.sort_by_key(|fault| fault.span);
    faults
}

/// Judges a TLSA record for a mail server; nothing is said of other types.
pub fn check_rdata(rdata: &Rdata) -> Vec<Fault<FaultKind>> {
    let data = rdata.octets().get(3..).unwrap_or(&[]);
    Params::of(rdata).map_or_else(Vec::new, |params| check(params, data))
}

/// Whether octets are one sequence of DER and nothing else.
fn is_sequence(octets: &[u8]) -> bool {
    let mut der = Der(octets);
    der.sequence().is_ok() && der.end().is_ok()
}

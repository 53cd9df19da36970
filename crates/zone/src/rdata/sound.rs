//! What makes a record that is well-formed one that name servers refuse.

use super::{Rdata, forms, substitution, svcb};
use crate::RecordType;

/// RFC 4034 appendix A.2 and the IANA registry "DS RR Type Digest Algorithms".
const DS_DIGESTS: &[(u32, usize)] = &[(1, 20), (2, 32), (3, 32), (4, 48), (5, 32), (6, 32)];
/// RFC 4255 section 3.1.2, RFC 6594.
const FINGERPRINTS: &[(u32, usize)] = &[(1, 20), (2, 32)];
/// RFC 8976 section 2.2.4.
const ZONE_DIGESTS: &[(u32, usize)] = &[(1, 48), (2, 64)];
const SHORTEST_ZONE_DIGEST: usize = 12;

impl Rdata {
    /// Why name servers refuse this record, and with it the whole master file that it stands in, though it is
    /// well-formed: a digest that is cut off, parameters that contradict each other, a type that no record has. Such a
    /// record is read from a server as it is, and should not be written.
    pub fn fault(&self) -> Option<String> {
        let code = self.rtype.code()?;
        // RFC 6895 section 3.1: data types are 1 to 127 without OPT, and 256 and above.
        if matches!(code, 0 | 41 | 128..=255) {
            let name = format!("TYPE{code}");
            return Some(format!(
                "{name} is no type of records, but of questions and messages (RFC 6895 section 3.1)"
            ));
        }
        let reason = match self.rtype {
            RecordType::DS | RecordType::CDS => self.delegation(),
            RecordType::CDNSKEY if self.number("algorithm") == Some(0) => {
                // Flags, protocol, algorithm and one octet of key.
                (*self.octets != [0, 0, 3, 0, 0])
                    .then(|| "with algorithm 0 it is written \"0 3 0 AA==\" (RFC 8078 section 4)".to_owned())
            }
            RecordType::SSHFP => {
                self.digest("fingerprint_type", "fingerprint", FINGERPRINTS, "RFC 4255 section 3.1.2")
            }
            RecordType::ZONEMD => {
                let long = self.octets.len().saturating_sub(6);
                self.digest("hash_algorithm", "digest", ZONE_DIGESTS, "RFC 8976 section 2.2.4").or_else(|| {
                    (long < SHORTEST_ZONE_DIGEST).then(|| {
                        format!("digest: it has {long} octets, and needs at least {SHORTEST_ZONE_DIGEST} (RFC 8976 section 2.2.4)")
                    })
                })
            }
            RecordType::NAPTR => substitution::fault(&self.bytes("regexp")?)
                .map(|reason| format!("regexp: {reason} (RFC 3402 section 3.2)")),
            RecordType::SVCB | RecordType::HTTPS => {
                svcb::fault(&self.bytes("svc_params")?).map(str::to_owned)
            }
            _ => forms::fault(self.rtype, &self.octets),
        };
        reason.map(|reason| format!("{}: {reason}", self.rtype))
    }

    fn delegation(&self) -> Option<String> {
        // RFC 8078 section 4: algorithm 0 asks for the removal of all DS records.
        if self.rtype == RecordType::CDS && self.number("algorithm") == Some(0) {
            return (*self.octets != [0, 0, 0, 0, 0])
                .then(|| "with algorithm 0 it is written \"0 0 0 00\" (RFC 8078 section 4)".to_owned());
        }
        self.digest("digest_type", "digest", DS_DIGESTS, "RFC 4034 section 5.1.4")
    }

    /// A digest whose length is not that of its kind.
    fn digest(&self, kind: &str, field: &str, lengths: &[(u32, usize)], rfc: &str) -> Option<String> {
        let (number, has) = (self.number(kind)?, self.bytes(field)?.len());
        let (_, wanted) = lengths.iter().find(|(known, wanted)| *known == number && *wanted != has)?;
        Some(format!("{field}: it has {has} octets; with {kind} {number} it has {wanted} ({rfc})"))
    }
}

#[cfg(test)]
mod tests;

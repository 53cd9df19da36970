//! TSIG keys.

use std::fmt;

use data_encoding::BASE64;
use dnsctl_zone::Name;
use hickory_proto::rr::Name as WireName;
use hickory_proto::rr::rdata::tsig::TSIG;
use hickory_proto::serialize::binary::{BinEncodable as _, BinEncoder, NameEncoding};
use zeroize::Zeroizing;

use super::algorithm::{Algorithm, Digest};
use super::chain::Chain;
use super::fault::TsigFault;
use crate::dns::wire;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// How far the clocks may differ, in seconds: what RFC 8945 section 10 recommends.
pub(super) const FUDGE: u16 = 300;
/// Class ANY (RFC 1035 section 3.2.5).
const ANY: u16 = 255;

/// A name, an algorithm and a secret that a server knows too. The secret cannot be printed.
#[derive(Clone)]
pub struct Key {
    name: Name,
    wire_name: WireName,
    algorithm: Algorithm,
    digest: Digest,
}

impl Key {
    /// A key with its secret in base64, as `tsig-keygen`, `keymgr -t` and `pdnsutil generate-tsig-key` print it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the secret is empty or no base64.
    pub fn new(name: Name, algorithm: Algorithm, secret: &Secret) -> Result<Self, Error> {
        let bad = |what: &str| {
            Error::new(ErrorKind::Config, format!("the secret of TSIG key {name} {what}"))
                .with_hint("copy it from the server's configuration (BIND: secret \"…\"; Knot: secret: …)")
        };
        let text = Zeroizing::new(secret.expose().trim().to_owned());
        let octets = BASE64.decode(text.as_bytes()).map(Zeroizing::new).map_err(|_| bad("is not base64"))?;
        if octets.is_empty() {
            return Err(bad("is empty"));
        }
        Self::from_octets(name, algorithm, &octets)
    }

    /// A key with its secret as octets.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the name cannot be a key's.
    pub fn from_octets(name: Name, algorithm: Algorithm, secret: &[u8]) -> Result<Self, Error> {
        let bad = || Error::new(ErrorKind::Config, format!("{name} cannot be the name of a TSIG key"));
        let labels: Vec<_> = name.labels().collect();
        let mut wire_name = WireName::from_labels(labels.iter().map(AsRef::as_ref)).map_err(|_| bad())?;
        wire_name.set_fqdn(true);
        let digest = Digest::new(algorithm, secret).ok_or_else(bad)?;
        Ok(Self { name, wire_name, algorithm, digest })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How many octets [`Key::sign`] adds to a message.
    #[must_use]
    pub fn record_len(&self) -> usize {
        // Owner, type, class, TTL, length; algorithm name, time, fudge, MAC with its length, id, error, other length.
        self.name.wire_len()
            + 10
            + (self.algorithm.name().len() + 2)
            + 6
            + 2
            + 2
            + self.algorithm.mac_len()
            + 6
    }

    /// Signs a request in place, `now` in seconds since 1970; gives what checks the answers.
    ///
    /// # Errors
    /// The message is too large to take one more record, or is no message.
    pub fn sign(&self, message: &mut Vec<u8>, now: u64) -> Result<Chain, TsigFault> {
        let id = wire::header(message)?.id;
        let tsig = TSIG::new(self.algorithm.on_the_wire(), now, FUDGE, Vec::new(), id, None, Vec::new());
        let mut digest = self.digest();
        digest.update(message);
        digest.update(&self.variables(&tsig)?);
        let mac = digest.finish();
        let rdata = octets(|encoder| tsig.set_mac(mac.clone()).emit(encoder))?;
        self.append(message, &rdata)?;
        Ok(Chain::after(self.clone(), &mac))
    }

    fn append(&self, message: &mut Vec<u8>, rdata: &[u8]) -> Result<(), TsigFault> {
        let length = u16::try_from(rdata.len()).map_err(|_| TsigFault::Large)?;
        if message.len() + self.name.wire_len() + 10 + rdata.len() > usize::from(u16::MAX) {
            return Err(TsigFault::Large);
        }
        let count = message.get_mut(10..12).and_then(|octets| <&mut [u8; 2]>::try_from(octets).ok());
        let count = count.ok_or(TsigFault::Large)?;
        *count = u16::from_be_bytes(*count).checked_add(1).ok_or(TsigFault::Large)?.to_be_bytes();
        self.name.write_wire(message);
        for field in [wire::TSIG, ANY, 0, 0, length] {
            message.extend_from_slice(&field.to_be_bytes());
        }
        message.extend_from_slice(rdata);
        Ok(())
    }

    pub(super) fn wire_name(&self) -> &WireName {
        &self.wire_name
    }

    /// A fresh digest with this key.
    pub(super) fn digest(&self) -> Digest {
        self.digest.clone()
    }

    /// What of a TSIG record is digested with a request and with the first answer (RFC 8945 section 4.3.3).
    pub(super) fn variables(&self, tsig: &TSIG) -> Result<Vec<u8>, TsigFault> {
        octets(|encoder| tsig.emit_tsig_for_mac(encoder, &self.wire_name))
    }
}

fn octets<E>(emit: impl FnOnce(&mut BinEncoder<'_>) -> Result<(), E>) -> Result<Vec<u8>, TsigFault> {
    let mut octets = Vec::with_capacity(128);
    let mut encoder = BinEncoder::new(&mut octets);
    encoder.set_name_encoding(NameEncoding::Uncompressed);
    emit(&mut encoder).map_err(|_| TsigFault::Large)?;
    Ok(octets)
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} {} ***)", self.name, self.algorithm)
    }
}

//! Checking the answers to a signed request.

use std::fmt;

use hickory_proto::op::{Message, OpCode};
use hickory_proto::rr::Record;
use hickory_proto::rr::rdata::tsig::{TSIG, TsigError};
use hickory_proto::serialize::binary::BinDecoder;

use super::algorithm::Digest;
use super::fault::TsigFault;
use super::key::Key;
use crate::dns::rcode::Rcode;
use crate::dns::wire::{self, HEADER, WireError};

/// How many messages in a row may be unsigned (RFC 8945 section 5.3.1).
const MAX_UNSIGNED: u8 = 99;

/// The state that checks the answers to one signed request, in the order in which they arrive.
#[derive(Clone)]
pub struct Chain {
    key: Key,
    /// Holds the MAC before, and all unsigned messages since.
    digest: Digest,
    first: bool,
    unsigned: u8,
}

impl Chain {
    /// The chain after a message with this MAC.
    pub(super) fn after(key: Key, mac: &[u8]) -> Self {
        let digest = digest_after(&key, mac);
        Self { key, digest, first: true, unsigned: 0 }
    }

    /// Checks the next message, `now` in seconds since 1970. True when it was signed; false when it is one of a
    /// transfer that may be unsigned, which holds only when a later one is signed: see [`Chain::finish`].
    ///
    /// # Errors
    /// All that [`TsigFault`] names. After an error nothing of the exchange may be used.
    pub fn check(&mut self, message: &[u8], now: u64) -> Result<bool, TsigFault> {
        let Some((start, end)) = wire::find_tsig(message)? else {
            if self.first {
                return Err(TsigFault::Unsigned);
            }
            if self.unsigned >= MAX_UNSIGNED {
                return Err(TsigFault::Gap);
            }
            self.digest.update(message);
            self.unsigned += 1;
            return Ok(false);
        };
        let record = read(message, start, end)?;
        self.same_key(&record, now)?;
        self.check_mac(message, start, &record.data)?;
        in_time(&record.data, now)?;
        self.first = false;
        self.unsigned = 0;
        Ok(true)
    }

    /// Checks that the last message was signed.
    ///
    /// # Errors
    /// [`TsigFault::Gap`] when it was not, [`TsigFault::Unsigned`] when none was.
    pub fn finish(&self) -> Result<(), TsigFault> {
        match (self.first, self.unsigned) {
            (true, _) => Err(TsigFault::Unsigned),
            (false, 0) => Ok(()),
            (false, _) => Err(TsigFault::Gap),
        }
    }

    fn same_key(&self, record: &Record<TSIG>, now: u64) -> Result<(), TsigFault> {
        let tsig = &record.data;
        // A refusal without a MAC (RFC 8945 section 5.2) proves nothing; it ends the exchange all the same.
        match tsig.error {
            Some(TsigError::BadKey) => return Err(TsigFault::BadKey),
            Some(TsigError::BadSig) => return Err(TsigFault::BadSig),
            Some(_) if tsig.mac.is_empty() => return in_time(tsig, now),
            _ => {}
        }
        let algorithm = self.key.algorithm().on_the_wire().to_name();
        if !record.name.eq_ignore_root(self.key.wire_name())
            || !tsig.algorithm.to_name().eq_ignore_root(&algorithm)
        {
            return Err(TsigFault::OtherKey);
        }
        if tsig.mac.len() != self.key.algorithm().mac_len() {
            return Err(TsigFault::Truncated);
        }
        Ok(())
    }

    fn check_mac(&mut self, message: &[u8], end: usize, tsig: &TSIG) -> Result<(), TsigFault> {
        let mut digest = std::mem::replace(&mut self.digest, digest_after(&self.key, &tsig.mac));
        let early = WireError { what: "the message ends early", at: 0 };
        // The header as it was before the record was added: one record less, and the id of the request.
        let additionals = wire::header(message)?.counts.additionals;
        digest.update(&tsig.oid.to_be_bytes());
        digest.update(message.get(2..10).ok_or(early)?);
        digest.update(&additionals.saturating_sub(1).to_be_bytes());
        digest.update(message.get(HEADER..end).ok_or(early)?);
        if self.first {
            digest.update(&self.key.variables(tsig)?);
        } else {
            // Only the time and the fudge from the second on (section 5.3.1).
            digest.update(tsig.time.to_be_bytes().get(2..).unwrap_or_default());
            digest.update(&tsig.fudge.to_be_bytes());
        }
        if digest.is(&tsig.mac) { Ok(()) } else { Err(TsigFault::Forged) }
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({:?}, first {}, unsigned {})", self.key, self.first, self.unsigned)
    }
}

/// A digest that begins with the MAC before (section 5.3).
pub(super) fn digest_after(key: &Key, mac: &[u8]) -> Digest {
    let mut digest = key.digest();
    digest.update(&u16::try_from(mac.len()).unwrap_or(u16::MAX).to_be_bytes());
    digest.update(mac);
    digest
}

fn read(message: &[u8], start: usize, end: usize) -> Result<Box<Record<TSIG>>, TsigFault> {
    let bad = || TsigFault::Malformed("the TSIG record cannot be read".to_owned());
    let mut decoder = BinDecoder::new(message.get(..end).ok_or_else(bad)?);
    decoder.read_slice(start).map_err(|_| bad())?;
    // The operation code matters to other types only.
    let (_, _, record) = Message::read_records(&mut decoder, 1, true, OpCode::Query).map_err(|_| bad())?;
    record.ok_or_else(bad)
}

fn in_time(tsig: &TSIG, now: u64) -> Result<(), TsigFault> {
    // Times have 48 bits, so they and their differences fit.
    let ahead = |theirs: u64| i64::try_from(theirs).unwrap_or(i64::MAX).saturating_sub_unsigned(now);
    match tsig.error {
        Some(TsigError::BadTime) => {
            let theirs = <[u8; 6]>::try_from(tsig.other.as_slice()).ok();
            let theirs =
                theirs.map(|octets| octets.iter().fold(0, |sum, &octet| sum << 8 | u64::from(octet)));
            return Err(TsigFault::BadTime { ahead: theirs.map(ahead) });
        }
        Some(error) => return Err(TsigFault::Other(Rcode(error.into()))),
        None => {}
    }
    let ahead = ahead(tsig.time);
    if ahead.unsigned_abs() > u64::from(tsig.fudge) { Err(TsigFault::Stale { ahead }) } else { Ok(()) }
}

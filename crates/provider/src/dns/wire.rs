//! Reading the octets of a DNS message (RFC 1035 section 4.1).
//!
//! Every read is checked; a compression pointer must point backwards, so reading always ends.

use std::fmt;

use dnsctl_zone::Name;
use hickory_proto::op::Header;
use hickory_proto::serialize::binary::{BinDecodable as _, BinDecoder};

/// The octets of a message header (RFC 1035 section 4.1.1).
pub(super) const HEADER: usize = 12;
/// The type number of TSIG (RFC 8945 section 4.2).
pub(super) const TSIG: u16 = 250;
/// A name has at most 127 labels: 255 octets, at least two a label, one for the root.
const MAX_LABELS: usize = 127;

/// The octets are no DNS message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WireError {
    /// What is wrong.
    pub(super) what: &'static str,
    /// The octet of the message at which it was seen, from 0.
    pub(super) at: usize,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}", self.what, self.at)
    }
}

/// A place in a message.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at octet `at`; beyond the end nothing can be read.
    pub(super) fn new(message: &'a [u8], at: usize) -> Self {
        Self { message, at }
    }

    /// The octet that is read next.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn fault(&self, what: &'static str) -> WireError {
        WireError { what, at: self.at }
    }

    /// The next `count` octets.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let end = self.at.checked_add(count).ok_or_else(|| self.fault("the message ends early"))?;
        let octets = self.message.get(self.at..end).ok_or_else(|| self.fault("the message ends early"))?;
        self.at = end;
        Ok(octets)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let fault = self.fault("the message ends early");
        self.take(N)?.try_into().map_err(|_| fault)
    }

    pub(super) fn u8(&mut self) -> Result<u8, WireError> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, WireError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_be_bytes)
    }

    /// The labels of the name here, which may be compressed (RFC 1035 section 4.1.4).
    pub(super) fn labels(&mut self) -> Result<Labels<'a>, WireError> {
        let mut labels = Labels { list: [&[]; MAX_LABELS], count: 0 };
        let mut octets = 1;
        // The cursor stays behind the first pointer; `here` follows the pointers.
        let mut here = self.clone();
        let mut behind = None;
        let mut piece = self.at;
        loop {
            let start = here.at;
            let length = here.u8()?;
            match length >> 6 {
                0 if length == 0 => break,
                0 => {
                    let label = here.take(usize::from(length))?;
                    octets += label.len() + 1;
                    let place = labels.list.get_mut(labels.count).filter(|_| octets <= 255);
                    *place.ok_or(WireError { what: "a name of more than 255 octets", at: start })? = label;
                    labels.count += 1;
                }
                3 => {
                    let low = here.u8()?;
                    let target = usize::from(u16::from_be_bytes([length & 0x3f, low]));
                    behind.get_or_insert(here.at);
                    // Only what came before can be meant, so each jump goes further back than the one before.
                    if target >= piece || target < HEADER {
                        return Err(WireError {
                            what: "a compression pointer that does not point back",
                            at: start,
                        });
                    }
                    here.at = target;
                    piece = target;
                }
                _ => return Err(WireError { what: "a label of an unknown kind", at: start }),
            }
        }
        self.at = behind.unwrap_or(here.at);
        Ok(labels)
    }

    /// The name here.
    pub(super) fn name(&mut self) -> Result<Name, WireError> {
        let fault = self.fault("not a domain name");
        self.labels()?.to_name().ok_or(fault)
    }

    /// Goes past the name here without looking where its pointer leads.
    pub(super) fn skip_name(&mut self) -> Result<(), WireError> {
        loop {
            let length = self.u8()?;
            match length >> 6 {
                0 if length == 0 => return Ok(()),
                0 => drop(self.take(usize::from(length))?),
                3 => return self.u8().map(drop),
                _ => return Err(self.fault("a label of an unknown kind")),
            }
        }
    }

    /// The fixed part of the record here, behind its owner name.
    pub(super) fn record_head(&mut self) -> Result<RecordHead, WireError> {
        let (rtype, class, ttl) = (self.u16()?, self.u16()?, self.u32()?);
        let length = usize::from(self.u16()?);
        let start = self.at;
        self.take(length)?;
        Ok(RecordHead { rtype, class, ttl, start, end: self.at })
    }
}

/// The labels of a name, leftmost first.
pub(super) struct Labels<'a> {
    list: [&'a [u8]; MAX_LABELS],
    count: usize,
}

impl<'a> Labels<'a> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        self.list.iter().take(self.count).copied()
    }

    pub(super) fn to_name(&self) -> Option<Name> {
        Name::from_labels(self.iter()).ok()
    }

    /// Appends the name uncompressed.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for label in self.iter() {
            out.push(u8::try_from(label.len()).unwrap_or(63));
            out.extend_from_slice(label);
        }
        out.push(0);
    }
}

/// Where the TSIG record of a message starts and ends; `None` when the message has none. It is the last
/// record of the additional section and nowhere else (RFC 8945 section 5.1).
pub(super) fn find_tsig(message: &[u8]) -> Result<Option<(usize, usize)>, WireError> {
    let counts = header(message)?.counts;
    let mut cursor = Cursor::new(message, HEADER);
    for _ in 0..counts.queries {
        cursor.skip_name()?;
        cursor.take(4)?;
    }
    let others = [counts.answers, counts.authorities, counts.additionals].map(u64::from).iter().sum::<u64>();
    for left in (0..others).rev() {
        let start = cursor.at();
        cursor.skip_name()?;
        let head = cursor.record_head()?;
        if head.rtype == TSIG {
            if left > 0 || counts.additionals == 0 {
                return Err(cursor.fault("a TSIG record that is not the last one"));
            }
            return Ok(Some((start, head.end)));
        }
    }
    Ok(None)
}

/// What stands between an owner name and its rdata, and where in the message the rdata is.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordHead {
    pub(super) rtype: u16,
    pub(super) class: u16,
    pub(super) ttl: u32,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Sets the bit RD in a query (RFC 1035 section 4.1.1).
pub(super) fn ask_recursion(message: &mut [u8]) {
    if let Some(flags) = message.get_mut(2) {
        *flags |= 1;
    }
}

/// The header of a message.
pub(super) fn header(message: &[u8]) -> Result<Header, WireError> {
    Header::read(&mut BinDecoder::new(message))
        .map_err(|_| WireError { what: "the message ends in its header", at: 0 })
}

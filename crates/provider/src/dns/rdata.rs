//! Rdata of a message, lossless for every type.
//!
//! Names may be compressed in the types of RFC 1035 and a few others (RFC 3597 section 4). [`Rdata::from_message`]
//! knows the fields of all types in use and takes the rest as it stands; the old types here are the ones that it takes
//! as unknown, though a sender may compress their names.

use dnsctl_zone::{Rdata, RdataError, RecordType};

use super::wire::{Cursor, RecordHead, WireError};

/// One part of an rdata.
#[derive(Clone, Copy)]
enum Part {
    /// So many octets.
    Octets(usize),
    /// A domain name, perhaps compressed.
    Name,
}

/// The beginning of the rdata of old types with compressed names; what follows it is plain octets.
const fn old_type(code: u16) -> &'static [Part] {
    match code {
        // MD MF MB MG MR (RFC 1035), NXT (RFC 2535)
        3 | 4 | 7 | 8 | 9 | 30 => &[Part::Name],
        // MINFO (RFC 1035)
        14 => &[Part::Name, Part::Name],
        // RT (RFC 1183)
        21 => &[Part::Octets(2), Part::Name],
        // SIG (RFC 2535)
        24 => &[Part::Octets(18), Part::Name],
        // PX (RFC 2163)
        26 => &[Part::Octets(2), Part::Name, Part::Name],
        _ => &[],
    }
}

/// The rdata of a record of `message`. The inner error says that the octets do not fit the type; they may stand in a
/// zone all the same, since not every server checks.
pub(super) fn read(message: &[u8], head: RecordHead) -> Result<Result<Rdata, RdataError>, WireError> {
    let rtype = RecordType::from_code(head.rtype);
    let parts = old_type(head.rtype);
    if parts.is_empty() {
        return Ok(Rdata::from_message(rtype, message, head.start, head.end));
    }
    Ok(Rdata::from_wire(rtype, &expand(parts, message, head)?))
}

/// The octets with all names uncompressed.
fn expand(parts: &[Part], message: &[u8], head: RecordHead) -> Result<Vec<u8>, WireError> {
    let mut out = Vec::with_capacity(64);
    let mut cursor = Cursor::new(message, head.start);
    for part in parts {
        match *part {
            Part::Octets(count) => out.extend_from_slice(cursor.take(count)?),
            Part::Name => cursor.labels()?.write(&mut out),
        }
    }
    let rest =
        head.end.checked_sub(cursor.at()).ok_or_else(|| cursor.fault("rdata that runs over its end"))?;
    out.extend_from_slice(cursor.take(rest)?);
    Ok(out)
}

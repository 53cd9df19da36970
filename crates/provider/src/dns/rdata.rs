//! Rdata of a message as uncompressed octets, for every type.
//!
//! Names may be compressed in the types of RFC 1035 and in the few others of RFC 3597 section 4; all other rdata is
//! taken as it stands. Hence nothing of a type that nobody here knows, and no order of SVCB parameters, is lost.

use super::wire::{Cursor, WireError};

/// One part of an rdata.
#[derive(Clone, Copy)]
enum Part {
    /// So many octets.
    Octets(usize),
    /// A domain name, perhaps compressed.
    Name,
    /// A character-string (RFC 1035 section 3.3).
    Text,
}

use Part::{Name, Octets, Text};

/// The beginning of the rdata of each type in which a sender may compress names; what follows it is plain octets.
const fn parts(rtype: u16) -> &'static [Part] {
    match rtype {
        // NS MD MF CNAME MB MG MR PTR; DNAME and NXT are not to be compressed, and are by old servers.
        2 | 3 | 4 | 5 | 7 | 8 | 9 | 12 | 30 | 39 => &[Name],
        // SOA MINFO RP
        6 | 14 | 17 => &[Name, Name],
        // MX AFSDB RT KX
        15 | 18 | 21 | 36 => &[Octets(2), Name],
        // SIG
        24 => &[Octets(18), Name],
        // PX
        26 => &[Octets(2), Name, Name],
        // SRV
        33 => &[Octets(6), Name],
        // NAPTR
        35 => &[Octets(4), Text, Text, Text, Name],
        _ => &[],
    }
}

/// Appends the rdata at octets `start` to `end` of `message` to `out`, with all names uncompressed.
pub(super) fn expand(
    rtype: u16,
    message: &[u8],
    start: usize,
    end: usize,
    out: &mut Vec<u8>,
) -> Result<(), WireError> {
    let mut cursor = Cursor::new(message, start);
    // Empty rdata is allowed in UPDATE (RFC 2136 section 2.4) and has no parts.
    if start == end {
        return Ok(());
    }
    for part in parts(rtype) {
        match *part {
            Octets(count) => out.extend_from_slice(cursor.take(count)?),
            Text => {
                let length = cursor.u8()?;
                out.push(length);
                out.extend_from_slice(cursor.take(usize::from(length))?);
            }
            Name => cursor.labels()?.write(out),
        }
        if cursor.at() > end {
            return Err(cursor.fault("rdata that runs over its end"));
        }
    }
    let rest = end.checked_sub(cursor.at()).ok_or_else(|| cursor.fault("rdata that runs over its end"))?;
    out.extend_from_slice(cursor.take(rest)?);
    Ok(())
}

//! Octets from outside: their form is checked, their names are put in lower case.

use super::error::Reason;
use super::{Rdata, RdataError, bitmap, other, svcb};
use crate::{FieldKind, Name, RecordType};

/// How many octets of `rest` a field takes; `None` when it ends early.
pub(super) fn length(kind: FieldKind, rest: &[u8]) -> Option<usize> {
    let length = match kind {
        FieldKind::U8 | FieldKind::Algorithm => 1,
        FieldKind::U16 | FieldKind::Type | FieldKind::CertType => 2,
        FieldKind::U32 | FieldKind::Seconds | FieldKind::Timestamp | FieldKind::Ipv4 => 4,
        FieldKind::Ipv6 | FieldKind::Location => 16,
        FieldKind::Name => {
            let mut at = 0;
            loop {
                match usize::from(*rest.get(at)?) {
                    0 => break at + 1,
                    label => at += label + 1,
                }
            }
        }
        FieldKind::Text | FieldKind::Word | FieldKind::Salt | FieldKind::Hash => {
            usize::from(*rest.first()?) + 1
        }
        FieldKind::Texts
        | FieldKind::LongText
        | FieldKind::Hex
        | FieldKind::Base64
        | FieldKind::SvcParams
        | FieldKind::TypeBitmap
        | FieldKind::Unknown
        | FieldKind::Raw => rest.len(),
    };
    (length <= rest.len()).then_some(length)
}

/// Reads the rdata at `start..end` of `message`.
pub(super) fn read(
    rtype: RecordType,
    message: &[u8],
    start: usize,
    end: usize,
    compressed: bool,
) -> Result<Rdata, RdataError> {
    let bad = |reason: &str| Reason::from(reason).at(rtype, None, 0..0);
    let part = message.get(start..end).ok_or_else(|| bad("the data ends early"))?;
    if part.len() > usize::from(u16::MAX) {
        return Err(bad("a record holds at most 65535 octets"));
    }
    let fields = other::wire_fields(rtype);
    if !fields.iter().any(|field| field.kind == FieldKind::Name) {
        check(rtype, part)?;
        return Ok(Rdata { rtype, octets: Box::from(part) });
    }
    let mut octets = Vec::with_capacity(part.len() + 16);
    let mut at = start;
    for field in fields {
        let rest = message.get(at..end).unwrap_or(&[]);
        if field.kind == FieldKind::Name {
            at = name(message, at, end, compressed, &mut octets)
                .map_err(|reason| reason.at(rtype, Some(field.name), 0..0))?;
        } else {
            let length = length(field.kind, rest)
                .ok_or_else(|| Reason::from("the data ends early").at(rtype, Some(field.name), 0..0))?;
            octets.extend(rest.iter().take(length));
            at += length;
        }
    }
    if at != end {
        return Err(bad("there are octets behind the last field"));
    }
    check(rtype, &octets)?;
    Ok(Rdata { rtype, octets: octets.into_boxed_slice() })
}

/// Copies a name to `out`, following compression pointers, and gives where it ends.
fn name(
    message: &[u8],
    start: usize,
    end: usize,
    compressed: bool,
    out: &mut Vec<u8>,
) -> Result<usize, Reason> {
    let from = out.len();
    let (mut at, mut limit, mut after) = (start, end, None);
    loop {
        let length = *message.get(at).filter(|_| at < limit).ok_or("the name ends early")?;
        match length {
            0 => {
                out.push(0);
                break;
            }
            1..=63 => {
                let label = message
                    .get(at + 1..=at + usize::from(length))
                    .filter(|_| at + usize::from(length) < limit);
                out.push(length);
                out.extend(label.ok_or("the name ends early")?.iter().map(u8::to_ascii_lowercase));
                at += usize::from(length) + 1;
            }
            0xc0.. if compressed => {
                let low = *message.get(at + 1).filter(|_| at + 1 < limit).ok_or("the name ends early")?;
                let target = usize::from(length & 0x3f) << 8 | usize::from(low);
                if target >= at {
                    return Err("a compression pointer does not point backwards".into());
                }
                after.get_or_insert(at + 2);
                // Each pointer leads further back than the last, so this ends.
                (limit, at) = (at, target);
            }
            _ => return Err("a label has a type that is not in use".into()),
        }
        if out.len() - from > 255 {
            return Err("the name has more than 255 octets".into());
        }
    }
    Ok(after.unwrap_or(at + 1))
}

/// Checks the form of uncompressed octets.
pub(super) fn check(rtype: RecordType, octets: &[u8]) -> Result<(), RdataError> {
    let mut rest = octets;
    for field in rtype.fields() {
        let bad = |reason: Reason| reason.at(rtype, Some(field.name), 0..0);
        let length = length(field.kind, rest).ok_or_else(|| bad("the data ends early".into()))?;
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        match field.kind {
            FieldKind::Name => {
                Name::from_wire(part).map_err(|error| bad(error.into()))?;
            }
            FieldKind::Texts => {
                if part.is_empty() {
                    return Err(bad("there is no text".into()));
                }
                let mut at = 0;
                while let Some(&string) = part.get(at) {
                    at += usize::from(string) + 1;
                }
                if at != part.len() {
                    return Err(bad("the last string ends early".into()));
                }
            }
            FieldKind::Hex | FieldKind::Base64 if part.is_empty() => {
                return Err(bad("the field is missing".into()));
            }
            // RFC 5155 section 3.2: a hash has 1 to 255 octets.
            FieldKind::Hash if part.len() < 2 => return Err(bad("the hash is empty".into())),
            FieldKind::Word => {
                let word = part.get(1..).unwrap_or(&[]);
                if word.is_empty() || !word.iter().all(u8::is_ascii_alphanumeric) {
                    return Err(bad("this is not one word of letters and digits".into()));
                }
            }
            FieldKind::SvcParams => svcb::check(part).map_err(bad)?,
            FieldKind::TypeBitmap => bitmap::check(part).map_err(bad)?,
            FieldKind::Location => super::location::check(part).map_err(bad)?,
            FieldKind::Raw if std::str::from_utf8(part).is_err() => {
                return Err(bad("this is not text".into()));
            }
            _ => {}
        }
        rest = after;
    }
    if rest.is_empty() {
        return Ok(());
    }
    Err(Reason::from("there are octets behind the last field").at(rtype, None, 0..0))
}

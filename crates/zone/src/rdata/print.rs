//! From octets to text.

use super::{Rdata, bitmap, location, strings, svcb, time};
use crate::{FieldKind, Name, RecordType};
use data_encoding::{BASE32HEX_NOPAD, BASE64, HEXLOWER};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The text of a master file; with an origin, names that are it or one label below it are relative.
pub(super) fn presentation(rdata: &Rdata, origin: Option<&Name>) -> String {
    let mut text = String::with_capacity(rdata.octets.len() * 2);
    for (field, part) in rdata.parts() {
        let before = text.len();
        if before > 0 {
            text.push(' ');
        }
        match field.kind {
            FieldKind::Text => quoted(&mut text, part.get(1..).unwrap_or(&[])),
            FieldKind::Texts => {
                for (index, string) in strings(part).enumerate() {
                    if index > 0 {
                        text.push(' ');
                    }
                    quoted(&mut text, string);
                }
            }
            FieldKind::LongText => quoted(&mut text, part),
            FieldKind::Name => text.push_str(&name(part, origin)),
            // A tag of CAA and a word of a pseudo type are letters and digits: no quotes are needed.
            kind => text.push_str(&plain(kind, part)),
        }
        if before > 0 && text.len() == before + 1 {
            text.pop();
        }
    }
    text
}

fn name(part: &[u8], origin: Option<&Name>) -> String {
    let Ok((name, _)) = Name::from_wire(part) else { return String::new() };
    match origin {
        Some(origin) if name == *origin || name.parent().as_ref() == Some(origin) => name.relative_to(origin),
        _ => name.to_string(),
    }
}

/// The text of one field by itself.
pub(super) fn plain(kind: FieldKind, part: &[u8]) -> String {
    match kind {
        FieldKind::U8 | FieldKind::Algorithm => part.first().map(u8::to_string).unwrap_or_default(),
        FieldKind::U16 | FieldKind::CertType => sixteen(part).to_string(),
        FieldKind::U32 | FieldKind::Seconds => thirty_two(part).to_string(),
        FieldKind::Ipv4 => {
            <[u8; 4]>::try_from(part).map(|a| Ipv4Addr::from(a).to_string()).unwrap_or_default()
        }
        FieldKind::Ipv6 => {
            <[u8; 16]>::try_from(part).map(|a| Ipv6Addr::from(a).to_string()).unwrap_or_default()
        }
        FieldKind::Name => Name::from_wire(part).map(|(name, _)| name.to_string()).unwrap_or_default(),
        FieldKind::Text | FieldKind::Word => free(part.get(1..).unwrap_or(&[])),
        FieldKind::Texts => free(&strings(part).collect::<Vec<_>>().concat()),
        FieldKind::LongText | FieldKind::Raw => free(part),
        FieldKind::Hex => HEXLOWER.encode(part),
        FieldKind::Base64 => BASE64.encode(part),
        FieldKind::Type => RecordType::from_code(sixteen(part)).to_string(),
        FieldKind::SvcParams => svcb::print(part),
        FieldKind::Location => location::print(part),
        FieldKind::TypeBitmap => bitmap::print(part),
        FieldKind::Timestamp => time::print(thirty_two(part)),
        FieldKind::Salt if part.len() < 2 => "-".to_owned(),
        FieldKind::Salt => HEXLOWER.encode(part.get(1..).unwrap_or(&[])),
        FieldKind::Hash => BASE32HEX_NOPAD.encode(part.get(1..).unwrap_or(&[])).to_lowercase(),
        FieldKind::Unknown => {
            let mut text = format!("\\# {}", part.len());
            if !part.is_empty() {
                let _ = write!(text, " {}", HEXLOWER.encode(part));
            }
            text
        }
    }
}

fn sixteen(part: &[u8]) -> u16 {
    part.try_into().map(u16::from_be_bytes).unwrap_or_default()
}

fn thirty_two(part: &[u8]) -> u32 {
    part.try_into().map(u32::from_be_bytes).unwrap_or_default()
}

/// Free text as it is; octets that are no UTF-8 as in a master file.
fn free(octets: &[u8]) -> String {
    std::str::from_utf8(octets).map_or_else(
        |_| {
            let mut text = String::new();
            escaped(&mut text, octets);
            text
        },
        str::to_owned,
    )
}

/// Text in quotes (RFC 1035 section 5.1).
pub(super) fn quoted(text: &mut String, octets: &[u8]) {
    text.push('"');
    escaped(text, octets);
    text.push('"');
}

fn escaped(text: &mut String, octets: &[u8]) {
    for &octet in octets {
        match octet {
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(octet));
            }
            0x20..=0x7e => text.push(char::from(octet)),
            _ => {
                let _ = write!(text, "\\{octet:03}");
            }
        }
    }
}

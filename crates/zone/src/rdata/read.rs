//! From text to octets.

use super::error::Reason;
use super::other::{self, Layout};
use super::scan::{Scanner, Word};
use super::{Rdata, RdataError, bitmap, location, svcb, time, wire};
use crate::{Field, FieldKind, Name, Names, RecordType, Ttl};
use data_encoding::{BASE32HEX_NOPAD, BASE64, HEXLOWER_PERMISSIVE};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Reads the text of a master file.
pub(super) fn presentation(rtype: RecordType, text: &str, names: Names<'_>) -> Result<Rdata, RdataError> {
    let mut scanner = Scanner::new(text);
    scanner.skip_blanks();
    if let Some(rest) = scanner.rest().strip_prefix("\\#")
        && !rtype.is_pseudo()
        && (rest.is_empty() || rest.starts_with([' ', '\t']))
    {
        let octets = generic(rest).map_err(|reason| reason.at(rtype, None, 0..text.len()))?;
        return Rdata::from_wire(rtype, &octets);
    }
    let mut octets = Vec::new();
    let table = match rtype.fields() {
        [Field { kind: FieldKind::Unknown, .. }] => match other::layout(rtype) {
            Some(Layout::Special(read)) => {
                if let Err(reason) = read(&mut scanner, names, &mut octets) {
                    return Err(reason.at(rtype, None, 0..text.len()));
                }
                &[]
            }
            Some(Layout::Fields(fields)) => fields,
            None => rtype.fields(),
        },
        fields => fields,
    };
    for field in table {
        let start = scanner.position();
        if let Err(reason) = field_words(*field, &mut scanner, names, &mut octets) {
            let end = scanner.position().max(start);
            let blank = text.get(start..end).map_or(0, |part| part.len() - part.trim_start().len());
            return Err(reason.at(rtype, Some(field.name), start + blank..end.max(start + blank)));
        }
    }
    let start = scanner.position();
    let extra = scanner.word().map_err(|reason| reason.at(rtype, None, start..text.len()))?;
    if let Some(extra) = extra {
        let form = match table {
            [] => String::new(),
            table => format!("; the form is {}", form(table)),
        };
        let reason = format!("there is more text than the type has fields: \"{}\"{form}", extra.raw);
        return Err(Reason::from(reason).at(rtype, None, extra.place()));
    }
    finish(rtype, octets, text.len())
}

/// Builds an rdata from named fields.
pub(super) fn fields(
    rtype: RecordType,
    given: &[(&str, &str)],
    names: Names<'_>,
) -> Result<Rdata, RdataError> {
    let table = rtype.fields();
    for (index, (name, _)) in given.iter().enumerate() {
        let problem = if !table.iter().any(|field| field.name == *name) {
            let known: Vec<_> = table.iter().map(|field| field.name).collect();
            format!("there is no field \"{name}\"; the fields are {}", known.join(", "))
        } else if given.iter().take(index).any(|(earlier, _)| earlier == name) {
            format!("the field \"{name}\" stands twice")
        } else {
            continue;
        };
        return Err(Reason::from(problem).at(rtype, None, 0..0));
    }
    let mut octets = Vec::new();
    for field in table {
        let text = match given.iter().find(|(name, _)| *name == field.name) {
            Some((_, text)) => *text,
            None if field.kind == FieldKind::SvcParams => "",
            None => {
                let reason = format!("the field is missing; the fields are {}", form(table));
                return Err(Reason::from(reason).at(rtype, Some(field.name), 0..0));
            }
        };
        field_plain(*field, text, names, &mut octets)
            .map_err(|reason| reason.at(rtype, Some(field.name), 0..text.len()))?;
    }
    finish(rtype, octets, 0)
}

fn finish(rtype: RecordType, octets: Vec<u8>, length: usize) -> Result<Rdata, RdataError> {
    if octets.len() > usize::from(u16::MAX) {
        let reason = format!("the data has {} octets; a record holds at most 65535", octets.len());
        return Err(Reason::from(reason).at(rtype, None, 0..length));
    }
    wire::check(rtype, &octets)?;
    Ok(Rdata { rtype, octets: octets.into_boxed_slice() })
}

/// The names of the fields in their order, for messages.
fn form(table: &[Field]) -> String {
    table.iter().map(|field| field.name).collect::<Vec<_>>().join(" ")
}

fn generic(rest: &str) -> Result<Vec<u8>, Reason> {
    let mut words = rest.split_ascii_whitespace();
    let length: usize = words
        .next()
        .and_then(|word| word.parse().ok())
        .ok_or("after \\# comes the number of octets (RFC 3597 section 5)")?;
    let octets = hex(&words.collect::<String>())?;
    if octets.len() != length {
        return Err(format!("\\# announces {length} octets, but {} follow", octets.len()).into());
    }
    Ok(octets)
}

/// Reads a field from the words of a master file.
fn field_words(
    field: Field,
    scanner: &mut Scanner<'_>,
    names: Names<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    match field.kind {
        FieldKind::Texts => {
            let mut count = 0;
            while let Some(word) = scanner.word()? {
                push_checked_string(out, &word.octets()?)?;
                count += 1;
            }
            if count == 0 { Err("there is no text; an empty one is written \"\"".into()) } else { Ok(()) }
        }
        FieldKind::Hex | FieldKind::Base64 => {
            let mut digits = String::new();
            while let Some(word) = scanner.word()? {
                digits.push_str(word.raw);
            }
            encoded(field.kind, &digits, out)
        }
        FieldKind::TypeBitmap => {
            let mut types = Vec::new();
            while let Some(word) = scanner.word()? {
                types.push(word.raw.parse::<RecordType>().map_err(|error| error.to_string())?);
            }
            bitmap::write(&types, out)
        }
        FieldKind::SvcParams => svcb::read(scanner, out),
        FieldKind::Location => location::read(scanner, out),
        FieldKind::Unknown => {
            Err("a type without known fields is written \\# LENGTH HEX (RFC 3597 section 5)".into())
        }
        FieldKind::Raw => {
            scanner.skip_blanks();
            out.extend_from_slice(scanner.rest().as_bytes());
            *scanner = Scanner::new("");
            Ok(())
        }
        FieldKind::Text | FieldKind::Word => {
            let word = next(scanner)?;
            push_checked_string(out, &word.octets()?)
        }
        FieldKind::LongText => {
            out.extend(next(scanner)?.octets()?);
            Ok(())
        }
        _ => simple(field.kind, next(scanner)?.raw, names, out),
    }
}

/// Reads a field from its own text, in which free text is taken as it is.
fn field_plain(field: Field, text: &str, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    match field.kind {
        FieldKind::Texts => {
            out.extend_from_slice(Rdata::text(RecordType::TXT, text.as_bytes()).octets());
            Ok(())
        }
        FieldKind::Text | FieldKind::Word => push_checked_string(out, text.as_bytes()),
        FieldKind::LongText | FieldKind::Raw => {
            out.extend_from_slice(text.as_bytes());
            Ok(())
        }
        FieldKind::Hex
        | FieldKind::Base64
        | FieldKind::TypeBitmap
        | FieldKind::SvcParams
        | FieldKind::Location
        | FieldKind::Unknown => {
            let mut scanner = Scanner::new(text);
            if field.kind == FieldKind::Unknown {
                let rest = text.trim_start().strip_prefix("\\#");
                out.extend(generic(rest.ok_or("the data is written \\# LENGTH HEX (RFC 3597 section 5)")?)?);
                return Ok(());
            }
            field_words(field, &mut scanner, names, out)?;
            if scanner.word()?.is_some() { Err("there is text behind the value".into()) } else { Ok(()) }
        }
        _ => simple(field.kind, text, names, out),
    }
}

/// Reads a field of one word.
pub(super) fn simple(kind: FieldKind, word: &str, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    match kind {
        FieldKind::U8 => out.push(number(word, 0, u32::from(u8::MAX))?.to_be_bytes()[3]),
        FieldKind::U16 => out.extend_from_slice(&number(word, 0, u32::from(u16::MAX))?.to_be_bytes()[2..]),
        FieldKind::U32 => out.extend_from_slice(&number(word, 0, u32::MAX)?.to_be_bytes()),
        FieldKind::Seconds => {
            let seconds = match word.parse::<Ttl>() {
                Ok(ttl) => ttl.seconds(),
                Err(error) => number(word, 0, u32::MAX).map_err(|_| error.to_string())?,
            };
            out.extend_from_slice(&seconds.to_be_bytes());
        }
        FieldKind::Ipv4 => out.extend_from_slice(&ipv4(word)?),
        FieldKind::Ipv6 => {
            let address: Ipv6Addr = word.parse().map_err(|_| format!("\"{word}\" is not an IPv6 address"))?;
            out.extend_from_slice(&address.octets());
        }
        FieldKind::Name => Name::parse(word, names)?.write_wire(out),
        FieldKind::Type => {
            let rtype: RecordType =
                word.parse().map_err(|error: crate::RecordTypeError| error.to_string())?;
            let code = rtype.code().ok_or_else(|| format!("{rtype} is no type of DNS"))?;
            out.extend_from_slice(&code.to_be_bytes());
        }
        FieldKind::Algorithm => out.push(number(mnemonic(word, ALGORITHMS), 0, 255)?.to_be_bytes()[3]),
        FieldKind::CertType => {
            out.extend_from_slice(&number(mnemonic(word, CERT_TYPES), 0, 65_535)?.to_be_bytes()[2..]);
        }
        FieldKind::Timestamp => out.extend_from_slice(&time::read(word)?.to_be_bytes()),
        FieldKind::Salt => {
            let salt = if word == "-" { Vec::new() } else { hex(word)? };
            push_checked_string(out, &salt)?;
        }
        FieldKind::Hash => {
            let hash = BASE32HEX_NOPAD.decode(word.to_ascii_uppercase().as_bytes()).map_err(|_| {
                format!("\"{word}\" is not base32 with the extended alphabet (RFC 4648 section 7)")
            })?;
            push_checked_string(out, &hash)?;
        }
        _ => return Err("this field is not one word".into()),
    }
    Ok(())
}

fn ipv4(word: &str) -> Result<[u8; 4], Reason> {
    let address: Ipv4Addr = word.parse().map_err(|_| {
        let octal = word.split('.').any(|part| part.len() > 1 && part.starts_with('0'));
        let why =
            if octal { "; leading zeros are refused, since some programs read them as octal" } else { "" };
        format!("\"{word}\" is not an IPv4 address{why}")
    })?;
    Ok(address.octets())
}

/// A number in decimal without sign.
pub(super) fn number(word: &str, least: u32, most: u32) -> Result<u32, Reason> {
    let digits = !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_digit());
    digits
        .then(|| word.parse::<u32>().ok())
        .flatten()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("\"{word}\" is not a number from {least} to {most}").into())
}

pub(super) fn next<'t>(scanner: &mut Scanner<'t>) -> Result<Word<'t>, Reason> {
    scanner.word()?.ok_or_else(|| "the field is missing".into())
}

fn encoded(kind: FieldKind, digits: &str, out: &mut Vec<u8>) -> Result<(), Reason> {
    let octets = if kind == FieldKind::Hex {
        hex(digits)?
    } else {
        BASE64
            .decode(digits.as_bytes())
            .map_err(|error| format!("this is not base64 (RFC 4648 section 4): {error}"))?
    };
    if octets.is_empty() {
        return Err("the field is missing".into());
    }
    out.extend(octets);
    Ok(())
}

pub(super) fn hex(digits: &str) -> Result<Vec<u8>, Reason> {
    HEXLOWER_PERMISSIVE
        .decode(digits.as_bytes())
        .map_err(|error| format!("this is not hexadecimal: {error}").into())
}

/// Appends a character-string of at most 255 octets.
pub(super) fn push_string(out: &mut Vec<u8>, octets: &[u8]) {
    out.push(u8::try_from(octets.len()).unwrap_or(u8::MAX));
    out.extend(octets.iter().take(255));
}

pub(super) fn push_checked_string(out: &mut Vec<u8>, octets: &[u8]) -> Result<(), Reason> {
    if octets.len() > 255 {
        let length = octets.len();
        return Err(format!(
            "the string has {length} octets; at most 255 fit into one (RFC 1035 section 3.3)"
        )
        .into());
    }
    push_string(out, octets);
    Ok(())
}

fn mnemonic<'t>(word: &'t str, table: &[(&str, &'static str)]) -> &'t str
where
    'static: 't,
{
    table.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map_or(word, |(_, number)| *number)
}

/// RFC 4034 appendix A.1 and the IANA registry "DNS Security Algorithm Numbers".
const ALGORITHMS: &[(&str, &str)] = &[
    ("DELETE", "0"),
    ("RSAMD5", "1"),
    ("DH", "2"),
    ("DSA", "3"),
    ("RSASHA1", "5"),
    ("DSA-NSEC3-SHA1", "6"),
    ("NSEC3DSA", "6"),
    ("RSASHA1-NSEC3-SHA1", "7"),
    ("NSEC3RSASHA1", "7"),
    ("RSASHA256", "8"),
    ("RSASHA512", "10"),
    ("ECC-GOST", "12"),
    ("ECCGOST", "12"),
    ("ECDSAP256SHA256", "13"),
    ("ECDSAP384SHA384", "14"),
    ("ED25519", "15"),
    ("ED448", "16"),
    ("INDIRECT", "252"),
    ("PRIVATEDNS", "253"),
    ("PRIVATEOID", "254"),
];

/// RFC 4398 section 2.1.
const CERT_TYPES: &[(&str, &str)] = &[
    ("PKIX", "1"),
    ("SPKI", "2"),
    ("PGP", "3"),
    ("IPKIX", "4"),
    ("ISPKI", "5"),
    ("IPGP", "6"),
    ("ACPKIX", "7"),
    ("IACPKIX", "8"),
    ("URI", "253"),
    ("OID", "254"),
];

//! The forms that are no plain row of fields.

use super::super::error::Reason;
use super::super::read::{hex, next, number, push_checked_string, simple};
use super::super::scan::Scanner;
use crate::{FieldKind, Name, Names, RecordType};
use data_encoding::BASE64;
use std::net::{IpAddr, Ipv6Addr};

/// Reads a field of one word.
fn one(
    kind: FieldKind,
    scanner: &mut Scanner<'_>,
    names: Names<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    simple(kind, next(scanner)?.raw, names, out)
}

/// All words up to the end as one.
fn joined(scanner: &mut Scanner<'_>) -> Result<String, Reason> {
    let mut text = String::new();
    while let Some(word) = scanner.word()? {
        text.push_str(word.raw);
    }
    Ok(text)
}

fn base64(digits: &str) -> Result<Vec<u8>, Reason> {
    BASE64
        .decode(digits.as_bytes())
        .map_err(|error| format!("this is not base64 (RFC 4648 section 4): {error}").into())
}

fn octet(word: &str, most: u32) -> Result<u8, Reason> {
    let value = number(word, 0, most.min(255))?;
    Ok(u8::try_from(value).unwrap_or(u8::MAX))
}

fn address(word: &str) -> Result<IpAddr, Reason> {
    word.parse().map_err(|_| format!("\"{word}\" is not an address").into())
}

fn ipv6(word: &str) -> Result<Ipv6Addr, Reason> {
    word.parse().map_err(|_| format!("\"{word}\" is not an IPv6 address").into())
}

/// Type, scheme, port and target (RFC 9859 section 2.1). The only scheme with a name is NOTIFY.
pub(super) fn dsync(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    one(FieldKind::Type, scanner, names, out)?;
    let scheme = next(scanner)?.raw;
    out.push(if scheme.eq_ignore_ascii_case("NOTIFY") { 1 } else { octet(scheme, 255)? });
    one(FieldKind::U16, scanner, names, out)?;
    one(FieldKind::Name, scanner, names, out)
}

/// Sets the bit of this number, the highest of the first octet being 0.
fn set(bits: &mut Vec<u8>, number: u16) {
    let at = usize::from(number / 8);
    if bits.len() <= at {
        bits.resize(at + 1, 0);
    }
    if let Some(octet) = bits.get_mut(at) {
        *octet |= 0x80 >> (number % 8);
    }
}

/// Address, protocol and ports (RFC 1035 section 3.4.2). Ports by name are those of RFC 1010 and HTTP.
pub(super) fn wks(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    const PORTS: [(&str, u16); 21] = [
        ("echo", 7),
        ("discard", 9),
        ("systat", 11),
        ("daytime", 13),
        ("netstat", 15),
        ("ftp-data", 20),
        ("ftp", 21),
        ("ssh", 22),
        ("telnet", 23),
        ("smtp", 25),
        ("time", 37),
        ("whois", 43),
        ("domain", 53),
        ("tftp", 69),
        ("finger", 79),
        ("http", 80),
        ("pop3", 110),
        ("sunrpc", 111),
        ("nntp", 119),
        ("ntp", 123),
        ("https", 443),
    ];
    one(FieldKind::Ipv4, scanner, names, out)?;
    let protocol = next(scanner)?.raw;
    out.push(match protocol.to_ascii_lowercase().as_str() {
        "tcp" => 6,
        "udp" => 17,
        _ => octet(protocol, 255)?,
    });
    let mut bits = Vec::new();
    while let Some(word) = scanner.word()? {
        let known = PORTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word.raw));
        let port = match known {
            Some((_, port)) => *port,
            None => number(word.raw, 0, 65_535).ok().and_then(|port| u16::try_from(port).ok()).ok_or_else(
                || format!("\"{}\" is no known service: write the number of its port", word.raw),
            )?,
        };
        set(&mut bits, port);
    }
    out.extend(bits);
    Ok(())
}

/// An address and maybe a subaddress (RFC 1183 section 3.2).
pub(super) fn isdn(scanner: &mut Scanner<'_>, _: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    push_checked_string(out, &next(scanner)?.octets()?)?;
    match scanner.word()? {
        Some(word) => push_checked_string(out, &word.octets()?),
        None => Ok(()),
    }
}

/// `0x` and hexadecimal with dots (RFC 1706 section 5).
pub(super) fn nsap(scanner: &mut Scanner<'_>, _: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    let word = next(scanner)?.raw;
    let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    let digits = digits.ok_or("an address of NSAP starts with 0x (RFC 1706 section 5)")?;
    let octets = hex(&digits.replace('.', ""))?;
    if octets.is_empty() {
        return Err("there are no digits behind 0x".into());
    }
    out.extend(octets);
    Ok(())
}

/// Flags, protocol, algorithm and the key, which flags can rule out (RFC 2535 section 3.1.2).
pub(super) fn key(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    const NO_KEY: u32 = 0xc000;
    let flags = next(scanner)?.raw;
    let without = number(flags, 0, 65_535)? & NO_KEY == NO_KEY;
    simple(FieldKind::U16, flags, names, out)?;
    one(FieldKind::U8, scanner, names, out)?;
    one(FieldKind::Algorithm, scanner, names, out)?;
    let key = base64(&joined(scanner)?)?;
    if key.is_empty() != without {
        let why = if without { "flags 49152 say that there is no key" } else { "the key is missing" };
        return Err(why.into());
    }
    out.extend(key);
    Ok(())
}

/// The next name and types below 128 (RFC 2535 section 5.2).
pub(super) fn nxt(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    one(FieldKind::Name, scanner, names, out)?;
    let mut bits = Vec::new();
    while let Some(word) = scanner.word()? {
        let rtype: RecordType =
            word.raw.parse().map_err(|error: crate::RecordTypeError| error.to_string())?;
        let code = rtype.code().filter(|code| (1..128).contains(code));
        set(&mut bits, code.ok_or_else(|| format!("NXT holds types below 128, and {rtype} is none"))?);
    }
    out.extend(bits);
    Ok(())
}

/// `+` and digits, or hexadecimal with dots.
pub(super) fn atma(scanner: &mut Scanner<'_>, _: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    let word = next(scanner)?.raw;
    let (format, octets) = match word.strip_prefix('+') {
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => (1, digits.as_bytes().to_vec()),
        Some(_) => return Err(format!("\"{word}\" is not + and digits").into()),
        None => (0, hex(&word.replace('.', ""))?),
    };
    if octets.is_empty() {
        return Err("the address is empty".into());
    }
    out.push(format);
    out.extend(octets);
    Ok(())
}

/// The length of the prefix, what is behind it, and where it is found (RFC 2874 section 3.1).
pub(super) fn a6(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    let prefix = octet(next(scanner)?.raw, 128)?;
    out.push(prefix);
    if prefix < 128 {
        let mut octets = ipv6(next(scanner)?.raw)?.octets();
        let whole = usize::from(prefix / 8);
        if let Some(first) = octets.get_mut(whole) {
            *first &= 0xff >> (prefix % 8);
        }
        out.extend(octets.iter().skip(whole));
    }
    if prefix > 0 { one(FieldKind::Name, scanner, names, out) } else { Ok(()) }
}

/// Items `[!]FAMILY:ADDRESS/PREFIX`, or none (RFC 3123 section 5).
pub(super) fn apl(scanner: &mut Scanner<'_>, _: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    while let Some(word) = scanner.word()? {
        let bad = || {
            Reason::from(format!("\"{}\" is not of the form [!]1:IPv4/PREFIX or [!]2:IPv6/PREFIX", word.raw))
        };
        let (negated, item) = match word.raw.strip_prefix('!') {
            Some(item) => (0x80, item),
            None => (0, word.raw),
        };
        let (family, rest) = item.split_once(':').ok_or_else(bad)?;
        let (text, prefix) = rest.split_once('/').ok_or_else(bad)?;
        let address = address(text).map_err(|_| bad())?;
        let (octets, code, most) = match (family, address) {
            ("1", IpAddr::V4(address)) => (address.octets().to_vec(), 1_u8, 32),
            ("2", IpAddr::V6(address)) => (address.octets().to_vec(), 2, 128),
            _ => return Err(bad()),
        };
        out.extend([0, code, octet(prefix, most)?]);
        // RFC 3123 section 4: zeros at the end are left out.
        let used = octets.iter().rposition(|&octet| octet != 0).map_or(0, |last| last + 1);
        out.push(negated | u8::try_from(used).unwrap_or(0));
        out.extend(octets.iter().take(used));
    }
    Ok(())
}

/// A gateway by its type: none, an address, or a name.
fn gateway(kind: u32, scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    match kind {
        0 => match next(scanner)?.raw {
            "." => Ok(()),
            _ => Err("type 0 says that there is none, which is written as a dot".into()),
        },
        1 => one(FieldKind::Ipv4, scanner, names, out),
        2 => one(FieldKind::Ipv6, scanner, names, out),
        _ => one(FieldKind::Name, scanner, names, out),
    }
}

/// Precedence, type of the gateway, algorithm, gateway, key (RFC 4025 section 3.1).
pub(super) fn ipseckey(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    one(FieldKind::U8, scanner, names, out)?;
    let kind = octet(next(scanner)?.raw, 3)?;
    out.push(kind);
    one(FieldKind::U8, scanner, names, out)?;
    gateway(kind.into(), scanner, names, out)?;
    out.extend(base64(&joined(scanner)?)?);
    Ok(())
}

/// Algorithm, tag, key, names of servers (RFC 8005 section 6).
pub(super) fn hip(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    let algorithm = octet(next(scanner)?.raw, 255)?;
    let tag = hex(next(scanner)?.raw)?;
    let key = base64(next(scanner)?.raw)?;
    let length = u8::try_from(tag.len()).ok().filter(|length| *length > 0);
    out.push(length.ok_or("the tag has 1 to 255 octets")?);
    out.push(algorithm);
    let length = u16::try_from(key.len()).ok().filter(|length| *length > 0);
    out.extend(length.ok_or("the key has 1 to 65535 octets")?.to_be_bytes());
    out.extend(tag);
    out.extend(key);
    while let Some(word) = scanner.word()? {
        Name::parse(word.raw, names)?.write_wire(out);
    }
    Ok(())
}

/// Preference and 64 bits in four groups (RFC 6742 sections 2.1.2 and 2.3.2).
pub(super) fn locator(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    one(FieldKind::U16, scanner, names, out)?;
    let word = next(scanner)?.raw;
    let groups = word.split(':').map(|group| {
        let digits = (1..=4).contains(&group.len()) && group.bytes().all(|digit| digit.is_ascii_hexdigit());
        digits.then(|| u16::from_str_radix(group, 16).ok()).flatten()
    });
    let groups: Option<Vec<u16>> = groups.collect();
    let groups = groups.filter(|groups| groups.len() == 4);
    let groups =
        groups.ok_or_else(|| format!("\"{word}\" is not four groups of up to four hexadecimal digits"))?;
    out.extend(groups.into_iter().flat_map(u16::to_be_bytes));
    Ok(())
}

/// Six pairs of digits with `-` between (RFC 7043 section 3.2).
pub(super) fn eui48(scanner: &mut Scanner<'_>, _: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    eui(6, scanner, out)
}

/// Eight pairs of digits with `-` between (RFC 7043 section 4.2).
pub(super) fn eui64(scanner: &mut Scanner<'_>, _: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    eui(8, scanner, out)
}

fn eui(count: usize, scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    let word = next(scanner)?.raw;
    let pairs: Vec<&str> = word.split('-').collect();
    if pairs.len() != count || pairs.iter().any(|pair| pair.len() != 2) {
        return Err(
            format!("\"{word}\" is not {count} pairs of hexadecimal digits with - between them").into()
        );
    }
    out.extend(hex(&pairs.concat())?);
    Ok(())
}

/// Enterprise, type, location, media type, data.
pub(super) fn doa(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    one(FieldKind::U32, scanner, names, out)?;
    one(FieldKind::U32, scanner, names, out)?;
    one(FieldKind::U8, scanner, names, out)?;
    push_checked_string(out, &next(scanner)?.octets()?)?;
    match joined(scanner)?.as_str() {
        "" => Err("the data is missing; none is written -".into()),
        "-" => Ok(()),
        digits => {
            out.extend(base64(digits)?);
            Ok(())
        }
    }
}

/// Precedence, whether discovery is optional, type of the relay, relay (RFC 8777 section 4.2).
pub(super) fn amtrelay(scanner: &mut Scanner<'_>, names: Names<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    one(FieldKind::U8, scanner, names, out)?;
    let optional = octet(next(scanner)?.raw, 1)?;
    let kind = octet(next(scanner)?.raw, 3)?;
    out.push(optional << 7 | kind);
    gateway(kind.into(), scanner, names, out)
}

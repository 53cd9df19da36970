//! Service parameters of SVCB and HTTPS (RFC 9460 sections 2.1, 2.2 and 14.3.2).

use super::error::Reason;
use super::print;
use super::read::{number, push_checked_string};
use super::scan::{Scanner, Word};
use super::template;
use data_encoding::BASE64;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Names of the keys 0 to 8 (IANA registry "Service Parameter Keys").
const KEYS: [&str; 9] =
    ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp"];

/// Reads parameters up to the end; they are kept by ascending number of their keys.
pub(super) fn read(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    let mut parameters: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    while let Some((name, value)) = scanner.parameter()? {
        let key = key(name)?;
        if parameters.contains_key(&key) {
            return Err(format!("the parameter {name} stands twice").into());
        }
        // A value behind keyNNNNN is taken as it is, also where the key has a name (section 2.1).
        let octets = if name.starts_with("key") {
            value.as_ref().map(Word::octets).transpose().map(Option::unwrap_or_default)
        } else {
            read_value(key, value.as_ref())
        };
        let octets = octets.map_err(|reason| format!("{name}: {}", reason.text))?;
        parameters.insert(key, octets);
    }
    for (key, octets) in parameters {
        let length = u16::try_from(octets.len()).map_err(|_| "a parameter has more than 65535 octets")?;
        out.extend_from_slice(&key.to_be_bytes());
        out.extend_from_slice(&length.to_be_bytes());
        out.extend(octets);
    }
    Ok(())
}

fn key(name: &str) -> Result<u16, Reason> {
    if let Some(index) = KEYS.iter().position(|known| *known == name) {
        return Ok(u16::try_from(index).unwrap_or(u16::MAX));
    }
    name.strip_prefix("key")
        .filter(|digits| digits.len() == 1 || !digits.starts_with('0'))
        .and_then(|digits| number(digits, 0, 65_535).ok())
        .and_then(|number| u16::try_from(number).ok())
        .ok_or_else(|| {
            let keys = KEYS.join(", ");
            format!(
                "\"{name}\" is no service parameter; known are {keys}, and keyNNNNN (RFC 9460 section 2.1)"
            )
            .into()
        })
}

fn read_value(key: u16, value: Option<&Word<'_>>) -> Result<Vec<u8>, Reason> {
    let octets = value.map(Word::octets).transpose()?.unwrap_or_default();
    let text = || std::str::from_utf8(&octets).map_err(|_| Reason::from("the value is not text"));
    let mut out = Vec::new();
    match key {
        0 => {
            let mut keys = text()?.split(',').map(self::key).collect::<Result<Vec<_>, _>>()?;
            keys.sort_unstable();
            keys.iter().for_each(|key| out.extend_from_slice(&key.to_be_bytes()));
        }
        1 => {
            for id in value_list(&octets)? {
                push_checked_string(&mut out, &id)?;
            }
        }
        2 | 8 if !octets.is_empty() => return Err("this parameter has no value".into()),
        3 => out.extend_from_slice(&number(text()?, 0, 65_535)?.to_be_bytes()[2..]),
        4 => {
            for part in text()?.split(',') {
                let address: Ipv4Addr =
                    part.parse().map_err(|_| format!("\"{part}\" is not an IPv4 address"))?;
                out.extend_from_slice(&address.octets());
            }
        }
        5 => out = BASE64.decode(&octets).map_err(|error| format!("this is not base64: {error}"))?,
        6 => {
            for part in text()?.split(',') {
                let address: Ipv6Addr =
                    part.parse().map_err(|_| format!("\"{part}\" is not an IPv6 address"))?;
                out.extend_from_slice(&address.octets());
            }
        }
        _ => out = octets,
    }
    check_value(key, &out)?;
    Ok(out)
}

/// Splits at commas; a backslash takes the next octet as it is (RFC 9460 appendix A.1).
fn value_list(octets: &[u8]) -> Result<Vec<Vec<u8>>, Reason> {
    let mut list = vec![Vec::new()];
    let mut octets = octets.iter();
    while let Some(&octet) = octets.next() {
        match octet {
            b',' => list.push(Vec::new()),
            b'\\' => {
                let next = octets.next().ok_or("a backslash stands at the end")?;
                list.last_mut().into_iter().for_each(|last| last.push(*next));
            }
            _ => list.last_mut().into_iter().for_each(|last| last.push(octet)),
        }
    }
    Ok(list)
}

/// Checks octets from the wire (RFC 9460 section 2.2).
pub(super) fn check(octets: &[u8]) -> Result<(), Reason> {
    let mut last = None;
    for parameter in parameters(octets) {
        let (key, value) = parameter.ok_or("the service parameters end early")?;
        if last >= Some(key) {
            return Err("the service parameters are not in ascending order".into());
        }
        last = Some(key);
        check_value(key, value).map_err(|reason| format!("{}: {}", key_name(key), reason.text))?;
    }
    check_mandatory(octets)
}

/// What is mandatory is there, and `mandatory` itself is not named (section 8).
fn check_mandatory(octets: &[u8]) -> Result<(), Reason> {
    let Some((0, list)) = parameters(octets).next().flatten() else { return Ok(()) };
    let keys: BTreeSet<u16> = parameters(octets).flatten().map(|(key, _)| key).collect();
    for wanted in list.chunks_exact(2) {
        let wanted = wanted.iter().fold(0, |number, octet| number << 8 | u16::from(*octet));
        if wanted == 0 || !keys.contains(&wanted) {
            return Err(format!("mandatory: the parameter {} must be there too", key_name(wanted)).into());
        }
    }
    Ok(())
}

fn check_value(key: u16, value: &[u8]) -> Result<(), Reason> {
    let good = match key {
        0 => {
            let keys: Vec<_> = value.chunks(2).collect();
            !keys.is_empty() && value.len().is_multiple_of(2) && keys.is_sorted_by(|a, b| a < b)
        }
        1 => {
            let mut at = 0;
            while let Some(&length) = value.get(at) {
                at += if length == 0 { value.len() + 1 } else { usize::from(length) + 1 };
            }
            at == value.len() && at > 0
        }
        2 | 8 => value.is_empty(),
        3 => value.len() == 2,
        4 => !value.is_empty() && value.len().is_multiple_of(4),
        5 => !value.is_empty(),
        6 => !value.is_empty() && value.len().is_multiple_of(16),
        7 => !value.is_empty() && std::str::from_utf8(value).is_ok(),
        _ => true,
    };
    if good { Ok(()) } else { Err("the value is empty, out of order or of the wrong length".into()) }
}

/// What makes parameters that are well-formed of no use, so that name servers refuse them.
pub(super) fn fault(octets: &[u8]) -> Option<&'static str> {
    let has = |wanted: u16| parameters(octets).flatten().find(|(key, _)| *key == wanted);
    if has(2).is_some() && has(1).is_none() {
        return Some("svc_params: no-default-alpn stands without alpn (RFC 9460 section 7.1.1)");
    }
    has(7).filter(|(_, value)| !template::is_path_of_queries(value)).map(|_| {
        "svc_params: dohpath is no path with the variable dns, such as /dns-query{?dns} (RFC 9461 section 5)"
    })
}

fn parameters(mut rest: &[u8]) -> impl Iterator<Item = Option<(u16, &[u8])>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let [a, b, c, d, after @ ..] = rest else {
            rest = &[];
            return Some(None);
        };
        let length = usize::from(u16::from_be_bytes([*c, *d]));
        let Some((value, after)) = after.split_at_checked(length) else {
            rest = &[];
            return Some(None);
        };
        rest = after;
        Some(Some((u16::from_be_bytes([*a, *b]), value)))
    })
}

/// The name of a key. Those that came after RFC 9460 are written by number, since name servers in use today (BIND 9.18,
/// Knot 3.2) do not know their names.
fn key_name(key: u16) -> String {
    let known = KEYS.get(usize::from(key)).filter(|_| key <= 6);
    known.map_or_else(|| format!("key{key}"), |name| (*name).to_owned())
}

/// The parameters in order, values quoted where blanks, commas or backslashes ask for it.
pub(super) fn print(octets: &[u8]) -> String {
    let mut text = String::new();
    for (key, value) in parameters(octets).flatten() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&key_name(key));
        let shown: Vec<u8> = match key {
            0 => value
                .chunks(2)
                .map(|k| key_name(k.iter().fold(0, |n, &o| n << 8 | u16::from(o))))
                .collect::<Vec<_>>()
                .join(",")
                .into(),
            1 => alpn(value),
            3 => value.iter().fold(0_u32, |number, &octet| number << 8 | u32::from(octet)).to_string().into(),
            4 => addresses(value, 4).into(),
            5 => BASE64.encode(value).into(),
            6 => addresses(value, 16).into(),
            _ => value.to_vec(),
        };
        if shown.is_empty() {
            continue;
        }
        text.push('=');
        let simple = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_.,:/+=*?{}!&%".contains(octet);
        if shown.iter().all(simple) {
            text.extend(shown.iter().map(|&octet| char::from(octet)));
        } else {
            print::quoted(&mut text, &shown);
        }
    }
    text
}

fn alpn(mut value: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    while let [length, after @ ..] = value {
        if !text.is_empty() {
            text.push(b',');
        }
        for &octet in after.iter().take(usize::from(*length)) {
            if matches!(octet, b',' | b'\\') {
                text.push(b'\\');
            }
            text.push(octet);
        }
        value = after.get(usize::from(*length)..).unwrap_or(&[]);
    }
    text
}

fn addresses(value: &[u8], size: usize) -> String {
    let mut text = String::new();
    for chunk in value.chunks(size) {
        if !text.is_empty() {
            text.push(',');
        }
        if let Ok(four) = <[u8; 4]>::try_from(chunk) {
            let _ = write!(text, "{}", Ipv4Addr::from(four));
        } else if let Ok(sixteen) = <[u8; 16]>::try_from(chunk) {
            let _ = write!(text, "{}", Ipv6Addr::from(sixteen));
        }
    }
    text
}

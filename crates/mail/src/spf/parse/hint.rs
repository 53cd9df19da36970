//! What somebody may have meant.

use crate::fault::excerpt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Ends of messages.
pub(super) struct Hints {
    pub(super) address: &'static str,
    pub(super) no_prefix: &'static str,
}

pub(super) const HINTS: Hints = Hints {
    address: "; an address is written with \"ip4:\"",
    no_prefix: "; a prefix length may only stand after a, mx, ip4 and ip6",
};

const MECHANISMS: [&str; 8] = ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"];

/// Those in which a slip of the hand is told from another word.
const LONG: [&str; 2] = ["include", "exists"];

/// Whether a word is another one with one letter too many, missing or wrong, or with two letters swapped.
fn is_slip(word: &[u8], meant: &str) -> bool {
    let meant = meant.as_bytes();
    let same = word.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let rest = |text: &[u8], from: usize| text.get(from..).unwrap_or(&[]).to_vec();
    let (own, other) = (rest(word, same), rest(meant, same));
    let swapped = match (own.as_slice(), other.as_slice()) {
        ([a, b, own @ ..], [c, d, other @ ..]) => a == d && b == c && own == other,
        _ => false,
    };
    swapped || rest(&own, 1) == rest(&other, 1) || rest(&own, 1) == other || own == rest(&other, 1)
}

/// Where a term ends and the next begins without a space, if that is what is wrong.
pub(super) fn missing_space(word: &[u8]) -> Option<usize> {
    const STARTS: [&[u8]; 6] = [b"include:", b"ip4:", b"ip6:", b"exists:", b"redirect=", b"exp="];
    let all = word.len().checked_sub(4).filter(|&at| at > 0);
    let all = all.filter(|&at| {
        let end = word.get(at..).unwrap_or(&[]);
        end.first().is_some_and(|sign| b"+-~?".contains(sign))
            && end.get(1..).is_some_and(|end| end.eq_ignore_ascii_case(b"all"))
    });
    let name_end = word.iter().position(|octet| b":=/".contains(octet));
    let inner = name_end.and_then(|from| {
        (from + 1..word.len()).find(|&at| {
            let rest = word.get(at..).unwrap_or(&[]);
            STARTS
                .iter()
                .any(|start| rest.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
        })
    });
    // A sign before it belongs to it.
    let signed = |at: usize| match at.checked_sub(1).and_then(|before| word.get(before)) {
        Some(b'+' | b'-' | b'~' | b'?') => at - 1,
        _ => at,
    };
    inner.map(signed).filter(|&at| name_end.is_some_and(|name| at > name + 1)).or(all)
}

pub(super) fn unknown_mechanism(name: &[u8], word: &[u8]) -> String {
    let lower = name.get(..name.len().min(16)).unwrap_or(&[]).to_ascii_lowercase();
    let bare: Vec<u8> = lower.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let meant = match bare.as_slice() {
        b"ipv4" | b"ip" => Some("ip4:".to_owned()),
        b"ipv6" => Some("ip6:".to_owned()),
        b"redirect" | b"exp" => Some(format!("{}=", String::from_utf8_lossy(&bare))),
        other => MECHANISMS
            .iter()
            .find(|known| known.as_bytes() == other)
            .map(|known| (*known).to_owned())
            .or_else(|| LONG.iter().find(|known| is_slip(other, known)).map(|known| format!("{known}:"))),
    };
    let hint = match meant {
        Some(meant) => format!("; is \"{meant}\" meant?"),
        None if address(std::str::from_utf8(name).ok(), "IPv6").is_empty() => String::new(),
        None => HINTS.address.to_owned(),
    };
    format!("there is no mechanism \"{}\"{hint}", excerpt(if name.is_empty() { word } else { name }))
}

pub(super) fn unknown_modifier(name: &[u8], value: &[u8]) -> String {
    let name_text = excerpt(name);
    let lower = name.get(..name.len().min(16)).unwrap_or(&[]).to_ascii_lowercase();
    if lower == b"v" && value.eq_ignore_ascii_case(b"spf1") {
        return "\"v=spf1\" stands here again and is ignored: two records were put into one text".to_owned();
    }
    let meant = MECHANISMS.iter().find(|known| known.as_bytes() == lower);
    let hint = meant.map(|meant| format!("; is \"{meant}:\" meant?")).unwrap_or_default();
    format!("receivers ignore \"{name_text}=\", which no RFC defines{hint}")
}

/// What an address that is none of this family looks like.
pub(super) fn address(text: Option<&str>, family: &str) -> &'static str {
    let text = text.unwrap_or_default();
    match family {
        "IPv4" if text.parse::<Ipv6Addr>().is_ok() => "; an IPv6 address is written with \"ip6:\"",
        "IPv6" if text.parse::<Ipv4Addr>().is_ok() => "; an IPv4 address is written with \"ip4:\"",
        "IPv4" if text.split('.').any(|part| part.len() > 1 && part.starts_with('0')) => {
            "; its numbers have no leading zeros"
        }
        "IPv4" if text.contains(':') => "; a port may not stand here",
        _ => "",
    }
}

//! One term of a record (RFC 7208 sections 4.6.1, 5 and 6).

use super::hint::{self, HINTS};
use super::{FaultKind, Parser};
use crate::Span;
use crate::fault::excerpt;
use crate::spf::{Directive, MacroText, Mechanism, Prefixes, Qualifier, Term, TermKind};
use std::net::{Ipv4Addr, Ipv6Addr};

impl Parser {
    /// A word between spaces.
    pub(super) fn word(&mut self, word: &[u8], span: Span) -> Option<Term> {
        let before = self.faults.len();
        self.steps += word.len();
        if word.iter().any(|octet| !octet.is_ascii_graphic()) {
            self.strange_octets(word, span.start);
            return None;
        }
        let name =
            word.iter().take_while(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(octet)).count();
        let is_modifier = word.get(name) == Some(&b'=') && word.first().is_some_and(u8::is_ascii_alphabetic);
        let kind = if is_modifier {
            let (name, value) = word.split_at_checked(name)?;
            self.modifier(name, value.get(1..)?, span)
        } else {
            self.directive(word, span).map(TermKind::Directive)
        };
        if self.failed(before)
            && let Some(cut) = hint::missing_space(word)
        {
            // One fault that names the cause instead of what follows from it.
            self.faults.truncate(before);
            let text = excerpt(word.get(cut..).unwrap_or(&[]));
            self.fault(FaultKind::Separator, span, format!("a space is missing before \"{text}\""));
            return None;
        }
        if self.failed(before) { None } else { kind.map(|kind| Term { kind, span }) }
    }

    fn strange_octets(&mut self, word: &[u8], start: usize) {
        let mut at = 0;
        while let Some(rest) = word.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = rest.iter().take_while(|octet| octet.is_ascii_graphic()).count();
            let run = rest.iter().skip(plain).take_while(|octet| !octet.is_ascii_graphic()).count();
            self.steps += plain + run;
            if run > 0 {
                self.strange(rest.get(plain..).unwrap_or(&[]), run, start + at + plain);
            }
            at += plain + run;
        }
    }

    fn modifier(&mut self, name: &[u8], value: &[u8], span: Span) -> Option<TermKind> {
        let at = span.end - value.len();
        let known: Option<fn(MacroText) -> TermKind> = match name.to_ascii_lowercase().as_slice() {
            b"redirect" => Some(TermKind::Redirect),
            b"exp" => Some(TermKind::Explanation),
            _ => None,
        };
        let Some(known) = known else {
            let before = self.faults.len();
            let text = self.text(value, at, false);
            if !self.failed(before) {
                let words = hint::unknown_modifier(name, value);
                self.fault(FaultKind::UnknownModifier, span, words);
            }
            return Some(TermKind::Unknown {
                name: name.iter().copied().map(char::from).collect(),
                value: text,
            });
        };
        if value.is_empty() {
            self.fault(
                FaultKind::MissingArgument,
                span,
                format!("after \"{}=\" a name is missing", excerpt(name)),
            );
            return None;
        }
        self.domain(value, at, "").map(known)
    }

    fn directive(&mut self, word: &[u8], span: Span) -> Option<Directive> {
        let (qualifier, signed) = match word.first()? {
            b'+' => (Qualifier::Pass, 1),
            b'-' => (Qualifier::Fail, 1),
            b'~' => (Qualifier::SoftFail, 1),
            b'?' => (Qualifier::Neutral, 1),
            _ => (Qualifier::Pass, 0),
        };
        let body = word.get(signed..)?;
        let end = body.iter().position(|octet| matches!(octet, b':' | b'/')).unwrap_or(body.len());
        let (name, rest) = body.split_at_checked(end)?;
        let at = span.start + signed + end;
        let mechanism = match name.to_ascii_lowercase().as_slice() {
            b"all" => self.bare(rest, at).then_some(Mechanism::All),
            b"include" => self.one_name(name, rest, span).map(Mechanism::Include),
            b"exists" => self.one_name(name, rest, span).map(Mechanism::Exists),
            b"a" => self.name_and_prefixes(rest, at).map(|(name, prefixes)| Mechanism::A(name, prefixes)),
            b"mx" => self.name_and_prefixes(rest, at).map(|(name, prefixes)| Mechanism::Mx(name, prefixes)),
            b"ptr" if rest.is_empty() => Some(Mechanism::Ptr(None)),
            b"ptr" => self.one_name(name, rest, span).map(|name| Mechanism::Ptr(Some(name))),
            b"ip4" => self.network(name, rest, span, 32, "IPv4", |address: Ipv4Addr, prefix| {
                (Mechanism::Ip4(address, prefix), u128::from(address.to_bits()) << 96)
            }),
            b"ip6" => self.network(name, rest, span, 128, "IPv6", |address: Ipv6Addr, prefix| {
                (Mechanism::Ip6(address, prefix), address.to_bits())
            }),
            _ => {
                let words = hint::unknown_mechanism(name, word);
                self.fault(FaultKind::UnknownMechanism, span, words);
                None
            }
        };
        Some(Directive { qualifier, mechanism: mechanism? })
    }

    fn bare(&mut self, rest: &[u8], at: usize) -> bool {
        if !rest.is_empty() {
            self.fault(FaultKind::UnexpectedArgument, at..at + rest.len(), "nothing may stand after \"all\"");
        }
        rest.is_empty()
    }

    /// `:` and a name without a prefix length.
    fn one_name(&mut self, mechanism: &[u8], rest: &[u8], span: Span) -> Option<MacroText> {
        let text = match rest.split_first() {
            Some((b':', text)) if !text.is_empty() => text,
            Some((b'/', _)) => {
                let words = format!("\"{}\" takes no prefix length", excerpt(mechanism));
                self.fault(FaultKind::PrefixLength, span.end - rest.len()..span.end, words);
                return None;
            }
            _ => {
                let words = format!("after \"{}\" a colon and a name are missing", excerpt(mechanism));
                self.fault(FaultKind::MissingArgument, span, words);
                return None;
            }
        };
        let digits = text.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
        let slash =
            digits > 0 && text.len().checked_sub(digits + 1).and_then(|at| text.get(at)) == Some(&b'/');
        let hint = if slash { HINTS.no_prefix } else { "" };
        self.domain(text, span.end - text.len(), hint)
    }

    /// `[ ":" domain-spec ] [ dual-cidr-length ]`
    fn name_and_prefixes(&mut self, rest: &[u8], at: usize) -> Option<(Option<MacroText>, Prefixes)> {
        let before = self.faults.len();
        let mut prefixes = Prefixes::default();
        let mut head = rest;
        if let Some((front, digits, 2)) = prefix(head) {
            prefixes.ipv6 = self.length(digits, at + front.len() + 2, 128);
            head = front;
        }
        if let Some((front, digits, 1)) = prefix(head) {
            prefixes.ipv4 = self.length(digits, at + front.len() + 1, 32);
            head = front;
        }
        if prefix(head).is_some() {
            self.faults.truncate(before);
            let words =
                "one prefix length too many: \"/24\" is for IPv4, \"//64\" for IPv6, \"/24//64\" for both";
            self.fault(FaultKind::PrefixLength, at..at + rest.len(), words);
        }
        if self.failed(before) {
            return None;
        }
        match head.split_first() {
            None => Some((None, prefixes)),
            Some((b':', [])) => {
                self.fault(FaultKind::MissingArgument, at..at + 1, "after the colon a name is missing");
                None
            }
            Some((b':', text)) => {
                let is_ip = std::str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv4Addr>().is_ok());
                let hint = if is_ip { HINTS.address } else { "" };
                Some((Some(self.domain(text, at + 1, hint)?), prefixes))
            }
            Some(_) => {
                let words = format!("\"{}\" is no prefix length", excerpt(head));
                self.fault(FaultKind::PrefixLength, at..at + head.len(), words);
                None
            }
        }
    }

    /// `":" network [ "/" length ]`. `make` gives the mechanism, and the address from the highest of 128 bits down.
    fn network<A: std::str::FromStr>(
        &mut self,
        mechanism: &[u8],
        rest: &[u8],
        span: Span,
        longest: u8,
        family: &str,
        make: impl Fn(A, Option<u8>) -> (Mechanism, u128),
    ) -> Option<Mechanism> {
        let Some((b':', text)) = rest.split_first().filter(|(_, text)| !text.is_empty()) else {
            let words =
                format!("after \"{}\" a colon and an {family} address are missing", excerpt(mechanism));
            self.fault(FaultKind::MissingArgument, span, words);
            return None;
        };
        let at = span.end - text.len();
        let end = text.iter().position(|&octet| octet == b'/').unwrap_or(text.len());
        let (address, length) = text.split_at_checked(end)?;
        let prefix = length.split_first().map(|(_, digits)| self.length(digits, at + end + 1, longest));
        // No address is longer; a megabyte need not be looked at.
        let short = address.get(..address.len().min(64)).and_then(|text| std::str::from_utf8(text).ok());
        let Some(parsed) = short.filter(|text| text.len() == end).and_then(|text| text.parse().ok()) else {
            let words =
                format!("\"{}\" is no {family} address{}", excerpt(address), hint::address(short, family));
            self.fault(FaultKind::Address, at..at + end, words);
            return None;
        };
        let prefix = match prefix {
            None => None,
            Some(length) => Some(length?),
        };
        let (mechanism, bits) = make(parsed, prefix);
        let kept = u32::from(prefix.unwrap_or(longest));
        if bits.checked_shl(kept).is_some_and(|below| below != 0) {
            let words =
                format!("the bits of the address below /{kept} are ignored: another network may be meant");
            self.fault(FaultKind::HostBits, at..span.end, words);
        }
        Some(mechanism)
    }

    /// A prefix length: no sign, no leading zero, not above `longest`.
    fn length(&mut self, digits: &[u8], at: usize, longest: u8) -> Option<u8> {
        let canonical =
            digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || digits.first() != Some(&b'0'));
        let number = std::str::from_utf8(digits).ok().filter(|_| canonical && digits.len() <= 3);
        let number = number.and_then(|text| text.parse::<u8>().ok()).filter(|&number| number <= longest);
        if number.is_none() {
            let words = format!("\"{}\" is no prefix length from 0 to {longest}", excerpt(digits));
            self.fault(FaultKind::PrefixLength, at..at + digits.len(), words);
        }
        number
    }
}

/// Cuts `/digits` or `//digits` off the end: what stands before, the digits, and how many slashes there were (1 or 2).
fn prefix(text: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let digits = text.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
    let (front, digits) = text.split_at_checked(text.len() - digits)?;
    let front = front.strip_suffix(b"/")?;
    match front.strip_suffix(b"/") {
        Some(shorter) => Some((shorter, digits, 2)),
        None => Some((front, digits, 1)),
    }
}

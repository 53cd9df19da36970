//! Macros get their values (RFC 7208 section 7).

use super::Question;
use crate::spf::{Letter, Macro, MacroText, Part};
use dnsctl_zone::Name;
use std::net::IpAddr;

/// The longest domain name as text (RFC 7208 section 7.3).
const LONGEST_NAME: usize = 253;
/// Values are cut to this length: an address has at most 320 octets (RFC 5321 section 4.5.3.1).
const LONGEST_VALUE: usize = 512;
/// Explanations are cut at about this length: they stand in a reply of SMTP.
const LONGEST_EXPLANATION: usize = 8192;

/// Who sends.
#[derive(Debug, Clone)]
pub(in crate::spf) struct Identity {
    pub(super) ip: IpAddr,
    helo: String,
    local_part: String,
    pub(super) domain: String,
    receiver: String,
    now: u64,
}

impl Identity {
    /// The sender, or `postmaster` at the name of HELO where there is none (sections 2.4 and 4.3).
    pub(in crate::spf) fn new(question: &Question<'_>) -> Self {
        let (local_part, domain) = match question.mail_from.rsplit_once('@') {
            Some((local_part, domain)) => (local_part, domain),
            None if question.mail_from.is_empty() => ("", question.helo),
            None => ("", question.mail_from),
        };
        let local_part = if local_part.is_empty() { "postmaster" } else { local_part };
        let receiver = if question.receiver.is_empty() { "unknown" } else { question.receiver };
        Self {
            ip: question.ip.to_canonical(),
            helo: head(question.helo),
            local_part: head(local_part),
            domain: domain.strip_suffix('.').unwrap_or(domain).to_owned(),
            receiver: head(receiver),
            now: question.now,
        }
    }

    /// The value of a macro in the record of `domain`; none for `p`, which must be looked up.
    fn value(&self, letter: Letter, domain: &str) -> Option<String> {
        Some(match letter {
            Letter::Sender => format!("{}@{}", self.local_part, head(&self.domain)),
            Letter::LocalPart => self.local_part.clone(),
            Letter::SenderDomain => head(&self.domain),
            Letter::Domain => head(domain),
            Letter::Client => match self.ip {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => {
                    let digits: Vec<String> =
                        format!("{:032X}", address.to_bits()).chars().map(String::from).collect();
                    digits.join(".")
                }
            },
            Letter::Pointer => return None,
            Letter::Family => if self.ip.is_ipv4() { "in-addr" } else { "ip6" }.to_owned(),
            Letter::Helo => self.helo.clone(),
            Letter::ReadableClient => self.ip.to_string(),
            Letter::Receiver => self.receiver.clone(),
            Letter::Time => self.now.to_string(),
        })
    }

    /// The name that a text with macros comes to, without a dot at its end: from the right as much as a name can hold, cut
    /// at a dot (section 7.3). `pointer` is asked for the value of the macro `p`; when that fails, so does this.
    pub(in crate::spf) fn name<E>(
        &self,
        text: &MacroText,
        domain: &str,
        mut pointer: impl FnMut() -> Result<String, E>,
    ) -> Result<String, E> {
        let mut pieces = Vec::new();
        let mut length = 0_usize;
        for part in text.parts().iter().rev() {
            let piece = self.part(part, domain, &mut pointer)?;
            length += piece.len();
            pieces.push(piece);
            if length > LONGEST_NAME + 2 {
                break;
            }
        }
        pieces.reverse();
        let name = pieces.concat();
        let mut name = name.strip_suffix('.').unwrap_or(&name);
        while name.len() > LONGEST_NAME
            && let Some((_, rest)) = name.split_once('.')
        {
            name = rest;
        }
        Ok(name.to_owned())
    }

    /// The text of an explanation.
    pub(super) fn explanation<E>(
        &self,
        text: &MacroText,
        domain: &str,
        mut pointer: impl FnMut() -> Result<String, E>,
    ) -> Result<String, E> {
        let mut all = String::new();
        for part in text.parts() {
            all.push_str(&self.part(part, domain, &mut pointer)?);
            if all.len() > LONGEST_EXPLANATION {
                break;
            }
        }
        Ok(all)
    }

    fn part<E>(
        &self,
        part: &Part,
        domain: &str,
        pointer: &mut impl FnMut() -> Result<String, E>,
    ) -> Result<String, E> {
        Ok(match part {
            Part::Literal(text) => text.clone(),
            Part::Percent => "%".to_owned(),
            Part::Space => " ".to_owned(),
            Part::UrlSpace => "%20".to_owned(),
            Part::Macro(found) => {
                let value = match self.value(found.letter, domain) {
                    Some(value) => value,
                    None => pointer()?,
                };
                transformed(&value, found)
            }
        })
    }
}

/// A value split, turned round, cut and joined again (section 7.3).
fn transformed(value: &str, found: &Macro) -> String {
    let delimiters = if found.delimiters.is_empty() { "." } else { &found.delimiters };
    let mut parts: Vec<&str> = value.split(|character| delimiters.contains(character)).collect();
    if found.reverse {
        parts.reverse();
    }
    let keep = found.keep.map_or(parts.len(), |keep| usize::try_from(keep).unwrap_or(usize::MAX));
    let kept = parts.get(parts.len().saturating_sub(keep)..).unwrap_or(&[]).join(".");
    if !found.url {
        return kept;
    }
    let mut escaped = String::with_capacity(kept.len());
    for octet in kept.bytes() {
        // The unreserved characters of RFC 3986 section 2.3.
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            escaped.push(char::from(octet));
        } else {
            escaped.push('%');
            escaped.extend(
                [octet >> 4, octet & 15]
                    .map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()),
            );
        }
    }
    escaped
}

/// The first octets of a value that an address can have.
fn head(text: &str) -> String {
    let mut end = text.len().min(LONGEST_VALUE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

/// A domain as text as a name. Its labels are the octets between dots: nothing is escaped in SPF.
pub(in crate::spf) fn name_of(domain: &str) -> Option<Name> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    Name::from_labels(domain.as_bytes().split(|&octet| octet == b'.')).ok()
}

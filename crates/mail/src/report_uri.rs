//! Where reports are sent to: the URIs of DMARC and TLS-RPT (RFC 3986, RFC 6068).

use crate::Span;
use crate::fault::excerpt;
use dnsctl_zone::Name;
use std::fmt;

/// A URI that is well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uri {
    /// The URI as it is written, without an obsolete size.
    pub text: String,
    /// The scheme in lower case: `mailto`, `https` and so on.
    pub scheme: String,
    /// The domain of the mailbox, or the host; `None` for other schemes.
    pub host: Option<Name>,
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why something is no URI for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UriFault {
    /// What is wrong.
    pub kind: UriFaultKind,
    /// Where.
    pub span: Span,
    /// The same in words.
    pub message: String,
}

/// What is wrong in a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UriFaultKind {
    /// Nothing between two commas.
    Empty,
    /// No scheme before a colon: most often a mailbox without `mailto:`.
    Scheme,
    /// A character that no URI has, or that must be written as `%HH` here.
    Character,
    /// A `%` without two hexadecimal digits.
    Escape,
    /// `mailto:` without a mailbox and its domain.
    Mailbox,
    /// A host that is no host name.
    Host,
}

/// Reads the URI in `octets`, which start at octet `offset` of the text.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read(octets: &[u8], offset: usize) -> Result<Uri, UriFault> {
    let fault = |kind, start: usize, end: usize, message: String| UriFault {
        kind,
        span: Span::new(start, end).shifted(offset),
        message,
    };
    let whole = |kind, message: String| fault(kind, 0, octets.len(), message);
    if octets.is_empty() {
        return Err(whole(UriFaultKind::Empty, "there is no URI here".to_owned()));
    }
    let colon = octets.iter().position(|octet| *octet == b':');
    let Some((scheme, rest)) = colon.and_then(|at| Some((octets.get(..at)?, octets.get(at + 1..)?))) else {
        return Err(whole(UriFaultKind::Scheme, no_scheme(octets)));
    };
    if !is_scheme(scheme) {
        return Err(whole(UriFaultKind::Scheme, no_scheme(octets)));
    }
    for (at, octet) in octets.iter().enumerate() {
        if *octet == b'%' {
            let digits = octets.get(at + 1..at + 3);
            if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                let message = "behind \"%\" belong two hexadecimal digits".to_owned();
                return Err(fault(UriFaultKind::Escape, at, octets.len().min(at + 3), message));
            }
        } else if !is_uri_octet(*octet) {
            let shown = excerpt(&[*octet]);
            let message = format!("\"{shown}\" is not allowed in this URI: write it as %{octet:02X}");
            return Err(fault(UriFaultKind::Character, at, at + 1, message));
        }
    }
    let text = String::from_utf8_lossy(octets).into_owned();
    let scheme = String::from_utf8_lossy(scheme).to_ascii_lowercase();
    let host =
        match &*scheme {
            "mailto" => Some(mailbox_domain(rest).ok_or_else(|| {
                let message = format!("\"{}\" is no mailbox with a domain", excerpt(rest));
                whole(UriFaultKind::Mailbox, message)
            })?),
            "http" | "https" => Some(authority(rest).ok_or_else(|| {
                whole(UriFaultKind::Host, format!("\"{}\" has no host name", excerpt(octets)))
            })?),
            _ => None,
        };
    Ok(Uri { text, scheme, host })
}

fn no_scheme(octets: &[u8]) -> String {
    let shown = excerpt(octets);
    let mailto = [b"mailto:", octets].concat();
    // Only what was not cut can be copied from the message.
    if shown.as_bytes() == octets && read(&mailto, 0).is_ok() {
        format!("\"{shown}\" has no scheme: write \"mailto:{shown}\"")
    } else {
        format!("\"{shown}\" is no URI: it starts with a scheme such as \"mailto:\"")
    }
}

fn is_scheme(octets: &[u8]) -> bool {
    octets.first().is_some_and(u8::is_ascii_alphabetic)
        && octets.iter().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(octet))
}

/// RFC 3986 section 2, without `,`, `!` and `;`, which have a meaning in the records (RFC 9989 section 4.8, RFC 8460 section 3).
fn is_uri_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~:/?#[]@$&'()*+=".contains(&octet)
}

/// The domain of a `mailto` URI without its scheme (RFC 6068 section 2): of its last address.
fn mailbox_domain(rest: &[u8]) -> Option<Name> {
    let end = rest.iter().position(|octet| *octet == b'?').unwrap_or(rest.len());
    let address = decoded(rest.get(..end)?);
    let at = address.iter().rposition(|octet| *octet == b'@').filter(|at| *at > 0)?;
    host_name(address.get(at + 1..)?)
}

/// The host of `//user@host:port/path` (RFC 3986 section 3.2).
fn authority(rest: &[u8]) -> Option<Name> {
    let rest = rest.strip_prefix(b"//")?;
    let end = rest.iter().position(|octet| b"/?#".contains(octet)).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let user = authority.iter().rposition(|octet| *octet == b'@').map_or(0, |at| at + 1);
    let host = authority.get(user..)?;
    let port = host.iter().position(|octet| *octet == b':').unwrap_or(host.len());
    host_name(host.get(..port)?)
}

/// The name of a host (RFC 1123 section 2.1), with U-labels allowed.
fn host_name(octets: &[u8]) -> Option<Name> {
    let name = Name::absolute(std::str::from_utf8(octets).ok()?).ok()?;
    (name.label_of_no_host().is_none() && !name.is_root()).then_some(name)
}

fn decoded(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((first, after)) = rest.split_first() {
        let escape = (*first == b'%').then(|| after.split_at_checked(2)).flatten();
        let value = escape.and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok()?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (octet, after) = value.unwrap_or((*first, after));
        out.push(octet);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn host(text: &str) -> Option<String> {
        read(text.as_bytes(), 0).unwrap().host.map(|name| name.without_dot())
    }

    fn kind(text: &str) -> (UriFaultKind, usize) {
        let fault = read(text.as_bytes(), 100).unwrap_err();
        (fault.kind, fault.span.start - 100)
    }

    #[test]
    fn hosts_are_found() {
        assert_eq!(host("mailto:a@Example.com").as_deref(), Some("example.com"));
        assert_eq!(host("MAILTO:a%40b@example.com?subject=x@y").as_deref(), Some("example.com"));
        assert_eq!(host("https://u@example.com:8443/v1?a=b@c").as_deref(), Some("example.com"));
        assert_eq!(host("ftp://example.com/"), None);
        // RFC 1123 section 2.1: no label begins or ends with a hyphen.
        assert_eq!(host("mailto:a@a-b.example.com").as_deref(), Some("a-b.example.com"));
        assert!(read(b"mailto:a@-b.example.com", 0).is_err());
        assert!(read(b"https://b-.example.com/", 0).is_err());
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        assert_eq!(kind(""), (UriFaultKind::Empty, 0));
        assert_eq!(kind("postmaster@example.com"), (UriFaultKind::Scheme, 0));
        assert_eq!(kind("1a:b"), (UriFaultKind::Scheme, 0));
        assert_eq!(kind("mailto:a b@example.com"), (UriFaultKind::Character, 8));
        assert_eq!(kind("mailto:a@example.com!10m"), (UriFaultKind::Character, 20));
        assert_eq!(kind("mailto:a%4@example.com"), (UriFaultKind::Escape, 8));
        assert_eq!(kind("mailto:a"), (UriFaultKind::Mailbox, 0));
        assert_eq!(kind("mailto:@example.com"), (UriFaultKind::Mailbox, 0));
        assert_eq!(kind("mailto:a@ex_ample.com"), (UriFaultKind::Mailbox, 0));
        assert_eq!(kind("mailto:a@[192.0.2.1]"), (UriFaultKind::Mailbox, 0));
        assert_eq!(kind("https:/example.com"), (UriFaultKind::Host, 0));
        assert_eq!(kind("https://"), (UriFaultKind::Host, 0));
    }

    #[test]
    fn only_what_would_be_a_uri_is_proposed() {
        let message = |octets: &[u8]| read(octets, 0).unwrap_err().message;
        assert_eq!(message(b"a@b.example"), "\"a@b.example\" has no scheme: write \"mailto:a@b.example\"");
        let long = [b"x".repeat(100).as_slice(), b"@b.example"].concat();
        let garbage = [b"m".as_slice(), &[0; 70], b"a@b.example"].concat();
        for octets in [b"mail to:a@b.example".as_slice(), &long, &garbage] {
            let message = message(octets);
            assert!(!message.contains("write"), "{message}");
            assert!(message.len() < 350, "{message}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..60), prefix in "(mailto:|https://)?") {
            let text = [prefix.as_bytes(), &octets].concat();
            match read(&text, 7) {
                Ok(uri) => prop_assert_eq!(read(uri.text.as_bytes(), 7), Ok(uri)),
                Err(fault) => prop_assert!(fault.span.start >= 7 && fault.span.end <= 7 + text.len()),
            }
        }
    }
}

//! BIMI records: the TXT at `SELECTOR._bimi.DOMAIN` (draft-brand-indicators-for-message-identification, section 4.2).
//! The syntax only: neither the image nor the certificate is looked at.

use crate::fault::excerpt;
use crate::report_uri::{self, Uri, UriFaultKind};
use crate::tags::{self, Style, Tag};
use crate::{Fault, FaultClass, Span};
use std::fmt;

/// What is wrong in a BIMI record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The tag-list (RFC 6376 section 3.2).
    Tag(tags::FaultKind),
    /// `v=BIMI1` is not the first tag: nobody takes the text for BIMI.
    Version,
    /// There is no `l`, which must be there even when it is empty.
    LocationMissing,
    /// `l` or `a` is not a URI.
    Uri(UriFaultKind),
    /// `l` or `a` is not https.
    NotHttps,
    /// A certificate without an image: `a` says something and `l` nothing.
    NoImage,
    /// `avp` is neither `brand` nor `personal`.
    Avatar,
    /// A tag that BIMI does not know: ignored.
    UnknownTag,
}

impl FaultClass for FaultKind {
    fn is_error(self) -> bool {
        match self {
            Self::Tag(kind) => kind.is_error(),
            Self::Avatar | Self::UnknownTag => false,
            _ => true,
        }
    }
}

/// Which picture a mail client shows when it has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Avatar {
    /// That of the brand.
    #[default]
    Brand,
    /// That of the sender.
    Personal,
}

/// A BIMI record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// `l`: the image.
    pub location: Option<Uri>,
    /// `a`: the certificate.
    pub authority: Option<Uri>,
    /// `avp`.
    pub avatar: Avatar,
    /// `lps`: prefixes of local parts that have a selector of their own.
    pub local_parts: Vec<String>,
}

impl Record {
    /// Whether the domain declines to have an image shown: `l` and `a` are empty (section 4.2.1 of the draft).
    pub fn declines(&self) -> bool {
        self.location.is_none() && self.authority.is_none()
    }
}

/// What a text says, and everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The record; `None` when nobody takes the text for one, or when it has no valid `l`.
    pub record: Option<Record>,
    /// What is wrong, in the order of the text.
    pub faults: Vec<Fault<FaultKind>>,
}

/// Whether a text is taken for a BIMI record: its first tag is `v=BIMI1`.
pub fn is_bimi(text: &[u8]) -> bool {
    let first = tags::first(text).of(text);
    tags::parse(first, Style::Folded)
        .tags
        .first()
        .is_some_and(|tag| tag.name == b"v" && tag.value == b"BIMI1")
}

/// Reads a BIMI record.
pub fn parse(text: &[u8]) -> Parsed {
    let list = tags::parse(text, Style::Folded);
    let mut faults: Vec<_> =
        list.faults.iter().map(|f| Fault::new(FaultKind::Tag(f.kind), f.span, f.message.clone())).collect();
    if !is_bimi(text) {
        let message = "the first tag is not \"v=BIMI1\": nobody takes the text for BIMI";
        faults.push(Fault::new(FaultKind::Version, tags::first(text), message));
    }
    let mut record = Record::default();
    let (mut location, mut good) = (None, true);
    for tag in &list.tags {
        match tag.name {
            b"v" | b"" => {}
            b"l" if location.is_none() => {
                location = Some(tag.span);
                record.location = uri(tag, &mut faults, &mut good);
            }
            b"a" if record.authority.is_none() => record.authority = uri(tag, &mut faults, &mut good),
            b"l" | b"a" => {}
            b"avp" if tag.value.eq_ignore_ascii_case(b"brand") => {}
            b"avp" if tag.value.eq_ignore_ascii_case(b"personal") => record.avatar = Avatar::Personal,
            b"avp" => {
                let message = format!("\"{}\" is neither brand nor personal", excerpt(tag.value));
                faults.push(Fault::new(FaultKind::Avatar, tag.span, message));
            }
            b"lps" => {
                let parts = tags::items(text, tag.value_span, b',').filter(|item| !item.octets.is_empty());
                record.local_parts =
                    parts.map(|item| String::from_utf8_lossy(item.octets).into_owned()).collect();
            }
            _ => {
                let message = format!("BIMI knows no tag \"{}\": it is ignored", excerpt(tag.name));
                faults.push(Fault::new(FaultKind::UnknownTag, tag.span, message));
            }
        }
    }
    let end = Span::new(text.len(), text.len());
    match location {
        None => {
            let message = "there is no \"l\" with the place of the image";
            faults.push(Fault::new(FaultKind::LocationMissing, end, message));
        }
        Some(span) if good && record.location.is_none() && record.authority.is_some() => {
            let message = "there is a certificate, but no image: \"l\" is empty";
            faults.push(Fault::new(FaultKind::NoImage, span, message));
        }
        Some(_) => {}
    }
    faults.sort_by_key(|fault| fault.span);
    Parsed { record: (is_bimi(text) && location.is_some() && good).then_some(record), faults }
}

/// An https URI, or nothing where the value is empty or wrong.
fn uri(tag: &Tag<'_>, faults: &mut Vec<Fault<FaultKind>>, good: &mut bool) -> Option<Uri> {
    if tag.value.is_empty() {
        return None;
    }
    match report_uri::read(tag.value, tag.value_span.start) {
        Ok(uri) if uri.scheme == "https" => return Some(uri),
        Ok(uri) => {
            let message = format!("\"{}\" is not https", excerpt(uri.text.as_bytes()));
            faults.push(Fault::new(FaultKind::NotHttps, tag.value_span, message));
        }
        Err(fault) => {
            let message = match fault.kind {
                UriFaultKind::Scheme => {
                    format!("\"{}\" is no URI: it starts with \"https://\"", excerpt(tag.value))
                }
                _ => fault.message,
            };
            faults.push(Fault::new(FaultKind::Uri(fault.kind), fault.span, message));
        }
    }
    *good = false;
    None
}

impl fmt::Display for Record {
    /// The text of the TXT record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |uri: &Option<Uri>| uri.as_ref().map_or(String::new(), |uri| uri.text.clone());
        write!(f, "v=BIMI1; l={}; a={}", text(&self.location), text(&self.authority))?;
        if self.avatar == Avatar::Personal {
            f.write_str("; avp=personal")?;
        }
        if !self.local_parts.is_empty() {
            write!(f, "; lps={}", self.local_parts.join(","))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::FaultKind as TagFault;
    use proptest::prelude::*;

    #[test]
    fn records_are_read_and_written() {
        for text in [
            "v=BIMI1; l=https://example.com/logo.svg; a=",
            "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem; avp=personal; lps=a,b",
            "v=BIMI1; l=; a=",
        ] {
            let parsed = parse(text.as_bytes());
            assert_eq!(parsed.faults, []);
            assert_eq!(parsed.record.unwrap().to_string(), text);
        }
        let told =
            |text: &[u8]| parse(text).faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>();
        assert_eq!(told(b"v=BIMI1; l=; a=self"), ["\"self\" is no URI: it starts with \"https://\""]);
        assert_eq!(
            told(b"v=BIMI1; l=logo@example.com; a="),
            ["\"logo@example.com\" is no URI: it starts with \"https://\""]
        );
        assert!(parse(b"v=BIMI1;l=;a=;").record.unwrap().declines());
        assert!(parse(b"v=BIMI1; l=;").record.unwrap().declines());
    }

    #[test]
    fn every_fault_is_told() {
        use FaultKind as F;
        for (text, expected) in [
            ("v=BIMI1", vec![F::LocationMissing]),
            ("l=; v=BIMI1", vec![F::Version]),
            ("v=bimi1; l=", vec![F::Version]),
            ("v=BIMI1; l=http://example.com/a.svg", vec![F::NotHttps]),
            ("v=BIMI1; l=example.com/a.svg", vec![F::Uri(UriFaultKind::Scheme)]),
            ("v=BIMI1; l=; a=https://example.com/a.pem", vec![F::NoImage]),
            ("v=BIMI1; l=; avp=x; z=1", vec![F::Avatar, F::UnknownTag]),
            ("v=BIMI1; l=; l=", vec![F::Tag(TagFault::Duplicate)]),
        ] {
            let found: Vec<_> = parse(text.as_bytes()).faults.iter().map(|fault| fault.kind).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_read(text in prop::collection::vec(any::<u8>(), 0..80), prefix in "(v=BIMI1; ?l=)?") {
            let text = [prefix.as_bytes(), &text].concat();
            let parsed = parse(&text);
            prop_assert!(parsed.faults.iter().all(|fault| fault.span.end <= text.len()));
            let clean = !parsed.faults.iter().any(|fault| fault.kind.is_error());
            if let Some(record) = parsed.record.filter(|_| clean) {
                prop_assert_eq!(parse(record.to_string().as_bytes()).record, Some(record));
            }
        }
    }
}

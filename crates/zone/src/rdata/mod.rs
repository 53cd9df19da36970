//! The data of one record.

mod bitmap;
mod error;
mod forms;
mod location;
mod other;
mod print;
mod read;
mod scan;
mod sound;
mod substitution;
mod svcb;
mod template;
mod time;
mod wire;

pub use error::RdataError;

use crate::{Field, FieldKind, Name, Names, RecordType};
use std::cmp::Ordering;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The data of one record in canonical wire form (RFC 4034 section 6.2): uncompressed, names in lower case.
///
/// Every value of this type is well-formed for its record type, so its text reads back as the same value.
/// Equality and order are those of the octets (RFC 4034 section 6.3).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Rdata {
    rtype: RecordType,
    octets: Box<[u8]>,
}

/// One field of an rdata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue {
    /// The name that the type's RFC gives it.
    pub name: &'static str,
    /// How it is written.
    pub kind: FieldKind,
    /// Its text: free text without quotes and escapes where it is UTF-8, else as in a master file.
    pub text: String,
}

impl Rdata {
    /// Reads the text of a master file (RFC 1035 section 5.1), or the generic form `\# LENGTH HEX`
    /// (RFC 3597 section 5) for any type.
    ///
    /// # Errors
    /// The first field that is wrong, with its place in `text`.
    pub fn parse(rtype: RecordType, text: &str, names: Names<'_>) -> Result<Self, RdataError> {
        read::presentation(rtype, text, names)
    }

    /// Builds an rdata from its fields by name, each as plain text: a free text is taken as it is, without
    /// quotes or escapes. The order does not matter.
    ///
    /// # Errors
    /// A missing, unknown or repeated field, or one whose text is wrong.
    pub fn from_fields(
        rtype: RecordType,
        fields: &[(&str, &str)],
        names: Names<'_>,
    ) -> Result<Self, RdataError> {
        read::fields(rtype, fields, names)
    }

    /// Checks uncompressed octets and puts their names in lower case.
    ///
    /// # Errors
    /// Octets that are not of this type's form.
    pub fn from_wire(rtype: RecordType, octets: &[u8]) -> Result<Self, RdataError> {
        wire::read(rtype, octets, 0, octets.len(), false)
    }

    /// The rdata at `start..end` of a DNS message, whose names may be compressed (RFC 1035 section 4.1.4).
    ///
    /// # Errors
    /// Octets that are not of this type's form, or a compression pointer that does not point backwards.
    pub fn from_message(
        rtype: RecordType,
        message: &[u8],
        start: usize,
        end: usize,
    ) -> Result<Self, RdataError> {
        wire::read(rtype, message, start, end, true)
    }

    /// A text of any length as TXT or SPF: cut into strings of 255 octets (RFC 1035 section 3.3.14).
    pub fn text(rtype: RecordType, text: &[u8]) -> Self {
        let mut octets = Vec::with_capacity(text.len() + text.len() / 255 + 1);
        if text.is_empty() {
            octets.push(0);
        }
        for chunk in text.chunks(255) {
            read::push_string(&mut octets, chunk);
        }
        Self { rtype, octets: octets.into_boxed_slice() }
    }

    /// The rdata of an A or AAAA record.
    pub fn address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(a) => Self { rtype: RecordType::A, octets: Box::from(a.octets()) },
            IpAddr::V6(a) => Self { rtype: RecordType::AAAA, octets: Box::from(a.octets()) },
        }
    }

    /// The text of a master file in which names are `@`, or relative when they are one label below `origin`, or
    /// absolute: it reads back the same where names are strict ([`Names::strict`]).
    pub fn relative_to(&self, origin: &Name) -> String {
        print::presentation(self, Some(origin))
    }

    /// The type of the record.
    pub fn rtype(&self) -> RecordType {
        self.rtype
    }

    /// The octets on the wire. Those of a pseudo type never travel in DNS.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The fields with their octets.
    fn parts(&self) -> impl Iterator<Item = (Field, &[u8])> {
        let mut rest = &*self.octets;
        self.rtype.fields().iter().filter_map(move |field| {
            let (part, after) = rest.split_at_checked(wire::length(field.kind, rest)?)?;
            rest = after;
            Some((*field, part))
        })
    }

    fn part(&self, name: &str) -> Option<(FieldKind, &[u8])> {
        self.parts().find(|(field, _)| field.name == name).map(|(field, part)| (field.kind, part))
    }

    /// The fields as plain texts, for formats that name them.
    pub fn fields(&self) -> Vec<FieldValue> {
        let plain = |(field, part): (Field, &[u8])| FieldValue {
            name: field.name,
            kind: field.kind,
            text: print::plain(field.kind, part),
        };
        self.parts().map(plain).collect()
    }

    /// The number in the field of this name.
    pub fn number(&self, field: &str) -> Option<u32> {
        match self.part(field)? {
            (FieldKind::U8 | FieldKind::Algorithm, part) => part.first().map(|&octet| u32::from(octet)),
            (FieldKind::U16 | FieldKind::Type | FieldKind::CertType, part) => {
                part.try_into().ok().map(|octets| u32::from(u16::from_be_bytes(octets)))
            }
            (FieldKind::U32 | FieldKind::Seconds | FieldKind::Timestamp, part) => {
                part.try_into().ok().map(u32::from_be_bytes)
            }
            _ => None,
        }
    }

    /// The domain name in the field of this name.
    pub fn name(&self, field: &str) -> Option<Name> {
        match self.part(field)? {
            (FieldKind::Name, part) => Name::from_wire(part).ok().map(|(name, _)| name),
            _ => None,
        }
    }

    /// The free text or the octets in the field of this name, without length octets.
    pub fn bytes(&self, field: &str) -> Option<Vec<u8>> {
        let (kind, part) = self.part(field)?;
        Some(match kind {
            FieldKind::Text | FieldKind::Word | FieldKind::Salt | FieldKind::Hash => part.get(1..)?.to_vec(),
            FieldKind::Texts => strings(part).collect::<Vec<_>>().concat(),
            _ => part.to_vec(),
        })
    }

    /// The first domain name in the rdata: the target of CNAME, MX, NS, SRV, PTR, ALIAS and their like.
    pub fn target(&self) -> Option<Name> {
        let (_, part) = self.parts().find(|(field, _)| field.kind == FieldKind::Name)?;
        Name::from_wire(part).ok().map(|(name, _)| name)
    }

    /// The address of an A or AAAA record.
    pub fn ip(&self) -> Option<IpAddr> {
        match self.rtype {
            RecordType::A => <[u8; 4]>::try_from(&*self.octets).ok().map(|a| IpAddr::V4(Ipv4Addr::from(a))),
            RecordType::AAAA => {
                <[u8; 16]>::try_from(&*self.octets).ok().map(|a| IpAddr::V6(Ipv6Addr::from(a)))
            }
            _ => None,
        }
    }

    /// The strings of TXT and SPF in their order; nothing for other types.
    pub fn strings(&self) -> impl Iterator<Item = &[u8]> {
        let texts = matches!(self.rtype, RecordType::TXT | RecordType::SPF);
        strings(if texts { &self.octets } else { &[] })
    }

    /// The strings of TXT and SPF joined, as their readers see them.
    pub fn joined_text(&self) -> Vec<u8> {
        self.strings().collect::<Vec<_>>().concat()
    }
}

/// Splits character-strings.
fn strings(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (&length, after) = rest.split_first()?;
        let (string, after) = after.split_at_checked(usize::from(length))?;
        rest = after;
        Some(string)
    })
}

impl Ord for Rdata {
    fn cmp(&self, other: &Self) -> Ordering {
        self.octets.cmp(&other.octets).then_with(|| self.rtype.cmp(&other.rtype))
    }
}

impl PartialOrd for Rdata {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Rdata {
    /// The text of a master file, with absolute names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&print::presentation(self, None))
    }
}

impl fmt::Debug for Rdata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rtype, print::presentation(self, None))
    }
}

#[cfg(test)]
pub(crate) mod tests;

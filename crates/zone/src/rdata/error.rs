//! What can be wrong with an rdata.

use super::other::{self, Layout};
use crate::shown::shortened;
use crate::{Field, FieldKind, NameError, RecordType};

/// Why a text or octets are no rdata of their type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rtype}: {}{reason}", field.map(|field| format!("{field}: ")).unwrap_or_default())]
pub struct RdataError {
    /// The record type.
    pub rtype: RecordType,
    /// The field, when one is to blame.
    pub field: Option<&'static str>,
    /// What is wrong with it, and what would be right.
    pub reason: String,
    /// Where it starts in the text, in octets.
    pub offset: usize,
    /// How many octets of the text it takes.
    pub length: usize,
    /// Set when a domain name is to blame.
    pub name: Option<Box<NameError>>,
}

impl RdataError {
    /// Whether the text is not in the form `\# LENGTH HEX` (RFC 3597 section 5), though no other form of the type is known
    /// here.
    pub fn is_of_unknown_form(&self) -> bool {
        let unknown = matches!(self.rtype.fields(), [Field { kind: FieldKind::Unknown, .. }]);
        unknown && self.field.is_some() && other::layout(self.rtype).is_none()
    }

    /// What to write instead.
    pub fn help(&self) -> Option<String> {
        if let Some(name) = &self.name {
            return name.help();
        }
        let rtype = self.rtype;
        let fields = match (rtype.fields(), other::layout(rtype)) {
            ([Field { kind: FieldKind::Unknown, .. }], Some(Layout::Fields(fields))) => fields,
            ([Field { kind: FieldKind::Unknown, .. }], Some(Layout::Special(_))) => return None,
            ([Field { kind: FieldKind::Unknown, .. }], None) => {
                return Some(format!(
                    "write the octets: {rtype} \\# 3 abcdef; BIND does so for most types: echo 'IN TYPE DATA' | named-rrchecker -u"
                ));
            }
            ([Field { kind: FieldKind::Raw, .. }], _) => return None,
            (fields, _) => fields,
        };
        let example: Vec<&str> = fields.iter().map(|field| example(*field)).collect();
        let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let names = if names.len() > 1 { format!(" ({})", names.join(", ")) } else { String::new() };
        Some(format!("{rtype} is written like this: {}{names}", example.join(" ")))
    }
}

/// How a field can look.
fn example(field: Field) -> &'static str {
    match field.kind {
        FieldKind::U8 | FieldKind::U32 => "1",
        FieldKind::U16 => "10",
        FieldKind::Seconds => "3600",
        FieldKind::Ipv4 => "192.0.2.1",
        FieldKind::Ipv6 => "2001:db8::1",
        FieldKind::Name => "host.example.com.",
        FieldKind::Text | FieldKind::Texts | FieldKind::LongText | FieldKind::Raw => "\"text\"",
        FieldKind::Word if field.name == "tag" => "issue",
        FieldKind::Word | FieldKind::Type => "A",
        FieldKind::Hex | FieldKind::Unknown => "0123abcd",
        FieldKind::Base64 => "AQIDBA==",
        FieldKind::Algorithm => "13",
        FieldKind::CertType => "PKIX",
        FieldKind::SvcParams => "alpn=h2",
        FieldKind::Location => "52 22 23 N 4 53 32 E 0m",
        FieldKind::TypeBitmap => "A AAAA",
        FieldKind::Timestamp => "20261231235959",
        FieldKind::Salt => "-",
        FieldKind::Hash => "2t7b4g4vsa5smi47k61mv5bv1a22bojr",
    }
}

/// A reason on its way to becoming an [`RdataError`].
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) text: String,
    pub(super) name: Option<Box<NameError>>,
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self { text, name: None }
    }
}

impl From<&str> for Reason {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<NameError> for Reason {
    fn from(error: NameError) -> Self {
        Self { text: error.to_string(), name: Some(Box::new(error)) }
    }
}

impl Reason {
    pub(super) fn at(
        self,
        rtype: RecordType,
        field: Option<&'static str>,
        place: std::ops::Range<usize>,
    ) -> RdataError {
        RdataError {
            rtype,
            field,
            reason: shortened(&self.text),
            offset: place.start,
            length: place.len(),
            name: self.name,
        }
    }
}

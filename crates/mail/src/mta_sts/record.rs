//! The TXT record at `_mta-sts.DOMAIN` (RFC 8461 section 3.1).

use crate::fault::excerpt;
use crate::tags::{self, Style};
use crate::{Fault, FaultClass, Span};
use std::fmt;

/// What is wrong in an MTA-STS record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The list of fields.
    Tag(tags::FaultKind),
    /// The text does not begin with `v=STSv1;`: senders discard it.
    Version,
    /// There is no `id`.
    IdMissing,
    /// `id` is not 1 to 32 letters and digits.
    Id,
    /// A field that RFC 8461 does not know: senders ignore it.
    Extension,
    /// A value with blanks or `=`, which no extension may have.
    ExtensionValue,
}

impl FaultClass for FaultKind {
    fn is_error(self) -> bool {
        match self {
            Self::Tag(kind) => kind.is_error(),
            Self::Extension => false,
            _ => true,
        }
    }
}

/// An MTA-STS record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// `id`: senders fetch the policy again when it changes.
    pub id: String,
    /// Fields that RFC 8461 does not know, and their values.
    pub extensions: Vec<(String, String)>,
}

/// What a text says, and everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The record; `None` when senders discard it, or find no valid `id` in it.
    pub record: Option<Record>,
    /// Where the value of `id` stands.
    pub id_span: Option<Span>,
    /// What is wrong, in the order of the text.
    pub faults: Vec<Fault<FaultKind>>,
}

/// Whether senders take a text for an MTA-STS record: it begins with `v=STSv1;` (RFC 8461 section 3.1).
pub fn is_mta_sts(text: &[u8]) -> bool {
    text.starts_with(b"v=STSv1;")
}

/// Reads an MTA-STS record.
pub fn parse(text: &[u8]) -> Parsed {
    let list = tags::parse(text, Style::Tight);
    let mut faults: Vec<_> =
        list.faults.iter().map(|f| Fault::new(FaultKind::Tag(f.kind), f.span, f.message.clone())).collect();
    if !is_mta_sts(text) {
        faults.push(Fault::new(FaultKind::Version, tags::first(text), tags::not_first(text, "v=STSv1")));
    }
    let (mut id, mut id_span, mut extensions) = (None, None, Vec::new());
    for tag in &list.tags {
        match tag.name {
            b"v" | b"" => {}
            b"id" if id_span.is_none() => {
                id_span = Some(tag.value_span);
                let good =
                    (1..=32).contains(&tag.value.len()) && tag.value.iter().all(u8::is_ascii_alphanumeric);
                id = good.then(|| tag.text());
                if !good && !tag.value.is_empty() {
                    let message =
                        format!("\"{}\" is no id: it has 1 to 32 letters and digits", excerpt(tag.value));
                    faults.push(Fault::new(FaultKind::Id, tag.value_span, message));
                }
            }
            b"id" => {}
            _ => {
                let kinds = [FaultKind::Extension, FaultKind::ExtensionValue];
                extensions.push(tags::extension(tag, 8461, kinds, &mut faults));
            }
        }
    }
    if id_span.is_none() {
        let message = "there is no \"id\": senders do not notice a new policy";
        faults.push(Fault::new(FaultKind::IdMissing, text.len()..text.len(), message));
    }
    faults.sort_by_key(|fault| fault.span);
    let record = id.filter(|_| is_mta_sts(text)).map(|id| Record { id, extensions });
    Parsed { record, id_span, faults }
}

impl fmt::Display for Record {
    /// The text of the TXT record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=STSv1; id={}", self.id)?;
        self.extensions.iter().try_for_each(|(name, value)| write!(f, "; {name}={value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::FaultKind as TagFault;
    use proptest::prelude::*;

    #[test]
    fn every_fault_is_told() {
        use FaultKind as F;
        for (text, expected) in [
            ("v=STSv1; id=20260101T000000", vec![]),
            ("v=STSv1;id=1;", vec![]),
            ("v=STSv1; id=1; ", vec![]),
            ("v=STSv1; id=1; x=y", vec![F::Extension]),
            ("v=STSv1; id=1; x=y=z", vec![F::Extension, F::ExtensionValue]),
            ("v=STSv1; x", vec![F::Tag(TagFault::NoEquals), F::IdMissing]),
            ("v=STSv1;", vec![F::IdMissing]),
            ("v=STSv1; id=", vec![F::Tag(TagFault::NoValue)]),
            ("v=STSv1; id=2026-01-01", vec![F::Id]),
            ("v=STSv1; id=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", vec![F::Id]),
            ("v=STSv1 id=1", vec![F::Version, F::IdMissing]),
            ("v=STSv1 ; id=1", vec![F::Version]),
            ("v=stsv1; id=1", vec![F::Version]),
            ("id=1; v=STSv1", vec![F::Version]),
            ("v=STSv1; id=1; id=2", vec![F::Tag(TagFault::Duplicate)]),
            ("v=STSv1; id= 1", vec![F::Tag(TagFault::BlankAroundEquals)]),
        ] {
            let found: Vec<_> = parse(text.as_bytes()).faults.iter().map(|fault| fault.kind).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            id in "[a-zA-Z0-9]{1,32}",
            extensions in prop::collection::btree_map("[j-u][a-z0-9_.-]{0,31}", "[!-:<>-~]{1,9}", 0..3),
        ) {
            let record = Record { id, extensions: extensions.into_iter().collect() };
            prop_assert_eq!(parse(record.to_string().as_bytes()).record, Some(record));
        }

        #[test]
        fn any_octets_are_read(text in prop::collection::vec(any::<u8>(), 0..80), prefix in "(v=STSv1; ?id=)?") {
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

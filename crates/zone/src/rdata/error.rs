//! What can be wrong with an rdata.

use crate::{NameError, RecordType};

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
            reason: self.text,
            offset: place.start,
            length: place.len(),
            name: self.name,
        }
    }
}

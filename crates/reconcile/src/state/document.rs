//! The file of the state.

use super::Applied;
use dnsctl_zone::{Name, RecordType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Raised when a reader of an earlier version could misread a later one.
const VERSION: u64 = 1;

/// All that is remembered.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Document {
    pub(super) version: u64,
    pub(super) zones: Vec<Entry>,
}

/// What is remembered of one zone at one provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) provider: String,
    pub(super) zone: Name,
    /// How many RRsets it had when it was last read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rrsets: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) applied: Option<Applied>,
    /// What was written and is not known to be served.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) unproved: BTreeSet<RRset>,
}

/// An RRset by its name and type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct RRset {
    pub(super) name: Name,
    #[serde(rename = "type")]
    pub(super) rtype: RecordType,
}

impl Default for Document {
    fn default() -> Self {
        Self { version: VERSION, zones: Vec::new() }
    }
}

impl Document {
    /// The document of a text. An empty one holds nothing that could be lost: it is what a power cut or `touch` leaves.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn of(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            version: u64,
        }
        if text.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        match serde_json::from_slice::<Head>(text) {
            Ok(Head { version }) if version > VERSION => {
                Err(format!("was written by a later version of dnsctl (format {version})"))
            }
            _ => serde_json::from_slice(text).map_err(|error| format!("is damaged: {error}")),
        }
    }
}

impl Entry {
    /// Its place.
    pub(super) fn key(&self) -> (String, Name) {
        (self.provider.clone(), self.zone.clone())
    }
}

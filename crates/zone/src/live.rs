//! What a provider returned.

use crate::{Name, RecordType, Zone};

/// A zone as a provider holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Its RRsets, as far as the model can hold them.
    pub zone: Zone,
    /// What is there too and is kept: never a difference, never written, never deleted.
    pub kept: Vec<Kept>,
    /// Why nothing can be written to it, in words for a person: "its records come from another server".
    pub read_only: Option<String>,
    /// What a write would lose that is no record, in words for a person: "the comments of example.com.zone".
    pub loses: Option<String>,
}

/// Something at a provider that `dnsctl` shows and leaves alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Owner name.
    pub name: Name,
    /// Type.
    pub rtype: RecordType,
    /// How many such records there are.
    pub count: usize,
    /// Why it is kept, in words for a person: "weighted routing policy, 2 sets".
    pub reason: String,
}

impl Live {
    /// A zone of which everything is in the model.
    pub fn new(zone: Zone) -> Self {
        Self { zone, kept: Vec::new(), read_only: None, loses: None }
    }
}

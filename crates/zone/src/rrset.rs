//! RRsets.

use crate::{Name, Rdata, RecordType, Ttl};
use std::collections::BTreeMap;

/// Settings of one RRset that only its provider knows (`proxied`, `comment`, …), by name, as text.
pub type Options = BTreeMap<String, String>;

/// The records of one owner name and type: the unit of everything (RFC 2181 section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RRset {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// The time to live of all its records (RFC 2181 section 5.2).
    pub ttl: Ttl,
    values: Vec<Rdata>,
    /// What only the provider knows; empty for most.
    pub options: Option<Box<Options>>,
}

impl RRset {
    /// An RRset of these values; they are put in canonical order and equal ones are kept once
    /// (RFC 4034 section 6.3, RFC 2181 section 5).
    pub fn new(name: Name, rtype: RecordType, ttl: Ttl, mut values: Vec<Rdata>) -> Self {
        if values.len() > 1 {
            values.sort_unstable();
            values.dedup();
        }
        values.shrink_to_fit();
        Self { name, rtype, ttl, values, options: None }
    }

    /// The same RRset with these options.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        self.options = (!options.is_empty()).then(|| Box::new(options));
        self
    }

    /// The values in canonical order.
    pub fn values(&self) -> &[Rdata] {
        &self.values
    }

    /// Adds a value; false when it was there already.
    pub fn insert(&mut self, value: Rdata) -> bool {
        match self.values.binary_search(&value) {
            Ok(_) => false,
            Err(place) => {
                self.values.insert(place, value);
                true
            }
        }
    }

    /// Owner name and type.
    pub fn key(&self) -> (&Name, RecordType) {
        (&self.name, self.rtype)
    }

    /// Whether the values mean the same: texts of TXT are compared joined, since how a long text is cut into
    /// strings has no meaning to its readers (RFC 7208 section 3.3, RFC 6376 section 3.6.2.2).
    pub fn same_values(&self, other: &Self) -> bool {
        if self.values == other.values {
            return true;
        }
        if self.rtype != other.rtype || !matches!(self.rtype, RecordType::TXT | RecordType::SPF) {
            return false;
        }
        let joined = |rrset: &Self| {
            let mut all: Vec<_> = rrset.values.iter().map(Rdata::joined_text).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        joined(self) == joined(other)
    }

    /// Whether nothing would have to be written to turn `live` into this RRset: same values, same TTL, and
    /// every option that is set here has that value there.
    pub fn is_satisfied_by(&self, live: &Self) -> bool {
        self.ttl == live.ttl && self.same_values(live) && self.options_satisfied_by(live)
    }

    /// Whether every option that is set here has the same value in `live`.
    pub fn options_satisfied_by(&self, live: &Self) -> bool {
        let Some(wanted) = self.options.as_deref() else { return true };
        let found = live.options.as_deref();
        wanted.iter().all(|(key, value)| found.and_then(|options| options.get(key)) == Some(value))
    }
}

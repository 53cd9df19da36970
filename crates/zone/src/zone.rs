//! Zones.

use crate::{Name, RRset, RecordType};

/// The RRsets of one zone in canonical order of owner name, then type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The name of the zone: its apex.
    pub apex: Name,
    rrsets: Vec<RRset>,
}

impl Zone {
    /// A zone of these RRsets. Several with the same owner name and type become one, with the lowest TTL
    /// (RFC 2181 section 5.2).
    pub fn new(apex: Name, mut rrsets: Vec<RRset>) -> Self {
        if !rrsets.is_sorted_by(|a, b| a.key() < b.key()) {
            rrsets.sort_by(|a, b| a.key().cmp(&b.key()));
            rrsets.dedup_by(|later, first| {
                let same = later.key() == first.key();
                if same {
                    first.ttl = first.ttl.min(later.ttl);
                    for value in later.values() {
                        first.insert(value.clone());
                    }
                }
                same
            });
        }
        rrsets.shrink_to_fit();
        Self { apex, rrsets }
    }

    /// All RRsets in order.
    pub fn rrsets(&self) -> &[RRset] {
        &self.rrsets
    }

    /// The RRsets themselves.
    pub fn into_rrsets(self) -> Vec<RRset> {
        self.rrsets
    }

    /// The RRset of this owner name and type.
    pub fn get(&self, name: &Name, rtype: RecordType) -> Option<&RRset> {
        self.rrsets
            .binary_search_by(|rrset| rrset.key().cmp(&(name, rtype)))
            .ok()
            .and_then(|at| self.rrsets.get(at))
    }

    /// All RRsets of this owner name.
    pub fn at(&self, name: &Name) -> &[RRset] {
        let start = self.rrsets.partition_point(|rrset| rrset.name < *name);
        let rest = self.rrsets.get(start..).unwrap_or(&[]);
        let length = rest.partition_point(|rrset| rrset.name == *name);
        rest.get(..length).unwrap_or(&[])
    }

    /// Whether some RRset is at or below this name, so that it exists (RFC 4592 section 2.2.2).
    pub fn has_name(&self, name: &Name) -> bool {
        let start = self.rrsets.partition_point(|rrset| rrset.name < *name);
        self.rrsets.get(start).is_some_and(|rrset| rrset.name.is_at_or_below(name))
    }

    /// The serial number of the zone's SOA record.
    pub fn serial(&self) -> Option<u32> {
        self.get(&self.apex, RecordType::SOA)?.values().first()?.number("serial")
    }
}

//! What an adapter says of itself.

use std::time::Duration;

use dnsctl_zone::{RRset, RecordType, Ttl};

/// How old the reading of a zone may be when a write is sent to a server that does not compare by itself. It counts from when
/// the zone was there: one that takes long to read could never be written else.
pub const FRESH: Duration = Duration::from_secs(10);

/// What a provider can do, as plain data. The engine plans by it, the conformance suite picks its tests by it, and
/// `dnsctl providers` prints it.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// The unit in which its API writes.
    pub granularity: Granularity,
    /// What protects a write against changes made since the zone was read.
    pub write_guard: WriteGuard,
    /// The types of DNS that it takes.
    pub types: Types,
    /// The pseudo types that it takes.
    pub pseudo_types: &'static [RecordType],
    /// Whether the SOA RRset can be written. Where it cannot, it is never part of a plan.
    pub writes_soa: bool,
    /// Whether the NS RRset of the apex can be written. Where it cannot, it is never part of a plan.
    pub writes_apex_ns: bool,
    /// Whether a missing zone can be created.
    pub creates_zones: bool,
    /// Whether all zones of the account can be listed.
    pub lists_zones: bool,
    /// The lowest TTL that it keeps.
    pub ttl_min: Ttl,
    /// The highest TTL that it keeps.
    pub ttl_max: Ttl,
    /// The names of options that an RRset can carry ([`RRset::options`]) and that are read back.
    pub rrset_options: &'static [&'static str],
}

/// The unit in which a provider's API writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// One record, with an identifier of the vendor.
    Record,
    /// One or more RRsets, each replaced as a whole whatever was there.
    Rrset,
    /// The zone as a whole.
    Zone,
    /// A batch that is taken as a whole or not at all, on the condition that the data before are as expected.
    Batch,
}

/// What protects a write against changes made since the zone was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteGuard {
    /// The server itself refuses the write when the data before differ.
    Native,
    /// The server overwrites whatever is there. The engine reads the zone at most [`FRESH`] before a write is sent, and
    /// sends none to an RRset that is not as the plan saw it. What somebody else writes within that time, or while the
    /// zone is being read, is overwritten.
    Emulated,
}

/// The types of DNS that a provider takes.
#[derive(Debug, Clone, Copy)]
pub enum Types {
    /// All, also those that have no name yet (RFC 3597).
    All,
    /// These.
    Only(&'static [RecordType]),
    /// All but these.
    AllBut(&'static [RecordType]),
}

impl Capabilities {
    /// Whether records of this type can be written.
    #[must_use]
    pub fn takes(&self, rtype: RecordType) -> bool {
        if rtype.is_pseudo() {
            return self.pseudo_types.contains(&rtype);
        }
        match (rtype, self.types) {
            (RecordType::SOA, _) => self.writes_soa,
            (_, Types::All) => true,
            (_, Types::Only(types)) => types.contains(&rtype),
            (_, Types::AllBut(types)) => !types.contains(&rtype),
        }
    }

    /// Why this RRset cannot be kept as it is, in words for a person; `None` when it can.
    #[must_use]
    pub fn refuses(&self, rrset: &RRset) -> Option<String> {
        if !self.takes(rrset.rtype) {
            return Some(format!("it does not take records of type {}", rrset.rtype));
        }
        if rrset.ttl < self.ttl_min || rrset.ttl > self.ttl_max {
            let (ttl, min, max) = (rrset.ttl, self.ttl_min, self.ttl_max);
            return Some(format!("it keeps TTLs from {min} to {max} seconds, not {ttl}"));
        }
        let options = rrset.options.as_deref()?;
        let unknown = options.keys().find(|key| !self.rrset_options.contains(&key.as_str()))?;
        Some(format!("it has no option \"{unknown}\" for RRsets"))
    }
}

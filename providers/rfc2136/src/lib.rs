//! Provider: any primary name server that transfers zones (AXFR, RFC 5936) and takes updates (RFC 2136), both signed
//! with TSIG (RFC 8945). Tested against BIND 9.18, Knot 3.2 and PowerDNS 4.7.
//!
//! # Reading
//! The whole zone by AXFR, from the primary or from the server that `transfer_from` names. What the server keeps up by
//! itself is shown and left alone: signatures and NSEC chains, the keys of a zone that it signs, a ZONEMD that fits the
//! zone.
//!
//! # Writing
//! One UPDATE for a batch, which the server takes as a whole or not at all. Its prerequisites hold what was read, so
//! that a change that somebody else made meanwhile is a conflict and is not overwritten; RFC 2136 does not compare
//! TTLs, so a changed TTL alone is not seen. Where a CNAME takes the place of other data, every type with a name that may
//! not stand beside it is a prerequisite, too; a type without a name is not. Some wishes are dropped by servers in silence (a CNAME beside other data,
//! the last NS of the apex). Prerequisites prevent that where they can; besides, every written RRset is read back, and
//! what was not taken is named.
//!
//! A zone cannot be created or removed this way, and the zones of a server cannot be listed.

mod batch;
mod config;
mod error;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod live;
mod probe;
mod read_back;
mod reader;
mod signing;
mod soa;
mod suspect;
mod swap;
mod writer;

use dnsctl_provider::{Capabilities, Factory, Granularity, Types, WriteGuard, Writer};
use dnsctl_zone::{RecordType, Ttl};

/// This adapter.
pub const FACTORY: Factory = Factory {
    kind: "rfc2136",
    summary: "A name server with zone transfer and dynamic update, signed with TSIG (BIND, Knot, PowerDNS)",
    documentation: "https://www.rfc-editor.org/rfc/rfc2136",
    evidence: "BIND 9.18, Knot 3.2 and PowerDNS 4.7 as real servers",
    options: config::OPTIONS,
    capabilities,
    open_reader: |settings, context| {
        Ok(Box::new(reader::Rfc2136Reader::new(config::Config::read(settings, context)?)))
    },
    open_writer: |settings, context| {
        Ok(Writer::Batch(Box::new(writer::Rfc2136Writer::new(config::Config::read(settings, context)?))))
    },
};

/// What an update can do at any server.
fn capabilities() -> Capabilities {
    /// Kept up by the server that signs the zone.
    const SIGNED: &[RecordType] =
        &[RecordType::RRSIG, RecordType::NSEC, RecordType::NSEC3, RecordType::NSEC3PARAM];
    Capabilities {
        granularity: Granularity::Batch,
        write_guard: WriteGuard::Native,
        types: Types::AllBut(SIGNED),
        pseudo_types: &[],
        writes_soa: true,
        writes_apex_ns: true,
        creates_zones: false,
        lists_zones: false,
        ttl_min: Ttl::from_wire(0),
        ttl_max: Ttl::MAX,
        rrset_options: &[],
    }
}

//! Provider: Amazon Route 53.
//!
//! # How it writes
//! A change batch is taken as a whole or not at all. An RRset is changed by a DELETE of exactly what was read and a CREATE
//! of what is wanted, never by an UPSERT: when the zone is no longer as it was read, Route 53 refuses the whole batch.
//! The one exception is the NS RRset of the apex, which Route 53 never lets go of; it is read again right before.
//!
//! # What is left alone
//! - Record sets with a routing policy (weighted, latency, geolocation, geoproximity, failover, multivalue answer,
//!   IP-based), a health check or a traffic policy are shown as kept. A file that declares one of them is refused.
//! - The SOA record. Every zone has its own, which names the servers that AWS chose for it, with a serial number that
//!   means nothing; one text for all providers of a zone would be wrong in each.
//!
//! The NS RRset of the apex is written, since a zone that is served by two providers needs the servers of both in it.
//!
//! # Aliases
//! An alias is a value of the pseudo type [`ROUTE53_ALIAS`](dnsctl_zone::RecordType::ROUTE53_ALIAS): the type that it
//! answers for, the hosted zone and the name of its target, and whether the target's health counts. `self` stands for the
//! hosted zone that the alias is in. It has no TTL; that of the target holds.

mod api;
mod change;
mod config;
mod credentials;
mod error;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod live;
mod model;
mod partition;
mod reader;
mod sign;
mod signer;
mod text;
mod writer;
mod zones;

use dnsctl_provider::error::Result;
use dnsctl_provider::{
    Capabilities, Context, Factory, Granularity, Reader, Settings, Types, WriteGuard, Writer,
};
use dnsctl_zone::{RecordType, Ttl};

/// Amazon Route 53.
pub const FACTORY: Factory = Factory {
    kind: "route53",
    summary: "Amazon Route 53",
    documentation: "https://docs.aws.amazon.com/Route53/latest/APIReference/",
    evidence: "tested against two emulators written by others, moto and MiniStack; not against AWS itself",
    options: config::OPTIONS,
    capabilities,
    open_reader,
    open_writer,
};

/// The types that Route 53 takes.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html>
const TYPES: &[RecordType] = &[
    RecordType::A,
    RecordType::AAAA,
    RecordType::CAA,
    RecordType::CNAME,
    RecordType::DS,
    RecordType::HTTPS,
    RecordType::MX,
    RecordType::NAPTR,
    RecordType::NS,
    RecordType::PTR,
    RecordType::SPF,
    RecordType::SRV,
    RecordType::SSHFP,
    RecordType::SVCB,
    RecordType::TLSA,
    RecordType::TXT,
];

fn capabilities() -> Capabilities {
    Capabilities {
        granularity: Granularity::Batch,
        write_guard: WriteGuard::Native,
        types: Types::Only(TYPES),
        pseudo_types: &[RecordType::ROUTE53_ALIAS],
        writes_soa: false,
        writes_apex_ns: true,
        creates_zones: true,
        lists_zones: true,
        ttl_min: Ttl::from_wire(0),
        ttl_max: Ttl::MAX,
        rrset_options: &[],
    }
}

fn open_reader(settings: &Settings, context: &Context) -> Result<Box<dyn Reader>> {
    Ok(Box::new(reader::Route53Reader::open(settings, context)?))
}

fn open_writer(settings: &Settings, context: &Context) -> Result<Writer> {
    Ok(Writer::Batch(Box::new(writer::Route53Writer::open(settings, context)?)))
}

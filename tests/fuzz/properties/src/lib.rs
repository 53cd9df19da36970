//! What must hold of every input, however bad it is.
//!
//! A property takes the octets of an input and panics when something does not hold that must. The fuzz targets beside this crate
//! call one property each with inputs that they make up; a test of this crate calls it with those that were kept. Nothing here
//! does what a reader of the input does not do by itself.

#![expect(clippy::panic, reason = "a property that does not hold stops the run")]

pub mod checks;
pub mod config;
pub mod mail;
pub mod plan;
pub mod provider;
pub mod zone;

/// One property, by the name of its fuzz target and of the folder with its kept inputs.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name.
    pub name: &'static str,
    /// What must hold.
    pub holds: fn(&[u8]),
}

macro_rules! targets {
    ($($name:ident: $holds:path,)*) => {
        /// All of them.
        pub const TARGETS: &[Target] = &[$(Target { name: stringify!($name), holds: $holds }),*];
    };
}

targets! {
    spf_record: mail::spf_record,
    spf_check: mail::spf_check,
    dkim_key: mail::dkim_key,
    dmarc: mail::dmarc,
    mta_sts_record: mail::mta_sts_record,
    mta_sts_policy: mail::mta_sts_policy,
    tls_rpt: mail::tls_rpt,
    bimi: mail::bimi,
    certificate: mail::certificate,
    tlsa: mail::tlsa,
    pem: mail::pem,
    rdata_text: zone::rdata_text,
    rdata_wire: zone::rdata_wire,
    name: zone::name,
    master: zone::master,
    zone_file: config::zone_file,
    octodns_zone: config::octodns_zone,
    settings: config::settings,
    formatted: config::formatted,
    judge_zone: checks::judge_zone,
    judge_declared: checks::judge_declared,
    plan_file: plan::plan_file,
    powerdns_zone: provider::powerdns_zone,
    route53_zone: provider::route53_zone,
    dns_message: provider::dns_message,
    transfer: provider::transfer,
}

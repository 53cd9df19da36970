//! The adapter, opened for a server of the test.

#![expect(clippy::expect_used, reason = "a test may stop")]
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use dnsctl_harness::TsigKey;
use dnsctl_provider::secret::Secret;
use dnsctl_provider::{Context, OptionValue, RRsetChange, Reader, Settings, Writer};
use dnsctl_provider_rfc2136::FACTORY;
use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Ttl};

/// The system's clock, shifted by seconds.
pub(crate) fn context(shift: i64) -> Context {
    let now = move || {
        #[expect(clippy::disallowed_methods, reason = "the servers of the tests have the system's clock")]
        let now = SystemTime::now();
        let by = std::time::Duration::from_secs(shift.unsigned_abs());
        if shift < 0 { now - by } else { now + by }
    };
    Context::new(Arc::new(now), Arc::new(|_| None))
}

pub(crate) fn settings(server: SocketAddr, key: Option<&TsigKey>) -> Settings {
    let mut settings = Settings { name: "test".to_owned(), ..Settings::default() };
    let mut set = |name: &str, value| drop(settings.values.insert(name.to_owned(), value));
    set("server", OptionValue::Text(server.to_string()));
    if let Some(key) = key {
        set("key_name", OptionValue::Text(key.name.clone()));
        set("key_algorithm", OptionValue::Text(key.algorithm.clone()));
        set("key_secret", OptionValue::Secret(Secret::new(key.secret.clone())));
    }
    settings
}

pub(crate) fn reader(server: SocketAddr, key: Option<&TsigKey>) -> Box<dyn Reader> {
    (FACTORY.open_reader)(&settings(server, key), &context(0)).expect("reader")
}

pub(crate) fn writer(server: SocketAddr, key: Option<&TsigKey>) -> Writer {
    (FACTORY.open_writer)(&settings(server, key), &context(0)).expect("writer")
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().expect("name")
}

/// An RRset of texts; names in them are relative to the zone.
pub(crate) fn rrset(zone: &str, owner: &str, ttl: u32, rtype: RecordType, values: &[&str]) -> RRset {
    let origin = name(zone);
    let names = Names { origin: &origin, strict: false };
    let values = values.iter().map(|text| Rdata::parse(rtype, text, names).expect("rdata")).collect();
    RRset::new(Name::parse(owner, names).expect("owner"), rtype, Ttl::new(ttl).expect("TTL"), values)
}

pub(crate) fn change(before: Option<RRset>, after: Option<RRset>) -> RRsetChange {
    let side = after.as_ref().or(before.as_ref()).expect("a side");
    let (name, rtype) = (side.name.clone(), side.rtype);
    RRsetChange { name, rtype, before, after, group: 0 }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("runtime")
}

//! Route 53, on two emulators of it that others wrote. Neither asks name servers, and each is wrong in places.

#[path = "../../providers/route53/tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use dnsctl_harness::{Emulator, MiniStack, Moto, require};
use dnsctl_provider::conformance::{Failure, Subject};
use dnsctl_provider::error::Result;
use dnsctl_provider::{OptionValue, Reader, Settings, Writer};
use dnsctl_provider_route53::FACTORY;
use dnsctl_zone::Name;

use crate::Adapter;

pub(crate) const MOTO: Adapter = Adapter {
    name: "route53_moto",
    factory: &FACTORY,
    start: || start(Moto::start(), MOTO_EXCEPTIONS),
    alone: false,
};
pub(crate) const MINISTACK: Adapter = Adapter {
    name: "route53_ministack",
    factory: &FACTORY,
    start: || start(MiniStack::start(), &[]),
    alone: false,
};

/// What an emulator does wrong, and where it shows.
struct Exception {
    reason: &'static str,
    /// The names of the cases, or their beginnings before a `*`.
    cases: &'static [&'static str],
    /// The cases among them that hold all the same.
    but: &'static [&'static str],
}

const MOTO_EXCEPTIONS: &[Exception] = &[
    Exception {
        reason: "moto refuses to create what was once created with the same values and is not there any more",
        cases: &[
            "text::*",
            "type_change::a_to_mx_to_a",
            "cname::to_the_apex",
            "null_mx::at_the_apex",
            "null_mx::below",
        ],
        // Too long for Route 53, so that only one text is left to try.
        but: &["text::octets_4000"],
    },
    Exception {
        reason: "moto takes a DELETE with any values that the record set had at some time",
        cases: &["guard::stale_before"],
        but: &[],
    },
    Exception {
        reason: "moto takes a name in capitals for one outside the zone",
        cases: &["names::case_does_not_matter"],
        but: &[],
    },
];

fn start(
    emulator: dnsctl_harness::Result<Emulator>,
    exceptions: &'static [Exception],
) -> Option<Box<dyn Subject>> {
    let emulator = require(emulator)?;
    let mut settings = common::settings(&emulator.url());
    // MiniStack keeps each change pending until it is asked for the second time, a second for every step of every case.
    // That waiting works is tried beside the adapter.
    common::set(&mut settings, "wait", OptionValue::Bool(false));
    let address = emulator.address();
    Some(Box::new(Emulated { _server: emulator, address, settings, exceptions, ids: Mutex::default() }))
}

struct Emulated {
    _server: Emulator,
    address: SocketAddr,
    settings: Settings,
    exceptions: &'static [Exception],
    ids: Mutex<BTreeMap<Name, String>>,
}

#[async_trait]
impl Subject for Emulated {
    fn open_reader(&self) -> Result<Box<dyn Reader>> {
        (FACTORY.open_reader)(&self.settings, &common::context())
    }

    fn open_writer(&self) -> Result<Writer> {
        (FACTORY.open_writer)(&self.settings, &common::context())
    }

    async fn empty_zone(&self) -> Result<Name, Failure> {
        let apex = self.free_name();
        let id = common::create_zone(self.address, &apex)?;
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).insert(apex.clone(), id);
        Ok(apex)
    }

    fn free_name(&self) -> Name {
        common::free_name()
    }

    async fn add_foreign(
        &self,
        apex: &Name,
        owner: &str,
        ttl: u32,
        rtype: &str,
        rdata: &str,
    ) -> Result<bool, Failure> {
        let id = self.ids.lock().unwrap_or_else(PoisonError::into_inner).get(apex).cloned();
        let id = id.ok_or("a zone that is not the subject's")?;
        common::add_foreign(&format!("http://{}", self.address), &id, owner, ttl, rtype, rdata)?;
        Ok(true)
    }

    fn exception(&self, case: &str) -> Option<&'static str> {
        let holds = |pattern: &&str| match pattern.strip_suffix('*') {
            Some(beginning) => case.starts_with(beginning),
            None => case == *pattern,
        };
        let found = self
            .exceptions
            .iter()
            .find(|exception| exception.cases.iter().any(holds) && !exception.but.contains(&case));
        found.map(|exception| exception.reason)
    }
}

//! The conformance suite on two emulators of Route 53. What each of them does wrong is listed by case; such a case is
//! run all the same and must fail, so that no exception outlives its reason.

mod common;

use async_trait::async_trait;
use dnsctl_harness::{MiniStack, Moto, require};
use dnsctl_provider::conformance::{Failure, Subject, Verdict, cases};
use dnsctl_provider::error::Result;
use dnsctl_provider::{OptionValue, Reader, Settings, Writer};
use dnsctl_provider_route53::FACTORY;
use dnsctl_zone::Name;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

/// A reason, the cases that it holds for (their names, or their beginnings before a `*`), and the cases among them that
/// it does not hold for.
type Exceptions = &'static [(&'static str, &'static [&'static str], &'static [&'static str])];

const MOTO: Exceptions = &[
    (
        "moto refuses to create what was once created with the same values, although it is not there any more",
        &[
            "text::*",
            "type_change::a_to_mx_to_a",
            "cname::to_the_apex",
            "null_mx::at_the_apex",
            "null_mx::below",
        ],
        // Too long for Route 53, so that only one text is left to try.
        &["text::octets_4000"],
    ),
    (
        "moto takes a DELETE with any values that the record set had at some time",
        &["guard::stale_before"],
        &[],
    ),
    (
        "moto tells names in capitals from others, and so takes one for a name outside the zone",
        &["names::case_does_not_matter"],
        &[],
    ),
];
const MINISTACK: Exceptions = &[];

struct Emulated {
    kind: &'static str,
    address: SocketAddr,
    settings: Settings,
    exceptions: Exceptions,
    ids: Mutex<BTreeMap<Name, String>>,
}

impl Emulated {
    fn new(kind: &'static str, address: SocketAddr, exceptions: Exceptions) -> Self {
        let mut settings = common::settings(&format!("http://{address}"));
        // MiniStack keeps each change pending until it is asked for the second time: a second for every step of every
        // case. That waiting works is tried elsewhere.
        common::set(&mut settings, "wait", OptionValue::Bool(false));
        Self { kind, address, settings, exceptions, ids: Mutex::default() }
    }
}

#[async_trait]
impl Subject for Emulated {
    fn open_reader(&self) -> Result<Box<dyn Reader>> {
        (FACTORY.open_reader)(&self.settings, &common::context())
    }

    fn open_writer(&self) -> Result<Writer> {
        (FACTORY.open_writer)(&self.settings, &common::context())
    }

    async fn empty_zone(&self) -> std::result::Result<Name, Failure> {
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
    ) -> std::result::Result<bool, Failure> {
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
        let found =
            self.exceptions.iter().find(|(_, cases, but)| cases.iter().any(holds) && !but.contains(&case));
        found.map(|(reason, ..)| *reason)
    }
}

/// Runs one case; one with an exception must fail.
fn run(subject: &Emulated, case: &dnsctl_provider::conformance::Case) -> std::result::Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(case.run(subject));
    match (result, subject.exception(case.name())) {
        (Ok(Verdict::Passed | Verdict::NotApplicable(_)), None) => Ok(()),
        (Err(_), Some(_)) => Ok(()),
        (Err(failure), None) => Err(failure.into()),
        (Ok(verdict), Some(reason)) => Err(format!("{verdict:?}, although: {reason}").into()),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (moto, ministack) = (require(Moto::start()), require(MiniStack::start()));
    let mut subjects = Vec::new();
    subjects.extend(moto.as_ref().map(|moto| Emulated::new("moto", moto.address(), MOTO)));
    subjects.extend(ministack.as_ref().map(|server| Emulated::new("ministack", server.address(), MINISTACK)));
    let mut trials = Vec::new();
    for subject in subjects.into_iter().map(Arc::new) {
        for case in cases(&(FACTORY.capabilities)()) {
            let subject = Arc::clone(&subject);
            let name = format!("{}::{}", subject.kind, case.name());
            trials.push(Trial::test(name, move || run(&subject, &case)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

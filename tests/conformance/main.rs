//! The conformance suite on every adapter, each with servers that are not ours.
//!
//! `cargo test -p dnsctl --test conformance powerdns::` runs one adapter, `… every_type_round_trip::MX` one case on all.
//! A server is started when its first case runs. A case that is not applicable, or that cannot hold because of a defect
//! of the server, is shown as ignored with its reason; the latter is run all the same and must fail.

mod dig;
#[path = "../oracle/domain_scan.rs"]
mod domain_scan;
mod powerdns;
mod route53;
mod zonefile;

use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use dnsctl_provider::Factory;
use dnsctl_provider::conformance::{self, Case, Subject, Verdict};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::{Handle, Runtime};

/// One adapter with one kind of server.
struct Adapter {
    /// The first part of the names of its cases.
    name: &'static str,
    factory: &'static Factory,
    /// Starts the server; `None` when it is missing and may be.
    start: fn() -> Option<Box<dyn Subject>>,
    /// Whether its cases wait for each other: a server that locks refuses what comes at the same moment.
    alone: bool,
}

const ADAPTERS: &[Adapter] =
    &[zonefile::BIND, powerdns::LMDB, powerdns::SQLITE, route53::MOTO, route53::MINISTACK];

/// A server that is started once, for all cases of its adapter.
#[derive(Default)]
struct Started {
    subject: OnceLock<Option<Box<dyn Subject>>>,
    turn: Mutex<()>,
}

fn main() -> std::io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let runtime = Runtime::new()?;
    let mut trials = Vec::new();
    let mut servers: Vec<Arc<Started>> = Vec::new();
    for adapter in ADAPTERS {
        let started = Arc::new(Started::default());
        servers.push(Arc::clone(&started));
        for case in conformance::cases(&(adapter.factory.capabilities)()) {
            let (started, handle) = (Arc::clone(&started), runtime.handle().clone());
            let name = format!("{}::{}", adapter.name, case.name());
            trials.push(Trial::ignorable_test(name, move || try_case(adapter, &started, &handle, &case)));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Servers end with their subjects.
    drop(servers);
    Ok(conclusion.exit_code())
}

fn try_case(
    adapter: &Adapter,
    started: &Started,
    handle: &Handle,
    case: &Case,
) -> Result<Completion, Failed> {
    let subject = started.subject.get_or_init(|| {
        let _inside = handle.enter();
        (adapter.start)()
    });
    let Some(subject) = subject.as_deref() else {
        return Ok(Completion::ignored_with("the server is missing"));
    };
    let _turn = adapter.alone.then(|| started.turn.lock().unwrap_or_else(PoisonError::into_inner));
    let result = handle.block_on(case.run(subject));
    match (result, subject.exception(case.name())) {
        (Ok(Verdict::Passed), None) => Ok(Completion::Completed),
        (Ok(Verdict::NotApplicable(reason)), None) => {
            Ok(Completion::ignored_with(format!("not applicable: {reason}")))
        }
        (Err(failure), None) => Err(failure.into()),
        (Err(_), Some(reason)) => Ok(Completion::ignored_with(format!("exception: {reason}"))),
        (Ok(_), Some(reason)) => Err(format!("this exception is out of date, remove it: {reason}").into()),
    }
}

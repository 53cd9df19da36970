//! mail-auth, which mail servers check SPF with, judges what we judge.

mod departures;
mod grammar;
mod name_server;

pub(crate) use departures::explained;
pub(crate) use grammar::read;

use crate::generated::{self, Case};
use dnsctl_mail::spf::{Limits, Question, evaluate_with};
use libtest_mimic::Failed;
use mail_auth::hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{MessageAuthenticator, SpfResult};
use name_server::NameServer;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tokio::runtime::{Builder, Runtime};

/// How many cases are generated.
const CASES: usize = 4000;

/// mail-auth with its name server.
struct Judge {
    runtime: Runtime,
    server: NameServer,
    checker: MessageAuthenticator,
}

impl Judge {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let server = NameServer::start();
        let mut connection = ConnectionConfig::udp();
        connection.port = server.address().port();
        let name_server = NameServerConfig::new(server.address().ip(), true, vec![connection]);
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![name_server]);
        let mut options = ResolverOpts::default();
        options.cache_size = 0;
        options.attempts = 1;
        let checker = runtime.block_on(async { MessageAuthenticator::new(config, options).unwrap() });
        Self { runtime, server, checker }
    }

    /// What mail-auth says, in the words of `Received-SPF`.
    fn result(&self, case: &Case) -> &'static str {
        self.server.serve(&case.world);
        let question =
            SpfParameters::verify_mail_from(case.ip, &case.helo, "receiver.example.org", &case.mail_from);
        match self.runtime.block_on(self.checker.verify_spf(question)).result() {
            SpfResult::Pass => "pass",
            SpfResult::Fail => "fail",
            SpfResult::SoftFail => "softfail",
            SpfResult::Neutral => "neutral",
            SpfResult::TempError => "temperror",
            SpfResult::PermError => "permerror",
            SpfResult::None => "none",
        }
    }
}

fn ours(case: &Case, limits: Limits) -> String {
    let question =
        Question { ip: case.ip, helo: &case.helo, mail_from: &case.mail_from, receiver: "", now: 0 };
    evaluate_with(&case.world, &question, limits).result.to_string()
}

/// Every case has the same verdict, or has it without the causes that are known by name.
pub(crate) fn generated() -> Result<(), Failed> {
    let judge = Judge::start();
    let mut report = String::new();
    let (mut counts, mut causes) = (BTreeMap::new(), BTreeMap::new());
    for case in generated::cases(CASES) {
        let (found, theirs) = (ours(&case, Limits::default()), judge.result(&case));
        *counts.entry(found.clone()).or_insert(0_usize) += 1;
        if found == theirs {
            continue;
        }
        // The cause after which both agree, and agree from then on.
        let mut cause = None;
        for (without, limits, words) in departures::without_causes(&case) {
            let agree = ours(&without, limits) == judge.result(&without);
            cause = if agree { cause.or(Some(words)) } else { None };
        }
        match cause {
            Some(words) => *causes.entry(words).or_insert(0_usize) += 1,
            None => writeln!(
                report,
                "ours {found}, theirs {theirs}, and not the same without the causes\n{case:#?}\n"
            )?,
        }
    }
    let mended: usize = causes.values().sum();
    println!("mail-auth: {CASES} cases, {counts:?}, {mended} agree only without the causes that are known");
    for (words, count) in &causes {
        println!("mail-auth: {count:>5} {words}");
    }
    for result in ["neutral", "pass", "fail", "softfail", "permerror", "temperror", "none"] {
        if counts.get(result).copied().unwrap_or(0) < CASES / 50 {
            writeln!(report, "too few cases come to {result}: {counts:?}")?;
        }
    }
    if mended > CASES / 3 {
        writeln!(report, "{mended} of {CASES} differ")?;
    }
    if report.is_empty() { Ok(()) } else { Err(report.into()) }
}

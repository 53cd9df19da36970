//! The conformance suite, on BIND, Knot and PowerDNS.

mod support;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use dnsctl_harness::{Bind, Knot, NameServer, PowerDns, TsigKey, Zone, dig, nsupdate, require};
use dnsctl_provider::conformance::{self, Answer, Failure, Subject};
use dnsctl_provider::error::Result;
use dnsctl_provider::{Reader, Writer};
use dnsctl_provider_rfc2136::FACTORY;
use dnsctl_zone::{Name, Names, Rdata, RecordType, Ttl};
use libtest_mimic::{Arguments, Trial};

/// How many zones a server has at the start, for each case at least one.
const ZONES: usize = 400;

/// A server, and why some cases cannot hold there.
struct OnServer {
    address: SocketAddr,
    key: TsigKey,
    next: AtomicUsize,
    exceptions: &'static [(&'static str, &'static str)],
    /// Keeps the server, and makes a zone where that is possible.
    server: Running,
}

enum Running {
    NameServer(#[expect(dead_code, reason = "stops when dropped")] NameServer),
    PowerDns(PowerDns),
}

/// Not the SOA record that the suite writes first, and nothing that the suite could remove.
fn zone(number: usize) -> Zone {
    let text = "@ 3600 IN SOA ns.example.net. admin 1 3600 900 1209600 300\n@ 3600 IN NS ns.example.net.\n";
    Zone::from_text(&format!("c{number}.test"), text)
}

#[async_trait]
impl Subject for OnServer {
    fn open_reader(&self) -> Result<Box<dyn Reader>> {
        (FACTORY.open_reader)(&support::settings(self.address, Some(&self.key)), &support::context(0))
    }

    fn open_writer(&self) -> Result<Writer> {
        (FACTORY.open_writer)(&support::settings(self.address, Some(&self.key)), &support::context(0))
    }

    async fn empty_zone(&self) -> Result<Name, Failure> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if let Running::PowerDns(server) = &self.server {
            make_zone(server, &self.key, number)?;
        } else if number >= ZONES {
            return Err("raise ZONES".to_owned());
        }
        Ok(support::name(&format!("c{number}.test")))
    }

    fn free_name(&self) -> Name {
        support::name(&format!("none{}.test", self.next.fetch_add(1, Ordering::Relaxed)))
    }

    async fn add_foreign(
        &self,
        apex: &Name,
        owner: &str,
        ttl: u32,
        rtype: &str,
        rdata: &str,
    ) -> Result<bool, Failure> {
        let command = format!("update add {owner} {ttl} {rtype} {rdata}");
        let done = nsupdate(self.address, &apex.to_string(), Some(&self.key), &command);
        done.map(|()| true).map_err(|error| error.to_string())
    }

    async fn ask(&self, name: &Name, rtype: RecordType) -> Option<Result<Answer, Failure>> {
        // Of a thousand hosts one in fifty is asked for: each takes a process of dig.
        let label = name.labels().next().unwrap_or_default().into_owned();
        let number =
            String::from_utf8_lossy(&label).strip_prefix('h').and_then(|digits| digits.parse::<u32>().ok());
        if number.is_some_and(|number| number % 50 > 1) {
            return None;
        }
        Some(self.dig(name, rtype))
    }

    fn exception(&self, case: &str) -> Option<&'static str> {
        self.exceptions.iter().find(|(name, _)| *name == case).map(|(_, why)| *why)
    }
}

impl OnServer {
    fn dig(&self, name: &Name, rtype: RecordType) -> Result<Answer, Failure> {
        let answer =
            dig(self.address, &name.to_string(), &rtype.to_string()).map_err(|error| error.to_string())?;
        let names = Names { origin: &Name::root(), strict: false };
        let mut values = Vec::new();
        let mut ttl = None;
        for line in &answer.records {
            let mut fields = line.splitn(5, ' ');
            let (_, seconds, _) = (fields.next(), fields.next().unwrap_or_default(), fields.next());
            let (found, text) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
            if found.parse() == Ok(rtype) {
                ttl = seconds.parse().ok().and_then(Ttl::new);
                values.push(
                    Rdata::parse(rtype, text, names).map_err(|error| format!("dig says {text}: {error}"))?,
                );
            }
        }
        values.sort_unstable();
        Ok(Answer { ttl, values })
    }
}

fn make_zone(server: &PowerDns, key: &TsigKey, number: usize) -> Result<(), Failure> {
    let said = |error: dnsctl_harness::Error| error.to_string();
    let zone = zone(number);
    server.create_zone(&zone).map_err(said)?;
    let path = format!("/zones/{}.", zone.name());
    let calls = [
        ("PUT", path.clone(), format!(r#"{{"master_tsig_key_ids":["{}."]}}"#, key.name)),
        (
            "POST",
            format!("{path}/metadata"),
            format!(r#"{{"kind":"TSIG-ALLOW-DNSUPDATE","metadata":["{}"]}}"#, key.name),
        ),
    ];
    for (method, path, body) in calls {
        let answer = server.api(method, &path, &body).map_err(said)?;
        if answer.status >= 300 {
            return Err(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body)));
        }
    }
    Ok(())
}

fn powerdns() -> dnsctl_harness::Result<(PowerDns, TsigKey)> {
    let server = PowerDns::builder().dynamic_update().start()?;
    let key = TsigKey::generate("tester")?;
    let body = format!(r#"{{"name":"{}","algorithm":"{}","key":"{}"}}"#, key.name, key.algorithm, key.secret);
    server.api("POST", "/tsigkeys", &body)?;
    Ok((server, key))
}

/// BIND refuses host names with an underscore, and an MX whose target in the zone has no address, unless told otherwise.
const LENIENT: &str = "check-integrity no; check-names primary ignore;";

const BIND: &[(&str, &str)] = &[
    ("every_type_round_trip::DNSKEY", "BIND signs a zone with a DNSKEY, and fails without its private key"),
    ("every_type_round_trip::CDS", "BIND refuses a CDS without its DNSKEY"),
    ("every_type_round_trip::CDNSKEY", "BIND refuses a CDNSKEY without its DNSKEY"),
];
const KNOT: &[(&str, &str)] = &[];
const LOST: &str = "PowerDNS takes and transfers this name, and does not answer for it";
const POWERDNS: &[(&str, &str)] = &[
    ("every_type_round_trip::LOC", "PowerDNS cannot hold the largest sizes"),
    ("every_type_round_trip::DNSKEY", "PowerDNS leaves it out of transfers"),
    ("every_type_round_trip::CDS", "PowerDNS leaves it out of transfers"),
    ("every_type_round_trip::CDNSKEY", "PowerDNS leaves it out of transfers"),
    ("every_type_round_trip::TYPE65280", "PowerDNS takes no empty rdata as a prerequisite"),
    ("text::values_that_differ_in_case", "PowerDNS compares texts of prerequisites without case"),
    ("names::owner::double_quote", LOST),
    ("names::owner::semicolon", LOST),
    ("names::owner::parentheses", LOST),
    ("names::owner::dollar", LOST),
    ("names::owner::plus_and_others", LOST),
    ("names::owner::percent", LOST),
    ("names::owner::octets_above_127", LOST),
    ("names::owner::utf_8_octets", LOST),
    ("names::owner::control_octets", LOST),
];

fn subjects() -> Vec<(&'static str, Arc<OnServer>)> {
    let mut subjects = Vec::new();
    let mut add = |name, address, key, exceptions, server| {
        let next = AtomicUsize::new(0);
        subjects.push((name, Arc::new(OnServer { address, key, next, exceptions, server })));
    };
    if let Some(bind) = require(Bind::builder((0..ZONES).map(zone)).options(LENIENT).start()) {
        add("bind", bind.address(), bind.key().clone(), BIND, Running::NameServer(bind));
    }
    if let Some(knot) = require(Knot::start((0..ZONES).map(zone))) {
        add("knot", knot.address(), knot.key().clone(), KNOT, Running::NameServer(knot));
    }
    if let Some((server, key)) = require(powerdns()) {
        add("powerdns", server.dns_address(), key, POWERDNS, Running::PowerDns(server));
    }
    subjects
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cases = conformance::cases(&(FACTORY.capabilities)());
    let subjects = if arguments.list { Vec::new() } else { subjects() };
    let runtime = Arc::new(support::runtime());
    let mut trials = Vec::new();
    for (name, subject) in &subjects {
        for case in &cases {
            let (case, subject, runtime) = (case.clone(), subject.clone(), runtime.clone());
            let title = format!("{name}::{}", case.name());
            trials.push(Trial::test(title, move || {
                let result = runtime.block_on(case.run(&*subject));
                match (result, subject.exception(case.name())) {
                    (Ok(_), None) | (Err(_), Some(_)) => Ok(()),
                    (Ok(_), Some(why)) => Err(format!("it holds by now; strike the exception: {why}").into()),
                    (Err(failure), None) => Err(failure.into()),
                }
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

//! The provider of a zone is asked while the files of the zone are still being read.

use crate::support::{Running, Setup, ZONE, has, has_not};
use dnsctl_harness::{PowerDns, ServedRequest, Zone, require};
use std::net::TcpListener;
use std::time::{Duration, Instant};

const RECORDS: &str = "records:\n  ns1: { A: 127.0.0.1 }\n  www: { A: 192.0.2.2 }\n";

fn start() -> Option<PowerDns> {
    let server = require(PowerDns::start())?;
    server.create_zone(&Zone::new(ZONE).with("www A 192.0.2.1")).unwrap();
    Some(server)
}

fn paths(requests: &[ServedRequest]) -> Vec<String> {
    let line = |request: &ServedRequest| {
        let path = request.path.split('?').next().unwrap_or_default();
        format!("{} {path} {}", request.method, request.status)
    };
    requests.iter().map(line).collect()
}

const READ: &str = "GET /api/v1/servers/localhost/zones/abc-corp.example. 200";

/// Half of the zone stands on another server, which never answers, so that the zone never is complete.
#[test]
fn before_the_zone_is_complete() {
    let Some(server) = start() else { return };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let provider = |port: u16| {
        format!(
            "{{ class: octodns_powerdns.PowerDnsProvider, host: 127.0.0.1, port: {port}, api_key: env/KEY }}"
        )
    };
    let setup = Setup::new(&format!(
        "providers:\n  source: {}\n  target: {}\nzones:\n  {ZONE}.: {{ sources: [source], targets: [target] }}\n",
        provider(silent.local_addr().unwrap().port()),
        provider(server.api_address().port())
    ))
    .env("KEY", server.api_key());
    let since = server.requests().len();
    let _running = Running::start(&setup, "plan");
    let start = Instant::now();
    while server.requests_since(since).is_empty() && start.elapsed() < Duration::from_secs(20) {}
    assert_eq!(paths(&server.requests_since(since)), [READ]);
}

/// One zone and one read, whether it was begun early or not.
#[test]
fn one_request() {
    let Some(server) = start() else { return };
    let setup = Setup::powerdns(&server, "defaults: { provider: main }");
    for head in ["", "provider: main\n", "provider: [main]\n", "create: true\n"] {
        setup.write_zone(ZONE, &format!("{head}{RECORDS}"));
        let since = server.requests().len();
        has(&setup.run("plan", 0).stdout, &["0 to create, 1 to update, 0 to delete"]);
        assert_eq!(paths(&server.requests_since(since)), [READ], "{head}");
    }
    let missing = Setup::powerdns(&server, "").zone("new.example", &format!("create: true\n{RECORDS}"));
    let since = server.requests().len();
    has(&missing.run("plan", 0).stdout, &["1 zone to create"]);
    let of_server = "GET /api/v1/servers/localhost";
    // The server is asked what it is while the zone is looked up.
    let wanted = [format!("{of_server} 200"), format!("{of_server}/zones/new.example. 404")];
    let mut asked = paths(&server.requests_since(since));
    asked.sort();
    assert_eq!(asked, wanted);
}

/// A server that takes connections and never answers. A zone that is not there, or that has errors, does not wait for it.
#[test]
fn a_wrong_guess_is_not_seen() {
    let Some(server) = start() else { return };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let more = format!(
        "  silent: {{ type: powerdns, url: \"http://{}\", api_key: {{ env: PDNS_API_KEY }}, timeout: 120 }}\n\
         defaults: {{ provider: silent }}",
        silent.local_addr().unwrap()
    );
    let setup = Setup::powerdns(&server, &more);
    // Only a YAML reader sees this key.
    setup.write_zone(ZONE, &format!("{RECORDS}? provider\n: main\n"));
    let start = Instant::now();
    let since = server.requests().len();
    let plan = setup.run("plan", 0);
    has(&plan.stdout, &["0 to create, 1 to update, 0 to delete"]);
    has_not(&plan.stdout_and_stderr(), &["silent"]);
    assert_eq!(paths(&server.requests_since(since)), [READ]);
    setup.write_zone(ZONE, "records: { www: { A: 192.0.2.300 } }\n");
    let plan = setup.run("plan", 65);
    has(&plan.stderr, &["192.0.2.300"]);
    has_not(&plan.stdout_and_stderr(), &["silent"]);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

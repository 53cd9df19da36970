//! Three hundred zones of twenty RRsets: what is asked, and that all of it is written.

use crate::support::{Setup, has, served};
use dnsctl_harness::{Backend, PowerDns, ServedRequest, require};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const ZONES: usize = 300;
const RRSETS: usize = 20;

fn file(server: &PowerDns, address: u8) -> String {
    let mut text = format!(
        "create: true\nservers: {}\nrecords:\n  \"@\": {{ NS: ns1 }}\n  ns1: {{ A: 127.0.0.1 }}\n",
        server.dns_address()
    );
    for host in 2..RRSETS {
        let _ = writeln!(text, "  host{host}: {{ A: 192.0.2.{address} }}");
    }
    text
}

/// How often each method was asked for each kind of path.
fn counts(requests: &[ServedRequest]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in requests {
        let path = request.path.split('?').next().unwrap_or_default();
        let of = path.trim_start_matches("/api/v1/servers/localhost").trim_end_matches('/');
        let kind = match of.matches('/').count() {
            1 => of.to_owned(),
            _ => "/zones/ZONE".to_owned(),
        };
        *counts.entry(format!("{} {kind} {}", request.method, request.status)).or_default() += 1;
    }
    counts
}

fn expected(list: &[(&str, usize)]) -> BTreeMap<String, usize> {
    list.iter().map(|(what, count)| ((*what).to_owned(), *count)).collect()
}

#[test]
fn three_hundred_zones_are_listed_once_read_once_and_written_once() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "");
    let zones = |address: u8| {
        let text = file(&server, address);
        (0..ZONES).for_each(|zone| setup.write_zone(&format!("zone{zone:03}.example"), &text));
    };
    let mut seen = server.requests().len();
    let mut asked = || {
        let requests = server.requests_since(seen);
        seen += requests.len();
        counts(&requests)
    };
    zones(1);
    let plan = setup.run("plan --out plan.json", 0);
    has(&plan.stdout, &["300 zones to create; RRsets: 6,000 to create, 0 to update, 0 to delete"]);
    assert_eq!(asked(), expected(&[("GET /zones 200", 1)]));
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 6,000 of 6,000"]);
    let of_apply = asked();
    assert_eq!(of_apply.get("POST /zones 201"), Some(&ZONES), "{of_apply:?}");
    assert!(!of_apply.keys().any(|key| key.starts_with("PATCH")), "{of_apply:?}");
    // In sync: one list, one read a zone.
    has(&setup.run("plan", 0).stdout, &["No changes. 6,000 RRsets match in 300 zones"]);
    assert_eq!(asked(), expected(&[("GET /zones 200", 1), ("GET /zones/ZONE 200", ZONES)]));
    // One change in each zone: one read and one write a zone.
    let text = file(&server, 1).replace("host2: { A: 192.0.2.1 }", "host2: { A: 192.0.2.2 }");
    (0..ZONES).for_each(|zone| setup.write_zone(&format!("zone{zone:03}.example"), &text));
    has(&setup.run("apply --yes", 0).stdout, &["Applied 300 of 300"]);
    assert_eq!(
        asked(),
        expected(&[("GET /zones 200", 1), ("GET /zones/ZONE 200", ZONES), ("PATCH /zones/ZONE 204", ZONES)])
    );
    assert_eq!(served(server.dns_address(), "host2.zone299.example", "A"), ["192.0.2.2"]);
    has(&setup.run("plan", 0).stdout, &["No changes. 6,000 RRsets match in 300 zones"]);
}

/// SQLite answers 500 to a write while another zone is written. Each such write is looked up and sent again.
#[test]
fn many_zones_at_once_on_a_backend_that_locks() {
    let Some(server) = require(PowerDns::builder().backend(Backend::Sqlite).start()) else { return };
    let setup = Setup::powerdns(&server, "");
    let zones = |address: u8| {
        let mut text = format!(
            "create: true\nservers: {}\nrecords:\n  \"@\": {{ NS: ns1 }}\n  ns1: {{ A: 127.0.0.1 }}\n",
            server.dns_address()
        );
        for host in 0..400 {
            // A third of them changes.
            let address = if host % 3 == 0 { address } else { 1 };
            let _ = writeln!(text, "  host{host}: {{ A: 192.0.2.{address} }}");
        }
        (0..30).for_each(|zone| setup.write_zone(&format!("zone{zone:02}.example"), &text));
    };
    zones(1);
    has(&setup.run("apply --yes", 0).stdout, &["Applied 12,060 of 12,060"]);
    zones(2);
    has(&setup.run("apply --yes", 0).stdout, &["Applied 4,020 of 4,020"]);
    has(&setup.run("plan", 0).stdout, &["No changes. 12,060 RRsets match in 30 zones"]);
}

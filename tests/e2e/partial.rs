//! Applies that are cut in the middle.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, served, shows};
use dnsctl_harness::{Fault, HttpProxy, PowerDns, Zone, require};
use std::fmt::Write as _;

/// PowerDNS behind a proxy that spoils requests, and a saved plan for the one zone.
fn start() -> Option<(PowerDns, HttpProxy, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let setup =
        Setup::powerdns_at(&proxy.url(), server.api_key(), "").zone(ZONE, &after(server.dns_address()));
    setup.run("plan --out plan.json", 0);
    proxy.forget();
    Some((server, proxy, setup))
}

/// Zones with one change each, and a saved plan for all of them.
pub(crate) fn many(count: usize) -> Option<(PowerDns, HttpProxy, Setup)> {
    let server = require(PowerDns::start())?;
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let setup = Setup::powerdns_at(
        &proxy.url(),
        server.api_key(),
        &format!("verify: {{ servers: \"{}\" }}", server.dns_address()),
    );
    for index in 0..count {
        let zone = format!("zone{index:02}.example");
        server.create_zone(&Zone::new(&zone).with("www 300 A 192.0.2.1")).unwrap();
        setup.write_zone(
            &zone,
            "records:\n  ns1: { A: 127.0.0.1 }\n  www: { A: { ttl: 300, value: 192.0.2.2 } }\n",
        );
    }
    setup.run("plan --out plan.json", 0);
    proxy.forget();
    Some((server, proxy, setup))
}

/// How many of them are written.
pub(crate) fn written(server: &PowerDns, count: usize) -> usize {
    let new = |index: &usize| {
        served(server.dns_address(), &format!("www.zone{index:02}.example"), "A") == ["192.0.2.2"]
    };
    (0..count).filter(new).count()
}

#[test]
fn a_connection_that_is_reset_after_the_write_is_read_again() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").reset_after());
    let run = setup.run("apply plan.json", 0);
    has(&run.stdout, &["Applied 3 of 3"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
    let requests = proxy.requests();
    let last = requests.last().map(|request| request.method.as_str());
    assert_eq!(last, Some("GET"), "the outcome was not looked up: {requests:?}");
}

#[test]
fn a_connection_that_is_reset_before_the_write() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").reset_before());
    let run = setup.run("apply plan.json", 1);
    shows!(run.stdout, @r"
    ✖ abc-corp.example at main: 0 of 3 RRsets written in [time]; not verified: not all of it is written
      ✖ mail.abc-corp.example. A not written  (zones/abc-corp.example.yaml:8:5)
      ✖ abc-corp.example. TXT not written  (zones/abc-corp.example.yaml:6:5)
      ✖ abc-corp.example. MX not written  (zones/abc-corp.example.yaml:5:5)
    error: write zone abc-corp.example.: unavailable from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: the connection broke before an answer came: Connection reset by peer (os error 104) (8 tries in [time])
    Stopped. 0 of 3 written, 3 not written, 0 unknown.
    Nothing was written. Next: repair the cause and apply the plan again, or dnsctl plan
    ");
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
    proxy.heal();
    setup.run("apply plan.json", 0);
}

#[test]
fn nobody_knows_what_became_of_the_write() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").reset_after());
    // The first read is that of the apply, the second one would tell what happened.
    proxy.fault(Fault::on("GET", "").nth(2).times(1000).status(403));
    let run = setup.run("apply plan.json", 6);
    shows!(run.stdout, @r"
    ✖ abc-corp.example at main: 0 of 3 RRsets written in [time]; not verified: not all of it is written
      ✖ mail.abc-corp.example. A unknown  (zones/abc-corp.example.yaml:8:5)
        write zone abc-corp.example.: unavailable from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: the connection broke before an answer came: Connection reset by peer (os error 104) (8 tries in [time])
      ✖ abc-corp.example. TXT unknown  (zones/abc-corp.example.yaml:6:5)
        write zone abc-corp.example.: unavailable from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: the connection broke before an answer came: Connection reset by peer (os error 104) (8 tries in [time])
      ✖ abc-corp.example. MX unknown  (zones/abc-corp.example.yaml:5:5)
        write zone abc-corp.example.: unavailable from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: the connection broke before an answer came: Connection reset by peer (os error 104) (8 tries in [time])
    error: write zone abc-corp.example.: unavailable from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: the connection broke before an answer came: Connection reset by peer (os error 104) (8 tries in [time])
    Stopped. 0 of 3 written, 0 not written, 3 unknown.
    Still safe: nothing was deleted.
    Next: repair the cause, then apply the same saved plan with --resume, or make a new one: dnsctl plan  (plan 413fe786)
    ");
    proxy.heal();
    let resumed = setup.run("apply plan.json --resume", 0);
    has(&resumed.stdout, &["3 were there already"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

#[test]
fn a_write_that_hangs_is_given_up_and_looked_up() {
    let Some((server, proxy, setup)) = start() else { return };
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", text.replace(" }\n", ", timeout: 1s }\n")).unwrap();
    proxy.fault(Fault::on("PATCH", "").hang());
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

#[test]
fn some_zones_are_written_some_are_not_and_resume_does_the_rest() {
    let Some((server, proxy, setup)) = many(4) else { return };
    proxy.fault(Fault::on("PATCH", "zone02.example").status(422));
    let run = setup.command("apply plan.json --concurrency 1").expect_code(6);
    has(&run.stdout, &["Stopped.", "no MX was touched", "--resume", "injected 422", "www.zone02.example. A"]);
    let there = written(&server, 4);
    assert!((1..4).contains(&there), "{there}");
    // Again, and the rest is still refused: it stays a part.
    has(&setup.run("apply plan.json --resume", 6).stdout, &["injected 422"]);
    proxy.heal();
    let resumed = setup.run("apply plan.json --resume", 0);
    has(&resumed.stdout, &["Applied 4 of 4", "were there already"]);
    assert_eq!(written(&server, 4), 4);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
}

/// One zone of forty new hosts, which takes several requests, and a saved plan for it.
pub(crate) fn large() -> Option<(PowerDns, HttpProxy, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&Zone::new(ZONE)).unwrap();
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let setup = Setup::powerdns_at(&proxy.url(), server.api_key(), "");
    // Small requests, so that one zone takes several of them.
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", text.replace(" }\n", ", max_body: 1500 }\n")).unwrap();
    let mut zone = format!("servers: {}\nrecords:\n  ns1: {{ A: 127.0.0.1 }}\n", server.dns_address());
    for index in 0..40 {
        let _ = writeln!(zone, "  host{index:02}: {{ A: 192.0.2.{index} }}");
    }
    setup.write_zone(ZONE, &zone);
    setup.run("plan --out plan.json", 0);
    proxy.forget();
    Some((server, proxy, setup))
}

#[test]
fn a_zone_of_which_half_is_written() {
    let Some((_server, proxy, setup)) = large() else { return };
    proxy.fault(Fault::on("PATCH", "").nth(3).reset_before());
    proxy.fault(Fault::on("PATCH", "").nth(4).times(100).reset_before());
    let run = setup.run("apply plan.json", 6);
    has(&run.stdout, &["Stopped.", "of 40 written", "0 unknown"]);
    proxy.heal();
    let stale = setup.run("apply plan.json", 4);
    has(&stale.stdout, &["--resume writes the rest", "Nothing was written"]);
    let resumed = setup.run("apply plan.json --resume", 0);
    has(&resumed.stdout, &["Applied 40 of 40", "were there already"]);
}

#[test]
fn a_refused_rrset_is_named_with_file_and_line() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE).with("shop 300 A 192.0.2.80")).unwrap();
    let text =
        "manage: declared\nrecords:\n  www: { A: 192.0.2.81 }\n  shop: { CNAME: shops.example.net. }\n";
    let setup = Setup::powerdns(&server, "").zone(ZONE, text);
    let run = setup.run("apply --yes", 1);
    shows!(run.stdout, @r"
    abc-corp.example  main                                                 2 creates
    ────────────────────────────────────────────────────────────────────────────────
    1 + A     www   3600  192.0.2.81
    2 + CNAME shop  3600  shops.example.net.
    Order    A, then CNAME

    Settles  5 min after apply, when the last old answer is gone
    Plan: 2 to create, 0 to update, 0 to delete. 0 unchanged, 4 left alone.
    ✖ abc-corp.example at main: 0 of 2 RRsets written in [time]; not verified: not all of it is written
      ✖ www.abc-corp.example. A not written  (zones/abc-corp.example.yaml:3:10)
      ✖ shop.abc-corp.example. CNAME refused  (zones/abc-corp.example.yaml:4:11)
        write zone abc-corp.example.: refused by the server, HTTP 422 from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: RRset shop.abc-corp.example. IN CNAME: Conflicts with pre-existing RRset
    error: write zone abc-corp.example.: refused by the server, HTTP 422 from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: RRset shop.abc-corp.example. IN CNAME: Conflicts with pre-existing RRset
    Stopped. 0 of 2 written, 2 not written, 0 unknown.
    Nothing was written. Next: repair the cause and apply the plan again, or dnsctl plan
    ");
    assert_eq!(served(server.dns_address(), "www.abc-corp.example", "A"), Vec::<String>::new());
}

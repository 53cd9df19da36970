//! Applies that are cut in the middle.

use crate::stale::meanwhile;
use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, served, shows};
use dnsctl_harness::{Fault, HttpProxy, PATIENCE, PowerDns, Zone, require, until};
use std::fmt::Write as _;
use std::time::Duration;

/// PowerDNS behind a proxy that spoils requests, and a saved plan for the one zone.
pub(crate) fn start() -> Option<(PowerDns, HttpProxy, Setup)> {
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
    assert_eq!(methods(&proxy), ["GET", "PATCH", "GET"], "the outcome is looked up, and nothing is repeated");
}

fn methods(proxy: &HttpProxy) -> Vec<String> {
    proxy.requests().into_iter().map(|request| request.method).collect()
}

/// Looked up first, and repeated since it is not there.
#[test]
fn a_connection_that_is_reset_once_before_the_write() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").nth(1).reset_before());
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(methods(&proxy), ["GET", "PATCH", "GET", "PATCH"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

/// Between the two tries somebody else writes: a repeat would undo that.
#[test]
fn what_somebody_else_wrote_meanwhile_is_not_overwritten() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").reset_before());
    proxy.fault(Fault::on("GET", "").nth(2).late(Duration::from_secs(3)));
    let run = std::thread::scope(|scope| {
        let running = scope.spawn(|| setup.run("apply plan.json", 6));
        let sent = || methods(&proxy).iter().any(|method| method == "PATCH").then_some(());
        until("the write", PATIENCE, sent).unwrap();
        meanwhile(&server, "abc-corp.example.", "MX", "5 elsewhere.example.net.");
        running.join().unwrap()
    });
    has(
        &run.stdout,
        &["MX abc-corp.example at main", "planned from", "live now 3600 5 elsewhere.example.net."],
    );
    has(&run.stdout, &["0 of 3 written, 2 not written, 1 unknown"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["5 elsewhere.example.net."]);
    assert_eq!(methods(&proxy), ["GET", "PATCH", "GET"]);
}

/// The client gives up while the server is still working: the write is waited for and not sent twice.
#[test]
fn a_write_that_comes_late_is_found() {
    let Some((server, proxy, setup)) = start() else { return };
    setup.timeout("1s");
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_secs(4)));
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(methods(&proxy).iter().filter(|method| *method == "PATCH").count(), 1);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

/// A server that says when to come back has done nothing: the write is sent again then, without a look.
#[test]
fn a_server_that_asks_to_come_back_later() {
    for status in [429, 503] {
        let Some((server, proxy, setup)) = start() else { return };
        proxy.fault(Fault::on("PATCH", "").nth(1).retry_after(status, "1"));
        has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
        assert_eq!(methods(&proxy), ["GET", "PATCH", "PATCH"], "{status}");
        assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
    }
}

/// A server that fails is looked at before the next try, as often as it takes.
#[test]
fn a_server_that_fails_for_a_while() {
    let Some((_server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").times(3).status(500));
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(methods(&proxy), ["GET", "PATCH", "GET", "PATCH", "GET", "PATCH", "GET", "PATCH"]);
}

#[test]
fn a_connection_that_is_reset_before_the_write() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").reset_before());
    let run = setup.run("apply plan.json", 1);
    shows!(run.stdout, @r#"
    fresh    3 of 3 RRsets as planned
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      not written  (zones/abc-corp.example.yaml:8:5)
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  not written  (zones/abc-corp.example.yaml:6:5)
    3 ~ MX   @     10 oldmail → 10 mail                              not written  (zones/abc-corp.example.yaml:5:5)
    error: write zone abc-corp.example.: unavailable from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: the connection broke before an answer came: Connection reset by peer (os error 104) (8 tries in [time])
    Stopped. 0 of 3 written, 3 not written, 0 unknown.
    Nothing was written. Next: repair the cause, then dnsctl apply plan.json; or dnsctl plan
    "#);
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
    shows!(run.stdout, @r#"
    fresh    3 of 3 RRsets as planned
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      unknown  (zones/abc-corp.example.yaml:8:5)
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  unknown  (zones/abc-corp.example.yaml:6:5)
    3 ~ MX   @     10 oldmail → 10 mail                              unknown  (zones/abc-corp.example.yaml:5:5)
    error: write zone abc-corp.example.: unavailable from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: the connection broke before an answer came: Connection reset by peer (os error 104)
    Stopped. 0 of 3 written, 0 not written, 3 unknown.
    Still safe: nothing was deleted.
    Next: repair the cause, then dnsctl apply plan.json --resume, or make a new plan: dnsctl plan  (plan 413fe786)
    "#);
    proxy.heal();
    let resumed = setup.run("apply plan.json --resume", 0);
    has(&resumed.stdout, &["Nothing to do: plan 413fe786 is applied already"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

#[test]
fn a_write_that_hangs_is_given_up_and_looked_up() {
    let Some((server, proxy, setup)) = start() else { return };
    setup.timeout("1s");
    proxy.fault(Fault::on("PATCH", "").hang());
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

#[test]
fn some_zones_are_written_some_are_not_and_resume_does_the_rest() {
    let Some((server, proxy, setup)) = many(4) else { return };
    proxy.fault(Fault::on("PATCH", "zone02.example").status(422));
    let run = setup.command("apply plan.json --concurrency 1").expect_code(6);
    has(
        &run.stdout,
        &[
            "Stopped.",
            "no MX was touched",
            "--resume",
            "injected 422",
            "refused (zones/zone02.example.yaml:3:10)",
        ],
    );
    let there = written(&server, 4);
    assert!((1..4).contains(&there), "{there}");
    // Whole zones are no different from RRsets: somebody has to say that the rest is still wanted.
    let stale = setup.run("apply plan.json", 4);
    has(
        &stale.stdout,
        &[&format!("{there} of 4 RRsets of plan"), "are there already", "--resume writes the others"],
    );
    assert_eq!(written(&server, 4), there);
    // Again, and the rest is still refused: it stays a part.
    has(&setup.run("apply plan.json --resume", 6).stdout, &["injected 422"]);
    proxy.heal();
    let resumed = setup.run("apply plan.json --resume", 0);
    has(&resumed.stdout, &["Applied 4 of 4", "were there already"]);
    assert_eq!(written(&server, 4), 4);
    // And where all of it is there, nothing is left to do; servers are asked all the same.
    let again = setup.run("apply plan.json", 0);
    has(&again.stdout, &["Nothing to do: plan", "is applied already. The name server serves it"]);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
}

/// Zones that the plan creates are no different.
#[test]
fn a_plan_of_new_zones_of_which_some_are_there() {
    let Some(server) = require(PowerDns::start()) else { return };
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let setup = Setup::powerdns_at(&proxy.url(), server.api_key(), "");
    for zone in ["one.example", "two.example"] {
        let text = format!(
            "create: true\nservers: {}\nrecords:\n  \"@\": {{ NS: ns1 }}\n  ns1: {{ A: 127.0.0.1 }}\n",
            server.dns_address()
        );
        setup.write_zone(zone, &text);
    }
    setup.run("plan --out plan.json", 0);
    proxy.fault(Fault::on("POST", "").nth(2).status(422));
    has(&setup.run("apply plan.json --concurrency 1", 6).stdout, &["2 of 4 written, 2 not written"]);
    proxy.heal();
    let stale = setup.run("apply plan.json", 4);
    has(&stale.stdout, &["2 of 4 RRsets of plan", "are there already", "--resume writes the others"]);
    has(&setup.run("apply plan.json --resume", 0).stdout, &["Applied 4 of 4", "2 were there already"]);
    has(&setup.run("apply plan.json", 0).stdout, &["Nothing to do: plan"]);
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
    has(
        &stale.stdout,
        &["are there already, the others are not", "--resume writes the others", "Nothing was written"],
    );
    let resumed = setup.run("apply plan.json --resume", 0);
    has(&resumed.stdout, &["Applied 40 of 40", "were there already"]);
}

/// The plan sees no harm; then somebody puts an address beside the CNAME that it creates.
#[test]
fn a_refused_rrset_is_named_with_file_and_line() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE)).unwrap();
    let text =
        "manage: declared\nrecords:\n  www: { A: 192.0.2.81 }\n  shop: { CNAME: shops.example.net. }\n";
    let setup = Setup::powerdns(&server, "").zone(ZONE, text);
    setup.run("plan --out plan.json", 0);
    meanwhile(&server, "shop.abc-corp.example.", "A", "192.0.2.80");
    let run = setup.run("apply plan.json", 1);
    shows!(run.stdout, @r"
    fresh    2 of 2 RRsets as planned
    1 + A     www   192.0.2.81          not written  (zones/abc-corp.example.yaml:3:10)
    2 + CNAME shop  shops.example.net.  refused  (zones/abc-corp.example.yaml:4:11)
    error: write zone abc-corp.example.: refused by the server, HTTP 422 from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: RRset shop.abc-corp.example. IN CNAME: Conflicts with pre-existing RRset
    Stopped. 0 of 2 written, 2 not written, 0 unknown.
    Nothing was written. Next: repair the cause, then dnsctl apply plan.json; or dnsctl plan
    ");
    assert_eq!(served(server.dns_address(), "www.abc-corp.example", "A"), Vec::<String>::new());
}

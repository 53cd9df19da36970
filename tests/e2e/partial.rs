//! Applies that are cut in the middle.

use crate::stale::meanwhile;
use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, has_not, served, shows};
use dnsctl_harness::{
    Action, Bind, Direction, DnsProxy, Fault, HttpProxy, NameServer, PATIENCE, Packet, PowerDns, Zone,
    error_reply, require, until,
};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

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

/// What was asked, without that the zone was read several times in a row.
fn turns(proxy: &HttpProxy) -> Vec<String> {
    let mut turns = methods(proxy);
    turns.dedup();
    turns
}

/// Looked up first, and repeated since it is not there.
#[test]
fn a_connection_that_is_reset_once_before_the_write() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").nth(1).reset_before());
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(turns(&proxy), ["GET", "PATCH", "GET", "PATCH"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

/// The server goes on with a write whose connection broke at once: it is waited for and not sent twice.
#[test]
fn a_write_that_comes_after_the_connection_broke_is_found() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").breaks(Duration::from_millis(1500)));
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(methods(&proxy).iter().filter(|method| *method == "PATCH").count(), 1);
    assert_eq!(server.requests().iter().filter(|request| request.method == "PATCH").count(), 1);
}

/// From the third write on nothing is answered: the two that are under way are waited for, and no other zone is begun.
#[test]
fn no_zone_begins_after_a_time_out() {
    const ZONES: usize = 30;
    let Some((server, proxy, setup)) = many(ZONES) else { return };
    setup.timeout("3s");
    proxy.fault(Fault::on("PATCH", "").nth(3).times(usize::MAX).late(Duration::from_mins(5)));
    let run = setup.run("apply plan.json --concurrency 2", 6);
    has(&run.stdout, &["2 of 30 written, 26 not written, 2 unknown"]);
    assert_eq!((written(&server, ZONES), proxy.in_flight()), (2, 2), "what was sent is still under way");
}

/// Its server takes longer to show it than a reading is good for.
#[test]
fn a_zone_that_takes_long_to_read() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("GET", "").late(Duration::from_secs(12)));
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(methods(&proxy), ["GET", "PATCH"]);
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
    // The connection broke: the server may be working on the others.
    has(&run.stdout, &["0 of 3 written, 0 not written, 3 unknown"]);
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

/// Too many requests: nothing was done, and the write is sent again without a look. A gateway that is out of service may
/// have passed it on: there the zone is looked at before.
#[test]
fn a_server_that_asks_to_come_back_later() {
    for (status, expected) in [(429, &["GET", "PATCH"][..]), (503, &["GET", "PATCH", "GET", "PATCH"][..])] {
        let Some((server, proxy, setup)) = start() else { return };
        proxy.fault(Fault::on("PATCH", "").nth(1).retry_after(status, "1"));
        let begun = Instant::now();
        has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
        assert!(begun.elapsed() >= Duration::from_secs(1), "{status}");
        assert_eq!(turns(&proxy), expected, "{status}");
        let tries = methods(&proxy).iter().filter(|method| *method == "PATCH").count();
        assert_eq!(tries, 2, "{status}");
        assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
    }
}

/// A gateway passes the write on and answers 503 all the same: it is found, and not sent again.
#[test]
fn a_gateway_that_writes_and_says_503() {
    let Some((server, proxy, setup)) = start() else { return };
    let gateway = HttpProxy::start(proxy.address()).unwrap();
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", text.replace(&proxy.url(), &gateway.url())).unwrap();
    gateway.fault(Fault::on("PATCH", "").says(503, &[("Retry-After", "1")]));
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(methods(&proxy), ["GET", "PATCH", "GET"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

/// Too many requests for so long that the zone may have changed: it is looked at again before the write is sent again.
#[test]
fn a_write_that_had_to_wait_follows_another_look() {
    let Some((server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("PATCH", "").nth(1).retry_after(429, "12"));
    let run = std::thread::scope(|scope| {
        let running = scope.spawn(|| setup.run("apply plan.json", 4));
        let sent = || methods(&proxy).iter().any(|method| method == "PATCH").then_some(());
        until("the write", PATIENCE, sent).unwrap();
        meanwhile(&server, "abc-corp.example.", "MX", "5 elsewhere.example.net.");
        running.join().unwrap()
    });
    has(&run.stdout, &["live now 3600 5 elsewhere.example.net.", "Nothing was written"]);
    assert_eq!(methods(&proxy), ["GET", "PATCH", "GET"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["5 elsewhere.example.net."]);
}

/// BIND, and a second one that has the zone as it was, and is not told of changes.
fn primary_and_secondary(
    spoil: impl Fn(&Packet<'_>) -> Action + Send + Sync + 'static,
) -> Option<(NameServer, NameServer, DnsProxy, Setup)> {
    let primary = require(Bind::start([before()]))?;
    let secondary = require(Bind::builder([before()]).key(primary.key().clone()).start())?;
    let proxy = DnsProxy::start(primary.address(), spoil).unwrap();
    let setup = Setup::rfc2136_at(proxy.address(), &primary, "");
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    let from = format!(", transfer_from: \"{}\", timeout: 1s }}\n", secondary.address());
    setup.repository.write("dnsctl.yaml", text.replace(" }\n", &from)).unwrap();
    Some((primary, secondary, proxy, setup))
}

/// What a transfer from the primary would tell: nothing, it is refused.
fn no_transfer(packet: &Packet<'_>) -> Option<Action> {
    let transfer = packet.bytes.windows(4).any(|octets| octets == [0, 252, 0, 1]);
    (packet.direction == Direction::Query && transfer).then(|| error_reply(packet.bytes, 5))
}

/// The primary gives no transfer, and the secondary is behind: what was written is proved by asking the primary.
#[test]
fn a_delegation_is_written_where_zones_are_read_from_a_secondary() {
    let spoil = |packet: &Packet<'_>| no_transfer(packet).unwrap_or(Action::Pass);
    let Some((primary, _secondary, _proxy, setup)) = primary_and_secondary(spoil) else { return };
    let zone = format!(
        "{}  child: {{ NS: ns.child.abc-corp.example. }}\n  ns.child: {{ A: 192.0.2.53 }}\n",
        after(primary.address())
    );
    setup.write_zone(ZONE, &zone);
    has(&setup.run("apply --yes", 0).stdout, &["Applied 5 of 5", "The name server serves it"]);
}

/// The answer to the update is lost, and the secondary shows what was before: that proves nothing.
#[test]
fn what_a_secondary_does_not_show_is_not_taken_for_not_written() {
    const UPDATE: u8 = 5;
    let spoil = |packet: &Packet<'_>| {
        let opcode = packet.bytes.get(2).map_or(0, |flags| flags >> 3 & 0xf);
        let lost = packet.direction == Direction::Answer && opcode == UPDATE;
        no_transfer(packet).unwrap_or(if lost { Action::Drop } else { Action::Pass })
    };
    let Some((primary, _secondary, _proxy, setup)) = primary_and_secondary(spoil) else { return };
    setup.write_zone(ZONE, &after(primary.address()));
    let run = setup.run("apply --yes", 6);
    has(&run.stdout, &["0 of 3 written, 0 not written, 3 unknown"]);
    assert_eq!(served(primary.address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

/// The server refuses to create a zone in which nothing is to be: there is no RRset to say it of, and it is an error.
#[test]
fn a_zone_without_rrsets_that_is_refused() {
    let Some(server) = require(PowerDns::start()) else { return };
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    for (status, exit) in [(422, 1), (403, 77), (409, 4)] {
        let setup = Setup::powerdns_at(&proxy.url(), server.api_key(), "");
        setup.write_zone("new.example", "create: true\nservers: 127.0.0.1:9\nrecords: {}\n");
        proxy.fault(Fault::on("POST", "").status(status));
        let run = setup.run("apply --yes --report json=apply.json", exit);
        has(&run.stdout, &[&format!("injected {status}"), "the zone was not created", "Nothing was written"]);
        has_not(&run.stdout, &["Applied", "serves it"]);
        let report = setup.plan_file("apply.json");
        assert_eq!(report["verdict"], "not_written");
        assert_eq!(report["zones"][0]["creation"], "not_written");
        assert_eq!(report["zones"][0]["verification"], "not_checked");
        let sent = proxy.requests().iter().filter(|request| request.method == "POST").count();
        assert_eq!(sent, 1, "{status}");
        proxy.heal();
        proxy.forget();
    }
}

/// A zone in which nothing is to be is proved to be served, too.
#[test]
fn a_zone_without_rrsets_that_is_served_or_not() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "verify: { deadline: 2s }");
    let zone = |servers: &str| format!("create: true\nservers: {servers}\nrecords: {{}}\n");
    setup.write_zone("new.example", &zone("127.0.0.1:9"));
    has(
        &setup.run("apply --yes", 7).stdout,
        &["nothing listens on this port", "The name server 127.0.0.1:9 does not serve it"],
    );
    setup.write_zone("other.example", &zone(&server.dns_address().to_string()));
    has(&setup.run("apply --yes --zone other.example", 0).stdout, &["The name server serves it"]);
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
    let run = setup.run("apply plan.json", 6);
    shows!(run.stdout, @r#"
    fresh    3 of 3 RRsets as planned
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      unknown  (zones/abc-corp.example.yaml:8:5)
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  unknown  (zones/abc-corp.example.yaml:6:5)
    3 ~ MX   @     10 oldmail → 10 mail                              unknown  (zones/abc-corp.example.yaml:5:5)
    error: write zone abc-corp.example.: unavailable from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.: the connection broke before an answer came: Connection reset by peer (os error 104) (8 tries in [time])
    Stopped. 0 of 3 written, 0 not written, 3 unknown.
    Still safe: nothing was deleted.
    Next: repair the cause, then dnsctl apply plan.json --resume, or make a new plan: dnsctl plan  (plan 413fe786)
    "#);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
    proxy.heal();
    setup.run("apply plan.json --resume", 0);
}

/// The reading before the write fails: nothing was sent, and it is said.
#[test]
fn a_server_that_is_gone_when_the_plan_is_applied() {
    let Some((_server, proxy, setup)) = start() else { return };
    proxy.fault(Fault::on("GET", "").reset_before());
    has(
        &setup.run("apply plan.json", 1).stderr,
        &[
            "error[unavailable]",
            "nothing was written; repair the cause, then dnsctl apply plan.json; or dnsctl plan",
        ],
    );
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
    proxy.fault(Fault::on("PATCH", "").nth(4).times(100).status(500));
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

/// Neither the plan nor the reading before the write sees harm; then somebody puts an address beside the CNAME that it
/// creates.
#[test]
fn a_refused_rrset_is_named_with_file_and_line() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE)).unwrap();
    let text =
        "manage: declared\nrecords:\n  www: { A: 192.0.2.81 }\n  shop: { CNAME: shops.example.net. }\n";
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let setup = Setup::powerdns_at(&proxy.url(), server.api_key(), "").zone(ZONE, text);
    setup.run("plan --out plan.json", 0);
    proxy.forget();
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_secs(3)));
    let run = std::thread::scope(|scope| {
        let running = scope.spawn(|| setup.run("apply plan.json", 1));
        let read = || (!methods(&proxy).is_empty()).then_some(());
        until("the reading", PATIENCE, read).unwrap();
        meanwhile(&server, "shop.abc-corp.example.", "A", "192.0.2.80");
        running.join().unwrap()
    });
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

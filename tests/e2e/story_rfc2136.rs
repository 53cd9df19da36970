//! The same story on BIND and Knot, by zone transfer and dynamic update with TSIG.

use crate::story_powerdns::{after, before};
use crate::support::{SOUND, SOUND_FILE, Setup, ZONE, has, served, shows};
use dnsctl_harness::{
    Action, Bind, Direction, DnsProxy, Knot, NameServer, Result, Transport, Zone, nsupdate, require,
};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

type Start = fn(Zone) -> Result<NameServer>;

const BIND: Start = |zone| Bind::start([zone]);
const KNOT: Start = |zone| Knot::start([zone]);

fn start(server: Start) -> Option<(NameServer, Setup)> {
    let server = require(server(before()))?;
    let setup = Setup::rfc2136(&server, "").zone(ZONE, &after(server.address()));
    Some((server, setup))
}

fn story(server: Start) {
    let Some((server, setup)) = start(server) else { return };
    let plan = setup.run("plan --out plan.json", 0);
    has(&plan.stdout, &["3 updates, 2 warnings", "10 oldmail → 10 mail", "3 unchanged"]);
    shows!(setup.run("apply plan.json", 0).stdout, @r#"
    fresh    3 of 3 RRsets as planned
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      written  [server] ✔  [time]
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  written  [server] ✔  [time]
    3 ~ MX   @     10 oldmail → 10 mail                              written  [server] ✔  [time]
    Applied 3 of 3 in [time]. The name server serves it (serial 2).
    "#);
    let address = server.address();
    assert_eq!(served(address, ZONE, "MX"), ["10 mail.abc-corp.example."]);
    assert_eq!(served(address, "mail.abc-corp.example", "A"), ["198.51.100.25"]);
    shows!(setup.run("plan --detailed-exitcode", 0).stdout, @"✔ No changes. 6 RRsets match in 1 zone, 2 left alone.");
}

#[test]
fn bind() {
    story(BIND);
}

#[test]
fn knot() {
    story(KNOT);
}

/// A third party writes between plan and apply.
fn stale(server: Start) {
    let Some((server, setup)) = start(server) else { return };
    setup.run("plan --out plan.json", 0);
    let commands = format!("update delete {ZONE} TXT\nupdate add {ZONE} 3600 TXT \"v=spf1 a -all\"");
    nsupdate(server.address(), ZONE, Some(server.key()), &commands).unwrap();
    let run = setup.run("apply plan.json", 4);
    shows!(run.stdout, @r#"
    error[stale-plan]: 1 of 3 RRsets changed after plan 413fe786 was made
      TXT abc-corp.example at main
        planned from  3600 "v=spf1 ip4:203.0.113.25 -all"
        live now      3600 "v=spf1 a -all"
    Nothing was written. Next: dnsctl plan
    "#);
    let address = server.address();
    assert_eq!(served(address, ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
    assert_eq!(served(address, "mail.abc-corp.example", "A"), ["203.0.113.25"]);
    assert_eq!(served(address, ZONE, "TXT"), ["\"v=spf1 a -all\""]);
}

#[test]
fn stale_on_bind() {
    stale(BIND);
}

#[test]
fn stale_on_knot() {
    stale(KNOT);
}

/// A third party writes after the zone was read again, right before the update: only the server can see that.
fn native_guard(start: Start) {
    let Some(server) = require(start(before())) else { return };
    let (address, key) = (server.address(), server.key().clone());
    let proxy = before_the_update(address, move || {
        let commands = format!("update delete {ZONE} TXT\nupdate add {ZONE} 3600 TXT \"v=spf1 a -all\"");
        nsupdate(address, ZONE, Some(&key), &commands).unwrap();
    });
    let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &after(address));
    setup.run("plan --out plan.json", 0);
    let run = setup.run("apply plan.json", 4);
    shows!(run.stdout, @r#"
    fresh    3 of 3 RRsets as planned
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      not written  (zones/abc-corp.example.yaml:8:5)
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  refused  (zones/abc-corp.example.yaml:6:5)
    3 ~ MX   @     10 oldmail → 10 mail                              not written  (zones/abc-corp.example.yaml:5:5)
      TXT abc-corp.example at main
        planned from  3600 "v=spf1 ip4:203.0.113.25 -all"
        live now      3600 "v=spf1 a -all"
    error[stale-plan]: update zone abc-corp.example.: conflict, NXRRSET from [server]: abc-corp.example. TXT: it has other values by now
    Stopped. 0 of 3 written, 3 not written, 0 unknown.
    Nothing was written. Next: dnsctl plan
    "#);
    assert_eq!(served(address, ZONE, "TXT"), ["\"v=spf1 a -all\""]);
    assert_eq!(served(address, ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
    assert_eq!(served(address, "mail.abc-corp.example", "A"), ["203.0.113.25"]);
}

#[test]
fn native_guard_of_bind() {
    native_guard(BIND);
}

#[test]
fn native_guard_of_knot() {
    native_guard(KNOT);
}

/// A host has an address that no file names; a CNAME is wanted there. BIND alone would say yes and drop the CNAME.
#[test]
fn a_cname_beside_other_data_is_refused_and_said() {
    let zone = Zone::new(ZONE).with("shop 300 A 192.0.2.80");
    let Some(server) = require(Bind::start([zone])) else { return };
    let text = format!(
        "servers: {}\nmanage: declared\nrecords:\n  www: {{ A: 192.0.2.81 }}\n  shop: {{ CNAME: shops.example.net. }}\n\
         ack: [{{ rule: guard/live-conflict, at: \"shop CNAME\", until: 2026-12-31, why: \"a test\" }}]\n",
        server.address()
    );
    let setup = Setup::rfc2136(&server, "verify: { deadline: 2s }").zone(ZONE, &text);
    let run = setup.run("apply --yes", 1);
    shows!(run.stdout, @r"
    ✔ Can be applied: 2 creates in 1 zone, 1 warning.

    abc-corp.example  main                                                          2 creates, 1 warning
    ────────────────────────────────────────────────────────────────────────────────────────────────────
    1 + A     www   3600  192.0.2.81
    2 + CNAME shop  3600  shops.example.net.
        ▲ guard/live-conflict  shop.abc-corp.example CNAME cannot stand beside the live
                               shop.abc-corp.example A (192.0.2.80): a CNAME stands alone (RFC 1034
                               section 3.6.2). No file declares it (manage: declared), so it stays.
                               (acknowledged)
    Mail     before and after: no errors, no warnings
    Zone     before: 1 error; after: 1 critical, 1 error
    Order    A, then CNAME

    Settles  5 min after apply, when the last old answer is gone
    Digest   sha256:09eabe40f7047ca8714957261caf001327bf504462ff6f5fc7e350ef05a50e01
    Plan: 2 to create, 0 to update, 0 to delete. 0 unchanged, 4 left alone.
    1 + A     www   192.0.2.81          not written  (zones/abc-corp.example.yaml:4:10)
    2 + CNAME shop  shops.example.net.  refused  (zones/abc-corp.example.yaml:5:11)
    error: update zone abc-corp.example.: conflict, YXDOMAIN from [server]: shop.abc-corp.example. CNAME: CNAME cannot stand beside A (RFC 1034 section 3.6.2)
    Stopped. 0 of 2 written, 2 not written, 0 unknown.
    Nothing was written. Next: dnsctl plan
    ");
    assert_eq!(served(server.address(), "shop.abc-corp.example", "A"), ["192.0.2.80"]);
}

/// A CNAME takes the place of an address, and while it is written somebody adds a record of a type without a name. No
/// prerequisite speaks of that, so BIND says NOERROR, deletes the address and drops the CNAME (RFC 2136 section 3.4.2.2).
#[test]
fn what_bind_drops_in_silence_is_told() {
    let zone = Zone::new(ZONE).with("www 300 A 192.0.2.80\nshop 300 A 192.0.2.80");
    let Some(server) = require(Bind::start([zone])) else { return };
    let (address, key) = (server.address(), server.key().clone());
    let proxy = before_the_update(address, move || {
        let commands = format!("update add shop.{ZONE} 300 TYPE65400 \\# 1 00");
        nsupdate(address, ZONE, Some(&key), &commands).unwrap();
    });
    let text = format!(
        "servers: {address}\nrecords:\n  ns1: {{ A: 127.0.0.1 }}\n  www: {{ A: {{ ttl: 300, value: 192.0.2.81 }} }}\n  shop: {{ CNAME: shops.example.net. }}\n"
    );
    let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &text);
    setup.run("plan --out plan.json", 0);
    let run = setup.run("apply plan.json", 6);
    shows!(run.stdout, @r"
    fresh    3 of 3 RRsets as planned
    1 ~ A     www   192.0.2.80 → 192.0.2.81  written
    2 - A     shop  192.0.2.80               written
    3 + CNAME shop  shops.example.net.       refused  (zones/abc-corp.example.yaml:5:11)
    error: update zone abc-corp.example.: refused by the server from [server]: the server says that it is done, but: shop.abc-corp.example. CNAME: there is none
      look into the server's log; some types and names it may not take
    Stopped. 2 of 3 written, 1 not written, 0 unknown.
    Still safe: no MX was touched.
    Next: repair the cause, then dnsctl apply plan.json --resume, or make a new plan: dnsctl plan  (plan 2e8fd3a9)
    ");
    assert_eq!(served(address, &format!("shop.{ZONE}"), "CNAME"), Vec::<String>::new());
    assert_eq!(served(address, &format!("www.{ZONE}"), "A"), ["192.0.2.81"]);
    // The next plan has what is left to do.
    has(&setup.run("plan", 0).stdout, &["+ CNAME shop", "- TYPE65400 shop"]);
    setup.run("apply --yes", 0);
    assert_eq!(served(address, &format!("shop.{ZONE}"), "CNAME"), ["shops.example.net."]);
}

/// The same with a text: every type with a name must be absent where a CNAME takes the place of other data, so that the
/// address is not deleted for a CNAME that BIND would drop.
#[test]
fn an_address_does_not_go_for_a_cname_that_cannot_come() {
    let zone = Zone::new(ZONE).with("www 300 A 192.0.2.80\nshop 300 A 192.0.2.80");
    let Some(server) = require(Bind::start([zone])) else { return };
    let (address, key) = (server.address(), server.key().clone());
    let proxy = before_the_update(address, move || {
        let commands = format!("update add shop.{ZONE} 300 TXT \"somebody's\"");
        nsupdate(address, ZONE, Some(&key), &commands).unwrap();
    });
    let text = format!(
        "servers: {address}\nrecords:\n  ns1: {{ A: 127.0.0.1 }}\n  www: {{ A: {{ ttl: 300, value: 192.0.2.81 }} }}\n  shop: {{ CNAME: shops.example.net. }}\n"
    );
    let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &text);
    setup.run("plan --out plan.json", 0);
    let run = setup.run("apply plan.json", 4);
    has(
        &run.stdout,
        &[
            "shop.abc-corp.example. CNAME: CNAME cannot stand beside TXT",
            "0 of 3 written, 3 not written, 0 unknown",
        ],
    );
    assert_eq!(served(address, &format!("shop.{ZONE}"), "A"), ["192.0.2.80"]);
    assert_eq!(served(address, &format!("www.{ZONE}"), "A"), ["192.0.2.80"]);
    setup.run("apply --yes", 0);
    assert_eq!(served(address, &format!("shop.{ZONE}"), "CNAME"), ["shops.example.net."]);
}

/// A proxy that does something right before the first update reaches the server.
pub(crate) fn before_the_update(server: SocketAddr, act: impl Fn() + Send + Sync + 'static) -> DnsProxy {
    let done = AtomicBool::new(false);
    let proxy = DnsProxy::start(server, move |packet| {
        let opcode = packet.bytes.get(2).map(|flags| (flags >> 3) & 15);
        let update = packet.direction == Direction::Query && opcode == Some(5);
        if update && !done.swap(true, Ordering::SeqCst) {
            act();
        }
        Action::Pass
    });
    proxy.unwrap()
}

#[test]
fn one_zone_at_two_providers() {
    let (Some(bind), Some(knot)) =
        (require(Bind::start([before().with(SOUND)])), require(Knot::start([Zone::new(ZONE).with(SOUND)])))
    else {
        return;
    };
    let provider = |name: &str, server: &NameServer| {
        format!(
            "  {name}: {{ type: rfc2136, server: \"{}\", key_name: tester, key_secret: {{ env: SECRET_{} }} }}\n",
            server.address(),
            name.to_uppercase()
        )
    };
    let setup = Setup::new(&format!("providers:\n{}{}", provider("bind", &bind), provider("knot", &knot)))
        .env("SECRET_BIND", &bind.key().secret)
        .env("SECRET_KNOT", &knot.key().secret);
    let text = after(bind.address()).replace(
        &format!("servers: {}", bind.address()),
        &format!("provider: [bind, knot]\nservers: [\"{}\", \"{}\"]", bind.address(), knot.address()),
    );
    setup.write_zone(ZONE, &format!("{text}{SOUND_FILE}"));
    let plan = setup.run("plan --out plan.json", 0);
    has(&plan.stdout, &["abc-corp.example  bind", "3 updates", "abc-corp.example  knot", "5 creates"]);
    shows!(setup.run("apply plan.json", 0).stdout, @r#"
    fresh    8 of 8 RRsets as planned
    abc-corp.example at bind
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      written  [server] ✔  [server] ✔  [time]
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  written  [server] ✔  [server] ✔  [time]
    3 ~ MX   @     10 oldmail → 10 mail                              written  [server] ✔  [server] ✔  [time]
    abc-corp.example at knot
    4 + A     @     203.0.113.10                                      written  [server] ✔  [server] ✔  [time]
    5 + A     mail  198.51.100.25                                     written  [server] ✔  [server] ✔  [time]
    6 + TXT   @     "v=spf1 ip4:198.51.100.25 include:_spf.relay.ex…  written  [server] ✔  [server] ✔  [time]
    7 + MX    @     10 mail                                           written  [server] ✔  [server] ✔  [time]
    8 + CNAME www   @                                                 written  [server] ✔  [server] ✔  [time]
    Applied 8 of 8 in [time]. Both name servers agree.
    "#);
    for server in [&bind, &knot] {
        assert_eq!(served(server.address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
    }
    has(&setup.run("plan", 0).stdout, &["No changes. 16 RRsets match"]);
}

/// Both queries and updates of a run, counted: one transfer, one update and what proves it.
#[test]
fn a_run_asks_no_more_than_it_must() {
    use std::sync::{Arc, Mutex};
    let Some(server) = require(Bind::start([before()])) else { return };
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let proxy = DnsProxy::start(server.address(), move |packet| {
        if packet.direction == Direction::Query {
            let opcode = packet.bytes.get(2).map_or(0, |flags| (flags >> 3) & 15);
            log.lock().unwrap().push((opcode, packet.transport == Transport::Tcp));
        }
        Action::Pass
    });
    let proxy = proxy.unwrap();
    let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &after(server.address()));
    setup.run("plan --out plan.json", 0);
    let of_plan = std::mem::take(&mut *seen.lock().unwrap());
    assert!(of_plan.len() <= 2 && of_plan.iter().all(|(opcode, _)| *opcode == 0), "{of_plan:?}");
    setup.run("apply plan.json", 0);
    let of_apply = std::mem::take(&mut *seen.lock().unwrap());
    assert_eq!(of_apply.iter().filter(|(opcode, _)| *opcode == 5).count(), 1, "{of_apply:?}");
}

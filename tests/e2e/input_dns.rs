//! A name server that refuses a key, a transfer or an update, or that stops in the middle.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, served};
use dnsctl_harness::{
    Access, Action, Bind, Direction, DnsProxy, Knot, NameServer, Nsd, Packet, Transport, TsigKey, Zone,
    error_reply, require, spoil_tsig,
};
use std::time::Duration;

fn opcode(packet: &Packet<'_>) -> u8 {
    packet.bytes.get(2).map_or(0, |flags| (flags >> 3) & 15)
}

fn is_update(packet: &Packet<'_>) -> bool {
    packet.direction == Direction::Query && opcode(packet) == 5
}

/// Everything that was said, wherever.
fn said(run: &dnsctl_harness::Run) -> String {
    format!("{}{}", run.stdout, run.stderr)
}

#[track_caller]
fn unchanged(server: &NameServer) {
    assert_eq!(served(server.address(), ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
    assert_eq!(served(server.address(), "mail.abc-corp.example", "A"), ["203.0.113.25"]);
}

#[test]
fn a_wrong_key() {
    for knot in [false, true] {
        let started = if knot { Knot::start([before()]) } else { Bind::start([before()]) };
        let Some(server) = require(started) else { return };
        let text = after(server.address());
        let other = TsigKey::generate("tester").unwrap();
        let setup = Setup::rfc2136(&server, "").zone(ZONE, &text).env("TSIG_SECRET", &other.secret);
        has(&said(&setup.run("plan", 77)), &["credentials refused", "BADSIG"]);
        setup.run("apply --yes", 77);
        let setup = Setup::rfc2136(&server, "").zone(ZONE, &text);
        let good = setup.repository.read("dnsctl.yaml").unwrap();
        setup.repository.write("dnsctl.yaml", good.replace("key_name: tester", "key_name: nobody")).unwrap();
        // Knot 3.3 answers a key that it does not know with NOTAUTH and no TSIG record.
        let unknown = |said: &str| said.contains("BADKEY") || (knot && said.contains("does not accept"));
        let told = said(&setup.run("plan", 77));
        assert!(unknown(&told), "{told}");
        setup.repository.write("dnsctl.yaml", good.replace("hmac-sha256", "hmac-sha512")).unwrap();
        let told = said(&setup.run("plan", 77));
        assert!(unknown(&told), "{told}");
        let setup = Setup::rfc2136(&server, "").zone(ZONE, &text).env("TSIG_SECRET", "");
        has(&said(&setup.run("plan", 77)), &["TSIG_SECRET is not set"]);
        let setup = Setup::rfc2136(&server, "").zone(ZONE, &text).env("TSIG_SECRET", "not base64!");
        has(&said(&setup.run("plan", 65)), &["base64"]);
        unchanged(&server);
    }
}

#[test]
fn a_key_that_may_read_but_not_write() {
    let Some(server) = require(Bind::start([before().access(Access::KeyTransferOnly)])) else { return };
    let setup = Setup::rfc2136(&server, "").zone(ZONE, &after(server.address()));
    setup.run("plan --out plan.json", 0);
    let run = setup.run("apply plan.json", 77);
    has(&run.stdout, &["REFUSED", "update-policy", "Nothing was written"]);
    unchanged(&server);
}

#[test]
fn a_server_that_takes_no_updates() {
    let Some(server) = require(Nsd::start([before()])) else { return };
    let setup = Setup::rfc2136(&server, "").zone(ZONE, &after(server.address()));
    setup.run("plan --out plan.json", 0);
    has(&setup.run("apply plan.json", 1).stdout, &["NOTIMP", "takes no updates", "Nothing was written"]);
}

#[test]
fn a_server_without_the_zone() {
    let Some(server) = require(Bind::start([Zone::new("other.example")])) else { return };
    let setup = Setup::rfc2136(&server, "").zone(ZONE, &after(server.address()));
    has(&said(&setup.run("plan", 3)), &["zone/missing", "has no zone abc-corp.example"]);
    setup.write_zone(ZONE, &format!("create: true\n{}", after(server.address())));
    has(&said(&setup.run("plan", 3)), &["zone/missing", "no zone can be created through it"]);
    setup.run("apply --yes", 3);
}

#[test]
fn a_server_that_is_down() {
    let Some(mut server) = require(Bind::start([before()])) else { return };
    let setup = Setup::rfc2136(&server, "").zone(ZONE, &after(server.address()));
    setup.run("plan --out plan.json", 0);
    server.stop().unwrap();
    has(&said(&setup.run("plan", 1)), &["unavailable"]);
    has(&said(&setup.run("apply plan.json", 1)), &["unavailable"]);
}

/// What a server answers to a transfer, by its response code.
#[test]
fn a_transfer_that_is_refused() {
    let Some(server) = require(Bind::start([before()])) else { return };
    for (rcode, code, words) in [(2, 1, "SERVFAIL"), (5, 77, "REFUSED"), (4, 1, "NOTIMP"), (1, 1, "FORMERR")]
    {
        let proxy =
            DnsProxy::start(server.address(), move |packet| match (packet.direction, packet.transport) {
                (Direction::Query, Transport::Tcp) => error_reply(packet.bytes, rcode),
                _ => Action::Pass,
            });
        let proxy = proxy.unwrap();
        let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &after(server.address()));
        let run = setup.command("plan").run().unwrap();
        assert_eq!(run.code, Some(code), "{words}\n{run}");
        has(&said(&run), &[words, "could not read"]);
    }
    unchanged(&server);
}

/// What a server answers to an update, without having done it.
#[test]
fn an_update_that_is_refused() {
    let Some(server) = require(Bind::start([before()])) else { return };
    for (rcode, code, words) in
        [(2, 1, "SERVFAIL"), (5, 77, "REFUSED"), (9, 77, "NOTAUTH"), (10, 1, "NOTZONE"), (4, 1, "NOTIMP")]
    {
        let proxy = DnsProxy::start(server.address(), move |packet| {
            if is_update(packet) { error_reply(packet.bytes, rcode) } else { Action::Pass }
        });
        let proxy = proxy.unwrap();
        let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &after(server.address()));
        setup.run("plan --out plan.json", 0);
        let run = setup.command("apply plan.json").run().unwrap();
        assert_eq!(run.code, Some(code), "{words}\n{run}");
        has(&run.stdout, &[words, "0 of 3 written, 3 not written, 0 unknown"]);
        unchanged(&server);
    }
}

/// A large zone whose transfer is cut: less than the zone must never be taken for the zone.
#[test]
fn a_transfer_that_ends_early() {
    let Some(server) = require(Bind::start([before().with_hosts(5_000)])) else { return };
    for action in [Action::Close, Action::Reset, Action::Drop] {
        let cut = action.clone();
        let proxy = DnsProxy::start(server.address(), move |packet| {
            let third = packet.direction == Direction::Answer
                && packet.transport == Transport::Tcp
                && packet.index >= 2;
            if third { cut.clone() } else { Action::Pass }
        });
        let proxy = proxy.unwrap();
        let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &after(server.address()));
        let text = setup.repository.read("dnsctl.yaml").unwrap();
        setup.repository.write("dnsctl.yaml", text.replace(" }\n", ", timeout: 2s }\n")).unwrap();
        let run = setup.command("plan --out plan.json").run().unwrap();
        assert_eq!(run.code, Some(1), "{action:?}\n{run}");
        has(&said(&run), &["could not read", "Not saved"]);
    }
}

#[test]
fn an_answer_with_a_spoiled_signature() {
    let Some(server) = require(Bind::start([before()])) else { return };
    let proxy = DnsProxy::start(server.address(), |packet| match packet.direction {
        Direction::Answer if packet.transport == Transport::Tcp => Action::Replace(spoil_tsig(packet.bytes)),
        _ => Action::Pass,
    });
    let proxy = proxy.unwrap();
    let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &after(server.address()));
    let run = setup.command("plan").run().unwrap();
    assert!(matches!(run.code, Some(1 | 77)), "{run}");
    has(&said(&run), &["could not read"]);
    unchanged(&server);
}

/// The update is done, and its answer is lost: what happened is looked up.
#[test]
fn an_answer_to_an_update_that_is_lost() {
    let Some(server) = require(Bind::start([before()])) else { return };
    for action in [Action::Reset, Action::Drop] {
        let lost = action.clone();
        let proxy = DnsProxy::start(server.address(), move |packet| {
            if packet.direction == Direction::Answer && opcode(packet) == 5 {
                lost.clone()
            } else {
                Action::Pass
            }
        });
        let proxy = proxy.unwrap();
        let target = if action == Action::Reset { "198.51.100.25" } else { "198.51.100.26" };
        let text = after(server.address()).replace("value: 198.51.100.25", &format!("value: {target}"));
        let setup = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &text);
        let options = setup.repository.read("dnsctl.yaml").unwrap();
        setup.repository.write("dnsctl.yaml", options.replace(" }\n", ", timeout: 2s }\n")).unwrap();
        has(&setup.run("apply --yes", 0).stdout, &["The name server serves it"]);
        assert_eq!(served(server.address(), "mail.abc-corp.example", "A"), [target]);
    }
}

/// A clock that is wrong by ten minutes: more than the five that TSIG allows (RFC 8945 section 10).
#[test]
fn a_clock_that_is_wrong() {
    let Some(faketime) = require(dnsctl_harness::find("faketime", "faketime")) else { return };
    let Some(server) = require(Bind::start([before()])) else { return };
    let setup = Setup::rfc2136(&server, "").zone(ZONE, &after(server.address()));
    let command = dnsctl_harness::Dnsctl::new(faketime, setup.repository.path())
        .args(["-f", "-10m", env!("CARGO_BIN_EXE_dnsctl"), "plan"])
        .env("TSIG_SECRET", &server.key().secret)
        .env("NO_COLOR", "1")
        .time_limit(Duration::from_secs(60));
    let run = command.expect_code(77);
    has(&said(&run), &["BADTIME", "clock"]);
    unchanged(&server);
}

//! A provider behind HTTP that refuses, lies, is slow or is not there.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, has_not, served, shows};
use dnsctl_harness::{Fault, HttpProxy, PowerDns, require};
use std::time::{Duration, Instant};

/// PowerDNS behind a proxy.
struct Rig {
    server: PowerDns,
    proxy: HttpProxy,
    setup: Setup,
}

impl Rig {
    fn start() -> Option<Self> {
        let server = require(PowerDns::start())?;
        server.create_zone(&before()).unwrap();
        let proxy = HttpProxy::start(server.api_address()).unwrap();
        let setup =
            Setup::powerdns_at(&proxy.url(), server.api_key(), "").zone(ZONE, &after(server.dns_address()));
        Some(Self { server, proxy, setup })
    }

    /// The requests that would have changed something and that PowerDNS saw.
    fn writes(&self) -> usize {
        self.server.requests().iter().filter(|request| request.method == "PATCH").count()
    }

    /// As it was, and writable once the fault is gone.
    #[track_caller]
    fn nothing_lost(&self) {
        assert_eq!(served(self.server.dns_address(), ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
        assert_eq!(self.writes(), 0);
    }

    fn with_option(&self, option: &str) {
        let text = self.setup.repository.read("dnsctl.yaml").unwrap();
        self.setup
            .repository
            .write("dnsctl.yaml", text.replace(" }\n", &format!(", {option} }}\n")))
            .unwrap();
    }
}

#[test]
fn refused_while_reading() {
    let Some(rig) = Rig::start() else { return };
    let get = || Fault::on("GET", "");
    for (fault, code, words) in [
        (get().status(401), 77, "credentials refused"),
        (get().status(403), 77, "not allowed"),
        (get().status(422), 1, "injected 422"),
        (get().status(409), 1, "injected 409"),
        (get().html(), 1, "HTML"),
        (get().half_body(), 1, "JSON"),
        (get().body("{}"), 1, "unusable answer"),
        (get().body("[]"), 1, "unusable answer"),
        (get().body("null"), 1, "unusable answer"),
        (get().body(""), 1, "unusable answer"),
        (get().redirect("http://192.0.2.1/elsewhere"), 1, "redirect"),
        (get().status(301), 1, ""),
        (get().answer(404, &[("Content-Type", "text/html")], "<html>404</html>"), 1, "no PowerDNS API"),
    ] {
        rig.proxy.heal();
        rig.proxy.fault(fault.clone());
        let run = rig.setup.command("plan --out plan.json").run().unwrap();
        assert_eq!(run.code, Some(code), "{fault:?}\n{run}");
        has(&format!("{}{}", run.stdout, run.stderr), &[words, "cannot be applied", "Not saved"]);
        // It did.
        has_not(&run.stderr, &["see whether it answers"]);
        let run = rig.setup.command("apply --yes").run().unwrap();
        assert_eq!(run.code, Some(code), "{fault:?}\n{run}");
    }
    rig.nothing_lost();
}

#[test]
fn a_zone_that_is_not_there() {
    let Some(rig) = Rig::start() else { return };
    rig.proxy.fault(Fault::on("GET", "/zones/").answer(404, &[], "Not Found"));
    has(&rig.setup.run("plan", 3).stdout, &["zone/missing"]);
    rig.nothing_lost();
}

#[test]
fn as_it_is_shown() {
    let Some(rig) = Rig::start() else { return };
    rig.proxy.fault(Fault::on("GET", "").status(401));
    let run = rig.setup.run("plan", 77);
    shows!(format!("{}{}", run.stdout, run.stderr), @r"
    ✖ INCOMPLETE: could not read 1 of 1 zone (abc-corp.example at main): cannot be applied.
    Not saved  id ef77a237  Next: mend what could not be read (see the errors), then dnsctl plan
    error[credentials]: could not read abc-corp.example at main: credentials refused, HTTP 401 from http://[server]/api/v1/servers/localhost/zones/abc-corp.example.?rrsets=true: injected 401
      hint: compare the option api_key with `api-key` in the server's pdns.conf
    ");
}

#[test]
fn refused_while_writing() {
    let Some(rig) = Rig::start() else { return };
    rig.setup.run("plan --out plan.json", 0);
    let patch = || Fault::on("PATCH", "");
    for (fault, code, words) in [
        (patch().status(401), 77, "credentials refused"),
        (patch().status(403), 77, "not allowed"),
        (patch().status(404), 1, "not found"),
        (patch().status(409), 4, "injected 409"),
        (patch().status(422), 1, "injected 422"),
        (patch().status(400), 1, "injected 400"),
        (patch().status(405), 1, "not supported"),
        (patch().status(413), 1, ""),
    ] {
        rig.proxy.heal();
        rig.proxy.forget();
        rig.proxy.fault(fault.clone());
        let run = rig.setup.command("apply plan.json").run().unwrap();
        assert_eq!(run.code, Some(code), "{fault:?}\n{run}");
        let sent = rig.proxy.requests().iter().filter(|request| request.method == "PATCH").count();
        assert_eq!(sent, 1, "{fault:?}");
        has(&run.stdout, &[words, "0 of 3 written, 3 not written, 0 unknown", "Nothing was written"]);
    }
    rig.nothing_lost();
    rig.proxy.heal();
    rig.setup.run("apply plan.json", 0);
}

#[test]
fn too_many_requests() {
    let Some(rig) = Rig::start() else { return };
    // The server says when: it is waited for, then all goes on.
    rig.proxy.fault(Fault::on("GET", "").nth(1).retry_after(429, "2"));
    let begun = Instant::now();
    rig.setup.run("plan --out plan.json", 0);
    assert!(begun.elapsed() >= Duration::from_secs(2), "Retry-After was not honoured: {:?}", begun.elapsed());
    // It does not say when.
    rig.proxy.heal();
    rig.proxy.fault(Fault::on("GET", "").times(2).status(429));
    rig.setup.run("plan", 0);
    // A write may be repeated, since a 429 wrote nothing.
    rig.proxy.heal();
    rig.proxy.fault(Fault::on("PATCH", "").nth(1).retry_after(429, "1"));
    rig.setup.run("apply plan.json", 0);
    assert_eq!(rig.proxy.counts().get(&("PATCH".to_owned(), 204)), Some(&1));
    // For ever.
    rig.proxy.heal();
    rig.proxy.fault(Fault::on("GET", "").status(429));
    has(&rig.setup.run("plan", 1).stderr, &["too many requests", "HTTP 429"]);
    // A time that nobody waits for.
    rig.proxy.heal();
    rig.proxy.fault(Fault::on("GET", "").retry_after(429, "86400"));
    let begun = Instant::now();
    has(&rig.setup.run("plan", 1).stderr, &["too many requests"]);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn a_server_that_fails_now_and_then_and_always() {
    let Some(rig) = Rig::start() else { return };
    rig.proxy.fault(Fault::on("GET", "").times(2).status(500));
    rig.setup.run("plan", 0);
    for status in [500, 502, 503] {
        rig.proxy.heal();
        rig.proxy.fault(Fault::on("GET", "").status(status));
        has(&rig.setup.run("plan", 1).stderr, &["unavailable", &format!("HTTP {status}")]);
    }
    rig.nothing_lost();
}

#[test]
fn a_slow_body() {
    let Some(rig) = Rig::start() else { return };
    rig.with_option("timeout: 1s");
    // Slow, but never silent for a second.
    rig.proxy.fault(Fault::on("GET", "").slow(400, Duration::from_millis(200)));
    rig.setup.run("plan", 0);
    rig.proxy.heal();
    rig.proxy.fault(Fault::on("GET", "").slow(400, Duration::from_secs(3)));
    let run = rig.setup.run("plan", 1);
    has(&run.stderr, &["timed out"]);
    rig.nothing_lost();
}

#[test]
fn a_connection_that_ends_early() {
    let Some(rig) = Rig::start() else { return };
    rig.proxy.fault(Fault::on("GET", "").nth(1).cut_short());
    rig.setup.run("plan", 0);
    rig.proxy.heal();
    rig.proxy.fault(Fault::on("GET", "").cut_short());
    rig.setup.run("plan", 1);
    rig.proxy.heal();
    rig.proxy.fault(Fault::on("GET", "").reset_after());
    has(&rig.setup.run("plan", 1).stderr, &["unavailable"]);
    rig.nothing_lost();
}

#[test]
fn a_server_that_is_down() {
    let Some(mut rig) = Rig::start() else { return };
    let setup = Setup::powerdns(&rig.server, "").zone(ZONE, &after(rig.server.dns_address()));
    setup.run("plan --out plan.json", 0);
    rig.server.stop().unwrap();
    let run = setup.run("plan", 1);
    has(
        &run.stdout,
        &["✖ INCOMPLETE: could not read 1 of 1 zone (abc-corp.example at main): cannot be applied."],
    );
    has(&run.stderr, &["error[unavailable]: could not read abc-corp.example at main", "connect", "hint: "]);
    has(&setup.run("apply plan.json", 1).stderr, &["error[unavailable]"]);
    rig.server.restart().unwrap();
    setup.run("apply plan.json", 0);
}

#[test]
fn a_hundred_zones_at_a_dead_server_find_out_once() {
    let setup = Setup::powerdns_at("http://127.0.0.1:1", "k", "");
    for index in 0..100 {
        setup.write_zone(&format!("zone{index}.example"), "records:\n  www: { A: 192.0.2.1 }\n");
    }
    let begun = Instant::now();
    let run = setup.run("plan", 1);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    has(
        &run.stdout,
        &[
            "could not read 100 of 100 zones (zone0.example, zone1.example, zone10.example and 97 more at main)",
        ],
    );
    assert_eq!(run.stderr.matches("error[unavailable]").count(), 1, "{run}");
}

#[test]
fn credentials() {
    let Some(rig) = Rig::start() else { return };
    let wrong =
        Setup::powerdns_at(&rig.proxy.url(), "wrong", "").zone(ZONE, &after(rig.server.dns_address()));
    has(&wrong.run("plan", 77).stderr, &["credentials refused", "HTTP 401", "api_key"]);
    wrong.run("apply --yes", 77);
    let missing = Setup::powerdns_at(&rig.proxy.url(), "", "").zone(ZONE, &after(rig.server.dns_address()));
    let run = missing.run("plan", 77);
    has(
        &run.stderr,
        &[
            "no credentials: dnsctl.yaml:2:",
            "the environment variable PDNS_API_KEY is not set",
            "hint: give it to this command: export PDNS_API_KEY=...",
        ],
    );
    // No server was asked, so none has refused anything.
    has_not(&run.stderr, &["refused"]);
    missing.run("apply --yes", 77);
    for (secret, words) in [
        ("{ file: no/such/file }", "no/such/file"),
        ("{ file: empty }", "is empty"),
        ("{ command: [no-such-program] }", "no-such-program"),
        ("{ command: [\"false\"] }", "failed"),
        ("{ command: [\"true\"] }", "gave nothing"),
    ] {
        let text = rig.setup.repository.read("dnsctl.yaml").unwrap().replace("{ env: PDNS_API_KEY }", secret);
        missing.repository.write("dnsctl.yaml", text).unwrap();
        missing.repository.write("empty", "\n").unwrap();
        has(&missing.run("plan", 77).stderr, &[words]);
    }
    for secret in ["{ file: key }", "{ command: [cat, key] }"] {
        let text = rig.setup.repository.read("dnsctl.yaml").unwrap().replace("{ env: PDNS_API_KEY }", secret);
        missing.repository.write("dnsctl.yaml", text).unwrap();
        missing.repository.write("key", format!("{}\n", rig.server.api_key())).unwrap();
        missing.run("plan", 0);
    }
    rig.nothing_lost();
}

#[test]
fn a_provider_that_no_zone_uses_needs_no_secret() {
    let Some(rig) = Rig::start() else { return };
    let text = rig.setup.repository.read("dnsctl.yaml").unwrap();
    let more = "  other: { type: powerdns, url: \"http://127.0.0.1:1\", api_key: { env: NOT_SET } }\ndefaults: { provider: main }\n";
    rig.setup
        .repository
        .write("dnsctl.yaml", format!("{}{more}", text.trim_end_matches('\n').to_owned() + "\n"))
        .unwrap();
    rig.setup.run("plan", 0);
}

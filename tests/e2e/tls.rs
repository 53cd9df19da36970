//! An API behind TLS whose authority the system does not know, as inside most companies.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, served};
use dnsctl_harness::{Certificate, Fault, HttpProxy, MiniStack, PowerDns, TlsProxy, require};

/// The command for an API behind TLS; the authority is in `ca/own.pem`.
fn setup(server: &PowerDns, proxy: &TlsProxy, option: &str) -> Setup {
    let setup =
        Setup::powerdns_at(&proxy.url(), server.api_key(), "").zone(ZONE, &after(server.dns_address()));
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", text.replace(" }\n", &format!("{option} }}\n"))).unwrap();
    setup.repository.write("ca/own.pem", proxy.authority()).unwrap();
    setup
}

const OWN: &str = ", ca_file: ca/own.pem";

fn start() -> Option<PowerDns> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    Some(server)
}

#[test]
fn an_own_authority_is_trusted_when_it_is_named() {
    let Some(server) = start() else { return };
    let proxy = TlsProxy::start(server.api_address(), &Certificate::valid()).unwrap();
    let named = setup(&server, &proxy, OWN);
    named.run("plan --out plan.json", 0);
    // The path starts at the configuration, wherever the command runs.
    let below = named.shell(&format!("cd zones && {} plan", env!("CARGO_BIN_EXE_dnsctl")));
    has(&below.expect_code(0).stdout, &["3 updates"]);
    // As OpenSSL's programs have it.
    let bundle = named.repository.path().join("ca/own.pem").display().to_string();
    setup(&server, &proxy, "").env("SSL_CERT_FILE", &bundle).run("plan", 0);
    has(&named.run("apply plan.json", 0).stdout, &["Applied 3 of 3"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

/// Nothing is asked for, so that no key is sent.
#[test]
fn a_certificate_that_proves_nothing_is_refused() {
    let Some(server) = start() else { return };
    for (certificate, option, words) in [
        (Certificate::valid(), "", "UnknownIssuer"),
        (Certificate::for_name("pdns.example.net"), OWN, "not valid for name"),
        (Certificate::expired(), OWN, "expired"),
        (Certificate::not_yet_valid(), OWN, "not valid yet"),
    ] {
        let proxy = TlsProxy::start(server.api_address(), &certificate).unwrap();
        let setup = setup(&server, &proxy, option);
        let since = server.requests().len();
        let run = setup.run("plan", 1);
        has(&run.stderr, &["the server's certificate is not valid", words]);
        if option.is_empty() {
            has(&run.stderr, &["hint: if your own authority signed it, set ca_file"]);
        }
        setup.run("apply --yes", 1);
        assert_eq!(server.requests_since(since), [], "{certificate:?}");
    }
    // An authority that signed something else.
    let (proxy, other) = (
        TlsProxy::start(server.api_address(), &Certificate::valid()).unwrap(),
        TlsProxy::start(server.api_address(), &Certificate::valid()).unwrap(),
    );
    let setup = setup(&server, &proxy, OWN);
    setup.repository.write("ca/own.pem", other.authority()).unwrap();
    has(&setup.run("plan", 1).stderr, &["the server's certificate is not valid"]);
}

#[test]
fn a_file_of_authorities_that_is_none() {
    let Some(server) = start() else { return };
    let proxy = TlsProxy::start(server.api_address(), &Certificate::valid()).unwrap();
    let setup = setup(&server, &proxy, OWN);
    for (text, words) in [
        ("", "holds no certificate"),
        ("not a certificate\n", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "broken certificate"),
    ] {
        setup.repository.write("ca/own.pem", text).unwrap();
        has(&setup.run("plan", 65).stderr, &[words]);
    }
    setup.repository.remove("ca/own.pem").unwrap();
    has(&setup.run("plan", 65).stderr, &["ca_file", "ca/own.pem", "No such file"]);
}

#[test]
fn the_wrong_scheme() {
    let Some(server) = start() else { return };
    let tls = TlsProxy::start(server.api_address(), &Certificate::valid()).unwrap();
    let plain = tls.url().replace("https:", "http:");
    let run = Setup::powerdns_at(&plain, server.api_key(), "").zone(ZONE, &after(server.dns_address()));
    run.run("plan", 1);
    let https = server.url().replace("http:", "https:");
    let setup = setup(&server, &tls, OWN);
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    setup.repository.write("dnsctl.yaml", text.replace(&tls.url(), &https)).unwrap();
    has(&setup.run("plan", 1).stderr, &["the server does not speak TLS on this port", "http://"]);
}

/// Neither to another host nor in clear text.
#[test]
fn a_redirect_gets_no_key() {
    let Some(server) = start() else { return };
    let middle = HttpProxy::start(server.api_address()).unwrap();
    let thief = HttpProxy::start(server.api_address()).unwrap();
    let proxy = TlsProxy::start(middle.address(), &Certificate::valid()).unwrap();
    let setup = setup(&server, &proxy, OWN);
    setup.run("plan --out plan.json", 0);
    for method in ["GET", "PATCH"] {
        for status in [301, 302, 307, 308] {
            let there = format!("{}/api/v1/servers/localhost/zones/{ZONE}.", thief.url());
            middle.heal();
            middle.fault(Fault::on(method, "").answer(status, &[("Location", &there)], ""));
            has(&setup.run("apply plan.json", 1).stdout_and_stderr(), &["redirect"]);
        }
    }
    assert_eq!(thief.requests(), []);
    middle.heal();
    setup.run("apply plan.json", 0);
}

/// AWS's own variable names the authority.
#[test]
fn route_53_behind_an_own_authority() {
    let Some(emulator) = require(MiniStack::start()) else { return };
    let Some(_) = require(emulator.create_zone(ZONE, &[])) else { return };
    let proxy = TlsProxy::start(emulator.address(), &Certificate::valid()).unwrap();
    let with = |name: &str, value: &str| {
        let setup = Setup::route53_at(&proxy.url(), "").zone(ZONE, "records:\n  www: { A: 192.0.2.1 }\n");
        setup.repository.write("own.pem", proxy.authority()).unwrap();
        setup
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "s")
            .env(name, value)
    };
    has(&with("NONE", "").run("plan", 1).stderr, &["the server's certificate is not valid", "UnknownIssuer"]);
    has(&with("AWS_CA_BUNDLE", "own.pem").run("apply --yes --no-verify", 0).stdout, &["Applied 1 of 1"]);
}

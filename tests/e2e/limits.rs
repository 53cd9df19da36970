//! Requests at once, redirects, large plans and hostile texts.

use crate::support::{Setup, ZONE, has, has_not};
use dnsctl_harness::{Bind, Fault, HttpProxy, PowerDns, Zone, require};
use std::time::Duration;

#[test]
fn requests_at_once() {
    let Some(server) = require(PowerDns::start()) else { return };
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    proxy.set_latency(Duration::from_millis(50));
    let setup = Setup::powerdns_at(&proxy.url(), server.api_key(), "");
    for index in 0..40 {
        let zone = format!("zone{index}.example");
        server.create_zone(&Zone::new(&zone)).unwrap();
        setup.write_zone(&zone, "records:\n  ns1: { A: 127.0.0.1 }\n");
    }
    for (flag, most) in [("", 8), ("--concurrency 1", 1), ("--concurrency 3", 3)] {
        proxy.forget();
        setup.run(&format!("plan {flag}"), 0);
        let peak = proxy.peak_in_flight();
        assert!(peak <= most && (most == 1 || peak > 1), "{flag}: {peak} at once");
        assert_eq!(proxy.requests().len(), 40);
    }
}

#[test]
fn a_redirect_carries_no_key_to_another_host() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE)).unwrap();
    let (proxy, thief) =
        (HttpProxy::start(server.api_address()).unwrap(), HttpProxy::start(server.api_address()).unwrap());
    let setup = Setup::powerdns_at(&proxy.url(), server.api_key(), "")
        .zone(ZONE, "records:\n  ns1: { A: 127.0.0.1 }\n");
    let there = format!("{}/api/v1/servers/localhost/zones/{ZONE}.", thief.url());
    proxy.fault(Fault::on("GET", "").redirect(&there));
    has(&setup.run("plan", 1).stderr, &["redirect"]);
    assert_eq!(thief.requests(), []);
}

#[test]
fn a_large_plan_fits_into_a_comment() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE).with_hosts(20)).unwrap();
    let setup = Setup::powerdns(&server, "");
    let old: String = (0..20)
        .map(|host| format!("  host{host:06}: {{ A: {{ ttl: 300, value: 10.0.0.{host} }} }}\n"))
        .collect();
    let new: String = (0..5_000)
        .map(|host| format!("  new{host}: {{ TXT: a text of some length for number {host} }}\n"))
        .collect();
    // One deletion among all of it.
    let kept = old.replace("  host000019: { A: { ttl: 300, value: 10.0.0.19 } }\n", "");
    setup.write_zone(ZONE, &format!("records:\n  ns1: {{ A: 127.0.0.1 }}\n{kept}{new}"));
    let run = setup.run("plan --out plan.json --report markdown=plan.md", 0);
    assert!(run.stdout.lines().count() < 200, "{} lines", run.stdout.lines().count());
    has(&run.stdout, &["- A host000019", "5,000 to create, 0 to update, 1 to delete"]);
    let markdown = setup.repository.read("plan.md").unwrap();
    assert!(markdown.chars().count() <= 60_000, "{} characters", markdown.chars().count());
    let digest = setup.plan_file("plan.json")["digest"].as_str().unwrap().to_owned();
    has(&markdown, &["host000019", &digest]);
    let full = setup.run("plan --full", 0);
    assert!(full.stdout.lines().count() > 5_000);
}

#[test]
fn hostile_texts_stay_texts() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE)).unwrap();
    let setup = Setup::powerdns(&server, "");
    setup.write_zone(ZONE, "records:\n  ns1: { A: 127.0.0.1 }\n  a: { TXT: \"`` | @everyone <script>x</script> <!-- -->\" }\n  b: { TXT: \"\\e[31mred\\e[0m \\u0007 bell\" }\n  c: { TXT: \"```\\n## heading\" }\n");
    let run = setup.run("plan --report markdown=plan.md", 0);
    has_not(&run.stdout, &["\u{1b}", "\u{7}"]);
    let markdown = setup.repository.read("plan.md").unwrap();
    has_not(&markdown, &["\u{1b}", "\u{7}", "\n## heading"]);
    // In the table, a bar would end the cell; in a code span, nobody is called.
    has(&markdown, &["| TXT | ``` `` \\| @everyone <script>x</script> <!-- --> ``` |"]);
    setup.run("apply --yes --no-verify", 0);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
}

/// The most urgent of several outcomes is the exit code, as docs/exit-codes.md says.
#[test]
fn several_outcomes_at_once() {
    let (Some(server), Some(bind)) =
        (require(PowerDns::start()), require(Bind::start([Zone::new("c.example")])))
    else {
        return;
    };
    server.create_zone(&Zone::new("a.example").with("www A 192.0.2.1")).unwrap();
    let setup = Setup::powerdns(
        &server,
        &format!(
            "  dead: {{ type: powerdns, url: \"http://127.0.0.1:1\", api_key: k }}\n  wrong: {{ type: powerdns, url: \"{}\", api_key: k }}\n  bind: {{ type: rfc2136, server: \"{}\" }}",
            server.url(),
            bind.address()
        ),
    );
    let records = "records:\n  ns1: { A: 127.0.0.1 }\n";
    setup.write_zone("a.example", &format!("provider: main\n{records}"));
    setup.write_zone("b.example", &format!("provider: dead\n{records}"));
    setup.run("plan a.example --detailed-exitcode", 2);
    setup.run("plan --detailed-exitcode", 1);
    setup.write_zone("d.example", &format!("provider: wrong\n{records}"));
    setup.run("plan", 77);
    setup.run("apply --yes", 77);
    setup.write_zone("a.example", &format!("provider: main\n{records}  \"*\": {{ A: 192.0.2.9 }}\n"));
    let run = setup.run("plan --detailed-exitcode", 3);
    has(
        &run.stdout,
        &[
            "✖ BLOCKED by 1 guard in a.example; could not read 2 of 3 zones (b.example, d.example at dead, wrong)",
            "guard/wildcard",
        ],
    );
    has(
        &run.stderr,
        &[
            "error[unavailable]: could not read b.example at dead:",
            "error[credentials]: could not read d.example at wrong:",
        ],
    );
    setup.run("apply --yes", 3);
    setup.write_zone("e.example", "provider: main\nrecords:\n  www: { A: nowhere }\n");
    setup.run("plan", 65);
}

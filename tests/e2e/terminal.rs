//! A person at a terminal: asked before anything is written, with colours and a bar that says how far it is.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, has_not, served};
use dnsctl_harness::{Fault, HttpProxy, PowerDns, Run, Zone, find, require};
use std::time::Duration;

/// Runs the command on a terminal of its own, which `script` makes; it types the answer.
fn on_terminal(setup: &Setup, arguments: &str, answer: &str) -> Option<Run> {
    require(find("script", "bsdutils"))?;
    let dnsctl = env!("CARGO_BIN_EXE_dnsctl");
    let script = format!(
        "unset NO_COLOR; (printf '{answer}\\n') | TERM=xterm-256color script -qefc '{dnsctl} {arguments}' /dev/null"
    );
    Some(setup.shell(&script).run().unwrap())
}

fn start() -> Option<(PowerDns, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    let setup = Setup::powerdns(&server, "").zone(ZONE, &after(server.dns_address()));
    Some((server, setup))
}

#[test]
fn yes_writes_and_anything_else_does_not() {
    let Some((server, setup)) = start() else { return };
    for answer in ["no", "", "y", "YES!"] {
        let Some(run) = on_terminal(&setup, "apply", answer) else { return };
        has(
            &run.stdout,
            &["Write this plan? Type yes to go on:", "Nothing was written: the answer was not yes."],
        );
        // What a script does after an apply must not follow.
        assert_eq!(run.code, Some(130), "{run}");
        assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
    }
    let Some(run) = on_terminal(&setup, "apply", "yes") else { return };
    assert_eq!(run.code, Some(0), "{run}");
    has(&run.stdout, &["\u{1b}[", "Applied 3 of 3"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

#[test]
fn a_deletion_wants_the_name_of_the_zone() {
    let Some((server, setup)) = start() else { return };
    let text = after(server.dns_address()).replace("  www: { CNAME: \"@\" }\n", "");
    setup.write_zone(ZONE, &text);
    let Some(run) = on_terminal(&setup, "apply", "yes") else { return };
    has(
        &run.stdout,
        &[
            "Something is deleted. Type abc-corp.example to go on:",
            "Nothing was written: the answer was not abc-corp.example.",
        ],
    );
    let Some(run) = on_terminal(&setup, "apply", ZONE) else { return };
    has(&run.stdout, &["Applied 4 of 4"]);
}

/// While a person thinks, somebody else changes the zone.
#[test]
fn the_answer_may_take_its_time() {
    let Some((server, setup)) = start() else { return };
    let Some(script) = require(find("script", "bsdutils")) else { return };
    let json = r#"{"rrsets":[{"name":"abc-corp.example.","type":"TXT","ttl":3600,"changetype":"REPLACE",
        "records":[{"content":"\"v=spf1 a -all\"","disabled":false}]}]}"#;
    let run = std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let shell = format!(
                "(sleep 4; echo yes) | {} -qefc '{} apply' /dev/null",
                script.display(),
                env!("CARGO_BIN_EXE_dnsctl")
            );
            setup.shell(&shell).run().unwrap()
        });
        std::thread::sleep(Duration::from_secs(2));
        let answer = server.api("PATCH", &format!("/zones/{ZONE}."), json).unwrap();
        assert_eq!(answer.status, 204, "{}", answer.text());
        asked.join().unwrap()
    });
    assert_eq!(run.code, Some(4), "{run}");
    has(&run.stdout, &["1 of 3 RRsets changed after plan", "Nothing was written"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
}

#[test]
fn a_bar_when_it_takes_long_and_none_when_quiet() {
    let Some(server) = require(PowerDns::start()) else { return };
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    let setup = Setup::powerdns_at(&proxy.url(), server.api_key(), "");
    for index in 0..20 {
        let zone = format!("zone{index}.example");
        server.create_zone(&Zone::new(&zone)).unwrap();
        setup.write_zone(&zone, "records:\n  ns1: { A: 127.0.0.1 }\n");
    }
    let Some(fast) = on_terminal(&setup, "plan", "") else { return };
    has_not(&fast.stdout, &["Comparing zones"]);
    proxy.fault(Fault::on("GET", "").late(Duration::from_millis(800)));
    let Some(slow) = on_terminal(&setup, "plan", "") else { return };
    has(&slow.stdout, &["Comparing zones", "/20", "No changes"]);
    let Some(quiet) = on_terminal(&setup, "plan --quiet", "") else { return };
    has_not(&quiet.stdout, &["Comparing zones"]);
    // Without a terminal there is never one.
    has_not(&setup.run("plan", 0).stderr, &["Comparing zones"]);
}

/// Nothing of a table is so wide that the terminal would break it: values stand below their names, and so does what the
/// servers say.
#[test]
fn a_narrow_terminal() {
    let Some((server, setup)) = start() else { return };
    let more = "  a-long-owner-name.with-labels: { A: 192.0.2.1 }\n";
    setup.write_zone(ZONE, &format!("{}{more}", after(server.dns_address())));
    let Some(script) = require(find("script", "bsdutils")) else { return };
    let dnsctl = env!("CARGO_BIN_EXE_dnsctl");
    let run = |arguments: &str| {
        let command = format!("stty rows 24 cols 60 && exec {dnsctl} {arguments}");
        setup.shell(&format!("{} -qefc '{command}' /dev/null < /dev/null", script.display())).run().unwrap()
    };
    let table = |text: &str, end: &str| {
        let lines = text.lines().map(|line| line.trim_end().to_owned());
        let table: Vec<String> = lines.take_while(|line| !line.starts_with(end)).collect();
        assert!(table.len() > 4, "{text}");
        let wide = table.iter().filter(|line| line.chars().count() > 60).collect::<Vec<_>>();
        assert!(wide.is_empty(), "{wide:#?}\n{text}");
        table.join("\n")
    };
    let plan = table(&run("plan --color never").stdout, "Order");
    assert!(plan.contains("86400 → 3600\n        10 oldmail → 10 mail"), "{plan}");
    let run = run("apply --yes --color never");
    assert_eq!(run.code, Some(0), "{run}");
    let written: Vec<&str> = run.stdout.lines().skip_while(|line| !line.contains("Plan:")).skip(1).collect();
    let written = table(&written.join("\n"), "Applied");
    assert!(written.contains("written\n    127.0.0.1:"), "{written}");
}

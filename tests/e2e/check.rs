//! `dnsctl check`: rules on the zones of the files.

use crate::support::{SOUND_FILE, Setup, has, has_not};
use std::fmt::Write as _;

const CONFIGURATION: &str = "providers:\n  main: { type: zonefile, directory: out }\n";

/// A zone in which nothing is wrong, without its last lines.
const GOOD: &str = "records:\n  \"@\":\n    NS: [ns1.example.net., ns2.example.net.]\n    CAA: 0 issue \"ca.example\"\n    \
    MX: [10 mail, 20 mail2]\n    TXT: \"v=spf1 mx -all\"\n  mail: { A: 192.0.2.25 }\n  mail2: { A: 198.51.100.25 }\n";

fn good() -> String {
    format!("{GOOD}{SOUND_FILE}")
}

#[test]
fn from_which_weight_on_a_run_fails() {
    let setup = Setup::new(CONFIGURATION);
    let note = good().replace("    CAA: 0 issue \"ca.example\"\n", "");
    let warning = good().replace("-all", "?all");
    let error = good().replace("NS: [ns1.example.net., ns2.example.net.]", "NS: ns1.example.net.");
    let critical = good().replace("20 mail2]", "20 nowhere]");
    for (text, weight, codes) in [
        (&note, "0 errors, 0 warnings", [0, 0, 0, 8, 0]),
        (&warning, "0 errors, 1 warning", [0, 0, 8, 8, 0]),
        (&error, "1 error, 0 warnings", [0, 8, 8, 8, 0]),
        (&critical, "1 critical, 0 errors", [8, 8, 8, 8, 0]),
    ] {
        setup.write_zone("a.example", text);
        for (value, code) in ["critical", "error", "warning", "note", "never"].iter().zip(codes) {
            let run = setup.run(&format!("check --fail-on {value}"), code);
            has(&run.stdout, &[weight]);
        }
        // Errors are what fails when nothing is said.
        assert_eq!(setup.run("check", codes[1]).code, setup.run("check --fail-on error", codes[1]).code);
    }
    setup.run("check --fail-on sometimes", 64);
    // A file that is not valid fails a run in any case.
    setup.write_zone("a.example", "records:\n  www: { A: nowhere }\n");
    setup.run("check --fail-on never", 65);
}

#[test]
fn an_acknowledged_finding_fails_nothing_until_its_day_is_over() {
    let setup = Setup::new(CONFIGURATION);
    let text = good().replace("20 mail2]", "20 nowhere]");
    let ack = |until: &str| {
        format!(
            "ack:\n  - {{ rule: mx.target-address, at: \"@ MX\", until: {until}, why: \"comes on Monday\" }}\n{text}"
        )
    };
    setup.write_zone("a.example", &ack("2026-11-23"));
    let run = setup.run("check --fail-on warning", 0);
    has(&run.stdout, &["1 acknowledged finding", "--full shows"]);
    has_not(&run.stdout, &["nowhere.a.example"]);
    let full = setup.run("check --full", 0).stdout;
    has(&full, &["nowhere.a.example", "acknowledged until 2026-11-23: comes on Monday"]);
    setup.write_zone("a.example", &ack("2026-11-22"));
    let over = setup.run("check", 8).stdout;
    has(
        &over,
        &[
            "error[mx.target-address]",
            "warning[guard/expired-acknowledgement]",
            "this acknowledgement of mx.target-address ended on 2026-11-22",
        ],
    );
    // One of nothing is told.
    setup.write_zone("a.example", &ack("2026-12-31").replace("20 nowhere]", "20 mail2]"));
    has(
        &setup.run("check --fail-on warning", 8).stdout,
        &[
            "warning[guard/unused-acknowledgement]",
            "mx.target-address finds nothing that this acknowledgement lets pass",
        ],
    );
}

/// What is not asked for is looked at when something leads to it, and not told of itself.
#[test]
fn one_zone_sees_the_others() {
    let setup = Setup::new(CONFIGURATION);
    let mail = good().replace("20 mail2]", "20 mx.b.example.]");
    setup.write_zone("a.example", &mail);
    // b.example has faults of its own.
    setup.write_zone("b.example", "records:\n  \"@\": { MX: 10 gone }\n  www: { A: 192.0.2.1 }\n");
    let run = setup.run("check a.example", 8);
    has(&run.stdout, &["mx.b.example, an MX of a.example, has no A or AAAA record", "1 zone,"]);
    has_not(&run.stdout, &["gone.b.example"]);
    setup.write_zone("b.example", "records:\n  \"@\": { MX: 10 gone }\n  mx: { A: 192.0.2.1 }\n");
    let run = setup.run("check a.example", 0);
    has_not(&run.stdout, &["b.example"]);
    has(&setup.run("check", 8).stdout, &["gone.b.example", "2 zones,"]);
    // Without that zone nobody can say.
    setup.repository.remove("zones/b.example.yaml").unwrap();
    let run = setup.run("check --full", 0);
    has(&run.stdout, &["untested[mx.target-address]: a.example", "mx.b.example"]);
}

/// What the reader of files tells and a rule tells too is told once.
#[test]
fn one_fault_is_told_once() {
    let setup = Setup::new(CONFIGURATION);
    let text =
        good().replace("TXT: \"v=spf1 mx -all\"", "TXT: \"v=spf1 mx -all\"\n    SPF: \"v=spf1 mx -all\"");
    setup.write_zone("a.example", &text);
    let run = setup.run("check --full --report json=check.json", 0);
    let all = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(all.matches("spf.type99").count() + all.matches("zone/obsolete-spf").count(), 1, "{all}");
}

/// A text for a person says what is the same a few times, and how often; programs get all of it.
#[test]
fn thousands_of_findings_of_one_rule_are_counted() {
    let setup = Setup::new(CONFIGURATION);
    let mut text = good();
    for host in 0..3000 {
        let _ = writeln!(text, "  host{host}: {{ MX: 10 nowhere{host} }}");
    }
    setup.write_zone("a.example", &text);
    let run = setup.run("check --report json=check.json", 8);
    let shown = run.stdout.matches("error[mx.target-address]").count();
    assert_eq!(shown, 50, "{}", run.stdout.lines().count());
    has(&run.stdout, &["and 2,950 more of mx.target-address in a.example", "3000 critical"]);
    assert_eq!(setup.plan_file("check.json")["summary"]["critical"], 3000);
    assert_eq!(
        setup.plan_file("check.json")["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["rule"] == "mx.target-address")
            .count(),
        3000
    );
    let full = setup.run("check --full", 8).stdout;
    assert_eq!(full.matches("error[mx.target-address]").count(), 3000);
}

#[test]
fn a_thousand_zones() {
    const ZONES: usize = 1000;
    let setup = Setup::new(CONFIGURATION);
    let hosts: String = (0..40).map(|host| format!("  host{host}: {{ A: 192.0.2.{host} }}\n")).collect();
    for zone in 0..ZONES {
        // Every hundredth leads to the one behind it, which has no such name.
        let text = match zone % 100 {
            0 => good().replace("20 mail2]", &format!("20 no.zone{:04}.example.]", (zone + 1) % ZONES)),
            _ => good(),
        };
        setup.write_zone(&format!("zone{zone:04}.example"), &format!("{text}{hosts}"));
    }
    let start = std::time::Instant::now();
    let run = setup.run("check --report json=check.json", 8);
    let time = start.elapsed();
    std::io::Write::write_all(&mut std::io::stderr(), format!("{ZONES} zones in {time:.1?}\n").as_bytes())
        .unwrap();
    has(&run.stdout, &["1,000 zones", "10 critical, 0 errors, 0 warnings"]);
    let check = setup.plan_file("check.json");
    assert_eq!(check["zones"].as_array().unwrap().len(), ZONES);
    assert_eq!(check["summary"]["critical"], 10);
}

//! What goes where: data on standard output, words on standard error, colours and signs as asked for.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, has_not, shows};
use dnsctl_harness::{Bind, Dnsctl, Fault, HttpProxy, PowerDns, Run, Zone, require};

const ESCAPE: &str = "\u{1b}[";

fn start() -> Option<(PowerDns, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    let setup = Setup::powerdns(&server, "").zone(ZONE, &after(server.dns_address()));
    Some((server, setup))
}

/// Without NO_COLOR, which every other test sets.
fn plain(setup: &Setup, key: &str, arguments: &str) -> Dnsctl {
    Dnsctl::new(env!("CARGO_BIN_EXE_dnsctl"), setup.repository.path())
        .args(arguments.split_ascii_whitespace())
        .env("PDNS_API_KEY", key)
}

#[test]
fn no_colours_without_a_terminal_and_colours_when_asked() {
    let Some((server, setup)) = start() else { return };
    let run = |arguments: &str| plain(&setup, server.api_key(), arguments).expect_code(0);
    let clean = |run: &Run| has_not(&format!("{}{}", run.stdout, run.stderr), &["\u{1b}"]);
    clean(&run("plan"));
    clean(&run("plan --color never"));
    clean(&plain(&setup, server.api_key(), "plan --color auto").env("TERM", "xterm-256color").expect_code(0));
    has(&run("plan --color always").stdout, &[ESCAPE]);
    has(&plain(&setup, server.api_key(), "plan").env("CLICOLOR_FORCE", "1").expect_code(0).stdout, &[ESCAPE]);
    // The flag says it now; the variable was set some time ago.
    has(
        &plain(&setup, server.api_key(), "plan --color always").env("NO_COLOR", "1").expect_code(0).stdout,
        &[ESCAPE],
    );
    clean(&plain(&setup, server.api_key(), "plan --color never").env("CLICOLOR_FORCE", "1").expect_code(0));
    // Files never have any.
    run("plan --color always --out plan.json --report markdown=plan.md");
    has_not(&setup.repository.read("plan.md").unwrap(), &["\u{1b}"]);
    has_not(&setup.repository.read("plan.json").unwrap(), &["\u{1b}"]);
}

#[test]
fn colours_of_errors_follow_the_same_rules() {
    let Some((server, setup)) = start() else { return };
    setup.write_zone(ZONE, "records:\n  www: { A: nowhere }\n");
    has_not(&plain(&setup, server.api_key(), "check").expect_code(65).stderr, &["\u{1b}"]);
    has(&plain(&setup, server.api_key(), "check --color always").expect_code(65).stderr, &[ESCAPE]);
    has_not(
        &plain(&setup, server.api_key(), "check --color never")
            .env("CLICOLOR_FORCE", "1")
            .expect_code(65)
            .stderr,
        &["\u{1b}"],
    );
}

#[test]
fn ascii_means_ascii() {
    let Some((_server, setup)) = start() else { return };
    let ascii = |run: &Run| {
        let text = format!("{}{}", run.stdout, run.stderr);
        assert!(text.is_ascii(), "{text}");
    };
    let plan = setup.run("plan --ascii --out plan.json", 0);
    ascii(&plan);
    has(&plan.stdout, &["10 oldmail -> 10 mail", "! ttl/old-answer-lives"]);
    let apply = setup.run("apply plan.json --ascii", 0);
    ascii(&apply);
    ascii(&setup.run("plan --ascii", 0));
    // Many changes are folded.
    let hosts: String = (0..60).map(|host| format!("  host{host}: {{ A: 192.0.2.{host} }}\n")).collect();
    let text = setup.repository.read(format!("zones/{ZONE}.yaml")).unwrap();
    setup.write_zone(ZONE, &format!("{text}{hosts}"));
    ascii(&setup.run("plan --ascii", 0));
    // Texts and names of the zone itself.
    setup.write_zone(ZONE, &format!("{text}  bücher: {{ TXT: Grüße }}\n"));
    let run = setup.run("plan --ascii", 0);
    ascii(&run);
    has(&run.stdout, &["xn--bcher-kva", "Gr\\u{fc}"]);
    // Blocked, stale and failed.
    setup.write_zone(ZONE, &text.replace("    MX: 10 mail\n", ""));
    ascii(&setup.run("plan --ascii", 3));
    setup.write_zone(ZONE, "records:\n  www: { A: nowhere }\n");
    ascii(&setup.run("check --ascii", 65));
}

#[test]
fn a_plan_of_ascii_signs_as_a_whole() {
    let Some((_server, setup)) = start() else { return };
    shows!(setup.run("plan --ascii", 0).stdout, @r"
    ok Can be applied: 3 updates in 1 zone, 2 warnings.

    abc-corp.example  main                                                         3 updates, 2 warnings
    ----------------------------------------------------------------------------------------------------
    1 ~ A    mail  86400 -> 300   203.0.113.25 -> 198.51.100.25
        ! ttl/old-answer-lives  203.0.113.25 can be answered for up to 24 h after apply; keep its
                                services running until then; the lower TTL of 5 min holds only for new
                                answers
    2 ~ TXT  @     3600             v=spf1
                                  - ip4:203.0.113.25
                                  + ip4:198.51.100.25
                                  + include:_spf.relay.example
                                    -all
    3 ~ MX   @     86400 -> 3600  10 oldmail -> 10 mail
        ! ttl/old-answer-lives  senders can use the old MX for up to 24 h after apply; keep the old mail
                                servers running until then; the lower TTL of 1 h holds only for new
                                answers
    Mail     before: 1 critical, 2 errors; after: 2 errors
             ok fixes mx.target-address (MX @): oldmail.abc-corp.example, an MX of abc-corp.example, has
                     no A or AAAA record: mail sent there bounces
    Zone     before and after: 1 error
    SPF      203.0.113.25  pass -> undecided  (depends on records that are not held here)
             198.51.100.25  fail -> pass
             include:_spf.relay.example  undecided -> pass
             lookups 0 -> 1 of 10
    Order    A, then TXT, then MX

    Settles  24 h after apply, when the last old answer is gone
    Digest   sha256:413fe786a91394563335a09e152a8d75eca4fbf91302653d62c3cfe51d472065
    Plan: 0 to create, 3 to update, 0 to delete. 3 unchanged, 2 left alone.
    Not saved  id 413fe786  Next: dnsctl plan --out plan.json
    ");
}

#[test]
fn quiet_and_verbose() {
    let Some((_server, setup)) = start() else { return };
    let quiet = setup.run("plan --quiet --out plan.json", 0);
    assert_eq!(quiet.stderr, "");
    let plain = setup.run("plan --out plan.json", 0);
    assert_eq!(quiet.stdout, plain.stdout, "data do not depend on how much is said");
    // Then every change has its place, and none is folded.
    let loud = setup.run("plan --verbose --out plan.json", 0);
    assert_eq!(loud.stdout, setup.run("plan --full --out plan.json", 0).stdout);
    has(&loud.stdout, &["10 oldmail → 10 mail  (zones/abc-corp.example.yaml:5:5)"]);
    has(&loud.stderr, &["Compared 1 zones in"]);
    setup.run("plan --quiet --verbose", 64);
    let applied = setup.run("apply --quiet plan.json", 0);
    assert_eq!(applied.stderr, "");
    // Warnings are silent, errors are not.
    setup.write_zone("b.example", "records: {}\n");
    has(&setup.run("check --fail-on never", 0).stderr, &["warning"]);
    assert_eq!(setup.run("check --fail-on never --quiet", 0).stderr, "");
    setup.write_zone("b.example", "records:\n  www: { A: nowhere }\n");
    has(&setup.run("check --quiet", 65).stderr, &["error[record/bad-value]"]);
}

#[test]
fn a_reader_that_goes_away_changes_no_exit_code() {
    let Some((_server, setup)) = start() else { return };
    let hosts: String = (0..3000).map(|host| format!("  host{host}: {{ A: 192.0.2.1 }}\n")).collect();
    let text = setup.repository.read(format!("zones/{ZONE}.yaml")).unwrap();
    setup.write_zone(ZONE, &format!("{text}{hosts}"));
    let dnsctl = env!("CARGO_BIN_EXE_dnsctl");
    for (arguments, code) in [
        ("plan --full --detailed-exitcode", 2),
        ("plan --full --report json=-", 0),
        ("man", 0),
        ("completions bash", 0),
        ("--help", 0),
    ] {
        let script = format!("{{ {dnsctl} {arguments}; echo \"code $?\" >&2; }} | head -1");
        let run = setup.shell(&script).expect_code(0);
        has(&run.stderr, &[&format!("code {code}")]);
        has_not(&run.stderr, &["panicked", "Broken pipe"]);
        assert_eq!(run.stdout.lines().count(), 1, "{run}");
    }
    // Nothing can be written to a full disk, which is an error and no panic.
    let run = setup.shell(&format!("{dnsctl} plan --full > /dev/full; echo \"code $?\" >&2")).expect_code(0);
    has(&run.stderr, &["code 1", "error[io]"]);
    has_not(&run.stderr, &["panicked"]);
}

#[test]
fn usage() {
    let setup = Setup::new("providers: {}\n");
    for arguments in [
        "--no-such-flag",
        "plan --no-such-flag",
        "plna",
        "plan --color sometimes",
        "plan --concurrency 0",
        "plan --concurrency x",
        "apply a b",
        "",
    ] {
        let run = setup.run(arguments, 64);
        assert_eq!(run.stdout, "", "{arguments}");
        has_not(&run.stderr, &["panicked"]);
    }
    has(&setup.run("plna", 64).stderr, &["'plan'"]);
    has(&setup.run("plan --no-such-flag", 64).stderr, &["--no-such-flag"]);
    for arguments in
        ["--help", "--version", "help", "plan --help", "apply --help", "check --help", "providers --help"]
    {
        let run = setup.run(arguments, 0);
        assert_eq!(run.stderr, "", "{arguments}");
        assert!(!run.stdout.is_empty(), "{arguments}");
    }
    for command in
        ["plan", "apply", "check", "import", "export", "fmt", "schema", "providers", "completions", "man"]
    {
        has(&setup.run(&format!("{command} --help"), 0).stdout, &["Example: dnsctl"]);
    }
}

#[test]
fn every_command_has_help_a_manual_and_completions() {
    let setup = Setup::new("providers: {}\n");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        has(&setup.run(&format!("completions {shell}"), 0).stdout, &["dnsctl", "plan"]);
    }
    has(&setup.run("man", 0).stdout, &[".TH", "dnsctl"]);
}

#[test]
fn providers() {
    let setup = Setup::new("providers: {}\n");
    let list = setup.run("providers", 0).stdout;
    for kind in ["powerdns", "rfc2136", "route53"] {
        has(&list, &[kind]);
        has(&setup.run(&format!("providers {kind}"), 0).stdout, &["Options:", "types", "write guard"]);
    }
    has(&setup.run("providers nothing", 64).stderr, &["the types are"]);
    let json: serde_json::Value = serde_json::from_str(&setup.run("providers --json", 0).stdout).unwrap();
    assert!(json.as_array().unwrap().iter().any(|entry| entry["type"] == "powerdns"));
    let Some((server, setup)) = start() else { return };
    has(&setup.run("providers --ask", 0).stdout, &["✔ main (powerdns): 1 zone"]);
    let wrong = Setup::powerdns_at(&server.url(), "wrong", "");
    let run = wrong.run("providers --ask", 77);
    has(&run.stdout, &["✖ main"]);
    has(&run.stderr, &["error[credentials]"]);
}

/// Whoever asks for the keys of a zone is told when it is the zone that is missing, or cannot be read.
#[test]
fn providers_and_a_zone() {
    let Some((server, setup)) = start() else { return };
    let run = setup.run(&format!("providers --ask --zone {ZONE}"), 0);
    has(&run.stdout, &["abc-corp.example. is not signed here"]);
    let run = setup.run(&format!("providers --ask --zone {ZONE} --zone no.example"), 1);
    has(
        &run.stdout,
        &["✔ main (powerdns): 1 zone", "abc-corp.example. is not signed here", "no.example. is not here"],
    );
    has(&run.stderr, &["error[zone-missing]: no provider of the configuration has the zone no.example"]);
    has_not(&run.stderr, &["key"]);
    let Some(bind) = require(Bind::start([Zone::new(ZONE)])) else { return };
    let setup = Setup::rfc2136(&bind, "");
    let run = setup.run("providers --ask --zone no.example", 1);
    has(&run.stdout, &["no.example. is not here"]);
    has(&run.stderr, &["error[zone-missing]"]);
    let proxy = HttpProxy::start(server.api_address()).unwrap();
    proxy.fault(Fault::on("GET", "/cryptokeys").status(500));
    let setup = Setup::powerdns_at(&proxy.url(), server.api_key(), "");
    let run = setup.run(&format!("providers --ask --zone {ZONE}"), 1);
    has(&run.stdout, &["✔ main (powerdns): 1 zone", "✖ abc-corp.example."]);
    has(&run.stderr, &["read the DNSSEC keys of abc-corp.example."]);
}

//! What a machine can be like: a full disk, a folder that cannot be written, no home, a wrong clock, a pipe or a terminal
//! that goes away, and a colleague with a working copy of his own.

use crate::partial::many;
use crate::story_powerdns::{after, before};
use crate::story_rfc2136::before_the_update;
use crate::support::{Running, Setup, ZONE, has, has_not, served, shows};
use dnsctl_harness::{Bind, Dnsctl, Fault, PATIENCE, PowerDns, Run, find, require, until};
use std::sync::Arc;
use std::time::Duration;

const DNSCTL: &str = env!("CARGO_BIN_EXE_dnsctl");

fn start() -> Option<(PowerDns, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    let setup = Setup::powerdns(&server, "").zone(ZONE, &after(server.dns_address()));
    Some((server, setup))
}

fn mx(server: &PowerDns) -> Vec<String> {
    served(server.dns_address(), ZONE, "MX")
}

const OLD: &str = "10 oldmail.abc-corp.example.";
const NEW: &str = "10 mail.abc-corp.example.";

/// No file can grow, as on a full disk; pipes can.
fn on_a_full_disk(setup: &Setup, arguments: &str) -> Run {
    setup.shell(&format!("trap '' XFSZ; ulimit -f 0; exec {DNSCTL} {arguments}")).run().unwrap()
}

#[test]
fn a_full_disk() {
    let Some((server, setup)) = start() else { return };
    let run = on_a_full_disk(&setup, "plan --out plan.json");
    assert_eq!(run.code, Some(1), "{run}");
    has(&run.stderr, &["error[io]", "plan.json"]);
    let left = setup.repository.files(".").unwrap();
    assert!(left.iter().all(|file| !file.to_string_lossy().contains("plan.json")), "{left:?}");
    // The report fails, the plan does not get lost.
    let run = on_a_full_disk(&setup, "plan --report json=plan-report.json");
    assert_eq!(run.code, Some(1), "{run}");
    has(&run.stdout_and_stderr(), &["3 updates", "plan-report.json"]);
    // An apply that cannot note what it did says so; what it did is there.
    setup.run("plan --out plan.json", 0);
    let run = on_a_full_disk(&setup, "apply plan.json");
    assert_eq!(run.code, Some(0), "{run}");
    has(&run.stdout, &["Applied 3 of 3"]);
    has(&run.stderr, &["warning: the state cannot be kept"]);
    assert_eq!(mx(&server), [NEW]);
}

#[test]
fn a_state_folder_that_cannot_be() {
    let Some((server, setup)) = start() else { return };
    setup.run("plan --out plan.json", 0);
    fs_err::remove_dir_all(setup.repository.path().join(".dnsctl")).unwrap();
    setup.repository.write(".dnsctl", "").unwrap();
    // A plan needs none; an apply that cannot lock out others does not begin.
    assert_eq!(setup.run("plan", 0).stderr, "");
    has(&setup.run("plan --verbose", 0).stderr, &["warning: the state cannot be kept", ".dnsctl"]);
    has(
        &setup.run("apply plan.json", 1).stderr,
        &[
            "error[io]",
            ".dnsctl",
            "nothing was written",
            "make its folder writable, then dnsctl apply plan.json",
        ],
    );
    setup.run("apply --yes", 1);
    assert_eq!(mx(&server), [OLD]);
}

#[test]
fn without_a_home_and_with_closed_files() {
    let Some((server, setup)) = start() else { return };
    for script in [
        "unset HOME; exec {} plan --detailed-exitcode",
        "exec {} plan --detailed-exitcode <&-",
        "exec {} plan --detailed-exitcode >&-",
        "exec {} plan --detailed-exitcode 2>&-",
        "exec {} plan --detailed-exitcode <&- >&- 2>&-",
    ] {
        setup.shell(&script.replace("{}", DNSCTL)).expect_code(2);
    }
    setup.shell(&format!("unset HOME; exec {DNSCTL} apply --yes <&- >&- 2>&-")).expect_code(0);
    assert_eq!(mx(&server), [NEW]);
}

/// `dnsctl … | head -1`: whoever reads has seen enough, and the exit code is that of the work.
#[test]
fn a_reader_that_goes_away() {
    let Some((server, setup)) = start() else { return };
    let gone = |arguments: &str, redirection: &str| -> String {
        let script = format!("({DNSCTL} {arguments} {redirection}; echo $? >code) | head -c 1");
        let run = setup.shell(&script).expect_code(0);
        has_not(&run.stderr, &["panicked", "Broken pipe"]);
        setup.repository.read("code").unwrap().trim().to_owned()
    };
    for arguments in ["plan --full", "--help", "schema zone", "man", "completions bash", "providers route53"]
    {
        assert_eq!(gone(arguments, ""), "0", "{arguments}");
        assert_eq!(gone(arguments, "2>&1"), "0", "{arguments}");
    }
    assert_eq!(gone("plan --detailed-exitcode", "2>&1"), "2");
    assert_eq!(gone("apply --yes --verbose", "2>&1"), "0");
    assert_eq!(mx(&server), [NEW]);
}

#[test]
fn a_report_that_cannot_be_told_hides_no_partial_write() {
    let Some((server, proxy, setup)) = many(4) else { return };
    proxy.fault(Fault::on("PATCH", "zone02.example").status(422));
    let script = |arguments: &str| format!("exec {DNSCTL} {arguments} --concurrency 1 >/dev/full");
    let run = setup.shell(&script("apply plan.json")).expect_code(6);
    has(&run.stderr, &["No space left on device"]);
    proxy.heal();
    let run = setup.shell(&script("apply plan.json --resume")).expect_code(1);
    has(&run.stderr, &["No space left on device", "everything is written"]);
    assert_eq!(crate::partial::written(&server, 4), 4);
}

#[test]
fn a_simple_terminal_gets_simple_text() {
    let Some((_server, setup)) = start() else { return };
    let Some(script) = require(find("script", "bsdutils")) else { return };
    let on_terminal = |terminal: &str| {
        let command = format!(
            "unset NO_COLOR; TERM={terminal} {} -qefc '{DNSCTL} plan' /dev/null </dev/null",
            script.display()
        );
        setup.shell(&command).expect_code(0).stdout
    };
    has(&on_terminal("xterm-256color"), &["\u{1b}["]);
    let simple = on_terminal("dumb");
    has(&simple, &["10 oldmail → 10 mail"]);
    has_not(&simple, &["\u{1b}"]);
}

/// The terminal goes away, or whoever started the program ends it.
#[test]
fn a_hangup_is_a_request_to_stop() {
    let Some((_server, proxy, setup)) = many(20) else { return };
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_millis(700)));
    let begun = || proxy.counts().contains_key(&("PATCH".to_owned(), 204)).then_some(());
    let running = Running::start(&setup, "apply plan.json --concurrency 2");
    until("a write", PATIENCE, begun).unwrap();
    running.send("HUP");
    let run = running.wait();
    assert_eq!(run.code, Some(6), "{run}");
    has(&run.stdout, &["Stopped.", "0 unknown", "--resume"]);
    proxy.heal();
    has(&setup.run("apply plan.json --resume", 0).stdout, &["Applied 20 of 20"]);
}

/// As `nohup` starts it.
#[test]
fn a_hangup_that_is_to_be_ignored_is() {
    let Some((_server, proxy, setup)) = many(6) else { return };
    proxy.fault(Fault::on("PATCH", "").late(Duration::from_millis(700)));
    let script =
        format!("trap '' HUP; {DNSCTL} apply plan.json --concurrency 2 & sleep 1; kill -HUP $!; wait $!");
    has(&setup.shell(&script).expect_code(0).stdout, &["Applied 6 of 6"]);
}

#[test]
fn clocks_that_go_wrong() {
    let Some((server, setup)) = start() else { return };
    // Made on a machine whose clock is a year ahead, or applied on one whose clock is a year behind: such a plan would live
    // for a year.
    let ahead = setup.env("DNSCTL_NOW", "2027-11-23T10:07:02Z");
    ahead.run("plan --out plan.json", 0);
    let setup = ahead.env("DNSCTL_NOW", "2026-11-23T10:07:02Z");
    has(
        &setup.run("apply plan.json", 4).stderr,
        &["plan 413fe786 was made long after now, at 2027-11-23 10:07 UTC"],
    );
    // Some hours are told, and no more.
    let ahead = setup.env("DNSCTL_NOW", "2026-11-23T20:07:02Z");
    ahead.run("plan --out plan.json", 0);
    let setup = ahead.env("DNSCTL_NOW", "2026-11-23T10:07:02Z");
    let run = setup.run("apply plan.json", 0);
    shows!(run.stderr, @"warning: plan 413fe786 was made at 2026-11-23 20:07 UTC, which is still to come: a clock is wrong");
    assert_eq!(mx(&server), [NEW]);
    // That plan does not stand in the way of all that are made at the right time.
    setup.write_zone(ZONE, &after(server.dns_address()).replace("10 mail", "20 mail"));
    setup.run("plan --out next.json", 0);
    has(&setup.run("apply next.json", 0).stdout, &["Applied 1 of 1"]);
    // Some minutes of difference are nothing to speak of.
    let ahead = setup.env("DNSCTL_NOW", "2026-11-23T10:11:00Z");
    ahead.write_zone(ZONE, &after(server.dns_address()));
    ahead.run("plan --out next.json", 0);
    let setup = ahead.env("DNSCTL_NOW", "2026-11-23T10:07:02Z");
    assert_eq!(setup.run("apply next.json", 0).stderr, "");
}

/// Two working copies of one repository know nothing of each other's lock.
#[test]
fn two_working_copies_one_after_the_other() {
    let Some((server, mine)) = start() else { return };
    let text = after(server.dns_address());
    let theirs = Setup::powerdns(&server, "").zone(ZONE, &text.replace("10 mail", "5 mail"));
    mine.run("plan --out plan.json", 0);
    theirs.run("plan --out plan.json", 0);
    theirs.run("apply plan.json", 0);
    let run = mine.run("apply plan.json", 4);
    has(&run.stdout, &["MX abc-corp.example at main", "live now 3600 5 mail", "Nothing was written"]);
    assert_eq!(mx(&server), ["5 mail.abc-corp.example."]);
    // Both wanted the same.
    let same = Setup::powerdns(&server, "").zone(ZONE, &text);
    mine.run("plan --out plan.json", 0);
    same.run("plan --out plan.json", 0);
    same.run("apply plan.json", 0);
    has(&mine.run("apply plan.json", 0).stdout, &["is applied already"]);
}

/// Both read the zone before either writes it: the one that comes second is told by the server.
#[test]
fn two_working_copies_at_once() {
    let Some(server) = require(Bind::start([before()])) else { return };
    let text = after(server.address());
    let only_mx = "manage: declared\nrecords:\n  \"@\": { MX: 5 mail }\n";
    let theirs = Arc::new(Setup::rfc2136(&server, "").zone(ZONE, only_mx));
    theirs.run("plan --out plan.json", 0);
    let other = Arc::clone(&theirs);
    let proxy = before_the_update(server.address(), move || {
        other.run("apply plan.json --no-verify", 0);
    });
    let mine = Setup::rfc2136_at(proxy.address(), &server, "").zone(ZONE, &text);
    mine.run("plan --out plan.json", 0);
    let run = mine.run("apply plan.json", 4);
    has(&run.stdout, &["conflict", "0 of 3 written", "Nothing was written"]);
    assert_eq!(served(server.address(), ZONE, "MX"), ["5 mail.abc-corp.example."]);
}

#[test]
fn a_command_that_is_started_in_another_folder() {
    let Some((_server, setup)) = start() else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    let run = Dnsctl::new(DNSCTL, elsewhere.path()).args(["plan"]).expect_code(65);
    has(&run.stderr, &["there is no dnsctl.yaml in this folder or above it"]);
    // The lock and the state stand beside the configuration, not where the command is started.
    let script = format!("cd zones && {DNSCTL} plan --out ../plan.json && {DNSCTL} apply ../plan.json");
    setup.shell(&script).expect_code(0);
    let files = setup.repository.files(".").unwrap();
    let state: Vec<_> = files.iter().filter(|file| file.ends_with("state.json")).collect();
    assert_eq!(state, [std::path::Path::new(".dnsctl/state.json")]);
}

/// A clock that cannot be read is not the right time: whether a plan has expired depends on it.
#[test]
fn a_wrong_time_is_an_error() {
    let Some((server, setup)) = start() else { return };
    setup.run("plan --out plan.json", 0);
    for wrong in ["yesterday", "2026-11-23", ""] {
        let run = setup.command("apply plan.json").env("DNSCTL_NOW", wrong).expect_code(64);
        has(&run.stderr, &["error[environment]", "DNSCTL_NOW", "no time"]);
    }
    assert_eq!(mx(&server), [OLD]);
    // A plan that has expired stays so.
    let late = setup.command("apply plan.json").env("DNSCTL_NOW", "2027-11-23T10:07:02Z").expect_code(4);
    has(&late.stdout_and_stderr(), &["could be applied until 2026-11-24"]);
    assert_eq!(mx(&server), [OLD]);
}

/// What is written keeps what the file was: a link, its permissions.
#[test]
fn saved_files_stay_what_they_were() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let Some((server, setup)) = start() else { return };
    let at = |name: &str| setup.repository.path().join(name);
    let mode = |name: &str| fs_err::metadata(at(name)).unwrap().permissions().mode() & 0o7777;
    let make = |name: &str, text: &str| {
        setup.repository.write(format!("shared/{name}"), text).unwrap();
        fs_err::set_permissions(at("shared").join(name), std::fs::Permissions::from_mode(0o640)).unwrap();
        fs_err::create_dir_all(at(name).parent().unwrap()).unwrap();
        symlink(at("shared").join(name), at(name)).unwrap();
    };
    make("plan.json", "");
    make("report.json", "");
    make("zones/linked.example.yaml", "records: {www:    {A:   192.0.2.1}}\n");
    make("out/linked.example.zone", "");
    setup.run("fmt zones/linked.example.yaml", 0);
    setup.run(&format!("plan --out plan.json --report json=report.json {ZONE}"), 0);
    setup.run("export linked.example --to zonefile --out out --overwrite", 0);
    for name in ["plan.json", "report.json", "zones/linked.example.yaml", "out/linked.example.zone"] {
        assert!(fs_err::symlink_metadata(at(name)).unwrap().is_symlink(), "{name} is no link any more");
        assert_eq!(mode(name), 0o640, "{name}");
        assert!(setup.repository.read(format!("shared/{name}")).unwrap().len() > 20, "{name}");
    }
    // What is no file stays what it is, and is written to.
    let run = setup.run(&format!("plan --report json=/dev/stdout {ZONE}"), 0);
    has(&run.stdout, &["\"format\""]);
    setup.run("apply plan.json", 0);
    assert_eq!(mx(&server), [NEW]);
}

/// A file below /dev is a file; devices, pipes and what the shell opened are written to as they are.
#[test]
fn where_plans_and_reports_can_go() {
    let setup = Setup::new("providers:\n  main: { type: zonefile, directory: out }\n").zone(
        "a.example",
        "create: true\nrecords: { \"@\": { NS: ns.example.net. }, www: { A: 192.0.2.1 } }\n",
    );
    setup.repository.write("out/README", "").unwrap();
    let memory = tempfile::tempdir_in("/dev/shm").unwrap();
    let [plan, report] = ["plan.json", "report.json"].map(|name| memory.path().join(name));
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    // The second run takes the place of the first.
    for _ in 0..2 {
        setup.run(&format!("plan --out {} --report json={}", plan.display(), report.display()), 0);
        for path in [&plan, &report] {
            assert!(is_json(&fs_err::read_to_string(path).unwrap()), "{}", path.display());
        }
    }
    fs_err::write(&plan, "mine").unwrap();
    has(
        &setup.run(&format!("plan --out {}", plan.display()), 64).stderr,
        &["is there, and dnsctl did not write it"],
    );
    assert_eq!(fs_err::read_to_string(&plan).unwrap(), "mine");
    for _ in 0..2 {
        setup.run("plan --out /dev/null --report json=/dev/null", 0);
        assert!(!fs_err::metadata("/dev/null").unwrap().is_file());
    }
    // What the shell opened goes on after it, on the same file.
    setup
        .shell(&format!("{{ echo before; {DNSCTL} plan --report json=/dev/stdout; echo after; }} >> both"))
        .expect_code(0);
    let both = setup.repository.read("both").unwrap();
    has(&both, &["before\n", "\"format\"", "after\n"]);
    let script =
        format!("mkfifo pipe && {{ cat pipe > got & {DNSCTL} plan --out pipe; wait; test -p pipe; }}");
    setup.shell(&script).expect_code(0);
    assert!(is_json(&setup.repository.read("got").unwrap()));
    let applied = setup.run(&format!("apply --report json={} --yes --no-verify", report.display()), 0);
    assert!(is_json(&fs_err::read_to_string(&report).unwrap()), "{}", applied.stdout);
}

/// A key that anybody on the way can read is worth a warning, and no more: the way may be a tunnel.
#[test]
fn credentials_in_the_clear_are_told() {
    let providers = |url: &str| {
        format!("providers:\n  main: {{ type: powerdns, url: \"{url}\", api_key: {{ env: KEY }} }}\n")
    };
    let run = |url: &str| {
        let setup = Setup::new(&providers(url)).zone("a.example", "records: { www: { A: 192.0.2.1 } }\n");
        setup.command("plan").env("KEY", "k").run().unwrap().stderr
    };
    has(
        &run("http://pdns.invalid:8081"),
        &[
            "warning[config/in-the-clear]",
            "the provider \"main\" sends its credentials unencrypted",
            "dnsctl.yaml:2",
        ],
    );
    has_not(&run("https://pdns.invalid:8081"), &["in-the-clear"]);
    has_not(&run("http://127.0.0.1:1"), &["in-the-clear"]);
}

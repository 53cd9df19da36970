//! Files that are wrong. Nothing is asked and nothing is written; every error comes with its place.

use crate::support::{Setup, has, has_not, shows};
use dnsctl_harness::{PowerDns, Zone, require};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const NOWHERE: &str =
    "providers:\n  main: { type: powerdns, url: \"http://127.0.0.1:1\", api_key: { env: PDNS_API_KEY } }\n";

fn setup() -> Setup {
    Setup::new(NOWHERE).env("PDNS_API_KEY", "k")
}

/// Checks a zone file that is wrong, by both commands that read it.
#[track_caller]
fn refuses(text: impl AsRef<[u8]>, words: &[&str]) -> String {
    let setup = setup();
    setup.repository.write("zones/a.example.yaml", text).unwrap();
    let begun = Instant::now();
    let run = setup.run("check", 65);
    assert!(begun.elapsed() < Duration::from_secs(20), "it took {:?}", begun.elapsed());
    has(&run.stderr, words);
    has(&run.stderr, &["a.example.yaml"]);
    has_not(&run.stderr, &["panicked", "RUST_BACKTRACE"]);
    assert!(run.stderr.len() < 100_000, "{} octets of messages", run.stderr.len());
    setup.run("apply --yes", 65);
    run.stderr
}

#[test]
fn an_empty_file() {
    shows!(refuses("", &[]), @r"
    error[config/empty-file]: the zone file is empty
     --> zones/a.example.yaml
      |
      = help: write the records, or `records: {}` for a zone without any; or remove the file
    ");
    refuses("\n\n# only a comment\n", &[]);
}

#[test]
fn a_zone_without_records() {
    let setup = setup().zone("a.example", "ttl: 1h\n");
    let run = setup.command("check").run().unwrap();
    shows!(format!("{}{}{:?}", run.stdout, run.stderr, run.code), @r"
    1 zone, 0 RRsets: 0 errors, 1 warning.
    warning[zone/empty]: the zone a.example. has no records
     --> zones/a.example.yaml
      |
      = help: a plan that deletes all records is blocked unless it is acknowledged

    Some(0)
    ");
}

#[test]
fn a_binary_file() {
    let octets: Vec<u8> =
        (0..4096_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    refuses(&octets, &[]);
    refuses(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", &[]);
    refuses(b"records:\n  www: { TXT: \"\xff\xfe\" }\n", &["UTF-8"]);
    refuses(b"\xff\xfer\0e\0c\0o\0r\0d\0s\0:\0\n\0", &[]);
}

#[test]
fn a_file_of_50_megabytes() {
    let line = "  # This line says nothing at all, and it is there a million times over and over again.\n";
    let mut text = String::from("records:\n");
    while text.len() < 50 << 20 {
        text.push_str(line);
    }
    text.push_str("  www: { A: 192.0.2.1 }\n");
    let setup = setup().zone("a.example", &text);
    let begun = Instant::now();
    let run = setup.command("check").run().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(60), "it took {:?}", begun.elapsed());
    assert!(matches!(run.code, Some(0 | 65)), "{run}");
    if run.code == Some(65) {
        has(&run.stderr, &["a.example.yaml"]);
    }
    let garbage = vec![b'x'; 50 << 20];
    refuses(&garbage, &[]);
}

#[test]
fn deep_yaml() {
    refuses("[".repeat(100_000), &[]);
    refuses(format!("records: {}", "{ a: ".repeat(100_000)), &[]);
    let mut text = String::new();
    for depth in 0..2_000 {
        text.push_str(&" ".repeat(depth));
        text.push_str("a:\n");
    }
    refuses(&text, &[]);
}

#[test]
fn a_bomb_of_aliases() {
    let mut text = String::from("vars:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let list = vec![before; 10].join(", ");
        let _ = writeln!(text, "  a{level}: &a{level} [{list}]");
    }
    text.push_str("records:\n  www: { A: *a11 }\n");
    refuses(&text, &[]);
}

#[test]
fn what_is_there_twice() {
    shows!(refuses("records:\n  www: { A: 192.0.2.1 }\n  www: { A: 192.0.2.2 }\n", &[]), @r"
    error[yaml/duplicate-key]: `www` stands twice in one mapping
     --> zones/a.example.yaml:3:3
      |
    3 |   www: { A: 192.0.2.2 }
      |   ^^^ again here
     ::: zones/a.example.yaml:2:3
      |
    2 |   www: { A: 192.0.2.1 }
      |   --- first here
      |
      = help: join both under one `www`, or remove one

    error[record/duplicate]: www.a.example. A is declared twice
     --> zones/a.example.yaml:3:10
      |
    3 |   www: { A: 192.0.2.2 }
      |          ^ again here
     ::: zones/a.example.yaml:2:10
      |
    2 |   www: { A: 192.0.2.1 }
      |          - first here
      |
      = help: join the values in one place
    ");
    refuses("records:\n  www:\n    A: 192.0.2.1\n    A: 192.0.2.2\n", &[":4:5", "twice"]);
    refuses("ttl: 1h\nttl: 2h\nrecords:\n  www: { A: 192.0.2.1 }\n", &[":2:1"]);
    refuses("records:\n  www: { A: 192.0.2.1 }\n  WWW: { A: 192.0.2.2 }\n", &[":3:"]);
}

#[test]
fn every_error_of_every_file_in_one_run() {
    let setup = setup()
        .zone("a.example", "records:\n  www: { A: 192.0.2.256 }\n  ftp: { AA: 192.0.2.1 }\n  mail: { A: { tll: 5, value: 192.0.2.1 } }\n")
        .zone("b.example", "recrods:\n  www: { A: 192.0.2.1 }\n")
        .zone("c.example", "records:\n  www: { A: 192.0.2.1, CNAME: x }\n  \"@\": { CNAME: y }\n")
        .zone("d.example", "provider: other\nrecords:\n  www: { A: 192.0.2.1 }\n");
    let run = setup.run("check", 65);
    shows!(run.stderr, @r#"
    error[record/bad-value]: A: address: "192.0.2.256" is not an IPv4 address
     --> zones/a.example.yaml:2:13
      |
    2 |   www: { A: 192.0.2.256 }
      |             ^^^^^^^^^^^
      |
      = help: A is written like this: 192.0.2.1

    error[record/unknown-type]: `AA` is not a record type
     --> zones/a.example.yaml:3:10
      |
    3 |   ftp: { AA: 192.0.2.1 }
      |          ^^
      |
      = help: did you mean `CAA`?

    error[config/unknown-key]: `A` has no key `tll`
     --> zones/a.example.yaml:4:16
      |
    4 |   mail: { A: { tll: 5, value: 192.0.2.1 } }
      |                ^^^
      |
      = help: did you mean `ttl`?

    error[config/unknown-key]: a zone file has no key `recrods`
     --> zones/b.example.yaml:1:1
      |
    1 | recrods:
      | ^^^^^^^
      |
      = help: did you mean `records`?

    error[zone/cname-beside-data]: www.c.example. has a CNAME and A: a CNAME stands alone (RFC 1034 section 3.6.2)
     --> zones/c.example.yaml:2:24
      |
    2 |   www: { A: 192.0.2.1, CNAME: x }
      |                        ^^^^^
     ::: zones/c.example.yaml:2:10
      |
    2 |   www: { A: 192.0.2.1, CNAME: x }
      |          - beside this
      |
      = help: remove one of them, or write addresses in place of the CNAME

    error[zone/cname-at-apex]: a CNAME cannot stand at the apex, beside SOA and NS (RFC 1034 section 3.6.2)
     --> zones/c.example.yaml:3:10
      |
    3 |   "@": { CNAME: y }
      |          ^^^^^
      |
      = help: write the addresses, or ALIAS where the provider knows it

    error[config/unknown-provider]: no provider `other` is declared under `providers:`
     --> zones/d.example.yaml:1:11
      |
    1 | provider: other
      |           ^^^^^
      |
      = help: declare it there, or name another
    "#);
    assert_eq!(setup.run("plan", 65).stderr, run.stderr);
    shows!(run.stdout, @"4 zones, 0 RRsets: 7 errors, 0 warnings.");
}

#[test]
fn the_configuration_itself() {
    let at = |text: &str, code: i32, words: &[&str]| {
        let setup = Setup::new(text)
            .zone("a.example", "records:\n  www: { A: 192.0.2.1 }\n")
            .env("PDNS_API_KEY", "k");
        for command in ["check", "plan", "apply --yes"] {
            has(&setup.run(command, code).stderr, words);
        }
    };
    at("", 65, &["dnsctl.yaml"]);
    at(
        "providers:\n  main: { type: powerdsn, url: \"http://127.0.0.1:1\", api_key: k }\n",
        65,
        &["unknown type", "powerdsn", "did you mean \"powerdns\"?", "dnsctl.yaml:2"],
    );
    at(
        &NOWHERE.replace("url:", "ulr:"),
        65,
        &["unknown option \"ulr\"", "did you mean \"url\"?", "lacks the option \"url\""],
    );
    at(&NOWHERE.replace("api_key: { env: PDNS_API_KEY }", "x: 1"), 65, &["lacks the option \"api_key\""]);
    at(&format!("{NOWHERE}polcy: {{}}\n"), 65, &["polcy", "policy"]);
    at(&format!("{NOWHERE}verify: {{ deadline: soon }}\n"), 65, &["soon"]);
    // Nothing to do for want of zones would look as if all were well.
    for command in ["check", "plan", "apply --yes", "check --quiet", "export", "plan a.example"] {
        let run = setup().run(command, 65);
        has(&run.stderr, &["error[config/no-zones]", "zones/"]);
        assert_eq!(run.stderr.matches("config/no-zones").count(), 1, "{run}");
    }
    let config = format!("zones: [zone/*.yaml]\n{NOWHERE}");
    let setup = Setup::new(&config).zone("a.example", "records: {}\n").env("PDNS_API_KEY", "k");
    has(&setup.run("plan", 65).stderr, &["no file or folder matches `zone/*.yaml`", "dnsctl.yaml:1:9"]);
}

#[test]
fn no_configuration_at_all() {
    let setup = setup();
    setup.repository.remove("dnsctl.yaml").unwrap();
    shows!(setup.run("plan", 65).stderr, @r"
    error[config/not-found]: there is no dnsctl.yaml in this folder or above it
      hint: name one with --config FILE (an octoDNS production config works as it is), or start one with this line: providers: { main: { type: zonefile, directory: out } }
      zones are zones/NAME.yaml beside it; dnsctl providers lists the types, docs/configuration.md has every key
    ");
    // A path is shown as it was given.
    for path in ["other.yaml", "../no/other.yaml", "/no/other.yaml"] {
        let told = format!(
            "error[config/not-found]: the configuration {path} cannot be read: there is no such file"
        );
        has(&setup.run(&format!("plan --config {path}"), 65).stderr, &[&told]);
    }
    setup.write_zone("new.example", "records: { www: { A: 192.0.2.1 } }\n");
    let folder = setup.run("plan --config zones", 65);
    has(
        &folder.stderr,
        &["the configuration zones cannot be read: it is a folder", "--config zones/dnsctl.yaml"],
    );
    // The hint is true.
    let line = "providers: { main: { type: zonefile, directory: out } }\n";
    setup.repository.write("dnsctl.yaml", line).unwrap();
    setup.run("check", 0);
}

#[test]
fn options_of_a_wrong_form() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new("a.example")).unwrap();
    let setup = Setup::powerdns(&server, "").zone("a.example", "records:\n  ns1: { A: 127.0.0.1 }\n");
    let good = setup.repository.read("dnsctl.yaml").unwrap();
    for (option, words) in [
        ("timeout: soon", "a time"),
        ("concurrency: many", "a whole number"),
        ("kind: Nativ", "one of Native"),
        ("url: [a, b]", "one value"),
    ] {
        let text = if option.starts_with("url") {
            good.replace(&format!("url: \"{}\"", server.url()), option)
        } else {
            good.replace(" }\n", &format!(", {option} }}\n"))
        };
        setup.repository.write("dnsctl.yaml", text).unwrap();
        let run = setup.run("plan", 65);
        has(&format!("{}{}", run.stdout, run.stderr), &[words, "dnsctl.yaml:2"]);
    }
}

/// A link, as a person makes it.
#[track_caller]
fn link(setup: &Setup, target: &str, path: &str) {
    std::os::unix::fs::symlink(target, setup.repository.path().join(path)).unwrap();
}

#[track_caller]
fn pipe(setup: &Setup, path: &str) {
    assert!(setup.shell(&format!("mkfifo {path}")).run().unwrap().code == Some(0));
}

#[test]
fn a_zone_file_that_cannot_be_read_is_no_zone_file_that_is_gone() {
    let setup =
        Setup::new("providers:\n  main: { type: zonefile, directory: out }\ndefaults: { create: true }\n");
    setup.repository.write("out/kept", "").unwrap();
    setup.repository.write("shared/app.yaml", "records:\n  app: { A: 192.0.2.7 }\n").unwrap();
    setup
        .repository
        .write(
            "zones/ex.example/b.yaml",
            "records:\n  \"@\": { NS: ns1.example.net. }\n  www: { A: 192.0.2.1 }\n",
        )
        .unwrap();
    link(&setup, "../../shared/app.yaml", "zones/ex.example/app.yaml");
    setup.run("apply --yes --no-verify", 0);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
    setup.repository.remove("shared/app.yaml").unwrap();
    for command in ["check", "plan", "apply --yes", "plan ex.example"] {
        shows!(setup.run(command, 65).stderr, @r"
        error[yaml/unreadable]: it cannot be read: it is a link to `../../shared/app.yaml`, which does not exist
         --> zones/ex.example/app.yaml
          |
          = help: mend it, or remove it; without it, what it declares would be deleted
        ");
    }
}

#[test]
fn everything_that_matches_and_cannot_be_read_is_named() {
    let setup = setup().zone("a.example", "records:\n  www: { A: 192.0.2.1 }\n");
    setup.repository.write("zones/ex.example/deep/er/d.yaml", "records:\n  www: { A: 192.0.2.1 }\n").unwrap();
    setup.repository.write("zones/ex.example/keys/x.pub", "no zone file\n").unwrap();
    setup.repository.write("zones/ex.example/folder.yaml/x", "").unwrap();
    setup.repository.write("zones/folder.example.yaml/x", "").unwrap();
    pipe(&setup, "zones/ex.example/pipe.yaml");
    pipe(&setup, "zones/pipe.example.yaml");
    link(&setup, "loop.example.yaml", "zones/loop.example.yaml");
    link(&setup, "/dev/null", "zones/null.example.yaml");
    link(&setup, "nowhere", "zones/gone.example.yaml");
    link(&setup, "nowhere", "zones/folder-gone.example");
    let begun = Instant::now();
    let run = setup.run("check", 65);
    assert!(begun.elapsed() < Duration::from_secs(10), "it waited for a pipe");
    for (file, why) in [
        ("zones/ex.example/deep/er/d.yaml", "below `zones/ex.example`"),
        ("zones/ex.example/folder.yaml", "it is a folder"),
        ("zones/ex.example/pipe.yaml", "it is a pipe (FIFO)"),
        ("zones/pipe.example.yaml", "it is a pipe (FIFO)"),
        ("zones/folder.example.yaml", "it is a folder"),
        ("zones/loop.example.yaml", "it is a link to `loop.example.yaml`"),
        ("zones/null.example.yaml", "it is a device"),
        ("zones/gone.example.yaml", "it is a link to `nowhere`, which does not exist"),
        ("zones/folder-gone.example", "it is a link to `nowhere`, which does not exist"),
    ] {
        let about = run.stderr.split("\n\n").find(|part| part.contains(&format!("--> {file}\n")));
        assert!(
            about.is_some_and(|about| about.contains(why)),
            "{file}: {why} is missing in:\n{}",
            run.stderr
        );
    }
    has_not(&run.stderr, &["x.pub"]);
    assert_eq!(run.stderr.matches("error[").count(), 9, "{}", run.stderr);
}

#[test]
fn a_master_file_or_an_included_one_that_is_a_pipe() {
    let setup = Setup::new(&format!("zones: [\"zones/*\"]\n{NOWHERE}")).env("PDNS_API_KEY", "k");
    pipe(&setup, "pipe");
    setup.repository.write("zones/a.example.zone", "$TTL 1h\n$INCLUDE ../pipe\nwww A 192.0.2.1\n").unwrap();
    setup.write_zone("b.example", "include: ../pipe\nrecords:\n  www: { A: 192.0.2.1 }\n");
    pipe(&setup, "zones/c.example.zone");
    link(&setup, "nowhere", "zones/db.d.example");
    setup.repository.write("zones/customers/x.txt", "a folder that the pattern does not mean\n").unwrap();
    let begun = Instant::now();
    let run = setup.run("check", 65);
    assert!(begun.elapsed() < Duration::from_secs(10), "it waited for a pipe");
    has(
        &run.stderr,
        &["--> zones/c.example.zone", "--> zones/db.d.example", "it is a pipe (FIFO)", "`nowhere`"],
    );
    has_not(&run.stderr, &["customers"]);
}

#[test]
fn what_is_wrong_in_one_place_hides_nothing_else() {
    let with = |config: &str| {
        let setup = Setup::new(config)
            .env("PDNS_API_KEY", "k")
            .zone("a.example", "provider: main\nrecords:\n  www: { A: 192.0.2.256 }\n")
            .zone("b.example", "records:\n  www: { AA: 192.0.2.1 }\n");
        setup.repository.write("zones/c.example.yaml", b"records:\n  caf\xe9: { A: 192.0.2.1 }\n").unwrap();
        setup.write_zone("not a zone", "records:\n  www: { A: 192.0.2.1 }\n");
        setup
    };
    let setup = with(&format!("{NOWHERE}polcy: {{}}\n"));
    let run = setup.run("check", 65);
    shows!(run.stderr, @r#"
    error[config/unknown-key]: the configuration has no key `polcy`
     --> dnsctl.yaml:3:1
      |
    3 | polcy: {}
      | ^^^^^
      |
      = help: did you mean `policy`?

    error[yaml/not-text]: the byte 0xE9 is not UTF-8
     --> zones/c.example.yaml:2:6
      |
    2 |   caf�: { A: 192.0.2.1 }
      |      ^
      |
      = help: save the file as UTF-8; if it is no text, name the right file

    error[config/no-zone-name]: the file does not say which zone it is, and its name `not a zone` does not either
     --> zones/not a zone.yaml
      |
      = help: write `zone: NAME` at its top; a file that zones include belongs outside of the pattern under `zones:`

    error[record/bad-value]: A: address: "192.0.2.256" is not an IPv4 address
     --> zones/a.example.yaml:3:13
      |
    3 |   www: { A: 192.0.2.256 }
      |             ^^^^^^^^^^^
      |
      = help: A is written like this: 192.0.2.1

    error[record/unknown-type]: `AA` is not a record type
     --> zones/b.example.yaml:2:10
      |
    2 |   www: { AA: 192.0.2.1 }
      |          ^^
      |
      = help: did you mean `CAA`?
    "#);
    for command in ["plan", "apply --yes", "plan a.example"] {
        assert_eq!(setup.run(command, 65).stderr, run.stderr, "{command}");
    }
    has(&setup.run("check a.example", 65).stderr, &["polcy", "0xE9", "192.0.2.256"]);
    has(&setup.run("check c.example", 65).stderr, &["polcy", "0xE9"]);
    // What the configuration does not tell is not held against the zones.
    for config in ["provders: {}\n", "providers: nobody\n", "[]\n", "providers:\n  main: x\n"] {
        let run = with(config).run("check", 65);
        has(&run.stderr, &["dnsctl.yaml:"]);
        has_not(&run.stderr, &["unknown-provider", "no-provider"]);
    }
}

//! Configurations that are wrong, and what is told about them.

use super::*;

#[test]
fn wrong_configurations() {
    let text = r#"
zone: zones/*.yaml
providers:
  a: { url: x }
  b: zonefile
  c: { type: zonefile, secret: { evn: X } }
  d: { type: zonefile, secret: { env: X, file: Y } }
  e: { type: ~, x: [[y]] }
  f: { type: zonefile, secret: { command: [] } }
defaults: { provider: [a, g], ttl: 0x, create: 1 }
policy: { deletes: 5 }
verify: { deadline: soon, server: x }
plan: { life: 0 }
"#;
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", text)]), @r#"
    warning[config/no-zones]: there is no zone file in zones/
      = help: write one, named after its zone (zones/example.com.yaml), or say with `zones:` where they are

    error[config/unknown-key]: the configuration has no key `zone`
     --> dnsctl.yaml:2:1
      |
    2 | zone: zones/*.yaml
      | ^^^^
      |
      = help: did you mean `zones`?

    error[config/missing-key]: the provider `a` needs the key `type`
     --> dnsctl.yaml:4:3
      |
    4 |   a: { url: x }
      |   ^
      |
      = help: `dnsctl providers` lists the types

    error[config/wrong-kind]: the provider `b` must be a mapping (`key: value`), not text
     --> dnsctl.yaml:5:6
      |
    5 |   b: zonefile
      |      ^^^^^^^^
      |
      = help: write each as `key: value` on a line of its own

    error[config/bad-value]: `secret` must have one of the keys env, file and command
     --> dnsctl.yaml:6:32
      |
    6 |   c: { type: zonefile, secret: { ***: * } }
      |                                ^
      |
      = help: a secret is { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }

    error[config/unknown-key]: `secret` has no key `***`
     --> dnsctl.yaml:6:34
      |
    6 |   c: { type: zonefile, secret: { ***: * } }
      |                                  ^^^
      |
      = help: did you mean `env`?

    error[config/bad-value]: `secret` must have one of the keys env, file and command
     --> dnsctl.yaml:7:32
      |
    7 |   d: { type: zonefile, secret: { env: *, file: * } }
      |                                ^
      |
      = help: a secret is { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }

    error[config/no-value]: `type` has no value
     --> dnsctl.yaml:8:8
      |
    8 |   e: { type: ~, x: [[y]] }
      |        ^^^^
      |
      = help: write a value, or remove the key; text such as ~ needs quotes

    error[config/wrong-kind]: `x` must be text, not a list
     --> dnsctl.yaml:8:21
      |
    8 |   e: { type: ~, x: [[y]] }
      |                     ^
      |
      = help: write the one text, without [ ] or -

    error[config/bad-value]: `command` is empty
     --> dnsctl.yaml:9:43
      |
    9 |   f: { type: zonefile, secret: { command: [] } }
      |                                           ^
      |
      = help: write a program and its arguments

    error[config/unknown-provider]: no provider `g` is declared under `providers:`
      --> dnsctl.yaml:10:27
       |
    10 | defaults: { provider: [a, g], ttl: 0x, create: 1 }
       |                           ^
       |
       = help: declare it there, or name another

    error[config/bad-ttl]: "0x" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m)
      --> dnsctl.yaml:10:36
       |
    10 | defaults: { provider: [a, g], ttl: 0x, create: 1 }
       |                                    ^^

    error[config/bad-value]: `create` is `1`, not true or false
      --> dnsctl.yaml:10:48
       |
    10 | defaults: { provider: [a, g], ttl: 0x, create: 1 }
       |                                                ^
       |
       = help: write true or false

    error[config/wrong-kind]: `deletes` must be a mapping (`key: value`), not text
      --> dnsctl.yaml:11:20
       |
    11 | policy: { deletes: 5 }
       |                    ^
       |
       = help: write each as `key: value` on a line of its own

    error[config/bad-value]: `deadline` is `soon`, not a time
      --> dnsctl.yaml:12:21
       |
    12 | verify: { deadline: soon, server: x }
       |                     ^^^^
       |
       = help: write seconds, or a number with a unit: 30s, 5m, 24h, 7d

    error[config/unknown-key]: `verify` has no key `server`
      --> dnsctl.yaml:12:27
       |
    12 | verify: { deadline: soon, server: x }
       |                           ^^^^^^
       |
       = help: did you mean `servers`?

    error[config/bad-value]: `life` is `0`, not a time
      --> dnsctl.yaml:13:15
       |
    13 | plan: { life: 0 }
       |               ^
       |
       = help: write seconds, or a number with a unit: 30s, 5m, 24h, 7d
    "#);
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", "zones: zones/*.yaml\n")]), @"
    error[config/missing-key]: the configuration needs the key `providers`
     --> dnsctl.yaml:1:1
      |
    1 | zones: zones/*.yaml
      | ^^^^^
      |
      = help: The services and servers that hold zones, by names that you choose

    warning[config/no-zones]: no file or folder matches `zones/*.yaml`
     --> dnsctl.yaml:1:8
      |
    1 | zones: zones/*.yaml
      |        ^^^^^^^^^^^^
      |
      = help: patterns start at the folder of this file
    ");
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", "providers: {}\nzones: [x, 'zones', 'a[']\n"), ("zones/a.example.yaml", "x")]), @"
    error[config/bad-value]: no provider is declared
     --> dnsctl.yaml:1:12
      |
    1 | providers: {}
      |            ^
      |
      = help: write a name and its type: main: { type: zonefile, directory: out/ }

    warning[config/no-zones]: no file or folder matches `x`
     --> dnsctl.yaml:2:9
      |
    2 | zones: [x, 'zones', 'a[']
      |         ^
      |
      = help: patterns start at the folder of this file

    error[config/bad-pattern]: `zones` names no zone files: this is a folder: write zones/*.yaml for the files in it, or zones/ if it is one zone in several files
     --> dnsctl.yaml:2:12
      |
    2 | zones: [x, 'zones', 'a[']
      |            ^^^^^^^
      |
      = help: write a pattern such as zones/*.yaml

    error[config/bad-pattern]: `a[` names no zone files: unclosed character class; missing ']'
     --> dnsctl.yaml:2:21
      |
    2 | zones: [x, 'zones', 'a[']
      |                     ^^^^
      |
      = help: write a pattern such as zones/*.yaml
    ");
}

#[test]
fn files_that_do_not_say_their_zone() {
    insta::assert_snapshot!(problems_of(&[
        ("dnsctl.yaml", &format!("{CONFIG}zones: [zones/**/*.yaml, zones/*.*/]\n")),
        ("zones/common.yaml", "records: { www: { A: 192.0.2.1 } }"),
        ("zones/a b.example.yaml", "records: { www: { A: 192.0.2.1 } }"),
        ("zones/c.yaml", "zone: a..b\n"),
        ("zones/d/a.example.yaml", "records: { www: { A: 192.0.2.1 } }"),
        ("zones/e/a.example.yaml", "records: { www: { A: 192.0.2.1 } }"),
        ("zones/f.yaml", "zone: &x\n"),
    ]), @r#"
    warning[config/no-zones]: no file or folder matches `zones/*.*/`
     --> dnsctl.yaml:5:26
      |
    5 | zones: [zones/**/*.yaml, zones/*.*/]
      |                          ^^^^^^^^^^
      |
      = help: patterns start at the folder of this file

    error[config/no-zone-name]: the file does not say which zone it is, and its name `a b.example` does not either
     --> zones/a b.example.yaml
      |
      = help: write `zone: NAME` at its top; a file that zones include belongs outside of the pattern under `zones:`

    error[config/bad-zone-name]: this is no zone name: the name "a..b" has an empty label (two dots in a row, or one at the start)
     --> zones/c.yaml:1:7
      |
    1 | zone: a..b
      |       ^^^^
      |
      = help: take the dot that is too much away

    error[config/no-zone-name]: the file does not say which zone it is, and its name `common` does not either
     --> zones/common.yaml
      |
      = help: write `zone: NAME` at its top; a file that zones include belongs outside of the pattern under `zones:`

    error[config/zone-twice]: the zone a.example. is declared twice, each time by the name of a file
     --> zones/e/a.example.yaml
     ::: zones/d/a.example.yaml
      = first here
      |
      = help: remove one; or write `zone: a.example` into both if they are its parts

    error[record/duplicate]: www.a.example. A is declared twice
     --> zones/e/a.example.yaml:1:19
      |
    1 | records: { www: { A: 192.0.2.1 } }
      |                   ^ again here
     ::: zones/d/a.example.yaml:1:19
      |
    1 | records: { www: { A: 192.0.2.1 } }
      |                   - first here
      |
      = help: join the values in one place

    error[config/no-zone-name]: the file does not say which zone it is, and its name `f` does not either
     --> zones/f.yaml
      |
      = help: write `zone: NAME` at its top; a file that zones include belongs outside of the pattern under `zones:`
    "#);
}

#[test]
fn no_zones_at_all() {
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", CONFIG)]), @"
    warning[config/no-zones]: there is no zone file in zones/
      = help: write one, named after its zone (zones/example.com.yaml), or say with `zones:` where they are
    ");
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", &format!("{CONFIG}zones: zone/*.yaml\n"))]), @"
    warning[config/no-zones]: no file or folder matches `zone/*.yaml`
     --> dnsctl.yaml:5:8
      |
    5 | zones: zone/*.yaml
      |        ^^^^^^^^^^^
      |
      = help: patterns start at the folder of this file
    ");
    let (project, ..) = load(&[("nothing", "")]);
    let found = project.diagnostics.render(&project.files, false);
    assert!(found.contains("yaml/unreadable") && found.contains("dnsctl.yaml"), "{found}");
}

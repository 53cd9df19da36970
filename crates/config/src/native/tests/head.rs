//! What stands above the records.

use crate::testing::{CONFIG, load, problems, problems_of, zone};

#[test]
fn every_key() {
    let text = r#"
zone: example.com
provider: main
ttl: 300
create: true
manage: declared
servers: [127.0.0.1:5300, ns1.example.net, { name: ns2.example.net, address: 192.0.2.53, port: 54, provider: main }]
policy: { deletes: { max: 7, percent: 12.5, from: 1 }, updates: { percent: 30%, from: 3 } }
ignore:
  - name: "@"
    type: [NS, soa]
  - { name: "k8s-*.**", except: TXT }
  - { name: bücher }
  - { name: 'a\*b' }
ack:
  - { rule: guard/last-mx, at: "@ MX", until: 2026-12-31, why: domain stops mail }
  - { rule: guard/wildcard, until: 2026-12-31, why: wanted }
records: { a: { A: 192.0.2.1 } }
"#;
    let (project, loaded, diagnostics) = zone(text);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(&project.files, false));
    let zone = loaded.zone.unwrap();
    insta::assert_snapshot!(format!("{:?}\n{:?}\n{:?}\n{:?}\n{}", zone.policy, zone.servers, zone.ignore, zone.acknowledgements, zone.source), @r#"
    Policy { deletes_max: 7, deletes_percent: 12.5, updates_percent: 30.0, deletes_from: 1, updates_from: 3 }
    [ServerAddress { name: "127.0.0.1", address: Some(127.0.0.1), port: 5300, provider: None }, ServerAddress { name: "ns1.example.net", address: None, port: 53, provider: None }, ServerAddress { name: "ns2.example.net", address: Some(192.0.2.53), port: 54, provider: Some("main") }]
    [IgnoreRule { name: "@", types: [NS, SOA], except: [], source: Source { file: "zones/example.com.yaml", line: 10, column: 5 } }, IgnoreRule { name: "k8s-*.**", types: [], except: [TXT], source: Source { file: "zones/example.com.yaml", line: 12, column: 5 } }, IgnoreRule { name: "xn--bcher-kva", types: [], except: [], source: Source { file: "zones/example.com.yaml", line: 13, column: 5 } }, IgnoreRule { name: "a\\*b", types: [], except: [], source: Source { file: "zones/example.com.yaml", line: 14, column: 5 } }]
    [Acknowledgement { rule: "guard/last-mx", at: Some((Name(example.com.), Some(MX))), until: "2026-12-31", why: "domain stops mail", weight: None, source: Source { file: "zones/example.com.yaml", line: 16, column: 5 } }, Acknowledgement { rule: "guard/wildcard", at: None, until: "2026-12-31", why: "wanted", weight: None, source: Source { file: "zones/example.com.yaml", line: 17, column: 5 } }]
    zones/example.com.yaml:2:7
    "#);
    assert!(
        zone.create
            && zone.manage == dnsctl_zone::Manage::Declared
            && zone.wishes[0].rrset.ttl.seconds() == 300
    );
}

#[test]
fn what_the_configuration_says_holds_for_all() {
    let config = "providers: { main: { type: zonefile } }\ndefaults: { ttl: 5m, create: true }\npolicy: { deletes: { max: 9 } }\nverify: { servers: [192.0.2.53] }\n";
    let (_, loaded, _) = load(&[
        ("dnsctl.yaml", config),
        ("zones/a.example.yaml", "records: { a: { A: 192.0.2.1 } }"),
        (
            "zones/b.example.yaml",
            "create: false\nttl: 1h\npolicy: { deletes: { percent: 50 } }\nservers: []\nrecords: { a: { A: 192.0.2.1 } }",
        ),
    ]);
    let [a, b] = [0, 1].map(|index| loaded[index].zone.as_ref().unwrap());
    assert_eq!((a.create, a.wishes[0].rrset.ttl.seconds(), &*a.providers[0]), (true, 300, "main"));
    assert_eq!((b.create, b.wishes[0].rrset.ttl.seconds()), (false, 3600));
    assert_eq!((a.policy.deletes_max, b.policy.deletes_max), (9, 9));
    assert!((b.policy.deletes_percent - 50.0).abs() < f64::EPSILON);
    assert_eq!((a.servers.len(), b.servers.len()), (1, 0));
}

#[test]
fn wrong_keys() {
    let text = r#"
zone: example.com
povider: main
provider: [main, edgy, main]
ttl: 1x
create: yes
manage: some
servers: [":53", { port: 53 }, { name: a, address: b }, { name: a, port: 99999 }]
policy: { deletes: { max: -1, percent: 200 }, updates: { percent: many, from: 0 }, x: 1 }
mail: { receives: true }
ignore:
  - { type: TXT }
  - { name: www.example.com }
  - { name: "a**", type: TTX }
  - x
ack:
  - { rule: guard/last-mx, at: "@ MX" }
  - { rule: guard/last-mx, until: 31.12.2026, why: x }
  - { rule: guard/last-mx, at: "@ MX extra", until: 2026-02-30, why: "" }
  - { rule: guard/last-mx, at: www.example.org. A, until: 2026-12-31, why: x }
vars: { 1a: x, b: ~, c: [x] }
records: []
include: 5
"#;
    insta::assert_snapshot!(problems(text), @r#"
    error[config/unknown-key]: a zone file has no key `povider`
     --> zones/example.com.yaml:3:1
      |
    3 | povider: main
      | ^^^^^^^
      |
      = help: did you mean `provider`?

    error[config/unknown-provider]: no provider `edgy` is declared under `providers:`
     --> zones/example.com.yaml:4:18
      |
    4 | provider: [main, edgy, main]
      |                  ^^^^
      |
      = help: did you mean `edge`?

    error[config/bad-value]: the provider `main` is named twice
     --> zones/example.com.yaml:4:24
      |
    4 | provider: [main, edgy, main]
      |                        ^^^^
      |
      = help: name it once

    error[config/bad-ttl]: "1x" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m)
     --> zones/example.com.yaml:5:6
      |
    5 | ttl: 1x
      |      ^^

    error[config/bad-value]: `create` is `yes`, not true or false
     --> zones/example.com.yaml:6:9
      |
    6 | create: yes
      |         ^^^
      |
      = help: write true or false

    error[config/bad-value]: `manage` cannot be `some`
     --> zones/example.com.yaml:7:9
      |
    7 | manage: some
      |         ^^^^
      |
      = help: write all or declared

    error[config/bad-value]: `:53` is not a server
     --> zones/example.com.yaml:8:11
      |
    8 | servers: [":53", { port: 53 }, { name: a, address: b }, { name: a, port: 99999 }]
      |           ^^^^^
      |
      = help: write a name or an address, and a port if it is not 53: 192.0.2.53, [2001:db8::53]:5300, ns1.example.net

    error[config/bad-value]: a server needs the key `name` or `address`
     --> zones/example.com.yaml:8:18
      |
    8 | servers: [":53", { port: 53 }, { name: a, address: b }, { name: a, port: 99999 }]
      |                  ^
      |
      = help: write one of them

    error[config/bad-value]: `b` is not an IP address
     --> zones/example.com.yaml:8:52
      |
    8 | servers: [":53", { port: 53 }, { name: a, address: b }, { name: a, port: 99999 }]
      |                                                    ^
      |
      = help: write one such as 192.0.2.53 or 2001:db8::53

    error[config/bad-value]: `99999` is not a port
     --> zones/example.com.yaml:8:74
      |
    8 | servers: [":53", { port: 53 }, { name: a, address: b }, { name: a, port: 99999 }]
      |                                                                          ^^^^^
      |
      = help: write a number from 1 to 65535

    error[config/bad-value]: `max` is `-1`, not a whole number
     --> zones/example.com.yaml:9:27
      |
    9 | policy: { deletes: { max: -1, percent: 200 }, updates: { percent: many, from: 0 }, x: 1 }
      |                           ^^
      |
      = help: write a number such as 5

    error[config/bad-value]: `percent` is `200`, not a number from 0 to 100
     --> zones/example.com.yaml:9:40
      |
    9 | policy: { deletes: { max: -1, percent: 200 }, updates: { percent: many, from: 0 }, x: 1 }
      |                                        ^^^
      |
      = help: write one such as 10

    error[config/bad-value]: `percent` is `many`, not a number from 0 to 100
     --> zones/example.com.yaml:9:67
      |
    9 | policy: { deletes: { max: -1, percent: 200 }, updates: { percent: many, from: 0 }, x: 1 }
      |                                                                   ^^^^
      |
      = help: write one such as 10

    error[config/bad-value]: `from` is 0
     --> zones/example.com.yaml:9:79
      |
    9 | policy: { deletes: { max: -1, percent: 200 }, updates: { percent: many, from: 0 }, x: 1 }
      |                                                                               ^
      |
      = help: write a number from 1 up

    error[config/unknown-key]: `policy` has no key `x`
     --> zones/example.com.yaml:9:84
      |
    9 | policy: { deletes: { max: -1, percent: 200 }, updates: { percent: many, from: 0 }, x: 1 }
      |                                                                                    ^
      |
      = help: the keys are deletes, updates

    error[mail/sends]: the block does not say who sends mail with addresses of the domain
      --> zones/example.com.yaml:10:7
       |
    10 | mail: { receives: true }
       |       ^
       |
       = help: write `senders: [HOST]`, or `sends: false`

    error[mail/receives]: the domain is to receive mail, but no host takes it
      --> zones/example.com.yaml:10:9
       |
    10 | mail: { receives: true }
       |         ^^^^^^^^
       |
       = help: write `mx: { 10: HOST }`, or `receives: false`

    error[config/missing-key]: an ignore rule needs the key `name`
      --> zones/example.com.yaml:12:5
       |
    12 |   - { type: TXT }
       |     ^
       |
       = help: Owner names, from the apex down: * is any part of one label, ** any number of labels, @ the apex

    error[config/bad-value]: the pattern `www.example.com` is not relative to the zone
      --> zones/example.com.yaml:13:13
       |
    13 |   - { name: www.example.com }
       |             ^^^^^^^^^^^^^^^
       |
       = help: write it from the apex down, without the zone's name: www, _acme-challenge.**, k8s-*

    error[record/unknown-type]: `TTX` is not a record type
      --> zones/example.com.yaml:14:26
       |
    14 |   - { name: "a**", type: TTX }
       |                          ^^^
       |
       = help: did you mean `TXT`?

    error[config/wrong-kind]: an ignore rule must be a mapping (`key: value`), not text
      --> zones/example.com.yaml:15:5
       |
    15 |   - x
       |     ^
       |
       = help: write each as `key: value` on a line of its own

    error[config/missing-key]: an acknowledgement needs the key `until`
      --> zones/example.com.yaml:17:5
       |
    17 |   - { rule: guard/last-mx, at: "@ MX" }
       |     ^
       |
       = help: The last day on which it holds, as YYYY-MM-DD

    error[config/missing-key]: an acknowledgement needs the key `why`
      --> zones/example.com.yaml:17:5
       |
    17 |   - { rule: guard/last-mx, at: "@ MX" }
       |     ^
       |
       = help: The reason, for those who review it

    error[config/bad-value]: `31.12.2026` is not a day
      --> zones/example.com.yaml:18:35
       |
    18 |   - { rule: guard/last-mx, until: 31.12.2026, why: x }
       |                                   ^^^^^^^^^^
       |
       = help: write it as YYYY-MM-DD, such as 2026-12-31

    error[config/bad-value]: `@ MX extra` is not an owner name and a type
      --> zones/example.com.yaml:19:32
       |
    19 |   - { rule: guard/last-mx, at: "@ MX extra", until: 2026-02-30, why: "" }
       |                                ^^^^^^^^^^^^
       |
       = help: write both, such as "@ MX"

    error[config/bad-value]: `2026-02-30` is not a day
      --> zones/example.com.yaml:19:53
       |
    19 |   - { rule: guard/last-mx, at: "@ MX extra", until: 2026-02-30, why: "" }
       |                                                     ^^^^^^^^^^
       |
       = help: write it as YYYY-MM-DD, such as 2026-12-31

    error[config/bad-value]: `why` is empty
      --> zones/example.com.yaml:19:70
       |
    19 |   - { rule: guard/last-mx, at: "@ MX extra", until: 2026-02-30, why: "" }
       |                                                                      ^^
       |
       = help: write something

    error[config/bad-value]: www.example.org. is not in the zone example.com.
      --> zones/example.com.yaml:20:32
       |
    20 |   - { rule: guard/last-mx, at: www.example.org. A, until: 2026-12-31, why: x }
       |                                ^^^^^^^^^^^^^^^^^^
       |
       = help: write the owner name from the apex down

    error[config/bad-variable]: `1a` is not the name of a variable
      --> zones/example.com.yaml:21:9
       |
    21 | vars: { 1a: x, b: ~, c: [x] }
       |         ^^
       |
       = help: use letters, digits, _ and -, and start with a letter

    error[config/no-value]: `b` has no value
      --> zones/example.com.yaml:21:16
       |
    21 | vars: { 1a: x, b: ~, c: [x] }
       |                ^
       |
       = help: write a value, or remove the key; text such as ~ needs quotes

    error[config/wrong-kind]: a variable must be text, not a list
      --> zones/example.com.yaml:21:25
       |
    21 | vars: { 1a: x, b: ~, c: [x] }
       |                         ^
       |
       = help: write the one text, without [ ] or -

    error[config/wrong-kind]: `records` must be a mapping (`key: value`), not a list
      --> zones/example.com.yaml:22:10
       |
    22 | records: []
       |          ^
       |
       = help: write `key: value` lines, without [ ] or -

    error[config/bad-include]: `5` cannot be included: there is no such file
      --> zones/example.com.yaml:23:10
       |
    23 | include: 5
       |          ^
       |
       = help: the path starts at the folder of this file
    "#);
}

#[test]
fn acknowledgements_with_a_weight() {
    let text = "ack:\n- { rule: mx.single, until: 2026-12-31, why: x, weight: error }\n\
                - { rule: mx.single, until: 2026-12-31, why: x, weight: fatal }\n\
                - { rule: guard/wildcard, until: 2026-12-31, why: x, weight: note }\nrecords: { a: { A: 192.0.2.1 } }";
    insta::assert_snapshot!(problems(text), @"
    error[config/bad-value]: `fatal` is no weight
     --> zones/example.com.yaml:3:57
      |
    3 | - { rule: mx.single, until: 2026-12-31, why: x, weight: fatal }
      |                                                         ^^^^^
      |
      = help: write critical, error, warning, note or info

    error[config/bad-value]: a guard stops a plan or lets it pass: it has no weight
     --> zones/example.com.yaml:4:62
      |
    4 | - { rule: guard/wildcard, until: 2026-12-31, why: x, weight: note }
      |                                                              ^^^^
      |
      = help: remove `weight`
    ");
    let (_, loaded, _) =
        zone("ack: [{ rule: mx.single, until: 2026-12-31, why: x, weight: error }]\nrecords: {}");
    assert_eq!(loaded.zone.unwrap().acknowledgements[0].weight.as_deref(), Some("error"));
}

#[test]
fn acknowledgements_name_known_rules() {
    let text = "ack: [{ rule: guard/last-xm, until: 2026-12-31, why: x }]\nrecords: { a: { A: 192.0.2.1 } }";
    let (mut project, loaded, _) = zone(text);
    assert!(loaded.zone.is_some(), "without a list all are allowed");
    project.rules = vec!["guard/last-mx".to_owned(), "guard/wildcard".to_owned()];
    // The files were read when the project was opened.
    let found = project.load(&project.units[0]).diagnostics;
    insta::assert_snapshot!(found.render(&project.files, false), @"
    error[config/unknown-rule]: there is no rule `guard/last-xm`
     --> zones/example.com.yaml:1:15
      |
    1 | ack: [{ rule: guard/last-xm, until: 2026-12-31, why: x }]
      |               ^^^^^^^^^^^^^
      |
      = help: did you mean `guard/last-mx`?
    ");
}

#[test]
fn an_ignored_record_is_an_error() {
    let text = "records:\n  a: { A: 192.0.2.1, TXT: x }\n  _acme-challenge.www: { TXT: x }\nignore:\n  - { name: _acme-challenge.**, type: TXT }\n";
    insta::assert_snapshot!(problems(text), @"
    error[record/ignored]: _acme-challenge.www.example.com. TXT is declared, but an ignore rule covers it: it would never be written
     --> zones/example.com.yaml:3:26
      |
    3 |   _acme-challenge.www: { TXT: x }
      |                          ^^^
     ::: zones/example.com.yaml:5:5
      |
    5 |   - { name: _acme-challenge.**, type: TXT }
      |     - ignored here
      |
      = help: remove the record, or make the rule narrower
    ");
}

#[test]
fn a_zone_needs_a_provider() {
    let two = "providers: { a: { type: zonefile }, b: { type: zonefile } }\n";
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", two), ("zones/a.example.yaml", "records: { a: { A: 192.0.2.1 } }")]), @"
    error[config/no-provider]: the zone a.example. does not say which provider holds it
     --> zones/a.example.yaml
      |
      = help: write `provider: NAME` here, or `defaults: { provider: NAME }` into the configuration
    ");
}

#[test]
fn a_zone_without_records_is_told() {
    insta::assert_snapshot!(problems("records: {}"), @"
    warning[zone/empty]: the zone example.com. has no records
     --> zones/example.com.yaml
      |
      = help: a plan that deletes all records is blocked unless it is acknowledged
    ");
    assert!(zone("records: {}").1.zone.unwrap().wishes.is_empty());
    let (_, loaded, found) = load(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", "ttl: 1h\n")]);
    assert!(loaded[0].zone.is_some() && found.len() == 1);
}

#[test]
fn servers_of_providers_that_are_not_there() {
    let config = format!("{CONFIG}verify: {{ servers: {{ address: 192.0.2.53, provider: mian }} }}\n");
    let zone = "provider: [main, edge]\nservers: [{ name: ns1, provider: edge }, { name: ns2, provider: eedge }]\n\
                records: { a: { A: 192.0.2.1 } }\n";
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", &config), ("zones/a.example.yaml", zone)]), @"
    error[config/unknown-provider]: no provider `mian` is declared under `providers:`
     --> dnsctl.yaml:5:53
      |
    5 | verify: { servers: { address: 192.0.2.53, provider: mian } }
      |                                                     ^^^^
      |
      = help: did you mean `main`?

    error[config/unknown-provider]: no provider `eedge` is declared under `providers:`
     --> zones/a.example.yaml:2:65
      |
    2 | servers: [{ name: ns1, provider: edge }, { name: ns2, provider: eedge }]
      |                                                                 ^^^^^
      |
      = help: did you mean `edge`?
    ");
}

/// Nobody asks it, so it must not look as if somebody did. In `verify.servers` it may be there for other zones.
#[test]
fn servers_of_providers_that_do_not_hold_the_zone() {
    let config = format!(
        "{CONFIG}verify: {{ servers: [{{ name: a, provider: main }}, {{ name: b, provider: edge }}] }}\n"
    );
    let zone = "records: { a: { A: 192.0.2.1 } }\n";
    assert!(load(&[("dnsctl.yaml", &config), ("zones/a.example.yaml", zone)]).2.is_empty());
    let zone = format!("servers: [{{ name: ns1, provider: main }}, {{ name: ns2, provider: edge }}]\n{zone}");
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", &config), ("zones/a.example.yaml", &zone)]), @"
    warning[config/server-elsewhere]: this server is never asked: the zone a.example. is not at the provider `edge`
     --> zones/a.example.yaml:1:65
      |
    1 | servers: [{ name: ns1, provider: main }, { name: ns2, provider: edge }]
      |                                                                 ^^^^
      |
      = help: name a provider of the zone (main), or remove the server
    ");
    assert!(load(&[("dnsctl.yaml", &config), ("zones/a.example.yaml", &zone)]).1[0].zone.is_some());
}

mod wrong;

use std::path::Path;

use crate::testing::{CONFIG, Repository, load, problems_of};
use crate::{FILE_NAME, Format, Project, RawValue, SecretSource};

#[test]
fn a_whole_configuration() {
    let text = r#"
zones: [zones/*.yaml, "more/*/"]
providers:
  main: { type: powerdns, url: "http://127.0.0.1:8081", api_key: { env: PDNS_API_KEY }, timeout: 30 }
  files: { type: zonefile, directory: out/ }
  other: { type: rfc2136, servers: [192.0.2.1, 192.0.2.2], secret: { file: key.txt }, more: { command: [pass, dns] } }
defaults: { provider: [main, files], ttl: 2h, create: true }
policy: { deletes: { max: 7, from: 3, total: 40 }, updates: { percent: 20 } }
verify: { deadline: 90s, servers: "192.0.2.53" }
plan: { life: 2h }
"#;
    let (project, _, diagnostics) = load(&[
        ("dnsctl.yaml", text),
        ("zones/b.example.yaml", "records: { a: { A: 192.0.2.1 } }"),
        ("zones/a.yaml", "ttl: 1h\nzone: a.example\nrecords: { a: { A: 192.0.2.1 } }"),
        ("more/c.example/x.yaml", "records: { a: { A: 192.0.2.1 } }"),
    ]);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(&project.files, false));
    assert_eq!(project.format, Format::Native);
    insta::assert_snapshot!(format!("{:#?}\n{:#?}", project.settings, project.providers), @r#"
    ProjectSettings {
        defaults: Defaults {
            providers: [
                "main",
                "files",
            ],
            ttl: Ttl(
                7200,
            ),
            create: true,
            expected: Expected {
                name_servers: None,
                special_addresses: false,
            },
        },
        policy: Policy {
            deletes_max: 7,
            deletes_percent: 10.0,
            updates_percent: 20.0,
            deletes_from: 3,
            updates_from: 10,
        },
        deletes_total: Some(
            40,
        ),
        verify: Verify {
            deadline: Some(
                90s,
            ),
            servers: [
                ServerAddress {
                    name: "192.0.2.53",
                    address: Some(
                        192.0.2.53,
                    ),
                    port: 53,
                    provider: None,
                },
            ],
        },
        plan: PlanSettings {
            life: Some(
                7200s,
            ),
        },
    }
    [
        ProviderEntry {
            name: "main",
            kind: Some(
                "powerdns",
            ),
            class: None,
            options: [
                ProviderOption {
                    key: "url",
                    value: Text(…),
                    source: Source {
                        file: "dnsctl.yaml",
                        line: 4,
                        column: 32,
                    },
                },
                ProviderOption {
                    key: "api_key",
                    value: Secret(
                        Env(
                            "PDNS_API_KEY",
                        ),
                    ),
                    source: Source {
                        file: "dnsctl.yaml",
                        line: 4,
                        column: 66,
                    },
                },
                ProviderOption {
                    key: "timeout",
                    value: Text(…),
                    source: Source {
                        file: "dnsctl.yaml",
                        line: 4,
                        column: 98,
                    },
                },
            ],
            source: Source {
                file: "dnsctl.yaml",
                line: 4,
                column: 3,
            },
        },
        ProviderEntry {
            name: "files",
            kind: Some(
                "zonefile",
            ),
            class: None,
            options: [
                ProviderOption {
                    key: "directory",
                    value: Text(…),
                    source: Source {
                        file: "dnsctl.yaml",
                        line: 5,
                        column: 39,
                    },
                },
            ],
            source: Source {
                file: "dnsctl.yaml",
                line: 5,
                column: 3,
            },
        },
        ProviderEntry {
            name: "other",
            kind: Some(
                "rfc2136",
            ),
            class: None,
            options: [
                ProviderOption {
                    key: "servers",
                    value: List(2 items),
                    source: Source {
                        file: "dnsctl.yaml",
                        line: 6,
                        column: 36,
                    },
                },
                ProviderOption {
                    key: "secret",
                    value: Secret(
                        File(
                            "key.txt",
                        ),
                    ),
                    source: Source {
                        file: "dnsctl.yaml",
                        line: 6,
                        column: 68,
                    },
                },
                ProviderOption {
                    key: "more",
                    value: Secret(
                        Command(
                            Some(
                                "pass",
                            ),
                            ..
                        ),
                    ),
                    source: Source {
                        file: "dnsctl.yaml",
                        line: 6,
                        column: 93,
                    },
                },
            ],
            source: Source {
                file: "dnsctl.yaml",
                line: 6,
                column: 3,
            },
        },
    ]
    "#);
    let units: Vec<String> =
        project.units.iter().map(|unit| format!("{} {}", unit.apex, unit.source)).collect();
    assert_eq!(
        units,
        [
            "a.example. zones/a.yaml:2:7",
            "b.example. zones/b.example.yaml",
            "c.example. more/c.example/x.yaml"
        ]
    );
    assert_eq!(project.zone_files().len(), 3);
}

#[test]
fn a_name_that_only_a_yaml_reader_finds() {
    let (project, loaded, found) = load(&[
        ("dnsctl.yaml", CONFIG),
        ("zones/a.yaml", "{\"zone\": \"a.example\", \"records\": {\"www\": {\"A\": \"192.0.2.1\"}}}"),
        ("zones/b.yaml", "zone:\n  b.example\nrecords: { www: { A: 192.0.2.1 } }"),
        ("zones/c.yaml", "  zone: c.example\n  records: { www: { A: 192.0.2.1 } }"),
    ]);
    assert!(found.is_empty(), "{}", found.render(&project.files, false));
    assert!(loaded.len() == 3 && loaded.iter().all(|loaded| loaded.zone.is_some()));
    // What the quick look took for the name is checked by the reader.
    let text = "x: |\n  a\n? zone\n: b.example\nrecords: { www: { A: 192.0.2.1 } }";
    insta::assert_snapshot!(problems_of(&[("dnsctl.yaml", CONFIG), ("zones/a.example.yaml", text)]), @"
    error[config/unknown-key]: a zone file has no key `x`
     --> zones/a.example.yaml:1:1
      |
    1 | x: |
      | ^
      |
      = help: the keys are zone, provider, ttl, create, manage, lenient, mail, records, ignore, ack, policy, servers, name_servers, special_addresses, include, vars

    error[config/zone-mismatch]: the file was taken for the zone a.example., but `zone` says `b.example`
     --> zones/a.example.yaml:4:3
      |
    4 | : b.example
      |   ^^^^^^^^^
      |
      = help: write `zone: NAME` on one line that starts with `zone:`
    ");
}

#[test]
fn the_configuration_is_found_from_below() {
    let repository = Repository::new(&[(FILE_NAME, CONFIG), ("zones/sub/x", "")]);
    let found = |path: &str| Project::find(&repository.path().join(path));
    let expected = Some(repository.path().join(FILE_NAME));
    assert_eq!(found(""), expected);
    assert_eq!(found("zones/sub"), expected);
    assert_eq!(Project::find(Path::new("/")), None);
}

#[test]
fn secrets_are_not_printed() {
    let text = "providers: { main: { type: powerdns, api_key: hunter2, other: [hunter2] } }\n";
    let (project, ..) = load(&[("dnsctl.yaml", text), ("zones/a.example.yaml", "records: {}")]);
    let shown = problems_of(&[("dnsctl.yaml", "providers:\n  main: { typ: powerdns, api_key: hunter2 }\n")]);
    assert!(shown.contains("api_key: *******") && !shown.contains("hunter2"), "{shown}");
    assert!(!format!("{:?}", project.providers).contains("hunter2"));
    let [key, other] = &*project.providers[0].options else { panic!("two options") };
    assert_eq!(key.value, RawValue::Text("hunter2".to_owned()));
    let (secret, warning) = key.secret().unwrap();
    assert_eq!(secret, SecretSource::Literal("hunter2".to_owned()));
    assert!(!format!("{secret:?}").contains("hunter2"));
    let warning = warning.unwrap();
    assert_eq!((warning.code, warning.source.unwrap().line), ("config/literal-secret", 1));
    assert_eq!(other.secret().unwrap_err().code, "config/wrong-kind");
}

//! `dnsctl fmt`: files look the same, keep their comments and mean the same.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has};
use dnsctl_harness::{PowerDns, require};

const UGLY: &str = "# why this zone is here
ttl:   3600   # an hour
records:
    \"@\": {A:   203.0.113.10 ,   MX: '10 mail'}   # mail moves in May

    # the mail server
    mail:
        A:
            - 198.51.100.25
    www: {CNAME: \"@\"}
    ns1: {A: 127.0.0.1}
";

#[test]
fn comments_and_meaning_stay() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&before()).unwrap();
    let setup = Setup::powerdns(&server, "").zone(ZONE, UGLY);
    let path = format!("zones/{ZONE}.yaml");
    let ugly = setup.run("plan --report json=ugly.json --full", 3).stdout;
    has(&setup.run("fmt --check", 8).stdout, &[&path]);
    assert_eq!(setup.repository.read(&path).unwrap(), UGLY, "--check writes nothing");
    setup.run("fmt", 0);
    let text = setup.repository.read(&path).unwrap();
    assert_ne!(text, UGLY);
    has(&text, &["# why this zone is here", "# an hour", "# mail moves in May", "# the mail server"]);
    setup.run("plan --report json=formatted.json", 3);
    let digests = ["ugly.json", "formatted.json"].map(|name| setup.plan_file(name)["digest"].clone());
    assert_eq!(digests[0], digests[1], "{ugly}");
    // What is formatted stays as it is.
    assert_eq!(setup.run("fmt --check", 0).stdout, "");
    setup.run(&format!("fmt {path}"), 0);
    assert_eq!(setup.repository.read(&path).unwrap(), text);
}

#[test]
fn broken_files_are_named_and_left_alone_and_others_are_formatted() {
    let setup =
        Setup::new("providers:\n  main: { type: powerdns, url: \"http://127.0.0.1:1\", api_key: k }\n")
            .zone("a.example", "records: [\n")
            .zone("b.example", UGLY);
    let run = setup.run("fmt", 65);
    has(&run.stderr, &["a.example.yaml"]);
    assert_eq!(setup.repository.read("zones/a.example.yaml").unwrap(), "records: [\n");
    assert_ne!(setup.repository.read("zones/b.example.yaml").unwrap(), UGLY);
    has(&setup.run("fmt zones/none.yaml", 1).stderr, &["none.yaml"]);
}

#[test]
fn a_file_that_means_something_wrong_can_be_formatted() {
    let Some(server) = require(PowerDns::start()) else { return };
    let wrong = after(server.dns_address()).replace("203.0.113.10", "nowhere");
    let setup = Setup::powerdns(&server, "").zone(ZONE, &wrong);
    setup.run("check", 65);
    setup.run("fmt", 0);
    has(&setup.run("check", 65).stderr, &["nowhere"]);
}

/// Without a name, the files are those that the configuration names, also in an octoDNS repository.
#[test]
fn the_files_of_an_octodns_repository() {
    let setup = Setup::new("providers: {}\n");
    let production = "providers:\n  config: { class: octodns.provider.yaml.YamlProvider, directory: ./config }\n\
                      zones:\n  a.example.: { sources: [config], targets: [] }\n";
    setup.repository.write("production.yaml", production).unwrap();
    setup.repository.write("config/a.example.yaml", "---\nwww:   {type: A, value:   192.0.2.1}\n").unwrap();
    let run = setup.run("fmt --check --config production.yaml", 8);
    assert_eq!(run.stdout, "config/a.example.yaml\n");
    setup.run("fmt --config production.yaml", 0);
    assert_eq!(setup.run("fmt --check --config production.yaml", 0).stdout, "");
}

//! What belongs to a run: zones by name and pattern, records that others own, several providers for one zone.

use crate::support::{Setup, has, has_not, served, shows};
use dnsctl_harness::{PowerDns, Zone, require};

const RECORDS: &str = "records:\n  ns1: { A: 127.0.0.1 }\n  www: { A: 192.0.2.2 }\n";

fn start(zones: &[&str]) -> Option<(PowerDns, Setup)> {
    let server = require(PowerDns::start())?;
    let setup = Setup::powerdns(&server, &format!("verify: {{ servers: \"{}\" }}", server.dns_address()));
    for zone in zones {
        server.create_zone(&Zone::new(zone).with("www A 192.0.2.1")).unwrap();
        setup.write_zone(zone, RECORDS);
    }
    Some((server, setup))
}

#[test]
fn zones_by_name_and_by_pattern() {
    let Some((server, setup)) = start(&["a.example", "b.example", "c.test", "dev.a.example"]) else { return };
    let zones = |arguments: &str| -> Vec<String> {
        setup.run(&format!("plan {arguments} --report json=plan.json"), 0);
        let plan = setup.plan_file("plan.json");
        let names = plan["zones"].as_array().unwrap().iter();
        names.map(|zone| zone["zone"].as_str().unwrap().trim_end_matches('.').to_owned()).collect()
    };
    assert_eq!(zones(""), ["dev.a.example", "a.example", "b.example", "c.test"].map(str::to_owned).sorted());
    assert_eq!(zones("a.example"), ["a.example"]);
    assert_eq!(zones("A.Example."), ["a.example"]);
    assert_eq!(zones("--zone a.example --zone c.test"), ["a.example", "c.test"]);
    assert_eq!(zones("a.example --zone c.test"), ["a.example", "c.test"]);
    assert_eq!(zones("*.test"), ["c.test"]);
    assert_eq!(zones("?.example"), ["a.example", "b.example"]);
    assert_eq!(zones("[ab].example"), ["a.example", "b.example"]);
    let run = setup.run("plan nothing.example", 64);
    shows!(run.stderr, @r#"
    error[no-such-zone]: no zone of dnsctl.yaml matches "nothing.example"
      hint: did you mean "a.example"?
    "#);
    let run = setup.run("plan nothing.example *.nowhere a.example", 64);
    has(&run.stderr, &["matches \"nothing.example\"", "matches \"*.nowhere\""]);
    has(&setup.run("plan b.exmaple", 64).stderr, &["did you mean \"b.example\"?"]);
    setup.run("plan *.nothing", 64);
    setup.run("check nothing.example", 64);
    setup.run("apply --yes --zone nothing.example", 64);
    // Only what was asked for is read and written.
    let since = server.requests().len();
    setup.run("apply --yes --zone b.example", 0);
    let requests = server.requests_since(since);
    assert!(requests.iter().all(|request| request.path.contains("b.example")), "{requests:?}");
    assert_eq!(served(server.dns_address(), "www.b.example", "A"), ["192.0.2.2"]);
    assert_eq!(served(server.dns_address(), "www.a.example", "A"), ["192.0.2.1"]);
}

/// The order of the plan is that of names (RFC 4034 section 6.1).
trait Sorted {
    fn sorted(self) -> Vec<String>;
}

impl<const N: usize> Sorted for [String; N] {
    fn sorted(self) -> Vec<String> {
        let mut names = self.to_vec();
        names.sort_by_key(|name| name.split('.').rev().map(str::to_owned).collect::<Vec<_>>());
        names
    }
}

#[test]
fn from_a_folder_below_and_with_a_configuration_elsewhere() {
    let Some((_server, setup)) = start(&["a.example"]) else { return };
    let below = setup.shell(&format!("cd zones && {} plan", env!("CARGO_BIN_EXE_dnsctl"))).expect_code(0);
    has(&below.stdout, &["a.example  main", "1 update"]);
    let elsewhere = format!(
        "cd / && {} plan --config {}/dnsctl.yaml",
        env!("CARGO_BIN_EXE_dnsctl"),
        setup.repository.path().display()
    );
    assert_eq!(setup.shell(&elsewhere).expect_code(0).stdout, below.stdout);
    let variable = format!(
        "cd / && DNSCTL_CONFIG={}/dnsctl.yaml {} plan",
        setup.repository.path().display(),
        env!("CARGO_BIN_EXE_dnsctl")
    );
    assert_eq!(setup.shell(&variable).expect_code(0).stdout, below.stdout);
}

#[test]
fn only_what_is_declared() {
    let Some((server, setup)) = start(&["a.example"]) else { return };
    let json = r#"{"rrsets":[{"name":"other.a.example.","type":"A","ttl":300,"changetype":"REPLACE","records":[{"content":"192.0.2.9","disabled":false}]}]}"#;
    assert_eq!(server.api("PATCH", "/zones/a.example.", json).unwrap().status, 204);
    has(&setup.run("plan", 0).stdout, &["- A    other"]);
    setup.write_zone("a.example", &format!("manage: declared\n{RECORDS}"));
    let run = setup.run("apply --yes", 0);
    has(&run.stdout, &["0 to create, 1 to update, 0 to delete"]);
    assert_eq!(served(server.dns_address(), "other.a.example", "A"), ["192.0.2.9"]);
    has(&setup.run("plan", 0).stdout, &["No changes", "3 left alone"]);
}

#[test]
fn what_others_own() {
    let Some((server, setup)) = start(&["a.example"]) else { return };
    let json = r#"{"rrsets":[
        {"name":"_acme-challenge.www.a.example.","type":"TXT","ttl":60,"changetype":"REPLACE","records":[{"content":"\"token\"","disabled":false}]},
        {"name":"k8s-1.a.example.","type":"A","ttl":300,"changetype":"REPLACE","records":[{"content":"192.0.2.9","disabled":false}]},
        {"name":"k8s-1.a.example.","type":"TXT","ttl":300,"changetype":"REPLACE","records":[{"content":"\"owner\"","disabled":false}]}]}"#;
    assert_eq!(server.api("PATCH", "/zones/a.example.", json).unwrap().status, 204);
    has(&setup.command("plan").run().unwrap().stdout, &["_acme-challenge.www", "k8s-1", "3 to delete"]);
    let ignore = "ignore:\n  - { name: \"_acme-challenge.**\", type: TXT }\n  - { name: k8s-*, type: A }\n";
    setup.write_zone("a.example", &format!("{ignore}{RECORDS}"));
    let run = setup.run("apply --yes", 0);
    has(&run.stdout, &["- TXT  k8s-1", "0 to create, 1 to update, 1 to delete"]);
    let dns = server.dns_address();
    assert_eq!(served(dns, "_acme-challenge.www.a.example", "TXT"), ["\"token\""]);
    assert_eq!(served(dns, "k8s-1.a.example", "A"), ["192.0.2.9"]);
    assert_eq!(served(dns, "k8s-1.a.example", "TXT"), Vec::<String>::new());
    has(&setup.run("plan", 0).stdout, &["No changes"]);
    // A record cannot be wanted and ignored.
    setup.write_zone("a.example", &format!("{ignore}{RECORDS}  k8s-2: {{ A: 192.0.2.3 }}\n"));
    let run = setup.command("plan").run().unwrap();
    shows!(format!("{}{}{:?}", run.stdout, run.stderr, run.code), @r"
    error[record/ignored]: k8s-2.a.example. A is declared, but an ignore rule covers it: it would never be written
     --> zones/a.example.yaml:7:12
      |
    7 |   k8s-2: { A: 192.0.2.3 }
      |            ^
     ::: zones/a.example.yaml:3:5
      |
    3 |   - { name: k8s-*, type: A }
      |     - ignored here
      |
      = help: remove the record, or make the rule narrower

    Some(65)
    ");
}

#[test]
fn one_zone_at_two_servers() {
    let (Some(one), Some(two)) = (require(PowerDns::start()), require(PowerDns::start())) else { return };
    for server in [&one, &two] {
        server.create_zone(&Zone::new("a.example").with("www A 192.0.2.1")).unwrap();
    }
    let provider = |name: &str, server: &PowerDns| {
        format!("  {name}: {{ type: powerdns, url: \"{}\", api_key: {{ env: KEY_{name} }} }}\n", server.url())
    };
    let setup = Setup::new(&format!("providers:\n{}{}", provider("one", &one), provider("two", &two)))
        .env("KEY_one", one.api_key())
        .env("KEY_two", two.api_key());
    setup.write_zone("a.example", RECORDS);
    has(&setup.run("plan", 65).stderr, &["does not say which provider holds it"]);
    setup.write_zone(
        "a.example",
        &format!(
            "provider: [one, two]\nservers: [\"{}\", \"{}\"]\n{RECORDS}",
            one.dns_address(),
            two.dns_address()
        ),
    );
    let plan = setup.run("plan --out plan.json", 0);
    has(&plan.stdout, &["a.example  one", "a.example  two", "0 to create, 2 to update, 0 to delete"]);
    setup.run("apply plan.json", 0);
    for server in [&one, &two] {
        assert_eq!(served(server.dns_address(), "www.a.example", "A"), ["192.0.2.2"]);
    }
    // One of them drifts: only that one is repaired.
    let json = r#"{"rrsets":[{"name":"www.a.example.","type":"A","ttl":3600,"changetype":"REPLACE","records":[{"content":"192.0.2.66","disabled":false}]}]}"#;
    assert_eq!(two.api("PATCH", "/zones/a.example.", json).unwrap().status, 204);
    let plan = setup.run("plan", 0);
    has(&plan.stdout, &["a.example  two"]);
    has_not(&plan.stdout, &["a.example  one"]);
}

#[test]
fn a_zone_that_cannot_be_read_hides_no_other() {
    let Some((server, setup)) = start(&["a.example", "b.example"]) else { return };
    let text = setup.repository.read("dnsctl.yaml").unwrap();
    let more = "  dead: { type: powerdns, url: \"http://127.0.0.1:1\", api_key: { env: PDNS_API_KEY } }\ndefaults: { provider: main }\n";
    let (providers, rest) = text.split_once("verify:").unwrap();
    setup.repository.write("dnsctl.yaml", format!("{providers}{more}verify:{rest}")).unwrap();
    setup.write_zone("b.example", &format!("provider: dead\n{RECORDS}"));
    let run = setup.run("plan --out plan.json", 1);
    has(
        &run.stdout,
        &[
            "✖ INCOMPLETE: could not read 1 of 2 zones (b.example at dead): cannot be applied. 1 update in 1 of 2 zones",
            "a.example  main",
            "1 update",
        ],
    );
    has(&run.stderr, &["error[unavailable]: could not read b.example at dead:", "hint: "]);
    let plan = setup.run("plan --report json=plan.json --report markdown=plan.md", 1);
    assert!(plan.stderr.starts_with("error[unavailable]"), "{plan}");
    assert_eq!(setup.plan_file("plan.json")["errors"][0]["zone"], "b.example.");
    has(
        &setup.repository.read("plan.md").unwrap(),
        &["could not read 1 of 2 zones", "> - could not read b.example at `dead`"],
    );
    setup.run("apply --yes", 1);
    assert_eq!(served(server.dns_address(), "www.a.example", "A"), ["192.0.2.1"]);
    // What can be read can be applied alone.
    setup.run("apply --yes --zone a.example", 0);
    assert_eq!(served(server.dns_address(), "www.a.example", "A"), ["192.0.2.2"]);
}

#[test]
fn a_parent_and_a_child_zone_in_one_run() {
    let Some((server, setup)) = start(&["corp.example", "sub.corp.example"]) else { return };
    let delegation = "  sub: { NS: ns1.sub.corp.example. }\n  ns1.sub: { A: 127.0.0.1 }\n";
    setup.write_zone("corp.example", &format!("{RECORDS}{delegation}"));
    let run = setup.command("apply --yes").run().unwrap();
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(served(server.dns_address(), "www.sub.corp.example", "A"), ["192.0.2.2"]);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
}

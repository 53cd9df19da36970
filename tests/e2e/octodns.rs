//! A repository of octoDNS as it stands: both programs want the same, and each leaves nothing to do for the other.

use crate::support::{Setup, ZONE, has, served};
use dnsctl_harness::{Access, Bind, Dnsctl, PowerDns, Run, Zone, python_tool, require};

const RECORDS: &str = r#"---
'':
  - type: A
    value: 203.0.113.10
  - type: CAA
    value: { flags: 0, tag: issue, value: letsencrypt.org }
  - type: MX
    ttl: 86400
    values:
      - { preference: 10, exchange: mail.abc-corp.example. }
      - { priority: 20, value: backup.relay.example. }
  - type: NS
    values: [ns1.abc-corp.example., ns2.abc-corp.example.]
  - type: TXT
    values:
      - v=spf1 ip4:203.0.113.25 -all
      - some-text\; with a semicolon
_dmarc:
  type: TXT
  value: v=DMARC1\; p=reject\; rua=mailto:dmarc@abc-corp.example
_sip._tcp:
  type: SRV
  values: [{ priority: 10, weight: 60, port: 5060, target: mail.abc-corp.example. }]
mail:
  - type: A
    octodns: { lenient: true }
    values: [203.0.113.25]
  - type: AAAA
    value: 2001:db8::25
ns1: { type: A, value: 127.0.0.1 }
ns2: { type: A, value: 127.0.0.1 }
www: { type: CNAME, value: abc-corp.example. }
"#;

fn start() -> Option<(PowerDns, Setup)> {
    let server = require(PowerDns::start())?;
    let production = format!(
        "providers:
  config: {{ class: octodns.provider.yaml.YamlProvider, directory: ./config, enforce_order: false, default_ttl: 3600 }}
  pdns:
    class: octodns_powerdns.PowerDnsProvider
    host: 127.0.0.1
    port: {}
    api_key: env/PDNS_API_KEY
    mode_of_operation: native
zones:
  abc-corp.example.: {{ sources: [config], targets: [pdns] }}
",
        server.api_address().port()
    );
    let setup = Setup::new("").env("PDNS_API_KEY", server.api_key());
    setup.repository.remove("dnsctl.yaml").unwrap();
    setup.repository.write("production.yaml", production).unwrap();
    setup.repository.write("config/abc-corp.example.yaml", RECORDS).unwrap();
    Some((server, setup))
}

fn octodns(server: &PowerDns, setup: &Setup, arguments: &str) -> Option<Run> {
    let program = require(python_tool("octodns", "octodns-sync"))?;
    let run = Dnsctl::new(program, setup.repository.path())
        .args(["--config-file", "production.yaml"])
        .args(arguments.split_ascii_whitespace())
        .env("PDNS_API_KEY", server.api_key());
    Some(run.expect_code(0))
}

#[test]
fn what_octodns_wrote_needs_no_change() {
    let Some((server, setup)) = start() else { return };
    let Some(_) = octodns(&server, &setup, "--doit") else { return };
    assert_eq!(served(server.dns_address(), ZONE, "MX").len(), 2);
    let plan = setup.run("plan --config production.yaml --detailed-exitcode", 0);
    has(&plan.stdout, &["No changes. 12 RRsets match in 1 zone"]);
}

#[test]
fn what_dnsctl_wrote_needs_no_change() {
    let Some((server, setup)) = start() else { return };
    // octoDNS creates zones without being asked to.
    let plan = setup.run("plan --config production.yaml --out plan.json", 0);
    has(&plan.stdout, &["new zone, 12 creates"]);
    setup.run("apply --config production.yaml plan.json --no-verify", 0);
    let Some(run) = octodns(&server, &setup, "") else { return };
    has(&format!("{}{}", run.stdout, run.stderr), &["No changes were planned"]);
}

#[test]
fn an_import_of_the_repository_needs_no_change() {
    let Some((server, setup)) = start() else { return };
    let Some(_) = octodns(&server, &setup, "--doit") else { return };
    setup.run("import --from octodns --config production.yaml --out ours", 0);
    let plan = setup.run("plan --config ours/dnsctl.yaml --detailed-exitcode", 0);
    has(&plan.stdout, &["No changes. 12 RRsets match in 1 zone"]);
}

/// What octoDNS refuses is refused by the guards of the repository and of what was imported from it.
#[test]
fn thresholds_are_imported() {
    let production = "providers:\n  config: { class: octodns.provider.yaml.YamlProvider, directory: ./config }\n  \
        files: { class: octodns_bind.ZoneFileProvider, directory: ./out, update_pcent_threshold: 0.07, delete_pcent_threshold: 0.05 }\n\
        zones:\n  a.example.: { sources: [config], targets: [files] }\n  \
        b.example.: { sources: [config], targets: [files], delete_pcent_threshold: 0.25 }\n";
    let setup = Setup::new("");
    setup.repository.remove("dnsctl.yaml").unwrap();
    setup.repository.write("production.yaml", production).unwrap();
    let host = |number: u32, last: u32| format!("host{number}: {{ type: A, value: 192.0.2.{last} }}\n");
    let hosts: String = (1..=10).map(|number| host(number, number)).collect();
    let first = "'': { type: NS, values: [ns.example.net.] }\n";
    for zone in ["a", "b"] {
        setup.repository.write(format!("config/{zone}.example.yaml"), format!("{first}{hosts}")).unwrap();
    }
    setup.repository.write("out/README", "").unwrap();
    setup.run("apply --config production.yaml --yes --no-verify", 0);
    // One update and one deletion of eleven RRsets.
    for zone in ["a", "b"] {
        let hosts = hosts.replace(&host(1, 1), &host(1, 99)).replace(&host(2, 2), "");
        setup.repository.write(format!("config/{zone}.example.yaml"), format!("{first}{hosts}")).unwrap();
    }
    setup.run("import --from octodns --config production.yaml --out .", 0);
    has(
        &setup.repository.read("zones/a.example.yaml").unwrap(),
        &["policy: { deletes: { max: 4294967295, percent: 5, from: 1 }, updates: { percent: 7, from: 1 } }"],
    );
    let blocked = |config: &str| -> Vec<String> {
        let run = setup.run(&format!("plan --config {config}"), 3);
        run.stdout
            .lines()
            .filter(|line| line.contains("✖ guard/"))
            .map(|line| line.trim().to_owned())
            .collect()
    };
    let told = blocked("production.yaml");
    assert_eq!(told, blocked("dnsctl.yaml"));
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn a_correction_in_the_repository_is_shown_with_its_line() {
    let Some((server, setup)) = start() else { return };
    let Some(_) = octodns(&server, &setup, "--doit") else { return };
    let text =
        RECORDS.replace("203.0.113.25]", "198.51.100.25]").replace("ip4:203.0.113.25", "ip4:198.51.100.25");
    setup.repository.write("config/abc-corp.example.yaml", text).unwrap();
    setup.run("plan --config production.yaml --out plan.json", 0);
    let change = &setup.plan_file("plan.json")["changes"][0];
    assert_eq!(change["source"]["file"], "config/abc-corp.example.yaml");
    assert_eq!(change["source"]["line"], 25);
    setup.run("apply --config production.yaml plan.json --no-verify", 0);
    assert_eq!(served(server.dns_address(), "mail.abc-corp.example", "A"), ["198.51.100.25"]);
    let Some(run) = octodns(&server, &setup, "") else { return };
    has(&format!("{}{}", run.stdout, run.stderr), &["No changes were planned"]);
}

const MASTER: &str = "$TTL 1h
@        IN SOA ns1 hostmaster 7 3h 1h 2w 1h
@        IN NS  ns1.abc-corp.example.
@        IN NS  ns2.abc-corp.example.
@        IN A   203.0.113.10
@        86400 IN MX 10 mail
@        IN TXT \"v=spf1 ip4:203.0.113.25 -all\"
_dmarc   IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@abc-corp.example\"
ns1      IN A   127.0.0.1
ns2      IN A   127.0.0.1
mail     IN A   203.0.113.25
www      IN CNAME @
";

/// A zone that stands on another server, in a master file and in the environment at once: three sources, one target.
fn with_sources(server: &PowerDns, sources: &str, zone_sources: &str) -> Setup {
    let production = format!(
        "providers:
{sources}
  override: {{ class: octodns.provider.yaml.YamlProvider, directory: ./config, populate_should_replace: true }}
  deploy: {{ class: octodns.source.envvar.EnvVarSource, variable: DEPLOY, name: _deploy, ttl: 60 }}
  pdns: {{ class: octodns_powerdns.PowerDnsProvider, host: 127.0.0.1, port: {}, api_key: env/PDNS_API_KEY }}
zones:
  abc-corp.example.: {{ sources: [{zone_sources}], targets: [pdns] }}
",
        server.api_address().port()
    );
    let setup = Setup::new("").env("PDNS_API_KEY", server.api_key()).env("DEPLOY", "42");
    setup.repository.remove("dnsctl.yaml").unwrap();
    setup.repository.write("production.yaml", production).unwrap();
    setup.repository.write("master/abc-corp.example.", MASTER).unwrap();
    let replaced = "mail: { type: A, value: 198.51.100.25 }\n";
    setup.repository.write("config/abc-corp.example.yaml", replaced).unwrap();
    setup
}

fn applied_and_agreed(server: &PowerDns, setup: &Setup) {
    let plan = setup.run("plan --config production.yaml --out plan.json", 0);
    has(&plan.stdout, &["new zone, 10 creates"]);
    setup.run("apply --config production.yaml plan.json --no-verify", 0);
    assert_eq!(served(server.dns_address(), "mail.abc-corp.example", "A"), ["198.51.100.25"]);
    assert_eq!(served(server.dns_address(), "_deploy.abc-corp.example", "TXT"), ["\"42\""]);
    has(&setup.run("plan --config production.yaml", 0).stdout, &["No changes"]);
    let program = require(python_tool("octodns", "octodns-sync"));
    let Some(program) = program else { return };
    let run = Dnsctl::new(program, setup.repository.path())
        .args(["--config-file", "production.yaml"])
        .env("PDNS_API_KEY", server.api_key())
        .env("DEPLOY", "42")
        .expect_code(0);
    has(&format!("{}{}", run.stdout, run.stderr), &["No changes were planned"]);
}

#[test]
fn a_zone_from_another_server_and_from_the_environment() {
    let Some(server) = require(PowerDns::start()) else { return };
    let Some(bind) = require(Bind::start([Zone::from_text(ZONE, MASTER).access(Access::Open)])) else {
        return;
    };
    let port = bind.address().port();
    let source = format!("  primary: {{ class: octodns_bind.AxfrSource, host: 127.0.0.1, port: {port} }}");
    let setup = with_sources(&server, &source, "primary, override, deploy");
    applied_and_agreed(&server, &setup);
    // Without a network the zone is not checked, and nothing is said against it.
    let check = setup.run("check --config production.yaml", 0);
    has(&check.stderr, &["is a server, and is not asked here", "`dnsctl plan` asks it"]);
    drop(bind);
    let run = setup.run("plan --config production.yaml", 1);
    has(&run.stderr, &["source/unread", "the source `primary` of abc-corp.example."]);
}

#[test]
fn a_zone_from_a_folder_of_master_files() {
    let Some(server) = require(PowerDns::start()) else { return };
    let source = "  files: { class: octodns_bind.ZoneFileSource, directory: ./master }";
    let setup = with_sources(&server, source, "files, override, deploy");
    applied_and_agreed(&server, &setup);
    setup
        .repository
        .write("master/abc-corp.example.", MASTER.replace("203.0.113.10", "203.0.113.11"))
        .unwrap();
    setup.run("plan --config production.yaml --out plan.json", 0);
    let change = &setup.plan_file("plan.json")["changes"][0];
    assert_eq!(change["source"]["file"], "master/abc-corp.example.");
    assert_eq!(change["source"]["line"], 5);
}

#[test]
fn a_file_that_cannot_be_read_is_no_file_that_is_gone() {
    let production = "providers:
  config: { class: octodns.provider.yaml.YamlProvider, directory: ./config, split_extension: ., ignore_missing_zones: true }
  pdns: { class: octodns_powerdns.PowerDnsProvider, host: 127.0.0.1, port: 1, api_key: env/PDNS_API_KEY }
zones:
  a.example.: { sources: [config], targets: [pdns] }
  '*': { sources: [config], targets: [pdns] }
";
    let setup = Setup::new("").env("PDNS_API_KEY", "k");
    setup.repository.remove("dnsctl.yaml").unwrap();
    setup.repository.write("production.yaml", production).unwrap();
    setup.repository.write("config/b.example./www.yaml", "www: { type: A, value: 192.0.2.1 }\n").unwrap();
    let link = |path: &str| {
        std::os::unix::fs::symlink("nowhere", setup.repository.path().join(path)).unwrap();
    };
    link("config/a.example.yaml");
    link("config/b.example./app.yaml");
    link("config/c.example.");
    assert_eq!(setup.shell("mkfifo config/d.example.yaml").run().unwrap().code, Some(0));
    let run = setup.run("check --config production.yaml", 65);
    for file in
        ["config/a.example.yaml", "config/b.example./app.yaml", "config/c.example.", "config/d.example.yaml"]
    {
        has(&run.stderr, &[file]);
    }
    assert_eq!(run.stderr.matches("error[").count(), 4, "{}", run.stderr);
}

#[test]
fn what_an_import_writes_is_accepted() {
    let production = "providers:
  config: { class: octodns.provider.yaml.YamlProvider, directory: ./config }
  pdns: { class: octodns_powerdns.PowerDnsProvider, host: 127.0.0.1, port: 1, api_key: env/PDNS_API_KEY }
  other: { class: octodns_ns1.Ns1Provider, api_key: env/OTHER }
zones:
  a.example.: { sources: [config], targets: [pdns] }
  b.example.: { sources: [config], targets: [other] }
  c.example.: { sources: [config], targets: [other, pdns] }
  d.example.: { sources: [config], targets: [pdns] }
";
    let setup = Setup::new("").env("PDNS_API_KEY", "k");
    setup.repository.remove("dnsctl.yaml").unwrap();
    setup.repository.write("production.yaml", production).unwrap();
    let write = |zone: &str, text: &str| {
        setup.repository.write(format!("config/{zone}.example.yaml"), text).unwrap();
    };
    write(
        "a",
        "exc: { type: A, value: 192.0.2.1, octodns: { excluded: [pdns] } }\nwww: { type: A, value: 192.0.2.1 }\n",
    );
    write("b", "www: { type: A, value: 192.0.2.1 }\n");
    write(
        "c",
        "inc: { type: A, value: 192.0.2.1, octodns: { included: [other] } }\nwww: { type: A, value: 192.0.2.1 }\n",
    );
    write(
        "d",
        "www:\n  - { type: A, value: 192.0.2.1 }\n  - { type: CNAME, value: a.example., octodns: { lenient: true } }\n",
    );
    let run = setup.run("import --from octodns --config production.yaml --out ours", 0);
    has(
        &run.stderr,
        &[
            "exc.a.example. A is not written: no provider of the file would get it",
            "the zone b.example. is not written: other has no adapter",
            "c.example. is written without some of its providers: other has no adapter",
            "inc.c.example. A is not written",
            "warning[import/lenient]",
            "www.d.example. has a CNAME",
        ],
    );
    let check = setup.run("check --config ours/dnsctl.yaml", 0);
    has(&check.stdout, &["3 zones, 4 RRsets: 0 errors"]);
    let a = setup.repository.read("ours/zones/a.example.yaml").unwrap();
    has(&a, &["{ name: exc, type: A }", "provider: pdns"]);
    assert!(!a.contains("only") && !a.contains("URLFWD") && !a.contains("lenient"), "{a}");
    let c = setup.repository.read("ours/zones/c.example.yaml").unwrap();
    has(&c, &["provider: pdns"]);
    let d = setup.repository.read("ours/zones/d.example.yaml").unwrap();
    has(&d, &["CNAME: { value: a.example., lenient: true }"]);
    assert_eq!(d.matches("lenient").count(), 1, "{d}");
    assert!(!setup.repository.files("ours").unwrap().iter().any(|file| file.ends_with("b.example.yaml")));
}

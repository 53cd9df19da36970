//! Import and export: what comes in plans without a change, what goes out is read by other programs.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, served, shows};
use dnsctl_harness::{Bind, PowerDns, Zone, require};

#[test]
fn an_import_from_a_provider_plans_without_a_change() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&before()).unwrap();
    server.create_zone(&Zone::new("b.example").with_hosts(50)).unwrap();
    let setup = Setup::powerdns(&server, "");
    setup.run("import --from provider --provider main --out zones", 0);
    shows!(setup.repository.read(format!("zones/{ZONE}.yaml")).unwrap(), @r#"
    zone: abc-corp.example
    provider: main
    ttl: 1h

    records:
      "@":
        A: 203.0.113.10
        NS: ns1
        MX: { ttl: 1d, value: 10 oldmail }
        TXT: v=spf1 ip4:203.0.113.25 -all
      mail:
        A: { ttl: 1d, value: 203.0.113.25 }
      ns1: { A: 127.0.0.1 }
      www: { CNAME: "@" }
    "#);
    has(&setup.run("plan --detailed-exitcode", 0).stdout, &["No changes"]);
    // Nothing is overwritten by accident.
    setup.write_zone(ZONE, "records: {}\n");
    has(
        &setup.run("import --from provider --provider main --out zones", 1).stderr,
        &["is there already; nothing was written"],
    );
    assert_eq!(setup.repository.read(format!("zones/{ZONE}.yaml")).unwrap(), "records: {}\n");
    setup.run("import --from provider --provider main --out zones --overwrite", 0);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
    has(&setup.run("import --from provider --provider nobody --out x", 65).stderr, &["nobody"]);
    setup.run("import --from provider --out x", 64);
}

#[test]
fn an_import_from_a_name_server() {
    let Some(server) = require(Bind::start([before()])) else { return };
    let setup = Setup::rfc2136(&server, "");
    setup.run(&format!("import --from provider --provider main --out zones {ZONE}"), 0);
    has(&setup.run("plan --detailed-exitcode", 0).stdout, &["No changes"]);
}

#[test]
fn an_import_of_master_files() {
    let setup = Setup::new("providers:\n  files: { type: zonefile, directory: old }\n");
    let text = "$ORIGIN a.example.\n$TTL 1h\n@ SOA ns1 hostmaster 1 2 3 4 5\n@ NS ns1\nns1 A 127.0.0.1\n$GENERATE 1-3 host$ A 192.0.2.$\n";
    setup.repository.write("old/a.example.zone", text).unwrap();
    setup.run("import --from zonefile --source old --out zones", 0);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
    setup.repository.write("old/b.example.zone", "@ A nowhere\n@ B\n").unwrap();
    let run = setup.run("import --from zonefile --source old --out other", 65);
    has(&run.stderr, &["b.example.zone:1", "b.example.zone:2"]);
    assert!(
        setup.repository.files(".").unwrap().iter().all(|file| !file.starts_with("other")),
        "half an import was written"
    );
}

#[test]
fn an_export_is_served_by_another_program() {
    let setup =
        Setup::new("providers:\n  main: { type: powerdns, url: \"http://127.0.0.1:1\", api_key: k }\n");
    setup.write_zone(
        ZONE,
        &after(([127, 0, 0, 1], 53).into()).replace(
            "    A: 203.0.113.10\n",
            "    A: 203.0.113.10\n    SOA: ns1 hostmaster 1 7200 3600 1209600 300\n    NS: ns1\n",
        ),
    );
    setup.run("export --to zonefile --out master", 0);
    let text = setup.repository.read(format!("master/{ZONE}.zone")).unwrap();
    assert_eq!(setup.run(&format!("export {ZONE}"), 0).stdout, text);
    let Some(bind) = require(Bind::start([Zone::from_text(ZONE, &text)])) else { return };
    assert_eq!(served(bind.address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
    let json: serde_json::Value =
        serde_json::from_str(&setup.run(&format!("export {ZONE} --to json"), 0).stdout).unwrap();
    assert!(json.to_string().contains("198.51.100.25"), "{json}");
}

#[test]
fn an_export_of_what_a_provider_has() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&before()).unwrap();
    let setup = Setup::powerdns(&server, "");
    setup.run("export --provider main --out backup", 0);
    let text = setup.repository.read(format!("backup/{ZONE}.zone")).unwrap();
    let Some(bind) = require(Bind::start([Zone::from_text(ZONE, &text)])) else { return };
    for (name, record_type) in [(ZONE, "MX"), (ZONE, "TXT"), (ZONE, "SOA"), ("mail.abc-corp.example", "A")] {
        assert_eq!(
            served(bind.address(), name, record_type),
            served(server.dns_address(), name, record_type)
        );
    }
}

#[test]
fn zone_files_are_as_their_schema_says() {
    let setup = Setup::new("providers: {}\n");
    let schema = |of: &str| -> serde_json::Value {
        serde_json::from_str(&setup.run(&format!("schema {of}"), 0).stdout).unwrap()
    };
    let zone = jsonschema::validator_for(&schema("zone")).unwrap();
    let value = serde_json::json!({"ttl": "1h", "records": {"@": {"A": "192.0.2.1", "MX": "10 mail"}, "mail": {"A": {"ttl": "5m", "values": ["192.0.2.2"]}}}});
    let errors: Vec<String> = zone.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(!zone.is_valid(&serde_json::json!({"recrods": {}})));
    assert!(!zone.is_valid(&serde_json::json!({"records": {"@": {"AA": "192.0.2.1"}}})));
    let config = jsonschema::validator_for(&schema("config")).unwrap();
    assert!(config.is_valid(&serde_json::json!({"providers": {"main": {"type": "powerdns", "url": "http://x", "api_key": {"env": "KEY"}}}})));
    assert!(!config.is_valid(&serde_json::json!({"provider": {}})));
    assert_eq!(schema("plan"), dnsctl_plan::file::v1::schema());
    setup.run("schema nothing", 64);
}

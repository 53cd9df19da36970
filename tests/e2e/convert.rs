//! Import and export: what comes in plans without a change, what goes out is read by other programs.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, has_not, served, shows};
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
        &[&format!("zones/{ZONE}.yaml is there already, and 1 more; nothing was written")],
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
fn an_export_overwrites_nothing_unless_told() {
    let setup = Setup::new("providers:\n  main: { type: zonefile, directory: out }\n");
    setup.write_zone("a.example", "records:\n  www: { A: 192.0.2.1 }\n");
    setup.write_zone("b.example", "records:\n  www: { A: 192.0.2.1 }\n");
    setup.repository.write("master/b.example.zone", "; by hand\n").unwrap();
    let run = setup.run("export --out master", 1);
    has(&run.stderr, &["master/b.example.zone is there already; nothing was written", "--overwrite"]);
    assert_eq!(setup.repository.read("master/b.example.zone").unwrap(), "; by hand\n");
    assert!(setup.repository.read("master/a.example.zone").is_err(), "half an export was written");
    has(
        &setup.run("export --out master --overwrite", 0).stderr,
        &["2 zones written to master, 1 of them in place of others"],
    );
    has(&setup.repository.read("master/b.example.zone").unwrap(), &["192.0.2.1"]);
    // The other form has other names.
    has(&setup.run("export --out master --to json", 0).stderr, &["2 zones written to master."]);
}

#[test]
fn an_export_tells_what_a_name_server_would_miss() {
    let setup = Setup::new(
        "providers:\n  main: { type: powerdns, url: \"http://127.0.0.1:1\", api_key: { env: K } }\n",
    );
    setup.write_zone(
        "a.example",
        "records:\n  \"@\": { ALIAS: www, NS: ns1 }\n  l: { LUA: 'A \"ifportup(443, {''192.0.2.1''})\"' }\n  www: { A: 192.0.2.1 }\n  ns1: { A: 192.0.2.1 }\n",
    );
    let run = setup.run("export", 0);
    has(
        &run.stderr,
        &[
            "warning: a.example has no SOA record, and name servers load no file without",
            "warning: 2 RRsets of a.example can only be comments in a master file: a.example ALIAS, l.a.example LUA",
        ],
    );
    // All of it has a place in JSON.
    has_not(&setup.run("export --to json", 0).stderr, &["warning"]);
    setup.write_zone(
        "a.example",
        "records:\n  \"@\": { NS: ns1, SOA: ns1 admin 1 7200 3600 1209600 300 }\n  ns1: { A: 192.0.2.1 }\n",
    );
    has_not(&setup.run("export", 0).stderr, &["warning"]);
}

/// One such record, and BIND would load nothing of the file.
#[test]
fn an_export_leaves_out_what_name_servers_refuse() {
    let Some(program) = require(dnsctl_harness::find("named-checkzone", "bind9-utils")) else { return };
    let setup = Setup::new("providers:\n  main: { type: zonefile, directory: out }\n");
    setup.write_zone(
        "a.example",
        "records:\n  \"@\":\n    SOA: ns1 hostmaster 1 7200 3600 1209600 300\n    NS: ns1\n    MX: { values: [10 mail, 20 bad_host] }\n  \
         ns1: { A: 192.0.2.1 }\n  mail: { A: 192.0.2.2 }\n  sub: { NS: ns1, DS: { value: 1 8 2 00, lenient: true } }\n  \
         both: { CNAME: { value: mail, lenient: true }, MX: 10 mail }\n",
    );
    let loads = |file: &str| {
        let file = setup.repository.path().join(file);
        let run = std::process::Command::new(&program)
            .args(["-k", "fail", "a.example"])
            .arg(file)
            .output()
            .unwrap();
        (run.status.success(), String::from_utf8_lossy(&run.stdout).into_owned())
    };
    let run = setup.run("export --out master", 0);
    let text = run.stderr.lines().collect::<Vec<_>>();
    for (what, place) in [
        (
            "a.example MX 20 bad_host.a.example. is left out of the master file: its target is no host name",
            "5:5",
        ),
        ("sub.a.example DS 1 8 2 00 is left out of the master file: name servers refuse", "8:19"),
        (
            "both.a.example CNAME is left out of the master file: both.a.example. has a CNAME record beside MX",
            "9:11",
        ),
    ] {
        let told = text.windows(2).any(|lines| {
            lines[0].starts_with(&format!("warning[export/left-out]: {what}"))
                && lines[1].ends_with(&format!("zones/a.example.yaml:{place}"))
        });
        assert!(told, "{what} {place}\n{}", run.stderr);
    }
    assert_eq!(run.stderr.matches("left-out").count(), 3, "{}", run.stderr);
    let (loaded, told) = loads("master/a.example.zone");
    assert!(loaded, "{told}");
    has(&setup.repository.read("master/a.example.zone").unwrap(), &["10 mail.a.example.\n", "both IN MX"]);
    // For servers that do not look at names of hosts.
    let run = setup.run("export --out all --no-check-names", 0);
    has_not(&run.stderr, &["bad_host.a.example. is left out"]);
    has(&run.stderr, &["both.a.example CNAME is left out"]);
    has(&setup.repository.read("all/a.example.zone").unwrap(), &["20 bad_host.a.example.\n"]);
    assert!(!loads("all/a.example.zone").0);
    // JSON has all.
    let run = setup.run("export --to json", 0);
    has_not(&run.stderr, &["left-out"]);
    has(&run.stdout, &["1 8 2 00", "20 bad_host.a.example.", "CNAME"]);
}

#[test]
fn a_pattern_that_no_zone_of_a_provider_matches_is_an_error() {
    let setup = Setup::new("providers:\n  main: { type: zonefile, directory: there }\n");
    let master = "@ 300 SOA ns1 admin 1 7200 3600 1209600 300\n@ 300 NS ns1\nns1 300 A 192.0.2.1\n";
    setup.repository.write("there/a.example.zone", master).unwrap();
    for command in ["export --provider main --out o", "import --from provider --provider main --out o"] {
        let run = setup.run(&format!("{command} *.nowhere *.other a.*"), 64);
        let errors = ["*.nowhere", "*.other"].map(|pattern| {
            format!("error[no-such-zone]: no zone of the provider \"main\" matches \"{pattern}\"")
        });
        has(&run.stderr, &[&errors[0], &errors[1], "it lists 1 zone"]);
        has_not(&run.stderr, &["\"a.*\""]);
        assert!(!setup.repository.path().join("o").exists());
        setup.run(&format!("{command} a.*"), 0);
        fs_err::remove_dir_all(setup.repository.path().join("o")).unwrap();
    }
    let run = setup.run("export --provider main no.example none.example", 1);
    has(&run.stderr, &["has no zone no.example", "has no zone none.example"]);
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

/// Records that only the servers of another zone are asked for: they are there, and no zone file may have them.
const OCCLUDED: &str =
    "sub 3600 NS ns.sub\nns.sub 3600 A 192.0.2.53\nwww.sub 3600 CNAME www\nmail.sub 3600 MX 10 mail";

fn lenient(setup: &Setup, import: &str) {
    let run = setup.run(import, 0);
    has(
        &run.stderr,
        &[
            "warning[import/lenient]",
            "www.sub.abc-corp.example. CNAME is below",
            "mail.sub.abc-corp.example. MX is below",
        ],
    );
    let file = setup.repository.read(format!("zones/{ZONE}.yaml")).unwrap();
    has(&file, &["MX: { value: 10 mail, lenient: true }\n", "CNAME: { value: www, lenient: true }\n"]);
    assert_eq!(file.matches("lenient").count(), 2, "{file}");
    has(
        &setup.run("check --fail-on never", 0).stdout,
        &["warning[zone.occluded]", "www.sub.abc-corp.example"],
    );
    has(&setup.run("plan --detailed-exitcode", 0).stdout, &["No changes"]);
}

#[test]
fn records_that_do_not_go_together_are_told_and_can_be_used() {
    let import = "import --from provider --provider main --out zones";
    if let Some(server) = require(PowerDns::start()) {
        server.create_zone(&before().with(OCCLUDED)).unwrap();
        lenient(&Setup::powerdns(&server, ""), import);
    }
    if let Some(server) = require(Bind::start([before().with(OCCLUDED)])) {
        lenient(&Setup::rfc2136(&server, ""), &format!("{import} {ZONE}"));
    }
    let setup = Setup::new("providers:\n  files: { type: zonefile, directory: old }\n");
    let text = format!(
        "$ORIGIN {ZONE}.\n$TTL 1h\n@ SOA ns1 hostmaster 1 2 3 4 5\n@ NS ns1\nns1 A 127.0.0.1\n{OCCLUDED}\n"
    );
    setup.repository.write(format!("old/{ZONE}.zone"), &text).unwrap();
    lenient(&setup, "import --from zonefile --source old --out zones");
    // An SOA record where no zone begins.
    let setup = Setup::new("providers:\n  files: { type: zonefile, directory: out }\n");
    let stray = format!("{text}stray SOA ns1 hostmaster 1 2 3 4 5\n");
    setup.repository.write(format!("old/{ZONE}.zone"), stray).unwrap();
    has(
        &setup.run("import --from zonefile --source old --out zones", 0).stderr,
        &["warning[zone/soa-not-at-apex]", "stray"],
    );
    setup.run("check --fail-on never", 0);
}

#[test]
fn two_files_of_one_zone_are_refused() {
    let setup = Setup::new("providers:\n  files: { type: zonefile, directory: old }\n");
    let text = "$ORIGIN a.example.\n$TTL 1h\n@ SOA ns1 hostmaster 1 2 3 4 5\n@ NS ns1\nns1 A 127.0.0.1\n";
    setup.repository.write("old/a.example.zone", text).unwrap();
    setup.repository.write("old/db.a.example", text.replace("127.0.0.1", "127.0.0.2")).unwrap();
    setup.repository.write("old/b.example.db", text.replace("a.example", "b.example")).unwrap();
    setup.repository.write("old/named.conf", "options {};\n").unwrap();
    let run = setup.run("import --from zonefile --source old --out zones", 65);
    has(
        &run.stderr,
        &["error[zone-twice]", "old/a.example.zone and old/db.a.example", "nothing was written"],
    );
    // What is in the folder and not read is told.
    has(&run.stderr, &["Not read", "old/named.conf"]);
    assert!(!setup.repository.path().join("zones").exists());
    setup.run("import --from zonefile --source old --out zones b.example", 0);
    // The same file, named twice, is one.
    setup.run("import --from zonefile --source old/b.example.db --source old/b.example.db --out more", 0);
    has(
        &setup.run("import --from zonefile --source old/b.example.db --out more --overwrite", 0).stderr,
        &["1 file written to more, 1 of them in place of others"],
    );
}

/// BIND reads types that only it knows; a person may go on without them, and is told what is not there.
#[test]
fn records_of_unknown_types_can_be_left_out() {
    let setup = Setup::new("providers:\n  files: { type: zonefile, directory: out }\n");
    let text = "$ORIGIN a.example.\n$TTL 1h\n@ SOA ns1 hostmaster 1 2 3 4 5\n@ NS ns1\nns1 A 127.0.0.1\n\
        old FOO bar\nnothing NULL abc\n$GENERATE 1-2 n$ UNSPEC x\n_dsync DSYNC CDS NOTIFY 53 ns1\nx25 X25 311061700956\nhex NULL \\# 1 00\n";
    setup.repository.write("old/a.example.zone", text).unwrap();
    let run = setup.run("import --from zonefile --source old --out zones", 65);
    assert_eq!(run.stderr.matches("error[zone/master-file]").count(), 3, "{}", run.stderr);
    assert!(!setup.repository.path().join("zones").exists());
    let run = setup.run("import --from zonefile --source old --out zones --lenient", 0);
    assert_eq!(run.stderr.matches("warning[import/left-out]").count(), 3, "{}", run.stderr);
    has(
        &run.stderr,
        &[
            "\"FOO\" is not a record type",
            "a.example.zone:6:5",
            "6 | old FOO bar",
            "a.example.zone:7:14",
            "the line is left out",
            "a.example.zone:8:",
            "1 file written",
        ],
    );
    let file = setup.repository.read("zones/a.example.yaml").unwrap();
    has(
        &file,
        &[
            "_dsync: { TYPE66:",
            "x25: { TYPE19: \\# 13 0c333131303631373030393536 }",
            "hex: { TYPE10: \\# 1 00 }",
            "ns1: { A: 127.0.0.1 }",
        ],
    );
    has_not(&file, &["old", "nothing", "n1:", "n2:"]);
    // What else is wrong stays an error.
    setup.repository.write("old/a.example.zone", format!("{text}x A nowhere\n")).unwrap();
    has(
        &setup.run("import --from zonefile --source old --out more --lenient", 65).stderr,
        &["error[zone/master-file]", "a.example.zone:12"],
    );
    setup.run("import --from provider --provider files --out more --lenient", 64);
}

/// A link that leads nowhere was a zone: it is an error, as in a project, and not passed over.
#[test]
fn a_master_file_that_is_a_link_to_nowhere_is_an_error() {
    let setup = Setup::new("providers:\n  files: { type: zonefile, directory: old }\n");
    let text = "$ORIGIN a.example.\n$TTL 1h\n@ SOA ns1 hostmaster 1 2 3 4 5\n@ NS ns1\nns1 A 127.0.0.1\n";
    setup.repository.write("old/a.example.zone", text).unwrap();
    let link =
        |name: &str| std::os::unix::fs::symlink("nowhere", setup.repository.path().join("old").join(name));
    link("b.example").unwrap();
    link(".#a.example.zone").unwrap();
    let run = setup.run("import --from zonefile --source old --out zones", 0);
    has(&run.stderr, &["Not read", "old/b.example.", "1 file written"]);
    link("b.example.zone").unwrap();
    let run = setup.run("import --from zonefile --source old --out other", 65);
    has(&run.stderr, &["error[zone/unreadable]", "old/b.example.zone", "nowhere"]);
    assert!(!setup.repository.path().join("other").exists());
    setup.run("import --from zonefile --source old --out other a.example", 0);
}

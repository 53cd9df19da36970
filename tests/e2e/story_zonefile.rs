//! The same story on a directory of master files, which other programs read.

use crate::story_powerdns::after;
use crate::support::{Setup, ZONE, has};
use dnsctl_harness::{Bind, Zone, require};

const BEFORE: &str = "; kept by hand once
$ORIGIN abc-corp.example.
$TTL 1h
@       IN SOA ns1 hostmaster 2026010101 7200 3600 1209600 300
        IN NS ns1
        IN A 203.0.113.10
        86400 IN MX 10 oldmail
        IN TXT \"v=spf1 ip4:203.0.113.25 -all\"
ns1     IN A 127.0.0.1
mail    86400 IN A 203.0.113.25
www     IN CNAME @
";

fn setup() -> Setup {
    let text = after(([127, 0, 0, 1], 53).into());
    let (_, records) = text.split_once('\n').unwrap();
    let setup = Setup::new("providers:\n  files: { type: zonefile, directory: out/ }\n").zone(ZONE, records);
    setup.repository.write("out/abc-corp.example.zone", BEFORE).unwrap();
    setup
}

#[test]
fn a_plan_is_shown_applied_and_served_by_another_program() {
    let setup = setup();
    let plan = setup.run("plan --out plan.json", 0);
    has(&plan.stdout, &["3 updates, 2 warnings", "10 oldmail → 10 mail", "- ip4:203.0.113.25"]);
    assert_eq!(setup.repository.read("out/abc-corp.example.zone").unwrap(), BEFORE, "a plan writes nothing");
    let apply = setup.run("apply plan.json", 0);
    has(&apply.stdout, &["Applied 3 of 3", "not verified: the provider does not serve the zone itself"]);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
    let text = setup.repository.read("out/abc-corp.example.zone").unwrap();
    let Some(bind) = require(Bind::start([Zone::from_text(ZONE, &text)])) else { return };
    let served = |name: &str, record_type: &str| crate::support::served(bind.address(), name, record_type);
    assert_eq!(served(ZONE, "MX"), ["10 mail.abc-corp.example."]);
    assert_eq!(served("mail.abc-corp.example", "A"), ["198.51.100.25"]);
    assert_eq!(served(ZONE, "NS"), ["ns1.abc-corp.example."]);
    // The serial went up, so secondaries will notice (RFC 1982).
    let soa = served(ZONE, "SOA").concat();
    let serial: u32 = soa.split(' ').nth(2).unwrap().parse().unwrap();
    assert!(serial > 2_026_010_101, "{soa}");
}

#[test]
fn a_file_that_was_edited_between_plan_and_apply() {
    let setup = setup();
    setup.run("plan --out plan.json", 0);
    let edited = BEFORE.replace("v=spf1 ip4:203.0.113.25", "v=spf1 a");
    setup.repository.write("out/abc-corp.example.zone", &edited).unwrap();
    has(&setup.run("apply plan.json", 4).stdout, &["live now", "v=spf1 a -all"]);
    assert_eq!(setup.repository.read("out/abc-corp.example.zone").unwrap(), edited);
}

#[test]
fn files_that_are_missing_or_broken() {
    let setup = setup();
    setup.repository.remove("out/abc-corp.example.zone").unwrap();
    has(&setup.run("plan", 3).stdout, &["zone/missing"]);
    setup
        .repository
        .write("out/abc-corp.example.zone", BEFORE.replace("203.0.113.10", "203.0.113.256"))
        .unwrap();
    let run = setup.run("plan", 65);
    has(&run.stdout, &["cannot be applied"]);
    has(&run.stderr, &["abc-corp.example.zone:6:14", "203.0.113.256"]);
    setup
        .repository
        .write("dnsctl.yaml", "providers:\n  files: { type: zonefile, directory: nowhere/ }\n")
        .unwrap();
    let run = setup.command("plan").run().unwrap();
    assert!(matches!(run.code, Some(1 | 65)), "{run}");
    has(&format!("{}{}", run.stdout, run.stderr), &["nowhere"]);
}

/// What is left of a zone after a crash is neither an empty zone nor one to be written.
#[test]
fn files_that_are_empty_or_cut() {
    let setup = setup();
    let (cut, _) = BEFORE.split_at(BEFORE.len() - 10);
    for (left, reason) in [
        ("", "it holds no records"),
        ("; kept by hand once\n", "it holds no records"),
        ("$TTL 1h\nwww A 192.0.2.1\n", "it holds no SOA record"),
        (cut, "its last line, 11, has no line end"),
    ] {
        setup.repository.write("out/abc-corp.example.zone", left).unwrap();
        let run = setup.run("plan", 65);
        let all = format!("{}{}", run.stdout, run.stderr);
        has(&all, &["damaged or truncated", reason, "restore the file", "cannot be applied"]);
        setup.run("apply --yes", 65);
        assert_eq!(setup.repository.read("out/abc-corp.example.zone").unwrap(), left);
    }
}

/// A write would undo what the person made of the file, so the plan says so before anything is tried.
#[test]
fn files_that_are_not_written() {
    let setup = setup();
    let including = format!("{BEFORE}$INCLUDE more\n");
    setup.repository.write("out/more", "more A 192.0.2.1\n").unwrap();
    setup.repository.write("out/abc-corp.example.zone", &including).unwrap();
    let run = setup.run("plan", 3);
    has(&run.stdout, &["zone/read-only", "its file includes \"more\"", "named-compilezone"]);
    assert_eq!(setup.repository.read("out/abc-corp.example.zone").unwrap(), including);
}

/// The example of the README, in a copy of its folder.
#[test]
fn the_example_of_the_repository() {
    let from = dnsctl_harness::repository_root().join("zones/abc-corp");
    let read = |path: &str| fs_err::read(from.join(path)).unwrap();
    let setup = Setup::new("");
    for path in ["dnsctl.yaml", "zones/abc-corp.example.yaml"] {
        setup.repository.write(path, read(path)).unwrap();
    }
    setup.repository.write("out/abc-corp.example.zone", read("before/abc-corp.example.zone")).unwrap();
    has(&setup.run("check", 0).stdout, &["1 zone", "0 errors, 0 warnings"]);
    let plan = setup.run("plan --out out/plan.json", 0);
    has(&plan.stdout, &["~ MX", "~ A", "0 to delete"]);
    has(&setup.run("apply out/plan.json", 0).stdout, &["Applied"]);
    has(&setup.run("plan --detailed-exitcode", 0).stdout, &["No changes"]);
}

/// Comments inside the file are not written again, and the plan says so before anything is lost.
#[test]
fn comments_that_a_write_loses_are_told() {
    let setup = setup();
    let file = "out/abc-corp.example.zone";
    let plan = setup.run("plan", 0).stdout;
    assert!(!plan.contains("zone/loses"), "{plan}");
    setup.repository.write(file, BEFORE.replace("@\n", "@ ; the web site\n; more\n")).unwrap();
    let plan = setup.run("plan", 0).stdout;
    has(&plan, &["▲ zone/loses", "abc-corp.example.zone (2 comments, the", "3 updates, 3 warnings"]);
    setup.run("apply --yes", 0);
    let text = setup.repository.read(file).unwrap();
    assert!(text.starts_with("; kept by hand once\n") && !text.contains("web site"), "{text}");
    let plan = setup.run("plan", 0).stdout;
    assert!(plan.contains("No changes") && !plan.contains("zone/loses"), "{plan}");
}

/// BIND does not load a zone without NS records: the plan says so, not the reload.
#[test]
fn a_new_zone_without_name_servers_is_told() {
    let setup = Setup::new("providers:\n  files: { type: zonefile, directory: out/ }\n");
    std::fs::create_dir_all(setup.repository.path().join("out")).unwrap();
    let zone = |name: &str, records: &str| {
        let text = format!(
            "create: true\nrecords:\n  \"@\": {records}\n  ns: {{ A: 127.0.0.1 }}\n  _dmarc: {{ TXT: \"v=DMARC1; p=reject\" }}\n"
        );
        setup.repository.write(format!("zones/{name}.yaml"), text).unwrap();
    };
    zone("a.example", "{ A: 192.0.2.1, MX: 0 ., TXT: v=spf1 -all }");
    zone("b.example", "{ A: 192.0.2.1, MX: 0 ., TXT: v=spf1 -all, NS: [ns, ns.example.net.] }");
    let plan = setup.run("plan", 3).stdout;
    has(
        &plan,
        &[
            "▲ zone/no-name-servers  a.example would be created without NS records",
            "1 warning",
            "✖ provider/refuses",
            "BIND does not load a zone without NS records at its apex",
        ],
    );
    assert_eq!(plan.matches("zone/no-name-servers").count(), 1, "{plan}");
    setup.run("apply --yes --zone b.example", 0);
    setup.run("apply --yes", 3);
    assert!(!setup.repository.path().join("out/a.example.zone").exists());
    // What would have been written.
    let bare = "$ORIGIN a.example.\n$TTL 1h\n@ SOA ns hostmaster 1 14400 3600 1209600 3600\n@ A 192.0.2.1\nns A 127.0.0.1\n";
    setup.repository.write("out/a.example.zone", bare).unwrap();
    let loads = |name: &str| {
        let program = require(dnsctl_harness::find("named-compilezone", "bind9-utils"))?;
        let mut command = std::process::Command::new(program);
        command.args(["-o", "/dev/null", name]).arg(setup.repository.path().join(format!("out/{name}.zone")));
        Some(command.output().unwrap().status.success())
    };
    let (Some(bare), Some(loaded)) = (loads("a.example"), loads("b.example")) else { return };
    assert!(!bare && loaded);
}

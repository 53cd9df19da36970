//! `mail:` in zone files: planned, applied, served by another program; and the policy files.

use crate::support::{Setup, has, has_not, served};
use dnsctl_harness::{Bind, Zone, require};

const FILES: [&str; 9] = [
    "dnsctl.yaml",
    "zones/abc-corp.example.yaml",
    "zones/abc-shop.example.yaml",
    "zones/abc-parked.example.yaml",
    "shared/reports.yaml",
    "keys/mail.pem",
    "keys/mail-next.pub",
    "keys/s2026.pub",
    "keys/s2026e.pub",
];

const ZONES: [&str; 3] = ["abc-corp.example", "abc-shop.example", "abc-parked.example"];

/// The example of the repository, in a copy of its folder.
fn example() -> Setup {
    let from = dnsctl_harness::repository_root().join("zones/mail");
    let setup = Setup::new("");
    for path in FILES {
        setup.repository.write(path, fs_err::read(from.join(path)).unwrap()).unwrap();
    }
    fs_err::create_dir_all(setup.repository.path().join("out")).unwrap();
    setup
}

#[test]
fn the_example_is_planned_applied_and_served() {
    let setup = example();
    has(&setup.run("check", 0).stdout, &["3 zones", "0 errors, 0 warnings"]);
    // A derived record stands at the line of its intent.
    let plan = setup.run("plan --out out/plan.json", 0);
    let saved = setup.plan_file("out/plan.json")["changes"].to_string();
    has(&saved, &["\"file\":\"zones/abc-corp.example.yaml\""]);
    has_not(&saved, &["203.0.113.25"]);
    // What receivers make of mail from the old server is told all the same.
    has(&plan.stdout, &["203.0.113.25 (formerly mail.abc-corp.example)"]);
    has(&setup.run("apply out/plan.json", 0).stdout, &["Applied"]);
    has(&setup.run("plan --detailed-exitcode", 0).stdout, &["No changes"]);
    let texts = ZONES.map(|zone| setup.repository.read(format!("out/{zone}.zone")).unwrap());
    let zones = ZONES.iter().zip(&texts).map(|(zone, text)| Zone::from_text(zone, text));
    let Some(bind) = require(Bind::start(zones.collect::<Vec<_>>())) else { return };
    let served = |name: &str, rtype: &str| served(bind.address(), name, rtype);
    assert_eq!(served("abc-corp.example", "MX"), ["10 mail.abc-corp.example.", "20 backup.relay.example."]);
    assert_eq!(
        served("abc-corp.example", "TXT"),
        [
            "\"some-verification=0123456789\"",
            "\"v=spf1 ip4:198.51.100.25 ip6:2001:db8::25 include:_spf.relay.example -all\""
        ]
    );
    assert_eq!(served("mail.abc-corp.example", "A"), ["198.51.100.25"]);
    assert_eq!(served("_25._tcp.mail.abc-corp.example", "TLSA").len(), 2);
    assert_eq!(served("_pop3s._tcp.abc-corp.example", "SRV"), ["0 0 0 ."]);
    let key = served("s2026._domainkey.abc-corp.example", "TXT").concat();
    assert!(key.starts_with("\"v=DKIM1; k=rsa; p=") && key.contains("\" \""), "a long text is split: {key}");
    assert_eq!(served("abc-shop.example._report._dmarc.abc-corp.example", "TXT"), ["\"v=DMARC1\""]);
    assert_eq!(
        served("fm1._domainkey.abc-shop.example", "CNAME"),
        ["fm1.abc-shop.example.dkim.fmhosted.com."]
    );
    assert_eq!(served("abc-parked.example", "MX"), ["0 ."]);
    assert_eq!(served("abc-parked.example", "TXT"), ["\"v=spf1 -all\""]);
    assert_eq!(served("any.thing._domainkey.abc-parked.example", "TXT"), ["\"v=DKIM1; p=\""]);
    assert_eq!(served("_dmarc.abc-parked.example", "TXT"), ["\"v=DMARC1; p=reject; sp=reject\""]);
}

#[test]
fn the_policy_file_and_the_id_of_the_record_change_together() {
    let setup = example();
    has(&setup.run("mail policy --out public", 0).stderr, &["1 policy file in public, 1 of them written"]);
    let path = "public/mta-sts.abc-corp.example/.well-known/mta-sts.txt";
    let policy = "version: STSv1\nmode: enforce\nmx: mail.abc-corp.example\nmx: backup.relay.example\nmax_age: 604800\n";
    assert_eq!(setup.repository.read(path).unwrap(), policy);
    assert_eq!(setup.run("mail policy abc-corp.example", 0).stdout, policy);
    setup.run("mail policy --out public --check", 0);
    has(&setup.run("mail policy --out public", 0).stderr, &["0 of them written"]);
    let id = |setup: &Setup| {
        let text = setup.run("export abc-corp.example", 0).stdout;
        let line = text.lines().find(|line| line.contains("v=STSv1")).unwrap().to_owned();
        line.split_once("id=").unwrap().1.to_owned()
    };
    let before = id(&setup);
    let zone = setup.repository.read("zones/abc-corp.example.yaml").unwrap();
    setup.write_zone("abc-corp.example", &zone.replace("mode: enforce", "mode: testing"));
    assert_ne!(id(&setup), before);
    has(&setup.run("mail policy --out public --check", 1).stderr, &["not up to date", path]);
    setup.run("mail policy --out public", 0);
    has(&setup.repository.read(path).unwrap(), &["mode: testing"]);
    setup.write_zone("abc-corp.example", &zone);
    setup.run("mail policy --out public", 0);
    assert_eq!(id(&setup), before, "the same policy has the same id");
    has(
        &setup.run("mail policy abc-parked.example", 64).stderr,
        &["no zone that was asked for has an MTA-STS policy"],
    );
}

#[test]
fn what_is_written_and_derived_is_refused_with_both_places() {
    let setup = example();
    let zone = setup.repository.read("zones/abc-corp.example.yaml").unwrap();
    let twice = zone.replace("    A: 203.0.113.10\n", "    A: 203.0.113.10\n    MX: 10 mail\n");
    setup.write_zone("abc-corp.example", &twice);
    let run = setup.run("plan", 65);
    has(
        &run.stderr,
        &[
            "mail/conflict",
            "MX of abc-corp.example.",
            "zones/abc-corp.example.yaml:29",
            "zones/abc-corp.example.yaml:5",
        ],
    );
}

/// The way of ABC Corp: the block in place of hand-written records changes nothing but what it adds.
#[test]
fn a_move_is_one_line() {
    let setup = example();
    setup.run("apply --yes", 0);
    let zone = setup.repository.read("zones/abc-corp.example.yaml").unwrap();
    let moved = zone.replace(
        "addresses: [198.51.100.25, \"2001:db8::25\"], retired: [203.0.113.25]",
        "addresses: [192.0.2.25, \"2001:db8::25\"], retired: [203.0.113.25, 198.51.100.25]",
    );
    assert_ne!(zone, moved);
    setup.write_zone("abc-corp.example", &moved);
    let plan = setup.run("plan", 0);
    has(
        &plan.stdout,
        &["2 updates", "198.51.100.25 → 192.0.2.25", "- ip4:198.51.100.25", "+ ip4:192.0.2.25"],
    );
}

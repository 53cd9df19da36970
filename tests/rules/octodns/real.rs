//! The same on a real repository, where the machine has one: `DNSCTL_REAL` is a folder with `moj-dns` in it, the published zone
//! files of a government department (405 zones; github.com/ministryofjustice/dns).

use super::answers;
use crate::settle::{Objection, settle};
use crate::zones::Findings;
use dnsctl_checks::{Facts, Judged, Repository, Settings, Subject, judge};
use dnsctl_config::Project;
use dnsctl_harness::{python_tool, repository_root, require};
use dnsctl_zone::{Desired, Name, Zone};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

#[expect(clippy::disallowed_methods, reason = "test code: the machine says whether it has the files")]
fn real() -> Option<PathBuf> {
    std::env::var_os("DNSCTL_REAL").map(PathBuf::from)
}

#[test]
fn octodns_finds_nothing_in_real_zones_that_rules_do_not() {
    let Some(real) = real() else {
        println!("DNSCTL_REAL is not set: no real zones are judged");
        return;
    };
    let config = real.join("moj-dns/config.yaml");
    let Some(theirs) = theirs(&config) else { return };
    let ours = ours(&config);
    let cases: Vec<&Findings> = ours.values().collect();
    let mut objections = Vec::new();
    for (zone, said) in theirs {
        let case = ours.keys().position(|apex| *apex == zone).unwrap();
        objections.extend(said.into_iter().map(|(about, text)| Objection { case, about, text }));
    }
    settle("octoDNS, real zones", &cases, &objections, answers::REAL);
}

type Said = Vec<(Option<Name>, String)>;

fn theirs(config: &Path) -> Option<Vec<(Name, Said)>> {
    let python = require(python_tool("octodns", "python"))?;
    // A relative folder of zone files starts at the working directory.
    let output = Command::new(python)
        .arg(repository_root().join("tests/rules/judge_octodns.py"))
        .arg(config.file_name().unwrap())
        .current_dir(config.parent().unwrap())
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let zone = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let one = |one: &Value| {
            let about = one["name"].as_str().and_then(|name| Name::absolute(name).ok());
            (about, one["text"].as_str().unwrap().to_owned())
        };
        let said = line["said"].as_array().unwrap().iter().map(one).collect();
        (Name::absolute(line["zone"].as_str().unwrap()).unwrap(), said)
    };
    Some(String::from_utf8(output.stdout).unwrap().lines().map(zone).collect())
}

fn ours(config: &Path) -> BTreeMap<Name, Findings> {
    let project = Project::open(config);
    let desired: Vec<Desired> = project.units.iter().filter_map(|unit| project.load(unit).zone).collect();
    assert_eq!(desired.len(), project.units.len());
    let judged: Vec<Judged<'_>> = desired.iter().map(|desired| Judged::desired(desired, None)).collect();
    let zones: Vec<Zone> = judged.iter().map(|judged| judged.records().clone()).collect();
    let (held, facts) = (Repository::new(&zones), Facts::default());
    let settings = Settings { acknowledgements: &[], today: "2026-11-23" };
    let findings = |judged: &Judged<'_>| {
        let report = judge(&Subject::new(judged, &facts, &held), settings);
        let all = report.findings.iter();
        let found = all.map(|one| (one.check.rule.id.to_owned(), one.finding.name.clone())).collect();
        let apex = judged.records().apex.clone();
        let sets = judged.records().rrsets().iter();
        let records = sets.flat_map(|set| set.values().iter().map(|value| (set.name.clone(), value.clone())));
        let (label, records) = (apex.to_string(), records.collect());
        (apex.clone(), Findings { label, found, apex, records, facts: Facts::default() })
    };
    judged.iter().map(findings).collect()
}

//! A real repository, where the machine has one: `DNSCTL_REAL` is a folder with `moj-dns` in it, the published zone files
//! of a government department (405 zones; github.com/ministryofjustice/dns). The distribution of findings is printed.

use dnsctl_checks::{Facts, Judged, Report, Repository, Settings, Severity, Subject, Verdict, judge};
use dnsctl_config::Project;
use dnsctl_zone::{Desired, Zone};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "test code: the machine says whether it has the files")]
fn real() -> Option<PathBuf> {
    std::env::var_os("DNSCTL_REAL").map(PathBuf::from)
}

#[test]
fn the_zones_of_a_government_department() {
    let Some(real) = real() else {
        // In the words by which tests/run counts what was left out.
        eprintln!("SKIPPED: DNSCTL_REAL is missing and no real zones are judged");
        return;
    };
    let project = Project::open(&real.join("moj-dns/config.yaml"));
    let desired: Vec<Desired> = project.units.iter().filter_map(|unit| project.load(unit).zone).collect();
    assert_eq!(desired.len(), project.units.len());
    let facts = Facts::default();
    let judged: Vec<Judged<'_>> = desired.iter().map(|desired| Judged::desired(desired, None)).collect();
    let zones: Vec<Zone> = judged.iter().map(|judged| judged.records().clone()).collect();
    let held = Repository::new(&zones);
    let settings = Settings { acknowledgements: &[], today: "2026-11-23" };
    let mut found: BTreeMap<&'static str, BTreeMap<Severity, usize>> = BTreeMap::new();
    let mut verdicts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut lines = Vec::new();
    for (judged, desired) in judged.iter().zip(&desired) {
        let report = judge(&Subject::new(judged, &facts, &held), settings);
        for checked in &report.results {
            let place = match checked.verdict {
                Verdict::Pass => 0,
                Verdict::Fail(_) => 1,
                Verdict::Untested(_) => 2,
                Verdict::NotApplicable => 3,
            };
            verdicts.entry(checked.check.rule.id).or_default()[place] += 1;
        }
        // The same rules on the same records of a provider find the same.
        let as_live = Judged::zone(judged.records()).lenient_as(desired);
        let live = judge(&Subject::new(&as_live, &facts, &held), settings);
        let messages = |report: &Report<'_>| -> Vec<String> {
            report.findings.iter().map(|judgement| judgement.finding.message.clone()).collect()
        };
        assert_eq!(messages(&report), messages(&live));
        for judgement in &report.findings {
            *found.entry(judgement.check.rule.id).or_default().entry(judgement.severity).or_default() += 1;
            let finding = &judgement.finding;
            let source = finding.source.as_ref().unwrap();
            let (severity, id) = (judgement.severity, judgement.check.rule.id);
            lines.push((
                std::cmp::Reverse(severity),
                id,
                format!("{severity} {id} {source} {}", finding.message),
            ));
        }
    }
    let rrsets: usize = zones.iter().map(|zone| zone.rrsets().len()).sum();
    println!("{} zones, {rrsets} RRsets, {} findings", zones.len(), lines.len());
    for (id, by) in &found {
        let counts: Vec<String> =
            by.iter().rev().map(|(severity, count)| format!("{count} {severity}")).collect();
        println!("  {id:<24} {}", counts.join(", "));
    }
    println!("zones by outcome: passed, failed, untested, not applicable");
    for (id, counts) in &verdicts {
        println!("  {id:<24} {counts:?}");
    }
    // Each was looked at by hand: four domains that take mail and have no SPF record, a record with "nclude:", names with underscores and one with a number sign that BIND does not load, and records
    // at and below delegations that nobody is given.
    let heavy = |(id, by): (&&'static str, &BTreeMap<Severity, usize>)| {
        let count: usize = by.range(Severity::Error..).map(|(_, count)| count).sum();
        (count > 0).then_some((*id, count))
    };
    let errors: Vec<_> = found.iter().filter_map(heavy).collect();
    lines.sort();
    lines.iter().for_each(|(_, _, line)| println!("{line}"));
    assert_eq!(
        errors,
        [
            // Nothing below _domainkey.
            ("dkim.any", 2),
            // Names of hosters in TXT records.
            ("dkim.p-missing", 4),
            // "" inside a text, which octoDNS publishes as a part of it.
            ("dkim.string-split", 10),
            ("dmarc.present", 1),
            // "nv=DMARC1".
            ("dmarc.version", 1),
            ("spf.present", 4),
            ("spf.unknown-mechanism", 1),
            ("zone.hostname-syntax", 3)
        ]
    );
    // Records at and below delegations, in zones that the repository reads leniently: errors anywhere else. Three are addresses that
    // no name server has.
    assert_eq!(found["zone.occluded"].get(&Severity::Warning), Some(&37), "{:?}", found["zone.occluded"]);
}

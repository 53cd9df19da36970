//! The rules, on zones of whatever records.

use crate::config::{self, Folder};
use dnsctl_checks::{Facts, Judged, Report, Repository, Settings, Subject, Verdict, checks, judge};
use dnsctl_zone::{Name, Zone, master};

/// A master file: every rule looks at its zone, beside itself only.
pub fn judge_zone(octets: &[u8]) {
    let text = master::decode(octets);
    let Ok(apex) = Name::absolute("example.com") else { return };
    let options = master::Options {
        generated: 200,
        generated_octets: 20_000,
        pseudo_types: true,
        ..Default::default()
    };
    let parsed = master::parse(&text, "zone".into(), &apex, options, &mut |_| Err(String::new()));
    let zone = master::zone(parsed, &apex).zone;
    let zones = [zone];
    let [zone] = &zones;
    let judged = Judged::zone(zone);
    report(&judged, &Facts::default(), &zones);
}

/// A zone file with a `mail:` block: every rule looks at what it declares and what follows from it. As records of a provider,
/// the same zone has the same findings, but for what only files can say.
pub fn judge_declared(octets: &[u8]) {
    for loaded in config::load(&Folder::zone(octets)) {
        let Some(desired) = &loaded.zone else { continue };
        let facts = loaded
            .mail
            .as_ref()
            .map_or_else(Facts::default, |mail| Facts::of(&mail.intent, &mail.files, mail.policy.as_deref()));
        let judged = Judged::desired(desired, None);
        let zones = [judged.records().clone()];
        report(&judged, &facts, &zones);
    }
}

fn report(judged: &Judged<'_>, facts: &Facts, zones: &[Zone]) {
    let mut held = Repository::new(zones);
    held.learn(facts);
    let settings = Settings { acknowledgements: &[], today: "2026-11-23" };
    let report = judge(&Subject::new(judged, facts, &held), settings);
    assert_eq!(report.results.len(), checks().count(), "not every rule said something");
    let failed: usize = report
        .results
        .iter()
        .map(|checked| if let Verdict::Fail(count) = checked.verdict { count } else { 0 })
        .sum();
    assert_eq!(failed, report.findings.len(), "findings are lost");
    report.results.iter().for_each(|checked| {
        if let Verdict::Untested(why) = &checked.verdict {
            words(checked.check.rule.id, why);
        }
    });
    findings(&report);
}

fn findings(report: &Report<'_>) {
    for found in &report.findings {
        let (id, finding) = (found.check.rule.id, &found.finding);
        words(id, &finding.message);
        // A tree of lookups stands on lines of its own.
        for line in finding.fix.iter().flat_map(|fix| fix.lines()).filter(|line| !line.is_empty()) {
            words(id, line);
        }
        if let Some(excerpt) = &finding.excerpt {
            assert!(
                excerpt.text.get(excerpt.span.clone()).is_some(),
                "{id}: {excerpt:?} marks what is not there"
            );
        }
    }
    let heaviest = |found: &dnsctl_checks::Judgement<'_>| std::cmp::Reverse(found.severity);
    assert!(report.findings.is_sorted_by_key(heaviest), "the heaviest are not first");
}

/// What is told is for a person: short, on one line.
fn words(id: &str, text: &str) {
    let length = text.chars().count();
    assert!(length > 0 && length < 2000, "{id}: {length} characters: {text:?}");
    assert!(!text.contains(char::is_control), "{id}: a control character in {text:?}");
}

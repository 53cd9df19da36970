use super::*;
use crate::{Facts, Judged, Repository};
use dnsctl_zone::{Desired, Manage, Name, Names, RRset, Rdata, RecordType, Source, Ttl, Wish, Zone};
use std::sync::Arc;

fn zone() -> Zone {
    let apex = Name::absolute("example.com").unwrap();
    let rrset = |rtype, texts: &[&str]| {
        let names = Names { origin: &apex, strict: false };
        let values = texts.iter().map(|text| Rdata::parse(rtype, text, names).unwrap()).collect();
        RRset::new(apex.clone(), rtype, Ttl::new(3600).unwrap(), values)
    };
    let rrsets =
        vec![rrset(RecordType::MX, &["0 .", "10 mail"]), rrset(RecordType::NS, &["ns1.example.net."])];
    Zone::new(apex.clone(), rrsets)
}

fn acknowledgement(rule: &str, at: Option<RecordType>, until: &str) -> Acknowledgement {
    let apex = Name::absolute("example.com").unwrap();
    let source = Source::new(Arc::from("zone"), 9, 3);
    Acknowledgement {
        rule: rule.to_owned(),
        at: at.map(|rtype| (apex, Some(rtype))),
        until: until.to_owned(),
        why: "known".to_owned(),
        weight: None,
        source,
    }
}

/// The open and the acknowledged findings of two groups by rule, and the idle acknowledgements.
fn said(acknowledgements: &[Acknowledgement]) -> (Vec<String>, Vec<String>, Vec<IdleReason>) {
    let (zone, facts) = (zone(), Facts::default());
    let (judged, held) = (Judged::zone(&zone), Repository::new([&zone]));
    let subject = Subject::new(&judged, &facts, &held);
    let report = judge(&subject, Settings { acknowledgements, today: "2026-11-23" });
    let line = |judgement: &Judgement<'_>| format!("{} {}", judgement.check.rule.id, judgement.severity);
    let ours = |judgement: &&Judgement<'_>| matches!(judgement.check.group(), "ns" | "mx");
    let acknowledged = report.findings.iter().filter(|judgement| judgement.acknowledged.is_some());
    assert_eq!(report.open().count(), report.at_least(Severity::Info));
    let idle = report.idle.iter().map(|idle| idle.reason).collect();
    (report.open().filter(ours).map(line).collect(), acknowledged.map(line).collect(), idle)
}

#[test]
fn the_heaviest_comes_first() {
    let (open, acknowledged, idle) = said(&[]);
    assert_eq!(open, ["mx.null-with-others critical", "mx.target-address critical", "ns.min-two error"]);
    assert!(acknowledged.is_empty() && idle.is_empty());
}

#[test]
fn an_acknowledged_finding_is_a_note_until_its_last_day() {
    let today = acknowledgement("ns.min-two", Some(RecordType::NS), "2026-11-23");
    let over = acknowledgement("mx.target-address", None, "2026-11-22");
    let (open, acknowledged, idle) = said(&[today, over]);
    assert_eq!(open, ["mx.null-with-others critical", "mx.target-address critical"]);
    assert_eq!(acknowledged, ["ns.min-two note"]);
    assert_eq!(idle, [IdleReason::Expired]);
}

#[test]
fn an_acknowledgement_can_say_what_a_finding_weighs() {
    let weight = |word: &str, until| Acknowledgement {
        weight: Some(word.to_owned()),
        ..acknowledgement("ns.min-two", None, until)
    };
    let (open, acknowledged, idle) = said(&[weight("critical", "2026-11-23")]);
    assert!(open.contains(&"ns.min-two critical".to_owned()), "{open:?}");
    assert!(acknowledged.is_empty() && idle.is_empty());
    let (open, ..) = said(&[weight("info", "2026-11-22")]);
    assert!(open.contains(&"ns.min-two error".to_owned()), "its last day is over: {open:?}");
}

#[test]
fn an_acknowledgement_of_nothing_is_told() {
    let other = acknowledgement("ns.min-two", Some(RecordType::MX), "2026-12-31");
    let passes = acknowledgement("ns.present", None, "2026-12-31");
    let typo = acknowledgement("ns.min-tow", None, "2026-12-31");
    let guard = acknowledgement("guard/last-mx", None, "2026-12-31");
    let (open, _, idle) = said(&[other, passes, typo, guard]);
    assert_eq!(open.len(), 3);
    assert_eq!(idle, [IdleReason::Unused, IdleReason::Unused, IdleReason::NoSuchRule]);
    // A rule that needs what only a plan knows may need it there.
    let plan = |until| acknowledgement("sec.apply-order", None, until);
    assert_eq!(said(&[plan("2026-12-31")]).2, []);
    assert_eq!(said(&[plan("2026-01-31")]).2, [IdleReason::Expired]);
}

/// octoDNS lets pass with a warning what is marked lenient, whichever of the records has the mark; so do the rules.
#[test]
fn what_the_files_pass_over_leniently_is_a_warning() {
    let apex = Name::absolute("example.com").unwrap();
    let source = Source::new(Arc::from("zone"), 1, 1);
    let wish = |name: &str, rtype, text: &str, lenient| {
        let names = Names { origin: &apex, strict: false };
        let values = vec![Rdata::parse(rtype, text, names).unwrap()];
        let owner = Name::absolute(&format!("{name}.example.com")).unwrap();
        let rrset = RRset::new(owner, rtype, Ttl::new(3600).unwrap(), values);
        Wish { rrset, source: source.clone(), provider_options: None, only: None, lenient }
    };
    let said = |whole: bool, [cname, address, cut, digest, other]: [bool; 5]| {
        let mut wishes = vec![
            wish("www", RecordType::CNAME, "web", cname),
            wish("www", RecordType::A, "192.0.2.80", address),
            wish("below", RecordType::NS, "ns1.example.net.", cut),
            wish("a.below", RecordType::TXT, "x", false),
            wish("sub", RecordType::NS, "ns1.example.net.", false),
            wish("sub", RecordType::DS, "3613 15 2 abababab", digest),
            wish("web", RecordType::A, "192.0.2.80", other),
        ];
        wishes.sort_by(|a, b| a.rrset.key().cmp(&b.rrset.key()));
        let desired = Desired {
            apex: apex.clone(),
            wishes,
            providers: Vec::new(),
            ignore: Vec::new(),
            manage: Manage::All,
            create: false,
            lenient: whole,
            acknowledgements: Vec::new(),
            policy: Default::default(),
            servers: Vec::new(),
            source: source.clone(),
        };
        let (judged, facts) = (Judged::desired(&desired, None), Facts::default());
        let held = Repository::new([judged.records()]);
        let settings = Settings { acknowledgements: &[], today: "2026-11-23" };
        let report = judge(&Subject::new(&judged, &facts, &held), settings);
        let weight = |rule: &str| {
            report.findings.iter().find(|judgement| judgement.check.rule.id == rule).unwrap().severity
        };
        ["zone.cname-and-data", "zone.occluded", "zone.bad-value"].map(weight)
    };
    let strict = said(false, [false, false, false, false, true]);
    assert!(strict.iter().all(|weight| *weight > Severity::Warning), "{strict:?}");
    let [alias, occluded, value] = strict;
    assert_eq!(said(false, [true, false, false, false, false]), [Severity::Warning, occluded, value]);
    assert_eq!(said(false, [false, true, false, false, false]), [Severity::Warning, occluded, value]);
    assert_eq!(said(false, [false, false, true, false, false]), [alias, Severity::Warning, value]);
    assert_eq!(said(false, [false, false, false, true, false]), [alias, occluded, Severity::Warning]);
    assert_eq!(said(true, [false; 5]), [Severity::Warning; 3]);
}

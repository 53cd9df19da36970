//! What is not known of a zone beside, and which of two zones answers.

use crate::effect::{Input, judge};
use crate::testing::{desired, planned, zone_of};
use crate::{Severity, ZonePlan};
use dnsctl_checks::Facts;
use dnsctl_zone::{Desired, Kept, Live, Manage, Name, RecordType, Zone};

const START: &str =
    "@ SOA ns1.far.test. hostmaster 1 14400 3600 1209600 3600\n@ NS ns1.far.test.\n@ NS ns2.far.test.\n";

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

fn zone(apex: &str, text: &str) -> Zone {
    zone_of(apex, &format!("{START}{text}"))
}

/// The plans for these zones: what is live, and what the files want.
fn plans(zones: &[(Option<Live>, Desired)]) -> Vec<ZonePlan> {
    let mut plans: Vec<ZonePlan> =
        zones.iter().map(|(live, desired)| planned(live.as_ref(), desired)).collect();
    let facts = Facts::default();
    let inputs: Vec<Input<'_>> =
        zones.iter().map(|(live, desired)| Input { desired, live: live.as_ref(), facts: &facts }).collect();
    judge(&mut plans, &inputs, "2026-11-23");
    plans
}

fn told<'p>(plan: &'p ZonePlan, rule: &str) -> Vec<&'p str> {
    plan.findings.iter().filter(|finding| finding.rule == rule).map(|finding| &*finding.message).collect()
}

const MX: &str = "@ MX 10 mail.b.example.";

/// An MX that comes, for a host in a zone beside.
fn leads_to(beside: (Option<Live>, Desired)) -> ZonePlan {
    let (was, is) = (zone("a.example", "@ TXT x"), zone("a.example", &format!("@ TXT x\n{MX}")));
    plans(&[(Some(Live::new(was)), desired(&is)), beside]).remove(0)
}

#[test]
fn what_a_provider_keeps_in_a_zone_beside_is_not_missing() {
    let empty = zone("b.example", "www A 192.0.2.80");
    let wanted = desired(&empty);
    let plan = leads_to((Some(Live::new(empty.clone())), wanted.clone()));
    assert!(!told(&plan, "mx.target-address").is_empty(), "{:?}", plan.findings);
    let kept = Kept {
        name: name("mail.b.example"),
        rtype: RecordType::A,
        count: 2,
        reason: "weighted routing policy".to_owned(),
    };
    let plan = leads_to((Some(Live { kept: vec![kept], ..Live::new(empty) }), wanted));
    assert!(told(&plan, "mx.target-address").is_empty(), "{:?}", plan.findings);
}

#[test]
fn what_a_new_zone_beside_does_not_declare_is_not_missing() {
    let new = Desired { create: true, ..desired(&zone("b.example", "www A 192.0.2.80")) };
    let plan = leads_to((None, new.clone()));
    assert!(!told(&plan, "mx.target-address").is_empty(), "{:?}", plan.findings);
    let plan = leads_to((None, Desired { manage: Manage::Declared, ..new }));
    assert!(told(&plan, "mx.target-address").is_empty(), "{:?}", plan.findings);
}

/// The zone below was there all the time, and nobody was sent to it.
#[test]
fn a_new_delegation_to_a_zone_that_was_there_takes_the_address_away() {
    let host = "@ MX 10 mail.sub\nmail.sub A 192.0.2.25";
    let was = zone("a.example", host);
    let is = zone("a.example", &format!("{host}\nsub NS ns1.far.test."));
    let below = zone("sub.a.example", "www A 192.0.2.80");
    let with = |below: Zone, manage| {
        let below = (Some(Live::new(below.clone())), Desired { manage, ..desired(&below) });
        plans(&[(Some(Live::new(was.clone())), desired(&is)), below]).remove(0)
    };
    let plan = with(below, Manage::All);
    let lost = plan.findings.iter().find(|finding| finding.rule == "mx.target-address");
    assert_eq!(lost.map(|finding| finding.severity), Some(Severity::Blocker), "{:?}", plan.findings);
    let plan = with(zone("sub.a.example", "mail A 192.0.2.25"), Manage::All);
    assert!(told(&plan, "mx.target-address").is_empty(), "{:?}", plan.findings);
    assert!(told(&plan, "plan/hidden").is_empty(), "{:?}", plan.findings);
}

/// The address stays where it stands, as glue: nobody who asks the servers of the zone below sees it.
#[test]
fn glue_is_not_the_address_of_a_mail_host() {
    let host = "@ MX 10 mail.sub\nmail.sub A 192.0.2.25";
    let was = zone("a.example", host);
    let is = zone("a.example", &format!("{host}\nsub NS mail.sub"));
    let plan = plans(&[(Some(Live::new(was)), desired(&is))]).remove(0);
    assert_eq!(told(&plan, "plan/hidden").len(), 1, "{:?}", plan.findings);
}

/// The zone with the MX has no changes, and nobody holds the zone below.
#[test]
fn a_mail_host_of_another_zone_is_delegated_away() {
    let hosts = "www A 192.0.2.80";
    let was = zone("infra.example", &format!("{hosts}\nmail.sub A 192.0.2.25"));
    let is = zone("infra.example", &format!("{hosts}\nsub NS ns1.partner.test."));
    let mail = zone("cust.test", "@ MX 10 mail.sub.infra.example.");
    let all = plans(&[
        (Some(Live::new(mail.clone())), desired(&mail)),
        (Some(Live::new(was.clone())), desired(&is)),
    ]);
    let told_there = told(&all[0], "plan/hidden");
    assert_eq!(told_there.len(), 1, "{:?}", all[0].findings);
    // An alias that leads elsewhere is told as what it is.
    let is = zone("infra.example", &format!("{hosts}\nmail.sub CNAME mail.partner.test."));
    let all = plans(&[(Some(Live::new(mail.clone())), desired(&mail)), (Some(Live::new(was)), desired(&is))]);
    assert!(told(&all[0], "plan/hidden").is_empty(), "{:?}", all[0].findings);
    assert_eq!(told(&all[0], "mx.target-cname").len(), 1, "{:?}", all[0].findings);
}

/// One of two hosts was dead before: that is no excuse for the only one after.
#[test]
fn another_dead_target_is_a_new_fault() {
    let infra = zone("infra.example", "good A 192.0.2.25");
    let infra = || (Some(Live::new(infra.clone())), desired(&infra));
    let stop = |before: &str, after: &str| {
        let (was, is) = (zone("cust.test", before), zone("cust.test", after));
        let plan = plans(&[(Some(Live::new(was)), desired(&is)), infra()]).remove(0);
        plan.findings.iter().filter(|found| found.severity == Severity::Blocker).count()
    };
    let dead = "@ MX 20 bad.infra.example.";
    assert_eq!(stop(&format!("@ MX 10 good.infra.example.\n{dead}"), "@ MX 10 bad2.infra.example."), 1);
    // The same one is none, whatever else is said of the RRset.
    assert_eq!(stop(&format!("@ MX 10 good.infra.example.\n{dead}"), dead), 0);
    assert_eq!(stop(dead, "@ MX 10 bad.infra.example."), 0);
}

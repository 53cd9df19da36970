use super::{again, undeclared};
use crate::diff::Scope;
use crate::testing::{Case, apex, rrsets};
use crate::zone::{Target, ZonePlan};
use crate::{Change, Mode, Plan, Severity};
use dnsctl_zone::{Live, Zone};

/// The plan of a case, with the numbers that a whole plan gives.
fn planned(case: &Case) -> ZonePlan {
    let now = "2026-11-23T10:05:02Z".parse().unwrap();
    let plan = Plan::new(vec![case.plan()], Vec::new(), Mode::Full, now, Plan::LIFE);
    assert!(plan.is_applicable(), "{:?}", plan.zones);
    plan.zones.into_iter().next().unwrap()
}

fn judge(case: &Case, earlier: &ZonePlan, now: &str, left: Vec<Change>, today: &str) -> ZonePlan {
    let live = Live::new(Zone::new(apex(), rrsets(now)));
    let scope = Scope { provider: "main", kind: "zonefile", writes_soa: true, writes_apex_ns: true };
    let target = Target { desired: &case.desired, live: Some(&live), scope, last_read: None, today };
    again(target, earlier, left)
}

/// What objects to all changes of a plan when the zone has become `now`.
fn objections(case: &Case, now: &str) -> Vec<&'static str> {
    let earlier = planned(case);
    let judged = judge(case, &earlier, now, earlier.changes.clone(), "2026-11-23");
    let blockers = judged.findings.iter().filter(|finding| finding.severity == Severity::Blocker);
    blockers.map(|finding| finding.rule).collect()
}

#[test]
fn the_zone_as_it_was_is_no_reason() {
    for (before, after) in [
        ("@ MX 10 m1\nm1 A 192.0.2.1\nm2 A 192.0.2.2", "@ MX 10 m2\nm1 A 192.0.2.1\nm2 A 192.0.2.2"),
        ("@ MX 10 m1\nm1 A 192.0.2.1\nx A 192.0.2.3", "@ MX 10 m2\nm2 A 192.0.2.2\nx A 192.0.2.3"),
        ("a CNAME b\nb CNAME c\nc A 192.0.2.1", "a CNAME c\nc CNAME b\nb A 192.0.2.1"),
    ] {
        let mut case = Case::new(before, after);
        case.desired.policy.deletes_percent = 100.0;
        assert_eq!(objections(&case, before), [""; 0], "{before} -> {after}");
        let more = format!("{before}\nother A 192.0.2.99");
        assert_eq!(objections(&case, &more), [""; 0], "{before} -> {after}");
    }
}

#[test]
fn a_target_that_lost_its_address_meanwhile() {
    let before = "@ MX 10 m1\nm1 A 192.0.2.1\nm2 A 192.0.2.2";
    let case = Case::new(before, "@ MX 10 m2\nm1 A 192.0.2.1\nm2 A 192.0.2.2");
    assert_eq!(objections(&case, "@ MX 10 m1\nm1 A 192.0.2.1"), ["guard/target-address"]);
}

#[test]
fn a_record_that_came_in_the_way_meanwhile() {
    let case = Case::new("x A 192.0.2.1", "x A 192.0.2.1\nw CNAME x");
    let now = "x A 192.0.2.1\nw A 192.0.2.9";
    assert_eq!(objections(&case, now), ["guard/live-conflict"]);
    let earlier = planned(&case);
    let gone = Case { desired: undeclared(&earlier), ..Case::new("", "") };
    let judged = judge(&gone, &earlier, now, earlier.changes.clone(), "2026-11-23");
    assert_eq!(judged.findings[0].rule, "guard/live-conflict");
    assert!(judged.findings[0].message.contains("the plan does not touch it"), "{:?}", judged.findings);
}

/// Of a zone that was read in part, every RRset of the plan can be as it was.
#[test]
fn a_read_that_ended_early() {
    let hosts: String = (0..20).map(|n| format!("h{n} A 192.0.2.{n}\n")).collect();
    let case = Case::new(&format!("a A 192.0.2.1\n{hosts}"), &format!("a A 192.0.2.2\n{hosts}"));
    assert_eq!(objections(&case, "a A 192.0.2.1\nh1 A 192.0.2.1"), ["guard/partial-read"]);
}

#[test]
fn acknowledgements_of_the_plan_hold_until_they_end() {
    let (before, after) = ("x A 192.0.2.1\n@ MX 10 x\n* A 192.0.2.7", "x A 192.0.2.1");
    let mut case = Case::new(before, after);
    case.desired.policy.deletes_percent = 100.0;
    for (rule, at) in [("guard/last-mx", "@ MX"), ("guard/wildcard", "* A")] {
        case.acknowledge(rule, at);
    }
    let earlier = planned(&case);
    // The files need not have them any more.
    case.desired.acknowledgements.clear();
    let blockers = |today: &str| judge(&case, &earlier, before, earlier.changes.clone(), today).is_blocked();
    assert!(!blockers("2026-12-31"));
    assert!(blockers("2027-01-01"));
    // One of the whole zone.
    let mut case = Case::new("x A 192.0.2.1\ny A 192.0.2.2\nz A 192.0.2.2", "x A 192.0.2.1");
    case.acknowledge("guard/delete-threshold", "@ A");
    case.desired.acknowledgements[0].at = None;
    assert_eq!(objections(&case, "x A 192.0.2.1\ny A 192.0.2.2\nz A 192.0.2.2"), [""; 0]);
}

#[test]
fn the_order_is_found_anew() {
    let before = "@ MX 10 m1\nm1 A 192.0.2.1";
    let case = Case::new(before, "@ MX 10 m2\nm1 A 192.0.2.1\nm2 A 192.0.2.2");
    let earlier = planned(&case);
    // Turned round in the file, and numbered so.
    let mut turned = earlier.clone();
    turned.changes.reverse();
    for (number, change) in (1_u32..).zip(&mut turned.changes) {
        (change.number, change.depends_on) = (number, Vec::new());
    }
    let judged = judge(&case, &turned, before, turned.changes.clone(), "2026-11-23");
    assert_eq!(judged.findings[0].rule, "plan/order");
    let names: Vec<_> = judged.changes.iter().map(|change| change.name.to_string()).collect();
    assert_eq!(names, ["m2.example.com.", "example.com."]);
    assert_eq!((judged.changes[1].number, &judged.changes[1].depends_on), (1, &vec![2]));
    // In the array only: the numbers are what was shown.
    let mut moved = earlier.clone();
    moved.changes.reverse();
    let judged = judge(&case, &moved, before, moved.changes.clone(), "2026-11-23");
    assert_eq!((judged.changes, judged.findings.len()), (earlier.changes, 0));
}

/// A wildcard that came meanwhile answers for the target, and a new name below the target would hide it.
#[test]
fn a_promise_that_did_not_exist_before() {
    let before = "@ MX 10 mail\nmail A 192.0.2.1";
    let after = "@ MX 10 mx\nmail A 192.0.2.1\n_25._tcp.mx TLSA 3 1 1 00\nmx A 192.0.2.2";
    let mut case = Case::new(before, after);
    let mut earlier = planned(&case);
    case.desired.policy.updates_percent = 100.0;
    // As if the plan had been made with another order that was right then.
    let place =
        |rtype: &str| earlier.changes.iter().position(|change| change.rtype.to_string() == rtype).unwrap();
    let (tlsa, address) = (place("TLSA"), place("A"));
    let (a, b) = (earlier.changes[tlsa].number, earlier.changes[address].number);
    (earlier.changes[tlsa].number, earlier.changes[address].number) = (a.min(b), a.max(b));
    let rules = |now: &str| -> Vec<_> {
        let judged = judge(&case, &earlier, now, earlier.changes.clone(), "2026-11-23");
        judged.findings.iter().filter(|f| f.severity == Severity::Blocker).map(|f| f.rule).collect()
    };
    assert_eq!(rules(before), [""; 0]);
    assert_eq!(rules(&format!("{before}\n@ MX 20 mx\n* A 192.0.2.9")), ["plan/order"]);
}

/// The rest of a plan is judged without what is written.
#[test]
fn the_rest_of_a_plan() {
    let hosts: String = (0..20).map(|n| format!("h{n} A 192.0.2.{n}\n")).collect();
    let mut case = Case::new(&format!("{hosts}x A 192.0.2.1"), "x A 192.0.2.2");
    case.acknowledge("guard/delete-threshold", "@ A");
    case.desired.acknowledgements[0].at = None;
    let earlier = planned(&case);
    let left: Vec<Change> = earlier.changes.iter().rev().take(2).cloned().collect();
    let now = "x A 192.0.2.2\nh18 A 192.0.2.18\nh19 A 192.0.2.19";
    assert!(!judge(&case, &earlier, now, left, "2026-11-23").is_blocked());
    // A zone that the plan creates was not there, whatever is there now.
    let mut case = Case::new("", "* A 192.0.2.1\nx A 192.0.2.2");
    (case.live, case.desired.create) = (None, true);
    let earlier = planned(&case);
    let left: Vec<Change> = earlier.changes.iter().take(1).cloned().collect();
    assert!(!judge(&case, &earlier, "x A 192.0.2.2", left, "2026-11-23").is_blocked());
}

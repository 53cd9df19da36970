use super::*;
use crate::render::testing::{block, plan, unread, warn, zone};
use dnsctl_plan::ZonePlan;

const STYLE: Style = Style { ascii: false, width: 80 };

fn shown(plan: &Plan, full: bool) -> String {
    anstream::adapter::strip_str(&text(plan, STYLE, full)).to_string()
}

fn first(plan: &Plan) -> String {
    shown(plan, false).lines().next().unwrap_or_default().to_owned()
}

fn one_change(apex: &str) -> ZonePlan {
    zone(apex, &[("www 300 A 192.0.2.1", "www 300 A 192.0.2.2")])
}

fn blocked(apex: &str) -> ZonePlan {
    let mut zone = zone(apex, &[("", "* 300 A 192.0.2.1")]);
    zone.findings.push(block(0, "creates a wildcard"));
    zone
}

#[test]
fn the_first_line_says_what_matters() {
    let same = || zone("same.example", &[]);
    assert_eq!(first(&plan(vec![same()], vec![])), "✔ No changes. 0 RRsets match in 1 zone.");
    assert_eq!(
        first(&plan(vec![one_change("a.example"), same()], vec![])),
        "✔ Can be applied: 1 update in 1 of 2 zones."
    );
    assert_eq!(
        first(&plan(vec![blocked("a.example"), blocked("b.example"), one_change("c.example")], vec![])),
        "✖ BLOCKED by 2 guards in a.example, b.example: cannot be applied. 2 creates, 1 update in 3 zones."
    );
    let lost = |apex| unread(apex, "read zone x.: down");
    assert_eq!(
        first(&plan(vec![same()], vec![lost("a.example"), lost("b.example")])),
        "✖ INCOMPLETE: could not read 2 of 3 zones (a.example, b.example at main): cannot be applied."
    );
    assert_eq!(
        first(&plan(vec![blocked("a.example")], vec![lost("b.example")])),
        "✖ BLOCKED by 1 guard in a.example; could not read 1 of 2 zones (b.example at main): cannot be applied. \
         1 create in 1 of 2 zones."
    );
}

#[test]
fn nothing_to_do_is_one_line() {
    assert_eq!(shown(&plan(vec![zone("a.example", &[])], vec![]), false).lines().count(), 1);
}

#[test]
fn blocked_zones_come_first_then_those_to_look_at() {
    let mut look = one_change("b.example");
    look.findings.push(warn(0, "lives on"));
    let text = shown(&plan(vec![one_change("a.example"), look, blocked("c.example")], vec![]), false);
    let at = |name: &str| text.find(&format!("\n{name}  main")).unwrap();
    assert!(at("c.example") < at("b.example") && at("b.example") < at("a.example"), "{text}");
}

#[test]
fn a_deletion_names_the_file_that_does_not_have_it() {
    let text = shown(&plan(vec![zone("a.example", &[("old 300 A 192.0.2.1", "")])], vec![]), false);
    assert!(text.contains("1 - A    old   300  192.0.2.1  (not in zones/a.example.yaml)\n"), "{text}");
}

#[test]
fn many_zones_are_folded_and_blockers_never() {
    let mut zones: Vec<ZonePlan> =
        (0..500).map(|index| one_change(&format!("calm{index}.example"))).collect();
    for index in 0..300 {
        let mut look = one_change(&format!("look{index}.example"));
        look.findings.push(warn(0, "an old answer lives on"));
        zones.push(look);
    }
    zones.extend((0..30).map(|index| blocked(&format!("bad{index}.example"))));
    let plan = plan(zones, vec![]);
    let text = shown(&plan, false);
    let lines = text.lines().count();
    // A blocked zone has 7 lines, one to look at 3, of the calm ones 20 have one.
    assert!(lines < 30 * 7 + 300 * 3 + 20 + 20 + 10, "{lines} lines");
    assert_eq!(text.matches("creates a wildcard").count(), 30);
    assert_eq!(text.matches("Fix: ").count(), 30);
    assert_eq!(text.matches("▲ ttl/old-answer-lives").count(), 300);
    assert_eq!(text.matches("an old answer lives on").count(), 20);
    assert!(text.contains("… and 480 more zones: 480 A to update (--full lists them)\n"), "{text}");
    let full = shown(&plan, true);
    assert_eq!(full.matches("~ A ").count(), 800);
    assert_eq!(full.matches("an old answer lives on").count(), 300);
}

#[test]
fn many_changes_of_one_zone_are_folded() {
    let creates: Vec<String> = (0..1000).map(|index| format!("new{index} 300 A 192.0.2.1")).collect();
    let mut changes: Vec<(&str, &str)> = creates.iter().map(|text| ("", text.as_str())).collect();
    changes.push(("old 300 A 192.0.2.1", ""));
    let plan = plan(vec![zone("a.example", &changes)], vec![]);
    let text = shown(&plan, false);
    assert!(text.lines().count() < 30, "{text}");
    let deletion = text.find("- A    old").unwrap();
    assert!(deletion < text.find("+ A    new0 ").unwrap(), "{text}");
    assert!(text.contains("  … and 990 A to create (--full lists them)\n"), "{text}");
    assert_eq!(shown(&plan, true).matches("+ A ").count(), 1000);
}

#[test]
fn nothing_reaches_a_terminal_raw() {
    let mut hostile = zone("a.example", &[("", "www 300 TXT \"a\\226\\128\\174b\\027[2Jc\"")]);
    hostile.provider = "ma\u{1b}[31min".to_owned();
    hostile.findings.push(warn(0, "bell \u{7} and \u{202e} turned"));
    let lost = unread("b.example", "read zone b.: said \u{1b}]0;title\u{7}");
    let plan = plan(vec![hostile], vec![lost]);
    // Not `shown`, which would take hostile sequences away together with our own.
    let text = text(&plan, STYLE, true);
    assert!(!text.contains(['\u{7}', '\u{202e}']) && !text.contains("\u{1b}[31min"), "{text:?}");
    for escaped in ["ma\\u{1b}[31min", "bell \\u{7} and \\u{202e} turned", "\\027[2Jc"] {
        assert!(text.contains(escaped), "{escaped} {text:?}");
    }
    let ascii = crate::render::plan::text(&plan, Style { ascii: true, width: 80 }, true);
    assert!(ascii.is_ascii(), "{ascii:?}");
}

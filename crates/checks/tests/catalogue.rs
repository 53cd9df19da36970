//! The words of the rules.

use dnsctl_checks::{GROUPS, checks, find, told_as};
use std::collections::BTreeSet;

#[test]
fn every_rule_is_explained_once() {
    let ids: BTreeSet<_> = checks().map(|check| check.rule.id).collect();
    assert_eq!(ids.len(), checks().count());
    for group in GROUPS {
        for check in group.checks.iter().copied().flatten() {
            let rule = &check.rule;
            assert_eq!(check.group(), group.id, "{}", rule.id);
            let [title, why, fix] = [rule.title, rule.why, rule.fix];
            assert!(!title.ends_with('.') && why.ends_with('.') && fix.ends_with('.'), "{}", rule.id);
            assert!(rule.example.starts_with(&format!("{}  ", rule.id)), "{}", rule.id);
            assert!(!rule.references.is_empty() && !rule.evidence.is_empty(), "{}", rule.id);
            assert!(title.len() <= 110 && why.len() <= 420, "{}: short, for a tired person", rule.id);
        }
    }
}

#[test]
fn rules_are_found() {
    assert_eq!(find("mx.target-address").unwrap().rule.id, "mx.target-address");
    assert!(find("mx").is_none());
    assert_eq!(told_as("zone/cname-beside-data").unwrap().rule.id, "zone.cname-and-data");
    assert_eq!(told_as("record/bad-value").unwrap().rule.id, "zone.bad-value");
}

//! Patterns of owner names that others own.

use crate::name::escape;
use crate::{IgnoreRule, Name, RecordType};
use std::borrow::Cow;

/// The ignore rules of a zone, ready to be asked.
#[derive(Debug)]
pub struct Ignore<'a> {
    apex: &'a Name,
    rules: Vec<(Pattern, &'a IgnoreRule)>,
}

/// The labels of a pattern, leftmost first.
type Pattern = Vec<Vec<Part>>;

/// A part of a label of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Any number of octets.
    Star,
    Octet(u8),
}

impl<'a> Ignore<'a> {
    /// The rules of the zone with this apex.
    pub fn new(apex: &'a Name, rules: &'a [IgnoreRule]) -> Self {
        Self { apex, rules: rules.iter().map(|rule| (pattern(&rule.name), rule)).collect() }
    }

    /// Whether some rule covers this RRset.
    pub fn covers(&self, name: &Name, rtype: RecordType) -> bool {
        self.rule_for(name, rtype).is_some()
    }

    /// The first rule that covers this RRset.
    pub fn rule_for(&self, name: &Name, rtype: RecordType) -> Option<&'a IgnoreRule> {
        let mut rules = self.matching(name, labels_match);
        rules.find(|rule| is_about(rule, rtype))
    }

    /// The rules that cover an RRset of one of these types at this name.
    pub fn rules_at(
        &self,
        name: &Name,
        types: &'static [RecordType],
    ) -> impl Iterator<Item = &'a IgnoreRule> {
        let rules = self.matching(name, labels_match);
        rules.filter(|rule| types.iter().any(|rtype| is_about(rule, *rtype)))
    }

    /// The rules that cover RRsets of one of these types at some name below this one.
    pub fn rules_below(
        &self,
        name: &Name,
        types: &'static [RecordType],
    ) -> impl Iterator<Item = &'a IgnoreRule> {
        let rules = self.matching(name, matches_below);
        rules.filter(|rule| types.iter().any(|rtype| is_about(rule, *rtype)))
    }

    /// The rules of which the pattern has to do with a name of the zone.
    fn matching(
        &self,
        name: &Name,
        matches: impl Fn(&[Vec<Part>], &[Cow<'_, [u8]>]) -> bool,
    ) -> impl Iterator<Item = &'a IgnoreRule> {
        let known = !self.rules.is_empty() && name.is_at_or_below(self.apex);
        let below = name.label_count().saturating_sub(self.apex.label_count());
        let labels: Vec<_> = if known { name.labels().take(below).collect() } else { Vec::new() };
        let rules = self.rules.iter().filter(move |_| known);
        rules.filter(move |(pattern, _)| matches(pattern, &labels)).map(|(_, rule)| *rule)
    }
}

/// Whether a rule is about a type.
fn is_about(rule: &IgnoreRule, rtype: RecordType) -> bool {
    (rule.types.is_empty() || rule.types.contains(&rtype)) && !rule.except.contains(&rtype)
}

fn pattern(text: &str) -> Pattern {
    if text == "@" {
        return Vec::new();
    }
    let mut labels = vec![Vec::new()];
    let mut rest = text.as_bytes();
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        let part = match octet {
            b'.' => {
                labels.push(Vec::new());
                continue;
            }
            b'*' => Part::Star,
            b'\\' => match escape(after) {
                Some((octet, after)) => {
                    rest = after;
                    Part::Octet(octet.to_ascii_lowercase())
                }
                None => Part::Octet(octet),
            },
            _ => Part::Octet(octet.to_ascii_lowercase()),
        };
        labels.last_mut().into_iter().for_each(|label| label.push(part));
    }
    labels
}

/// `**` stands for any number of labels, also none.
fn labels_match(pattern: &[Vec<Part>], labels: &[Cow<'_, [u8]>]) -> bool {
    match pattern.split_first() {
        None => labels.is_empty(),
        Some((first, rest)) if **first == [Part::Star, Part::Star] => {
            (0..=labels.len()).any(|skip| labels_match(rest, labels.get(skip..).unwrap_or(&[])))
        }
        Some((first, rest)) => labels
            .split_first()
            .is_some_and(|(label, others)| label_matches(first, label) && labels_match(rest, others)),
    }
}

/// Whether some name with these labels behind it, and at least one before them, matches.
fn matches_below(pattern: &[Vec<Part>], labels: &[Cow<'_, [u8]>]) -> bool {
    match (pattern.split_last(), labels.split_last()) {
        (None, _) => false,
        // Whatever is left of the pattern matches some label.
        (Some(_), None) => true,
        // It may stand for all of the labels, and for one more.
        (Some((last, _)), _) if **last == [Part::Star, Part::Star] => true,
        (Some((last, rest)), Some((label, others))) => {
            label_matches(last, label) && matches_below(rest, others)
        }
    }
}

/// `*` stands for any number of characters. Linear but for backtracking to the last star.
fn label_matches(pattern: &[Part], label: &[u8]) -> bool {
    let (mut p, mut l, mut star) = (0, 0, None);
    while let Some(octet) = label.get(l) {
        if pattern.get(p) == Some(&Part::Star) {
            star = Some((p, l));
            p += 1;
        } else if pattern.get(p) == Some(&Part::Octet(*octet)) {
            (p, l) = (p + 1, l + 1);
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            (p, l) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern.get(p..).unwrap_or(&[]).iter().all(|part| *part == Part::Star)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    fn covers(pattern: &str, name: &str) -> bool {
        let apex = Name::absolute("example.com").unwrap();
        let source = Source::new("z.yaml".into(), 1, 1);
        let rules =
            [IgnoreRule { name: pattern.to_owned(), types: vec![RecordType::TXT], except: vec![], source }];
        Ignore::new(&apex, &rules).covers(&Name::absolute(name).unwrap(), RecordType::TXT)
    }

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("_acme-challenge.**", "_acme-challenge.example.com", true),
            ("_acme-challenge.**", "_acme-challenge.a.b.example.com", true),
            ("_acme-challenge.**", "x._acme-challenge.example.com", false),
            ("@", "example.com", true),
            ("@", "a.example.com", false),
            ("**", "example.com", true),
            ("*", "a.example.com", true),
            ("*", "a.b.example.com", false),
            ("k8s-*-x", "k8s-1-2-x.example.com", true),
            ("k8s-*-x", "k8s-x.example.com", false),
            ("**.dyn", "a.b.dyn.example.com", true),
            ("WWW", "www.example.com", true),
            ("www", "www.example.org", false),
            (r"\*", "*.example.com", true),
            (r"\*", "a.example.com", false),
            (r"a\.b.\099", r"a\.b.c.example.com", true),
            (r"a\.b", "a.b.example.com", false),
        ] {
            assert_eq!(covers(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn patterns_of_names_below() {
        let apex = Name::absolute("example.com").unwrap();
        for (pattern, name, expected) in [
            ("k1._domainkey", "_domainkey.example.com", true),
            ("*._domainkey", "_domainkey.example.com", true),
            ("a.b._domainkey", "_domainkey.example.com", true),
            ("_domainkey", "_domainkey.example.com", false),
            ("k1._domainkey", "k1._domainkey.example.com", false),
            ("k1._domainkey.news", "_domainkey.example.com", false),
            ("k1", "example.com", true),
            ("@", "example.com", false),
            ("**", "_domainkey.example.com", true),
            ("**._domainkey", "_domainkey.example.com", true),
            ("www.**", "_domainkey.example.com", true),
            ("**.www", "_domainkey.example.com", false),
        ] {
            let source = Source::new("z.yaml".into(), 1, 1);
            let rules = [IgnoreRule { name: pattern.to_owned(), types: vec![], except: vec![], source }];
            let ignore = Ignore::new(&apex, &rules);
            let found = ignore.rules_below(&Name::absolute(name).unwrap(), &[RecordType::TXT]).next();
            assert_eq!(found.is_some(), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn types_limit_a_rule() {
        let apex = Name::absolute("example.com").unwrap();
        let source = Source::new("z.yaml".into(), 1, 1);
        let rules = [IgnoreRule { name: "**".into(), types: vec![RecordType::TXT], except: vec![], source }];
        assert!(!Ignore::new(&apex, &rules).covers(&apex, RecordType::A));
    }

    #[test]
    fn a_rule_can_leave_types_out() {
        let apex = Name::absolute("example.com").unwrap();
        let source = Source::new("z.yaml".into(), 1, 1);
        let rules = [IgnoreRule { name: "**".into(), types: vec![], except: vec![RecordType::A], source }];
        let ignore = Ignore::new(&apex, &rules);
        assert!(!ignore.covers(&apex, RecordType::A));
        assert!(ignore.covers(&apex, RecordType::from_code(65280)));
    }
}

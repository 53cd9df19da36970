//! Patterns of owner names that others own.

use crate::{IgnoreRule, Name, RecordType};

/// The ignore rules of a zone, ready to be asked.
#[derive(Debug)]
pub struct Ignore<'a> {
    apex: &'a Name,
    rules: Vec<(Vec<String>, &'a IgnoreRule)>,
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
        if self.rules.is_empty() || !name.is_at_or_below(self.apex) {
            return None;
        }
        let below = name.label_count().saturating_sub(self.apex.label_count());
        let labels: Vec<_> =
            name.labels().take(below).map(|l| String::from_utf8_lossy(&l).into_owned()).collect();
        let covering = |(pattern, rule): &&(Vec<String>, &IgnoreRule)| {
            (rule.types.is_empty() || rule.types.contains(&rtype)) && labels_match(pattern, &labels)
        };
        self.rules.iter().find(covering).map(|(_, rule)| *rule)
    }
}

fn pattern(text: &str) -> Vec<String> {
    if text == "@" { Vec::new() } else { text.to_ascii_lowercase().split('.').map(str::to_owned).collect() }
}

/// `**` stands for any number of labels, also none.
fn labels_match(pattern: &[String], labels: &[String]) -> bool {
    match pattern.split_first() {
        None => labels.is_empty(),
        Some((first, rest)) if first == "**" => {
            (0..=labels.len()).any(|skip| labels_match(rest, labels.get(skip..).unwrap_or(&[])))
        }
        Some((first, rest)) => labels.split_first().is_some_and(|(label, others)| {
            label_matches(first.as_bytes(), label.as_bytes()) && labels_match(rest, others)
        }),
    }
}

/// `*` stands for any number of characters. Linear but for backtracking to the last star.
fn label_matches(pattern: &[u8], label: &[u8]) -> bool {
    let (mut p, mut l, mut star) = (0, 0, None);
    while let Some(octet) = label.get(l) {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, l));
            p += 1;
        } else if pattern.get(p) == Some(octet) {
            (p, l) = (p + 1, l + 1);
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            (p, l) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern.get(p..).unwrap_or(&[]).iter().all(|octet| *octet == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    fn covers(pattern: &str, name: &str) -> bool {
        let apex = Name::absolute("example.com").unwrap();
        let source = Source::new("z.yaml".into(), 1, 1);
        let rules = [IgnoreRule { name: pattern.to_owned(), types: vec![RecordType::TXT], source }];
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
        ] {
            assert_eq!(covers(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn types_limit_a_rule() {
        let apex = Name::absolute("example.com").unwrap();
        let source = Source::new("z.yaml".into(), 1, 1);
        let rules = [IgnoreRule { name: "**".into(), types: vec![RecordType::TXT], source }];
        assert!(!Ignore::new(&apex, &rules).covers(&apex, RecordType::A));
    }
}

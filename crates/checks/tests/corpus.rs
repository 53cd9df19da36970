//! Every rule against zones of which the whole catalogue's findings are known: `corpus/ID.txt`, in blocks.
//!
//! `== fail: WORDS` starts a zone in which the rule finds something, `== pass: WORDS` one that it looks at and lets pass,
//! `== untested: WORDS` one about which it cannot say anything, `== refuse: WORDS` one that cannot be read. What follows is a master file. Lines that start with `%` tell the rest:
//! `%apex NAME`, `%bare` (no SOA and NS are added), `%live` (judged as a provider's), `%declared` (`manage: declared`),
//! `%ignore PATTERN` (`PATTERN/TYPE` for one type), `%fact WORDS`, `%without WORD` (a record that zones with
//! mail get otherwise: USUAL in support/block.rs), `%held NAME`, with `declared` or `ignore PATTERNS` behind when not all is
//! known of it, and `%before` (the records that follow belong to another zone, or to this one before the change), and
//! `%expect ID NAME TYPE SEVERITY`: all findings, of all rules.

#![expect(clippy::unwrap_used, clippy::panic, clippy::format_push_string, reason = "test code")]

mod support;

use dnsctl_checks::{Outcome, checks};
use dnsctl_zone::Evidence;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use support::block::{Block, Kind};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The blocks of each rule's file.
fn corpus() -> BTreeMap<String, Vec<Block>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue; // certificates that facts name
        }
        let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        all.insert(id, support::block::blocks(&text));
    }
    all
}

/// What the catalogue finds in a block, in the words of `%expect`, with the messages.
fn found(block: &Block) -> Vec<(String, String)> {
    block.judge(|report, apex| {
        let mut found: Vec<_> = report
            .findings
            .iter()
            .map(|judgement| {
                let finding = &judgement.finding;
                let rtype = finding.rtype.map_or_else(|| "-".to_owned(), |rtype| rtype.to_string());
                let (id, name) = (judgement.check.rule.id, finding.name.relative_to(apex));
                (format!("{id} {name} {rtype} {}", judgement.severity), finding.message.clone())
            })
            .collect();
        found.sort();
        found
    })
}

#[test]
fn every_rule_has_a_zone_that_passes_and_one_that_fails() {
    let corpus = corpus();
    let ids: BTreeSet<&str> = checks().map(|check| check.rule.id).collect();
    let files: BTreeSet<&str> = corpus.keys().map(String::as_str).collect();
    assert_eq!(ids, files, "one file for each rule, and no other");
    for (id, blocks) in &corpus {
        let has = |kind: Kind| blocks.iter().any(|block| block.kind == kind);
        assert!(has(Kind::Pass), "{id} has no zone that passes");
        assert!(has(Kind::Fail) || has(Kind::Refuse), "{id} has no zone that fails");
    }
}

#[test]
fn the_findings_are_exactly_those_that_are_listed() {
    let mut wrong = String::new();
    for (id, blocks) in corpus() {
        let check = dnsctl_checks::find(&id).unwrap();
        for block in blocks {
            let at = format!("{id}: {}", block.words);
            if block.kind == Kind::Refuse {
                let error = block.refusal().unwrap_or_else(|| panic!("{at} could be read"));
                assert!(error.contains(&block.words), "{at}: {error}");
                continue;
            }
            let found = found(&block);
            let lines: Vec<&str> = found.iter().map(|(line, _)| line.as_str()).collect();
            let mut expected = block.expected.clone();
            expected.sort();
            if lines != expected {
                let said: String =
                    found.iter().map(|(line, message)| format!("%expect {line}\n    {message}\n")).collect();
                wrong.push_str(&format!("### {at}\nexpected {expected:#?}, found\n{said}\n"));
            }
            let outcome = block.ask(check);
            match block.kind {
                Kind::Fail if !matches!(outcome, Outcome::Fail(_)) => {
                    wrong.push_str(&format!("### {at}\n{outcome:?}\n"));
                }
                Kind::Pass if outcome != Outcome::Pass => wrong.push_str(&format!("### {at}\n{outcome:?}\n")),
                Kind::Untested if !matches!(outcome, Outcome::Untested(_)) => {
                    wrong.push_str(&format!("### {at}\n{outcome:?}\n"));
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn examples_are_what_rules_say() {
    let corpus = corpus();
    let mut wrong = String::new();
    for check in checks() {
        let blocks = &corpus[check.rule.id];
        if blocks.iter().any(|block| block.kind == Kind::Refuse) {
            continue;
        }
        let said: Vec<String> = blocks
            .iter()
            .filter(|block| block.kind == Kind::Fail)
            .flat_map(found)
            .filter(|(line, _)| line.split(' ').next() == Some(check.rule.id))
            .map(|(_, message)| format!("{}  {message}", check.rule.id))
            .collect();
        if !said.iter().any(|said| said == check.rule.example) {
            wrong.push_str(&format!(
                "{}\n  example: {}\n  said:    {said:#?}\n",
                check.rule.id, check.rule.example
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a rule is said to look at changes what it says of one of its zones when it is taken away, and nothing else does.
#[test]
fn evidence_is_what_rules_look_at() {
    let mut wrong = String::new();
    for (id, blocks) in corpus() {
        let check = dnsctl_checks::find(&id).unwrap();
        for evidence in
            [Evidence::Mail, Evidence::Certificates, Evidence::Neighbours, Evidence::Before, Evidence::Date]
        {
            let said = check.rule.evidence.contains(&evidence);
            let matters = |block: &&Block| {
                let less = block.without(evidence).filter(|_| block.kind != Kind::Refuse);
                less.is_some_and(|less| less.ask(check) != block.ask(check))
            };
            match (said, blocks.iter().find(matters)) {
                (false, Some(block)) => {
                    wrong.push_str(&format!("{id} looks at {evidence:?}: {}\n", block.words));
                }
                (true, None) => wrong.push_str(&format!("{id} does not look at {evidence:?}\n")),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn findings_have_places() {
    for (id, blocks) in corpus() {
        for block in blocks.iter().filter(|block| block.kind == Kind::Fail && !block.live) {
            block.judge(|report, _| {
                for judgement in &report.findings {
                    assert!(judgement.finding.source.is_some(), "{id}: {}", judgement.finding.message);
                }
            });
        }
    }
}

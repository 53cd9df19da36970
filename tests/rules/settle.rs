//! Each finding of another program has its answer.
//!
//! An answer that refutes says of which zones it speaks, by the words of their labels or by a condition on their records. Otherwise
//! it would answer for a rule that fell silent. Where no rule is meant to tell what another program says, it may speak of all zones;
//! then no rule may be named for the same words.

use crate::conditions::Condition;
use crate::zones::Findings;
use dnsctl_zone::Name;
use std::collections::BTreeSet;

/// What another program says about a zone.
#[derive(Debug)]
pub(crate) struct Objection {
    /// Which zone, by its number.
    pub(crate) case: usize,
    /// The owner name, where it says one.
    pub(crate) about: Option<Name>,
    pub(crate) text: String,
}

/// What we say to it.
#[derive(Debug)]
pub(crate) enum Answer {
    /// One of these rules finds it, at the same name.
    Ours(&'static [&'static str]),
    /// One of these rules finds it, in an example of that rule.
    Example(&'static [&'static str]),
    /// It is none, and why.
    Refuted(&'static str),
}

/// Of which zones an answer speaks.
#[derive(Debug)]
pub(crate) enum Zones {
    All,
    /// Those whose labels have these words.
    Labelled(&'static str),
    /// Those whose records are so.
    Where(&'static Condition),
}

/// An answer to all objections with these words.
#[derive(Debug)]
pub(crate) struct Row {
    /// Words of the objection.
    pub(crate) says: &'static str,
    pub(crate) zones: Zones,
    pub(crate) answer: Answer,
    /// Whether every version of the program says it that the tests run with.
    pub(crate) always: bool,
}

impl Row {
    fn is_about(&self, objection: &Objection, case: &Findings) -> bool {
        objection.text.contains(self.says)
            && match &self.zones {
                Zones::All => true,
                Zones::Labelled(words) => case.label.contains(words),
                Zones::Where(condition) => (condition.holds)(case, objection.about.as_ref()),
            }
    }

    /// Whether it answers, if one rule were silent.
    fn settles(&self, objection: &Objection, case: &Findings, silent: &str) -> bool {
        let found = |rule: &str| rule != silent && case.has(rule, objection.about.as_ref());
        self.is_about(objection, case)
            && match &self.answer {
                Answer::Refuted(why) => !why.is_empty(),
                Answer::Ours(rules) => rules.iter().any(|rule| found(rule)),
                Answer::Example(rules) => {
                    rules.iter().any(|rule| case.label.starts_with(&format!("{rule}:")) && found(rule))
                }
            }
    }
}

/// The rules that a row names.
fn rules(row: &Row) -> &'static [&'static str] {
    match row.answer {
        Answer::Ours(rules) | Answer::Example(rules) => rules,
        Answer::Refuted(_) => &[],
    }
}

pub(crate) const fn ours(says: &'static str, rules: &'static [&'static str]) -> Row {
    Row { says, zones: Zones::All, answer: Answer::Ours(rules), always: true }
}

/// The rules find it, in zones with these words in their labels.
pub(crate) const fn ours_in(says: &'static str, words: &'static str, rules: &'static [&'static str]) -> Row {
    assert!(!words.is_empty());
    Row { says, zones: Zones::Labelled(words), answer: Answer::Ours(rules), always: true }
}

/// A rule finds it in its own examples. Elsewhere its finding is no answer.
pub(crate) const fn example(says: &'static str, rules: &'static [&'static str]) -> Row {
    Row { says, zones: Zones::All, answer: Answer::Example(rules), always: true }
}

/// Refuted in zones with these words in their labels.
pub(crate) const fn refuted(says: &'static str, words: &'static str, why: &'static str) -> Row {
    assert!(!words.is_empty());
    Row { says, zones: Zones::Labelled(words), answer: Answer::Refuted(why), always: true }
}

/// Refuted where the records of the zone are so.
pub(crate) const fn refuted_where(
    says: &'static str,
    condition: &'static Condition,
    why: &'static str,
) -> Row {
    Row { says, zones: Zones::Where(condition), answer: Answer::Refuted(why), always: true }
}

/// Only some versions of the program say it, so it need not be said.
pub(crate) const fn in_some_versions(row: Row) -> Row {
    Row { always: false, ..row }
}

/// Refuted everywhere: no rule is meant to tell it.
pub(crate) const fn no_rule(says: &'static str, why: &'static str) -> Row {
    Row { says, zones: Zones::All, answer: Answer::Refuted(why), always: true }
}

/// Fails for an objection without an answer, for an answer without an objection, for one that refutes everywhere what a rule is to
/// tell, and for a rule that could fall silent with all objections still answered. Prints how often each answer was given.
pub(crate) fn settle(tool: &str, cases: &[&Findings], objections: &[Objection], table: &[Row]) {
    let mut used = vec![0_usize; table.len()];
    let mut wrong = Vec::new();
    for objection in objections {
        let case = cases[objection.case];
        match table.iter().position(|row| row.settles(objection, case, "")) {
            Some(row) => used[row] += 1,
            None => wrong.push(format!(
                "{}\n    {tool}: {} ({:?})\n    ours: {:?}",
                case.label,
                objection.text,
                objection.about.as_ref().map(ToString::to_string),
                case.found.iter().map(|(id, name)| format!("{id} {name}")).collect::<Vec<_>>()
            )),
        }
        let everywhere = |row: &&Row| {
            matches!((&row.zones, &row.answer), (Zones::All, Answer::Refuted(_)))
                && objection.text.contains(row.says)
        };
        let by_rules =
            |row: &&Row| !matches!(row.answer, Answer::Refuted(_)) && row.is_about(objection, case);
        if let (Some(silent), Some(told)) = (table.iter().find(everywhere), table.iter().find(by_rules)) {
            wrong.push(format!("{tool}: {silent:?} would answer for the rules of {told:?}"));
        }
    }
    wrong.dedup();
    // A rule that fell silent would be noticed: some objection has no answer without it.
    let said = table.iter().zip(&used).filter(|(row, used)| row.always || **used > 0);
    let named: BTreeSet<&str> = said.flat_map(|(row, _)| rules(row)).copied().collect();
    for silent in named {
        let case = |objection: &Objection| cases[objection.case];
        let answered =
            |objection: &Objection| table.iter().any(|row| row.settles(objection, case(objection), silent));
        let lost = objections.iter().filter(|objection| !answered(objection)).count();
        println!("{tool}: {lost:>4} without an answer if {silent} were silent");
        if lost == 0 {
            wrong.push(format!("{tool}: {silent} could fall silent"));
        }
    }
    for (row, used) in table.iter().zip(&used) {
        println!("{tool}: {used:>4} {row:?}");
        if *used == 0 && row.always {
            wrong.push(format!("{tool}: never said: {row:?}"));
        }
    }
    println!("{tool}: {} zones, {} objections", cases.len(), objections.len());
    assert!(wrong.is_empty(), "{} without an answer\n{}", wrong.len(), wrong.join("\n"));
}

//! Each finding of another program has its answer.

use crate::zones::Findings;
use dnsctl_zone::Name;

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
    /// It is none, and why.
    Refuted(&'static str),
}

/// An answer to all objections with these words.
#[derive(Debug)]
pub(crate) struct Row {
    /// Words of the objection.
    pub(crate) says: &'static str,
    /// Words of the label of the zone; empty: all zones.
    pub(crate) zones: &'static str,
    pub(crate) answer: Answer,
}

pub(crate) const fn ours(says: &'static str, rules: &'static [&'static str]) -> Row {
    Row { says, zones: "", answer: Answer::Ours(rules) }
}

pub(crate) const fn refuted(says: &'static str, zones: &'static str, why: &'static str) -> Row {
    Row { says, zones, answer: Answer::Refuted(why) }
}

/// Fails for an objection without an answer, and for an answer without an objection. Prints how often each was given.
pub(crate) fn settle(tool: &str, cases: &[&Findings], objections: &[Objection], table: &[Row]) {
    let mut used = vec![0_usize; table.len()];
    let mut wrong = Vec::new();
    for objection in objections {
        let case = cases[objection.case];
        let settles = |row: &Row| {
            objection.text.contains(row.says)
                && case.label.contains(row.zones)
                && match &row.answer {
                    Answer::Refuted(why) => !why.is_empty(),
                    Answer::Ours(rules) => rules.iter().any(|rule| case.has(rule, objection.about.as_ref())),
                }
        };
        match table.iter().position(settles) {
            Some(row) => used[row] += 1,
            None => wrong.push(format!(
                "{}\n    {tool}: {} ({:?})\n    ours: {:?}",
                case.label,
                objection.text,
                objection.about.as_ref().map(ToString::to_string),
                case.found.iter().map(|(id, name)| format!("{id} {name}")).collect::<Vec<_>>()
            )),
        }
    }
    for (row, used) in table.iter().zip(&used) {
        println!("{tool}: {used:>4} {row:?}");
        if *used == 0 {
            wrong.push(format!("{tool}: never said: {row:?}"));
        }
    }
    println!("{tool}: {} zones, {} objections", cases.len(), objections.len());
    assert!(wrong.is_empty(), "{} without an answer\n{}", wrong.len(), wrong.join("\n"));
}

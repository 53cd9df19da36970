//! Guards: what stops a plan until a person says, in the reviewed file, that it is meant.
//!
//! Each guard is one function with one id. It looks at values only and says what it objects to; whether an
//! acknowledgement lets that pass is decided here, for all in the same way.

mod conflict;
pub(crate) mod count;
mod delegation;
mod mail;
mod structure;
mod target;

use crate::acknowledge::Book;
use crate::diff::Scope;
use crate::zone::{Counts, Verdict};
use crate::{Change, Finding, Severity, View};
use dnsctl_zone::{Desired, Live, RecordType, Rule};

/// What a guard looks at.
#[derive(Debug)]
pub struct Question<'a> {
    /// The zone as the files want it.
    pub desired: &'a Desired,
    /// The zone as the provider has it.
    pub live: &'a Live,
    /// What is known of the provider.
    pub scope: Scope<'a>,
    /// Whether the provider has the zone at all.
    pub exists: bool,
    /// The changes in the order of writing.
    pub changes: &'a [Change],
    /// How the RRsets were counted.
    pub counts: Counts,
    /// How many RRsets the last complete read gave.
    pub last_read: Option<usize>,
    /// The zone before the changes.
    pub before: View<'a>,
    /// The zone after the changes.
    pub after: View<'a>,
}

/// What a guard objects to.
#[derive(Debug, Clone)]
pub struct Objection {
    /// The change, as its place in the list; the whole zone when absent.
    pub change: Option<usize>,
    /// What is the matter, and what follows from it.
    pub message: String,
    /// What to do, apart from an acknowledgement, when it is not what the guard says in general.
    pub fix: Option<&'static str>,
}

impl Question<'_> {
    /// An objection to each change about which there is something to say.
    fn each(&self, say: impl Fn(&Change) -> Option<String>) -> Vec<Objection> {
        let object = |(index, change)| {
            say(change).map(|message| Objection { change: Some(index), message, fix: None })
        };
        self.changes.iter().enumerate().filter_map(object).collect()
    }
}

impl Objection {
    /// To the zone as a whole.
    fn whole(message: String) -> Vec<Self> {
        vec![Self { change: None, message, fix: None }]
    }
}

/// Gives the number that a guard looks at, and its limit.
pub type Measure = fn(&Question<'_>) -> (String, String);

/// Says why a guard cannot be asked.
pub type Cannot = fn(&Question<'_>) -> Option<&'static str>;

/// What a guard objects to, and so what an acknowledgement can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The zone as a whole.
    Zone,
    /// Changes of RRsets of these types, of any when there are none.
    Changes(&'static [RecordType]),
}

/// One guard.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    /// Its id and the words that explain it.
    pub rule: Rule,
    /// What it objects to.
    pub about: About,
    /// Looks at a plan.
    pub ask: fn(&Question<'_>) -> Vec<Objection>,
    /// The number that it looks at and its limit, for a guard that counts.
    pub measure: Option<Measure>,
    /// Why it cannot be asked, when it cannot.
    pub cannot: Option<Cannot>,
}

/// All guards, in the order in which a person should read them.
pub const ALL: &[Guard] = &[
    structure::EMPTY_ZONE,
    count::PARTIAL_READ,
    mail::LAST_MX,
    structure::APEX_ADDRESSES,
    delegation::APEX,
    mail::POLICY,
    delegation::DELEGATION,
    delegation::CHILD_DS,
    structure::WILDCARD,
    target::TARGET_ADDRESS,
    structure::KEPT,
    conflict::LIVE,
    count::DELETE_THRESHOLD,
    count::UPDATE_THRESHOLD,
];

pub use count::{DELETES_TOTAL, ask_total};

/// The guard of what pointers lead to.
pub const TARGET_ADDRESS: &str = target::TARGET_ADDRESS.rule.id;

/// The guard that compares with the last read.
pub const PARTIAL_READ: &str = count::PARTIAL_READ.rule.id;

/// Asks all guards; what they object to and is not acknowledged becomes a blocker.
pub(crate) fn ask_all(
    question: &Question<'_>,
    book: &mut Book<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Verdict> {
    let mut verdicts = Vec::with_capacity(ALL.len());
    for guard in ALL {
        let mut pass = true;
        for objection in (guard.ask)(question) {
            let change = objection.change.and_then(|index| question.changes.get(index));
            let covered = book.covers(guard.rule.id, change);
            pass &= covered;
            findings.push(finding(guard, question, objection, change, covered));
        }
        let not_checked = guard.cannot.and_then(|cannot| cannot(question)).map(str::to_owned);
        if let Some(why) = &not_checked {
            findings.push(Finding::zone(guard.rule.id, Severity::Note, format!("not checked: {why}")));
        }
        verdicts.push(Verdict {
            rule: guard.rule.id,
            pass,
            not_checked,
            measure: guard.measure.map(|measure| measure(question)),
        });
    }
    verdicts
}

fn finding(
    guard: &Guard,
    question: &Question<'_>,
    objection: Objection,
    change: Option<&Change>,
    covered: bool,
) -> Finding {
    let severity = if covered { Severity::Warning } else { Severity::Blocker };
    let mut message = objection.message;
    let mut fix = None;
    if covered {
        message.push_str(" (acknowledged)");
    } else {
        let at = change.map_or_else(String::new, |change| {
            format!(", at: \"{} {}\"", change.name.relative_to(&question.desired.apex), change.rtype)
        });
        let file = &question.desired.source.file;
        fix = Some(format!(
            "{} If it is meant, acknowledge it in {file}: ack: [{{ rule: {}{at}, until: YYYY-MM-DD, why: \"...\" }}]",
            objection.fix.unwrap_or(guard.rule.fix),
            guard.rule.id
        ));
    }
    let source = change.is_none().then(|| question.desired.source.clone());
    Finding { rule: guard.rule.id, severity, change: objection.change, message, fix, source }
}

#[cfg(test)]
mod tests;

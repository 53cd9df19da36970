//! What a rule saw while it looked.

use crate::{Finding, Found, Outcome, Pointer};
use std::collections::HashSet;
use std::fmt::Write as _;

/// Collects what a rule finds, and what it could not look at.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    seen: bool,
    findings: Vec<Finding>,
    unknown: Vec<String>,
    /// All of what is unknown, so that it is told once.
    known: HashSet<String>,
}

impl Tally {
    /// There is something that the rule is about.
    pub(crate) fn saw(&mut self) {
        self.seen = true;
    }

    /// Something is wrong.
    pub(crate) fn fail(&mut self, finding: Finding) {
        self.seen = true;
        self.findings.push(finding);
    }

    /// Something could not be looked at.
    pub(crate) fn unknown(&mut self, why: impl Into<String>) {
        self.seen = true;
        let why = why.into();
        if self.known.insert(why.clone()) {
            self.unknown.push(why);
        }
    }

    /// The outcome.
    pub(crate) fn outcome(self) -> Outcome {
        /// How many reasons are told.
        const TOLD: usize = 3;
        if !self.findings.is_empty() {
            return Outcome::Fail(self.findings);
        }
        if self.unknown.is_empty() {
            return if self.seen { Outcome::Pass } else { Outcome::NotApplicable };
        }
        let more = self.unknown.len().saturating_sub(TOLD);
        let mut why = self.unknown.into_iter().take(TOLD).collect::<Vec<_>>().join("; ");
        if more > 0 {
            let _ = write!(why, "; and {more} more");
        }
        Outcome::Untested(why)
    }
}

/// The outcome of a rule about where records lead: `look` is asked for each of them. One in which it finds nothing is not known
/// where nobody knows what is there.
pub(crate) fn leading<'p, 'a: 'p>(
    pointers: impl IntoIterator<Item = &'p Pointer<'a>>,
    mut look: impl FnMut(&'p Pointer<'a>) -> Option<Finding>,
) -> Outcome {
    let mut tally = Tally::default();
    for pointer in pointers {
        tally.saw();
        match (look(pointer), &pointer.target.found) {
            (Some(finding), _) => tally.fail(finding),
            (None, Found::Unknown(why)) => tally.unknown(why.clone()),
            (None, _) => {}
        }
    }
    tally.outcome()
}

/// The outcome of a rule about single RRsets: `look` is asked for each.
pub(crate) fn each<T>(
    items: impl IntoIterator<Item = T>,
    mut look: impl FnMut(T) -> Option<Finding>,
) -> Outcome {
    let mut tally = Tally::default();
    for item in items {
        tally.saw();
        if let Some(finding) = look(item) {
            tally.fail(finding);
        }
    }
    tally.outcome()
}

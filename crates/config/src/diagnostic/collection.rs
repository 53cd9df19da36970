//! Many diagnostics, in the order in which a person reads them.

use std::collections::HashSet;
use std::fmt;

use dnsctl_zone::Source;

use super::{Diagnostic, Severity};

/// Everything that was found in the inputs of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

/// How many diagnostics of each severity there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many errors.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// How many notes.
    pub notes: usize,
}

impl Diagnostics {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Moves all of `other` to the end of this collection.
    pub fn append(&mut self, mut other: Self) {
        self.list.append(&mut other.list);
    }

    /// Is there at least one error?
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// How many there are of each severity.
    pub fn counts(&self) -> Counts {
        let count = |severity| self.list.iter().filter(|d| d.severity == severity).count();
        Counts {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
        }
    }

    /// Turns every error into a warning, for input that is marked as lenient.
    pub fn demote_errors(&mut self) {
        for diagnostic in &mut self.list {
            diagnostic.severity = diagnostic.severity.max(Severity::Warning);
        }
    }

    /// Turns every warning into an error, where what could be passed over must not be.
    pub fn promote_warnings(&mut self) {
        for diagnostic in self.list.iter_mut().filter(|d| d.severity == Severity::Warning) {
            diagnostic.severity = Severity::Error;
        }
    }

    /// Sorts by file, line and column; those without a place come first. Equal places keep their order.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| a.source.cmp(&b.source));
    }

    /// Keeps the first of those that are equal: a file that several zones include says the same in each.
    pub fn dedup(&mut self) {
        let mut seen: HashSet<(Option<Source>, &'static str, String)> = HashSet::new();
        self.list.retain(|d| seen.insert((d.source.clone(), d.code, d.message.clone())));
    }

    /// All diagnostics, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl fmt::Display for Diagnostics {
    /// One line with the counts: `2 errors, 1 warning`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { errors, warnings, notes } = self.counts();
        let mut separator = "";
        for (count, word) in [(errors, "error"), (warnings, "warning"), (notes, "note")] {
            if count > 0 {
                write!(f, "{separator}{count} {word}{}", if count == 1 { "" } else { "s" })?;
                separator = ", ";
            }
        }
        if separator.is_empty() { f.write_str("no errors") } else { Ok(()) }
    }
}

impl std::error::Error for Diagnostics {}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.list.extend(iter);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(iter: T) -> Self {
        Self { list: iter.into_iter().collect() }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

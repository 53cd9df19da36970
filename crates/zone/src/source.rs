//! Where in which file something was written.

use std::fmt;
use std::sync::Arc;

/// A place in an input file. It travels with every wish to the plan, the finding and the annotation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The path as the user gave it, relative to the configuration's folder where possible.
    pub file: Arc<str>,
    /// Line, counted from 1. Zero means that only the file is known.
    pub line: u32,
    /// Column in characters, counted from 1. Zero means that only the line is known.
    pub column: u32,
}

impl Source {
    /// A place in `file`.
    pub fn new(file: Arc<str>, line: u32, column: u32) -> Self {
        Self { file, line, column }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

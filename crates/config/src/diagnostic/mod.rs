//! What is wrong with an input, where, and how to mend it.
//!
//! A [`Diagnostic`] is plain data; [`Diagnostics`] collects them, so that one run reports every error of every
//! file. [`Files`] keeps the texts, so that [`Diagnostics::render`] can show the line itself:
//!
//! ```text
//! error[yaml/duplicate-key]: `www` stands twice in one mapping
//!  --> zones/a.yaml:5:3
//!   |
//! 5 |   www: { A: 10.1.2.4 }
//!   |   ^^^ again here
//!  ::: zones/a.yaml:4:3
//!   |
//! 4 |   www: { A: 10.1.2.3 }
//!   |   --- first here
//!   |
//!   = help: join both under one `www`
//! ```

mod collection;
mod files;
mod render;
mod words;

pub use collection::{Counts, Diagnostics};
pub use files::{File, FileId, Files, Position};
pub use words::{ascii, closest, harmless, quote};

use dnsctl_zone::Source;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, but probably does not say what was meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word before the code in a message: `error`, `warning` or `note`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing to tell the user about an input file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable identifier such as `config/unknown-key`: the part that reads, then what is wrong.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where it is; `None` when it is about no file.
    pub source: Option<Source>,
    /// A few words for the place, shown beside the underline.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that explain this one, each with a few words.
    pub related: Vec<(Source, String)>,
}

impl Diagnostic {
    /// A diagnostic of any severity, without a place.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { severity, code, message, source: None, label: None, help: None, related: Vec::new() }
    }

    /// The input cannot be used: `message` says why.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// The input can be used, with a doubt.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Something worth knowing.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// Sets where it is.
    #[must_use]
    pub fn at(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    /// Sets the few words beside the underline.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Sets what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the help when there is one, for instance from [`closest`].
    #[must_use]
    pub fn help_if(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Adds another place that explains this one.
    #[must_use]
    pub fn related(mut self, source: Source, words: impl Into<String>) -> Self {
        self.related.push((source, words.into()));
        self
    }
}

#[cfg(test)]
mod tests;

//! What is wrong with an intent.

use dnsctl_zone::Source;

/// Something that the block says and that cannot be, or that can be read in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable identifier such as `mail/no-senders`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// Where it stands.
    pub source: Source,
    /// Another place that has its part in it, with a few words.
    pub related: Option<(Source, String)>,
}

impl Problem {
    pub(super) fn new(
        code: &'static str,
        source: &Source,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { code, message: message.into(), help: help.into(), source: source.clone(), related: None }
    }

    #[must_use]
    pub(super) fn related(mut self, source: &Source, words: &str) -> Self {
        self.related = Some((source.clone(), words.to_owned()));
        self
    }
}

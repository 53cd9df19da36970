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
    /// Whether it is only that something is not there: no news when what was written there could not be read.
    pub absent: bool,
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
        let (message, help, source) = (message.into(), help.into(), source.clone());
        Self { code, message, help, source, absent: false, related: None }
    }

    #[must_use]
    pub(super) fn absent(mut self) -> Self {
        self.absent = true;
        self
    }

    #[must_use]
    pub(super) fn related(mut self, source: &Source, words: &str) -> Self {
        self.related = Some((source.clone(), words.to_owned()));
        self
    }
}

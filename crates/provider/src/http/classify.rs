//! What an adapter knows about its vendor's answers.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::retry::Repeat;
use crate::error::{Effect, ErrorKind};

/// An answer, whole, before anybody judged it.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body. That of a refusal is cut after 64 KiB.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// A header's value, if it is there once and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON, if it is what `T` says.
    #[must_use]
    pub fn json<T: Deserialize<'a>>(&self) -> Option<T> {
        serde_json::from_slice(self.body).ok()
    }

    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.body)
    }
}

/// An adapter's judgement that an answer is an error, and which. What it leaves out, the kit fills in.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub(super) kind: ErrorKind,
    pub(super) message: Option<String>,
    pub(super) hint: Option<String>,
    pub(super) repeat: Repeat,
    pub(super) effect: Option<Effect>,
    pub(super) wait: Option<Duration>,
}

impl Verdict {
    /// An error of this kind. [`ErrorKind::RateLimited`] is repeated always, [`ErrorKind::Unavailable`] and
    /// [`ErrorKind::Timeout`] where harmless, all others never.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, message: None, hint: None, repeat: Repeat::of_kind(kind), effect: None, wait: None }
    }

    /// Sets the vendor's words. Cleaning, cutting and redaction are the kit's work. Without it the kit looks for a
    /// message in the body.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Sets the next thing to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets whether the request may be repeated.
    #[must_use]
    pub fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Sets what is known of the write.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Sets how long the account must pause, where the vendor does not say it in `Retry-After`.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }
}

/// See [`HttpOptions::classify`](super::HttpOptions::classify).
pub(super) type Classify = Arc<dyn Fn(&Answer<'_>) -> Option<Verdict> + Send + Sync>;

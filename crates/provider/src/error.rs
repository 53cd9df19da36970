//! The one error of this crate: what went wrong, what is known of the write, and what to do next.
//!
//! Adapters, the HTTP kit and the DNS kit all return [`Error`]. It is a plain value: it can be cloned and compared,
//! kept in a journal, and shown on one line. Every text in it is bounded, on one line and free of control characters,
//! because much of it was written by a server.
//!
//! ```
//! use dnsctl_provider::error::{Effect, Error, ErrorKind};
//!
//! let error = Error::new(ErrorKind::Rejected, "RRset a.example.org. IN A: not an address")
//!     .during("write zone example.org.")
//!     .at("https://ns.example:8443/api/v1/servers/localhost/zones/example.org.")
//!     .with_http_status(422);
//! assert_eq!(error.effect(), Effect::NotWritten);
//! assert_eq!(
//!     error.to_string(),
//!     "write zone example.org.: refused by the server, HTTP 422 from \
//!      https://ns.example:8443/api/v1/servers/localhost/zones/example.org.: \
//!      RRset a.example.org. IN A: not an address"
//! );
//! ```

mod cause;
mod kind;
mod text;

pub use kind::{Effect, ErrorKind, Status};
pub(crate) use text::clean;

use std::fmt;
use std::time::Duration;

use crate::secret::Redactor;
use cause::Cause;
use text::without_userinfo;

/// The longest message of a server that is kept, in characters.
pub const MAX_MESSAGE: usize = 600;
/// The longest operation, endpoint or hint that is kept, in characters.
const MAX_LABEL: usize = 400;
/// How many causes below an error are kept.
const MAX_CAUSES: usize = 8;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a provider operation failed. One word wide, so it is cheap to return.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    effect: Effect,
    message: String,
    operation: Option<String>,
    endpoint: Option<String>,
    status: Option<Status>,
    tries: u32,
    elapsed: Duration,
    retry_after: Option<Duration>,
    hint: Option<String>,
    cause: Option<Cause>,
}

impl Error {
    /// An error of this kind. `message` says what happened, in the server's words when it gave any.
    ///
    /// The [`Effect`] follows from the kind until [`Error::with_effect`] says more: a refusal wrote nothing; a
    /// time-out, a broken answer or a dead server leave it unknown.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl AsRef<str>) -> Self {
        Self(Box::new(Inner {
            kind,
            effect: kind.default_effect(),
            message: clean(message.as_ref(), MAX_MESSAGE),
            operation: None,
            endpoint: None,
            status: None,
            tries: 1,
            elapsed: Duration::ZERO,
            retry_after: None,
            hint: None,
            cause: None,
        }))
    }

    /// Says which operation failed, in plain words: `read zone example.org.`. The first one given is kept, since it
    /// was given where most was known.
    #[must_use]
    pub fn during(mut self, operation: impl AsRef<str>) -> Self {
        self.0.operation.get_or_insert_with(|| clean(operation.as_ref(), MAX_LABEL));
        self
    }

    /// Says where: a URL or `address:port`. User name and password in a URL are dropped. The first one given is kept.
    #[must_use]
    pub fn at(mut self, endpoint: impl AsRef<str>) -> Self {
        self.0.endpoint.get_or_insert_with(|| clean(&without_userinfo(endpoint.as_ref()), MAX_LABEL));
        self
    }

    /// Sets what is known of the write.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        self
    }

    /// Sets the HTTP status.
    #[must_use]
    pub fn with_http_status(mut self, status: u16) -> Self {
        self.0.status = Some(Status::Http(status));
        self
    }

    /// Sets the DNS response code.
    #[must_use]
    pub fn with_rcode(mut self, rcode: u16) -> Self {
        self.0.status = Some(Status::Rcode(rcode));
        self
    }

    /// Sets how often it was tried and how long that took in all.
    #[must_use]
    pub fn with_tries(mut self, tries: u32, elapsed: Duration) -> Self {
        self.0.tries = tries;
        self.0.elapsed = elapsed;
        self
    }

    /// Sets how long the server asked to wait before the next try.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Sets the next thing to do, with the command to run when there is one.
    #[must_use]
    pub fn with_hint(mut self, hint: impl AsRef<str>) -> Self {
        self.0.hint = Some(clean(hint.as_ref(), MAX_LABEL));
        self
    }

    /// Keeps the error below this one, and those below it, as text.
    #[must_use]
    pub fn with_source(mut self, source: &(dyn std::error::Error + 'static)) -> Self {
        self.0.cause = Cause::of(source, MAX_CAUSES);
        self
    }

    /// Removes the redactor's secrets from every text in this error.
    #[must_use]
    pub fn redacted(mut self, redactor: &Redactor) -> Self {
        let inner = &mut *self.0;
        let texts = [&mut inner.operation, &mut inner.endpoint, &mut inner.hint].into_iter().flatten();
        let redact = |text: &mut String| {
            *text = match text.strip_suffix('…') {
                Some(cut) => redactor.redact_cut(cut) + "…",
                None => redactor.redact(text),
            };
        };
        texts.chain([&mut inner.message]).for_each(redact);
        let mut cause = inner.cause.as_mut();
        while let Some(Cause { text, next }) = cause {
            redact(text);
            cause = next.as_deref_mut();
        }
        self
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is known of the write.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.0.effect
    }

    /// What happened; the server's words when it gave any. At most [`MAX_MESSAGE`] characters, one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The operation in plain words.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The server, without credentials.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.0.endpoint.as_deref()
    }

    /// The HTTP status or DNS response code, when there was an answer.
    #[must_use]
    pub const fn status(&self) -> Option<Status> {
        self.0.status
    }

    /// The HTTP status, when the server answered over HTTP.
    #[must_use]
    pub const fn http_status(&self) -> Option<u16> {
        match self.0.status {
            Some(Status::Http(status)) => Some(status),
            _ => None,
        }
    }

    /// How often it was tried; 1 when it was not repeated.
    #[must_use]
    pub const fn tries(&self) -> u32 {
        self.0.tries
    }

    /// The time from the start of the first try to the end of the last, waits included.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// How long the server asked to wait before the next try.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The next thing to do.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    /// One line: operation, kind, status, server, message, tries. The hint and the causes are not in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = &inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(match inner.kind {
            // Nobody was asked.
            ErrorKind::Unauthorized if inner.status.is_none() && inner.endpoint.is_none() => "no credentials",
            kind => kind.summary(),
        })?;
        if let Some(status) = inner.status {
            write!(f, ", {status}")?;
        }
        if let Some(endpoint) = &inner.endpoint {
            write!(f, " from {endpoint}")?;
        }
        if !inner.message.is_empty() {
            write!(f, ": {}", inner.message)?;
        }
        if inner.tries > 1 {
            write!(f, " ({} tries in {:.1} s)", inner.tries, inner.elapsed.as_secs_f64())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| cause as _)
    }
}

impl From<std::io::Error> for Error {
    /// An [`ErrorKind::Io`] error.
    fn from(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, error.to_string()).with_source(&error)
    }
}

#[cfg(test)]
mod tests;

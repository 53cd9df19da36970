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

use std::fmt;
use std::time::Duration;

use crate::secret::Redactor;

/// The longest message of a server that is kept, in characters.
pub const MAX_MESSAGE: usize = 600;
/// The longest operation, endpoint or hint that is kept, in characters.
const MAX_LABEL: usize = 400;
/// How many causes below an error are kept.
const MAX_CAUSES: usize = 8;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the terms in which the rest of dnsctl decides what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The zone, RRset or other object does not exist: HTTP 404 and 410.
    NotFound,
    /// The credentials are missing, wrong or expired: HTTP 401, TSIG BADKEY, BADSIG, BADTIME.
    Unauthorized,
    /// The credentials are good but do not allow this: HTTP 403, REFUSED.
    Forbidden,
    /// The object is not as expected or is being changed by another: HTTP 409, 412, 423, a prerequisite that failed.
    Conflict,
    /// The server refuses the content and will again: HTTP 400 and 422, FORMERR, a record it does not accept.
    Rejected,
    /// Too many requests: HTTP 429, a vendor's throttling code.
    RateLimited,
    /// The server cannot answer now: HTTP 5xx, SERVFAIL, no such host, connection refused or reset.
    Unavailable,
    /// No answer, or not the whole of it, in the time allowed.
    Timeout,
    /// An answer that makes no sense: HTML for JSON, truncated, too large, a redirect, an invalid certificate.
    Protocol,
    /// The server or the adapter cannot do this at all: HTTP 405 and 501, NOTIMP.
    Unsupported,
    /// The provider's options are wrong: URL, certificate file, header.
    Config,
    /// A local file or socket failed.
    Io,
    /// Somebody stopped the run before this was sent; see [`Stop`](crate::Stop).
    Stopped,
    /// dnsctl itself failed: a task ended by a panic.
    Defect,
}

impl ErrorKind {
    /// A few words for people, made to stand after "read zone example.org.: ".
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Unauthorized => "credentials refused",
            Self::Forbidden => "not allowed",
            Self::Conflict => "conflict",
            Self::Rejected => "refused by the server",
            Self::RateLimited => "too many requests",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timed out",
            Self::Protocol => "unusable answer",
            Self::Unsupported => "not supported",
            Self::Config => "wrong configuration",
            Self::Io => "input or output failed",
            Self::Stopped => "stopped",
            Self::Defect => "a defect in dnsctl",
        }
    }

    /// Whether the same request can succeed later without anybody changing anything.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable | Self::Timeout)
    }

    /// What an error of this kind says of a write when nothing more is known.
    const fn default_effect(self) -> Effect {
        match self {
            Self::Unavailable | Self::Timeout | Self::Protocol | Self::Io | Self::Defect => Effect::Unknown,
            _ => Effect::NotWritten,
        }
    }
}

/// What is known of the write that failed. A failed read is always [`Effect::NotWritten`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing was written.
    NotWritten,
    /// It may have been written, in whole or in part: read back before reporting.
    Unknown,
}

/// The number a server gave for its refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// An HTTP status code (RFC 9110 15).
    Http(u16),
    /// A DNS response code, extended or TSIG (RFC 6895 2.3).
    Rcode(u16),
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match *self {
            Self::Http(code) => return write!(f, "HTTP {code}"),
            Self::Rcode(code) => code,
        };
        let name = match code {
            0 => "NOERROR",
            1 => "FORMERR",
            2 => "SERVFAIL",
            3 => "NXDOMAIN",
            4 => "NOTIMP",
            5 => "REFUSED",
            6 => "YXDOMAIN",
            7 => "YXRRSET",
            8 => "NXRRSET",
            9 => "NOTAUTH",
            10 => "NOTZONE",
            16 => "BADSIG",
            17 => "BADKEY",
            18 => "BADTIME",
            19 => "BADMODE",
            20 => "BADNAME",
            21 => "BADALG",
            22 => "BADTRUNC",
            _ => return write!(f, "RCODE {code}"),
        };
        f.write_str(name)
    }
}

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

/// An error below another one, kept as text so that secrets can be taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cause {
    text: String,
    next: Option<Box<Self>>,
}

impl Cause {
    fn of(error: &(dyn std::error::Error + 'static), depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let next = error.source().and_then(|source| Self::of(source, depth)).map(Box::new);
        Some(Self { text: clean(&error.to_string(), MAX_MESSAGE), next })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.next.as_deref().map(|cause| cause as _)
    }
}

/// Makes a text of unknown origin safe to print: one line, single spaces, no control characters and no characters that
/// turn the direction of writing, at most `max` characters (then it ends in `…`).
pub(crate) fn clean(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max));
    let mut count = 0_usize;
    let mut gap = false;
    for character in text.chars() {
        let invisible = matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if character.is_control() || character.is_whitespace() || invisible {
            gap = !out.is_empty();
            continue;
        }
        let width = 1 + usize::from(gap);
        if count + width > max {
            out.push('…');
            break;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        out.push(character);
        count += width;
    }
    out
}

/// `scheme://user:password@host/path` without `user:password@`.
fn without_userinfo(endpoint: &str) -> String {
    let Some((scheme, rest)) = endpoint.split_once("://") else { return endpoint.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_line_with_everything() {
        let error = Error::new(ErrorKind::Unavailable, "no\r\n  luck\u{1b}[31m today")
            .during("read zone example.org.")
            .during("list zones")
            .at("http://me:pass@127.0.0.1:8081/api?x=1")
            .with_http_status(503)
            .with_tries(4, Duration::from_millis(3240));
        assert_eq!(
            error.to_string(),
            "read zone example.org.: unavailable, HTTP 503 from http://127.0.0.1:8081/api?x=1: \
             no luck [31m today (4 tries in 3.2 s)"
        );
        assert_eq!(error.effect(), Effect::Unknown);
    }

    #[test]
    fn is_one_word_wide() {
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn codes_have_names() {
        assert_eq!(Status::Rcode(17).to_string(), "BADKEY");
        assert_eq!(Status::Rcode(4000).to_string(), "RCODE 4000");
        assert_eq!(Status::Http(404).to_string(), "HTTP 404");
    }

    #[test]
    fn secrets_leave_every_text() {
        let redactor = Redactor::new([crate::secret::Secret::new("s3cr3t")]);
        let io = std::io::Error::other("s3cr3t in the cause");
        let error = Error::new(ErrorKind::Protocol, "key s3cr3t is wrong")
            .during("use s3cr3t")
            .at("http://h/?key=s3cr3t")
            .with_hint("set s3cr3t")
            .with_source(&io)
            .redacted(&redactor);
        assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
        assert_eq!(error.message(), "key *** is wrong");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("*** in the cause"));
    }

    #[test]
    fn a_long_message_is_cut() {
        let error = Error::new(ErrorKind::Rejected, "é".repeat(MAX_MESSAGE + 1));
        assert_eq!(error.message().chars().count(), MAX_MESSAGE + 1);
        assert!(error.message().ends_with('…'));
    }

    proptest! {
        #[test]
        fn texts_are_bounded_and_printable(text in any::<String>(), max in 0_usize..50) {
            let cleaned = clean(&text, max);
            prop_assert!(cleaned.chars().count() <= max + 1);
            prop_assert!(!cleaned.chars().any(char::is_control));
            prop_assert_eq!(cleaned.trim(), cleaned.as_str());
        }

        #[test]
        fn user_information_is_dropped(user in "[a-z@:]{1,9}", path in "[a-z/@?]{0,9}") {
            let shown = without_userinfo(&format!("https://{user}@host/{path}"));
            prop_assert_eq!(shown, format!("https://host/{path}"));
        }
    }
}

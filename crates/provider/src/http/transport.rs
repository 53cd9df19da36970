//! What a failure below HTTP means.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use super::retry::Repeat;
use crate::error::{Effect, Error, ErrorKind};

/// A request body of this size may meet a server's limit; that of PowerDNS is 2 MiB unless configured.
const LARGE: usize = 1 << 20;

/// One try that failed.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) repeat: Repeat,
}

impl Failure {
    pub(super) fn new(error: Error, repeat: Repeat) -> Self {
        Self { error, repeat }
    }
}

/// No answer came to a request with a body of `size` bytes.
pub(super) fn no_answer(error: reqwest::Error, connect: Duration, size: usize) -> Failure {
    let error = error.without_url();
    if let Some(tls) = chain(&error).find_map(|error| error.downcast_ref::<rustls::Error>()) {
        return tls_failure(tls, &error);
    }
    let refused = io_kind(&error) == Some(io::ErrorKind::ConnectionRefused);
    let (kind, message, repeat) = if error.is_connect() && error.is_timeout() {
        (ErrorKind::Timeout, format!("no connection within {}", seconds(connect)), Repeat::Always)
    } else if error.is_dns() {
        (
            ErrorKind::Unavailable,
            format!("the host's name was not resolved: {}", root(&error)),
            Repeat::Always,
        )
    } else if error.is_connect() {
        let message = if refused {
            "connection refused".to_owned()
        } else {
            format!("no connection: {}", root(&error))
        };
        (ErrorKind::Unavailable, message, Repeat::Always)
    } else if error.is_builder() {
        (ErrorKind::Config, root(&error), Repeat::Never)
    } else if hyper(&error).is_some_and(hyper::Error::is_parse) {
        (ErrorKind::Protocol, format!("the answer is not HTTP: {}", root(&error)), Repeat::Never)
    } else {
        let message = format!("the connection broke before an answer came: {}", root(&error));
        (ErrorKind::Unavailable, message, Repeat::WhenHarmless)
    };
    let mut failure = Error::new(kind, message).with_source(&error);
    // Servers that refuse a large body often reset the connection, which swallows their answer.
    if size >= LARGE && repeat == Repeat::WhenHarmless {
        failure =
            failure.with_hint(format!("the request had {size} bytes: does the server limit their number?"));
    }
    Failure::new(failure, repeat)
}

/// The answer broke off after `got` bytes.
pub(super) fn cut(error: reqwest::Error, got: usize, announced: Option<u64>) -> Failure {
    let error = error.without_url();
    let of = announced.map(|length| format!(" of {length}")).unwrap_or_default();
    let message = format!("the answer broke off after {got}{of} bytes: {}", root(&error));
    Failure::new(Error::new(ErrorKind::Protocol, message).with_source(&error), Repeat::WhenHarmless)
}

fn tls_failure(tls: &rustls::Error, error: &reqwest::Error) -> Failure {
    let failure = |message: String| {
        Error::new(ErrorKind::Protocol, message).with_source(error).with_effect(Effect::NotWritten)
    };
    let error = match tls {
        rustls::Error::InvalidCertificate(why) => {
            failure(format!("the server's certificate is not valid: {why}"))
                .with_hint("if your own authority signed it, set ca_file to that authority's PEM file")
        }
        rustls::Error::InvalidMessage(_) => failure("the server does not speak TLS on this port".to_owned())
            .with_hint("is the URL right? http:// and https:// usually have ports of their own"),
        other => failure(format!("no TLS connection: {other}")),
    };
    Failure::new(error, Repeat::Never)
}

/// `10 s`, `0.05 s`.
pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    chain(error).find_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind)
}

fn hyper(error: &reqwest::Error) -> Option<&hyper::Error> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The words of the innermost error, which is the one that knows.
fn root(error: &reqwest::Error) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

/// An error and all below it. `io::Error` hides the error it wraps from `source`, so it is asked on its own.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |&error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map_or_else(|| error.source(), |wrapped| Some(wrapped as &(dyn StdError + 'static)))
    })
}

//! What was sent: counters for `--verbose` and the benchmark, and a hook that sees each try.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use reqwest::Method;

use crate::error::ErrorKind;

/// Counters of one or several clients. Cheap enough to be always on.
#[derive(Debug, Default)]
pub struct Stats {
    requests: AtomicU64,
    retries: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_received: AtomicU64,
    waited_micros: AtomicU64,
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests sent, repeated ones included.
    pub requests: u64,
    /// Those of them that were repeats.
    pub retries: u64,
    /// Bytes of request bodies sent, without headers.
    pub bytes_sent: u64,
    /// Bytes of answers' bodies received, without headers.
    pub bytes_received: u64,
    /// Time spent waiting before a request because of a rate limit or a failure, summed over all requests.
    pub waited: Duration,
}

impl Stats {
    /// The counters now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            requests: self.requests.load(Relaxed),
            retries: self.retries.load(Relaxed),
            bytes_sent: self.bytes_sent.load(Relaxed),
            bytes_received: self.bytes_received.load(Relaxed),
            waited: Duration::from_micros(self.waited_micros.load(Relaxed)),
        }
    }

    pub(super) fn sent(&self, attempt: u32, bytes: usize) {
        self.requests.fetch_add(1, Relaxed);
        self.retries.fetch_add(u64::from(attempt > 1), Relaxed);
        self.bytes_sent.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn received(&self, bytes: usize) {
        self.bytes_received.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn waited(&self, wait: Duration) {
        self.waited_micros.fetch_add(u64::try_from(wait.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }
}

/// One try of one request, without bodies and credentials.
#[derive(Debug, Clone, Copy)]
pub struct TraceEvent<'a> {
    /// The operation in plain words.
    pub operation: &'a str,
    /// The HTTP method.
    pub method: &'a Method,
    /// The URL, with `***` for each secret in it.
    pub url: &'a str,
    /// 1 for the first try.
    pub attempt: u32,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// What was wrong, if anything.
    pub error: Option<ErrorKind>,
    /// From sending to the last byte of the answer.
    pub duration: Duration,
}

impl fmt::Display for TraceEvent<'_> {
    /// One line: `GET https://… 200 0.012 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        if let Some(status) = self.status {
            write!(f, " {status}")?;
        }
        if let Some(error) = self.error {
            write!(f, " {}", error.summary())?;
        }
        write!(f, " {:.3} s", self.duration.as_secs_f64())?;
        if self.attempt > 1 {
            write!(f, " (try {})", self.attempt)?;
        }
        Ok(())
    }
}

/// Receives each try as it ends. It runs in the request's task, so it must not block.
pub type Trace = Arc<dyn Fn(&TraceEvent<'_>) + Send + Sync>;

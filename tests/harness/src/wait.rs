//! Waiting with a deadline. Nothing in the tests sleeps for a fixed time and hopes.

use std::time::{Duration, Instant};

use crate::{Error, Result};

/// How long a server may take to answer, on a machine that is busy with other builds.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks again and again until `look` gives a value, at most for `limit`.
///
/// # Errors
/// [`Error::TimedOut`] with `what` in its message.
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    try_until(what, limit, || Ok(look()))
}

/// As [`until`], but stops at the first error of `look`.
///
/// # Errors
/// The error of `look`, or [`Error::TimedOut`].
pub fn try_until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(value) = look()? {
            return Ok(value);
        }
        if start.elapsed() >= limit {
            return Err(Error::TimedOut { what: what.to_owned(), limit, log: String::new() });
        }
        std::thread::sleep(PAUSE);
    }
}

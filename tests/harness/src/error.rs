//! What can go wrong while a test's surroundings are set up.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a server, a proxy or a tool of the tests did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A program that the test needs is not installed.
    #[error("`{program}` is not installed (package {package}); run `tests/setup`")]
    Missing {
        /// The program that was looked for.
        program: String,
        /// The package that has it on Debian, Ubuntu or PyPI.
        package: String,
    },
    /// A system call failed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the path or address.
        what: String,
        /// The reason the system gave.
        source: io::Error,
    },
    /// Another process took the port first; the caller tries again with another one.
    #[error("{server}: the port is already in use")]
    AddressInUse {
        /// The server's name.
        server: String,
    },
    /// The server ended before it answered.
    #[error("{server} ended early ({status}); its log:\n{log}")]
    Ended {
        /// The server's name.
        server: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of its log.
        log: String,
    },
    /// The server, or what was waited for, did not come in time.
    #[error("{what} did not happen within {limit:?}\n{log}")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        limit: Duration,
        /// The end of the log, if there is one.
        log: String,
    },
    /// A tool or a server answered that it could not.
    #[error("{what}: {message}")]
    Refused {
        /// What was asked for.
        what: String,
        /// The answer.
        message: String,
    },
}

/// The result of everything here.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Wraps a failed system call: `.map_err(Error::io("bind 127.0.0.1:53"))`.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }

    /// A refusal with the words of the one that refused.
    pub(crate) fn refused(what: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), message: message.into() }
    }
}

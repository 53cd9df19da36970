//! Why a command failed, as a person reads it.

use crate::exit::Exit;
use dnsctl_config::diagnostic::Diagnostics;
use dnsctl_provider::error::{Error, ErrorKind};
use std::error::Error as _;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// One paragraph for each thing that went wrong, without the word "error".
    pub(crate) messages: Vec<Message>,
}

/// One thing that went wrong.
#[derive(Debug)]
pub(crate) struct Message {
    /// What stands in brackets behind "error".
    pub(crate) code: &'static str,
    /// What went wrong, and where.
    pub(crate) text: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// A failure with one message.
    pub(crate) fn new(exit: Exit, code: &'static str, text: impl Into<String>) -> Self {
        Self { exit, messages: vec![Message { code, text: text.into(), hint: None }] }
    }

    /// A failure that was already shown.
    pub(crate) fn shown(exit: Exit) -> Self {
        Self { exit, messages: Vec::new() }
    }

    /// With what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(last) = self.messages.last_mut() {
            last.hint = Some(hint.into());
        }
        self
    }

    /// A file that cannot be read or written.
    pub(crate) fn io(error: &std::io::Error) -> Self {
        Self::new(Exit::Error, "io", error.to_string())
    }

    /// Errors of providers.
    pub(crate) fn provider(errors: &[Error]) -> Self {
        // By number they are in the order of docs/exit-codes.md: credentials, then invalid files, then the rest.
        let exit = errors.iter().map(exit_of).max().unwrap_or(Exit::Error);
        Self { exit, messages: errors.iter().map(message).collect() }
    }
}

/// The exit code of a provider's error before anything was written.
pub(crate) fn exit_of(error: &Error) -> Exit {
    match error.kind() {
        ErrorKind::Unauthorized | ErrorKind::Forbidden => Exit::Credentials,
        ErrorKind::Config => Exit::Invalid,
        _ => Exit::Error,
    }
}

fn message(error: &Error) -> Message {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str("\n  because: ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    Message { code: code_of(error), text, hint: error.hint().map(str::to_owned) }
}

fn code_of(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "not-found",
        ErrorKind::Unauthorized => "credentials",
        ErrorKind::Forbidden => "not-allowed",
        ErrorKind::Conflict => "conflict",
        ErrorKind::Rejected => "rejected",
        ErrorKind::RateLimited => "rate-limit",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Protocol => "protocol",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::Config => "config",
        ErrorKind::Stopped => "stopped",
        _ => "io",
    }
}

/// Whether diagnostics stop a command.
pub(crate) fn invalid(diagnostics: &Diagnostics) -> Result<(), Failure> {
    if diagnostics.has_errors() { Err(Failure::shown(Exit::Invalid)) } else { Ok(()) }
}

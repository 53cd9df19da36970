//! Why a command failed, as a person reads it.

use crate::exit::Exit;
use crate::render::style::{Style, paint, red};
use crate::render::unread;
use crate::render::words::{self, listed, safe};
use dnsctl_config::diagnostic::{Diagnostic, Diagnostics, Severity};
use dnsctl_plan::Plan;
use dnsctl_provider::error::{Error, ErrorKind};
use std::error::Error as _;
use std::fmt::Write as _;

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

    /// With what to do next, besides what the last message says already.
    #[must_use]
    pub(crate) fn hint_also(self, hint: &str) -> Self {
        let told = self.messages.last().and_then(|last| last.hint.clone());
        self.hint(told.map_or_else(|| hint.to_owned(), |told| format!("{told}; {hint}")))
    }

    /// Both failures, if there are any.
    pub(crate) fn and(self, other: Option<Self>) -> Self {
        let Some(mut other) = other else { return self };
        let mut messages = self.messages;
        messages.append(&mut other.messages);
        Self { exit: self.exit.or(other.exit), messages }
    }

    /// What all of these failed with, if any did.
    pub(crate) fn all(failures: impl IntoIterator<Item = Self>) -> Option<Self> {
        failures.into_iter().fold(None, |all, failure| {
            Some(match all {
                Some(all) => Self::and(all, Some(failure)),
                None => failure,
            })
        })
    }

    /// The text for a person. Nothing that a file or a server said may change what a terminal shows.
    pub(crate) fn text(&self, style: Style) -> String {
        let mut out = String::new();
        for Message { code, text, hint } in &self.messages {
            let head = paint(red().bold(), format!("error[{code}]"));
            let _ = writeln!(out, "{head}: {}", safe(text));
            if let Some(hint) = hint {
                let _ = writeln!(out, "  hint: {}", safe(hint));
            }
        }
        style.finish(out)
    }

    /// A file that cannot be read or written.
    pub(crate) fn io(error: &std::io::Error) -> Self {
        Self::new(Exit::Error, "io", error.to_string())
    }

    /// Errors of providers.
    pub(crate) fn provider(errors: &[Error]) -> Self {
        let exit = errors.iter().map(exit_of).fold(Exit::Error, Exit::or);
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
    let text = format!("{error}{}", causes(error));
    Message { code: code_of(error), text, hint: error.hint().map(str::to_owned) }
}

/// What an error came from, a line each.
fn causes(error: &Error) -> String {
    let mut text = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str("\n  because: ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The zones of a plan that could not be read: one message for each reason.
pub(crate) fn unread(plan: &Plan, errors: &[Error]) -> Option<Failure> {
    let messages = unread::groups(plan).into_iter().map(|group| {
        let error = errors.get(group.first);
        let zones = listed(group.zones.iter().map(|zone| words::zone(zone)), 3);
        Message {
            code: error.map_or("unread", code_of),
            text: format!(
                "could not read {zones} at {}: {}{}",
                group.provider,
                group.reason,
                error.map(causes).unwrap_or_default()
            ),
            hint: group.hint.or_else(|| error.and_then(unread::hint)).map(str::to_owned),
        }
    });
    let messages: Vec<Message> = messages.collect();
    let exit = errors.iter().map(exit_of).fold(Exit::Error, Exit::or);
    (!messages.is_empty()).then_some(Failure { exit, messages })
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
        ErrorKind::Defect => "defect",
        _ => "io",
    }
}

/// Whether diagnostics stop a command.
pub(crate) fn invalid(diagnostics: &Diagnostics) -> Result<(), Failure> {
    let mut errors = diagnostics.iter().filter(|found| found.severity == Severity::Error).peekable();
    if errors.peek().is_none() {
        return Ok(());
    }
    // A zone whose source is a server may be right all the same.
    let exit = |found: &Diagnostic| match found.code {
        "source/credentials" => Exit::Credentials,
        "source/unread" => Exit::Error,
        _ => Exit::Invalid,
    };
    Err(Failure::shown(errors.map(exit).fold(Exit::Error, Exit::or)))
}

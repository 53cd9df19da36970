//! The one place that asks for the time, the environment and the terminal.

use jiff::Timestamp;
use std::io::IsTerminal as _;
use std::time::SystemTime;

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The time now. Tests set `DNSCTL_NOW` to an RFC 3339 time, so that output can be compared as a whole.
pub(crate) fn now() -> Timestamp {
    variable("DNSCTL_NOW").and_then(|text| text.parse().ok()).unwrap_or_else(Timestamp::now)
}

/// The system's clock.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn clock() -> SystemTime {
    SystemTime::now()
}

/// Whether a person sits before this program.
pub(crate) fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Whether progress can be shown.
pub(crate) fn shows_progress() -> bool {
    std::io::stderr().is_terminal()
}

/// The columns of the terminal that standard output goes to, 80 where it goes elsewhere.
pub(crate) fn width() -> usize {
    let told = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let asked = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    told.or_else(asked).filter(|width| *width >= 40).unwrap_or(80)
}

//! The one place that asks for the time, the environment and the terminal.

use jiff::Timestamp;
use std::io::IsTerminal as _;
use std::time::SystemTime;

/// Stands for the time now.
const NOW: &str = "DNSCTL_NOW";

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The time now.
///
/// `DNSCTL_NOW`, an RFC 3339 time, stands for it in every build, so that tests can compare output as a whole and what is
/// released is what was tested; it gives nobody a right: whoever sets the environment of this program can choose its clock
/// and its configuration, too.
pub(crate) fn now() -> Timestamp {
    told().ok().flatten().unwrap_or_else(Timestamp::now)
}

/// Whether what the environment says can be used.
///
/// # Errors
/// In words: a `DNSCTL_NOW` that is no time.
pub(crate) fn check() -> Result<(), String> {
    told().map(|_| ())
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn told() -> Result<Option<Timestamp>, String> {
    let Some(text) = std::env::var_os(NOW) else { return Ok(None) };
    let text = text.to_string_lossy();
    let time = text.parse().map_err(|error| format!("{NOW} is \"{text}\", which is no time: {error}"))?;
    Ok(Some(time))
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

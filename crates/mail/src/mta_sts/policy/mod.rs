//! The policy file at `https://mta-sts.DOMAIN/.well-known/mta-sts.txt` (RFC 8461 section 3.2).

mod fault;
mod parse;

pub use fault::FaultKind;
pub use parse::{Parsed, parse};

use super::Pattern;
use dnsctl_zone::Name;
use std::fmt;

/// The longest time that a policy may be kept, in seconds: about a year (RFC 8461 section 3.2).
pub const LONGEST: u32 = 31_557_600;

/// What senders do when a mail exchanger does not fit the policy (RFC 8461 section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// They do not deliver to it.
    Enforce,
    /// They deliver and report.
    Testing,
    /// There is no policy any more.
    None,
}

impl Mode {
    /// How it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A policy that senders can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `mode`.
    pub mode: Mode,
    /// `max_age`: how long senders keep it, in seconds, up to [`LONGEST`].
    pub max_age: u32,
    /// `mx`: which mail exchangers fit.
    pub mx: Vec<Pattern>,
}

impl Policy {
    /// Whether a mail exchanger, by the name in the MX record, fits one of the patterns (RFC 8461 section 4.1).
    pub fn covers(&self, exchanger: &Name) -> bool {
        self.mx.iter().any(|pattern| pattern.covers(exchanger))
    }
}

impl fmt::Display for Policy {
    /// The text of the file, with LF at the ends of lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "version: STSv1\nmode: {}", self.mode)?;
        self.mx.iter().try_for_each(|pattern| writeln!(f, "mx: {pattern}"))?;
        writeln!(f, "max_age: {}", self.max_age)
    }
}

#[cfg(test)]
mod tests;

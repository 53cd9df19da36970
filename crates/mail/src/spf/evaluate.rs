//! What a receiver makes of a client: `check_host()` (RFC 7208 section 4).

mod check;
mod expand;
mod mechanism;
mod possible;

pub(super) use expand::{Identity, name_of};

use crate::resolve::{Query, Resolver};
use std::fmt;
use std::net::IpAddr;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// The address of the client. An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`) is taken as what it is.
    pub ip: IpAddr,
    /// The name that the client gave with HELO or EHLO.
    pub helo: &'a str,
    /// The address of the sender (MAIL FROM). When it is empty, `postmaster` at `helo` is checked (section 2.4).
    pub mail_from: &'a str,
    /// The host that checks, for the macro `r`; `unknown` when empty.
    pub receiver: &'a str,
    /// Seconds since 1970-01-01 00:00 UTC, for the macro `t`.
    pub now: u64,
}

/// The limits of a check (section 4.6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Terms that cost a lookup, at most 100; 10 by default.
    pub lookups: usize,
    /// Lookups that find nothing; 2 by default. Those of the addresses behind `mx` and `ptr` count, too, as the reference
    /// implementations do it.
    pub void_lookups: usize,
    /// Mail exchangers of one `mx`; 10 by default.
    pub mail_exchangers: usize,
    /// Names of the client that are looked at; 10 by default.
    pub pointers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lookups: 10, void_lookups: 2, mail_exchangers: 10, pointers: 10 }
    }
}

/// The result of a check (section 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpfResult {
    /// There is no record, or no domain to ask for.
    None,
    /// The record says nothing about the client.
    Neutral,
    /// The client may send mail for the domain.
    Pass,
    /// It may not.
    Fail,
    /// It probably may not.
    SoftFail,
    /// A server failed: ask again later.
    TempError,
    /// The record cannot be read, or needs too many lookups.
    PermError,
    /// An answer is not known that decides: see [`Evaluation::unknown`]. No receiver says this.
    Undecided,
}

impl fmt::Display for SpfResult {
    /// As in the header fields `Received-SPF` and `Authentication-Results`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
            Self::Undecided => "undecided",
        })
    }
}

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The result. Where an unknown answer could not have changed it, unless it had been an error, it is that result.
    pub result: SpfResult,
    /// What the domain tells the client after a "fail" (section 6.2).
    pub explanation: Option<String>,
    /// Why the result is an error, in one line for a person.
    pub reason: Option<String>,
    /// The terms that were looked at, in order.
    pub trace: Vec<Step>,
    /// How many terms cost a lookup.
    pub lookups: usize,
    /// How many lookups found nothing.
    pub void_lookups: usize,
    /// What was asked and is not known.
    pub unknown: Vec<Query>,
}

/// One term that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How many records lead to this one by `include` or `redirect`; 0 for the record of the sender.
    pub depth: usize,
    /// The domain of the record, without a dot at its end.
    pub domain: String,
    /// The term as it is written.
    pub term: String,
    /// What came of it.
    pub trial: Trial,
}

/// What came of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// The client matches.
    Match,
    /// It does not.
    NoMatch,
    /// An answer is not known.
    Unknown,
    /// The check ended here with an error.
    Error,
}

/// Checks a client with the limits of RFC 7208.
pub fn evaluate(resolver: &impl Resolver, question: &Question<'_>) -> Evaluation {
    evaluate_with(resolver, question, Limits::default())
}

/// Checks a client.
pub fn evaluate_with(resolver: &impl Resolver, question: &Question<'_>, limits: Limits) -> Evaluation {
    check::Check::new(resolver, question, limits).run()
}

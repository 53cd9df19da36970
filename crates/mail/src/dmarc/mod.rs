//! DMARC policy records: the TXT at `_dmarc.DOMAIN` (RFC 9989, RFC 9990; RFC 7489 before them).

mod external;
mod fault;
mod organisation;
mod parse;
mod receiver;
mod walk;
mod write;

pub use external::{Authorisation, authorisation, authorisation_name, authorises};
pub use fault::FaultKind;
pub use parse::{Parsed, is_dmarc, parse};
pub use receiver::{Effect, Reading, Receiver, Verdict};
pub use walk::{Applied, Found, Step, Walk, Whose, tree_walk};

use crate::report_uri::Uri;
use std::fmt;

/// What a domain asks for mail that fails DMARC, from weak to strong (RFC 9989 section 4.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// No wish: reports only.
    None,
    /// Treat it as suspicious.
    Quarantine,
    /// Refuse it.
    Reject,
}

impl Policy {
    /// One level lower: what `t=y` asks for (RFC 9989 section 4.7), and what `pct` leaves for the rest (RFC 7489 section 6.6.4).
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Self::Reject => Self::Quarantine,
            Self::Quarantine | Self::None => Self::None,
        }
    }

    /// The policy of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::Quarantine, Self::Reject].into_iter().find(|policy| policy.as_str() == name)
    }

    /// How it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A policy tag as it stands in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Requested {
    /// The tag is not there.
    #[default]
    Absent,
    /// The tag is there and says this.
    Policy(Policy),
    /// The tag is there and says something that is no policy.
    Invalid,
}

impl Requested {
    /// The policy, if there is a valid one.
    pub fn policy(self) -> Option<Policy> {
        match self {
            Self::Policy(policy) => Some(policy),
            Self::Absent | Self::Invalid => None,
        }
    }
}

impl From<Policy> for Requested {
    fn from(policy: Policy) -> Self {
        Self::Policy(policy)
    }
}

/// How closely an authenticated domain must agree with the author's (RFC 9989 section 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alignment {
    /// The same organisational domain.
    #[default]
    Relaxed,
    /// The same domain.
    Strict,
}

/// Whether a domain says that it is a public suffix (RFC 9989 section 4.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PublicSuffix {
    /// `y`: it is one, and the organisational domain is one label below.
    Yes,
    /// `n`: it is the organisational domain itself.
    No,
    /// `u`, or nothing: the tree walk finds out.
    #[default]
    Unknown,
}

/// When failure reports are wanted (RFC 9989 section 4.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureOptions {
    /// `0`: when nothing gave an aligned pass.
    pub all: bool,
    /// `1`: when anything did not give an aligned pass.
    pub any: bool,
    /// `d`: when a DKIM signature failed.
    pub dkim: bool,
    /// `s`: when SPF failed.
    pub spf: bool,
}

impl Default for FailureOptions {
    fn default() -> Self {
        Self { all: true, any: false, dkim: false, spf: false }
    }
}

/// A DMARC record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// `p`: for the domain itself.
    pub policy: Requested,
    /// `sp`: for domains below it.
    pub subdomains: Requested,
    /// `np`: for domains below it that do not exist.
    pub nonexistent: Requested,
    /// `t=y`: apply the policies one level lower.
    pub test: bool,
    /// `psd`.
    pub public_suffix: PublicSuffix,
    /// `adkim`.
    pub dkim_alignment: Alignment,
    /// `aspf`.
    pub spf_alignment: Alignment,
    /// `fo`.
    pub failure_options: FailureOptions,
    /// `rua`: where aggregate reports go.
    pub aggregate: Vec<Uri>,
    /// `ruf`: where failure reports go.
    pub failure: Vec<Uri>,
    /// `pct`: the part of failing mail that the policy is for, 0 to 100. Removed by RFC 9989.
    pub percent: Option<u8>,
    /// `ri`: seconds between aggregate reports. Removed by RFC 9989.
    pub interval: Option<u32>,
    /// `rf`: the form of failure reports. Removed by RFC 9989.
    pub formats: Option<String>,
    /// Whether `p` is the second tag, as RFC 7489 section 6.3 demands. It always is in what we write.
    pub policy_second: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            policy: Requested::Absent,
            subdomains: Requested::Absent,
            nonexistent: Requested::Absent,
            test: false,
            public_suffix: PublicSuffix::Unknown,
            dkim_alignment: Alignment::Relaxed,
            spf_alignment: Alignment::Relaxed,
            failure_options: FailureOptions::default(),
            aggregate: Vec::new(),
            failure: Vec::new(),
            percent: None,
            interval: None,
            formats: None,
            policy_second: true,
        }
    }
}

#[cfg(test)]
mod tests;

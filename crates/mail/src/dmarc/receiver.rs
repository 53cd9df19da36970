//! What receivers of the old and of the new standard make of the same record.

use super::{Policy, PublicSuffix, Record, Requested};
use std::fmt;

/// Which standard a receiver follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// RFC 9989, of 2026.
    Rfc9989,
    /// RFC 7489, of 2015.
    Rfc7489,
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Rfc9989 => "RFC 9989",
            Self::Rfc7489 => "RFC 7489",
        })
    }
}

/// Whether a receiver applies a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it is written.
    Applied,
    /// As if every policy were `none`, since one of them cannot be read or `p` is missing (RFC 9989 section 4.10.1).
    AsNone,
    /// Not at all: no DMARC.
    Ignored,
}

/// How one receiver reads a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Whose reading it is.
    pub receiver: Receiver,
    /// Whether the record counts.
    pub verdict: Verdict,
    /// What happens to failing mail of the domain itself, after `t` or `pct=0`.
    pub policy: Policy,
    /// The same for domains below it.
    pub subdomains: Policy,
    /// The same for domains below it that do not exist.
    pub nonexistent: Policy,
    /// The part of failing mail, 0 to 100, that this happens to; the rest is treated one level lower.
    pub percent: u8,
    /// Why this is not simply what the record says.
    pub effects: Vec<Effect>,
}

/// A tag that a receiver reads in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// There is no `p`, and there is a `rua`: everything is read as `none`.
    PolicyMissing,
    /// `p`, `sp` or `np` is invalid, and there is a `rua`: everything is read as `none`.
    InvalidAsNone,
    /// `p`, `sp` or `np` is invalid or `p` is missing, and there is no `rua`: no DMARC.
    InvalidIgnored,
    /// `t=y` takes every policy one level lower.
    TestLowers,
    /// `t=y` says nothing to this receiver.
    TestUnknown,
    /// The policy is for this part of failing mail only.
    Percent(u8),
    /// `pct` says nothing to this receiver.
    PercentUnknown(u8),
    /// `np` says nothing to this receiver: `sp` or `p` is for such names.
    NonexistentUnknown,
    /// `psd` says nothing to this receiver, who has a list of public suffixes.
    PublicSuffixUnknown,
    /// `p` is not second: a strict receiver ignores the record.
    PolicyNotSecond,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PolicyMissing => f.write_str("without \"p\" every policy is none"),
            Self::InvalidAsNone => f.write_str("an invalid policy makes all of them none"),
            Self::InvalidIgnored => {
                f.write_str("without a valid \"p\" and without \"rua\" there is no DMARC")
            }
            Self::TestLowers => f.write_str("\"t=y\" takes the policy one level lower"),
            Self::TestUnknown => f.write_str("\"t\" is ignored: the policy applies in full"),
            Self::Percent(percent) => {
                write!(
                    f,
                    "the policy is for {percent} % of failing mail, the rest is treated one level lower"
                )
            }
            Self::PercentUnknown(percent) => {
                write!(f, "\"pct={percent}\" is ignored: the policy is for all failing mail")
            }
            Self::NonexistentUnknown => f.write_str("\"np\" is ignored: \"sp\" or \"p\" applies instead"),
            Self::PublicSuffixUnknown => {
                f.write_str("\"psd\" is ignored: the list of public suffixes decides")
            }
            Self::PolicyNotSecond => {
                f.write_str("\"p\" is not the second tag: a strict receiver ignores the record")
            }
        }
    }
}

impl Record {
    /// How a receiver reads this record.
    pub fn as_read_by(&self, receiver: Receiver) -> Reading {
        let new = receiver == Receiver::Rfc9989;
        let mut effects = Vec::new();
        let subdomains = self.subdomains;
        let nonexistent = if new { self.nonexistent } else { Requested::Absent };
        let invalid = [self.policy, subdomains, nonexistent].contains(&Requested::Invalid);
        // As bad as an invalid one: RFC 9989 section 4.7 reads none "as section 4.10.1 says", which asks for a `rua`, and so
        // does RFC 7489 section 6.6.3.
        let missing = self.policy == Requested::Absent;
        let verdict = match (invalid || missing, self.aggregate.is_empty()) {
            (false, _) => Verdict::Applied,
            (true, false) => Verdict::AsNone,
            (true, true) => Verdict::Ignored,
        };
        match verdict {
            Verdict::Applied => {}
            Verdict::AsNone if !invalid => effects.push(Effect::PolicyMissing),
            Verdict::AsNone => effects.push(Effect::InvalidAsNone),
            Verdict::Ignored => effects.push(Effect::InvalidIgnored),
        }
        let policy = self.policy.policy().unwrap_or(Policy::None);
        let below = subdomains.policy().unwrap_or(policy);
        let absent = nonexistent.policy().unwrap_or(below);
        let mut policies = match verdict {
            Verdict::Applied => [policy, below, absent],
            Verdict::AsNone | Verdict::Ignored => [Policy::None; 3],
        };
        let enforced = policies.iter().any(|policy| *policy > Policy::None);
        let mut percent = 100;
        if self.test && enforced {
            effects.push(if new { Effect::TestLowers } else { Effect::TestUnknown });
        }
        match self.percent {
            Some(part) if part < 100 && enforced && new => effects.push(Effect::PercentUnknown(part)),
            Some(part) if part < 100 && enforced => {
                effects.push(Effect::Percent(part));
                percent = part;
            }
            _ => {}
        }
        if new && self.test || percent == 0 {
            policies = policies.map(Policy::lowered);
            percent = 100;
        }
        if !new && self.nonexistent != Requested::Absent {
            effects.push(Effect::NonexistentUnknown);
        }
        if !new && self.public_suffix != PublicSuffix::Unknown {
            effects.push(Effect::PublicSuffixUnknown);
        }
        if !new && !self.policy_second && !missing {
            effects.push(Effect::PolicyNotSecond);
        }
        let [policy, subdomains, nonexistent] = policies;
        Reading { receiver, verdict, policy, subdomains, nonexistent, percent, effects }
    }
}

//! What can be wrong with a signature.

use std::fmt;

use crate::dns::rcode::Rcode;
use crate::dns::wire::WireError;
use crate::error::{Effect, Error, ErrorKind};

/// Why a signed exchange failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TsigFault {
    /// The server does not know the key, or not with this algorithm (BADKEY).
    BadKey,
    /// The server computes another MAC: the secrets differ (BADSIG).
    BadSig,
    /// The clocks differ by more than the server allows (BADTIME).
    BadTime {
        /// The server's clock minus ours, in seconds, when the server said it.
        ahead: Option<i64>,
    },
    /// Another error in the server's TSIG record.
    Other(Rcode),
    /// An answer that must be signed is not.
    Unsigned,
    /// More than 99 messages of a transfer in a row are unsigned, or its last one is.
    Gap,
    /// The answer is signed with another key or algorithm.
    OtherKey,
    /// The answer's MAC is shorter or longer than the algorithm's.
    Truncated,
    /// The answer's MAC is wrong: it was altered, or the secrets differ.
    Forged,
    /// The answer was signed too long ago or in the future: our clock minus its time, in seconds.
    Stale {
        /// The answer's time minus ours, in seconds.
        ahead: i64,
    },
    /// The message is too large to be signed.
    Large,
    /// The octets are no message.
    Malformed(String),
}

impl TsigFault {
    /// The response code that a server gives for this, where there is one.
    #[must_use]
    pub fn rcode(&self) -> Option<Rcode> {
        match self {
            Self::BadKey => Some(Rcode::BADKEY),
            Self::BadSig => Some(Rcode::BADSIG),
            Self::BadTime { .. } => Some(Rcode::BADTIME),
            Self::Other(rcode) => Some(*rcode),
            _ => None,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::BadKey => {
                "compare name and algorithm of the key with the server's configuration, and what it allows to the key \
                 (Knot says BADKEY to both)"
            }
            Self::BadSig | Self::Forged => "compare the secret of the key with the server's configuration",
            Self::BadTime { .. } | Self::Stale { .. } => {
                "set the clocks of both machines by NTP; they may differ by 300 seconds"
            }
            Self::Unsigned => "give this key to the server, or ask another server",
            _ => return None,
        })
    }

    /// This fault as the crate's error.
    pub(in crate::dns) fn into_error(self) -> Error {
        let (kind, effect) = match self {
            // The server said no before it did anything (RFC 8945 section 5.2).
            Self::BadKey | Self::BadSig | Self::BadTime { .. } | Self::Other(_) => {
                (ErrorKind::Unauthorized, Effect::NotWritten)
            }
            Self::Large => (ErrorKind::Rejected, Effect::NotWritten),
            _ => (ErrorKind::Protocol, Effect::Unknown),
        };
        let mut error = Error::new(kind, self.to_string()).with_effect(effect);
        if let Some(rcode) = self.rcode() {
            error = error.with_rcode(rcode.0);
        }
        match self.hint() {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

impl From<WireError> for TsigFault {
    fn from(error: WireError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl fmt::Display for TsigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |f: &mut fmt::Formatter<'_>, ahead: i64| {
            let side = if ahead < 0 { "behind" } else { "ahead of" };
            write!(f, "the server's clock is {} s {side} ours", ahead.unsigned_abs())
        };
        match self {
            Self::BadKey => {
                f.write_str("the server does not know the TSIG key with this algorithm, or not for this")
            }
            Self::BadSig => f.write_str("the server's secret for the TSIG key is another one"),
            Self::BadTime { ahead: Some(ahead) } => clock(f, *ahead),
            Self::BadTime { ahead: None } => f.write_str("the server's clock and ours differ too much"),
            Self::Other(rcode) => write!(f, "the server answers {rcode} to the TSIG record"),
            Self::Unsigned => f.write_str("the answer is not signed, though the request was"),
            Self::Gap => {
                f.write_str("too many messages of the transfer are not signed (RFC 8945 section 5.3.1)")
            }
            Self::OtherKey => f.write_str("the answer is signed with another TSIG key or algorithm"),
            Self::Truncated => f.write_str("the answer's MAC does not have the full length of its algorithm"),
            Self::Forged => {
                f.write_str("the answer's TSIG signature is wrong: it was altered, or the secrets differ")
            }
            Self::Stale { ahead } => {
                f.write_str("the answer was signed at another time: ")?;
                clock(f, *ahead)
            }
            Self::Large => f.write_str("the request is too large for one message"),
            Self::Malformed(what) => f.write_str(what),
        }
    }
}

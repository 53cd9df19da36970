//! What went wrong, what is known of the write, and the server's own number for it.

use std::fmt;

/// What went wrong, in the terms in which the rest of dnsctl decides what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The zone, RRset or other object does not exist: HTTP 404 and 410.
    NotFound,
    /// The credentials are missing, wrong or expired: HTTP 401, TSIG BADKEY, BADSIG, BADTIME.
    Unauthorized,
    /// The credentials are good but do not allow this: HTTP 403, REFUSED.
    Forbidden,
    /// The object is not as expected or is being changed by another: HTTP 409, 412, 423, a prerequisite that failed.
    Conflict,
    /// The server refuses the content and will again: HTTP 400 and 422, FORMERR, a record it does not accept.
    Rejected,
    /// Too many requests: HTTP 429, a vendor's throttling code.
    RateLimited,
    /// The server cannot answer now: HTTP 5xx, SERVFAIL, no such host, connection refused or reset.
    Unavailable,
    /// No answer, or not the whole of it, in the time allowed.
    Timeout,
    /// An answer that makes no sense: HTML for JSON, truncated, too large, a redirect, an invalid certificate.
    Protocol,
    /// The server or the adapter cannot do this at all: HTTP 405 and 501, NOTIMP.
    Unsupported,
    /// The provider's options are wrong: URL, certificate file, header.
    Config,
    /// A local file or socket failed.
    Io,
    /// Somebody stopped the run before this was sent; see [`Stop`](crate::Stop).
    Stopped,
    /// dnsctl itself failed: a task ended by a panic.
    Defect,
}

impl ErrorKind {
    /// A few words for people, made to stand after "read zone example.org.: ".
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Unauthorized => "credentials refused",
            Self::Forbidden => "not allowed",
            Self::Conflict => "conflict",
            Self::Rejected => "refused by the server",
            Self::RateLimited => "too many requests",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timed out",
            Self::Protocol => "unusable answer",
            Self::Unsupported => "not supported",
            Self::Config => "wrong configuration",
            Self::Io => "input or output failed",
            Self::Stopped => "stopped",
            Self::Defect => "a defect in dnsctl",
        }
    }

    /// Whether the same request can succeed later without anybody changing anything.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable | Self::Timeout)
    }

    /// What an error of this kind says of a write when nothing more is known.
    pub(super) const fn default_effect(self) -> Effect {
        match self {
            Self::Unavailable | Self::Timeout | Self::Protocol | Self::Io | Self::Defect => Effect::Unknown,
            _ => Effect::NotWritten,
        }
    }
}

/// What is known of the write that failed. A failed read is always [`Effect::NotWritten`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing was written.
    NotWritten,
    /// It may have been written, in whole or in part: read back before reporting.
    Unknown,
}

/// The number a server gave for its refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// An HTTP status code (RFC 9110 15).
    Http(u16),
    /// A DNS response code, extended or TSIG (RFC 6895 2.3).
    Rcode(u16),
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match *self {
            Self::Http(code) => return write!(f, "HTTP {code}"),
            Self::Rcode(code) => code,
        };
        let name = match code {
            0 => "NOERROR",
            1 => "FORMERR",
            2 => "SERVFAIL",
            3 => "NXDOMAIN",
            4 => "NOTIMP",
            5 => "REFUSED",
            6 => "YXDOMAIN",
            7 => "YXRRSET",
            8 => "NXRRSET",
            9 => "NOTAUTH",
            10 => "NOTZONE",
            16 => "BADSIG",
            17 => "BADKEY",
            18 => "BADTIME",
            19 => "BADMODE",
            20 => "BADNAME",
            21 => "BADALG",
            22 => "BADTRUNC",
            _ => return write!(f, "RCODE {code}"),
        };
        f.write_str(name)
    }
}

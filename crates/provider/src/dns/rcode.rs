//! Response codes.

use std::fmt;

use crate::error::{Error, ErrorKind, Status};

/// What a server says of a request (RFC 6895 section 2.3), with the upper bits of EDNS (RFC 6891 section 6.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rcode(pub u16);

impl Rcode {
    /// Done.
    pub const NOERROR: Self = Self(0);
    /// The server does not understand the request.
    pub const FORMERR: Self = Self(1);
    /// The server failed.
    pub const SERVFAIL: Self = Self(2);
    /// The name does not exist.
    pub const NXDOMAIN: Self = Self(3);
    /// The server does not do this.
    pub const NOTIMP: Self = Self(4);
    /// The server's policy forbids it.
    pub const REFUSED: Self = Self(5);
    /// A name exists that should not (RFC 2136).
    pub const YXDOMAIN: Self = Self(6);
    /// An RRset exists that should not (RFC 2136).
    pub const YXRRSET: Self = Self(7);
    /// An RRset that should exist does not, or has other values (RFC 2136).
    pub const NXRRSET: Self = Self(8);
    /// Not authoritative for the zone (RFC 2136), or not authorised (RFC 8945).
    pub const NOTAUTH: Self = Self(9);
    /// A name is not in the zone (RFC 2136).
    pub const NOTZONE: Self = Self(10);
    /// The signature is wrong (RFC 8945).
    pub const BADSIG: Self = Self(16);
    /// The key is not known (RFC 8945).
    pub const BADKEY: Self = Self(17);
    /// The clocks differ too much (RFC 8945).
    pub const BADTIME: Self = Self(18);
}

impl fmt::Display for Rcode {
    /// The mnemonic, such as `REFUSED`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Status::Rcode(self.0).fmt(f)
    }
}

impl Rcode {
    /// This code as an error. `what` says what was asked for.
    pub(super) fn into_error(self, what: &str) -> Error {
        let (kind, why, hint) = match self {
            Self::FORMERR => (ErrorKind::Rejected, "the server does not understand the request", None),
            Self::SERVFAIL => (
                ErrorKind::Unavailable,
                "the server failed",
                Some("look into the server's log; the zone may not be loaded there"),
            ),
            Self::NOTIMP => (ErrorKind::Unsupported, "the server does not do this", None),
            Self::REFUSED => (
                ErrorKind::Forbidden,
                "the server does not allow it",
                Some("allow it to this address or TSIG key in the server's configuration"),
            ),
            Self::NOTAUTH => (
                ErrorKind::Forbidden,
                "the server has no authority for the zone, or does not allow it",
                Some("check the zone's name, and what the server allows to this address or TSIG key"),
            ),
            Self::NOTZONE => (ErrorKind::Rejected, "a name is not in the zone", None),
            Self::NXDOMAIN | Self::YXDOMAIN | Self::YXRRSET | Self::NXRRSET => {
                (ErrorKind::Conflict, "the zone is not as it was read", None)
            }
            _ => (ErrorKind::Protocol, "an answer that is not known here", None),
        };
        let error = Error::new(kind, format!("{what}: {why}")).with_rcode(self.0);
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

//! What the answers of servers mean here.

use dnsctl_provider::dns::Rcode;
use dnsctl_provider::error::{Error, ErrorKind, Status};

/// An error of a transfer, with what to do about it.
pub(crate) fn of_transfer(error: Error) -> Error {
    let Some(Status::Rcode(code)) = error.status() else { return error };
    let hint = match Rcode(code) {
        Rcode::REFUSED | Rcode::NOTAUTH if error.kind() != ErrorKind::Unauthorized => {
            "allow the transfer to this key or address (BIND: allow-transfer; Knot: acl with action transfer)"
        }
        Rcode::NOTIMP => "this server does not transfer zones; name another one in transfer_from",
        Rcode::SERVFAIL => {
            "the server's log says why: the zone is not loaded or expired there, or more transfers run at once than it \
             gives (BIND: transfers-out); `--concurrency 1` asks for one at a time"
        }
        _ => return error,
    };
    error.with_hint(hint)
}

/// An error of an update, with what to do about it.
pub(crate) fn of_update(error: Error) -> Error {
    let Some(Status::Rcode(code)) = error.status() else { return error };
    let hint = match Rcode(code) {
        // BIND says REFUSED to content, too: a name server or mail exchange without an address, a host name with an
        // underscore, a CDS without its key.
        Rcode::REFUSED | Rcode::NOTAUTH if error.kind() != ErrorKind::Unauthorized => {
            "allow the update to this key or address (BIND: update-policy; Knot: acl with action update); if it is \
             allowed, the server's log says which record it refuses and why"
        }
        Rcode::NOTIMP => "this server takes no updates (NSD, for example); name the primary in server",
        Rcode::NOTZONE => "a name of the batch is outside of the zone; the zone may be cut at the server",
        Rcode::FORMERR => {
            "the server does not understand a record of the batch; it may be too old for its type"
        }
        Rcode::SERVFAIL => {
            "the server's log says why: BIND takes 100 records of a type at a name (max-records-per-type), or the server \
             cannot write its zone file or journal"
        }
        _ => return error,
    };
    error.with_hint(hint)
}

/// Whether a server may have answered so because it has too much to do: BIND says SERVFAIL when all of its
/// `transfers-out` are taken.
pub(crate) fn may_be_busy(error: &Error) -> bool {
    error.status() == Some(Status::Rcode(Rcode::SERVFAIL.0))
}

/// Whether a server may have answered so because it has no such zone.
pub(crate) fn may_be_missing(error: &Error) -> bool {
    error.status() == Some(Status::Rcode(Rcode::NOTAUTH.0))
}

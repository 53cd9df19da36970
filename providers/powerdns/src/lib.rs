//! Zones at the HTTP API of PowerDNS Authoritative Server 4.x, tested with 4.7.3 on its LMDB and SQLite backends.
//!
//! ```yaml
//! providers:
//!   main: { type: powerdns, url: "http://127.0.0.1:8081", api_key: { env: PDNS_API_KEY } }
//! ```
//!
//! A zone is read with one request, and written with one `PATCH` for as many RRsets as `max_body` allows. The server
//! checks a `PATCH` as a whole and writes all of it or nothing. A zone that is created comes with all RRsets that fit
//! into the first request.
//!
//! # What to know
//! * **Serial.** The server raises it with each write, as the zone's `SOA-EDIT-API` says (`DEFAULT` for zones made
//!   through the API). An SOA record can be written; whatever serial it has, the server's own goes on from where it is,
//!   since the server would else go back to what it is told, and secondaries would miss the change. Where
//!   `SOA-EDIT-API` is off, a write of the SOA record raises the serial by one, and other writes do not.
//! * **A new zone without an SOA record** gets the server's `default-soa-content`, which names
//!   `a.misconfigured.dns.server.invalid` unless the operator changed it: declare the SOA record.
//! * **Comments** are the option `comment` of an RRset. They are written only where the option is set, and stay as they
//!   are where it is not, since a `REPLACE` without comments keeps them. The LMDB backend of 4.7 has no comments: it
//!   refuses them in a `PATCH`, and loses them in silence in the `POST` of a new zone, so RRsets with a comment are
//!   never part of that.
//! * **Disabled records** are shown as kept. They are sent along when their RRset is replaced, and a deletion of the
//!   RRset leaves them. Wishing for the value of a disabled record enables it. A CNAME cannot be written beside a
//!   disabled one: the server counts both.
//! * **Records that dnsctl cannot read**, and types that the server prints in a way of its own (APL, EUI48, IPSECKEY and
//!   others), are kept in the same way, with the reason.
//! * **ALIAS and LUA** are written and read; the server answers for them only with `expand-alias` and
//!   `enable-lua-records`.
//! * **Secondary zones** are read; a write is refused, since the next transfer would undo it.
//! * **Secondaries are told** (`NOTIFY`) after a write to a zone of kind Primary; others have no use for it.
//! * **LMDB with numbers in a row** (`lmdb-random-ids=no`, the default of 4.7) mixes up zones that are created at the same
//!   moment, and says that all went well. On such a server zones are created one at a time; set `lmdb-random-ids=yes`
//!   there to create many quickly.
//! * **SQLite** answers 500 to a write while another zone is written ("database is locked"). An apply reads such a zone back
//!   and sends what is not there again, eight times at most; where thousands of RRsets of many zones change at once, set `concurrency: 1`.
//!
//! # What the server refuses
//! Said before anything is written: owner names with other characters than letters, digits, `-`, `_`, `/` and a leading
//! `*`; targets of MX, NS and SRV that are no host names; DNSKEY below the apex; an empty comment. And what makes 4.7.3
//! crash when it keeps its zones in LMDB: an empty value of a CAA record, and records of nearly 65,535 octets.
//!
//! One record that the server itself cannot read (put into its database by another program) makes the whole zone
//! unreadable: HTTP 500, with the reason only in the server's log.
//!
//! The API: <https://doc.powerdns.com/authoritative/http-api/>

mod account;
mod config;
mod content;
mod error;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod kept;
mod model;
mod reader;
mod refusal;
mod serial;
mod turn;
mod types;
mod writer;

use dnsctl_provider::{Capabilities, Factory, Granularity, Types, WriteGuard, Writer};
use dnsctl_zone::Ttl;

use crate::account::Account;
use crate::config::Config;

/// The provider `powerdns`.
pub static FACTORY: Factory = Factory {
    kind: "powerdns",
    summary: "PowerDNS Authoritative Server 4.x, by its HTTP API",
    documentation: "https://doc.powerdns.com/authoritative/http-api/",
    evidence: "a real server of version 4.7.3, with LMDB and with SQLite",
    options: config::OPTIONS,
    capabilities,
    open_reader: |settings, context| {
        let account = Account::open(Config::new(settings, context)?, context, reader::TRIES)?;
        Ok(Box::new(reader::PowerDnsReader::new(account)))
    },
    open_writer: |settings, context| {
        let account = Account::open(Config::new(settings, context)?, context, writer::TRIES)?;
        Ok(Writer::Rrset(Box::new(writer::PowerDnsWriter::new(account))))
    },
};

fn capabilities() -> Capabilities {
    Capabilities {
        granularity: Granularity::Rrset,
        write_guard: WriteGuard::Emulated,
        types: Types::AllBut(types::NOT_WRITTEN),
        pseudo_types: types::PSEUDO,
        writes_soa: true,
        writes_apex_ns: true,
        creates_zones: true,
        lists_zones: true,
        ttl_min: Ttl::from_wire(0),
        ttl_max: Ttl::MAX,
        rrset_options: &["comment"],
    }
}

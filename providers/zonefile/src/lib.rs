//! A directory of master files (RFC 1035 section 5), one for each zone: the embedded default.
//!
//! ```yaml
//! providers:
//!   files: { type: zonefile, directory: out/ }
//! ```
//!
//! # What to know
//! * **File names.** A zone `example.com` is `example.com.zone`. Where that is not there, `example.com.` and
//!   `db.example.com` are read and written. File names are in lower case; letters, digits, `-` and `_` stand for
//!   themselves, every other octet of a label is `%` and two hexadecimal digits, so that no name of a zone leads out of
//!   the directory. The root zone is `@.zone`.
//! * **Writing.** The file is read again under a lock, the changes are made to what is there, and the whole file is
//!   written beside the old one and put in its place in one step: a reader sees the old or the new file, and so does
//!   everybody after a crash. An RRset that is not as the plan saw it is a conflict, and nothing is written. The file
//!   keeps its permissions, its owner, and its place when it is a symbolic link.
//! * **Other programs** that change the file between reading and writing are noticed: it is a conflict.
//! * **Damaged files** are errors, never empty zones: no SOA record at the apex or one elsewhere, an octet zero, a last
//!   line without its line end.
//! * **Comments are lost** when a file is written, except those before the first record or directive. `$GENERATE` is
//!   replaced with the records that it stands for. A plan tells both.
//! * **Files with `$INCLUDE`** are read, but not written: what is included may belong to other zones, too.
//! * **Serial.** Every write that changes something raises it, by the rules of RFC 1982; see the option `serial`.
//! * **A zone that is created without an SOA record** gets one that names the first name server of the apex, or
//!   `ns.invalid` (RFC 6761 section 6.4) when there is none, and `hostmaster` of the zone.
//! * **Signed files** are read, but never written: a change would make their signatures wrong. Change the file that was
//!   signed, and sign it again.
//! * **Name servers are not told.** They see a new file when they look, or at `rndc reload`, `knotc zone-reload` and
//!   their like.
//!
//! What would make a file that name servers do not load is refused, in the plan and again before the write: a CNAME beside
//! other data, a record below a DNAME, a digest that is cut off, no name server at the apex, an own name server without an
//! address, names that BIND refuses (see the option `check_names`). What was in the file before is not judged.

mod apply;
mod config;
mod content;
mod directory;
mod loadable;
mod provider;
mod replace;
mod serial;
mod soa;
mod sound;

use dnsctl_provider::{Capabilities, Factory, Granularity, Types, WriteGuard, Writer};
use dnsctl_zone::{RecordType, Ttl};

use crate::config::Config;
pub use crate::loadable::{LeftOut, Loadable, loadable};
use crate::provider::ZoneFiles;

/// The provider `zonefile`.
pub static FACTORY: Factory = Factory {
    kind: "zonefile",
    summary: "A directory of master files (RFC 1035), one for each zone",
    documentation: "https://www.rfc-editor.org/rfc/rfc1035#section-5",
    evidence: "BIND 9.18, Knot 3.2 and the domain crate read what it writes, and it reads what BIND writes",
    options: config::OPTIONS,
    capabilities,
    open_reader: |settings, context| Ok(Box::new(ZoneFiles::new(Config::new(settings)?, context))),
    open_writer: |settings, context| {
        Ok(Writer::Zone(Box::new(ZoneFiles::new(Config::new(settings)?, context))))
    },
};

/// What signers keep up.
const SIGNING: &[RecordType] =
    &[RecordType::RRSIG, RecordType::NSEC, RecordType::NSEC3, RecordType::NSEC3PARAM];

fn capabilities() -> Capabilities {
    Capabilities {
        granularity: Granularity::Zone,
        write_guard: WriteGuard::Native,
        types: Types::AllBut(SIGNING),
        pseudo_types: &[],
        writes_soa: true,
        writes_apex_ns: true,
        creates_zones: true,
        lists_zones: true,
        ttl_min: Ttl::from_wire(0),
        ttl_max: Ttl::MAX,
        rrset_options: &[],
    }
}

#[cfg(test)]
mod tests;

//! The nouns of DNS as `dnsctl` uses them: names, record types, rdata, RRsets and zones.
//!
//! Everything here is plain data without I/O. Three decisions carry the crate:
//!
//! * A [`Name`] is absolute and lower case, and is stored from the root down, so that the canonical order of
//!   RFC 4034 section 6.1 is the order of its bytes and "is below" is a prefix test.
//! * [`Rdata`] is the canonical wire form of one record (RFC 4034 section 6.2) plus its type. Equality and
//!   order are those of the bytes. Text exists only at the edge: parsed and printed by one table that lists
//!   the fields of each type ([`RecordType::fields`]).
//! * The unit is the [`RRset`]: owner name, type, TTL and a set of values.

mod desired;
mod folded;
mod host;
mod ignore;
mod live;
pub mod master;
mod name;
mod place;
mod rdata;
mod rrset;
mod rtype;
mod rule;
mod shown;
pub mod soa;
mod source;
mod structure;
mod ttl;
mod zone;

pub use desired::{Acknowledgement, Desired, IgnoreRule, Manage, Policy, ServerAddress, Wish};
pub use folded::{Folded, FoldedWhat};
pub use host::no_host;
pub use ignore::Ignore;
pub use live::{Kept, Live};
pub use name::{Name, NameError, Names};
pub use place::{Place, Records, place};
pub use rdata::{FieldValue, Rdata, RdataError};
pub use rrset::{Options, RRset, joins_strings, same_values};
pub use rtype::{Field, FieldKind, RecordType, RecordTypeError};
pub use rule::{Evidence, Reference, Rule};
pub use source::Source;
pub use structure::{StructureFault, StructureKind, structure_faults};
pub use ttl::{Ttl, TtlError};
pub use zone::Zone;

//! The traits of an adapter. Reading and writing are different types, so that a plan cannot write by construction.

use crate::capability::Capabilities;
use crate::error::{Error, Result};
use async_trait::async_trait;
use dnsctl_zone::{Live, Name, RRset, Rdata, RecordType};
use std::time::Duration;

/// Reads zones from a provider. It has no way to write.
#[async_trait]
pub trait Reader: Send + Sync {
    /// What the provider can do.
    fn capabilities(&self) -> &Capabilities;

    /// The zones of the account, in canonical order.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::error::ErrorKind::Unsupported) unless [`Capabilities::lists_zones`].
    async fn list_zones(&self) -> Result<Vec<Name>>;

    /// The whole zone in one go, or `None` when the provider has no zone of this name. What the model cannot hold, or
    /// what the server keeps up by itself (signatures, routing policies), is in [`Live::kept`].
    ///
    /// # Errors
    /// Anything that leaves the zone incomplete: there is no partial result.
    async fn read_zone(&self, apex: &Name) -> Result<Option<Live>>;

    /// Why this RRset cannot be written as it is, beyond what [`Capabilities::refuses`] says, in words for a person.
    /// Asked before anything is written.
    fn refuses(&self, _apex: &Name, _rrset: &RRset) -> Option<String> {
        None
    }

    /// Why the provider cannot make this change, though it could keep what is wanted by itself ([`Reader::refuses`]): before
    /// and after together are too much for one request, or the RRset cannot be deleted. Asked of each change, after its
    /// zone was read and before anything is written.
    fn refuses_change(&self, _apex: &Name, _change: &RRsetChange) -> Option<String> {
        None
    }

    /// Why the provider cannot make these changes together, though it could make each by itself: what they leave is no
    /// zone. Each reason with the place of the change to blame, if there is one. Asked after the zone was read, or was not
    /// there, and before anything is written.
    fn refuses_together(&self, _apex: &Name, _changes: &[Wanted<'_>]) -> Vec<(Option<usize>, String)> {
        Vec::new()
    }

    /// Whether what is written to this zone, as it was read, reaches name servers by itself that can be asked from anywhere.
    /// Where it does not (files; a private hosted zone), servers are asked after a write only when the configuration names
    /// them.
    fn serves(&self, _apex: &Name) -> bool {
        true
    }

    /// Whether a zone that is read right after a write shows it. Where it does not (a zone that is transferred from a
    /// secondary), what is not there yet proves nothing.
    fn is_current(&self) -> bool {
        true
    }

    /// The keys with which the provider signs the zone; `None` when it does not sign or cannot tell.
    ///
    /// # Errors
    /// Anything that went wrong on the way.
    async fn signing(&self, _apex: &Name) -> Result<Option<Signing>> {
        Ok(None)
    }
}

/// The public side of a zone's DNSSEC keys (RFC 4034 sections 2 and 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// DNSKEY rdata of the active keys.
    pub keys: Vec<Rdata>,
    /// DS rdata that the parent zone should hold.
    pub delegation_signers: Vec<Rdata>,
}

/// What is wanted of one RRset.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The owner name.
    pub name: &'a Name,
    /// The type.
    pub rtype: RecordType,
    /// What it is to be; `None` to delete.
    pub after: Option<&'a RRset>,
}

/// One RRset before and after. At least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RRsetChange {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// What was read; `None` to create.
    pub before: Option<RRset>,
    /// What is wanted; `None` to delete.
    pub after: Option<RRset>,
    /// Changes of the same group belong together: where a write must be cut, it is cut between groups.
    pub group: u32,
}

/// Why a write failed, and what is known of each change of the call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct WriteError {
    /// What went wrong. Its effect holds for every change of the call that is not in `written`.
    pub error: Error,
    /// Indexes of the changes that the server refused, when it says which.
    pub culprits: Vec<usize>,
    /// Indexes of the changes that were written all the same.
    pub written: Vec<usize>,
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        Self { error, culprits: Vec::new(), written: Vec::new() }
    }
}

/// What all writers share.
#[async_trait]
pub trait Write: Send + Sync {
    /// Creates a zone that the provider lacks, with as many of these RRsets as its API takes at once; gives how many
    /// of them, from the first on, are written. The others are written by the ordinary way afterwards.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::error::ErrorKind::Unsupported) unless [`Capabilities::creates_zones`],
    /// [`ErrorKind::Conflict`](crate::error::ErrorKind::Conflict) when the zone exists. The indexes in it are those of
    /// `rrsets`.
    async fn create_zone(&self, apex: &Name, rrsets: &[RRset]) -> Result<usize, WriteError>;

    /// Called once when all changes of a zone are written: notifies secondaries, waits until the vendor's own servers
    /// have the change, at most for `limit`.
    ///
    /// # Errors
    /// Only what makes it doubtful that the zone will be served.
    async fn finish(&self, _apex: &Name, _limit: Duration) -> Result<()> {
        Ok(())
    }
}

/// Writes single records, which the vendor knows by an identifier.
#[async_trait]
pub trait RecordWriter: Write {
    /// Makes one RRset what it should be by creating, changing and deleting its records, in an order that never leaves
    /// it empty when it should not be.
    ///
    /// # Errors
    /// The effect is unknown when some records were written and others not.
    async fn write_records(&self, apex: &Name, change: &RRsetChange, steps: &[RecordStep]) -> Result<()>;
}

/// One step towards an RRset for an API that writes records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordStep {
    /// A value is added.
    Create(Rdata),
    /// A value takes the place of another, or gets another TTL.
    Update(Rdata, Rdata),
    /// A value is removed.
    Delete(Rdata),
}

/// Replaces whole RRsets, whatever was there.
#[async_trait]
pub trait RRsetWriter: Write {
    /// How much goes into one call.
    fn limits(&self) -> Limits;

    /// Writes these changes in one request. The request is taken as a whole or not at all, unless the error says else.
    ///
    /// # Errors
    /// See [`WriteError`].
    async fn write_rrsets(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError>;
}

/// Replaces whole zones.
#[async_trait]
pub trait ZoneWriter: Write {
    /// Writes the zone with these changes made to it. The changes are made to what is there now, so that what is
    /// ignored or kept survives; it is refused as a conflict when an RRset to change is not as `before` says.
    ///
    /// # Errors
    /// See [`WriteError`]. Nothing is written on error.
    async fn write_zone(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError>;
}

/// Writes batches that are taken as a whole, on the condition that the data before are as expected.
#[async_trait]
pub trait BatchWriter: Write {
    /// How much goes into one batch.
    fn limits(&self) -> Limits;

    /// Writes one batch.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::error::ErrorKind::Conflict) when the data before are not as expected; then
    /// nothing of this batch is written but what [`WriteError::written`] names: an adapter may need several batches, cut
    /// between groups, where one has no room for all its conditions.
    async fn write_batch(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError>;
}

/// How much goes into one write.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most changes in one call.
    pub changes: usize,
    /// The most weight in one call, in the unit of `weigh`.
    pub weight: usize,
    /// What a change weighs: octets of a request, or records as the vendor counts them.
    pub weigh: fn(&RRsetChange) -> usize,
}

/// A provider opened for writing, by the unit in which its API writes.
pub enum Writer {
    /// Single records.
    Record(Box<dyn RecordWriter>),
    /// RRsets.
    Rrset(Box<dyn RRsetWriter>),
    /// Whole zones.
    Zone(Box<dyn ZoneWriter>),
    /// Atomic batches.
    Batch(Box<dyn BatchWriter>),
}

impl Writer {
    /// What all writers share.
    #[must_use]
    pub fn common(&self) -> &dyn Write {
        match self {
            Self::Record(writer) => &**writer,
            Self::Rrset(writer) => &**writer,
            Self::Zone(writer) => &**writer,
            Self::Batch(writer) => &**writer,
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Record(_) => "Writer::Record",
            Self::Rrset(_) => "Writer::Rrset",
            Self::Zone(_) => "Writer::Zone",
            Self::Batch(_) => "Writer::Batch",
        })
    }
}

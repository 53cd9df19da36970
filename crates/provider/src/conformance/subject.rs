//! What a test program brings along: an adapter and its server.

use async_trait::async_trait;
use dnsctl_zone::{Name, Rdata, RecordType, Ttl};

use super::Failure;
use crate::adapter::{Reader, Writer};
use crate::error::Result;

/// An adapter together with the server that it talks to.
#[async_trait]
pub trait Subject: Send + Sync {
    /// Opens the adapter for reading.
    ///
    /// # Errors
    /// As the adapter.
    fn open_reader(&self) -> Result<Box<dyn Reader>>;

    /// Opens the adapter for writing.
    ///
    /// # Errors
    /// As the adapter.
    fn open_writer(&self) -> Result<Writer>;

    /// Makes a zone of a name that was not used before, with nothing in it but what the provider puts there by itself.
    ///
    /// # Errors
    /// What went wrong at the server.
    async fn empty_zone(&self) -> Result<Name, Failure>;

    /// The name of a zone that is not there, but could be created; another one each time.
    fn free_name(&self) -> Name;

    /// Adds a record behind dnsctl's back, as another tool would. `owner` and `rdata` are texts of a master file with
    /// absolute names and are handed on in the case in which they are written. False when there is no way.
    ///
    /// # Errors
    /// What went wrong at the server.
    async fn add_foreign(
        &self,
        _apex: &Name,
        _owner: &str,
        _ttl: u32,
        _rtype: &str,
        _rdata: &str,
    ) -> Result<bool, Failure> {
        Ok(false)
    }

    /// Asks a name server of the zone with a client that is not ours, without recursion. `None` when the provider has
    /// no name server here.
    async fn ask(&self, _name: &Name, _rtype: RecordType) -> Option<Result<Answer, Failure>> {
        None
    }

    /// Whether the name server answers for this type what the provider holds.
    fn serves(&self, rtype: RecordType) -> bool {
        !rtype.is_pseudo()
    }

    /// Lets the provider sign the zone (RFC 4033). False when there is no way.
    ///
    /// # Errors
    /// What went wrong at the server.
    async fn sign(&self, _apex: &Name) -> Result<bool, Failure> {
        Ok(false)
    }

    /// Why the case of this name cannot hold here: a defect of the server, not of the adapter. The case is run all the
    /// same and must fail, so that an exception does not outlive its reason.
    fn exception(&self, _case: &str) -> Option<&'static str> {
        None
    }
}

/// What a name server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The TTL of the records; `None` when there are none.
    pub ttl: Option<Ttl>,
    /// The rdata of the records of the type that was asked for, in canonical order.
    pub values: Vec<Rdata>,
}

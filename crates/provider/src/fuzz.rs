//! What fuzz targets call: the readers of answers without the exchange that brings them.

use std::time::Duration;

use dnsctl_zone::Name;

use crate::dns::{Answer, Record, TransferLimits, Transferred};
use crate::error::Result;
use crate::http::Response;

/// An answer with this body, as if it had come from a server.
#[must_use]
pub fn response(body: Vec<u8>) -> Response {
    Response::of_body(body)
}

/// What a DNS message says; `None` when its octets are none.
#[must_use]
pub fn message(octets: &[u8]) -> Option<Answer> {
    crate::dns::read_answer(octets)
}

/// The records of a transfer of a zone that comes in these messages, handed on one by one.
///
/// # Errors
/// All that [`Client::transfer`](crate::dns::Client::transfer) says of what a server sends.
pub fn transfer<'m>(
    zone: &Name,
    messages: impl IntoIterator<Item = &'m [u8]>,
    sink: &mut (dyn FnMut(Record) + Send),
) -> Result<Option<Transferred>> {
    let limits = TransferLimits { records: 5_000, octets: 1 << 22, time: Duration::from_secs(1) };
    crate::dns::read_transfer(zone, messages, limits, sink)
}

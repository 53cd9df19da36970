//! What fuzz targets call.

use dnsctl_provider::error::Result;
use dnsctl_zone::{Live, Name};

use crate::live::Collector;

/// The zone that is transferred in these messages; `None` when they end too early.
///
/// # Errors
/// What is wrong with a message.
pub fn zone<'m>(apex: &Name, messages: impl IntoIterator<Item = &'m [u8]>) -> Result<Option<Live>> {
    let mut collector = Collector::default();
    let whole = dnsctl_provider::fuzz::transfer(apex, messages, &mut |record| collector.take(record))?;
    Ok(whole.map(|_| collector.finish(apex)))
}

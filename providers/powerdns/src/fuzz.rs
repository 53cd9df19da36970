//! What fuzz targets call.

use dnsctl_provider::error::Result;
use dnsctl_zone::{Live, Name, Rdata};

/// The zone that the body of an answer tells.
///
/// # Errors
/// A body that is no zone of this name.
pub fn zone(apex: &Name, body: Vec<u8>) -> Result<Live> {
    let response = dnsctl_provider::fuzz::response(body);
    let (zone, known) = crate::reader::read(apex, &response)?;
    Ok(Live { kept: crate::kept::kept(&known.residue), ..Live::new(zone) })
}

/// A record that is written for the server and read again.
#[must_use]
pub fn round_trip(rdata: &Rdata) -> (String, Option<Rdata>) {
    let text = crate::content::print(rdata);
    let again = crate::content::parse(rdata.rtype(), &text, &Name::root()).ok();
    (text, again)
}

//! Building an UPDATE (RFC 2136).
//!
//! All parts of one message take effect together or not at all, and only if all its prerequisites hold at that moment
//! (section 3). Names in it are compressed against the name of the zone, so that more fits.

use dnsctl_zone::{Name, Rdata, RecordType, Ttl};

use super::message::IN;
use super::wire::HEADER;
use crate::error::{Error, ErrorKind};

/// The largest message over TCP.
pub const MAX_MESSAGE: usize = 65_535;
/// Class NONE (RFC 2136 section 1.3).
const NONE: u16 = 254;
/// Class ANY.
const ANY: u16 = 255;
/// Type ANY.
const ANY_TYPE: u16 = 255;
/// The type number of SOA, which stands in the zone section (section 2.3).
const SOA: u16 = 6;
/// Operation code 5 in the header's flags (section 2.2).
const UPDATE: u16 = 5 << 11;

/// One UPDATE message for one zone, without id and signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    zone: Name,
    prerequisites: Section,
    updates: Section,
    fault: Option<Error>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Section {
    count: u32,
    octets: Vec<u8>,
}

impl Update {
    /// An update of this zone that does nothing yet.
    #[must_use]
    pub fn new(zone: Name) -> Self {
        Self { zone, prerequisites: Section::default(), updates: Section::default(), fault: None }
    }

    /// The zone.
    #[must_use]
    pub fn zone(&self) -> &Name {
        &self.zone
    }

    /// Requires the RRset to exist with exactly these values (section 2.4.2). Its TTL is not compared.
    pub fn require_values(&mut self, name: &Name, rtype: RecordType, values: &[Rdata]) -> &mut Self {
        for value in values {
            self.prerequisite(name, rtype, IN, value.octets());
        }
        self
    }

    /// Requires the RRset not to exist (section 2.4.3).
    pub fn require_no_rrset(&mut self, name: &Name, rtype: RecordType) -> &mut Self {
        self.prerequisite(name, rtype, NONE, &[])
    }

    /// Requires the name to own no RRset (section 2.4.5).
    pub fn require_no_name(&mut self, name: &Name) -> &mut Self {
        self.prerequisite(name, RecordType::from_code(ANY_TYPE), NONE, &[])
    }

    /// Adds a record (section 2.5.1). An SOA with a lower serial is ignored by the server, and so is a CNAME beside
    /// other data and other data beside a CNAME (section 3.4.2.2).
    pub fn add(&mut self, name: &Name, ttl: Ttl, value: &Rdata) -> &mut Self {
        self.update(name, value.rtype(), IN, ttl.seconds(), value.octets())
    }

    /// Deletes an RRset (section 2.5.2). The server ignores this for SOA and NS at the apex.
    pub fn delete_rrset(&mut self, name: &Name, rtype: RecordType) -> &mut Self {
        self.update(name, rtype, ANY, 0, &[])
    }

    /// Deletes one record (section 2.5.4). The server ignores this for the SOA and the last NS of the apex.
    pub fn delete(&mut self, name: &Name, value: &Rdata) -> &mut Self {
        self.update(name, value.rtype(), NONE, 0, value.octets())
    }

    /// The length of the message in octets, without a signature; at most [`MAX_MESSAGE`] may be sent.
    #[must_use]
    pub fn size(&self) -> usize {
        HEADER + self.zone.wire_len() + 4 + self.prerequisites.octets.len() + self.updates.octets.len()
    }

    /// How many prerequisites and how many changes it has; each of them at most 65,535.
    #[must_use]
    pub fn counts(&self) -> (u32, u32) {
        (self.prerequisites.count, self.updates.count)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.updates.count == 0
    }

    /// Adds all of `other`, an update of the same zone, behind what is there.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        for (section, more) in
            [(&mut self.prerequisites, &other.prerequisites), (&mut self.updates, &other.updates)]
        {
            section.count = section.count.saturating_add(more.count);
            section.octets.extend_from_slice(&more.octets);
        }
        if self.fault.is_none() {
            self.fault.clone_from(&other.fault);
        }
        self
    }

    /// The message with this id.
    pub(super) fn message(&self, id: u16) -> Result<Vec<u8>, Error> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let large = || {
            let message = format!("an update of {} octets; at most {MAX_MESSAGE} fit", self.size());
            Error::new(ErrorKind::Rejected, message)
        };
        let count = |section: &Section| u16::try_from(section.count).map_err(|_| large());
        let mut message = Vec::with_capacity(self.size() + 128);
        for field in [id, UPDATE, 1, count(&self.prerequisites)?, count(&self.updates)?, 0] {
            message.extend_from_slice(&field.to_be_bytes());
        }
        self.zone.write_wire(&mut message);
        message.extend_from_slice(&SOA.to_be_bytes());
        message.extend_from_slice(&IN.to_be_bytes());
        message.extend_from_slice(&self.prerequisites.octets);
        message.extend_from_slice(&self.updates.octets);
        if message.len() > MAX_MESSAGE { Err(large()) } else { Ok(message) }
    }

    fn prerequisite(&mut self, name: &Name, rtype: RecordType, class: u16, rdata: &[u8]) -> &mut Self {
        let added = self.prerequisites.push(&self.zone, name, rtype, class, 0, rdata);
        self.keep(added)
    }

    fn update(&mut self, name: &Name, rtype: RecordType, class: u16, ttl: u32, rdata: &[u8]) -> &mut Self {
        let added = self.updates.push(&self.zone, name, rtype, class, ttl, rdata);
        self.keep(added)
    }

    /// Keeps the first fault until the message is built, so that calls can be chained.
    fn keep(&mut self, added: Result<(), Error>) -> &mut Self {
        if let (Err(fault), None) = (added, &self.fault) {
            self.fault = Some(fault);
        }
        self
    }
}

impl Section {
    fn push(
        &mut self,
        zone: &Name,
        name: &Name,
        rtype: RecordType,
        class: u16,
        ttl: u32,
        rdata: &[u8],
    ) -> Result<(), Error> {
        let bad = |what: &str| Error::new(ErrorKind::Rejected, format!("{name} {rtype}: {what}"));
        let code = rtype.code().ok_or_else(|| bad("a pseudo type does not travel in DNS"))?;
        let length = u16::try_from(rdata.len()).map_err(|_| bad("a record holds at most 65535 octets"))?;
        self.write_name(zone, name);
        for field in [code, class] {
            self.octets.extend_from_slice(&field.to_be_bytes());
        }
        self.octets.extend_from_slice(&ttl.to_be_bytes());
        self.octets.extend_from_slice(&length.to_be_bytes());
        self.octets.extend_from_slice(rdata);
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    /// The name; its end is a pointer to the zone's name, which stands right behind the header.
    fn write_name(&mut self, zone: &Name, name: &Name) {
        if zone.is_root() || !name.is_at_or_below(zone) {
            name.write_wire(&mut self.octets);
            return;
        }
        let own = name.label_count().saturating_sub(zone.label_count());
        for label in name.labels().take(own) {
            self.octets.push(u8::try_from(label.len()).unwrap_or(63));
            self.octets.extend_from_slice(&label);
        }
        self.octets.extend_from_slice(&[0xc0, 12]);
    }
}

#[cfg(test)]
mod tests;

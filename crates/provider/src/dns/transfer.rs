//! Zone transfers (AXFR, RFC 5936).
//!
//! A transfer is whole or it is an error: it begins and ends with the same SOA record of the zone, every message and
//! every record of it was read, and, with a key, its last message was signed.

use std::time::Duration;

use dnsctl_zone::{Name, Rdata, RecordType};
use hickory_proto::op::OpCode;

use super::message::{self, AXFR, Question, Record};
use super::rcode::Rcode;
use super::wire::WireError;
use crate::error::{Error, ErrorKind};

/// What was transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transferred {
    /// The serial number of the zone.
    pub serial: u32,
    /// How many records the zone has; the SOA, which is sent twice, counts once.
    pub records: u64,
    /// In how many messages they came.
    pub messages: u64,
    /// How many octets these messages had.
    pub octets: u64,
}

/// How large a transfer may become. The bounds are for a server gone mad; honest zones do not reach them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferLimits {
    /// The most records.
    pub records: u64,
    /// The most octets of all messages.
    pub octets: u64,
    /// How long it may take from the connection to the last message.
    pub time: Duration,
}

impl Default for TransferLimits {
    /// 10,000,000 records, 1 GiB, half an hour.
    fn default() -> Self {
        Self { records: 10_000_000, octets: 1 << 30, time: Duration::from_secs(30 * 60) }
    }
}

/// The state of a transfer.
pub(super) struct Stream<'a> {
    zone: &'a Name,
    id: u16,
    limits: TransferLimits,
    soa: Option<Rdata>,
    ended: bool,
    total: Transferred,
}

impl<'a> Stream<'a> {
    pub(super) fn new(zone: &'a Name, id: u16, limits: TransferLimits) -> Self {
        let total = Transferred { serial: 0, records: 0, messages: 0, octets: 0 };
        Self { zone, id, limits, soa: None, ended: false, total }
    }

    /// The totals, once the closing SOA has come.
    pub(super) fn ended(&self) -> Option<Transferred> {
        self.ended.then_some(self.total)
    }

    /// Takes the next message and hands its records on, the closing SOA apart.
    pub(super) fn message(
        &mut self,
        octets: &[u8],
        sink: &mut (dyn FnMut(Record) + Send),
    ) -> Result<(), Error> {
        let mut opened = message::open(octets).map_err(|fault| self.unreadable(fault))?;
        if !message::answers(&opened.header, self.id, OpCode::Query) {
            return Err(self.fault("a message that does not belong to it"));
        }
        let rcode = Rcode(u16::from(opened.header.response_code.low()));
        if rcode != Rcode::NOERROR {
            return Err(rcode.into_error(&self.place()));
        }
        let asked = Question::new(self.zone.clone(), AXFR);
        if opened.question.as_ref().is_some_and(|question| *question != asked) {
            return Err(self.fault("an answer to another question"));
        }
        if opened.header.truncation {
            return Err(self.fault("a message that was cut (TC)"));
        }
        // A message without a record would let a server keep the transfer alive for ever.
        if opened.header.counts.answers == 0 {
            return Err(self.fault("a message without a record"));
        }
        self.total.messages += 1;
        self.total.octets = self.total.octets.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        if self.total.octets > self.limits.octets {
            return Err(self.beyond(&format!("more than {} octets", self.limits.octets)));
        }
        for _ in 0..opened.header.counts.answers {
            let (_, _, record) = opened.record().map_err(|fault| self.unreadable(fault))?;
            let record = record.ok_or_else(|| self.fault("a record in another class than IN"))?;
            self.record(record, sink)?;
        }
        Ok(())
    }

    fn record(&mut self, record: Record, sink: &mut (dyn FnMut(Record) + Send)) -> Result<(), Error> {
        if self.ended {
            return Err(self.fault("a record behind the closing SOA"));
        }
        if !record.name.is_at_or_below(self.zone) {
            return Err(self.fault(&format!("a record of {}, which is not in the zone,", record.name)));
        }
        if record.rtype == RecordType::SOA {
            return self.soa(record, sink);
        }
        if self.soa.is_none() {
            return Err(self.fault("no SOA record at its beginning"));
        }
        if self.total.records >= self.limits.records {
            return Err(self.beyond(&format!("more than {} records", self.limits.records)));
        }
        self.total.records += 1;
        sink(record);
        Ok(())
    }

    fn beyond(&self, what: &str) -> Error {
        self.fault(what).with_hint("if the zone is that large, raise the limits of transfers")
    }

    fn soa(&mut self, record: Record, sink: &mut (dyn FnMut(Record) + Send)) -> Result<(), Error> {
        if record.name != *self.zone {
            return Err(self.fault(&format!("an SOA record of {} inside the zone", record.name)));
        }
        let Ok(soa) = &record.rdata else {
            return Err(self.fault("an SOA record that cannot be read"));
        };
        if let Some(first) = &self.soa {
            if first != soa {
                return Err(self
                    .fault("two different SOA records: the zone changed meanwhile")
                    .with_hint("run the command again"));
            }
            self.ended = true;
            return Ok(());
        }
        self.total.serial = soa.number("serial").unwrap_or(0);
        self.total.records += 1;
        self.soa = Some(soa.clone());
        sink(record);
        Ok(())
    }

    /// What is going on, and how far it got.
    pub(super) fn place(&self) -> String {
        match self.total.records {
            0 => format!("transfer of {}", self.zone),
            records => format!("transfer of {}, after {records} records", self.zone),
        }
    }

    fn fault(&self, what: &str) -> Error {
        Error::new(ErrorKind::Protocol, format!("{what} in the {}", self.place()))
    }

    fn unreadable(&self, fault: WireError) -> Error {
        self.fault(&format!("a message that cannot be read ({fault})"))
    }
}

/// The records of a transfer that comes in these messages, whatever id they have.
#[cfg(feature = "fuzz")]
pub(crate) fn read<'m>(
    zone: &Name,
    messages: impl IntoIterator<Item = &'m [u8]>,
    limits: TransferLimits,
    sink: &mut (dyn FnMut(Record) + Send),
) -> Result<Option<Transferred>, Error> {
    let mut stream: Option<Stream<'_>> = None;
    for message in messages {
        let id = super::wire::header(message).map_or(0, |header| header.id);
        stream.get_or_insert_with(|| Stream::new(zone, id, limits)).message(message, sink)?;
    }
    Ok(stream.and_then(|stream| stream.ended()))
}

#[cfg(test)]
mod tests;

//! Messages: queries out, answers in.

use dnsctl_zone::{Name, Rdata, RdataError, RecordType, Ttl};
use hickory_proto::op::{Edns, Header, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name as WireName, RecordType as WireType};

use super::rcode::Rcode;
use super::wire::{self, Cursor, HEADER, WireError};
use crate::error::{Error, ErrorKind};

/// The largest UDP answer asked for: what passes every path without fragments (RFC 9715, DNS flag day 2020).
pub(super) const UDP_SIZE: u16 = 1232;
/// Class IN (RFC 1035 section 3.2.4).
pub(super) const IN: u16 = 1;
/// The type number of OPT (RFC 6891 section 6.1.2).
const OPT: u16 = 41;

/// A name and a type that a server is asked for, in class IN.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// The owner name.
    pub name: Name,
    /// The type, which must not be a pseudo type.
    pub rtype: RecordType,
}

/// One record of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// The time to live.
    pub ttl: Ttl,
    /// The rdata; an error when its octets do not fit its type, which some servers store all the same.
    pub rdata: Result<Rdata, RdataError>,
}

/// What a server answered to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The response code.
    pub rcode: Rcode,
    /// Whether the server has authority for the name (AA).
    pub authoritative: bool,
    /// The answer section.
    pub answers: Vec<Record>,
    /// The authority section: the SOA of a negative answer, the NS of a referral.
    pub authority: Vec<Record>,
    /// The additional section without OPT and TSIG: glue, for instance.
    pub additional: Vec<Record>,
}

impl Answer {
    /// The values of this RRset in the answer section, with the lowest of their TTLs.
    pub fn rrset<'a>(&'a self, question: &'a Question) -> impl Iterator<Item = &'a Record> {
        self.answers.iter().filter(|record| record.rtype == question.rtype && record.name == question.name)
    }
}

impl Question {
    /// A question.
    #[must_use]
    pub fn new(name: Name, rtype: RecordType) -> Self {
        Self { name, rtype }
    }

    /// The message that asks this: no recursion, EDNS(0) unless it is a transfer.
    pub(super) fn message(&self, id: u16) -> Result<Vec<u8>, Error> {
        let bad = |what: &str| Error::new(ErrorKind::Config, format!("{} {}: {what}", self.name, self.rtype));
        let code = self.rtype.code().ok_or_else(|| bad("no server can be asked for a pseudo type"))?;
        let labels: Vec<_> = self.name.labels().collect();
        let mut name =
            WireName::from_labels(labels.iter().map(AsRef::as_ref)).map_err(|e| bad(&e.to_string()))?;
        name.set_fqdn(true);
        let mut message = Message::new(id, MessageType::Query, OpCode::Query);
        message.add_query(Query::query(name, WireType::from(code)));
        if self.rtype != AXFR {
            let mut edns = Edns::new();
            edns.set_max_payload(UDP_SIZE);
            message.set_edns(edns);
        }
        message.to_vec().map_err(|e| bad(&e.to_string()))
    }
}

/// The query type of a transfer (RFC 5936).
pub(super) const AXFR: RecordType = RecordType::from_code(252);

/// Where the sections of a message start, with its header.
pub(super) struct Opened<'a> {
    pub(super) header: Header,
    pub(super) question: Option<Question>,
    pub(super) message: &'a [u8],
    pub(super) records: Cursor<'a>,
}

/// Reads the header and the question of an answer.
pub(super) fn open(message: &[u8]) -> Result<Opened<'_>, WireError> {
    let header = wire::header(message)?;
    let mut records = Cursor::new(message, HEADER);
    let question = match header.counts.queries {
        0 => None,
        1 => {
            let name = records.name()?;
            let rtype = RecordType::from_code(records.u16()?);
            if records.u16()? != IN {
                return Err(records.fault("a question in another class than IN"));
            }
            Some(Question { name, rtype })
        }
        _ => return Err(records.fault("more than one question")),
    };
    Ok(Opened { header, question, message, records })
}

impl Opened<'_> {
    /// The next record of class IN, or `None` when it is of another class (OPT, TSIG).
    pub(super) fn record(&mut self) -> Result<(u16, u32, Option<Record>), WireError> {
        let name = self.records.name()?;
        let head = self.records.record_head()?;
        if head.class != IN {
            return Ok((head.rtype, head.ttl, None));
        }
        let rdata = super::rdata::read(self.message, head)?;
        let rtype = RecordType::from_code(head.rtype);
        Ok((head.rtype, head.ttl, Some(Record { name, rtype, ttl: Ttl::from_wire(head.ttl), rdata })))
    }

    fn section(&mut self, count: u16, upper: &mut u16) -> Result<Vec<Record>, WireError> {
        let mut records = Vec::new();
        for _ in 0..count {
            match self.record()? {
                (_, _, Some(record)) => records.push(record),
                // The upper eight bits of the response code (RFC 6891 section 6.1.3).
                (OPT, ttl, None) => *upper = u16::try_from(ttl >> 24).unwrap_or(0),
                _ => {}
            }
        }
        Ok(records)
    }

    /// The rest of the message.
    pub(super) fn answer(mut self) -> Result<Answer, WireError> {
        let counts = self.header.counts;
        let mut upper = 0;
        let answers = self.section(counts.answers, &mut upper)?;
        let authority = self.section(counts.authorities, &mut upper)?;
        let additional = self.section(counts.additionals, &mut upper)?;
        let rcode = Rcode(upper << 4 | u16::from(self.header.response_code.low()));
        Ok(Answer { rcode, authoritative: self.header.authoritative, answers, authority, additional })
    }
}

/// A whole message, whatever it answers.
#[cfg(feature = "fuzz")]
pub(crate) fn read(message: &[u8]) -> Option<Answer> {
    open(message).and_then(Opened::answer).ok()
}

/// Whether `message` is the answer to a message with this id and operation; a message that is not is ignored.
pub(super) fn answers(header: &Header, id: u16, operation: OpCode) -> bool {
    header.id == id && header.message_type == MessageType::Response && header.op_code == operation
}

#[cfg(test)]
mod tests;

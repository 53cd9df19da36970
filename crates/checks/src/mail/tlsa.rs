//! TLSA records: for which host and port they are, and whether senders of mail can use them.

use crate::{Certificate, Subject};
use dnsctl_mail::tlsa::{self, FaultKind, Params, host_and_port};
use dnsctl_mail::{Fault, resolve::Answer};
use dnsctl_zone::{Name, RRset, Rdata, RecordType};
use std::collections::HashMap;

/// The port at which mail servers take mail from each other.
pub(crate) const SMTP: u16 = 25;

/// Ports at which users' programs talk to a mail server: submission, IMAP, POP3 and ManageSieve.
pub(crate) const USERS: [u16; 7] = [465, 587, 993, 143, 995, 110, 4190];

/// The TLSA records at one name.
#[derive(Debug)]
pub(crate) struct Set<'a> {
    /// Their RRset.
    pub(crate) rrset: &'a RRset,
    /// The hosts and ports that they are for: by their own name, and by aliases of this zone.
    pub(crate) services: Vec<(Name, u16)>,
    /// The records.
    pub(crate) records: Vec<Record<'a>>,
}

/// One TLSA record.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// Its data.
    pub(crate) rdata: &'a Rdata,
    /// Its first three fields.
    pub(crate) params: Params,
    /// What is wrong with it.
    pub(crate) faults: Vec<Fault<FaultKind>>,
}

impl Record<'_> {
    /// Whether senders of mail can use it.
    pub(crate) fn usable(&self) -> bool {
        !self.faults.iter().any(Fault::is_error)
    }
}

impl<'a> Set<'a> {
    /// All of a zone.
    pub(crate) fn all(subject: &Subject<'a>) -> Vec<Self> {
        let mut aliases: HashMap<Name, Vec<(Name, u16)>> = HashMap::new();
        for alias in subject.of(RecordType::CNAME) {
            let target = alias.values().first().and_then(Rdata::target);
            if let (Some(own), Some(target)) = (service(&alias.name), target) {
                aliases.entry(target).or_default().push(own);
            }
        }
        let of = |rrset: &'a RRset| {
            let led = aliases.get(&rrset.name).into_iter().flatten().cloned();
            Set {
                rrset,
                services: service(&rrset.name).into_iter().chain(led).collect(),
                records: records(rrset.values()),
            }
        };
        subject.of(RecordType::TLSA).map(of).collect()
    }

    /// Whether they are for this port.
    pub(crate) fn is_for(&self, port: u16) -> bool {
        self.services.iter().any(|(_, own)| *own == port)
    }

    /// Whether they are for a port of mail.
    pub(crate) fn is_mail(&self) -> bool {
        self.is_for(SMTP) || USERS.iter().any(|port| self.is_for(*port))
    }
}

/// The records among values of type TLSA.
pub(crate) fn records(values: &[Rdata]) -> Vec<Record<'_>> {
    let read = |rdata| Some(Record { rdata, params: Params::of(rdata)?, faults: tlsa::check_rdata(rdata) });
    values.iter().filter_map(read).collect()
}

/// The host and the port; a wildcard in the place of the port is taken for that of mail servers.
fn service(owner: &Name) -> Option<(Name, u16)> {
    if !owner.is_wildcard() {
        return host_and_port(owner);
    }
    let protocol = owner.parent()?;
    let tcp = protocol.labels().next().is_some_and(|label| &*label == b"_tcp");
    if tcp { Some((protocol.parent()?, SMTP)) } else { None }
}

/// The TLSA records that senders find for a port of a host, aliases and wildcards followed. An error when nobody knows.
pub(crate) fn found(subject: &Subject<'_>, host: &Name, port: u16) -> Result<Vec<Rdata>, String> {
    let Ok(owner) = tlsa::owner(host, port) else { return Ok(Vec::new()) };
    match subject.answers().records(&owner, RecordType::TLSA) {
        Answer::Found(records) => Ok(records),
        Answer::Empty | Answer::Missing => Ok(Vec::new()),
        Answer::Failed(why) => Err(why),
        Answer::Unknown => Err(subject
            .answers()
            .may_have(&owner, RecordType::TLSA)
            .unwrap_or_else(|| format!("{} is not held here", owner.without_dot()))),
    }
}

/// Whether a server that presents this certificate is the one that a record is about; `None` when only its public key is known,
/// and the record is about more, or when a record is about an authority, and the file does not hold the chain up to its root:
/// the server may send more than the file has (RFC 7672 section 3.1.2 wants the authority sent).
pub(crate) fn fits(certificate: &Certificate, record: &Record<'_>) -> Option<bool> {
    if certificate.record.as_ref() == Some(record.rdata) {
        return Some(true);
    }
    let made = |one: &tlsa::Certificate| record.params.record(one).as_ref() == Some(record.rdata);
    match (certificate.chain.as_slice(), certificate.leaf(), record.params.usage) {
        ([], ..) => {
            let declared = certificate.record.as_ref().and_then(Params::of);
            (declared == Some(record.params)).then_some(false)
        }
        (chain, _, 2) if chain.iter().any(|one| one.is_authority && made(one)) => Some(true),
        // The file has authorities only.
        (_, None, _) => None,
        (_, Some(leaf), 3) => Some(made(leaf)),
        // A certificate that signs itself is all of its chain.
        (chain, _, 2) => chain.iter().any(|one| one.self_issued).then_some(false),
        _ => Some(false),
    }
}

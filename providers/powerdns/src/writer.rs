//! Writing zones.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dnsctl_provider::error::{Effect, Error, ErrorKind, Result};
use dnsctl_provider::http::{Response, Safety};
use dnsctl_provider::{Limits, RRsetChange, RRsetWriter, Write, WriteError};
use dnsctl_zone::{Name, RRset, RecordType, soa};

use crate::account::{Account, Known, zone_id};
use crate::content;
use crate::error::{Blamed, culprits};
use crate::kept::Residue;
use crate::model::{CommentOut, Created, NewZone, Patch, RRsetOut, RecordOut, read_zone};
use crate::reader::fetch;
use crate::{refusal, serial};

/// What stands around the RRsets of a request: `{"rrsets":[]}`, or the head of a new zone.
const ENVELOPE: usize = 1024;

/// How often a write is tried that the server certainly has not begun.
pub(crate) const TRIES: u32 = 8;

/// Writes to one PowerDNS server.
#[derive(Debug)]
pub(crate) struct PowerDnsWriter {
    account: Account,
}

impl PowerDnsWriter {
    pub(crate) fn new(account: Account) -> Self {
        Self { account }
    }

    fn room(&self) -> usize {
        self.account.config.max_body.saturating_sub(ENVELOPE)
    }

    /// What a REPLACE must not lose; from the last read of this process, or read now.
    async fn known(&self, apex: &Name) -> Result<Arc<Known>> {
        if let Some(known) = self.account.shared.known(apex) {
            return Ok(known);
        }
        match fetch(&self.account, apex).await? {
            Some((_, known)) => Ok(known),
            None => Err(Error::new(ErrorKind::NotFound, "the zone does not exist")
                .during(format!("write zone {apex}"))),
        }
    }

    /// The serial from which the server is to go on, when the SOA record is to be written.
    async fn serial(&self, apex: &Name) -> Result<u32> {
        let (account, id) = (&self.account, zone_id(apex));
        let call = account.client().get(format!("read the serial of {apex}"));
        let response = account.at(call, ["zones", &id]).query("rrsets", "false").send().await?;
        let facts = read_zone(&response, &mut |_| Ok(()))?;
        Ok(serial::next(facts.serial, &facts.soa_edit_api))
    }

    async fn patch(&self, apex: &Name, changes: &[RRsetChange]) -> Result<()> {
        let operation = format!("write zone {apex}");
        let known = self.known(apex).await?;
        if let Some(message) = refusal::of_zone(&known) {
            return Err(Error::new(ErrorKind::Unsupported, message).during(operation));
        }
        let mut soa = None;
        if changes.iter().any(|change| change.rtype == RecordType::SOA) {
            soa = Some(self.serial(apex).await?);
        }
        let mut rrsets = Vec::with_capacity(changes.len());
        for change in changes {
            let residue = known.residue.get(&(change.name.clone(), change.rtype));
            rrsets.push(replacement(change, residue, soa));
        }
        // A CNAME can only come when what was beside it is gone; the order does not matter else, since the whole
        // request is one transaction.
        rrsets.sort_by_key(|rrset| rrset.changetype != DELETE);
        let (account, id) = (&self.account, zone_id(apex));
        let call = account.at(account.client().patch(operation), ["zones", &id]);
        took(&call.json(&Patch { rrsets }).send().await?, 204)
    }
}

/// Whether the server says that it did what it was asked: 204 to a PATCH, 201 and the zone as JSON to a new zone. Any other
/// answer comes from something in between, and tells nothing of what was done.
///
/// <https://doc.powerdns.com/authoritative/http-api/zone.html>
fn took(response: &Response, status: u16) -> Result<()> {
    if response.status() != status {
        let message = "the answer is none of PowerDNS: whether it was written is not known";
        return Err(response.error(ErrorKind::Protocol, message).with_effect(Effect::Unknown));
    }
    if status == 201 {
        let created: Result<Created> = response.json();
        created.map_err(|error| error.with_effect(Effect::Unknown))?;
    }
    Ok(())
}

#[async_trait]
impl Write for PowerDnsWriter {
    async fn create_zone(&self, apex: &Name, rrsets: &[RRset]) -> Result<usize, WriteError> {
        let config = &self.account.config;
        let (mut sent, mut weight) = (Vec::new(), 0_usize);
        for rrset in rrsets {
            weight = weight.saturating_add(weigh_rrset(rrset));
            // A backend without comments takes the POST and loses them; it refuses them in a PATCH.
            if weight > self.room() || comment(rrset).is_some() {
                break;
            }
            sent.push(replace(rrset, None));
        }
        let count = sent.len();
        let has_ns = rrsets.iter().any(|rrset| rrset.name == *apex && rrset.rtype == RecordType::NS);
        let nameservers = if has_ns { &[][..] } else { &config.nameservers };
        let zone = NewZone {
            name: apex.to_string(),
            kind: if config.kind == "Primary" { "Master" } else { &config.kind },
            nameservers: nameservers.iter().map(Name::to_string).collect(),
            account: config.account.as_deref(),
            soa_edit_api: config.soa_edit_api.as_deref(),
            rrsets: sent,
        };
        let _turn = self.account.shared.turns.wait(&self.account).await;
        let call = self.account.client().post(format!("create zone {apex}"));
        let call = self.account.at(call, ["zones"]).query("rrsets", "false").json(&zone);
        let sent = call.send().await.and_then(|response| took(&response, 201));
        sent.map_err(|error| {
            let culprits = culprits(&error, rrsets.iter().map(Blamed::from));
            WriteError { error: self.account.with_hint(error), culprits, written: Vec::new() }
        })?;
        self.account.shared.remember(apex, Known { kind: zone.kind.to_owned(), ..Known::default() });
        Ok(count)
    }

    async fn finish(&self, apex: &Name, _: Duration) -> Result<()> {
        let known = self.account.shared.known(apex);
        let primary =
            known.is_some_and(|known| matches!(known.kind.as_str(), "Master" | "Primary" | "Producer"));
        if self.account.config.notify && primary {
            let (account, id) = (&self.account, zone_id(apex));
            let call = account.client().put(format!("notify the secondaries of {apex}"));
            // It changes nothing here: it may be repeated, and a run that is stopped tells of what it has written.
            let call = call.safety(Safety::Read);
            // The server looks for new serials by itself, too; so what is written is served sooner or later.
            let _ = account.at(call, ["zones", &id, "notify"]).send().await;
        }
        Ok(())
    }
}

#[async_trait]
impl RRsetWriter for PowerDnsWriter {
    fn limits(&self) -> Limits {
        Limits { changes: usize::MAX, weight: self.room(), weigh }
    }

    async fn write_rrsets(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        let forbidden = |change: &RRsetChange| change.rtype == RecordType::SOA && change.after.is_none();
        if let Some(index) = changes.iter().position(forbidden) {
            let error = Error::new(ErrorKind::Unsupported, "a zone cannot be without its SOA record");
            let error = error.during(format!("write zone {apex}"));
            return Err(WriteError { error, culprits: vec![index], written: Vec::new() });
        }
        self.patch(apex, changes).await.map_err(|mut error| {
            let culprits = culprits(&error, changes.iter().map(Blamed::from));
            let known = self.account.shared.known(apex);
            let has_kept = |index: &usize| {
                let change = changes.get(*index)?;
                known.as_ref()?.residue.get(&(change.name.clone(), change.rtype))
            };
            if culprits.iter().any(|index| has_kept(index).is_some()) {
                error = error.with_hint(
                    "records of this RRset are kept and were sent along; remove them at the server, then plan again",
                );
            }
            WriteError { error, culprits, written: Vec::new() }
        })
    }
}

const REPLACE: &str = "REPLACE";
const DELETE: &str = "DELETE";

/// The request for one change. Records that are kept are sent along; when there are any, the RRset is not deleted.
fn replacement<'a>(change: &'a RRsetChange, residue: Option<&Residue>, soa: Option<u32>) -> RRsetOut<'a> {
    let kept = residue.map_or(&[][..], |residue| &residue.records);
    let mut out = match &change.after {
        Some(after) => replace(after, soa),
        None => RRsetOut {
            name: change.name.to_string(),
            rtype: change.rtype.mnemonic(),
            changetype: if kept.is_empty() { DELETE } else { REPLACE },
            ttl: change.before.as_ref().filter(|_| !kept.is_empty()).map(|before| before.ttl.seconds()),
            records: Vec::new(),
            comments: None,
        },
    };
    // The same comment is not written again: the server would give it a new date and take its author away.
    if change.before.as_ref().and_then(comment) == change.after.as_ref().and_then(comment) {
        out.comments = None;
    }
    let wished = change.after.as_ref().map_or(&[][..], RRset::values);
    for stored in kept {
        // A value that is wished for is enabled thereby.
        if !stored.value.as_ref().is_some_and(|value| wished.contains(value)) {
            out.records.push(stored.record.clone());
        }
    }
    out
}

fn replace(rrset: &RRset, serial: Option<u32>) -> RRsetOut<'_> {
    let serial = serial.filter(|_| rrset.rtype == RecordType::SOA);
    let text = |value| match serial.and_then(|serial| soa::with_serial(value, serial)) {
        Some(raised) => content::print(&raised),
        None => content::print(value),
    };
    let record = |value| RecordOut { content: text(value), disabled: false };
    RRsetOut {
        name: rrset.name.to_string(),
        rtype: rrset.rtype.mnemonic(),
        changetype: REPLACE,
        ttl: Some(rrset.ttl.seconds()),
        records: rrset.values().iter().map(record).collect(),
        comments: comment(rrset).map(|content| vec![CommentOut { content, account: "" }]),
    }
}

/// The wish for a comment.
fn comment(rrset: &RRset) -> Option<&str> {
    rrset.options.as_deref()?.get("comment").map(String::as_str)
}

/// Octets that the change takes in a request, rather too many than too few.
fn weigh(change: &RRsetChange) -> usize {
    match &change.after {
        Some(after) => weigh_rrset(after),
        None => 80_usize.saturating_add(escaped(&change.name.to_string())),
    }
}

fn weigh_rrset(rrset: &RRset) -> usize {
    let record = |value| 40_usize.saturating_add(escaped(&content::print(value)));
    let records = rrset.values().iter().map(record).fold(0, usize::saturating_add);
    let comment = comment(rrset).map_or(0, |text| 60_usize.saturating_add(escaped(text)));
    let head = 110_usize.saturating_add(escaped(&rrset.name.to_string()));
    head.saturating_add(records).saturating_add(comment)
}

/// The length as a text of JSON.
fn escaped(text: &str) -> usize {
    let octet = |octet: u8| match octet {
        b'"' | b'\\' => 2,
        0..=0x1f => 6,
        _ => 1,
    };
    text.bytes().map(octet).fold(0, usize::saturating_add)
}

//! Writing: UPDATE.

use async_trait::async_trait;
use dnsctl_provider::dns::{Question, Rcode};
use dnsctl_provider::error::{Effect, Error, ErrorKind, Result, Status};
use dnsctl_provider::lower;
use dnsctl_provider::{BatchWriter, Limits, RRsetChange, Write, WriteError};
use dnsctl_zone::{Name, RRset, Rdata, RecordType};

use crate::config::Config;
use crate::read_back::Taken;
use crate::{batch, error, probe, read_back, reader, suspect, swap};

/// How many RRsets an error names.
const NAMED: usize = 5;

/// Writes batches by update.
#[derive(Debug)]
pub(crate) struct Rfc2136Writer {
    config: Config,
}

impl Rfc2136Writer {
    pub(crate) fn new(config: Config) -> Self {
        Self { config }
    }
}

#[async_trait]
impl Write for Rfc2136Writer {
    async fn create_zone(&self, apex: &Name, _rrsets: &[RRset]) -> Result<usize, WriteError> {
        Err(Error::new(ErrorKind::Unsupported, format!("an update cannot create the zone {apex}"))
            .with_hint("create it in the server's configuration (BIND: rndc addzone; Knot: knotc conf-set)")
            .into())
    }
}

#[async_trait]
impl BatchWriter for Rfc2136Writer {
    fn limits(&self) -> Limits {
        Limits { changes: self.config.batch, weight: batch::CAPACITY, weigh: batch::weigh }
    }

    async fn write_batch(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        let during = |mut failed: WriteError| {
            failed.error = failed.error.during(format!("update zone {apex}"));
            failed
        };
        for message in swap::messages(changes) {
            let start = message.start;
            let part = changes.get(message).unwrap_or_default();
            self.write(apex, part).await.map_err(|failed| during(behind(start, failed)))?;
        }
        Ok(())
    }
}

/// What is known of a batch of which the first `start` changes are written, and the others failed so.
fn behind(start: usize, failed: WriteError) -> WriteError {
    let shift = |indexes: Vec<usize>| indexes.into_iter().map(move |index| index + start);
    let written = (0..start).chain(shift(failed.written)).collect();
    WriteError { error: failed.error, culprits: shift(failed.culprits).collect(), written }
}

impl Rfc2136Writer {
    async fn write(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        let current = self.current_soa(apex, changes).await?;
        let update = batch::update(apex, changes, current.as_ref())?;
        if update.is_empty() {
            return Ok(());
        }
        let client = self.config.primary.client().await?;
        let slot = self.config.primary.slot_to_write().await?;
        lower::may_send()?;
        let (_, failed) = client.update(&[update]).await;
        // What is read back waits for its own turns.
        drop(slot);
        if let Some(failed) = failed {
            let failed = error::of_update(failed);
            return Err(match failed.kind() {
                ErrorKind::Conflict => self.conflict(apex, changes, failed).await,
                ErrorKind::Forbidden => suspected(changes, failed),
                ErrorKind::Rejected if failed.status() == Some(Status::Rcode(Rcode::FORMERR.0)) => {
                    self.unread(apex, changes, failed).await
                }
                _ => failed.into(),
            });
        }
        let Taken { refused, unknown } = read_back::taken(&self.config.primary, apex, changes).await;
        if let Some((doubtful, error)) = unknown {
            let written = (0..changes.len()).filter(|index| !doubtful.contains(index)).collect();
            return Err(WriteError { error, culprits: Vec::new(), written });
        }
        if refused.is_empty() {
            return Ok(());
        }
        let described =
            refused.iter().filter_map(|(index, what)| Some((changes.get(*index)?, what.as_str())));
        let message = format!("the server says that it is done, but: {}", names(described));
        let error = Error::new(ErrorKind::Rejected, message)
            .at(client.server().to_string())
            .with_hint("look into the server's log; some types and names it may not take");
        let culprits: Vec<_> = refused.into_iter().map(|(index, _)| index).collect();
        let written = (0..changes.len()).filter(|index| !culprits.contains(index)).collect();
        Err(WriteError { error, culprits, written })
    }

    /// The server cannot read the update, but does not say which record of it: each half is shown to it again.
    async fn unread(&self, apex: &Name, changes: &[RRsetChange], failed: Error) -> WriteError {
        let slot = self.config.primary.slot().await;
        let found = match self.config.primary.client().await {
            Ok(client) => probe::unread(client, apex, changes).await,
            Err(_) => Vec::new(),
        };
        drop(slot);
        if found.is_empty() {
            return failed.into();
        }
        let named = found.iter().filter_map(|(index, value)| Some((changes.get(*index)?, value.as_str())));
        let message = format!("the server cannot read {}", names(named));
        let mut error = Error::new(ErrorKind::Rejected, message)
            .with_rcode(Rcode::FORMERR.0)
            .with_effect(failed.effect())
            .with_hint("its data are not of the form of its type, or the server is too old for the type");
        if let Some(endpoint) = failed.endpoint() {
            error = error.at(endpoint);
        }
        let mut culprits: Vec<_> = found.into_iter().map(|(index, _)| index).collect();
        culprits.dedup();
        WriteError { error, culprits, written: Vec::new() }
    }

    /// The SOA record as it is, when it is to be changed.
    async fn current_soa(&self, apex: &Name, changes: &[RRsetChange]) -> Result<Option<Rdata>> {
        if !changes.iter().any(|change| change.rtype == RecordType::SOA) {
            return Ok(None);
        }
        let question = Question::new(apex.clone(), RecordType::SOA);
        let answer = self.config.primary.client().await?.query(&question).await?;
        let soa =
            answer.rrset(&question).next().filter(|_| answer.rcode == Rcode::NOERROR && answer.authoritative);
        Ok(soa.and_then(|record| record.rdata.clone().ok()))
    }

    /// The server says that a prerequisite failed, but not which: the zone tells.
    async fn conflict(&self, apex: &Name, changes: &[RRsetChange], failed: Error) -> WriteError {
        let failed = failed.with_effect(Effect::NotWritten);
        let Ok(Some(live)) = reader::transfer(&self.config.primary, apex).await else { return failed.into() };
        let conflicts = read_back::conflicts(&live, changes);
        if conflicts.is_empty() {
            return failed.into();
        }
        let found = conflicts.iter().filter_map(|(index, why)| Some((changes.get(*index)?, why.as_str())));
        let mut error = Error::new(ErrorKind::Conflict, names(found)).with_effect(Effect::NotWritten);
        if let Some(Status::Rcode(code)) = failed.status() {
            error = error.with_rcode(code);
        }
        if let Some(endpoint) = failed.endpoint() {
            error = error.at(endpoint);
        }
        let culprits = conflicts.into_iter().map(|(index, _)| index).collect();
        WriteError { error, culprits, written: Vec::new() }
    }
}

/// A refusal of the whole batch, laid on the records that servers are known to refuse, where there are any.
fn suspected(changes: &[RRsetChange], failed: Error) -> WriteError {
    let suspects = suspect::of(changes);
    if suspects.is_empty() || failed.status() != Some(Status::Rcode(Rcode::REFUSED.0)) {
        return failed.into();
    }
    let named = suspects.iter().filter_map(|(index, why)| Some((changes.get(*index)?, *why)));
    let mut error = Error::new(ErrorKind::Rejected, format!("REFUSED, probably for {}", names(named)))
        .with_rcode(Rcode::REFUSED.0)
        .with_effect(failed.effect());
    if let Some(endpoint) = failed.endpoint() {
        error = error.at(endpoint);
    }
    let error = error.with_hint(
        "rename it, or let the server take it; if neither helps, the server's log says what it refuses, or that this key \
         may not update",
    );
    WriteError {
        error,
        culprits: suspects.into_iter().map(|(index, _)| index).collect(),
        written: Vec::new(),
    }
}

/// The RRsets by name, with what is said of each: `www.example.org. CNAME: it is gone`.
fn names<'a>(list: impl Iterator<Item = (&'a RRsetChange, &'a str)>) -> String {
    let mut list: Vec<_> =
        list.map(|(change, why)| format!("{} {}: {why}", change.name, change.rtype)).collect();
    let more = list.len().saturating_sub(NAMED);
    list.truncate(NAMED);
    if more > 0 {
        list.push(format!("and {more} more"));
    }
    list.join("; ")
}

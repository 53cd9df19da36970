//! Reader and writer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use dnsctl_provider::error::{Effect, Error, ErrorKind, Result};
use dnsctl_provider::{Capabilities, Context, RRsetChange, Reader, Wanted, Write, WriteError, ZoneWriter};
use dnsctl_zone::{Live, Name, RRset, RecordType, Zone, soa};

use crate::apply::{apply, create};
use crate::config::Config;
use crate::content::Content;
use crate::replace::{Locked, real};
use crate::soa::default_soa;
use crate::sound::{self, Outline};

/// The directory, for reading and for writing.
#[derive(Debug, Clone)]
pub(crate) struct ZoneFiles {
    config: Arc<Config>,
    context: Context,
    capabilities: Capabilities,
    /// What each zone had that was read.
    outlines: Arc<Mutex<BTreeMap<Name, Outline>>>,
}

impl ZoneFiles {
    pub(crate) fn new(config: Config, context: &Context) -> Self {
        Self {
            config: Arc::new(config),
            context: context.clone(),
            capabilities: crate::capabilities(),
            outlines: Arc::default(),
        }
    }

    fn read(&self, apex: &Name) -> Result<Option<Live>> {
        let (path, there) = self.config.locate(apex)?;
        if !there {
            return Ok(None);
        }
        let (path, _) = real(&path)?;
        Ok(Some(Content::read(&path, apex)?.into_live()))
    }

    fn write(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        if changes.is_empty() {
            return Ok(());
        }
        let (path, there) = self.config.locate(apex).map_err(not_written)?;
        if !there {
            return Err(
                Error::new(ErrorKind::NotFound, format!("there is no file of the zone {apex}")).into()
            );
        }
        let (path, folder) = real(&path)?;
        let locked = Locked::wait(&folder)?;
        let mut content = Content::read(&path, apex).map_err(not_written)?;
        if let Some(reason) = content.read_only() {
            return Err(Error::new(ErrorKind::Unsupported, reason).at(path.display().to_string()).into());
        }
        let after = apply(&content.zone, changes, self.config.check_names)?;
        if after == content.zone {
            return Ok(());
        }
        content.zone = self.raise_serial(content.zone.serial(), after);
        Ok(locked.replace(&path, &content.octets, &content.print())?)
    }

    fn create(&self, apex: &Name, rrsets: &[RRset]) -> Result<usize, WriteError> {
        let (path, there) = self.config.locate(apex).map_err(not_written)?;
        if there {
            let message = format!("the zone {apex} has a file already");
            return Err(Error::new(ErrorKind::Conflict, message).at(path.display().to_string()).into());
        }
        let zone = create(apex, rrsets, self.config.check_names)?;
        let serial = self.config.serial.first(zone.serial(), (self.context.now)());
        let zone = if zone.get(apex, RecordType::SOA).is_some() {
            set_serial(zone, serial)
        } else {
            let soa = default_soa(&zone, serial);
            let mut rrsets = zone.into_rrsets();
            rrsets.extend(soa);
            rrsets.sort_by(|a, b| a.key().cmp(&b.key()));
            Zone::new(apex.clone(), rrsets)
        };
        let header = format!(
            "; Zone {apex} Written by dnsctl: these first comments stay when it changes, others do not.\n"
        );
        let content = Content { header, zone, octets: Vec::new(), includes: Vec::new(), loses: None };
        let locked = Locked::wait(&self.config.directory)?;
        locked.create(&path, &content.print()).map_err(|error| error.at(path.display().to_string()))?;
        Ok(rrsets.len())
    }

    fn raise_serial(&self, old: Option<u32>, after: Zone) -> Zone {
        let (Some(old), Some(wanted)) = (old, after.serial()) else { return after };
        let serial = self.config.serial.next(old, Some(wanted), (self.context.now)());
        set_serial(after, serial)
    }

    /// Runs what waits for the disk beside the tasks of the runtime.
    async fn beside<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let this = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&this)).await;
        done.unwrap_or_else(|error| Err(Error::new(ErrorKind::Io, error.to_string()).into()))
    }
}

/// The zone with this serial in its SOA record.
fn set_serial(zone: Zone, serial: u32) -> Zone {
    let apex = zone.apex.clone();
    let change = |rrset: RRset| {
        if rrset.rtype != RecordType::SOA || rrset.name != apex {
            return rrset;
        }
        let values = rrset
            .values()
            .iter()
            .map(|rdata| soa::with_serial(rdata, serial).unwrap_or_else(|| rdata.clone()));
        RRset::new(rrset.name.clone(), rrset.rtype, rrset.ttl, values.collect())
    };
    Zone::new(apex.clone(), zone.into_rrsets().into_iter().map(change).collect())
}

#[async_trait]
impl Reader for ZoneFiles {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_zones(&self) -> Result<Vec<Name>> {
        let listed = self.beside(|this| this.config.list()).await;
        listed.map_err(|error| read_error(error, "list zones"))
    }

    async fn read_zone(&self, apex: &Name) -> Result<Option<Live>> {
        let zone = apex.clone();
        let read = self.beside(move |this| this.read(&zone)).await;
        let live = read.map_err(|error| read_error(error, &format!("read zone {apex}")))?;
        let mut outlines = self.outlines.lock().unwrap_or_else(PoisonError::into_inner);
        match &live {
            Some(live) => drop(outlines.insert(apex.clone(), Outline::of(&live.zone))),
            None => drop(outlines.remove(apex)),
        }
        drop(outlines);
        Ok(live)
    }

    fn refuses(&self, apex: &Name, rrset: &RRset) -> Option<String> {
        sound::refuses(apex, rrset, self.config.check_names)
    }

    fn refuses_together(&self, apex: &Name, changes: &[Wanted<'_>]) -> Vec<(Option<usize>, String)> {
        let outlines = self.outlines.lock().unwrap_or_else(PoisonError::into_inner);
        sound::together(apex, outlines.get(apex), changes)
    }

    fn serves(&self, _apex: &Name) -> bool {
        false
    }
}

#[async_trait]
impl Write for ZoneFiles {
    async fn create_zone(&self, apex: &Name, rrsets: &[RRset]) -> Result<usize, WriteError> {
        let (zone, rrsets) = (apex.clone(), rrsets.to_vec());
        let created = self.beside(move |this| this.create(&zone, &rrsets)).await;
        created.map_err(|error| during(error, &format!("create zone {apex}")))
    }
}

#[async_trait]
impl ZoneWriter for ZoneFiles {
    async fn write_zone(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        let (zone, changes) = (apex.clone(), changes.to_vec());
        let written = self.beside(move |this| this.write(&zone, &changes)).await;
        written.map_err(|error| during(error, &format!("write zone {apex}")))
    }
}

fn read_error(error: Error, operation: &str) -> Error {
    not_written(error).during(operation)
}

fn not_written(error: Error) -> Error {
    error.with_effect(Effect::NotWritten)
}

fn during(error: WriteError, operation: &str) -> WriteError {
    WriteError { error: error.error.during(operation), ..error }
}

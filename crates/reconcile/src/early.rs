//! Reads that begin before the files of their zone are read.
//!
//! To read the files of a large zone takes as long as its provider needs to answer. So each zone is announced first, with
//! the providers that it will most likely be read from, and their reads begin at once. A read is used when the zone,
//! loaded, names the same provider; else it is dropped, and the zone is read as if nothing had been announced. So a wrong
//! guess costs a request and changes no result: nobody sees the errors of a read that is dropped, and they do not count
//! against its provider.

use crate::providers::Providers;
use crate::task::lost;
use dnsctl_checks::Facts;
use dnsctl_provider::error::Result;
use dnsctl_zone::{Desired, Live, Name};
use std::collections::HashMap;
use tokio::task::JoinHandle;

/// What is told of a zone: that it comes, if anything is known by then, and later what became of it.
#[derive(Debug)]
pub enum Arrival {
    /// Its files are about to be read.
    Coming(Coming),
    /// Its files were read: what they want, and what they declare about mail.
    Loaded(Desired, Box<Facts>),
    /// Something is wrong with its files; it does not come.
    Failed(Name),
}

/// A zone whose files are about to be read, and what is likely to stand in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// The zone.
    pub zone: Name,
    /// The providers that hold it.
    pub providers: Vec<String>,
    /// Whether it is created where it is missing.
    pub create: bool,
}

/// The reads of zones that were announced. Dropping it ends all of them.
pub(crate) struct EarlyReads {
    list: bool,
    zones: HashMap<Name, (bool, HashMap<String, EarlyRead>)>,
}

impl EarlyReads {
    /// None; `list` says whether missing zones are looked up in a list.
    pub(crate) fn new(list: bool) -> Self {
        Self { list, zones: HashMap::new() }
    }

    /// Begins to read a zone. A provider that cannot be opened is passed over: that is told when the zone names it.
    pub(crate) fn begin(&mut self, coming: Coming, providers: &Providers) {
        let Coming { zone, providers: names, create } = coming;
        let by_list = self.list && create;
        let begin = |name: String| {
            let (provider, zone) = (providers.get(&name).ok()?, zone.clone());
            let task = tokio::spawn(async move { provider.find(&zone, by_list).await });
            Some((name, EarlyRead(task)))
        };
        let reads = names.into_iter().filter_map(begin).collect();
        self.zones.insert(zone, (by_list, reads));
    }

    /// The reads of a zone that has come, by provider, to be used for those that it names. Reads that looked the zone up
    /// in another way than it asks for are dropped.
    pub(crate) fn take(&mut self, desired: &Desired) -> HashMap<String, EarlyRead> {
        let same = |by_list| by_list == (self.list && desired.create);
        let reads = self.zones.remove(&desired.apex).filter(|(by_list, _)| same(*by_list));
        reads.map(|(_, reads)| reads).unwrap_or_default()
    }

    /// Ends the reads of a zone that does not come.
    pub(crate) fn forget(&mut self, zone: &Name) {
        self.zones.remove(zone);
    }
}

/// A read under way. Dropping it ends it.
pub(crate) struct EarlyRead(JoinHandle<Result<Option<Live>>>);

impl EarlyRead {
    /// What it gave, once it is done. `zone` is whose it is, for one that ends by a panic.
    pub(crate) async fn end(mut self, zone: &Name) -> Result<Option<Live>> {
        let ended = (&mut self.0).await;
        ended.unwrap_or_else(|error| Err(lost(error).during(format!("compare zone {zone}"))))
    }
}

impl Drop for EarlyRead {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests;

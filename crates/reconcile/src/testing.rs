//! A provider in memory that overwrites whatever is there, and breaks on purpose.

use async_trait::async_trait;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::lower::may_send;
use dnsctl_provider::{
    Capabilities, Granularity, Limits, RRsetChange, RRsetWriter, Reader, Types, Write, WriteError,
    WriteGuard, Writer,
};
use dnsctl_zone::{Desired, Live, Manage, Name, Policy, RRset, Rdata, RecordType, Source, Ttl, Zone};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

/// What it does to the calls for a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fault {
    #[default]
    None,
    /// The task that reads ends by a panic.
    PanicsReading,
    /// A read gets no answer; that it is given up is among the calls.
    Silent,
    /// A read is refused for want of a right to anything.
    Unauthorized,
    /// The task that writes ends by a panic.
    PanicsWriting,
    /// The zone is not created.
    Refuses,
    /// No change of the zone can be made, though what is wanted could be kept.
    Fixed,
    /// A write waits this many seconds for its turn.
    Slow(u64),
    /// A write is taken, its answer is lost, and the reader does not show it.
    Behind,
    /// A read takes this many seconds.
    SlowReading(u64),
    /// The connection breaks at once, and the write is made so many seconds later.
    Breaks(u64),
    /// Nothing is answered within three seconds, and the write is made so many seconds after that.
    Hangs(u64),
}

/// The provider. Clones share everything.
#[derive(Clone)]
pub(crate) struct Memory {
    pub(crate) capabilities: Capabilities,
    pub(crate) zones: Arc<Mutex<BTreeMap<Name, Vec<RRset>>>>,
    /// What was asked: `list`, `read zone.` and `write zone.`.
    pub(crate) calls: Arc<Mutex<Vec<String>>>,
    faults: Arc<Mutex<BTreeMap<Name, Fault>>>,
    /// How many writes it takes at once.
    pub(crate) slots: Arc<Semaphore>,
}

pub(crate) fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

/// The address of `www` in a zone.
pub(crate) fn www(apex: &str, last: u8) -> RRset {
    let value = Rdata::address([192, 0, 2, last].into());
    RRset::new(name(&format!("www.{apex}")), RecordType::A, Ttl::new(300).unwrap(), vec![value])
}

/// A zone at the provider `main` without any RRset.
pub(crate) fn desired(zone: &str) -> Desired {
    Desired {
        apex: name(zone),
        wishes: Vec::new(),
        providers: vec!["main".into()],
        ignore: Vec::new(),
        manage: Manage::Declared,
        create: false,
        lenient: false,
        acknowledgements: Vec::new(),
        policy: Policy::default(),
        servers: Vec::new(),
        source: Source::new("zones/x.yaml".into(), 1, 1),
    }
}

impl Memory {
    /// These zones, each with the address 192.0.2.1.
    pub(crate) fn new(zones: &[&str]) -> Self {
        let capabilities = Capabilities {
            granularity: Granularity::Rrset,
            write_guard: WriteGuard::Emulated,
            types: Types::All,
            pseudo_types: &[],
            writes_soa: false,
            writes_apex_ns: true,
            creates_zones: true,
            lists_zones: false,
            ttl_min: Ttl::new(1).unwrap(),
            ttl_max: Ttl::MAX,
            rrset_options: &[],
        };
        let zones = zones.iter().map(|zone| (name(zone), vec![www(zone, 1)])).collect();
        Self {
            capabilities,
            zones: Arc::new(Mutex::new(zones)),
            calls: Arc::default(),
            faults: Arc::default(),
            slots: Arc::new(Semaphore::new(1000)),
        }
    }

    pub(crate) fn fault(&self, zone: &str, fault: Fault) {
        self.faults.lock().unwrap().insert(name(zone), fault);
    }

    /// Somebody else writes.
    pub(crate) fn put(&self, zone: &str, rrset: RRset) {
        let mut zones = self.zones.lock().unwrap();
        let rrsets = zones.entry(name(zone)).or_default();
        rrsets.retain(|old| old.key() != rrset.key());
        rrsets.push(rrset);
    }

    pub(crate) fn get(&self, zone: &str) -> Option<RRset> {
        self.zones.lock().unwrap().get(&name(zone))?.first().cloned()
    }

    pub(crate) fn writer(&self) -> Writer {
        Writer::Rrset(Box::new(self.clone()))
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    fn call(&self, what: &str, zone: &Name) -> Fault {
        self.calls.lock().unwrap().push(format!("{what} {zone}"));
        self.faults.lock().unwrap().get(zone).copied().unwrap_or_default()
    }
}

#[async_trait]
impl Reader for Memory {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_zones(&self) -> Result<Vec<Name>> {
        self.calls.lock().unwrap().push("list".to_owned());
        Ok(self.zones.lock().unwrap().keys().cloned().collect())
    }

    async fn read_zone(&self, apex: &Name) -> Result<Option<Live>> {
        let fault = self.call("read", apex);
        assert!(fault != Fault::PanicsReading, "broken on purpose");
        if fault == Fault::Silent {
            let _told = GivenUp(self, apex);
            std::future::pending::<()>().await;
        }
        if fault == Fault::Unauthorized {
            return Err(Error::new(ErrorKind::Unauthorized, "no such key"));
        }
        if let Fault::SlowReading(seconds) = fault {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        let zones = self.zones.lock().unwrap();
        let rrsets = zones.get(apex).cloned();
        Ok(rrsets.map(|rrsets| {
            let rrsets = if fault == Fault::Behind { vec![www(&apex.to_string(), 1)] } else { rrsets };
            Live::new(Zone::new(apex.clone(), rrsets))
        }))
    }

    fn refuses_change(&self, apex: &Name, change: &RRsetChange) -> Option<String> {
        let fixed = self.faults.lock().unwrap().get(apex) == Some(&Fault::Fixed);
        fixed.then(|| format!("{} stays", change.name))
    }

    fn is_current(&self) -> bool {
        !self.faults.lock().unwrap().values().any(|fault| *fault == Fault::Behind)
    }
}

#[async_trait]
impl Write for Memory {
    async fn create_zone(&self, apex: &Name, rrsets: &[RRset]) -> Result<usize, WriteError> {
        match self.call("create", apex) {
            Fault::Refuses => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                return Err(Error::new(ErrorKind::Rejected, "not here").into());
            }
            Fault::Hangs(_) => return Err(Error::new(ErrorKind::Timeout, "no answer").into()),
            _ => {}
        }
        self.zones.lock().unwrap().insert(apex.clone(), rrsets.to_vec());
        Ok(rrsets.len())
    }
}

#[async_trait]
impl RRsetWriter for Memory {
    fn limits(&self) -> Limits {
        Limits { changes: 1, weight: usize::MAX, weigh: |_| 1 }
    }

    async fn write_rrsets(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        let _slot = self.slots.acquire().await;
        may_send()?;
        let fault = self.call("write", apex);
        assert!(fault != Fault::PanicsWriting, "broken on purpose");
        if let Fault::Slow(seconds) = fault {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        let (own, apex, changes) = (self.clone(), apex.to_string(), changes.to_vec());
        let make = move || {
            for after in changes.iter().filter_map(|change| change.after.clone()) {
                own.put(&apex, after);
            }
        };
        let late = |seconds: u64| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            make();
        };
        if let Fault::Breaks(seconds) = fault {
            tokio::spawn(late(seconds));
            return Err(Error::new(ErrorKind::Unavailable, "the connection broke").into());
        }
        if let Fault::Hangs(seconds) = fault {
            tokio::time::sleep(Duration::from_secs(3)).await;
            tokio::spawn(late(seconds));
            return Err(Error::new(ErrorKind::Timeout, "no answer").into());
        }
        late(0).await;
        match fault {
            Fault::Behind => Err(Error::new(ErrorKind::Unavailable, "the answer was lost").into()),
            _ => Ok(()),
        }
    }
}

/// Tells that a read was given up.
struct GivenUp<'a>(&'a Memory, &'a Name);

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        self.0.call("given up", self.1);
    }
}

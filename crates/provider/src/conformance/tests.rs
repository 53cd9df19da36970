//! The suite itself: a provider in memory that does everything right passes, one with a fault in it is found out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use dnsctl_zone::{Live, Name, RRset, Rdata, RecordType, Ttl, Zone};

use super::*;
use crate::adapter::{Limits, RRsetChange, RRsetWriter, Reader, Write, WriteError, Writer};
use crate::capability::{Granularity, Types, WriteGuard};
use crate::error::{Error, ErrorKind, Result};

/// What the provider in memory does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// It keeps a TTL of 300 whatever is wished.
    Ttl,
    /// It loses the backslashes of texts.
    Backslash,
    /// It adds values and never takes one away.
    Adds,
    /// It removes what else is at the name.
    Neighbours,
    /// It says that it wrote what it did not write.
    Lies,
    /// It makes a zone that is there anew.
    Recreates,
    /// Its reader does not show what other tools wrote.
    Behind,
}

type Zones = Arc<Mutex<BTreeMap<Name, BTreeMap<(Name, RecordType), RRset>>>>;

#[derive(Clone)]
struct Memory {
    zones: Zones,
    /// What other tools wrote.
    foreign: Arc<Mutex<Vec<Rdata>>>,
    fault: Fault,
    capabilities: Capabilities,
    count: Arc<AtomicU32>,
}

impl Memory {
    fn new(fault: Fault) -> Self {
        let capabilities = Capabilities {
            granularity: Granularity::Rrset,
            write_guard: WriteGuard::Emulated,
            types: Types::Only(&[
                RecordType::A,
                RecordType::AAAA,
                RecordType::MX,
                RecordType::TXT,
                RecordType::CNAME,
            ]),
            pseudo_types: &[],
            writes_soa: false,
            writes_apex_ns: false,
            creates_zones: true,
            lists_zones: true,
            ttl_min: Ttl::new(1).unwrap(),
            ttl_max: Ttl::new(86_400).unwrap(),
            rrset_options: &[],
        };
        Self { zones: Zones::default(), foreign: Arc::default(), fault, capabilities, count: Arc::default() }
    }

    fn is_foreign(&self, value: &Rdata) -> bool {
        self.foreign.lock().unwrap().contains(value)
    }

    fn put(&self, apex: &Name, change: &RRsetChange) -> Result<()> {
        let mut zones = self.zones.lock().unwrap();
        let zone = zones.get_mut(apex).ok_or_else(|| Error::new(ErrorKind::NotFound, "no such zone"))?;
        let key = (change.name.clone(), change.rtype);
        let Some(after) = &change.after else {
            zone.remove(&key);
            return Ok(());
        };
        let mut after = after.clone();
        match self.fault {
            Fault::Ttl => after.ttl = Ttl::new(300).unwrap(),
            Fault::Backslash if after.rtype == RecordType::TXT => {
                let texts = after.values().iter().map(|value| value.joined_text().replace(b"\\", b""));
                let values = texts.map(|text| Rdata::text(RecordType::TXT, &text)).collect();
                after = RRset::new(after.name, after.rtype, after.ttl, values);
            }
            Fault::Adds => {
                for value in zone.get(&key).map_or(&[][..], RRset::values) {
                    after.insert(value.clone());
                }
            }
            Fault::Neighbours => zone.retain(|(name, _), _| *name != change.name),
            Fault::Lies if after.rtype == RecordType::MX => return Ok(()),
            _ => {}
        }
        zone.insert(key, after);
        Ok(())
    }
}

/// `bytes.replace(from, to)`.
trait Replace {
    fn replace(&self, from: &[u8], to: &[u8]) -> Vec<u8>;
}

impl Replace for Vec<u8> {
    fn replace(&self, from: &[u8], to: &[u8]) -> Vec<u8> {
        self.iter().flat_map(|octet| if from.contains(octet) { to.to_vec() } else { vec![*octet] }).collect()
    }
}

#[async_trait]
impl Reader for Memory {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_zones(&self) -> Result<Vec<Name>> {
        Ok(self.zones.lock().unwrap().keys().cloned().collect())
    }

    async fn read_zone(&self, apex: &Name) -> Result<Option<Live>> {
        let zones = self.zones.lock().unwrap();
        let shown = |rrset: &RRset| {
            let own = |value: &&Rdata| self.fault != Fault::Behind || !self.is_foreign(value);
            let values = rrset.values().iter().filter(own).cloned().collect();
            RRset::new(rrset.name.clone(), rrset.rtype, rrset.ttl, values)
        };
        let rrsets = zones.get(apex).map(|zone| zone.values().map(shown).collect());
        Ok(rrsets.map(|rrsets| Live::new(Zone::new(apex.clone(), rrsets))))
    }
}

#[async_trait]
impl Write for Memory {
    async fn create_zone(&self, apex: &Name, _: &[RRset]) -> Result<usize, WriteError> {
        let mut zones = self.zones.lock().unwrap();
        if zones.contains_key(apex) && self.fault != Fault::Recreates {
            return Err(Error::new(ErrorKind::Conflict, "it exists").into());
        }
        zones.insert(apex.clone(), BTreeMap::new());
        Ok(0)
    }
}

#[async_trait]
impl RRsetWriter for Memory {
    fn limits(&self) -> Limits {
        Limits { changes: 50, weight: usize::MAX, weigh: |_| 1 }
    }

    async fn write_rrsets(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        changes.iter().try_for_each(|change| self.put(apex, change)).map_err(Into::into)
    }
}

#[async_trait]
impl Subject for Memory {
    fn open_reader(&self) -> Result<Box<dyn Reader>> {
        Ok(Box::new(self.clone()))
    }

    fn open_writer(&self) -> Result<Writer> {
        Ok(Writer::Rrset(Box::new(self.clone())))
    }

    async fn empty_zone(&self) -> Result<Name, Failure> {
        let apex = self.free_name();
        self.zones.lock().unwrap().insert(apex.clone(), BTreeMap::new());
        Ok(apex)
    }

    fn free_name(&self) -> Name {
        Name::absolute(&format!("z{}.test.", self.count.fetch_add(1, Ordering::Relaxed))).unwrap()
    }

    async fn add_foreign(
        &self,
        apex: &Name,
        owner: &str,
        ttl: u32,
        rtype: &str,
        rdata: &str,
    ) -> Result<bool, Failure> {
        let rtype = rtype.parse().unwrap();
        let names = dnsctl_zone::Names { origin: apex, strict: false };
        let value = Rdata::parse(rtype, rdata, names).map_err(|error| error.to_string())?;
        let name = Name::absolute(owner).map_err(|error| error.to_string())?;
        let mut zones = self.zones.lock().unwrap();
        let zone = zones.get_mut(apex).ok_or("no such zone")?;
        let empty = RRset::new(name.clone(), rtype, Ttl::new(ttl).unwrap(), Vec::new());
        self.foreign.lock().unwrap().push(value.clone());
        zone.entry((name, rtype)).or_insert(empty).insert(value);
        Ok(true)
    }
}

/// The names of the cases that fail.
async fn failing(fault: Fault) -> Vec<String> {
    let memory = Memory::new(fault);
    let mut failed = Vec::new();
    for case in cases(&memory.capabilities) {
        if case.run(&memory).await.is_err() {
            failed.push(case.name().to_owned());
        }
    }
    failed
}

#[tokio::test]
async fn a_provider_without_fault_passes() {
    assert_eq!(failing(Fault::None).await, Vec::<String>::new());
    let count = cases(&Memory::new(Fault::None).capabilities).len();
    assert!(count > 150, "{count} cases");
}

#[tokio::test]
async fn each_fault_is_found() {
    for (fault, case) in [
        (Fault::Ttl, "ttl::only_the_ttl"),
        (Fault::Backslash, "text::backslash_1"),
        (Fault::Adds, "values::one_after_the_other"),
        (Fault::Neighbours, "values::types_side_by_side"),
        (Fault::Lies, "every_type_round_trip::MX"),
        (Fault::Behind, "guard::stale_before"),
        (Fault::Recreates, "zones::create_an_existing_one_is_a_conflict"),
    ] {
        let failed = failing(fault).await;
        assert!(failed.iter().any(|name| name == case), "{fault:?}: only {failed:?}");
    }
}

#[test]
fn names_are_unique() {
    let capabilities = Memory::new(Fault::None).capabilities;
    let everything =
        Capabilities { types: Types::All, writes_soa: true, writes_apex_ns: true, ..capabilities };
    let mut names: Vec<_> = cases(&everything).iter().map(|case| case.name().to_owned()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

//! The zones that are held together.

use crate::{Facts, Host};
use dnsctl_mail::resolve::{Held, Zones};
use dnsctl_zone::{Name, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// All zones of a repository, so that what leads from one to another can be judged, and what holds for all of them.
#[derive(Debug, Clone, Default)]
pub struct Repository<'a> {
    zones: Zones<'a>,
    retired: BTreeMap<IpAddr, Retired>,
    current: BTreeSet<IpAddr>,
    hosts: BTreeMap<Name, Host>,
    greetings: BTreeMap<Name, Name>,
}

/// An address that nothing may point at any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// The host that had it.
    pub host: Name,
    /// Where that is declared.
    pub source: Option<Source>,
}

impl<'a> Repository<'a> {
    /// These zones: as [`Judged`](crate::Judged) ones with what is not known of them. Where two have the same apex, the last one
    /// counts.
    pub fn new<H: Held + 'a>(zones: impl IntoIterator<Item = &'a H>) -> Self {
        Self { zones: Zones::new(zones), ..Self::default() }
    }

    /// Adds what a zone's facts say about hosts: all zones may point at them.
    pub fn learn(&mut self, facts: &Facts) {
        for host in &facts.hosts {
            self.current.extend(host.addresses.iter().chain(&host.planned));
            for address in &host.retired {
                let retired = Retired { host: host.name.clone(), source: host.source.clone() };
                self.retired.entry(*address).or_insert(retired);
            }
        }
        let hosts = facts.hosts.iter().map(|host| (host.name.clone(), host.clone()));
        self.hosts.extend(hosts);
        self.greetings.extend(facts.greetings.clone());
    }

    /// The inventory entry of a host, from whatever zone.
    pub fn host(&self, name: &Name) -> Option<&Host> {
        self.hosts.get(name)
    }

    /// The name that a host gives with EHLO, where it is declared as another than its own.
    pub fn greeting(&self, host: &Name) -> Option<&Name> {
        self.greetings.get(host)
    }

    /// What is known of a retired address. One that another host has now is none.
    pub fn retired(&self, address: IpAddr) -> Option<&Retired> {
        self.retired.get(&address).filter(|_| !self.current.contains(&address))
    }

    /// The retired addresses from one to another, without those that another host has now.
    pub fn retired_within(&self, first: IpAddr, last: IpAddr) -> impl Iterator<Item = (IpAddr, &Retired)> {
        let within = if first <= last { Some(self.retired.range(first..=last)) } else { None };
        let free = |(address, _): &(&IpAddr, &Retired)| !self.current.contains(address);
        within.into_iter().flatten().filter(free).map(|(address, retired)| (*address, retired))
    }

    /// Whether some host has an address, or will.
    pub fn is_current(&self, address: IpAddr) -> bool {
        self.current.contains(&address)
    }

    /// Whether any address is retired.
    pub fn has_retired(&self) -> bool {
        !self.retired.is_empty()
    }

    /// The zone with the longest apex at or above a name.
    pub fn zone_of(&self, name: &Name) -> Option<&'a dyn Held> {
        self.zones.zone_of(name)
    }

    /// The zones as who answers questions.
    pub(crate) fn zones(&self) -> &Zones<'a> {
        &self.zones
    }
}

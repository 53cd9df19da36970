//! What name servers refuse: with one such record BIND and Knot DNS do not load the file at all.

use std::collections::{BTreeMap, BTreeSet};

use dnsctl_provider::Wanted;
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Zone, no_host};

/// The owner names and types of a zone as it was read, and the name servers of its apex.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outline {
    /// In canonical order.
    keys: Vec<(Name, RecordType)>,
    servers: Vec<Name>,
}

impl Outline {
    pub(crate) fn of(zone: &Zone) -> Self {
        let keys = zone.rrsets().iter().map(|rrset| (rrset.name.clone(), rrset.rtype)).collect();
        let servers = zone.get(&zone.apex, RecordType::NS).map(targets);
        Self { keys, servers: servers.unwrap_or_default() }
    }
}

fn targets(rrset: &RRset) -> Vec<Name> {
    rrset.values().iter().filter_map(Rdata::target).collect()
}

/// Why an RRset is in no file that we write, whatever stands beside it.
pub(crate) fn refuses(apex: &Name, rrset: &RRset, check_names: bool) -> Option<String> {
    let (name, rtype) = rrset.key();
    if rtype.is_pseudo() || rtype.is_signing() {
        return Some(format!("{name} {rtype}: records of this type are not written to master files"));
    }
    alone(apex, rrset).or_else(|| {
        no_host(name, rtype, rrset.values())
            .filter(|_| check_names)
            .map(|reason| format!("{reason}; where no BIND loads the files: check_names: false"))
    })
}

/// Why an RRset is in no file that name servers load, whatever stands beside it and whether they look at names of hosts.
pub(crate) fn alone(apex: &Name, rrset: &RRset) -> Option<String> {
    let (name, rtype) = rrset.key();
    if !name.is_at_or_below(apex) {
        return Some(format!("{name} is not in the zone {apex}"));
    }
    if rtype == RecordType::SOA && name != apex {
        return Some(format!("{name} SOA is not at the apex"));
    }
    if rtype.is_single() && rrset.values().len() > 1 {
        return Some(format!("{name} has several {rtype} records; there can be only one"));
    }
    if rtype == RecordType::NS && name.is_wildcard() {
        return Some("BIND refuses a zone with NS records at a wildcard (RFC 4592 section 4.2)".to_owned());
    }
    if matches!(rtype, RecordType::CDS | RecordType::CDNSKEY) && name == apex {
        let deletes = rrset.values().iter().filter(|value| value.number("algorithm") == Some(0)).count();
        if deletes > 0 && deletes < rrset.values().len() {
            return Some(format!("{rtype} asks for removal and for more at once (RFC 8078 section 4)"));
        }
    }
    let reason = rrset.values().iter().find_map(Rdata::fault)?;
    Some(format!("name servers refuse a zone with it. {reason}"))
}

/// Why no name server would load what these changes leave, with the change to blame. What was wrong before and has
/// nothing to do with them is not judged. `before` is `None` for a zone that is made anew.
pub(crate) fn together(
    apex: &Name,
    before: Option<&Outline>,
    changes: &[Wanted<'_>],
) -> Vec<(Option<usize>, String)> {
    if changes.is_empty() && before.is_some() {
        return Vec::new();
    }
    let none = Outline::default();
    let after = After::new(apex, before.unwrap_or(&none), changes);
    let clashes = after.clashes(changes).into_iter().map(|(index, reason)| (Some(index), reason));
    let mut found: Vec<_> = clashes.collect();
    if before.is_none() {
        found.extend(after.unserved().map(|reason| (None, reason)));
    }
    for (server, reason) in after.unreachable_servers() {
        found.extend(after.blamed(&server).map(|index| (Some(index), reason)));
    }
    found
}

/// The zone after the changes.
pub(crate) struct After<'a> {
    apex: &'a Name,
    before: &'a Outline,
    changes: BTreeMap<(&'a Name, RecordType), (usize, Option<&'a RRset>)>,
}

impl<'a> After<'a> {
    pub(crate) fn new(apex: &'a Name, before: &'a Outline, changes: &[Wanted<'a>]) -> Self {
        let by_key =
            changes.iter().enumerate().map(|(index, one)| ((one.name, one.rtype), (index, one.after)));
        Self { apex, before, changes: by_key.collect() }
    }

    /// The changes that do not go with what stands at or above their names.
    pub(crate) fn clashes(&self, changes: &[Wanted<'a>]) -> Vec<(usize, String)> {
        let redirections = self.redirections();
        let judged = changes.iter().enumerate().filter_map(|(index, change)| {
            let reason = match change.after {
                None => self.without(change),
                Some(_) => self.beside(change).or_else(|| self.redirected(change, &redirections)),
            };
            Some((index, reason?))
        });
        judged.collect()
    }

    /// Why nobody serves the zone.
    pub(crate) fn unserved(&self) -> Option<String> {
        (!self.is_there(self.apex, RecordType::NS)).then(|| {
            "BIND does not load a zone without NS records at its apex, and the zone has none".to_owned()
        })
    }

    /// The zone's own name servers that nobody reaches, and why.
    pub(crate) fn unreachable_servers(&self) -> Vec<(Name, String)> {
        let redirections = self.redirections();
        let judged = self.servers().into_iter().filter_map(|server| {
            let reason = self.unreachable(&server, &redirections)?;
            Some((server, reason))
        });
        judged.collect()
    }

    /// The owner names and types from this name on, as they were.
    fn from(&self, name: &Name) -> impl Iterator<Item = (&'a Name, RecordType)> {
        let start = self.before.keys.partition_point(|(one, _)| one < name);
        self.before.keys.iter().skip(start).map(|(name, rtype)| (name, *rtype))
    }

    fn stays(&self, name: &Name, rtype: RecordType) -> bool {
        self.changes.get(&(name, rtype)).is_none_or(|(_, after)| after.is_some())
    }

    /// The types at a name.
    fn at(&self, name: &'a Name) -> BTreeSet<RecordType> {
        let old = self.from(name).take_while(|(one, _)| *one == name).map(|(_, rtype)| rtype);
        let low = (name, RecordType::from_code(0));
        let new = self.changes.range(low..).take_while(|((one, _), _)| *one == name);
        old.chain(new.map(|((_, rtype), _)| *rtype)).filter(|rtype| self.is_there(name, *rtype)).collect()
    }

    fn is_there(&self, name: &Name, rtype: RecordType) -> bool {
        match self.changes.get(&(name, rtype)) {
            Some((_, after)) => after.is_some(),
            None => self.from(name).take_while(|(one, _)| *one == name).any(|(_, one)| one == rtype),
        }
    }

    /// The names with a DNAME.
    fn redirections(&self) -> BTreeSet<&'a Name> {
        let old =
            self.before.keys.iter().filter(|(_, rtype)| *rtype == RecordType::DNAME).map(|(name, _)| name);
        let new = self.changes.keys().filter(|(_, rtype)| *rtype == RecordType::DNAME).map(|(name, _)| *name);
        old.chain(new).filter(|name| self.is_there(name, RecordType::DNAME)).collect()
    }

    /// What a deletion leaves.
    fn without(&self, change: &Wanted<'_>) -> Option<String> {
        let at_apex = change.name == self.apex;
        match change.rtype {
            RecordType::SOA if at_apex => {
                Some(format!("{} SOA is deleted, and a zone cannot be without it", change.name))
            }
            RecordType::NS if at_apex => {
                Some("BIND does not load a zone without NS records at its apex".to_owned())
            }
            _ => None,
        }
    }

    /// What stands at the same name (RFC 1034 section 3.6.2, RFC 4035 section 2.5; RFC 6672 section 2.4).
    fn beside(&self, change: &Wanted<'a>) -> Option<String> {
        let (name, rtype) = (change.name, change.rtype);
        let types = self.at(name);
        if types.contains(&RecordType::CNAME) {
            let other = types.iter().find(|one| **one != RecordType::CNAME && !one.is_signing())?;
            return Some(format!("{name} has a CNAME record beside {other}; no name server loads that"));
        }
        let asks = matches!(rtype, RecordType::CDS | RecordType::CDNSKEY) && name == self.apex;
        let plain = change.after?.values().iter().any(|value| value.number("algorithm") != Some(0));
        (asks && plain && !types.contains(&RecordType::DNSKEY)).then(|| {
            format!("BIND does not load a zone whose {rtype} records match no DNSKEY record of its apex (RFC 7344 section 4.1)")
        })
    }

    /// Records below a DNAME, which Knot DNS does not load.
    fn redirected(&self, change: &Wanted<'a>, redirections: &BTreeSet<&Name>) -> Option<String> {
        let said = |below: &Name, dname: &Name| {
            format!(
                "{below} is below the DNAME of {dname}; Knot DNS does not load that (RFC 6672 section 2.4)"
            )
        };
        let name = change.name;
        if change.rtype == RecordType::DNAME {
            let old = self.from(name).take_while(|(one, _)| one.is_at_or_below(name));
            let below = old.into_iter().find(|(one, rtype)| *one != name && self.stays(one, *rtype));
            if let Some((below, _)) = below {
                return Some(said(below, name));
            }
        }
        if redirections.is_empty() {
            return None;
        }
        let mut above = name.parent();
        while let Some(one) = above.filter(|one| one.is_at_or_below(self.apex)) {
            if redirections.contains(&one) {
                return Some(said(name, &one));
            }
            above = one.parent();
        }
        None
    }

    /// The name servers of the apex.
    fn servers(&self) -> Vec<Name> {
        match self.changes.get(&(self.apex, RecordType::NS)) {
            Some((_, after)) => after.map(targets).unwrap_or_default(),
            None => self.before.servers.clone(),
        }
    }

    /// Why a name server of the zone has no address in it, where it must have one.
    fn unreachable(&self, server: &Name, redirections: &BTreeSet<&Name>) -> Option<String> {
        let mut above = Some(server.clone());
        while let Some(one) = above.filter(|one| one.is_below(self.apex)) {
            // Its addresses are known elsewhere.
            if self.is_there(&one, RecordType::NS) {
                return None;
            }
            above = one.parent();
        }
        if !server.is_at_or_below(self.apex) {
            return None;
        }
        let wrong =
            |what: &str| Some(format!("BIND does not load a zone whose own name server {server} {what}"));
        if self.is_there(server, RecordType::CNAME) {
            return wrong("is a CNAME record (RFC 2181 section 10.3)");
        }
        if redirections.iter().any(|dname| server.is_below(dname)) {
            return wrong("is below a DNAME record");
        }
        let addressed = |name: &Name| {
            [RecordType::A, RecordType::AAAA].into_iter().any(|rtype| self.is_there(name, rtype))
        };
        (!addressed(server) && !self.synthesized(server).is_some_and(|wildcard| addressed(&wildcard)))
            .then(|| wrong("has no address"))
            .flatten()
    }

    /// The wildcard that answers for a name that does not exist (RFC 4592 section 3.3.1).
    fn synthesized(&self, name: &Name) -> Option<Name> {
        let exists = |name: &Name| {
            let old = self.from(name).take_while(|(one, _)| one.is_at_or_below(name));
            let mut old = old.into_iter().filter(|(one, rtype)| self.stays(one, *rtype));
            old.next().is_some()
                || self
                    .changes
                    .iter()
                    .any(|((one, _), (_, after))| after.is_some() && one.is_at_or_below(name))
        };
        if exists(name) {
            return None;
        }
        let mut above = name.parent()?;
        while !exists(&above) {
            above = above.parent()?;
        }
        above.child(b"*").ok()
    }

    /// The change that took the address of a name server, or named the server.
    fn blamed(&self, server: &Name) -> Option<usize> {
        let mut here = [RecordType::CNAME, RecordType::A, RecordType::AAAA].into_iter();
        let here = here.find_map(|rtype| self.changes.get(&(server, rtype)));
        let named = || {
            let (index, after) = self.changes.get(&(self.apex, RecordType::NS))?;
            let new = !self.before.servers.contains(server) && after.is_some();
            new.then_some((*index, *after))
        };
        let other = || {
            let wildcard =
                |name: &Name| name.is_wildcard() && name.parent().is_some_and(|one| server.is_below(&one));
            let mut all = self.changes.iter();
            all.find(|((name, rtype), _)| {
                wildcard(name)
                    || *rtype == RecordType::DNAME && server.is_below(name)
                    || *rtype == RecordType::NS && server.is_at_or_below(name) && *name != self.apex
            })
            .map(|(_, change)| *change)
        };
        here.copied().or_else(named).or_else(other).map(|(index, _)| index)
    }
}

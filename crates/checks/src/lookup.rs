//! What is at a name.

use crate::{Finding, Subject};
use dnsctl_mail::resolve::{MOST_ALIASES, Spot, Zones};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Zone};
use std::net::IpAddr;

/// A record that points at a host by its name.
#[derive(Debug, Clone)]
pub struct Pointer<'a> {
    /// The RRset of the record.
    pub rrset: &'a RRset,
    /// The record.
    pub value: &'a Rdata,
    /// Where it points.
    pub target: Target,
}

/// A name that something points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The name.
    pub name: Name,
    /// The aliases that lead on from it (CNAME, DNAME), in their order.
    pub aliases: Vec<Name>,
    /// What is at the end.
    pub found: Found,
}

/// What is found by one who looks for the addresses of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// These addresses; at least one.
    Addresses(Vec<IpAddr>),
    /// Addresses that the provider makes up when it is asked.
    Made,
    /// The name exists and has no address.
    NoAddress,
    /// The name does not exist.
    Missing,
    /// The aliases come back to one that was passed, or are too many.
    Endless,
    /// It is not held here; why, in words for a person.
    Unknown(String),
}

impl<'a> Pointer<'a> {
    /// A finding about this record.
    pub(crate) fn finding(&self, message: impl Into<String>) -> Finding {
        Finding::at(self.rrset, message).of(&self.target.name)
    }

    /// Types of which a host name is the data.
    pub(crate) const TYPES: [RecordType; 8] = [
        RecordType::NS,
        RecordType::CNAME,
        RecordType::MX,
        RecordType::SRV,
        RecordType::PTR,
        RecordType::SVCB,
        RecordType::HTTPS,
        RecordType::DNAME,
    ];

    /// The pointer that a record is; `None` for other types and for the root, which means "none" (RFC 7505, RFC 2782).
    pub(crate) fn new(subject: &Subject<'a>, rrset: &'a RRset, value: &'a Rdata) -> Option<Self> {
        if !Self::TYPES.contains(&rrset.rtype) {
            return None;
        }
        let name = value.target().filter(|target| !target.is_root())?;
        let glue = rrset.rtype == RecordType::NS;
        Some(Self { rrset, value, target: Target::search(subject, &name, glue) })
    }
}

impl Target {
    /// Follows a name through the judged zone and those held beside it.
    pub(crate) fn find(subject: &Subject<'_>, name: &Name) -> Self {
        Self::search(subject, name, false)
    }

    /// The same; with `glue` as one who looks for a name server, and takes the addresses that stand beside a delegation (RFC
    /// 1034 section 4.2.1). They are no answer about the host itself (RFC 2181 section 5.4.1).
    fn search(subject: &Subject<'_>, name: &Name, glue: bool) -> Self {
        let zones = subject.answers();
        let mut target = Self { name: name.clone(), aliases: Vec::new(), found: Found::Endless };
        let mut at = name.clone();
        loop {
            match step(&zones, &at, glue) {
                Step::End(found) => {
                    target.found = found;
                    return target;
                }
                Step::Alias(next) => {
                    let seen = next == target.name || target.aliases.contains(&next);
                    target.aliases.push(next.clone());
                    if seen || target.aliases.len() > MOST_ALIASES {
                        return target;
                    }
                    at = next;
                }
            }
        }
    }

    /// Its addresses, when they are known.
    pub fn addresses(&self) -> &[IpAddr] {
        match &self.found {
            Found::Addresses(addresses) => addresses,
            _ => &[],
        }
    }

    /// The first alias, when the name is one.
    pub fn alias(&self) -> Option<&Name> {
        self.aliases.first()
    }

    /// Why its addresses are not known, when they are not.
    pub fn unknown(&self) -> Option<String> {
        match &self.found {
            Found::Unknown(why) => Some(why.clone()),
            Found::Made => {
                Some(format!("the addresses of {} are made up by the provider", self.name.without_dot()))
            }
            _ => None,
        }
    }

    /// Whether somebody can say that it has no address.
    pub fn has_none(&self) -> bool {
        matches!(self.found, Found::NoAddress | Found::Missing | Found::Endless)
    }
}

enum Step {
    End(Found),
    Alias(Name),
}

fn step(zones: &Zones<'_>, name: &Name, glue: bool) -> Step {
    let unknown = |zone: &str| Step::End(Found::Unknown(format!("{} is not in {zone}", name.without_dot())));
    match zones.spot(name) {
        Spot::Node(zone, owner) => node(zones, zone.records(), name, &owner),
        Spot::Alias(next) => Step::Alias(next),
        Spot::Missing => Step::End(may_have(zones, name).map_or(Found::Missing, Found::Unknown)),
        Spot::Failed(_) => Step::End(Found::Missing),
        Spot::Outside => unknown("a zone that is held here"),
        Spot::Delegated(zone, cut) => match addresses(zone.records(), name) {
            found if glue && !found.is_empty() => Step::End(Found::Addresses(found)),
            _ => unknown(&format!("this repository: {} is delegated", cut.without_dot())),
        },
    }
}

fn node(zones: &Zones<'_>, zone: &Zone, name: &Name, owner: &Name) -> Step {
    if let Some(why) = if name == owner { None } else { zones.may_hide(owner, name) } {
        return Step::End(Found::Unknown(why));
    }
    let found = addresses(zone, owner);
    if !found.is_empty() {
        return Step::End(Found::Addresses(found));
    }
    let here = zone.at(owner);
    if let Some(next) = here.iter().find(|rrset| rrset.rtype == RecordType::CNAME) {
        return next
            .values()
            .first()
            .and_then(Rdata::target)
            .map_or(Step::End(Found::NoAddress), Step::Alias);
    }
    if let Some(why) = may_have(zones, name).or_else(|| may_have(zones, owner)) {
        return Step::End(Found::Unknown(why));
    }
    // ALIAS, LUA and their like answer as the provider thinks fit.
    Step::End(if here.iter().any(|rrset| rrset.rtype.is_pseudo()) { Found::Made } else { Found::NoAddress })
}

/// Why nobody can say that a name has no address.
fn may_have(zones: &Zones<'_>, name: &Name) -> Option<String> {
    let types = [RecordType::A, RecordType::AAAA, RecordType::CNAME];
    types.into_iter().find_map(|rtype| zones.may_have(name, rtype))
}

fn addresses(zone: &Zone, name: &Name) -> Vec<IpAddr> {
    let both = [RecordType::A, RecordType::AAAA];
    let rrsets = both.iter().filter_map(|rtype| zone.get(name, *rtype));
    rrsets.flat_map(RRset::values).filter_map(Rdata::ip).collect()
}

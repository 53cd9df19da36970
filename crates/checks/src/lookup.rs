//! What is at a name.

use crate::Subject;
use dnsctl_zone::{Name, Place, RRset, Rdata, RecordType, Zone, place};
use std::net::IpAddr;

/// How many aliases are followed; BIND stops at 16.
pub(crate) const MOST_ALIASES: usize = 16;

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
        Some(Self { rrset, value, target: Target::find(subject, &name) })
    }
}

impl Target {
    /// Follows a name through the judged zone and those held beside it.
    pub(crate) fn find(subject: &Subject<'_>, name: &Name) -> Self {
        let mut target = Self { name: name.clone(), aliases: Vec::new(), found: Found::Endless };
        let mut at = name.clone();
        loop {
            match step(subject, &at) {
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

fn step(subject: &Subject<'_>, name: &Name) -> Step {
    let unknown = |zone: &str| Step::End(Found::Unknown(format!("{} is not in {zone}", name.without_dot())));
    // A zone that is held below the judged one answers for itself.
    let held = subject
        .held
        .zone_of(name)
        .filter(|zone| !name.is_at_or_below(subject.apex()) || zone.apex.is_below(subject.apex()));
    let (zone, at): (&Zone, Place) = match held {
        Some(zone) => (zone, place(zone, name)),
        None => (subject.zone.records(), place(subject.zone, name)),
    };
    match at {
        Place::At(owner) => node(subject, zone, &owner, held.is_none()),
        Place::Missing => match held.is_none().then(|| subject.zone.may_have_address(name)).flatten() {
            Some(why) => Step::End(Found::Unknown(why)),
            None => Step::End(Found::Missing),
        },
        Place::Outside => unknown("a zone that is held here"),
        Place::Delegated(cut) => {
            let glue = addresses(zone, name);
            if glue.is_empty() {
                unknown(&format!("this repository: {} is delegated", cut.without_dot()))
            } else {
                Step::End(Found::Addresses(glue))
            }
        }
        Place::Redirected(owner) => {
            let target =
                zone.get(&owner, RecordType::DNAME).and_then(|dname| dname.values().first()?.target());
            match target.and_then(|target| substituted(name, &owner, &target)) {
                Some(next) => Step::Alias(next),
                None => Step::End(Found::Missing),
            }
        }
    }
}

fn node(subject: &Subject<'_>, zone: &Zone, owner: &Name, judged: bool) -> Step {
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
    if let Some(why) = judged.then(|| subject.zone.may_have_address(owner)).flatten() {
        return Step::End(Found::Unknown(why));
    }
    // ALIAS, LUA and their like answer as the provider thinks fit.
    Step::End(if here.iter().any(|rrset| rrset.rtype.is_pseudo()) { Found::Made } else { Found::NoAddress })
}

fn addresses(zone: &Zone, name: &Name) -> Vec<IpAddr> {
    let both = [RecordType::A, RecordType::AAAA];
    let rrsets = both.iter().filter_map(|rtype| zone.get(name, *rtype));
    rrsets.flat_map(RRset::values).filter_map(Rdata::ip).collect()
}

/// The alias that a DNAME makes of a name below its owner (RFC 6672 section 2.2).
fn substituted(name: &Name, owner: &Name, target: &Name) -> Option<Name> {
    let keep = name.label_count().saturating_sub(owner.label_count());
    let labels: Vec<_> = name.labels().take(keep).chain(target.labels()).collect();
    Name::from_labels(labels.iter().map(|label| &**label)).ok()
}

//! Answers from zones that are held.

use super::{Answer, Resolver, reverse_name};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Zone};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Answers from held zones as their name servers would give them (RFC 1034 section 4.3.2): wildcards (RFC 4592), aliases
/// (CNAME, and DNAME of RFC 6672) and zone cuts. What is below a zone cut or in no held zone is [`Answer::Unknown`].
#[derive(Debug, Clone, Default)]
pub struct Zones<'a>(HashMap<&'a Name, &'a Zone>);

/// How many aliases are followed. BIND stops at 16; a loop must end.
const MOST_ALIASES: usize = 16;

/// One step of a search.
enum Step<'a> {
    Found(&'a RRset),
    Alias(Name),
    Empty,
    Missing,
    Failed(String),
    Unknown,
}

impl<'a> Zones<'a> {
    /// The answers of these zones. Where two have the same apex, the last one counts.
    pub fn new(zones: impl IntoIterator<Item = &'a Zone>) -> Self {
        Self(zones.into_iter().map(|zone| (&zone.apex, zone)).collect())
    }

    /// The held zone whose name servers would answer for this name: the one with the longest apex at or above it. The
    /// name may still be below a zone cut of it.
    pub fn zone_of(&self, name: &Name) -> Option<&'a Zone> {
        let mut at = Some(name.clone());
        while let Some(apex) = at {
            if let Some(zone) = self.0.get(&apex) {
                return Some(zone);
            }
            at = apex.parent();
        }
        None
    }

    /// The records of this name and type, aliases followed.
    pub fn records(&self, name: &Name, rtype: RecordType) -> Answer<Rdata> {
        let mut at = name.clone();
        for _ in 0..=MOST_ALIASES {
            match self.step(&at, rtype) {
                Step::Found(rrset) => return Answer::of(rrset.values().to_vec()),
                Step::Alias(target) => at = target,
                Step::Empty => return Answer::Empty,
                Step::Missing => return Answer::Missing,
                Step::Failed(why) => return Answer::Failed(why),
                Step::Unknown => return Answer::Unknown,
            }
        }
        Answer::Failed(format!(
            "more than {MOST_ALIASES} aliases follow each other from {}",
            name.without_dot()
        ))
    }

    fn step(&self, name: &Name, rtype: RecordType) -> Step<'a> {
        let Some(zone) = self.zone_of(name) else { return Step::Unknown };
        // From the apex down: the first zone cut or DNAME on the way decides (RFC 1034 section 4.3.2 step 3).
        let mut way = Vec::new();
        let mut above = name.parent();
        while let Some(parent) = above.filter(|parent| parent.is_at_or_below(&zone.apex)) {
            above = parent.parent();
            way.push(parent);
        }
        for ancestor in way.iter().rev() {
            if *ancestor != zone.apex && zone.get(ancestor, RecordType::NS).is_some() {
                return Step::Unknown;
            }
            if let Some(target) = zone.get(ancestor, RecordType::DNAME).and_then(target) {
                return substituted(name, ancestor, &target);
            }
        }
        if *name != zone.apex && zone.get(name, RecordType::NS).is_some() {
            return Step::Unknown;
        }
        if zone.has_name(name) {
            return at_node(zone, name, rtype);
        }
        // The closest encloser is the nearest ancestor that exists (RFC 4592 section 3.3.1); the apex always does.
        let encloser = way.iter().find(|ancestor| **ancestor == zone.apex || zone.has_name(ancestor));
        match encloser.and_then(|encloser| encloser.child(b"*").ok()) {
            Some(wildcard) if zone.has_name(&wildcard) => at_node(zone, &wildcard, rtype),
            _ => Step::Missing,
        }
    }
}

/// What a name that exists has of this type.
fn at_node<'a>(zone: &'a Zone, name: &Name, rtype: RecordType) -> Step<'a> {
    if let Some(rrset) = zone.get(name, rtype) {
        return Step::Found(rrset);
    }
    if let Some(target) = zone.get(name, RecordType::CNAME).and_then(target) {
        return Step::Alias(target);
    }
    // Of a pseudo type the provider makes answers that the zone does not hold.
    for pseudo in zone.at(name).iter().filter(|rrset| rrset.rtype.is_pseudo()) {
        let made = pseudo.values().iter().filter_map(|value| value.bytes("type"));
        let mut made =
            made.filter_map(|text| String::from_utf8_lossy(&text).parse::<RecordType>().ok()).peekable();
        let addresses = made.peek().is_none() && matches!(rtype, RecordType::A | RecordType::AAAA);
        match target(pseudo) {
            Some(target) if addresses && pseudo.rtype == RecordType::ALIAS => return Step::Alias(target),
            _ if addresses || made.any(|made| made == rtype) => return Step::Unknown,
            _ => {}
        }
    }
    Step::Empty
}

fn target(rrset: &RRset) -> Option<Name> {
    rrset.values().first()?.target()
}

/// The alias that a DNAME makes of a name below its owner (RFC 6672 section 2.2).
fn substituted<'a>(name: &Name, owner: &Name, target: &Name) -> Step<'a> {
    let keep = name.label_count().saturating_sub(owner.label_count());
    let labels: Vec<_> = name.labels().take(keep).chain(target.labels()).collect();
    match Name::from_labels(labels.iter().map(|label| &**label)) {
        Ok(name) => Step::Alias(name),
        // The name servers answer YXDOMAIN.
        Err(error) => Step::Failed(format!("the DNAME at {} makes no name: {error}", owner.without_dot())),
    }
}

impl Resolver for Zones<'_> {
    fn texts(&self, name: &Name) -> Answer<Vec<u8>> {
        self.records(name, RecordType::TXT).map(|rdata| Some(rdata.joined_text()))
    }

    fn ipv4(&self, name: &Name) -> Answer<Ipv4Addr> {
        self.records(name, RecordType::A).map(|rdata| ipv4(&rdata))
    }

    fn ipv6(&self, name: &Name) -> Answer<Ipv6Addr> {
        self.records(name, RecordType::AAAA).map(|rdata| ipv6(&rdata))
    }

    fn mail_exchangers(&self, name: &Name) -> Answer<(u16, Name)> {
        self.records(name, RecordType::MX).map(|rdata| exchange(&rdata))
    }

    fn pointers(&self, address: IpAddr) -> Answer<Name> {
        self.records(&reverse_name(address), RecordType::PTR).map(|rdata| rdata.target())
    }
}

/// The address of an A record.
pub(super) fn ipv4(rdata: &Rdata) -> Option<Ipv4Addr> {
    match rdata.ip()? {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

/// The address of an AAAA record.
pub(super) fn ipv6(rdata: &Rdata) -> Option<Ipv6Addr> {
    match rdata.ip()? {
        IpAddr::V6(address) => Some(address),
        IpAddr::V4(_) => None,
    }
}

/// Preference and exchange of an MX record.
pub(super) fn exchange(rdata: &Rdata) -> Option<(u16, Name)> {
    Some((u16::try_from(rdata.number("preference")?).ok()?, rdata.target()?))
}

#[cfg(test)]
#[path = "zones_tests.rs"]
mod tests;

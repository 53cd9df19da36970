//! Answers from zones that are held.

use super::{Answer, Resolver, reverse_name};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Zone};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// Answers from held zones as their name servers would give them (RFC 1034 section 4.3.2): wildcards (RFC 4592), aliases
/// (CNAME, and DNAME of RFC 6672) and zone cuts. What is below a zone cut or in no held zone is [`Answer::Unknown`].
#[derive(Debug, Clone, Default)]
pub struct Zones<'a> {
    held: Arc<HashMap<&'a Name, &'a Zone>>,
    /// Looked at instead of the held zone with the same apex.
    over: Option<(&'a Zone, &'a dyn Gaps)>,
}

/// What is not known of a zone that is held.
pub trait Gaps: std::fmt::Debug + Sync {
    /// Whether an RRset may be there although the zone does not have it: then nobody can answer for it.
    fn may_have(&self, name: &Name, rtype: RecordType) -> bool;
}

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
        Self { held: Arc::new(zones.into_iter().map(|zone| (&zone.apex, zone)).collect()), over: None }
    }

    /// The same zones with this one in the place of the one with its apex. Nothing is copied.
    #[must_use]
    pub fn over<'b>(&self, zone: &'b Zone, gaps: &'b dyn Gaps) -> Zones<'b>
    where
        'a: 'b,
    {
        Zones { held: Arc::clone(&self.held), over: Some((zone, gaps)) }
    }

    /// The held zone whose name servers would answer for this name: the one with the longest apex at or above it. The
    /// name may still be below a zone cut of it.
    pub fn zone_of(&self, name: &Name) -> Option<&'a Zone> {
        let mut at = Some(name.clone());
        while let Some(apex) = at {
            match self.over {
                Some((zone, _)) if zone.apex == apex => return Some(zone),
                _ => {}
            }
            if let Some(zone) = self.held.get(&apex) {
                return Some(zone);
            }
            at = apex.parent();
        }
        None
    }

    /// The records of this name and type, aliases followed.
    pub fn records(&self, name: &Name, rtype: RecordType) -> Answer<Rdata> {
        self.search(name, rtype).0
    }

    /// The same, and the name at the end of the aliases.
    pub fn search(&self, name: &Name, rtype: RecordType) -> (Answer<Rdata>, Name) {
        let mut at = name.clone();
        for _ in 0..=MOST_ALIASES {
            let answer = match self.step(&at, rtype) {
                Step::Alias(target) => {
                    at = target;
                    continue;
                }
                Step::Found(rrset) => Answer::of(rrset.values().to_vec()),
                Step::Empty | Step::Missing if self.may_have(&at, rtype) => Answer::Unknown,
                Step::Empty => Answer::Empty,
                Step::Missing => Answer::Missing,
                Step::Failed(why) => Answer::Failed(why),
                Step::Unknown => Answer::Unknown,
            };
            return (answer, at);
        }
        let why = format!("more than {MOST_ALIASES} aliases follow each other from {}", name.without_dot());
        (Answer::Failed(why), at)
    }

    fn may_have(&self, name: &Name, rtype: RecordType) -> bool {
        self.over.is_some_and(|(zone, gaps)| {
            let own = self.zone_of(name).is_some_and(|found| found.apex == zone.apex);
            own && (gaps.may_have(name, rtype) || gaps.may_have(name, RecordType::CNAME))
        })
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

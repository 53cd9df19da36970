//! Answers from zones that are held.

use super::{Answer, Held, Resolver, Spot, reverse_name};
use dnsctl_zone::{Name, RRset, Rdata, RecordType};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// Answers from held zones as their name servers would give them (RFC 1034 section 4.3.2): wildcards (RFC 4592), aliases
/// (CNAME, and DNAME of RFC 6672) and zone cuts. What is below a zone cut, in no held zone, or in a gap of one is
/// [`Answer::Unknown`], and so is what is not there where a delegation or a DNAME above it may be in a gap.
#[derive(Debug, Clone, Default)]
pub struct Zones<'a> {
    held: Arc<HashMap<&'a Name, &'a dyn Held>>,
    /// Looked at instead of the held zone with the same apex.
    over: Option<&'a dyn Held>,
}

/// How many aliases are followed. BIND stops at 16; a loop must end.
pub const MOST_ALIASES: usize = 16;

/// What a name that exists has of a type.
enum Step<'a> {
    Found(&'a RRset),
    Alias(Name),
    Empty,
    Unknown,
}

impl<'a> Zones<'a> {
    /// The answers of these zones. Where two have the same apex, the last one counts.
    pub fn new<H: Held + 'a>(zones: impl IntoIterator<Item = &'a H>) -> Self {
        let zones = zones.into_iter().map(|zone| (zone.apex(), zone as &dyn Held));
        Self { held: Arc::new(zones.collect()), over: None }
    }

    /// The same zones with this one in the place of the one with its apex. It answers for its names whether or not the zone
    /// above delegates to it. Nothing is copied.
    #[must_use]
    pub fn over<'b>(&self, zone: &'b dyn Held) -> Zones<'b>
    where
        'a: 'b,
    {
        Zones { held: Arc::<HashMap<&'a Name, &'a dyn Held>>::clone(&self.held), over: Some(zone) }
    }

    /// The held zone with the longest apex at or above a name. The name may still be below a zone cut of it.
    pub fn zone_of(&self, name: &Name) -> Option<&'a dyn Held> {
        let mut at = Some(name.clone());
        while let Some(apex) = at {
            if let Some(zone) = self.get(&apex) {
                return Some(zone);
            }
            at = apex.parent();
        }
        None
    }

    /// The held zone with this apex.
    pub(super) fn get(&self, apex: &Name) -> Option<&'a dyn Held> {
        let over = self.over.filter(|zone| zone.apex() == apex);
        over.or_else(|| self.held.get(apex).copied())
    }

    /// Whether this is the apex of the zone that is looked at instead of a held one.
    pub(super) fn is_over(&self, apex: &Name) -> bool {
        self.over.is_some_and(|zone| zone.apex() == apex)
    }

    /// The records of this name and type, aliases followed.
    pub fn records(&self, name: &Name, rtype: RecordType) -> Answer<Rdata> {
        self.search(name, rtype).0
    }

    /// The same, and the name at the end of the aliases.
    pub fn search(&self, name: &Name, rtype: RecordType) -> (Answer<Rdata>, Name) {
        let mut at = name.clone();
        for _ in 0..=MOST_ALIASES {
            let gap = |name: &Name| {
                let types = [rtype, RecordType::CNAME];
                types.into_iter().any(|rtype| self.may_have(name, rtype).is_some())
            };
            let answer = match self.spot(&at) {
                Spot::Alias(target) => {
                    at = target;
                    continue;
                }
                // What stands for the name only when the name is not there.
                Spot::Node(_, owner) if owner != at && self.may_hide(&owner, &at).is_some() => {
                    Answer::Unknown
                }
                Spot::Node(zone, owner) => match at_node(zone, &owner, rtype) {
                    Step::Alias(target) => {
                        at = target;
                        continue;
                    }
                    Step::Found(rrset) => Answer::of(rrset.values().to_vec()),
                    Step::Empty if gap(&at) || owner != at && gap(&owner) => Answer::Unknown,
                    Step::Empty => Answer::Empty,
                    Step::Unknown => Answer::Unknown,
                },
                Spot::Missing if gap(&at) => Answer::Unknown,
                Spot::Missing => Answer::Missing,
                Spot::Failed(why) => Answer::Failed(why),
                Spot::Delegated(..) | Spot::Outside => Answer::Unknown,
            };
            return (answer, at);
        }
        let why = format!("more than {MOST_ALIASES} aliases follow each other from {}", name.without_dot());
        (Answer::Failed(why), at)
    }
}

/// What a name that exists has of this type.
fn at_node<'a>(zone: &'a dyn Held, name: &Name, rtype: RecordType) -> Step<'a> {
    let zone = zone.records();
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

//! Where held zones have the answer about a name.

use super::Zones;
use dnsctl_zone::{Name, Place, RecordType, Records, Zone, place};

/// A zone that is held, with what is known of its gaps.
pub trait Held: Records + std::fmt::Debug + Sync {
    /// Its RRsets.
    fn records(&self) -> &Zone;

    /// Why an RRset may be there although the zone does not have it, in words for a person: then nobody can say that there is
    /// none. `None`: there is none.
    fn may_have(&self, _name: &Name, _rtype: RecordType) -> Option<String> {
        None
    }

    /// The same for RRsets of any type at a name.
    fn may_exist(&self, _name: &Name) -> Option<String> {
        None
    }
}

impl Held for Zone {
    fn records(&self) -> &Zone {
        self
    }
}

/// What is at a name, before aliases that stand there are followed.
#[derive(Debug, Clone)]
pub enum Spot<'a> {
    /// The name exists: at this owner name, which is the name itself or the wildcard that stands for it (RFC 4592 section 3.3.1).
    Node(&'a dyn Held, Name),
    /// It is another name: what a DNAME makes of it (RFC 6672 section 2.2).
    Alias(Name),
    /// A DNAME makes no name of it; in words for a person.
    Failed(String),
    /// The name does not exist.
    Missing,
    /// At or below this delegation of the zone: servers of a zone that is not held answer.
    Delegated(&'a dyn Held, Name),
    /// It is in no zone that is held.
    Outside,
}

/// The held zone that answers for a name.
struct Answering<'a> {
    zone: &'a dyn Held,
    /// The uppermost held zone between that and the name: no zone above delegates to it.
    passed: Option<&'a dyn Held>,
}

impl<'a> Zones<'a> {
    /// What is at a name, as the name servers of the held zones find it (RFC 1034 section 4.3.2).
    pub fn spot(&self, name: &Name) -> Spot<'a> {
        let Some(Answering { zone, .. }) = self.answering(name) else { return Spot::Outside };
        match place(zone, name) {
            Place::At(owner) => Spot::Node(zone, owner),
            Place::Missing => Spot::Missing,
            Place::Delegated(cut) => Spot::Delegated(zone, cut),
            Place::Redirected(owner) => {
                let dname = zone.records().get(&owner, RecordType::DNAME);
                match dname.and_then(|dname| dname.values().first()?.target()) {
                    Some(target) => substituted(name, &owner, &target),
                    // A provider keeps it, and nobody can read it.
                    None => Spot::Delegated(zone, owner),
                }
            }
            Place::Outside => Spot::Outside,
        }
    }

    /// Why an RRset may be at a name although the zone that answers for it does not have it, in words for a person. `None`:
    /// there is none.
    pub fn may_have(&self, name: &Name, rtype: RecordType) -> Option<String> {
        let answering = self.answering(name)?;
        answering.zone.may_have(name, rtype).or_else(|| answering.elsewhere(name))
    }

    /// Why a wildcard (its owner name) may not be the one that answers for a name: the name, or one between the two, may be
    /// there itself (RFC 4592 section 3.3.1). What may be below the name is not looked at: it would be in doubt wherever names
    /// such as those of ACME challenges are ignored.
    pub fn may_hide(&self, wildcard: &Name, name: &Name) -> Option<String> {
        let answering = self.answering(name)?;
        let parent = wildcard.parent()?;
        let between = std::iter::successors(Some(name.clone()), Name::parent);
        let mut between = between.take_while(|name| name.is_below(&parent));
        let there = between.find_map(|name| answering.zone.may_exist(&name));
        there.or_else(|| answering.elsewhere(name))
    }

    /// From the uppermost zone down: one that is held is asked when the one above delegates to it.
    fn answering(&self, name: &Name) -> Option<Answering<'a>> {
        let mut zones = Vec::new();
        let mut at = Some(name.clone());
        while let Some(apex) = at {
            zones.extend(self.get(&apex));
            at = apex.parent();
        }
        let mut found = Answering { zone: zones.pop()?, passed: None };
        while let Some(below) = zones.pop() {
            if self.is_over(below.apex()) || delegates(found.zone, below.apex()) {
                found = Answering { zone: below, passed: None };
            } else {
                found.passed.get_or_insert(below);
            }
        }
        Some(found)
    }
}

impl Answering<'_> {
    /// Why another zone may answer for a name to which nothing is known to delegate: a delegation or a DNAME may be above it.
    fn elsewhere(&self, name: &Name) -> Option<String> {
        let zone = self.zone;
        if let Some(passed) = self.passed {
            let (below, above) = (passed.apex().without_dot(), zone.apex().without_dot());
            return Some(format!("{above} has no NS records for {below}, which is held here"));
        }
        let above = std::iter::successors(Some(name.clone()), Name::parent);
        let mut above = above.take_while(|at| at.is_at_or_below(zone.apex()));
        above.find_map(|at| {
            let cut = if at == *zone.apex() { None } else { zone.may_have(&at, RecordType::NS) };
            // Nothing stands below a DNAME (RFC 6672 section 2.4).
            let alias = || match at == *name || has_below(zone.records(), &at) {
                true => None,
                false => zone.may_have(&at, RecordType::DNAME),
            };
            cut.or_else(alias)
        })
    }
}

/// Whether there are records below a name.
fn has_below(zone: &Zone, name: &Name) -> bool {
    let rrsets = zone.rrsets();
    let next = rrsets.get(rrsets.partition_point(|rrset| rrset.name <= *name));
    next.is_some_and(|rrset| rrset.name.is_below(name))
}

/// Whether a zone delegates to one below it, or to one between them that is not held, or may.
fn delegates(zone: &dyn Held, apex: &Name) -> bool {
    let between = || std::iter::successors(Some(apex.clone()), Name::parent);
    matches!(place(zone, apex), Place::Delegated(_))
        || between()
            .take_while(|name| name.is_below(zone.apex()))
            .any(|name| zone.may_have(&name, RecordType::NS).is_some())
}

/// The alias that a DNAME makes of a name below its owner.
fn substituted<'a>(name: &Name, owner: &Name, target: &Name) -> Spot<'a> {
    let keep = name.label_count().saturating_sub(owner.label_count());
    let labels: Vec<_> = name.labels().take(keep).chain(target.labels()).collect();
    match Name::from_labels(labels.iter().map(|label| &**label)) {
        Ok(name) => Spot::Alias(name),
        // The name servers answer YXDOMAIN.
        Err(error) => Spot::Failed(format!("the DNAME at {} makes no name: {error}", owner.without_dot())),
    }
}

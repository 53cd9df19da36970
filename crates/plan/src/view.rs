//! A zone as it would be with some changes made to it.

use crate::Change;
use dnsctl_zone::{Kept, Live, Name, RRset, RecordType};
use std::collections::HashMap;

/// The zone of a provider with changes laid over it, without a copy of either.
#[derive(Debug)]
pub struct View<'a> {
    live: &'a Live,
    changes: HashMap<(&'a Name, RecordType), &'a Change>,
    names: HashMap<&'a Name, Vec<&'a Change>>,
}

/// What a name has to offer to one who looks for its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// There is one, or a provider makes one up when asked.
    Some,
    /// The name is an alias (CNAME).
    Alias,
    /// There is none.
    None,
    /// Another zone answers for it, or a rule that this view cannot follow.
    Elsewhere,
}

impl<'a> View<'a> {
    /// The zone before the changes.
    pub fn before(live: &'a Live) -> Self {
        Self::after(live, &[])
    }

    /// The zone after the changes.
    pub fn after(live: &'a Live, changes: &'a [Change]) -> Self {
        let mut names: HashMap<_, Vec<_>> = HashMap::new();
        for change in changes {
            names.entry(&change.name).or_default().push(change);
        }
        Self {
            live,
            changes: changes.iter().map(|change| ((&change.name, change.rtype), change)).collect(),
            names,
        }
    }

    /// The name of the zone.
    pub fn apex(&self) -> &'a Name {
        &self.live.zone.apex
    }

    /// The RRset of this owner name and type.
    pub fn get(&self, name: &Name, rtype: RecordType) -> Option<&'a RRset> {
        match self.changes.get(&(name, rtype)) {
            Some(change) => change.after.as_ref(),
            None => self.live.zone.get(name, rtype),
        }
    }

    /// All RRsets: those of the provider as changed, then the new ones.
    pub fn rrsets(&self) -> impl Iterator<Item = &'a RRset> {
        let kept = self.live.zone.rrsets().iter().filter_map(|rrset| match self.changes.get(&rrset.key()) {
            Some(change) => change.after.as_ref(),
            None => Some(rrset),
        });
        let new = self.changes.values().filter(|change| change.before.is_none());
        kept.chain(new.filter_map(|change| change.after.as_ref()))
    }

    /// Whether there is anything at all in the zone but its SOA and apex NS.
    pub fn is_empty(&self) -> bool {
        let apex = self.apex();
        let own = |rrset: &&RRset| {
            !(rrset.name == *apex && matches!(rrset.rtype, RecordType::SOA | RecordType::NS))
        };
        !self.rrsets().any(|rrset| own(&rrset)) && self.live.kept.is_empty()
    }

    /// What one finds who looks for an address of this name, without a look at other zones.
    pub fn addresses(&self, name: &Name) -> Addresses {
        if !name.is_below(self.apex()) && name != self.apex() {
            return Addresses::Elsewhere;
        }
        let mut above = name.parent().filter(|_| name != self.apex());
        while let Some(at) = above.filter(|at| at.is_below(self.apex())) {
            // Below a zone cut another zone answers, and only glue can stand here (RFC 2181 section 6).
            if self.get(&at, RecordType::NS).is_some() {
                return if self.has_address(name) { Addresses::Some } else { Addresses::Elsewhere };
            }
            if self.get(&at, RecordType::DNAME).is_some() {
                return Addresses::Elsewhere;
            }
            above = at.parent();
        }
        if self.exists(name) {
            return self.own_addresses(name);
        }
        // RFC 4592 section 3.3.1: the wildcard below the closest name that exists.
        let mut encloser = name.parent();
        while let Some(parent) = encloser {
            if parent == *self.apex() || self.exists(&parent) {
                let wildcard = parent.child(b"*");
                return wildcard.map_or(Addresses::None, |wildcard| self.own_addresses(&wildcard));
            }
            encloser = parent.parent();
        }
        Addresses::None
    }

    fn own_addresses(&self, name: &Name) -> Addresses {
        if self.has_address(name) {
            Addresses::Some
        } else if self.get(name, RecordType::CNAME).is_some() || self.kept_at(name, RecordType::CNAME) {
            Addresses::Alias
        } else {
            Addresses::None
        }
    }

    fn has_address(&self, name: &Name) -> bool {
        let types =
            [RecordType::A, RecordType::AAAA, RecordType::ALIAS, RecordType::LUA, RecordType::ROUTE53_ALIAS];
        types.iter().any(|rtype| self.get(name, *rtype).is_some())
            || [RecordType::A, RecordType::AAAA].iter().any(|rtype| self.kept_at(name, *rtype))
    }

    fn kept_at(&self, name: &Name, rtype: RecordType) -> bool {
        self.live.kept.iter().any(|Kept { name: kept, rtype: of, .. }| kept == name && *of == rtype)
    }

    /// Whether the name or one below it has records.
    fn exists(&self, name: &Name) -> bool {
        let unchanged =
            |rrset: &RRset| self.changes.get(&rrset.key()).is_none_or(|change| change.after.is_some());
        if self.live.zone.at(name).iter().any(unchanged) {
            return true;
        }
        if self.names.get(name).is_some_and(|changes| changes.iter().any(|change| change.after.is_some())) {
            return true;
        }
        // Rare: an empty non-terminal. Changes that delete what is below are not worth a second index.
        self.live.zone.has_name(name) || self.names.keys().any(|other| other.is_below(name))
    }
}

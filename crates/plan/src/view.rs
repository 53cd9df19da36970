//! A zone as it would be with some changes made to it.

use crate::Change;
use dnsctl_zone::{Kept, Live, Name, Place, RRset, Rdata, RecordType, Records, place};

/// The zone of a provider with changes laid over it, without a copy of either.
#[derive(Debug)]
pub struct View<'a> {
    live: &'a Live,
    /// In canonical order of owner name and type.
    changes: Vec<&'a Change>,
}

/// The types that can give a name an address; of the last three a provider makes one up when it is asked.
pub(crate) const ADDRESSES: [RecordType; 5] =
    [RecordType::A, RecordType::AAAA, RecordType::ALIAS, RecordType::LUA, RecordType::ROUTE53_ALIAS];

/// Whether an RRset gives its name an address. LUA and ROUTE53_ALIAS records say first what type they answer with, which
/// can be TXT or MX as well.
pub(crate) fn gives_address(rrset: &RRset) -> bool {
    let answers = |value: &Rdata| {
        let text = value.to_string();
        let word = text.split_ascii_whitespace().next().unwrap_or_default();
        ["A", "AAAA", "CNAME"].iter().any(|rtype| word.eq_ignore_ascii_case(rtype))
    };
    match rrset.rtype {
        RecordType::LUA | RecordType::ROUTE53_ALIAS => rrset.values().iter().any(answers),
        rtype => ADDRESSES.contains(&rtype),
    }
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
        let mut changes: Vec<&Change> = changes.iter().collect();
        changes.sort_by(|a, b| (&a.name, a.rtype).cmp(&(&b.name, b.rtype)));
        Self { live, changes }
    }

    /// The name of the zone.
    pub fn apex(&self) -> &'a Name {
        &self.live.zone.apex
    }

    /// The RRset of this owner name and type.
    pub fn get(&self, name: &Name, rtype: RecordType) -> Option<&'a RRset> {
        match self.change((name, rtype)) {
            Some(change) => change.after.as_ref(),
            None => self.live.zone.get(name, rtype),
        }
    }

    /// Whether an RRset of the provider is not changed.
    pub fn keeps(&self, rrset: &RRset) -> bool {
        self.change(rrset.key()).is_none()
    }

    fn change(&self, key: (&Name, RecordType)) -> Option<&'a Change> {
        let place = self.changes.binary_search_by(|change| (&change.name, change.rtype).cmp(&key)).ok()?;
        self.changes.get(place).copied()
    }

    /// All RRsets: those of the provider as changed, then the new ones.
    pub fn rrsets(&self) -> impl Iterator<Item = &'a RRset> {
        let kept = self.live.zone.rrsets().iter().filter_map(|rrset| match self.change(rrset.key()) {
            Some(change) => change.after.as_ref(),
            None => Some(rrset),
        });
        let new = self.changes.iter().filter(|change| change.before.is_none());
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
        self.address_owner(name).0
    }

    /// The same, with the owner name of the records that answer: the name itself, or a wildcard.
    pub fn address_owner(&self, name: &Name) -> (Addresses, Option<Name>) {
        match place(self, name) {
            Place::At(owner) => (self.own_addresses(&owner), Some(owner)),
            Place::Missing => (Addresses::None, None),
            // Only glue can stand there (RFC 2181 section 6).
            Place::Delegated(_) if self.has_address(name) => (Addresses::Some, Some(name.clone())),
            Place::Delegated(_) | Place::Redirected(_) | Place::Outside => (Addresses::Elsewhere, None),
        }
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

    /// Whether there is a record at this very name that gives it an address.
    pub(crate) fn has_address(&self, name: &Name) -> bool {
        ADDRESSES.iter().any(|rtype| self.get(name, *rtype).is_some_and(gives_address))
            || [RecordType::A, RecordType::AAAA].iter().any(|rtype| self.kept_at(name, *rtype))
    }

    fn kept_at(&self, name: &Name, rtype: RecordType) -> bool {
        self.live.kept.iter().any(|Kept { name: kept, rtype: of, .. }| kept == name && *of == rtype)
    }
}

impl Records for View<'_> {
    fn apex(&self) -> &Name {
        View::apex(self)
    }

    fn has(&self, name: &Name, rtype: RecordType) -> bool {
        self.get(name, rtype).is_some()
    }

    fn exists(&self, name: &Name) -> bool {
        let rrsets = self.live.zone.rrsets();
        let start = rrsets.partition_point(|rrset| rrset.name < *name);
        let mut lives = rrsets.iter().skip(start).take_while(|rrset| rrset.name.is_at_or_below(name));
        let start = self.changes.partition_point(|change| change.name < *name);
        let mut changes =
            self.changes.iter().skip(start).take_while(|change| change.name.is_at_or_below(name));
        changes.any(|change| change.after.is_some())
            || lives.any(|rrset| self.keeps(rrset))
            || self.live.kept.iter().any(|kept| kept.name.is_at_or_below(name))
    }
}

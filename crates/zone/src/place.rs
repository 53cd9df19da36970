//! Where the answer about a name comes from.

use crate::{Live, Name, RecordType, Zone};

/// The records of one zone, as far as looking for a name needs them.
pub trait Records {
    /// The name of the zone.
    fn apex(&self) -> &Name;
    /// Whether there is such an RRset.
    fn has(&self, name: &Name, rtype: RecordType) -> bool;
    /// Whether there is an RRset at this name or below it (RFC 4592 section 2.2.2).
    fn exists(&self, name: &Name) -> bool;
}

/// Where a name server that holds a zone finds the answer about a name (RFC 1034 section 4.3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At this owner name: the name itself, or the wildcard that stands for it (RFC 4592 section 3.3.1).
    At(Name),
    /// The name does not exist.
    Missing,
    /// At or below this delegation: the servers of another zone answer, and only glue stands here.
    Delegated(Name),
    /// Below this DNAME, which redirects it (RFC 6672).
    Redirected(Name),
    /// Not in the zone.
    Outside,
}

/// Where the answer about `name` comes from.
pub fn place(records: &(impl Records + ?Sized), name: &Name) -> Place {
    let apex = records.apex();
    if !name.is_at_or_below(apex) {
        return Place::Outside;
    }
    // The delegation or redirection nearest to the apex decides.
    let mut found = None;
    let mut above = Some(name.clone());
    while let Some(at) = above.filter(|at| at.is_at_or_below(apex)) {
        if at != *apex && records.has(&at, RecordType::NS) {
            found = Some(Place::Delegated(at.clone()));
        } else if at != *name && records.has(&at, RecordType::DNAME) {
            found = Some(Place::Redirected(at.clone()));
        }
        above = at.parent();
    }
    if let Some(found) = found {
        return found;
    }
    if name == apex || records.exists(name) {
        return Place::At(name.clone());
    }
    let mut encloser = name.parent();
    while let Some(parent) = encloser {
        if parent == *apex || records.exists(&parent) {
            let wildcard = parent.child(b"*").ok().filter(|wildcard| records.exists(wildcard));
            return wildcard.map_or(Place::Missing, Place::At);
        }
        encloser = parent.parent();
    }
    Place::Missing
}

impl Records for Zone {
    fn apex(&self) -> &Name {
        &self.apex
    }

    fn has(&self, name: &Name, rtype: RecordType) -> bool {
        self.get(name, rtype).is_some()
    }

    fn exists(&self, name: &Name) -> bool {
        self.has_name(name)
    }
}

impl Records for Live {
    fn apex(&self) -> &Name {
        &self.zone.apex
    }

    fn has(&self, name: &Name, rtype: RecordType) -> bool {
        self.zone.has(name, rtype) || self.kept.iter().any(|kept| kept.name == *name && kept.rtype == rtype)
    }

    fn exists(&self, name: &Name) -> bool {
        self.zone.has_name(name) || self.kept.iter().any(|kept| kept.name.is_at_or_below(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RRset, Rdata, Ttl};

    fn name(text: &str) -> Name {
        Name::absolute(text).unwrap()
    }

    fn zone() -> Zone {
        let a = |owner: &str| (owner.to_owned(), RecordType::A, "192.0.2.1");
        let records = [
            a("www.example.com"),
            a("*.example.com"),
            a("x.*.example.com"),
            a("deep.ent.example.com"),
            ("sub.example.com".to_owned(), RecordType::NS, "ns.sub.example.com."),
            a("ns.sub.example.com"),
            ("lower.sub.example.com".to_owned(), RecordType::DNAME, "example.net."),
            ("old.example.com".to_owned(), RecordType::DNAME, "example.net."),
            ("cut.old.example.com".to_owned(), RecordType::NS, "example.net."),
        ];
        let rrsets = records.into_iter().map(|(owner, rtype, text)| {
            let value =
                Rdata::parse(rtype, text, crate::Names { origin: &name("example.com"), strict: false })
                    .unwrap();
            RRset::new(name(&owner), rtype, Ttl::default(), vec![value])
        });
        Zone::new(name("example.com"), rrsets.collect())
    }

    #[test]
    fn names_are_found_as_a_server_finds_them() {
        let zone = zone();
        let at = |text: &str| Place::At(name(text));
        for (asked, expected) in [
            ("example.com", at("example.com")),
            ("www.example.com", at("www.example.com")),
            ("ent.example.com", at("ent.example.com")),
            ("other.example.com", at("*.example.com")),
            ("other.ent.example.com", Place::Missing),
            ("below.www.example.com", Place::Missing),
            ("sub.example.com", Place::Delegated(name("sub.example.com"))),
            ("ns.sub.example.com", Place::Delegated(name("sub.example.com"))),
            ("a.lower.sub.example.com", Place::Delegated(name("sub.example.com"))),
            ("old.example.com", at("old.example.com")),
            ("a.old.example.com", Place::Redirected(name("old.example.com"))),
            ("a.cut.old.example.com", Place::Redirected(name("old.example.com"))),
            ("example.net", Place::Outside),
            ("com", Place::Outside),
        ] {
            assert_eq!(place(&zone, &name(asked)), expected, "{asked}");
        }
    }
}

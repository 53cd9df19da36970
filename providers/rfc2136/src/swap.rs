//! A CNAME that takes the place of other data.
//!
//! A server drops a CNAME in silence that would stand beside other data (RFC 2136 section 3.4.2.2), after it has deleted
//! what was to make room. RFC 2136 has no prerequisite "nothing but this is at the name", so each type that must not be
//! there is named.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use dnsctl_provider::RRsetChange;
use dnsctl_zone::{Name, RecordType};

use crate::batch::{CAPACITY, RECORD, weigh};

/// All types with a name that may not stand beside a CNAME, the usual ones first. SIG, KEY and NXT are the forerunners of
/// those that may (RFC 4034 section 3, RFC 2535); SOA and NSEC3PARAM are at the apex only. NSEC3 records have names of
/// their own, and BIND 9.18 answers SERVFAIL to a condition about them.
static BESIDE: LazyLock<Vec<RecordType>> = LazyLock::new(|| {
    const USUAL: [RecordType; 10] = [
        RecordType::A,
        RecordType::AAAA,
        RecordType::TXT,
        RecordType::MX,
        RecordType::NS,
        RecordType::CAA,
        RecordType::SRV,
        RecordType::HTTPS,
        RecordType::TLSA,
        RecordType::SSHFP,
    ];
    const NOT: [&str; 9] = ["CNAME", "SOA", "SIG", "KEY", "NXT", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"];
    let not: HashSet<RecordType> = NOT.iter().filter_map(|name| name.parse().ok()).chain(USUAL).collect();
    let others = RecordType::other_names().filter_map(|name| name.parse().ok());
    let rest = RecordType::known().chain(others).filter(|rtype| !not.contains(rtype));
    USUAL.into_iter().chain(rest).collect()
});

/// The names at which a batch changes or deletes something, and what.
#[derive(Debug)]
pub(crate) struct Leaving<'a> {
    names: HashSet<&'a Name>,
    rrsets: HashSet<(&'a Name, RecordType)>,
    /// How many types are named for each swap.
    named: usize,
}

impl<'a> Leaving<'a> {
    pub(crate) fn of(changes: &'a [RRsetChange]) -> Self {
        let gone = || changes.iter().filter(|change| change.before.is_some());
        let mut leaving = Self {
            names: gone().map(|change| &change.name).collect(),
            rrsets: gone().map(|change| (&change.name, change.rtype)).collect(),
            named: 0,
        };
        let swaps = changes.iter().filter(|change| leaving.swaps(change));
        let each: usize = swaps.map(|change| change.name.wire_len() + RECORD).sum();
        let room = CAPACITY.saturating_sub(changes.iter().map(weigh).sum());
        leaving.named = room.checked_div(each).unwrap_or(0).min(BESIDE.len());
        leaving
    }

    /// Whether something at this name is changed or deleted.
    pub(crate) fn at(&self, name: &Name) -> bool {
        self.names.contains(name)
    }

    /// Whether this is a CNAME that takes the place of other data.
    pub(crate) fn swaps(&self, change: &RRsetChange) -> bool {
        change.rtype == RecordType::CNAME && change.before.is_none() && self.at(&change.name)
    }

    /// The types that must not be there for it, as many as fit into the message.
    pub(crate) fn beside(&self, name: &'a Name) -> impl Iterator<Item = RecordType> + use<'_, 'a> {
        let stays = move |rtype: &RecordType| !self.rrsets.contains(&(name, *rtype));
        BESIDE.iter().copied().take(self.named).filter(stays)
    }

    fn is_whole(&self, changes: &[RRsetChange]) -> bool {
        self.named == BESIDE.len() || !changes.iter().any(|change| self.swaps(change))
    }
}

/// The messages for a batch: one, unless more CNAMEs take the place of other data than one has room to guard. It is cut
/// between groups only.
pub(crate) fn messages(changes: &[RRsetChange]) -> Vec<Range<usize>> {
    let mut done = Vec::new();
    let mut open: Vec<_> = std::iter::once(0..changes.len()).collect();
    while let Some(range) = open.pop() {
        let part = changes.get(range.clone()).unwrap_or_default();
        match middle(part).filter(|_| !Leaving::of(part).is_whole(part)) {
            Some(cut) => {
                let cut = range.start + cut;
                open.extend([cut..range.end, range.start..cut]);
            }
            None => done.push(range),
        }
    }
    done
}

/// The place nearest to the middle that separates no group.
fn middle(changes: &[RRsetChange]) -> Option<usize> {
    let between = changes.windows(2).enumerate().filter_map(|(index, pair)| match pair {
        [one, next] if one.group != next.group => Some(index + 1),
        _ => None,
    });
    between.min_by_key(|place| place.abs_diff(changes.len() / 2))
}

#[cfg(test)]
mod tests {
    use dnsctl_zone::{Names, RRset, Rdata, Ttl};

    use super::*;
    use crate::batch::update;

    fn apex() -> Name {
        "example.org".parse().expect("name")
    }

    fn change(owner: &str, group: u32, rtype: RecordType, before: &[&str], after: &[&str]) -> RRsetChange {
        let origin = apex();
        let names = Names { origin: &origin, strict: false };
        let name = Name::parse(owner, names).expect("name");
        let side = |texts: &[&str]| {
            let values = texts.iter().map(|text| Rdata::parse(rtype, text, names).expect("rdata")).collect();
            (!texts.is_empty()).then(|| RRset::new(name.clone(), rtype, Ttl::MAX, values))
        };
        RRsetChange { name: name.clone(), rtype, before: side(before), after: side(after), group }
    }

    fn swap(owner: &str, group: u32) -> [RRsetChange; 2] {
        [
            change(owner, group, RecordType::A, &["192.0.2.1"], &[]),
            change(owner, group, RecordType::CNAME, &[], &["other"]),
        ]
    }

    #[test]
    fn all_types_but_those_that_leave_are_forbidden() {
        let named: HashSet<_> = BESIDE.iter().collect();
        assert_eq!(named.len(), BESIDE.len());
        for kept in [RecordType::CNAME, RecordType::RRSIG, RecordType::NSEC, RecordType::SOA] {
            assert!(!named.contains(&kept), "{kept}");
        }
        let changes = swap("www", 0);
        let leaving = Leaving::of(&changes);
        let beside: Vec<_> = leaving.beside(&changes[0].name).collect();
        assert_eq!(beside.len(), BESIDE.len() - 1);
        assert!(!beside.contains(&RecordType::A) && beside.contains(&RecordType::TXT));
        // A CNAME at a free name needs none of it.
        assert!(!Leaving::of(&changes[1..]).swaps(&changes[1]));
    }

    #[test]
    fn swaps_that_do_not_fit_are_cut_between_groups() {
        let many: Vec<_> = (0..200).flat_map(|number| swap(&format!("host{number}"), number)).collect();
        let messages = messages(&many);
        assert!(messages.len() > 1);
        assert_eq!(
            messages.iter().cloned().flatten().collect::<Vec<_>>(),
            (0..many.len()).collect::<Vec<_>>()
        );
        for range in messages {
            assert_eq!(range.start % 2, 0, "{range:?}");
            let part = &many[range];
            assert!(Leaving::of(part).is_whole(part));
            let size = update(&apex(), part, None).expect("update").size();
            assert!(size <= CAPACITY, "{size}");
        }
        // One group: fewer types are named, and it still fits.
        let one: Vec<_> = (0..200).flat_map(|number| swap(&format!("host{number}"), 0)).collect();
        assert_eq!(super::messages(&one).len(), 1);
        let size = update(&apex(), &one, None).expect("update").size();
        assert!(size > CAPACITY / 4 && size <= CAPACITY, "{size}");
    }
}

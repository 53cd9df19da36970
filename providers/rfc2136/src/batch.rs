//! RRset changes as one UPDATE.

use dnsctl_provider::RRsetChange;
use dnsctl_provider::dns::{MAX_MESSAGE, Update};
use dnsctl_provider::error::{Effect, Error, ErrorKind};
use dnsctl_zone::{Kept, Name, RRset, Rdata, RecordType, Ttl};

use crate::soa;
use crate::swap::Leaving;

/// What a message holds besides: header, zone section, and the largest TSIG record (two names, 64 octets of MAC).
const OVERHEAD: usize = 12 + 259 + 700;
/// The octets of a record besides its name and rdata (RFC 1035 section 4.1.3).
pub(crate) const RECORD: usize = 10;
/// What the changes of one update may weigh.
pub(crate) const CAPACITY: usize = MAX_MESSAGE - OVERHEAD;

const LAST_NS: &str = "no server deletes the last name server of a zone";
const NO_SOA: &str = "no server deletes the SOA record of a zone";

/// How many octets of an update a change takes, at most.
pub(crate) fn weigh(change: &RRsetChange) -> usize {
    let name = change.name.wire_len() + RECORD;
    let values = |side: &Option<RRset>| {
        side.iter().flat_map(RRset::values).map(|value| name + value.octets().len()).sum::<usize>()
    };
    // What was is a prerequisite, and at the apex deleted value by value; nothing there takes two prerequisites.
    let apex_ns = if change.rtype == RecordType::NS { values(&change.before) } else { 0 };
    values(&change.before) + apex_ns + values(&change.after) + 2 * name
}

/// Why no update can ever write this RRset.
pub(crate) fn refuses(rrset: &RRset) -> Option<String> {
    let side = Some(rrset.clone());
    let (name, rtype) = (rrset.name.clone(), rrset.rtype);
    let weight = weigh(&RRsetChange { name, rtype, before: side.clone(), after: side, group: 0 });
    (weight > CAPACITY).then(|| {
        format!("it needs {weight} octets in an update, and a message has {MAX_MESSAGE}; split it over several names")
    })
}

/// Why no update can ever make this change: it would be refused, or be a conflict each time.
pub(crate) fn refuses_change(apex: &Name, change: &RRsetChange, kept: &[Kept]) -> Option<String> {
    if change.after.is_none() && change.name == *apex {
        match change.rtype {
            RecordType::NS => return Some(LAST_NS.to_owned()),
            RecordType::SOA => return Some(NO_SOA.to_owned()),
            _ => {}
        }
    }
    // An RRset of which the zone shows nothing is not among the prerequisites.
    let beside = |kept: &&Kept| kept.name == change.name && kept.rtype == change.rtype;
    if let Some(kept) = change.before.as_ref().and_then(|_| kept.iter().find(beside)) {
        return Some(format!(
            "the server has {} more of {} {} ({}), and an update must name all that are there; delete them at the server",
            kept.count, change.name, change.rtype, kept.reason
        ));
    }
    let weight = weigh(change);
    (weight > CAPACITY).then(|| {
        format!(
            "before and after together need {weight} octets in an update, and a message has {MAX_MESSAGE}; take values out \
             in one run and add the new ones in the next"
        )
    })
}

/// An update of these changes. `current_soa` is the SOA record at the moment, needed when it is among the changes.
///
/// # Errors
/// A change that no server would carry out: all that can be said without asking.
pub(crate) fn update(
    apex: &Name,
    changes: &[RRsetChange],
    current_soa: Option<&Rdata>,
) -> Result<Update, Error> {
    let batch = Batch { apex, leaving: Leaving::of(changes) };
    let (mut first, mut second, mut third) =
        (Update::new(apex.clone()), Update::new(apex.clone()), Update::new(apex.clone()));
    for change in changes {
        if let (RecordType::NS, true) = (change.rtype, change.name == *apex) {
            apex_ns(change, &mut first, &mut third)?;
        } else if change.rtype == RecordType::SOA {
            apex_soa(change, current_soa, &mut first)?;
        } else {
            batch.prerequisites(change, &mut first);
            ordinary(change, &mut first, &mut second);
        }
    }
    // Deletions come first, so that a CNAME can take the place of other data. Name servers of the apex are deleted last,
    // so that one is left at any time; the last one could not be deleted.
    first.append(&second).append(&third);
    Ok(first)
}

fn key(change: &RRsetChange) -> (&Name, RecordType) {
    (&change.name, change.rtype)
}

struct Batch<'a> {
    apex: &'a Name,
    leaving: Leaving<'a>,
}

impl<'a> Batch<'a> {
    fn prerequisites(&self, change: &'a RRsetChange, update: &mut Update) {
        let (name, rtype) = key(change);
        if let Some(before) = &change.before {
            update.require_values(name, rtype, before.values());
            return;
        }
        // A CNAME beside other data, and other data beside a CNAME, would be dropped in silence (RFC 2136 3.4.2.2).
        let others_leave = self.leaving.at(name);
        if rtype == RecordType::CNAME && !others_leave && name != self.apex {
            update.require_no_name(name);
            return;
        }
        update.require_no_rrset(name, rtype);
        if self.leaving.swaps(change) {
            for beside in self.leaving.beside(name) {
                update.require_no_rrset(name, beside);
            }
        }
        if !others_leave && name != self.apex {
            update.require_no_rrset(name, RecordType::CNAME);
        }
    }
}

/// Deletions go into `first`, additions into `second`.
///
/// The RRset is deleted as a whole, though single values could be: the TTL belongs to all of them (RFC 2181 section
/// 5.2), and PowerDNS does not find every value that it is to delete. What is deleted and added again in one update is
/// no change to the server, and not in its next IXFR.
fn ordinary(change: &RRsetChange, first: &mut Update, second: &mut Update) {
    if change.before.is_some() {
        first.delete_rrset(&change.name, change.rtype);
    }
    if let Some(after) = &change.after {
        add_all(second, after);
    }
}

fn add_all(update: &mut Update, rrset: &RRset) {
    for value in rrset.values() {
        update.add(&rrset.name, rrset.ttl, value);
    }
}

/// The values that are not among `others`; both in canonical order.
fn without<'a>(values: &'a [Rdata], others: &'a [Rdata]) -> impl Iterator<Item = &'a Rdata> {
    values.iter().filter(|value| others.binary_search(value).is_err())
}

/// The RRset as a whole cannot be deleted (RFC 2136 section 3.4.2.3), so old values go one by one, at the end.
fn apex_ns(change: &RRsetChange, first: &mut Update, third: &mut Update) -> Result<(), Error> {
    let Some(after) = &change.after else {
        return Err(refused(change, LAST_NS));
    };
    let old = change.before.as_ref().map_or(&[][..], RRset::values);
    if old.is_empty() {
        first.require_no_rrset(&change.name, change.rtype);
    }
    first.require_values(&change.name, change.rtype, old);
    add_all(first, after);
    for gone in without(old, after.values()) {
        third.delete(&change.name, gone);
    }
    Ok(())
}

/// The serial goes up with each change of anything, so what was read is compared without it, and what is now is the
/// prerequisite.
fn apex_soa(change: &RRsetChange, current: Option<&Rdata>, update: &mut Update) -> Result<(), Error> {
    let Some((after, wanted)) =
        change.after.as_ref().and_then(|after| Some((after, after.values().first()?)))
    else {
        return Err(refused(change, NO_SOA));
    };
    let before = change.before.as_ref().and_then(|before| before.values().first());
    let (Some(current), Some(before)) = (current, before) else {
        return Err(refused(change, "the zone has no SOA record"));
    };
    if !soa::same(before, current) {
        let message = format!("{} {}: it is another one than when it was read", change.name, change.rtype);
        return Err(Error::new(ErrorKind::Conflict, message).with_effect(Effect::NotWritten));
    }
    let raised = soa::raised(wanted, current).ok_or_else(|| refused(change, "this is no SOA record"))?;
    update.require_values(&change.name, change.rtype, std::slice::from_ref(current));
    update.add(&change.name, after.ttl, &raised);
    Ok(())
}

fn refused(change: &RRsetChange, why: &str) -> Error {
    Error::new(ErrorKind::Rejected, format!("{} {}: {why}", change.name, change.rtype))
        .with_effect(Effect::NotWritten)
}

/// The TTL and the values of an RRset, to compare what is there with what is wanted.
pub(crate) fn content(rrset: Option<&RRset>) -> Option<(Ttl, &[Rdata])> {
    rrset.map(|rrset| (rrset.ttl, rrset.values()))
}

#[cfg(test)]
mod tests {
    use dnsctl_zone::Names;
    use proptest::prelude::*;

    use super::*;

    fn apex() -> Name {
        "example.org".parse().expect("name")
    }

    fn rrset(owner: &str, rtype: RecordType, values: &[&str]) -> Option<RRset> {
        let origin = apex();
        let names = Names { origin: &origin, strict: false };
        let values = values.iter().map(|text| Rdata::parse(rtype, text, names).expect("rdata")).collect();
        Some(RRset::new(Name::parse(owner, names).expect("name"), rtype, Ttl::MAX, values))
    }

    fn change(before: Option<RRset>, after: Option<RRset>) -> RRsetChange {
        let side = before.as_ref().or(after.as_ref()).expect("a side");
        RRsetChange { name: side.name.clone(), rtype: side.rtype, before, after, group: 0 }
    }

    /// Prerequisites and updates of one change.
    fn counts(changes: &[RRsetChange]) -> (u32, u32) {
        update(&apex(), changes, None).expect("update").counts()
    }

    #[test]
    fn what_is_required_and_done() {
        let a = |values: &[&str]| rrset("www", RecordType::A, values);
        // Not there, and no CNAME; one addition.
        assert_eq!(counts(&[change(None, a(&["192.0.2.1"]))]), (2, 1));
        // Two values as they were; one deletion, one addition.
        assert_eq!(counts(&[change(a(&["192.0.2.1", "192.0.2.2"]), a(&["192.0.2.3"]))]), (2, 2));
        assert_eq!(counts(&[change(a(&["192.0.2.1"]), None)]), (1, 1));
        // A CNAME takes a name of its own, or the place of what goes.
        let cname = change(None, rrset("www", RecordType::CNAME, &["x"]));
        assert_eq!(counts(std::slice::from_ref(&cname)), (1, 1));
        let (required, done) = counts(&[change(a(&["192.0.2.1"]), None), cname]);
        assert!(required > 60 && done == 2, "{required} {done}");
        // At the apex: two as they were; two additions, one deletion.
        let ns = |values: &[&str]| rrset("@", RecordType::NS, values);
        assert_eq!(counts(&[change(ns(&["a", "b"]), ns(&["b", "c"]))]), (2, 3));
    }

    #[test]
    fn an_soa_that_changed_is_a_conflict() {
        let soa = |text: &str| rrset("@", RecordType::SOA, &[text]);
        let wish = change(soa("a. h. 1 2 3 4 5"), soa("a. h. 1 2 3 4 60"));
        let current = |text: &str| soa(text).map(|rrset| rrset.values()[0].clone());
        let good = update(&apex(), std::slice::from_ref(&wish), current("a. h. 9 2 3 4 5").as_ref());
        assert_eq!(good.expect("only the serial differs").counts(), (1, 1));
        let other = update(&apex(), std::slice::from_ref(&wish), current("b. h. 9 2 3 4 5").as_ref());
        assert_eq!(other.expect_err("another name").kind(), ErrorKind::Conflict);
        assert_eq!(update(&apex(), &[wish], None).expect_err("none").kind(), ErrorKind::Rejected);
    }

    prop_compose! {
        fn any_change()(
            owner in "[a-z]{1,9}",
            rtype in prop::sample::select(vec![RecordType::TXT, RecordType::NS, RecordType::CNAME]),
            before in prop::collection::btree_set("[a-z]{1,30}", 0..4),
            after in prop::collection::btree_set("[a-z]{1,30}", 1..4),
            at_apex in any::<bool>(),
        ) -> RRsetChange {
            let owner = if at_apex && rtype == RecordType::NS { "@" } else { &owner };
            let side = |texts: std::collections::BTreeSet<String>| {
                let texts: Vec<_> = texts.iter().map(String::as_str).collect();
                if texts.is_empty() { None } else { rrset(owner, rtype, &texts) }
            };
            change(side(before), side(after))
        }
    }

    proptest! {
        /// The engine cuts batches by weight, so no batch may be heavier than it weighs.
        #[test]
        fn an_update_is_no_larger_than_it_weighs(changes in prop::collection::vec(any_change(), 0..20)) {
            let weight: usize = changes.iter().map(weigh).sum();
            let update = update(&apex(), &changes, None).expect("update");
            prop_assert!(update.size() <= weight + OVERHEAD, "{} {weight}", update.size());
        }
    }
}

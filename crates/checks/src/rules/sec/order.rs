//! The order in which a zone is signed and given up, and the zone above told (RFC 6781 section 4).

use super::child::is_about;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Reference, Zone};

pub(super) const CHECKS: &[Check] = &[ORDER];

check! { ORDER = "sec.apply-order", Critical, order;
    title: "a change takes keys of a zone away, or vouches for a zone without them",
    why: "Where the zone above has a DS, resolvers that validate want a key that fits. Without one every answer is \"server failed\" for them, mail included, until the DS is gone from the zone above and from all caches.",
    fix: "To sign: keys first, the DS when all servers have them. To stop: remove the DS, wait until its TTL has passed, then remove the keys. To change a key: the new key, then the new DS, and the old ones last.",
    example: "sub.example.com loses the keys that the DS of example.com is about: resolvers that validate refuse all of it",
    see: [Reference::Rfc(6781, "4.1"), Reference::Rfc(4035, "5.2")],
    evidence: [Files, Before, Neighbours],
}

fn order(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let Some(before) = subject.before else { return Outcome::NotApplicable };
    own(subject, before, &mut tally);
    for ds in subject.of(RecordType::DS).filter(|ds| ds.name != *subject.apex()) {
        if before.get(&ds.name, RecordType::DS).is_none_or(|old| old.values() != ds.values()) {
            below(subject, ds, &mut tally);
        }
    }
    tally.outcome()
}

/// The keys of the zone itself.
fn own(subject: &Subject<'_>, before: &Zone, tally: &mut Tally) {
    let apex = subject.apex();
    let Some(old) = before.get(apex, RecordType::DNSKEY) else { return };
    let keys = subject.get(apex, RecordType::DNSKEY).map_or(&[][..], RRset::values);
    if old.values().iter().all(|key| keys.contains(key)) {
        return;
    }
    let name = apex.without_dot();
    let Some(above) = subject.above() else {
        tally.unknown(format!(
            "whether the zone above {name} still has a DS for the keys that go is not held here"
        ));
        return;
    };
    match above.records().get(apex, RecordType::DS) {
        // Whether it has been gone for long enough, its TTL, nobody here knows.
        None => {
            tally.unknown(format!("when the DS of {name} left {} is not known", above.apex().without_dot()));
        }
        Some(ds) => judge(apex, ds.values(), keys, tally, || {
            let message = format!(
                "{name} loses the keys that the DS of {} is about: resolvers that validate refuse all of it",
                above.apex().without_dot()
            );
            Finding::about(apex, Some(RecordType::DNSKEY), message)
        }),
    }
}

/// A DS that is new, or another one, for a zone below.
fn below(subject: &Subject<'_>, ds: &RRset, tally: &mut Tally) {
    let name = ds.name.without_dot();
    let Some(zone) = subject.held.zone_of(&ds.name).filter(|zone| *zone.apex() == ds.name) else {
        tally.unknown(format!("the keys of {name}, for which a DS comes, are not held here"));
        return;
    };
    let shown = [RecordType::DNSKEY, RecordType::CDNSKEY]
        .into_iter()
        .find_map(|rtype| zone.records().get(&ds.name, rtype));
    match shown {
        None => tally.unknown(format!("the keys of {name}, for which a DS comes, are not among its records")),
        Some(keys) => judge(&ds.name, ds.values(), keys.values(), tally, || {
            let message = format!(
                "the new DS of {name} is about none of its keys: resolvers that validate refuse all of it"
            );
            Finding::at(ds, message)
        }),
    }
}

/// Whether one of the DS records is about a key that is there.
fn judge(owner: &Name, ds: &[Rdata], keys: &[Rdata], tally: &mut Tally, finding: impl FnOnce() -> Finding) {
    tally.saw();
    let verdicts: Vec<Option<bool>> =
        ds.iter().flat_map(|ds| keys.iter().map(move |key| is_about(owner, ds, key))).collect();
    if verdicts.contains(&Some(true)) {
        return;
    }
    if verdicts.contains(&None) {
        tally.unknown(format!(
            "the DS records of {} have digests that are not computed here",
            owner.without_dot()
        ));
        return;
    }
    tally.fail(finding());
}

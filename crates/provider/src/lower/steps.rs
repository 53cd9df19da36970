//! The least steps that turn the records of one RRset into others.

use dnsctl_zone::{Name, RRset, Rdata, same_values};

use crate::adapter::{RRsetChange, RecordStep};

/// The least steps for an API that writes single records: values that take the place of others first, then new ones,
/// then removals. An RRset that has values before and after is at no time without one.
///
/// Values that stay are touched only when the TTL or an option changes, since such an API keeps those with each record.
#[must_use]
pub fn record_steps(change: &RRsetChange) -> Vec<RecordStep> {
    let values = |side: &Option<RRset>| side.as_ref().map_or_else(Vec::new, |rrset| rrset.values().to_vec());
    let (mut old, mut new) = (values(&change.before), values(&change.after));
    let mut steps = Vec::new();
    let touch = touches_all(change);
    old.retain(|before| {
        let Some(place) = new.iter().position(|after| same(&change.name, before, after)) else { return true };
        let after = new.remove(place);
        if touch {
            steps.push(RecordStep::Update(before.clone(), after));
        }
        false
    });
    let pairs = old.len().min(new.len());
    let added = new.split_off(pairs);
    let removed = old.split_off(pairs);
    steps.extend(old.into_iter().zip(new).map(|(before, after)| RecordStep::Update(before, after)));
    steps.extend(added.into_iter().map(RecordStep::Create));
    steps.extend(removed.into_iter().map(RecordStep::Delete));
    steps
}

/// Whether something changes that each record carries.
fn touches_all(change: &RRsetChange) -> bool {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => before.ttl != after.ttl || !after.options_satisfied_by(before),
        _ => false,
    }
}

/// As [`RRset::same_values`] for one value: how a text is cut into strings has a meaning only for services.
fn same(owner: &Name, one: &Rdata, other: &Rdata) -> bool {
    same_values(owner, one.rtype(), std::slice::from_ref(one), std::slice::from_ref(other))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use dnsctl_zone::{Names, Options, RecordType, Ttl};
    use proptest::prelude::*;

    use super::*;

    fn rrset(ttl: u32, last: &[u8]) -> Option<RRset> {
        let value = |&octet: &u8| Rdata::address(Ipv4Addr::new(192, 0, 2, octet).into());
        let values: Vec<_> = last.iter().map(value).collect();
        let set =
            RRset::new(Name::absolute("a.example.").unwrap(), RecordType::A, Ttl::new(ttl).unwrap(), values);
        (!set.values().is_empty()).then_some(set)
    }

    fn change(before: Option<RRset>, after: Option<RRset>) -> RRsetChange {
        RRsetChange {
            name: Name::absolute("a.example.").unwrap(),
            rtype: before.as_ref().or(after.as_ref()).map_or(RecordType::A, |rrset| rrset.rtype),
            before,
            after,
            group: 0,
        }
    }

    #[test]
    fn how_a_text_is_cut_is_no_change() {
        let root = Name::root();
        let names = Names { origin: &root, strict: false };
        let text = |text: &str| {
            let value = Rdata::parse(RecordType::TXT, text, names).unwrap();
            Some(RRset::new(Name::root(), RecordType::TXT, Ttl::MAX, vec![value]))
        };
        assert_eq!(record_steps(&change(text("\"ab\" \"c\""), text("\"a\" \"bc\""))), []);
        assert_eq!(record_steps(&change(text("\"ab\""), text("\"Ab\""))).len(), 1);
    }

    #[test]
    fn an_option_touches_every_value() {
        let with = rrset(60, &[1, 2])
            .map(|set| set.with_options(Options::from([("comment".to_owned(), "x".to_owned())])));
        assert_eq!(record_steps(&change(rrset(60, &[1, 2]), with)).len(), 2);
    }

    proptest! {
        #[test]
        fn steps_lead_there_and_never_through_nothing(
            before in proptest::collection::vec(0_u8..9, 0..7),
            after in proptest::collection::vec(0_u8..9, 0..7),
            ttl_changes in any::<bool>(),
        ) {
            let (before, after) = (rrset(60, &before), rrset(60 + u32::from(ttl_changes), &after));
            let steps = record_steps(&change(before.clone(), after.clone()));
            let values = |side: &Option<RRset>| side.as_ref().map_or(Vec::new(), |set| set.values().to_vec());
            let (old, new) = (values(&before), values(&after));
            let mut records = old.clone();
            for step in &steps {
                if let RecordStep::Update(gone, _) | RecordStep::Delete(gone) = step {
                    let place = records.iter().position(|record| record == gone);
                    prop_assert!(place.is_some(), "{gone:?} is not there to change");
                    records.remove(place.unwrap());
                }
                if let RecordStep::Update(_, value) | RecordStep::Create(value) = step {
                    prop_assert!(!records.contains(value), "{value:?} is there twice");
                    records.push(value.clone());
                }
                prop_assert!(!records.is_empty() || new.is_empty());
            }
            records.sort_unstable();
            prop_assert_eq!(&records, &new);
            let kept = old.iter().filter(|value| new.contains(value)).count();
            let least = (old.len() - kept).max(new.len() - kept);
            let touched = if ttl_changes && !old.is_empty() && !new.is_empty() { kept } else { 0 };
            prop_assert_eq!(steps.len(), least + touched);
        }
    }
}

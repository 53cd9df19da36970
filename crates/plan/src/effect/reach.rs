//! Which zones the changes can do something to.

use super::judge::Case;
use dnsctl_zone::{Name, RRset, Rdata, RecordType};
use std::collections::HashSet;

/// The places of the zones that have changes, and of those that lead to a name that changes.
pub(super) fn of(cases: &[Case<'_>]) -> Vec<usize> {
    let changes = cases.iter().flat_map(|case| &case.plan.changes);
    let changed: HashSet<&Name> = changes.map(|change| &change.name).collect();
    if changed.is_empty() && !cases.iter().any(|case| case.plan.create) {
        return Vec::new();
    }
    let texts: HashSet<String> = changed.iter().map(|name| name.without_dot()).collect();
    // A wildcard stands for names that are written nowhere.
    let wild: HashSet<Name> =
        changed.iter().filter(|name| name.is_wildcard()).filter_map(|name| name.parent()).collect();
    let leads = |rrset: &RRset| match rrset.rtype {
        RecordType::TXT => rrset.values().iter().any(|value| names_one(&value.joined_text(), &texts)),
        _ => rrset.values().iter().filter_map(Rdata::target).any(|target| {
            changed.contains(&target)
                || !wild.is_empty() && at_and_above(&target).any(|name| wild.contains(&name))
        }),
    };
    let reached = |case: &Case<'_>| {
        let live = || case.input.live.is_some_and(|live| live.zone.rrsets().iter().any(leads));
        case.is_there() && (case.plan.has_changes() || live())
    };
    cases.iter().enumerate().filter(|(_, case)| reached(case)).map(|(index, _)| index).collect()
}

/// A name and all above it.
pub(super) fn at_and_above(name: &Name) -> impl Iterator<Item = Name> {
    std::iter::successors(Some(name.clone()), Name::parent)
}

/// Whether an SPF record names one of these domains.
fn names_one(text: &[u8], names: &HashSet<String>) -> bool {
    if !dnsctl_mail::spf::is_spf(text) {
        return false;
    }
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let mut words = text.split(|letter: char| letter.is_whitespace() || matches!(letter, ':' | '=' | '/'));
    words.any(|word| names.contains(word))
}

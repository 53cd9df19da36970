//! Whether two domains have one organisational domain (RFC 9989 section 4.10.2).

use super::Walk;
use dnsctl_zone::Name;

/// Whether two domains are of one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Related {
    /// They are.
    Yes,
    /// They are not.
    No,
    /// It depends on the records of these domains, which nobody knows.
    Unknown(Vec<Name>),
}

/// Whether two walks end at the same organisational domain.
pub(super) fn same_organisation(one: &Walk, other: &Walk) -> Related {
    let (first, second) = (one.organisational(), other.organisational());
    let same = first == second;
    // Above a common organisational domain both walks are the same, so what is unknown there changes both alike.
    let doubts = |walk: &Walk, organisation: &Name| -> Vec<Name> {
        walk.unknown().filter(|domain| !same || domain.is_at_or_below(organisation)).cloned().collect()
    };
    let mut unknown = doubts(one, &first);
    unknown.extend(doubts(other, &second));
    unknown.sort();
    unknown.dedup();
    match (same, unknown.is_empty()) {
        (true, true) => Related::Yes,
        (false, true) => Related::No,
        (_, false) => Related::Unknown(unknown),
    }
}

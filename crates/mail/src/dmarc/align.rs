//! Whether an authenticated domain is aligned with the author's (RFC 9989 section 4.4).

use super::{Alignment, Walk, tree_walk};
use crate::resolve::Resolver;
use dnsctl_zone::Name;

/// Whether two domains are aligned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aligned {
    /// They are.
    Yes,
    /// They are not.
    No,
    /// It depends on the records of these domains, which nobody knows.
    Unknown(Vec<Name>),
}

/// Whether mail whose author is at `author` is authenticated by `authenticated`: the domain of MAIL FROM, or `d=` of a signature.
pub fn aligned(resolver: &impl Resolver, author: &Name, authenticated: &Name, mode: Alignment) -> Aligned {
    if author == authenticated {
        return Aligned::Yes;
    }
    if mode == Alignment::Strict {
        return Aligned::No;
    }
    same_organisation(&tree_walk(resolver, author), &tree_walk(resolver, authenticated))
}

/// Whether two walks end at the same organisational domain.
pub(super) fn same_organisation(one: &Walk, other: &Walk) -> Aligned {
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
        (true, true) => Aligned::Yes,
        (false, true) => Aligned::No,
        (_, false) => Aligned::Unknown(unknown),
    }
}

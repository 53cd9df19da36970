//! Cuts a list of changes into calls.

use std::collections::HashMap;
use std::ops::Range;

use crate::adapter::{Limits, RRsetChange};

/// Ranges of changes, in order, that each fit into one call. A cut goes through a group only when the group alone is
/// larger than a call. A change that is heavier than a call goes alone, for the server to judge.
pub(super) fn by_limits(changes: &[RRsetChange], limits: Limits) -> Vec<Range<usize>> {
    let whole = group_ends(changes);
    let mut calls = Vec::new();
    let (mut start, mut weight) = (0, 0_usize);
    // The last place since `start` where a cut separates no group, and the weight up to it.
    let mut good: Option<(usize, usize)> = None;
    for (index, change) in changes.iter().enumerate() {
        let own = (limits.weigh)(change);
        while index > start && (weight.saturating_add(own) > limits.weight || index - start >= limits.changes)
        {
            let (end, before) = good.take().unwrap_or((index, weight));
            calls.push(start..end);
            start = end;
            weight -= before;
        }
        weight = weight.saturating_add(own);
        if whole.get(index) == Some(&true) {
            good = Some((index + 1, weight));
        }
    }
    if start < changes.len() {
        calls.push(start..changes.len());
    }
    calls
}

/// For each change, whether no group has changes both up to it and behind it.
fn group_ends(changes: &[RRsetChange]) -> Vec<bool> {
    let last: HashMap<u32, usize> =
        changes.iter().enumerate().map(|(index, change)| (change.group, index)).collect();
    let mut open_until = 0;
    let ends_here = |(index, change): (usize, &RRsetChange)| {
        open_until = open_until.max(last.get(&change.group).copied().unwrap_or(index));
        open_until == index
    };
    changes.iter().enumerate().map(ends_here).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use dnsctl_zone::{Name, RecordType};
    use proptest::prelude::*;

    use super::*;

    /// A change of this group; its name carries its weight.
    fn change(group: u32, weight: usize) -> RRsetChange {
        let name = Name::absolute(&format!("w{weight}.")).unwrap();
        RRsetChange { name, rtype: RecordType::A, before: None, after: None, group }
    }

    fn weigh(change: &RRsetChange) -> usize {
        change.name.to_string().trim_matches(['w', '.']).parse().unwrap()
    }

    fn cut(changes: &[(u32, usize)], count: usize, weight: usize) -> Vec<Range<usize>> {
        let changes: Vec<_> = changes.iter().map(|&(group, weight)| change(group, weight)).collect();
        by_limits(&changes, Limits { changes: count, weight, weigh })
    }

    #[test]
    fn cuts_between_groups() {
        assert_eq!(cut(&[(1, 1), (1, 1), (2, 1), (2, 1), (3, 1)], 3, 99), [0..2, 2..5]);
        assert_eq!(cut(&[(1, 4), (2, 4), (3, 4)], 9, 8), [0..2, 2..3]);
    }

    #[test]
    fn a_group_larger_than_a_call_starts_fresh_and_is_cut() {
        assert_eq!(cut(&[(1, 1), (2, 1), (2, 1), (2, 1)], 2, 99), [0..1, 1..3, 3..4]);
    }

    #[test]
    fn groups_that_cross_stay_together() {
        assert_eq!(cut(&[(1, 1), (2, 1), (1, 1), (3, 1)], 3, 99), [0..3, 3..4]);
    }

    #[test]
    fn a_change_that_is_too_heavy_goes_alone() {
        assert_eq!(cut(&[(1, 1), (2, 50), (3, 1)], 9, 10), [0..1, 1..2, 2..3]);
        assert_eq!(cut(&[(1, 0), (2, 0)], 0, 0), [0..1, 1..2]);
        assert_eq!(cut(&[], 9, 9), []);
    }

    proptest! {
        #[test]
        fn calls_cover_everything_within_the_limits(
            changes in proptest::collection::vec((0_u32..12, 0_usize..9), 0..40),
            count in 1_usize..9,
            weight in 1_usize..20,
        ) {
            let calls = cut(&changes, count, weight);
            let covered: Vec<usize> = calls.iter().cloned().flatten().collect();
            prop_assert_eq!(covered, (0..changes.len()).collect::<Vec<_>>());
            for call in &calls {
                let part = &changes[call.clone()];
                prop_assert!(part.len() <= count);
                prop_assert!(part.len() == 1 || part.iter().map(|(_, weight)| weight).sum::<usize>() <= weight);
            }
        }

        #[test]
        fn no_cut_goes_through_a_group_that_fits(
            sizes in proptest::collection::vec(1_usize..5, 1..20),
            count in 4_usize..9,
        ) {
            let changes: Vec<(u32, usize)> =
                (0_u32..).zip(&sizes).flat_map(|(group, &size)| vec![(group, 1); size]).collect();
            let mut seen = BTreeSet::new();
            for call in cut(&changes, count, 99) {
                let groups: BTreeSet<u32> = changes[call].iter().map(|(group, _)| *group).collect();
                prop_assert!(seen.is_disjoint(&groups), "{groups:?}");
                seen.extend(groups);
            }
        }
    }
}

//! Sorting by what must come first.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// Something must come before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    /// What waits.
    pub(super) to: usize,
    /// Names or mail would fail otherwise. Where all of a circle cannot be kept, this is.
    pub(super) strict: bool,
}

/// Every node after those that it waits for, else by key, else by number. In a circle, something has to be first.
pub(super) fn sort(next: &[Vec<Edge>], keys: &[u8]) -> Vec<usize> {
    let mut waits = vec![[0_usize; 2]; next.len()];
    for edge in next.iter().flatten() {
        waits[edge.to][0] += 1;
        waits[edge.to][1] += usize::from(edge.strict);
    }
    let with_key = |node: usize| Reverse((keys[node], node));
    // Nodes that wait for nothing, for nothing strict, and all.
    let mut free: [BinaryHeap<_>; 3] = [
        (0..next.len()).filter(|&node| waits[node][0] == 0).map(with_key).collect(),
        (0..next.len()).filter(|&node| waits[node][1] == 0).map(with_key).collect(),
        (0..next.len()).map(with_key).collect(),
    ];
    let mut done = vec![false; next.len()];
    let mut order = Vec::with_capacity(next.len());
    while let Some(Reverse((_, node))) = free.iter_mut().find_map(BinaryHeap::pop) {
        if std::mem::replace(&mut done[node], true) {
            continue;
        }
        order.push(node);
        for edge in &next[node] {
            let [all, strict] = &mut waits[edge.to];
            *all -= 1;
            *strict -= usize::from(edge.strict);
            if *all == 0 {
                free[0].push(with_key(edge.to));
            }
            if *strict == 0 && edge.strict {
                free[1].push(with_key(edge.to));
            }
        }
    }
    order
}

/// The group of each node when groups that wait for each other are one. Groups are named by one of their members.
pub(super) fn merge_cycles(next: &[Vec<Edge>], groups: Vec<usize>) -> Vec<usize> {
    let mut between: Vec<Vec<usize>> = vec![Vec::new(); next.len()];
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); next.len()];
    for (from, edges) in next.iter().enumerate() {
        for edge in edges.iter().filter(|edge| groups[edge.to] != groups[from]) {
            between[groups[from]].push(groups[edge.to]);
            back[groups[edge.to]].push(groups[from]);
        }
    }
    // Kosaraju: backwards from the node that ends last, one reaches all that it waits for and that waits for it.
    let mut seen = vec![false; next.len()];
    let mut ends = Vec::with_capacity(next.len());
    for start in 0..next.len() {
        walk(&between, start, &mut seen, |node| ends.push(node));
    }
    seen.fill(false);
    let mut component: HashMap<usize, usize> = HashMap::new();
    for &start in ends.iter().rev() {
        walk(&back, start, &mut seen, |node| {
            if node != start {
                component.insert(node, start);
            }
        });
    }
    groups.into_iter().map(|group| component.get(&group).copied().unwrap_or(group)).collect()
}

/// Goes everywhere from one node, and tells the nodes as their walks end.
fn walk(next: &[Vec<usize>], start: usize, seen: &mut [bool], mut end: impl FnMut(usize)) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut path = vec![(start, 0)];
    while let Some((node, at)) = path.last_mut() {
        match next[*node].get(*at) {
            Some(&to) => {
                *at += 1;
                if !std::mem::replace(&mut seen[to], true) {
                    path.push((to, 0));
                }
            }
            None => {
                end(*node);
                path.pop();
            }
        }
    }
}

/// Sets that are joined one by one.
#[derive(Debug)]
pub(super) struct Groups(Vec<usize>);

impl Groups {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    /// The group of each, named by its first member.
    pub(super) fn names(mut self) -> Vec<usize> {
        (0..self.0.len()).map(|index| self.root(index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(count: usize, edges: &[(usize, usize, bool)]) -> Vec<Vec<Edge>> {
        let mut next = vec![Vec::new(); count];
        edges.iter().for_each(|&(from, to, strict)| next[from].push(Edge { to, strict }));
        next
    }

    #[test]
    fn by_edges_then_keys_then_numbers() {
        assert_eq!(sort(&graph(4, &[(3, 0, false)]), &[0, 1, 1, 2]), [1, 2, 3, 0]);
        assert_eq!(sort(&[], &[]), [0_usize; 0]);
    }

    #[test]
    fn a_circle_is_broken_where_it_is_not_strict() {
        assert_eq!(sort(&graph(3, &[(0, 1, true), (1, 2, true), (2, 0, false)]), &[0; 3]), [0, 1, 2]);
        assert_eq!(sort(&graph(3, &[(0, 1, false), (1, 2, true), (2, 0, true)]), &[0; 3]), [1, 2, 0]);
        assert_eq!(sort(&graph(2, &[(0, 1, true), (1, 0, true)]), &[1, 0]), [1, 0]);
    }

    #[test]
    fn groups_in_a_circle_become_one() {
        let next = graph(5, &[(0, 2, true), (2, 1, true), (3, 4, true)]);
        assert_eq!(merge_cycles(&next, vec![0, 0, 2, 3, 4]), [0, 0, 0, 3, 4]);
        // A long way does not end the stack.
        let chain: Vec<_> = (0..100_000).map(|node| (node, node + 1, true)).collect();
        let groups = merge_cycles(&graph(100_001, &chain), (0..100_001).collect());
        assert_eq!(groups, (0..100_001).collect::<Vec<_>>());
    }
}

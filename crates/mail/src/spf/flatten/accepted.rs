//! The addresses that pass a record as it is, limits and faults included.

use super::super::walk::{Branch, MOST_LOOKUPS, MOST_VOID_LOOKUPS, Problem, Tree};
use super::super::{Mechanism, Qualifier, TermKind};
use super::ranges::{Range, Ranked, Space, passing};
use super::{Network, covered};
use std::net::IpAddr;

/// The addresses whose clients surely pass a record, whatever is not known. The limits of RFC 7208 section 4.6.4 are counted
/// as for a client that comes to every term and for whom no name with macros exists. A term that ends in an error ends the
/// search for all that did not match before it. Where terms depend on more than the address, others may pass as well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accepted {
    /// In order; they do not touch.
    ipv4: Vec<Range>,
    ipv6: Vec<Range>,
}

/// A network, or all of it but some parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion {
    /// The network.
    pub network: Network,
    /// What of it is left out; most often nothing.
    pub but: Vec<Network>,
    /// The first address that is not left out.
    pub first: IpAddr,
}

/// More parts than this are not left out of a network: what is there is easier to read.
const MOST_LEFT_OUT: usize = 3;

impl Tree {
    /// The addresses that surely pass this record.
    pub fn accepted(&self) -> Accepted {
        // Whoever cannot read the record ends with "permerror".
        if !self.parsed.is_valid() {
            return Accepted::default();
        }
        let of = |space| Counted { space, lookups: 0, voids: 0 }.decide(self).passes;
        Accepted { ipv4: of(Space::Ipv4), ipv6: of(Space::Ipv6) }
    }
}

impl Accepted {
    /// All addresses of these networks.
    pub fn of(networks: &[Network]) -> Self {
        let in_space = |space| {
            let ranges = networks.iter().filter_map(|network| network.range(space));
            passing(ranges.map(|range| Ranked { range, rank: 0, passes: true }).collect())
        };
        Self { ipv4: in_space(Space::Ipv4), ipv6: in_space(Space::Ipv6) }
    }

    /// Whether an address is among them.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.first_outside(Network::single(address)).is_none()
    }

    /// The first address of a network that is not among them.
    pub fn first_outside(&self, network: Network) -> Option<IpAddr> {
        self.rest_of(network).first().map(|network| network.address)
    }

    /// What is left of a network without them.
    fn rest_of(&self, network: Network) -> Vec<Network> {
        let space = Space::of(network.address);
        let Some(range) = network.range(space) else { return Vec::new() };
        networks(space, &minus(&[range], self.ranges(space)))
    }

    /// Those that are not among the others, as networks.
    pub fn without(&self, others: &Self) -> Vec<Network> {
        let left = |space| networks(space, &minus(self.ranges(space), others.ranges(space)));
        [Space::Ipv4, Space::Ipv6].into_iter().flat_map(left).collect()
    }

    /// These addresses in the fewest words for a person who knows the networks of `whole`, of which they are a part: a network of
    /// which little is missing is told as that, and not as the many that are left of it.
    pub fn told_by(&self, whole: &Self) -> Vec<Portion> {
        let nothing = Self::default();
        let in_network = |network: Network| {
            let inside = self.within(network);
            let pieces = inside.without(&nothing);
            let but = inside.rest_of(network);
            match pieces.first() {
                Some(first) if but.len() <= MOST_LEFT_OUT && but.len() < pieces.len() => {
                    vec![Portion { network, but, first: first.address }]
                }
                _ => {
                    let piece =
                        |network: Network| Portion { network, but: Vec::new(), first: network.address };
                    pieces.into_iter().map(piece).collect()
                }
            }
        };
        whole.without(&nothing).into_iter().flat_map(in_network).collect()
    }

    /// Those that lie in a network.
    #[must_use]
    pub fn within(&self, network: Network) -> Self {
        let mut found = Self::default();
        let space = Space::of(network.address);
        let Some(Range { first, last }) = network.range(space) else { return found };
        let ranges = self.ranges(space);
        let start = ranges.partition_point(|range| range.last < first);
        let inside = ranges.iter().skip(start).take_while(|range| range.first <= last);
        let inside = inside.map(|range| Range { first: range.first.max(first), last: range.last.min(last) });
        match space {
            Space::Ipv4 => found.ipv4 = inside.collect(),
            Space::Ipv6 => found.ipv6 = inside.collect(),
        }
        found
    }

    fn ranges(&self, space: Space) -> &[Range] {
        match space {
            Space::Ipv4 => &self.ipv4,
            Space::Ipv6 => &self.ipv6,
        }
    }
}

fn networks(space: Space, ranges: &[Range]) -> Vec<Network> {
    ranges.iter().flat_map(|range| range.networks(space)).collect()
}

/// The parts of these ranges that none of the others holds. Both are in order.
fn minus(ranges: &[Range], others: &[Range]) -> Vec<Range> {
    let mut left = Vec::new();
    for range in ranges {
        let mut first = Some(range.first);
        let start = others.partition_point(|other| other.last < range.first);
        for other in others.iter().skip(start).take_while(|other| other.first <= range.last) {
            let Some(at) = first else { break };
            if let Some(last) = other.first.checked_sub(1).filter(|last| *last >= at) {
                left.push(Range { first: at, last });
            }
            first = other.last.checked_add(1);
        }
        if let Some(first) = first.filter(|first| *first <= range.last) {
            left.push(Range { first, last: range.last });
        }
    }
    left
}

/// A walk through a tree with all that was counted on the way.
struct Counted {
    space: Space,
    lookups: usize,
    voids: usize,
}

/// What a record says of all addresses.
struct Decided {
    passes: Vec<Range>,
    /// The search ends there for good, or may.
    ends: Vec<Range>,
    /// Some term may match or not.
    open: bool,
}

/// What a term does to those that come to it.
enum Matches {
    /// These match; for the second ones the search ends here without a pass.
    Some(Vec<Range>, Vec<Range>),
    /// Nobody surely passes from here on.
    Ends,
}

impl Counted {
    fn decide(&mut self, tree: &Tree) -> Decided {
        let (mut all, mut errors) = (Vec::new(), Vec::new());
        let mut open = false;
        for (rank, branch) in tree.branches.iter().enumerate() {
            let ranked = |range: Range, passes: bool| Ranked { range, rank, passes };
            let found = self.matches(branch, &mut open);
            let (ranges, ends, last) = match found {
                Matches::Some(ranges, ends) => (ranges, ends, false),
                Matches::Ends => (Vec::new(), vec![self.space.everything()], true),
            };
            let passes = is_pass(branch);
            all.extend(ranges.iter().map(|range| ranked(*range, passes)));
            all.extend(ends.iter().map(|range| ranked(*range, false)));
            errors.extend(ranges.iter().map(|range| ranked(*range, false)));
            errors.extend(ends.iter().map(|range| ranked(*range, true)));
            if last {
                break;
            }
        }
        Decided { passes: passing(all), ends: passing(errors), open }
    }

    fn matches(&mut self, branch: &Branch, open: &mut bool) -> Matches {
        let nested = branch.nested.as_deref();
        let voids = |voids: super::super::Voids| match self.space {
            Space::Ipv4 => voids.ipv4,
            Space::Ipv6 => voids.ipv6,
        };
        let below = nested.map_or(0, |tree| voids(tree.void_lookups));
        let own =
            voids(branch.void_lookups).saturating_sub(below).saturating_add(usize::from(may_be_void(branch)));
        self.voids = self.voids.saturating_add(own);
        let below = nested.map_or(0, |tree| tree.lookups);
        self.lookups = self.lookups.saturating_add(branch.lookups.saturating_sub(below));
        let limit = self.lookups > MOST_LOOKUPS || self.voids > MOST_VOID_LOOKUPS && own > 0;
        let fatal = |problem: &Problem| {
            problem.is_error() || matches!(problem, Problem::Failed(..) | Problem::NotWalked)
        };
        if limit || branch.problems.iter().any(fatal) {
            return Matches::Ends;
        }
        let unsure = |problem: &Problem| matches!(problem, Problem::Unknown(_) | Problem::Varies);
        let mut may = branch.problems.iter().any(unsure);
        let (ranges, ends) = match nested.map(|tree| self.decide(tree)) {
            Some(decided) => {
                may |= decided.open;
                (decided.passes, decided.ends)
            }
            None => (covered(branch, self.space), Vec::new()),
        };
        *open |= may;
        // Who may match here may not pass.
        if may && !is_pass(branch) { Matches::Ends } else { Matches::Some(ranges, ends) }
    }
}

/// Whether a name that is another for each client is looked up, which most clients do not find.
fn may_be_void(branch: &Branch) -> bool {
    let TermKind::Directive(directive) = &branch.term.kind else { return false };
    let asks = matches!(directive.mechanism, Mechanism::Exists(_) | Mechanism::A(..) | Mechanism::Mx(..));
    asks && branch.problems.contains(&Problem::Varies)
}

/// Whether whoever matches passes. What `redirect` leads to decides alone.
fn is_pass(branch: &Branch) -> bool {
    match &branch.term.kind {
        TermKind::Directive(directive) => directive.qualifier == Qualifier::Pass,
        _ => true,
    }
}

//! The networks that a record authorises: what an include file would be without any lookup.

mod accepted;
mod ranges;

pub use accepted::{Accepted, Portion};

use super::walk::{Branch, Problem, Tree, walk};
use super::{Directive, Mechanism, Qualifier, Record, TermKind};
use crate::resolve::Resolver;
use dnsctl_zone::Name;
use ranges::{Range, Ranked, Space};
use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;

/// The networks whose clients pass a record, and what cannot be said by networks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flat {
    /// The smallest list of networks that covers exactly the clients that pass; IPv4 first, then by address.
    pub networks: Vec<Network>,
    /// Terms that depend on more than the address of the client, or lead to what is not known or broken. While there are
    /// any, the networks are not all that the record says.
    pub remaining: Vec<Remaining>,
}

/// A network as `ip4` and `ip6` write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    /// Its first address.
    pub address: IpAddr,
    /// The length of its prefix in bits.
    pub length: u8,
}

/// A term that cannot be said by networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remaining {
    /// The domain of the record in which it stands.
    pub domain: Name,
    /// The term as it is written there.
    pub term: String,
    /// What is to be said about it.
    pub problem: Problem,
}

/// Flattens the record `text` of `domain`. An `a` or `mx` without a name is about the domain of the record in which it
/// stands (RFC 7208 sections 5.3 and 5.4), so a term that comes from an included record is about the included domain.
/// The limits of lookups do not count here.
pub fn flatten(resolver: &impl Resolver, domain: &Name, text: &[u8]) -> Flat {
    walk(resolver, domain, text).flatten()
}

impl Tree {
    /// The networks whose clients pass this record.
    pub fn flatten(&self) -> Flat {
        let mut remaining = Vec::new();
        let networks = [Space::Ipv4, Space::Ipv6]
            .into_iter()
            .flat_map(|space| {
                self.passing(space, &mut remaining).into_iter().flat_map(move |range| range.networks(space))
            })
            .collect();
        // Both families meet the same terms, and a record may be included twice.
        let mut seen = HashSet::new();
        remaining.retain(|item| seen.insert((item.domain.clone(), item.term.clone())));
        Flat { networks, remaining }
    }

    /// The addresses that pass: at each address the first term that matches decides.
    fn passing(&self, space: Space, remaining: &mut Vec<Remaining>) -> Vec<Range> {
        let mut ranked = Vec::new();
        for (rank, branch) in self.branches.iter().enumerate() {
            let passes = match &branch.term.kind {
                TermKind::Directive(directive) => directive.qualifier == Qualifier::Pass,
                // What the other record says holds here, and nothing comes after it.
                _ => true,
            };
            let ranges = self.matching(branch, space, remaining);
            ranked.extend(ranges.into_iter().map(|range| Ranked { range, rank, passes }));
        }
        ranges::passing(ranked)
    }

    /// The addresses that match a term.
    fn matching(&self, branch: &Branch, space: Space, remaining: &mut Vec<Remaining>) -> Vec<Range> {
        let unusable =
            branch.problems.iter().find(|problem| !matches!(problem, Problem::Void(_) | Problem::NoName(_)));
        if let Some(problem) = unusable {
            remaining.push(Remaining {
                domain: self.domain.clone(),
                term: branch.term.kind.to_string(),
                problem: problem.clone(),
            });
        }
        let nested =
            branch.nested.as_ref().map(|nested| nested.passing(space, remaining)).unwrap_or_default();
        let by_record = match &branch.term.kind {
            TermKind::Directive(directive) => matches!(directive.mechanism, Mechanism::Include(_)),
            _ => true,
        };
        if by_record { nested } else { covered(branch, space) }
    }
}

/// The addresses that match a term by themselves: neither by another record nor by more than the address.
fn covered(branch: &Branch, space: Space) -> Vec<Range> {
    let network = |address: IpAddr, length: u8| Range::of(space, address, length);
    let TermKind::Directive(Directive { mechanism, .. }) = &branch.term.kind else { return Vec::new() };
    match mechanism {
        Mechanism::All => vec![space.everything()],
        Mechanism::Ip4(address, length) => {
            network(IpAddr::V4(*address), length.unwrap_or(32)).into_iter().collect()
        }
        Mechanism::Ip6(address, length) => {
            network(IpAddr::V6(*address), length.unwrap_or(128)).into_iter().collect()
        }
        Mechanism::A(_, prefixes) | Mechanism::Mx(_, prefixes) => {
            let length = match space {
                Space::Ipv4 => prefixes.ipv4.unwrap_or(32),
                Space::Ipv6 => prefixes.ipv6.unwrap_or(128),
            };
            branch.addresses.iter().filter_map(|address| network(*address, length)).collect()
        }
        // With a fixed name it matches everybody or nobody.
        Mechanism::Exists(_) if branch.problems.is_empty() && branch.target.is_some() => {
            vec![space.everything()]
        }
        Mechanism::Include(_) | Mechanism::Exists(_) | Mechanism::Ptr(_) => Vec::new(),
    }
}

impl Flat {
    /// Whether the networks say all that the record says.
    pub fn is_complete(&self) -> bool {
        self.remaining.is_empty()
    }

    /// The records of include files, each ended by `all`, with no text longer than `longest` octets unless a single
    /// network needs it. An `include` of each of them costs one lookup. There is always at least one.
    pub fn records(&self, all: Qualifier, longest: usize) -> Vec<Record> {
        let end = Directive { qualifier: all, mechanism: Mechanism::All };
        let frame = "v=spf1 ".len() + end.to_string().len();
        let mut records = vec![Record::default()];
        let mut length = frame;
        for network in &self.networks {
            let directive = network.directive();
            let octets = directive.to_string().len() + 1;
            if length + octets > longest && length > frame {
                records.push(Record::default());
                length = frame;
            }
            length += octets;
            if let Some(record) = records.last_mut() {
                record.terms.push(directive.into());
            }
        }
        for record in &mut records {
            record.terms.push(end.clone().into());
        }
        records
    }
}

impl Network {
    /// The network that is this address alone.
    pub fn single(address: IpAddr) -> Self {
        Self { address, length: if address.is_ipv4() { 32 } else { 128 } }
    }

    fn range(self, space: Space) -> Option<Range> {
        Range::of(space, self.address, self.length)
    }

    /// The mechanism that authorises it.
    pub fn directive(self) -> Directive {
        let mechanism = match self.address {
            IpAddr::V4(address) => Mechanism::Ip4(address, Some(self.length).filter(|&length| length < 32)),
            IpAddr::V6(address) => Mechanism::Ip6(address, Some(self.length).filter(|&length| length < 128)),
        };
        Directive { qualifier: Qualifier::Pass, mechanism }
    }
}

impl fmt::Display for Network {
    /// As in a record: `ip4:192.0.2.0/24`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.directive().fmt(f)
    }
}

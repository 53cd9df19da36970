//! Ranges of addresses, and which of those that overlap decides.

use super::Network;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Ipv4,
    Ipv6,
}

/// Addresses as numbers, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u128,
    pub(super) last: u128,
}

/// A range of a term: of those that hold an address, the lowest rank decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub(super) range: Range,
    pub(super) rank: usize,
    pub(super) passes: bool,
}

impl Space {
    pub(super) fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::Ipv4 } else { Self::Ipv6 }
    }

    fn bits(self) -> u32 {
        match self {
            Self::Ipv4 => 32,
            Self::Ipv6 => 128,
        }
    }

    pub(super) fn everything(self) -> Range {
        Range { first: 0, last: u128::MAX >> (128 - self.bits()) }
    }

    fn address(self, number: u128) -> IpAddr {
        match self {
            Self::Ipv4 => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX))),
            Self::Ipv6 => IpAddr::V6(Ipv6Addr::from_bits(number)),
        }
    }
}

impl Range {
    /// The network that holds this address, if it is of this family.
    pub(super) fn of(space: Space, address: IpAddr, length: u8) -> Option<Self> {
        let number = match (space, address) {
            (Space::Ipv4, IpAddr::V4(address)) => u128::from(address.to_bits()),
            (Space::Ipv6, IpAddr::V6(address)) => address.to_bits(),
            _ => return None,
        };
        let host = space.bits().saturating_sub(u32::from(length));
        // Shifting a number of 128 bits by 128 is no shift at all for a processor.
        let below = 1_u128.checked_shl(host).map_or(u128::MAX, |size| size - 1);
        Some(Self { first: number & !below, last: number | below })
    }

    /// The fewest networks that make up this range.
    pub(super) fn networks(self, space: Space) -> impl Iterator<Item = Network> {
        let mut next = Some(self.first);
        std::iter::from_fn(move || {
            let first = next.filter(|&first| first <= self.last)?;
            // As large as its alignment and the end of the range allow.
            let aligned = first.trailing_zeros().min(space.bits());
            let span = self.last - first;
            let fits = span.checked_add(1).map_or(space.bits(), |size| size.ilog2());
            let host = aligned.min(fits);
            let size = 1_u128.checked_shl(host);
            next = size.and_then(|size| first.checked_add(size));
            let length = u8::try_from(space.bits() - host).unwrap_or(0);
            Some(Network { address: space.address(first), length })
        })
    }
}

/// The addresses at which a range that passes has the lowest rank, as ranges in order that do not touch.
pub(super) fn passing(mut all: Vec<Ranked>) -> Vec<Range> {
    all.sort_by_key(|ranked| ranked.range.first);
    let mut ends: Vec<u128> = all.iter().filter_map(|ranked| ranked.range.last.checked_add(1)).collect();
    let mut places: Vec<u128> = all.iter().map(|ranked| ranked.range.first).collect();
    places.append(&mut ends);
    places.sort_unstable();
    places.dedup();
    let mut waiting = all.into_iter().peekable();
    let mut open = BinaryHeap::new();
    let mut found: Vec<Range> = Vec::new();
    for (index, &place) in places.iter().enumerate() {
        while let Some(ranked) = waiting.next_if(|ranked| ranked.range.first <= place) {
            open.push(Reverse((ranked.rank, ranked.passes, ranked.range.last)));
        }
        while open.peek().is_some_and(|Reverse((_, _, last))| *last < place) {
            open.pop();
        }
        let Some(Reverse((_, true, last))) = open.peek() else { continue };
        let before_next = places.get(index + 1).and_then(|next| next.checked_sub(1));
        let last = before_next.map_or(*last, |end| end.min(*last));
        match found.last_mut() {
            Some(previous) if previous.last.checked_add(1) == Some(place) => previous.last = last,
            _ => found.push(Range { first: place, last }),
        }
    }
    found
}

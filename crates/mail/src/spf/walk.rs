//! What a record costs at worst: every lookup that some client makes a receiver do (RFC 7208 section 4.6.4).

mod print;
mod walker;

use super::{Parsed, SpfResult, Term, parse};
use crate::resolve::{Query, Resolver};
use dnsctl_zone::Name;
use std::fmt;
use std::net::IpAddr;

/// How many lookups a check may need (section 4.6.4).
pub const MOST_LOOKUPS: usize = 10;
/// How many lookups may find nothing (section 4.6.4).
pub const MOST_VOID_LOOKUPS: usize = 2;

/// A record with everything that it leads to. A client that matches nothing makes a receiver walk all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Where the record stands.
    pub domain: Name,
    /// Its text.
    pub text: Vec<u8>,
    /// What was read.
    pub parsed: Parsed,
    /// Its mechanisms up to `all`, and `redirect` where that counts.
    pub branches: Vec<Branch>,
    /// The terms that cost a lookup, here and below.
    pub lookups: usize,
    /// The lookups that find nothing, here and below.
    pub void_lookups: Voids,
    /// It leads to itself, so that the lookups have no end.
    pub endless: bool,
}

/// A term of a record with what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The term.
    pub term: Term,
    /// The name that is asked for. Absent when there is none, or when it is another for each client.
    pub target: Option<Name>,
    /// What it costs, with all below it.
    pub lookups: usize,
    /// The lookups that find nothing, with all below it.
    pub void_lookups: Voids,
    /// The addresses behind `a` and `mx`.
    pub addresses: Vec<IpAddr>,
    /// The record behind `include` and `redirect`.
    pub nested: Option<Box<Tree>>,
    /// What is to be said about it.
    pub problems: Vec<Problem>,
}

/// Lookups that find nothing. A client asks for addresses of its own family only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Voids {
    /// For clients with an IPv4 address.
    pub ipv4: usize,
    /// For clients with an IPv6 address.
    pub ipv6: usize,
}

/// What is to be said about a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The name that is asked for depends on the client or the sender.
    Varies,
    /// The answer to this is not known, so the cost may be higher.
    Unknown(Query),
    /// What is asked for cannot be a name, so it never matches.
    NoName(String),
    /// Nothing is found there.
    Void(Query),
    /// A server failed; its words.
    Failed(Query, String),
    /// `include` or `redirect` lead to a domain without an SPF record: "permerror" (sections 5.2 and 6.1).
    NoRecord,
    /// They lead to a domain with several SPF records: "permerror" (section 4.5).
    ManyRecords(usize),
    /// They lead to a record with errors of syntax: "permerror" (section 4.6).
    Invalid,
    /// They lead back to a record that led here: "permerror", since the lookups have no end.
    Loop,
    /// An `mx` with this many mail exchangers: "permerror" (section 4.6.4).
    ManyExchangers(usize),
    /// Not followed, since so much was walked already.
    NotWalked,
}

impl Problem {
    /// Whether a receiver that comes to this term ends with "permerror".
    pub fn is_error(&self) -> bool {
        matches!(
            self,
            Self::NoRecord | Self::ManyRecords(_) | Self::Invalid | Self::Loop | Self::ManyExchangers(_)
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Varies => f.write_str("depends on the client"),
            Self::Unknown(query) => write!(f, "{query} is not known"),
            Self::NoName(text) => write!(f, "\"{text}\" cannot be a name"),
            Self::Void(query) => write!(f, "there is no {query}"),
            Self::Failed(query, why) => write!(f, "{query} cannot be looked up: {why}"),
            Self::NoRecord => write!(f, "there is no SPF record: {}", SpfResult::PermError),
            Self::ManyRecords(count) => write!(f, "there are {count} SPF records: {}", SpfResult::PermError),
            Self::Invalid => write!(f, "the record is not valid: {}", SpfResult::PermError),
            Self::Loop => write!(f, "leads back to itself: {}", SpfResult::PermError),
            Self::ManyExchangers(count) => {
                write!(f, "{count} mail exchangers, at most 10 are allowed: {}", SpfResult::PermError)
            }
            Self::NotWalked => f.write_str("not followed any more"),
        }
    }
}

impl Tree {
    /// Whether a client that matches nothing needs more than [`MOST_LOOKUPS`].
    pub fn is_too_long(&self) -> bool {
        self.endless || self.lookups > MOST_LOOKUPS
    }

    /// What is not known, here and below, each once.
    pub fn unknown(&self) -> Vec<Query> {
        let mut all = Vec::new();
        self.each(&mut |_, branch| {
            all.extend(branch.problems.iter().filter_map(|problem| match problem {
                Problem::Unknown(query) => Some(query.clone()),
                _ => None,
            }));
        });
        all.sort();
        all.dedup();
        all
    }

    /// Visits every term, here and below, in the order in which a receiver comes to them.
    pub fn each<'t>(&'t self, visit: &mut impl FnMut(&'t Self, &'t Branch)) {
        for branch in &self.branches {
            visit(self, branch);
            if let Some(nested) = &branch.nested {
                nested.each(visit);
            }
        }
    }
}

/// Walks the record `text` of `domain` for all clients at once. Loops, and records beyond what any receiver follows, are
/// told and not followed.
pub fn walk(resolver: &impl Resolver, domain: &Name, text: &[u8]) -> Tree {
    walker::Walker::new(resolver, domain).tree(domain, text, parse(text))
}

//! What the user's files say must be.

use crate::{Name, Options, RRset, RecordType, Source};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A zone as the files describe it.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The name of the zone.
    pub apex: Name,
    /// The wanted RRsets, in canonical order of owner name and type, each once.
    pub wishes: Vec<Wish>,
    /// The providers that must hold it, by their names in the configuration. Plans are made for each.
    pub providers: Vec<String>,
    /// What others own.
    pub ignore: Vec<IgnoreRule>,
    /// Whether RRsets that no file declares are deleted.
    pub manage: Manage,
    /// Whether the zone is created at a provider that lacks it.
    pub create: bool,
    /// Whether faults between records (a CNAME beside other data, records below a delegation) are warnings.
    pub lenient: bool,
    /// Dated exceptions from guards and rules.
    pub acknowledgements: Vec<Acknowledgement>,
    /// Thresholds of the guards.
    pub policy: Policy,
    /// The servers that are asked after a write; when empty, those of the NS RRset.
    pub servers: Vec<ServerAddress>,
    /// Where the zone is declared.
    pub source: Source,
}

/// A wanted RRset and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What is wanted.
    pub rrset: RRset,
    /// Where it stands.
    pub source: Source,
    /// Options for single providers, by the provider's name or kind.
    pub provider_options: Option<Box<BTreeMap<String, Options>>>,
    /// The providers that get this RRset, when not all of the zone's (octoDNS `included` and `excluded`).
    pub only: Option<Box<[String]>>,
    /// Whether faults between this RRset and others are warnings.
    pub lenient: bool,
}

/// RRsets that others own: never read as a difference, never deleted.
#[derive(Debug, Clone)]
pub struct IgnoreRule {
    /// Pattern of owner names below the apex: `*` is one label or a part of it, `**` any number, `@` the apex. A backslash
    /// takes the next character as it is, three digits are the number of an octet (RFC 1035 section 5.1).
    pub name: String,
    /// Types, all when empty.
    pub types: Vec<RecordType>,
    /// Types that are not covered.
    pub except: Vec<RecordType>,
    /// Where it stands.
    pub source: Source,
}

/// What happens to RRsets that no file declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manage {
    /// They are deleted.
    #[default]
    All,
    /// They are left alone.
    Declared,
}

/// A dated exception, written beside the change that needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The guard or rule, such as `guard/last-mx`.
    pub rule: String,
    /// Owner name and type it holds for (`@ MX`), relative to the apex. The whole zone when absent.
    pub at: Option<(Name, Option<RecordType>)>,
    /// The last day on which it holds, as `YYYY-MM-DD`.
    pub until: String,
    /// Why.
    pub why: String,
    /// What findings of a rule of zones weigh while it holds: `critical`, `error`, `warning`, `note` or `info`. Nothing: they are
    /// let pass. Guards have no weight.
    pub weight: Option<String>,
    /// Where it stands.
    pub source: Source,
}

/// Thresholds of the guards that count changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// More deletions than this are blocked.
    pub deletes_max: u32,
    /// From [`Policy::deletes_from`] deletions up, more than this share of the managed RRsets is blocked, in percent.
    pub deletes_percent: f64,
    /// From [`Policy::updates_from`] updates up, more than this share of the managed RRsets is blocked, in percent.
    pub updates_percent: f64,
    /// From how many deletions the share counts, at least 1; in a zone of fewer than 10 managed RRsets at least 2, since one
    /// of them is a large share.
    pub deletes_from: u32,
    /// From how many updates the share counts, at least 1; in a zone of fewer than 10 managed RRsets at least 10.
    pub updates_from: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            deletes_max: 5,
            deletes_percent: 10.0,
            updates_percent: 50.0,
            deletes_from: 2,
            updates_from: 10,
        }
    }
}

/// Where a name server of the zone is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// What a person calls it: the name of the NS record, or the address.
    pub name: String,
    /// Its address; looked up by name when absent.
    pub address: Option<IpAddr>,
    /// The port, 53 by default.
    pub port: u16,
    /// The provider whose zone it serves, by its name in the configuration; absent when that is not said.
    pub provider: Option<String>,
}

//! One change: an RRset before and after.

use crate::order::Phase;
use dnsctl_zone::{Name, RRset, RecordType, Source};
use serde::{Deserialize, Serialize};

/// What happens to an RRset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is not there yet.
    Create,
    /// Its TTL, values or options change.
    Update,
    /// It goes away.
    Delete,
}

/// One RRset before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number in the plan, from 1 in the order of writing; 0 until the plan is put together.
    pub number: u32,
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// What the provider has.
    pub before: Option<RRset>,
    /// What the files want.
    pub after: Option<RRset>,
    /// Where the wish stands. A deletion has no wish: then the file in which the zone is declared, without a line.
    pub source: Option<Source>,
    /// Changes of one group are written together where the provider can.
    pub group: u32,
    /// Numbers of the changes that must be written before this one.
    pub depends_on: Vec<u32>,
    /// For how many seconds after the change a resolver can still give the old answer: the TTL before, or for a new
    /// RRset the time for which its absence may be remembered (RFC 2308 section 5). Unknown without an SOA record.
    pub old_answer_max_s: Option<u32>,
}

impl Change {
    /// A change that has no place in an order yet.
    pub fn new(before: Option<RRset>, after: Option<RRset>, source: Option<Source>) -> Option<Self> {
        let (name, rtype) =
            after.as_ref().or(before.as_ref()).map(|rrset| (rrset.name.clone(), rrset.rtype))?;
        Some(Self {
            number: 0,
            name,
            rtype,
            before,
            after,
            source,
            group: 0,
            depends_on: Vec::new(),
            old_answer_max_s: None,
        })
    }

    /// What happens.
    pub fn action(&self) -> Action {
        match (&self.before, &self.after) {
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ => Action::Update,
        }
    }

    /// Where it stands among changes that need not wait for each other.
    pub fn phase(&self) -> Phase {
        Phase::of(self)
    }

    /// Whether this is an update that leaves the values as they are.
    pub fn only_ttl(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                before.ttl != after.ttl && after.same_values(before) && after.options_satisfied_by(before)
            }
            _ => false,
        }
    }

    /// The names of what changes: `ttl`, `values`, `options`.
    pub fn fields(&self) -> Vec<&'static str> {
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return Vec::new() };
        let parts = [
            ("ttl", before.ttl != after.ttl),
            ("values", !after.same_values(before)),
            ("options", !after.options_satisfied_by(before)),
        ];
        parts.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect()
    }
}

//! Our own formats as text: zone files, a configuration, JSON.
//!
//! The same input always gives the same text, and a zone file reads back equal: the same RRsets, with the texts of TXT
//! compared joined where how they are cut has no meaning.

mod checked;
mod head;
mod json;
mod layout;
mod portable;
mod project;
mod record;
mod scalar;
#[cfg(test)]
mod tests;

pub use checked::{Checked, checked};
pub use json::json;
pub use portable::portable;
pub use project::{Config, project};

use std::collections::BTreeMap;

use dnsctl_zone::{
    Acknowledgement, Desired, IgnoreRule, Manage, Name, Options, Policy, RRset, ServerAddress, Ttl, Zone,
};

use layout::{Item, Layout};

/// What a zone file is to say.
#[derive(Debug, Clone)]
pub struct ZoneFile<'a> {
    /// The name of the zone.
    pub apex: &'a Name,
    /// Lines that stand at the top as comments; none when empty.
    pub comment: &'a str,
    /// The providers; the key is left out when there is none.
    pub providers: &'a [String],
    /// The TTL of records that have none of their own. When absent, the most frequent one.
    pub ttl: Option<Ttl>,
    /// Whether to create the zone where it is missing.
    pub create: bool,
    /// Whether faults between records are warnings.
    pub lenient: bool,
    /// What happens to RRsets that are not declared.
    pub manage: Manage,
    /// What others own.
    pub ignore: &'a [IgnoreRule],
    /// Dated exceptions.
    pub acknowledgements: &'a [Acknowledgement],
    /// Thresholds of the guards; those that are as in [`Policy::default`] are left out.
    pub policy: Policy,
    /// The servers to ask after a write.
    pub servers: &'a [ServerAddress],
    /// The records, each name and type once. They are written in canonical order.
    pub records: Vec<ZoneRecord<'a>>,
}

/// One RRset of a [`ZoneFile`].
#[derive(Debug, Clone, Copy)]
pub struct ZoneRecord<'a> {
    /// The RRset. Its own options belong to [`ZoneRecord::provider`].
    pub rrset: &'a RRset,
    /// The provider from which the RRset comes, for the options in it.
    pub provider: Option<&'a str>,
    /// Options of single providers, by name or kind.
    pub provider_options: Option<&'a BTreeMap<String, Options>>,
    /// The providers that get it, when not all.
    pub only: Option<&'a [String]>,
    /// Whether faults between it and others are warnings.
    pub lenient: bool,
}

impl<'a> From<&'a Desired> for ZoneFile<'a> {
    fn from(zone: &'a Desired) -> Self {
        let record = |wish: &'a dnsctl_zone::Wish| ZoneRecord {
            rrset: &wish.rrset,
            provider: None,
            provider_options: wish.provider_options.as_deref(),
            only: wish.only.as_deref(),
            lenient: wish.lenient,
        };
        Self {
            apex: &zone.apex,
            comment: "",
            providers: &zone.providers,
            ttl: None,
            create: zone.create,
            lenient: zone.lenient,
            manage: zone.manage,
            ignore: &zone.ignore,
            acknowledgements: &zone.acknowledgements,
            policy: zone.policy,
            servers: &zone.servers,
            records: zone.wishes.iter().map(record).collect(),
        }
    }
}

impl<'a> ZoneFile<'a> {
    /// A file with the RRsets of a zone that `provider` returned, and nothing else.
    pub fn of_zone(zone: &'a Zone, provider: Option<&'a str>) -> Self {
        let record =
            |rrset| ZoneRecord { rrset, provider, provider_options: None, only: None, lenient: false };
        Self {
            apex: &zone.apex,
            comment: "",
            providers: &[],
            ttl: None,
            create: false,
            lenient: false,
            manage: Manage::default(),
            ignore: &[],
            acknowledgements: &[],
            policy: Policy::default(),
            servers: &[],
            records: zone.rrsets().iter().map(record).collect(),
        }
    }

    /// The TTL that the file sets for records that have none of their own.
    fn default_ttl(&self) -> Ttl {
        let mut counts: BTreeMap<Ttl, usize> = BTreeMap::new();
        for record in &self.records {
            *counts.entry(record.rrset.ttl).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(ttl, count)| (*count, std::cmp::Reverse(*ttl)));
        self.ttl.or(most.map(|(ttl, _)| ttl)).unwrap_or_else(|| Ttl::from_wire(3600))
    }
}

/// The text of a zone file.
pub fn zone(file: &ZoneFile<'_>) -> String {
    let mut layout = Layout::default();
    layout.comment(file.comment);
    let ttl = file.default_ttl();
    head::write(&mut layout, file, ttl);
    layout.blank();
    layout.entry("records", &record::owners(file, ttl));
    head::rules(&mut layout, file);
    layout.finish()
}

/// The name of the file for a zone, without an ending: the zone's name without the dot at its end. Characters that
/// mean something in paths become `_`; the file itself says the zone's name.
pub fn file_name(apex: &Name) -> String {
    if apex.is_root() {
        return "root".to_owned();
    }
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = apex.without_dot().chars().map(safe).collect();
    // A name that starts with a dot would be hidden.
    if name.starts_with('.') { format!("_{name}") } else { name }
}

/// A scalar that is text.
fn text(text: &str) -> Item {
    Item::Text(text.to_owned())
}

//! What hosters of mail ask their customers to write into DNS.
//!
//! One table. Each row names what of the vendor was read, on which day, and what confirms the values. What a vendor gives each
//! customer anew, and what nothing of the vendor confirms, is an option that must be written.

mod fill;
mod table;
#[cfg(test)]
mod tests;

pub use fill::{Fault, Filled, fill};
pub use table::ALL;

use dnsctl_zone::{Name, Rdata, RecordType, Source};
use std::collections::BTreeMap;

/// A hoster of mail.
#[derive(Debug)]
pub struct Preset {
    /// The word behind `preset:`.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The text of the vendor that was read.
    pub page: &'static str,
    /// The day on which it was read.
    pub read: &'static str,
    /// What confirms the values.
    pub basis: &'static str,
    /// What differs from customer to customer.
    pub options: &'static [PresetOption],
    /// Whether it takes mail for the domain.
    pub receives: Receives,
    /// The hosts that take mail, with preferences.
    pub mx: &'static [(u16, &'static str)],
    /// SPF records that authorise its servers.
    pub includes: &'static [&'static str],
    /// DKIM selectors and the names that they are aliases of.
    pub dkim: &'static [(&'static str, &'static str)],
    /// Other records: owner name below the apex, type, value.
    pub records: &'static [(&'static str, RecordType, &'static str)],
}

/// Whether a hoster takes mail for a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receives {
    /// It is a home of mailboxes.
    Always,
    /// It can, when the block says `receives: true`.
    WhenAsked,
    /// It only sends.
    Never,
}

/// What differs from customer to customer.
#[derive(Debug)]
pub struct PresetOption {
    /// The key.
    pub name: &'static str,
    /// What it is, and where the customer finds it.
    pub doc: &'static str,
    /// An example of its value.
    pub example: &'static str,
    /// What may stand behind it.
    pub form: OptionForm,
    /// Whether it must be written.
    pub required: bool,
}

/// What may stand behind an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionForm {
    /// A domain name in full.
    Name,
    /// One label or several, such as a DKIM token.
    Label,
    /// A list of labels; what names it is made for each.
    Labels,
    /// One of these words, and what it is replaced with. The first is the default of an option that is not required.
    Words(&'static [(&'static str, &'static str)]),
}

/// A preset in a block, with its options as they were written.
#[derive(Debug, Clone)]
pub struct Use {
    /// Which.
    pub preset: &'static Preset,
    /// The values of its options, by key.
    pub options: BTreeMap<String, Vec<String>>,
}

impl PartialEq for Use {
    fn eq(&self, other: &Self) -> bool {
        self.preset.name == other.preset.name && self.options == other.options
    }
}

impl Eq for Use {}

/// A record that a preset adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// Its owner name.
    pub name: Name,
    /// Its value.
    pub rdata: Rdata,
    /// Where the preset stands.
    pub source: Source,
}

/// The preset of this name.
pub fn find(name: &str) -> Option<&'static Preset> {
    ALL.iter().find(|preset| preset.name == name)
}

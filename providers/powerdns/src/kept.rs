//! Records that are there and are no part of the model: disabled ones, and those that cannot be read.
//!
//! They are shown as kept. Since the API replaces whole RRsets, a write to their RRset has to send them along.

use std::collections::BTreeMap;

use dnsctl_zone::{Kept, Name, Rdata, RecordType};

use crate::model::RecordOut;

/// The records of one RRset that are kept.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Residue {
    pub(crate) records: Vec<Stored>,
}

/// A record that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) record: RecordOut,
    /// What it means, when that can be read.
    pub(crate) value: Option<Rdata>,
    /// Why it is kept, when not because it is disabled.
    pub(crate) problem: Option<String>,
}

/// As many reasons are shown; the rest are counted.
const SHOWN: usize = 3;

/// What to tell of all that is kept.
pub(crate) fn kept(residue: &BTreeMap<(Name, RecordType), Residue>) -> Vec<Kept> {
    let all = residue.iter().map(|((name, rtype), residue)| Kept {
        name: name.clone(),
        rtype: *rtype,
        count: residue.records.len(),
        reason: residue.reason(),
    });
    all.collect()
}

impl Residue {
    fn reason(&self) -> String {
        let disabled: Vec<_> = self.records.iter().filter(|stored| stored.record.disabled).collect();
        let problems: Vec<_> = self.records.iter().filter_map(|stored| stored.problem.as_deref()).collect();
        let mut parts = Vec::new();
        if !disabled.is_empty() {
            let texts = disabled.iter().map(|stored| stored.record.content.as_str()).collect::<Vec<_>>();
            parts.push(format!("disabled: {}", some(&texts)));
        }
        if !problems.is_empty() {
            parts.push(some(&problems));
        }
        parts.join("; ")
    }
}

fn some(texts: &[&str]) -> String {
    let mut shown = texts.iter().take(SHOWN).map(|text| cut(text)).collect::<Vec<_>>().join(", ");
    if texts.len() > SHOWN {
        shown.push_str(&format_more(texts.len() - SHOWN));
    }
    shown
}

fn format_more(count: usize) -> String {
    format!(" and {count} more")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

//! Dated exceptions from guards.

use crate::{Change, Finding, Severity};
use dnsctl_zone::{Acknowledgement, Name};

/// An acknowledgement that let something pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The guard.
    pub rule: String,
    /// What it holds for: owner name and type, or the zone.
    pub at: String,
    /// Its last day.
    pub until: String,
    /// Why.
    pub why: String,
}

/// The acknowledgements of one zone while a plan is made.
#[derive(Debug)]
pub(crate) struct Book<'a> {
    apex: &'a Name,
    today: &'a str,
    entries: Vec<(&'a Acknowledgement, bool)>,
}

impl<'a> Book<'a> {
    /// The acknowledgements, with today's date as `YYYY-MM-DD`.
    pub(crate) fn new(apex: &'a Name, today: &'a str, entries: &'a [Acknowledgement]) -> Self {
        Self { apex, today, entries: entries.iter().map(|entry| (entry, false)).collect() }
    }

    /// Whether some acknowledgement lets this rule pass for this change (for the zone when there is none).
    pub(crate) fn covers(&mut self, rule: &str, change: Option<&Change>) -> bool {
        let mut found = false;
        for (entry, used) in &mut self.entries {
            let matches = entry.rule == rule
                && match (&entry.at, change) {
                    (None, _) => true,
                    (Some(_), None) => false,
                    (Some((name, rtype)), Some(change)) => {
                        *name == change.name && rtype.is_none_or(|rtype| rtype == change.rtype)
                    }
                };
            if matches && entry.until.as_str() >= self.today {
                *used = true;
                found = true;
            }
        }
        found
    }

    /// What was used, and findings about what was not.
    pub(crate) fn close(self, findings: &mut Vec<Finding>) -> Vec<Acknowledged> {
        let mut used = Vec::new();
        for (entry, was_used) in self.entries {
            let at = entry.at.as_ref().map_or_else(
                || "the zone".to_owned(),
                |(name, rtype)| {
                    let name = name.relative_to(self.apex);
                    rtype.map_or_else(|| name.clone(), |rtype| format!("{name} {rtype}"))
                },
            );
            let Acknowledgement { rule, until, why, source, .. } = entry;
            if was_used {
                used.push(Acknowledged { rule: rule.clone(), at, until: until.clone(), why: why.clone() });
                continue;
            }
            let (id, message) = if until.as_str() < self.today {
                (
                    "guard/expired-acknowledgement",
                    format!("the acknowledgement of {rule} for {at} ended on {until}"),
                )
            } else {
                (
                    "guard/unused-acknowledgement",
                    format!("the acknowledgement of {rule} for {at} lets nothing pass in this plan"),
                )
            };
            let mut finding = Finding::zone(id, Severity::Blocker, message)
                .fix("Remove it from the zone file, so that it cannot let something else pass later.");
            finding.source = Some(source.clone());
            findings.push(finding);
        }
        used
    }
}

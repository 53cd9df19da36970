//! Dated exceptions from guards.

use crate::catalogue::{EXPIRED, UNUSED};
use crate::guard::{self, About};
use crate::{Change, Finding, Severity};
use dnsctl_zone::{Acknowledgement, Name, RecordType};

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

impl Acknowledged {
    /// Whether it holds for a change of this zone.
    pub fn is_at(&self, change: &Change, apex: &Name) -> bool {
        let name = change.name.relative_to(apex);
        self.at == ZONE || self.at == name || self.at == format!("{name} {}", change.rtype)
    }
}

/// Where an acknowledgement holds that names no place.
pub(crate) const ZONE: &str = "the zone";

/// Where an acknowledgement holds, for a person: an owner name, with a type if it names one, or the zone.
pub(crate) fn place(entry: &Acknowledgement, apex: &Name) -> String {
    let Some((name, rtype)) = &entry.at else { return ZONE.to_owned() };
    let name = name.relative_to(apex);
    rtype.map_or_else(|| name.clone(), |rtype| format!("{name} {rtype}"))
}

/// The acknowledgements of one zone while a plan is made.
#[derive(Debug)]
pub(crate) struct Book<'a> {
    apex: &'a Name,
    today: &'a str,
    entries: Vec<Entry<'a>>,
}

#[derive(Debug)]
struct Entry<'a> {
    text: &'a Acknowledgement,
    /// Something that it is about was objected to, whether it is still valid or not.
    matched: bool,
}

impl<'a> Book<'a> {
    /// The acknowledgements, with today's date as `YYYY-MM-DD`.
    pub(crate) fn new(apex: &'a Name, today: &'a str, entries: &'a [Acknowledgement]) -> Self {
        // Ids of rules of zones have a full stop, those of plans a slash.
        let of_plans = entries.iter().filter(|text| !text.rule.contains('.') || text.rule.contains('/'));
        Self { apex, today, entries: of_plans.map(|text| Entry { text, matched: false }).collect() }
    }

    /// Whether some acknowledgement lets this rule pass for this change (for the zone when there is none).
    pub(crate) fn covers(&mut self, rule: &str, change: Option<&Change>) -> bool {
        let mut found = false;
        for entry in &mut self.entries {
            let matches = entry.text.rule == rule
                && match (&entry.text.at, change) {
                    (None, _) => true,
                    (Some(_), None) => false,
                    (Some(at), Some(change)) => is_at(change, at),
                };
            entry.matched |= matches;
            found |= matches && entry.text.until.as_str() >= self.today;
        }
        found
    }

    /// What was used, and findings about what was not. `alone` says that this plan is all that there is of the zone: an
    /// acknowledgement may be for another provider, and in a new zone most guards see nothing to lose.
    pub(crate) fn close(
        self,
        changes: &[Change],
        alone: bool,
        findings: &mut Vec<Finding>,
    ) -> Vec<Acknowledged> {
        let mut used = Vec::new();
        for Entry { text, matched } in self.entries {
            let at = place(text, self.apex);
            let Acknowledgement { rule, until, why, source, .. } = text;
            let expired = until.as_str() < self.today;
            if matched && !expired {
                used.push(Acknowledged { rule: rule.clone(), at, until: until.clone(), why: why.clone() });
                continue;
            }
            let what = format!("the acknowledgement of {rule} for {at}");
            let mut finding = match (expired, unfit(text, if alone { changes } else { &[] })) {
                (true, _) if matched => {
                    Finding::zone(EXPIRED.id, Severity::Blocker, format!("{what} ended on {until}"))
                        .fix("Decide again: give it a later date in the zone file, or take the change back.")
                }
                (true, _) => Finding::zone(
                    EXPIRED.id,
                    Severity::Warning,
                    format!("{what} ended on {until}; nothing in this plan needs it"),
                )
                .fix("Remove it from the zone file."),
                (false, Some(reason)) => {
                    Finding::zone(UNUSED.id, Severity::Blocker, format!("{what} lets nothing pass: {reason}"))
                        .fix("Correct it, or remove it from the zone file, so that it cannot let something else pass later.")
                }
                (false, None) => Finding::zone(
                    UNUSED.id,
                    Severity::Warning,
                    format!("{what} is used up or not needed: this plan has no such change"),
                )
                .fix("Remove it from the zone file, so that it cannot let something else pass later."),
            };
            finding.source = Some(source.clone());
            findings.push(finding);
        }
        used
    }
}

fn is_at(change: &Change, (name, rtype): &(Name, Option<RecordType>)) -> bool {
    *name == change.name && rtype.is_none_or(|rtype| rtype == change.rtype)
}

/// Why an unused acknowledgement is wrong, and not only left over.
fn unfit(text: &Acknowledgement, changes: &[Change]) -> Option<String> {
    let Some(guard) = guard::ALL.iter().find(|guard| guard.rule.id == text.rule) else {
        return Some("no guard has this name".to_owned());
    };
    let at @ (_, rtype) = text.at.as_ref()?;
    let types = match guard.about {
        About::Zone => {
            return Some("this guard is about the zone as a whole, so leave out \"at\"".to_owned());
        }
        About::Changes(types) => types,
    };
    let fits = |rtype: RecordType| types.is_empty() || types.contains(&rtype);
    if let Some(rtype) = rtype.filter(|rtype| !fits(*rtype)) {
        return Some(format!("this guard never objects to {rtype} records"));
    }
    let change = changes.iter().find(|change| is_at(change, at) && fits(change.rtype))?;
    Some(format!("the guard does not object to what this plan does to {}", change.rtype))
}

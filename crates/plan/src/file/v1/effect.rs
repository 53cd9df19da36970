//! What changes do to mail, as it stands in the file.

use super::Place;
use super::read::Numbers;
use crate::ZonePlan;
use crate::effect::{Effect, Findings, Lookups, SenderEffect, Shift};
use dnsctl_checks::Severity;
use dnsctl_zone::{Name, RecordType, Source};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct EffectEntry {
    /// How many findings there were before; absent for a zone that is created. Acknowledged ones are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Findings>,
    /// How many there are after.
    after: Findings,
    /// Findings that go away.
    fixed: Vec<ShiftEntry>,
    /// Findings that are new.
    broken: Vec<ShiftEntry>,
    /// What receivers make of senders (SPF).
    senders: Vec<SenderEffect>,
    /// Lookups that the SPF record of the domain costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lookups: Option<Lookups>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ShiftEntry {
    rule: String,
    /// `info`, `note`, `warning`, `error` or `critical`.
    severity: String,
    /// The change that does it; absent where several do it together, or one of another zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<String>,
    name: Name,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    rtype: Option<RecordType>,
    /// The target in the RRset that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<Name>,
    message: String,
    fix: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
    /// Whether an acknowledgement lets it pass.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    acknowledged: bool,
}

impl EffectEntry {
    pub(super) fn new(plan: &ZonePlan, effect: &Effect) -> Self {
        let entry = |shift: &Shift| ShiftEntry {
            rule: shift.rule.to_owned(),
            severity: shift.severity.word().to_owned(),
            change: shift
                .change
                .and_then(|index| plan.changes.get(index))
                .map(|change| format!("c{}", change.number)),
            name: shift.name.clone(),
            rtype: shift.rtype,
            target: shift.target.clone(),
            message: shift.message.clone(),
            fix: shift.fix.clone(),
            source: shift.source.as_ref().map(Place::from),
            acknowledged: shift.acknowledged,
        };
        Self {
            before: effect.before,
            after: effect.after,
            fixed: effect.fixed.iter().map(entry).collect(),
            broken: effect.broken.iter().map(entry).collect(),
            senders: effect.senders.clone(),
            lookups: effect.lookups,
        }
    }

    /// Findings of rules that this version does not know are left out.
    pub(super) fn read(self, numbers: &Numbers) -> Effect {
        let shift = |entry: ShiftEntry| {
            Some(Shift {
                rule: dnsctl_checks::find(&entry.rule)?.rule.id,
                severity: entry.severity.parse::<Severity>().ok()?,
                change: numbers.place(entry.change.as_deref()),
                name: entry.name,
                rtype: entry.rtype,
                target: entry.target,
                message: entry.message,
                fix: entry.fix,
                source: entry.source.map(Source::from),
                acknowledged: entry.acknowledged,
            })
        };
        Effect {
            before: self.before,
            after: self.after,
            fixed: self.fixed.into_iter().filter_map(shift).collect(),
            broken: self.broken.into_iter().filter_map(shift).collect(),
            senders: self.senders,
            lookups: self.lookups,
        }
    }
}

//! From a file to its plan.

use super::effect::EffectEntry;
use super::{
    AcknowledgedEntry, BeyondEntry, ChangeEntry, ErrorEntry, File, FindingEntry, KeptEntry, Place, Side,
    Zone, ZoneEntry,
};
use crate::file::FileError;
use crate::zone::{Acknowledged, Counts, Verdict};
use crate::{
    Beyond, Change, Finding, Mode, Plan, Severity, Unread, ZoneKey, ZonePlan, catalogue, rrset_digest,
};
use dnsctl_zone::{Kept, Name, Names, RRset, Rdata, RecordType, Source, Ttl};
use std::collections::HashMap;

impl From<Place> for Source {
    fn from(place: Place) -> Self {
        Self { file: place.file.into(), line: place.line, column: place.column }
    }
}

impl File {
    /// The plan of this file, checked against its digests.
    pub(in crate::file) fn into_plan(self) -> Result<Plan, FileError> {
        let changed = |what: String| FileError::Changed(what);
        let (mut zones, effects): (Vec<ZonePlan>, Vec<_>) = self.zones.into_iter().map(zone_plan).unzip();
        let mut findings: Vec<Vec<FindingEntry>> = zones.iter().map(|_| Vec::new()).collect();
        let places: HashMap<ZoneKey, usize> =
            zones.iter().enumerate().rev().map(|(index, plan)| (plan.key(), index)).collect();
        let place = |provider: &str, zone: &Name| {
            places.get(&ZoneKey { zone: zone.clone(), provider: provider.to_owned() }).copied()
        };
        for entry in self.changes {
            let index = place(&entry.provider, &entry.zone)
                .ok_or_else(|| changed(format!("change {} names a zone that is not in it", entry.id)))?;
            let change = read_change(&entry)?;
            if let Some(plan) = zones.get_mut(index) {
                plan.changes.push(change);
            }
        }
        for entry in self.findings {
            if let Some(list) = place(&entry.provider, &entry.zone).and_then(|index| findings.get_mut(index))
            {
                list.push(entry);
            }
        }
        for ((plan, entries), effect) in zones.iter_mut().zip(findings).zip(effects) {
            let numbers = Numbers::of(plan);
            plan.findings = entries.into_iter().filter_map(|entry| finding(plan, &numbers, entry)).collect();
            plan.effect = effect.map(|effect: EffectEntry| effect.read(&numbers));
        }
        for entry in self.guards {
            let rule = catalogue::rules().map(|rule| rule.id).find(|rule| *rule == entry.rule);
            let index = place(&entry.provider, &entry.zone);
            if let (Some(rule), Some(plan)) = (rule, index.and_then(|index| zones.get_mut(index))) {
                let measure = entry.value.zip(entry.limit);
                let (pass, not_checked) = (entry.verdict != "block", entry.reason);
                plan.verdicts.push(Verdict { rule, pass, measure, not_checked });
            }
        }
        for entry in self.acknowledged {
            let AcknowledgedEntry { rule, provider, zone, at, until, why } = entry;
            if let Some(plan) = place(&provider, &zone).and_then(|index| zones.get_mut(index)) {
                plan.acknowledged.push(Acknowledged { rule, at, until, why });
            }
        }
        let unread: Vec<Unread> = self
            .errors
            .into_iter()
            .map(|ErrorEntry { provider, zone, message, hint }| Unread { provider, zone, message, hint })
            .collect();
        let mode = if self.mode == "full" { Mode::Full } else { Mode::ZoneFilter };
        let digest = crate::digest::of_plan(&zones, &unread);
        if digest != self.digest {
            return Err(changed(format!("its digest is {}, that of its contents is {digest}", self.digest)));
        }
        let plan = Plan {
            id: self.id,
            digest,
            created_at: self.created_at,
            expires_at: self.expires_at,
            mode,
            zones,
            unread,
            beyond: self.beyond.map(|BeyondEntry { read, failed, by_files }| Beyond {
                read: read.into_iter().map(key).collect(),
                failed: failed.into_iter().map(key).collect(),
                by_files,
            }),
        };
        if plan.is_applicable() != self.applicable || !plan.digest.contains(&plan.id) {
            return Err(changed("its verdict or id is not that of its contents".to_owned()));
        }
        Ok(plan)
    }
}

fn zone_plan(zone: Zone) -> (ZonePlan, Option<EffectEntry>) {
    let counts = zone.counts;
    let plan = ZonePlan {
        provider: zone.provider,
        zone: zone.zone,
        source: zone.source.into(),
        create: zone.create,
        serial: zone.serial,
        counts: Counts {
            read: counts.read,
            managed: counts.managed,
            unchanged: counts.unchanged,
            ignored: counts.ignored,
            undeclared: counts.undeclared,
        },
        changes: Vec::new(),
        findings: Vec::new(),
        verdicts: Vec::new(),
        acknowledged: Vec::new(),
        kept: zone
            .kept
            .into_iter()
            .map(|KeptEntry { name, rtype, count, reason }| Kept { name, rtype, count, reason })
            .collect(),
        settles: Ttl::new(zone.settles_after_s).unwrap_or(Ttl::MAX),
        waits_for: zone.waits_for.into_iter().map(key).collect(),
        effect: None,
    };
    (plan, zone.effect)
}

fn key(ZoneEntry { zone, provider }: ZoneEntry) -> ZoneKey {
    ZoneKey { zone, provider }
}

/// The places of the changes of a zone by their numbers.
pub(super) struct Numbers(HashMap<u32, usize>);

impl Numbers {
    fn of(plan: &ZonePlan) -> Self {
        Self(plan.changes.iter().enumerate().rev().map(|(index, change)| (change.number, index)).collect())
    }

    /// The place of the change that is called `c7`.
    pub(super) fn place(&self, id: Option<&str>) -> Option<usize> {
        self.0.get(&id?.strip_prefix('c')?.parse().ok()?).copied()
    }
}

fn read_change(entry: &ChangeEntry) -> Result<Change, FileError> {
    let changed = |what: String| FileError::Changed(format!("change {}: {what}", entry.id));
    let read = |side: &Option<Side>| {
        side.as_ref().map(|side| read_side(&entry.name, entry.rtype, side).map_err(&changed)).transpose()
    };
    let (before, after) = (read(&entry.before)?, read(&entry.after)?);
    let mut change = Change::new(before, after, entry.source.clone().map(Source::from))
        .ok_or_else(|| changed("it has neither before nor after".to_owned()))?;
    change.number = entry.order;
    change.group = entry.group;
    change.depends_on = entry.depends_on.iter().filter_map(|id| id.strip_prefix('c')?.parse().ok()).collect();
    change.old_answer_max_s = entry.old_answer_max_s;
    if change.action() != entry.action || !change.name.is_at_or_below(&entry.zone) {
        return Err(changed("its action or name does not fit the rest".to_owned()));
    }
    Ok(change)
}

fn read_side(name: &Name, rtype: RecordType, side: &Side) -> Result<RRset, String> {
    let root = Name::root();
    let names = Names { origin: &root, strict: false };
    let parse = |text: &String| Rdata::parse(rtype, text, names).map_err(|error| error.to_string());
    let values = side.values.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let rrset = RRset::new(name.clone(), rtype, side.ttl, values).with_options(side.options.clone());
    if rrset_digest(&rrset) != side.digest || rrset.values().is_empty() {
        return Err("its values do not have its digest".to_owned());
    }
    Ok(rrset)
}

/// A finding of a rule that this version does not know is dropped unless it weighs something.
fn finding(plan: &ZonePlan, numbers: &Numbers, entry: FindingEntry) -> Option<Finding> {
    let rule = catalogue::rules()
        .map(|rule| rule.id)
        .chain(dnsctl_checks::checks().map(|check| check.rule.id))
        .find(|rule| *rule == entry.rule)
        .or((entry.severity == Severity::Blocker).then_some("guard/unknown"))?;
    let change = numbers.place(entry.change.as_deref());
    let place = change.and_then(|index| plan.changes.get(index)?.source.clone());
    Some(Finding {
        rule,
        severity: entry.severity,
        change,
        message: entry.message,
        fix: entry.fix,
        source: entry.source.map(Source::from).filter(|source| place.as_ref() != Some(source)),
    })
}

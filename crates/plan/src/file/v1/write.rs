//! From a plan to its file.

use super::effect::EffectEntry;
use super::{
    AcknowledgedEntry, BeyondEntry, ChangeEntry, CountsEntry, ErrorEntry, FORMAT, File, FindingEntry,
    GuardEntry, KeptEntry, Place, Side, Summary, VERSION, Zone, ZoneEntry,
};
use crate::{Action, Beyond, Change, Mode, Plan, Unread, ZoneKey, ZonePlan, rrset_digest};
use dnsctl_zone::{Kept, RRset, Source};

impl From<&Source> for Place {
    fn from(source: &Source) -> Self {
        Self { file: source.file.to_string(), line: source.line, column: source.column }
    }
}

fn side(rrset: &RRset) -> Side {
    Side {
        ttl: rrset.ttl,
        values: rrset.values().iter().map(ToString::to_string).collect(),
        options: rrset.options.as_deref().cloned().unwrap_or_default(),
        digest: rrset_digest(rrset),
    }
}

impl From<&Plan> for File {
    fn from(plan: &Plan) -> Self {
        let summary = plan.summary();
        let mut file = Self {
            format: FORMAT.to_owned(),
            format_version: VERSION.to_owned(),
            id: plan.id.clone(),
            digest: plan.digest.clone(),
            document_digest: String::new(),
            created_at: plan.created_at,
            expires_at: plan.expires_at,
            mode: match plan.mode {
                Mode::Full => "full".to_owned(),
                Mode::ZoneFilter => "zone-filter".to_owned(),
            },
            complete: plan.unread.is_empty(),
            applicable: plan.is_applicable(),
            errored: !plan.unread.is_empty(),
            summary: Summary {
                create: summary.create,
                update: summary.update,
                delete: summary.delete,
                unchanged: summary.unchanged,
                ignored: summary.ignored,
                zones_to_create: summary.zones_to_create,
                blockers: summary.blockers,
                warnings: summary.warnings,
                settles_after_s: summary.settles_after.seconds(),
            },
            zones: Vec::new(),
            changes: Vec::new(),
            findings: Vec::new(),
            guards: Vec::new(),
            acknowledged: Vec::new(),
            errors: plan.unread.iter().map(error).collect(),
            beyond: plan.beyond.clone().map(beyond),
        };
        plan.zones.iter().for_each(|zone| file.add(zone));
        file
    }
}

fn error(unread: &Unread) -> ErrorEntry {
    let Unread { provider, zone, message, hint } = unread.clone();
    ErrorEntry { provider, zone, message, hint }
}

impl File {
    fn add(&mut self, plan: &ZonePlan) {
        let count = |action| plan.changes.iter().filter(|change| change.action() == action).count();
        self.zones.push(Zone {
            zone: plan.zone.clone(),
            provider: plan.provider.clone(),
            create: plan.create,
            serial: plan.serial,
            counts: CountsEntry {
                read: plan.counts.read,
                managed: plan.counts.managed,
                unchanged: plan.counts.unchanged,
                ignored: plan.counts.ignored,
                undeclared: plan.counts.undeclared,
                create: count(Action::Create),
                update: count(Action::Update),
                delete: count(Action::Delete),
            },
            source: (&plan.source).into(),
            settles_after_s: plan.settles.seconds(),
            kept: plan.kept.iter().map(kept).collect(),
            waits_for: plan.waits_for.iter().cloned().map(zone_entry).collect(),
            effect: plan.effect.as_ref().map(|effect| EffectEntry::new(plan, effect)),
        });
        let first_finding = self.findings.len() + 1;
        let mut of_change: Vec<Vec<String>> = vec![Vec::new(); plan.changes.len()];
        for (index, finding) in plan.findings.iter().enumerate() {
            let id = format!("f{}", first_finding + index);
            if let Some(list) = finding.change.and_then(|change| of_change.get_mut(change)) {
                list.push(id.clone());
            }
            let change = finding.change.and_then(|index| plan.changes.get(index));
            self.findings.push(FindingEntry {
                id,
                rule: finding.rule.to_owned(),
                severity: finding.severity,
                provider: plan.provider.clone(),
                zone: plan.zone.clone(),
                change: change.map(|change| format!("c{}", change.number)),
                message: finding.message.clone(),
                fix: finding.fix.clone(),
                source: finding
                    .source
                    .as_ref()
                    .or(change.and_then(|change| change.source.as_ref()))
                    .map(Place::from),
            });
        }
        for (change, findings) in plan.changes.iter().zip(of_change) {
            self.changes.push(change_entry(plan, change, findings));
        }
        self.guards.extend(plan.verdicts.iter().map(|verdict| {
            GuardEntry {
                rule: verdict.rule.to_owned(),
                provider: plan.provider.clone(),
                zone: plan.zone.clone(),
                verdict: match &verdict.not_checked {
                    Some(_) => "not_checked",
                    None if verdict.pass => "pass",
                    None => "block",
                }
                .to_owned(),
                reason: verdict.not_checked.clone(),
                value: verdict.measure.as_ref().map(|(value, _)| value.clone()),
                limit: verdict.measure.as_ref().map(|(_, limit)| limit.clone()),
            }
        }));
        self.acknowledged.extend(plan.acknowledged.iter().cloned().map(|used| AcknowledgedEntry {
            rule: used.rule,
            provider: plan.provider.clone(),
            zone: plan.zone.clone(),
            at: used.at,
            until: used.until,
            why: used.why,
        }));
    }
}

fn beyond(Beyond { read, failed, by_files }: Beyond) -> BeyondEntry {
    let entries = |keys: Vec<ZoneKey>| keys.into_iter().map(zone_entry).collect();
    BeyondEntry { read: entries(read), failed: entries(failed), by_files }
}

fn zone_entry(ZoneKey { zone, provider }: ZoneKey) -> ZoneEntry {
    ZoneEntry { zone, provider }
}

fn kept(kept: &Kept) -> KeptEntry {
    let Kept { name, rtype, count, reason } = kept.clone();
    KeptEntry { name, rtype, count, reason }
}

fn change_entry(plan: &ZonePlan, change: &Change, findings: Vec<String>) -> ChangeEntry {
    ChangeEntry {
        id: format!("c{}", change.number),
        order: change.number,
        group: change.group,
        action: change.action(),
        provider: plan.provider.clone(),
        zone: plan.zone.clone(),
        name: change.name.clone(),
        rtype: change.rtype,
        before: change.before.as_ref().map(side),
        after: change.after.as_ref().map(side),
        fields: change.fields().into_iter().map(str::to_owned).collect(),
        depends_on: change.depends_on.iter().map(|number| format!("c{number}")).collect(),
        old_answer_max_s: change.old_answer_max_s,
        source: change.source.as_ref().map(Place::from),
        findings,
    }
}

//! Version 1 of the plan file.

use super::FileError;
use crate::zone::{Acknowledged, Counts, Verdict};
use crate::{Action, Change, Finding, Mode, Plan, Severity, Unread, ZonePlan, guard, rrset_digest};
use dnsctl_zone::{Kept, Name, Names, Options, RRset, Rdata, RecordType, Source, Ttl};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What `format` says.
pub const FORMAT: &str = "dnsctl.plan";
/// The major version that this module reads.
pub const MAJOR: &str = "1";
/// The version that this module writes.
pub const VERSION: &str = "1.0";

/// The keys by which a reader decides whether it can read the rest.
#[derive(Debug, Deserialize)]
pub struct Head {
    /// Always `dnsctl.plan`.
    pub format: String,
    /// `MAJOR.MINOR`.
    pub format_version: String,
}

/// A plan file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "dnsctl plan 1.x")]
pub struct File {
    /// Always `dnsctl.plan`.
    format: String,
    /// `MAJOR.MINOR`. A reader ignores keys that it does not know and refuses another major version.
    format_version: String,
    /// The first eight digits of the digest.
    id: String,
    /// SHA-256 over provider, zone, name, type, digest before and digest after of each change, and the
    /// acknowledgements. This is what a person approves.
    digest: String,
    /// RFC 3339, UTC.
    created_at: Timestamp,
    /// RFC 3339, UTC. The plan cannot be applied later.
    expires_at: Timestamp,
    /// `full`, or `zone-filter` when only some zones were asked for.
    mode: String,
    /// Whether every zone could be read.
    complete: bool,
    /// Whether the plan can be applied.
    applicable: bool,
    /// Whether something could not be read.
    errored: bool,
    /// Numbers of RRsets and findings.
    summary: Summary,
    /// Each zone at each provider.
    zones: Vec<Zone>,
    /// What would be written, in order.
    changes: Vec<ChangeEntry>,
    /// What a person should know.
    findings: Vec<FindingEntry>,
    /// What the guards said.
    guards: Vec<GuardEntry>,
    /// Dated exceptions that let something pass.
    acknowledged: Vec<AcknowledgedEntry>,
    /// What could not be read.
    errors: Vec<ErrorEntry>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Summary {
    create: usize,
    update: usize,
    delete: usize,
    unchanged: usize,
    ignored: usize,
    zones_to_create: usize,
    blockers: usize,
    warnings: usize,
    /// The longest time that an old answer can live after an apply, in seconds.
    settles_after_s: u32,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Zone {
    zone: Name,
    provider: String,
    /// Whether the provider lacks the zone and it will be created.
    create: bool,
    /// The serial number that was read.
    serial: Option<u32>,
    counts: CountsEntry,
    source: Place,
    /// The longest time that an old answer can live after an apply, in seconds.
    settles_after_s: u32,
    /// What is there and is kept whatever the files say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kept: Vec<KeptEntry>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct CountsEntry {
    read: usize,
    managed: usize,
    unchanged: usize,
    ignored: usize,
    undeclared: usize,
    create: usize,
    update: usize,
    delete: usize,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct KeptEntry {
    name: Name,
    #[serde(rename = "type")]
    rtype: RecordType,
    count: usize,
    reason: String,
}

/// A place in an input file; line and column count from 1, 0 is unknown.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Place {
    file: String,
    line: u32,
    #[serde(default)]
    column: u32,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ChangeEntry {
    /// `c` and its number in the order of writing.
    id: String,
    /// Its number in the order of writing.
    order: u32,
    /// Changes of one group are written together where the provider can.
    group: u32,
    action: Action,
    provider: String,
    zone: Name,
    name: Name,
    #[serde(rename = "type")]
    rtype: RecordType,
    before: Option<Side>,
    after: Option<Side>,
    /// What an update changes: `ttl`, `values`, `options`.
    fields: Vec<String>,
    /// Changes that are written before this one.
    depends_on: Vec<String>,
    /// For how many seconds after the change a resolver can still give the old answer; absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old_answer_max_s: Option<u32>,
    /// Where the wish stands; a deletion has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
    /// Ids of findings about this change.
    findings: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Side {
    ttl: Ttl,
    /// Rdata as in a master file, in canonical order.
    values: Vec<String>,
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    options: Options,
    /// SHA-256 over sorted lines `name TAB ttl TAB IN TAB type TAB rdata LF`.
    digest: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct FindingEntry {
    /// `f` and a number.
    id: String,
    rule: String,
    severity: Severity,
    provider: String,
    zone: Name,
    /// The change that it is about; the whole zone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<String>,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct GuardEntry {
    rule: String,
    provider: String,
    zone: Name,
    /// `pass` or `block`.
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct AcknowledgedEntry {
    rule: String,
    provider: String,
    zone: Name,
    at: String,
    until: String,
    why: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ErrorEntry {
    provider: String,
    zone: Name,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl From<&Source> for Place {
    fn from(source: &Source) -> Self {
        Self { file: source.file.to_string(), line: source.line, column: source.column }
    }
}

impl From<Place> for Source {
    fn from(place: Place) -> Self {
        Self { file: place.file.into(), line: place.line, column: place.column }
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
        self.guards.extend(plan.verdicts.iter().map(|verdict| GuardEntry {
            rule: verdict.rule.to_owned(),
            provider: plan.provider.clone(),
            zone: plan.zone.clone(),
            verdict: if verdict.pass { "pass" } else { "block" }.to_owned(),
            value: verdict.measure.as_ref().map(|(value, _)| value.clone()),
            limit: verdict.measure.as_ref().map(|(_, limit)| limit.clone()),
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

impl File {
    /// The plan of this file, checked against its digests.
    pub(super) fn into_plan(self) -> Result<Plan, FileError> {
        let changed = |what: String| FileError::Changed(what);
        let mut zones: Vec<ZonePlan> = self.zones.into_iter().map(zone_plan).collect();
        let mut findings: Vec<Vec<FindingEntry>> = zones.iter().map(|_| Vec::new()).collect();
        let place = |zones: &[ZonePlan], provider: &str, zone: &Name| {
            zones.iter().position(|plan| plan.provider == provider && plan.zone == *zone)
        };
        for entry in self.changes {
            let index = place(&zones, &entry.provider, &entry.zone)
                .ok_or_else(|| changed(format!("change {} names a zone that is not in it", entry.id)))?;
            let change = read_change(&entry)?;
            if let Some(plan) = zones.get_mut(index) {
                plan.changes.push(change);
            }
        }
        for entry in self.findings {
            if let Some(list) =
                place(&zones, &entry.provider, &entry.zone).and_then(|index| findings.get_mut(index))
            {
                list.push(entry);
            }
        }
        for (plan, entries) in zones.iter_mut().zip(findings) {
            plan.findings = entries.into_iter().filter_map(|entry| finding(plan, entry)).collect();
        }
        for entry in self.guards {
            let rule = guard::ALL.iter().find(|guard| guard.rule == entry.rule).map(|guard| guard.rule);
            let index = place(&zones, &entry.provider, &entry.zone);
            if let (Some(rule), Some(plan)) = (rule, index.and_then(|index| zones.get_mut(index))) {
                let measure = entry.value.zip(entry.limit);
                plan.verdicts.push(Verdict { rule, pass: entry.verdict == "pass", measure });
            }
        }
        for entry in self.acknowledged {
            let AcknowledgedEntry { rule, provider, zone, at, until, why } = entry;
            if let Some(plan) = place(&zones, &provider, &zone).and_then(|index| zones.get_mut(index)) {
                plan.acknowledged.push(Acknowledged { rule, at, until, why });
            }
        }
        let unread: Vec<Unread> = self
            .errors
            .into_iter()
            .map(|ErrorEntry { provider, zone, message, hint }| Unread { provider, zone, message, hint })
            .collect();
        let mode = if self.mode == "full" { Mode::Full } else { Mode::ZoneFilter };
        let digest = crate::digest::of_plan(&zones);
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
        };
        if plan.is_applicable() != self.applicable || !plan.digest.contains(&plan.id) {
            return Err(changed("its verdict or id is not that of its contents".to_owned()));
        }
        Ok(plan)
    }
}

fn zone_plan(zone: Zone) -> ZonePlan {
    let counts = zone.counts;
    ZonePlan {
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
fn finding(plan: &ZonePlan, entry: FindingEntry) -> Option<Finding> {
    let known = [
        "ttl/old-answer-lives",
        "zone/missing",
        "guard/unused-acknowledgement",
        "guard/expired-acknowledgement",
    ];
    let rule = guard::ALL
        .iter()
        .map(|guard| guard.rule)
        .chain(known)
        .find(|rule| *rule == entry.rule)
        .or((entry.severity == Severity::Blocker).then_some("guard/unknown"))?;
    let number: Option<u32> = entry.change.as_deref().and_then(|id| id.strip_prefix('c')?.parse().ok());
    let change = number.and_then(|number| plan.changes.iter().position(|change| change.number == number));
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

/// The published JSON Schema of this format (`docs/schema/plan.json`).
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}

//! The plan of one zone at one provider.

pub use crate::acknowledge::Acknowledged;

use crate::acknowledge::Book;
use crate::catalogue::{LOSES, MISSING, NO_NAME_SERVERS};
use crate::diff::{Scope, diff};
use crate::effect::Effect;
use crate::{Change, Finding, Severity, View, ZoneKey, consequence, guard, order};
use dnsctl_zone::{Desired, Kept, Live, Name, RecordType, Source, Ttl, Zone};

/// What is compared: one zone, one provider.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The zone as the files want it.
    pub desired: &'a Desired,
    /// The zone as the provider has it; `None` when it has none.
    pub live: Option<&'a Live>,
    /// What is known of the provider.
    pub scope: Scope<'a>,
    /// How many RRsets the last complete read of this zone gave, when that is known.
    pub last_read: Option<usize>,
    /// Today as `YYYY-MM-DD` in UTC: acknowledgements end by it.
    pub today: &'a str,
}

/// Numbers of RRsets at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Read in all.
    pub read: usize,
    /// That could be changed or deleted.
    pub managed: usize,
    /// As wanted.
    pub unchanged: usize,
    /// Covered by an ignore rule.
    pub ignored: usize,
    /// Declared nowhere and left alone.
    pub undeclared: usize,
}

/// What a guard said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The guard.
    pub rule: &'static str,
    /// Whether it lets the plan pass, if need be by acknowledgement.
    pub pass: bool,
    /// The number that it looked at and its limit, for guards that count.
    pub measure: Option<(String, String)>,
    /// Why it could not be asked. Then that it lets the plan pass says nothing.
    pub not_checked: Option<String>,
}

/// The plan of one zone at one provider: plain data.
#[derive(Debug, Clone, PartialEq)]
pub struct ZonePlan {
    /// The provider's name in the configuration.
    pub provider: String,
    /// The zone.
    pub zone: Name,
    /// Where the zone is declared.
    pub source: Source,
    /// Whether the provider lacks the zone and it will be created.
    pub create: bool,
    /// The serial number that was read.
    pub serial: Option<u32>,
    /// How the RRsets were counted.
    pub counts: Counts,
    /// The changes in the order of writing.
    pub changes: Vec<Change>,
    /// What a person should know.
    pub findings: Vec<Finding>,
    /// What the guards said.
    pub verdicts: Vec<Verdict>,
    /// Acknowledgements that let something pass.
    pub acknowledged: Vec<Acknowledged>,
    /// What is there and is kept whatever the files say.
    pub kept: Vec<Kept>,
    /// The longest time that an old answer can live after an apply.
    pub settles: Ttl,
    /// Zones of the plan that are written before this one: its changes need what they get, or they used what this one loses.
    pub waits_for: Vec<ZoneKey>,
    /// What the changes do to mail and the rest, where the rules were asked.
    pub effect: Option<Effect>,
}

impl ZonePlan {
    /// What the zone is called.
    pub fn key(&self) -> ZoneKey {
        ZoneKey { zone: self.zone.clone(), provider: self.provider.clone() }
    }

    /// A zone that is not planned, at its first provider: it is judged with the others, and nothing is written to it.
    pub fn beside(desired: &Desired) -> Self {
        Self {
            provider: desired.providers.first().cloned().unwrap_or_default(),
            zone: desired.apex.clone(),
            source: desired.source.clone(),
            create: false,
            serial: None,
            counts: Counts::default(),
            changes: Vec::new(),
            findings: Vec::new(),
            verdicts: Vec::new(),
            acknowledged: Vec::new(),
            kept: Vec::new(),
            settles: Ttl::default(),
            waits_for: Vec::new(),
            effect: None,
        }
    }

    /// Whether something stops it.
    pub fn is_blocked(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Blocker)
    }

    /// Whether there is anything to write.
    pub fn has_changes(&self) -> bool {
        self.create || !self.changes.is_empty()
    }

    /// How many findings have this weight.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Makes the plan of one zone at one provider.
pub fn plan(target: Target<'_>) -> ZonePlan {
    let Target { desired, scope, today, .. } = target;
    let empty = Live::new(Zone::new(desired.apex.clone(), Vec::new()));
    let live = target.live.unwrap_or(&empty);
    let difference = diff(desired, live, scope);
    let mut changes = difference.changes;
    for change in changes.iter_mut().filter(|change| change.source.is_none()) {
        change.source = Some(Source::new(desired.source.file.clone(), 0, 0));
    }
    order::arrange(&mut changes, live);
    let mut findings = Vec::new();
    consequence::consider(live, &mut changes, &mut findings);
    let mut counts = Counts {
        read: live.zone.rrsets().len(),
        managed: difference.managed,
        unchanged: difference.unchanged,
        ignored: difference.ignored,
        undeclared: difference.undeclared,
    };
    let mut book = Book::new(&desired.apex, today, &desired.acknowledgements);
    let create = target.live.is_none();
    if create && !desired.create {
        counts = Counts::default();
        changes.clear();
        findings.clear();
        findings.push(missing(desired, scope));
    } else if create {
        findings.extend(no_name_servers(desired, scope, &changes));
    } else if !changes.is_empty() {
        findings.extend(loses(desired, live));
    }
    let question = guard::Question {
        desired,
        live,
        scope,
        exists: target.live.is_some(),
        changes: &changes,
        counts,
        last_read: target.last_read,
        before: View::before(live),
        after: View::after(live, &changes),
    };
    let verdicts = guard::ask_all(&question, &mut book, &mut findings);
    let acknowledged = book.close(&changes, !create && desired.providers.len() == 1, &mut findings);
    findings.sort_by_key(|finding| (finding.change, std::cmp::Reverse(finding.severity), finding.rule));
    ZonePlan {
        provider: scope.provider.to_owned(),
        zone: desired.apex.clone(),
        source: desired.source.clone(),
        create: create && desired.create,
        serial: live.zone.serial(),
        counts,
        settles: consequence::settles(&changes),
        changes,
        findings,
        verdicts,
        acknowledged,
        kept: live.kept.clone(),
        waits_for: Vec::new(),
        effect: None,
    }
}

fn missing(desired: &Desired, scope: Scope<'_>) -> Finding {
    let (zone, provider) = (desired.apex.without_dot(), scope.provider);
    let mut finding = Finding::zone(
        MISSING.id,
        Severity::Blocker,
        format!("the provider \"{provider}\" has no zone {zone}"),
    )
    .fix(format!("Create it there, or write \"create: true\" into {}.", desired.source.file));
    finding.source = Some(desired.source.clone());
    finding
}

/// A new zone whose apex is ours to write. A provider that makes the SOA record itself gives a zone its servers, too.
fn no_name_servers(desired: &Desired, scope: Scope<'_>, changes: &[Change]) -> Option<Finding> {
    let servers = |change: &Change| change.name == desired.apex && change.rtype == RecordType::NS;
    if !(scope.writes_soa && scope.writes_apex_ns) || changes.iter().any(servers) {
        return None;
    }
    let zone = desired.apex.without_dot();
    let message =
        format!("{zone} would be created without NS records at its apex; BIND does not load such a zone");
    let mut finding = Finding::zone(NO_NAME_SERVERS.id, Severity::Warning, message).fix(NO_NAME_SERVERS.fix);
    finding.source = Some(desired.source.clone());
    Some(finding)
}

fn loses(desired: &Desired, live: &Live) -> Option<Finding> {
    let message = format!("not kept by a write: {}", live.loses.as_ref()?);
    let mut finding = Finding::zone(LOSES.id, Severity::Warning, message).fix(LOSES.fix);
    finding.source = Some(desired.source.clone());
    Some(finding)
}

//! What is new, and what is gone.

use super::judge::Case;
use super::senders::covers;
use super::{Findings, Shift, is_mail};
use crate::catalogue::UNUSED;
use crate::{Acknowledged, Finding, Severity};
use dnsctl_checks::{IdleReason, Judgement, Report, Verdict};
use dnsctl_zone::{Acknowledgement, Name, RecordType};
use std::collections::{HashMap, HashSet};

/// What a report counts as.
pub(super) fn count(report: &Report<'_>) -> Findings {
    let mut findings = Findings::default();
    for judgement in report.open() {
        let weights = if is_mail(judgement.check) { &mut findings.mail } else { &mut findings.rest };
        weights.add(judgement.severity);
    }
    findings
}

/// What came and what went.
pub(super) struct Difference {
    pub(super) fixed: Vec<Shift>,
    pub(super) broken: Vec<Shift>,
}

/// What a finding is about. Two that are about the same and say different things are one that changed; what is said of another
/// target is another one.
type Key<'a> = (&'static str, &'a Name, Option<RecordType>, Option<&'a Name>);

fn key<'a>(judgement: &'a Judgement<'_>) -> Key<'a> {
    key_of(judgement.check.rule.id, &judgement.finding)
}

fn key_of<'a>(rule: &'static str, finding: &'a dnsctl_checks::Finding) -> Key<'a> {
    (rule, &finding.name, finding.rtype, finding.target.as_ref())
}

/// What the findings of reports say of each thing.
pub(super) struct Known<'r>(HashMap<Key<'r>, HashSet<&'r str>>);

impl<'r> Known<'r> {
    pub(super) fn of(reports: impl IntoIterator<Item = &'r Report<'r>>) -> Self {
        let mut known: HashMap<Key<'_>, HashSet<&str>> = HashMap::new();
        for judgement in reports.into_iter().flat_map(|report| &report.findings) {
            known.entry(key(judgement)).or_default().insert(&judgement.finding.message);
        }
        Self(known)
    }

    /// Whether one of them says this.
    pub(super) fn says(&self, rule: &'static str, found: &dnsctl_checks::Finding) -> bool {
        let words = self.0.get(&key_of(rule, found));
        words.is_some_and(|words| words.contains(found.message.as_str()))
    }

    /// What a rule found that none of them says, and that is none of them in other words: there are more of its kind than here.
    pub(super) fn fresh<'f>(
        &self,
        rule: &'static str,
        found: &'f [dnsctl_checks::Finding],
    ) -> Vec<&'f dnsctl_checks::Finding> {
        let (mut new, mut spare): (Vec<_>, HashMap<Key<'_>, usize>) = (Vec::new(), HashMap::new());
        for finding in found {
            let key = key_of(rule, finding);
            let known = || self.0.get(&key).map_or(0, HashSet::len);
            let left = spare.entry(key).or_insert_with(known);
            match self.says(rule, finding) {
                true => *left = left.saturating_sub(1),
                false => new.push(finding),
            }
        }
        new.retain(|finding| match spare.get_mut(&key_of(rule, finding)) {
            Some(left @ 1..) => {
                *left = left.saturating_sub(1);
                false
            }
            _ => true,
        });
        new
    }
}

/// What a domain lacks from the day on which it is known to send. It lacked it before, and a first SPF record breaks nothing: a key
/// comes from who signs, not from a zone file.
const BEGINS: [&str; 1] = ["dkim.any"];

fn applied(report: &Report<'_>, rule: &str) -> bool {
    let own = report.results.iter().find(|result| result.check.rule.id == rule);
    own.is_none_or(|own| own.verdict != Verdict::NotApplicable)
}

/// The findings of two reports that do not stand in both. One that weighs more than before is a new one.
pub(super) fn difference(before: Option<&Report<'_>>, after: &Report<'_>) -> Difference {
    let olds: Vec<&Judgement<'_>> = before.iter().flat_map(|report| &report.findings).collect();
    let mut words: HashMap<(Key<'_>, &str), Vec<usize>> = HashMap::new();
    for (place, old) in olds.iter().enumerate().rev() {
        words.entry((key(old), &old.finding.message)).or_default().push(place);
    }
    let mut broken = Vec::new();
    // Those that say the same first, so that what is left over is what changed.
    let (mut rest, mut same) = (Vec::new(), HashSet::new());
    for judgement in &after.findings {
        match words.get_mut(&(key(judgement), judgement.finding.message.as_str())).and_then(Vec::pop) {
            Some(place) => drop(same.insert(place)),
            None => rest.push(judgement),
        }
    }
    let mut old: HashMap<Key<'_>, Vec<&Judgement<'_>>> = HashMap::new();
    for (_, judgement) in olds.into_iter().enumerate().filter(|(place, _)| !same.contains(place)) {
        old.entry(key(judgement)).or_default().push(judgement);
    }
    // The heaviest first, each in the place of the lightest old one that weighs as much. What is let pass weighed more before.
    for judgement in rest {
        let olds = old.get_mut(&key(judgement));
        let outweighs =
            |old: &&Judgement<'_>| old.severity >= judgement.severity || old.acknowledged.is_some();
        let like = olds.and_then(|olds| olds.iter().rposition(outweighs).map(|place| olds.remove(place)));
        if like.is_none() {
            let mut new = shift(judgement);
            if BEGINS.contains(&new.rule) && before.is_some_and(|report| !applied(report, new.rule)) {
                new.severity = new.severity.min(dnsctl_checks::Severity::Warning);
            }
            broken.push(new);
        }
    }
    let mut fixed: Vec<Shift> = old.into_values().flatten().map(shift).collect();
    let order =
        |shift: &Shift| (std::cmp::Reverse(shift.severity), shift.rule, shift.name.clone(), shift.rtype);
    fixed.sort_by_cached_key(order);
    broken.sort_by_cached_key(order);
    Difference { fixed, broken }
}

fn shift(judgement: &Judgement<'_>) -> Shift {
    let finding = &judgement.finding;
    Shift {
        rule: judgement.check.rule.id,
        severity: judgement.severity,
        change: None,
        name: finding.name.clone(),
        rtype: finding.rtype,
        target: finding.target.clone(),
        message: finding.message.clone(),
        fix: finding.fix.clone().unwrap_or_else(|| judgement.check.rule.fix.to_owned()),
        source: finding.source.clone(),
        acknowledged: judgement.acknowledged.is_some(),
    }
}

/// What a plan says of what it breaks, and of acknowledgements that acknowledge nothing.
pub(super) fn findings(case: &Case<'_>, broken: &[Shift], after: &Report<'_>) -> Vec<Finding> {
    let guarded = Guarded::of(case);
    let told = broken.iter().filter(|shift| !guarded.tell(shift)).filter_map(|shift| {
        let severity = weight(shift, case.plan.create)?;
        let (text, change) = (shift.message.clone(), shift.change);
        let base = match change {
            Some(change) => Finding::about(shift.rule, severity, change, text),
            None => Finding::zone(shift.rule, severity, text),
        };
        Some(Finding { source: shift.source.clone(), ..base.fix(shift.fix.clone()) })
    });
    let used = |entry: &Acknowledgement| {
        broken.iter().any(|shift| shift.acknowledged && covers(entry, shift.rule, &shift.name))
    };
    let idle = (after.idle.iter()).filter(|idle| idle.reason != IdleReason::NoSuchRule);
    let idle =
        idle.filter(|idle| idle.reason != IdleReason::Unused || !used(idle.acknowledgement)).map(|idle| {
            let what = format!(
                "the acknowledgement of {} for {}",
                idle.acknowledgement.rule,
                place(case, idle.acknowledgement)
            );
            let text = match idle.reason {
                IdleReason::Expired => format!("{what} ended on {}", idle.acknowledgement.until),
                _ => format!("{what} is used up or not needed: the rule finds nothing there"),
            };
            let finding =
                Finding::zone(UNUSED.id, Severity::Warning, text).fix("Remove it from the zone file.");
            Finding { source: Some(idle.acknowledgement.source.clone()), ..finding }
        });
    told.chain(idle).collect()
}

/// Guards, and the rules that find the same in the zone that a guard sees coming.
const SAME: [(&str, &[&str]); 4] = [
    (
        "guard/target-address",
        &[
            "mx.target-address",
            "mx.target-cname",
            "ns.target-address",
            "ns.target-cname",
            "ns.glue-missing",
            "srv.target-address",
            "srv.target-cname",
        ],
    ),
    ("guard/last-mx", &["mx.present", "mx.implicit"]),
    ("guard/mail-policy", &["spf.present", "dmarc.present", "dkim.any"]),
    ("guard/live-conflict", &["zone.cname-and-data"]),
];

/// What guards say of each change, so that no rule says it again: one fault is told once, and acknowledged once.
struct Guarded<'a>(HashMap<(usize, &'a str), Vec<&'a str>>);

impl<'a> Guarded<'a> {
    fn of(case: &Case<'a>) -> Self {
        let told = case.plan.findings.iter().filter(|finding| finding.severity >= Severity::Warning);
        let mut all: HashMap<_, Vec<&str>> = HashMap::new();
        for finding in told {
            if let Some(change) = finding.change {
                all.entry((change, finding.rule)).or_default().push(&finding.message);
            }
        }
        Self(all)
    }

    fn tell(&self, shift: &Shift) -> bool {
        let mut guards = SAME.iter().filter(|(_, rules)| rules.contains(&shift.rule));
        // A guard names the target.
        let same =
            |text: &&str| shift.target.as_ref().is_none_or(|target| text.contains(&target.without_dot()));
        let says = |change, guard| self.0.get(&(change, guard)).is_some_and(|texts| texts.iter().any(same));
        shift.change.is_some_and(|change| guards.any(|(guard, _)| says(change, *guard)))
    }
}

/// How much something new weighs in a plan. What is only good practice is no matter of a change. In a new zone nothing worked
/// before that could break, so only what is critical stops it.
fn weight(shift: &Shift, create: bool) -> Option<Severity> {
    use dnsctl_checks::Severity as Weight;
    match shift.severity {
        _ if shift.acknowledged => None,
        Weight::Critical => Some(Severity::Blocker),
        Weight::Error if create => Some(Severity::Error),
        Weight::Error => Some(Severity::Blocker),
        Weight::Warning => Some(Severity::Warning),
        Weight::Note | Weight::Info => None,
    }
}

/// The acknowledgements that let something new pass.
pub(super) fn acknowledged(case: &Case<'_>, broken: &[Shift], after: &Report<'_>) -> Vec<Acknowledged> {
    let (mut used, mut seen) = (Vec::new(), HashSet::new());
    let by_words: HashMap<(&str, &str), &Acknowledgement> = (after.findings.iter())
        .filter_map(|found| {
            Some(((found.check.rule.id, found.finding.message.as_str()), found.acknowledged?))
        })
        .collect();
    for shift in broken.iter().filter(|shift| shift.acknowledged) {
        let by_place = || {
            let all = &case.input.desired.acknowledgements;
            all.iter().find(|entry| covers(entry, shift.rule, &shift.name))
        };
        let entry = by_words.get(&(shift.rule, shift.message.as_str())).copied();
        let Some(entry) = entry.or_else(by_place) else { continue };
        let Acknowledgement { rule, at, until, why, .. } = entry;
        if seen.insert((rule, at, until, why)) {
            let place = place(case, entry);
            used.push(Acknowledged { rule: rule.clone(), at: place, until: until.clone(), why: why.clone() });
        }
    }
    used
}

fn place(case: &Case<'_>, entry: &Acknowledgement) -> String {
    crate::acknowledge::place(entry, &case.plan.zone)
}

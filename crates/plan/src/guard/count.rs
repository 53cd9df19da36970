//! Guards that count.

use super::{About, Guard, Objection, Question};
use crate::view::gives_address;
use crate::zone::{Verdict, ZonePlan};
use crate::{Action, Change, Finding, Severity};
use dnsctl_zone::{Evidence, Name, RecordType, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// Below this many RRsets at the last read, a loss is not called a partial read.
const PARTIAL_FROM: usize = 10;
/// Below this many managed RRsets a share says little: octoDNS looks at none there.
const SMALL: usize = 10;

/// `guard/partial-read`.
pub(super) const PARTIAL_READ: Guard = Guard {
    rule: Rule {
        id: "guard/partial-read",
        title: "far fewer RRsets were read than the last time",
        why: "A read that ended early looks as if somebody had deleted records; a plan made from it is wrong in both directions. \
          The number of the last read stands in .dnsctl/state.json beside the configuration. A plan that is blocked or not \
          applied never lowers it: an apply does, an acknowledgement, or a zone that is as the files want it. Where there is \
          no number, on the first run or on a machine that keeps nothing, this is not checked, and the plan says so: let CI \
          keep the folder .dnsctl in its cache. Before a saved plan is written it is compared with what the plan itself saw.",
        fix: "Look at the zone at the provider: if the records are there, run the plan again; if somebody deleted them on purpose, acknowledge it once.",
        example: "guard/partial-read  6 RRsets were read, but 21 the last time",
        references: &[],
        evidence: &[Evidence::Provider, Evidence::Memory],
    },
    about: About::Zone,
    ask: partial_read,
    measure: None,
    cannot: Some(no_memory),
};

fn no_memory(question: &Question<'_>) -> Option<&'static str> {
    let unknown = question.exists && question.last_read.is_none() && !question.changes.is_empty();
    unknown.then_some("no earlier read of this zone is known")
}

fn partial_read(question: &Question<'_>) -> Vec<Objection> {
    let read = question.counts.read;
    match question.last_read {
        Some(last)
            if last >= PARTIAL_FROM && read.saturating_mul(2) < last && !question.changes.is_empty() =>
        {
            Objection::whole(match question.exists {
                true => format!("{read} RRsets were read, but {last} the last time"),
                false => {
                    format!("the provider no longer has the zone, which had {last} RRsets the last time")
                }
            })
        }
        _ => Vec::new(),
    }
}

/// `guard/delete-threshold`.
pub(super) const DELETE_THRESHOLD: Guard = Guard {
    rule: Rule {
        id: "guard/delete-threshold",
        title: "more deletions than the threshold",
        why: "Most large outages made with tools like this one were deletions that nobody meant.",
        fix: "Check that the zone file is whole, or delete in smaller steps. The limit is policy.deletes, in dnsctl.yaml or in the zone file.",
        example: "guard/delete-threshold  8 of 40 RRsets (20 %) would be deleted; the limit is 5, and 10 % from 2 up",
        references: &[],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Zone,
    ask: deletes,
    measure: Some(measure_deletes),
    cannot: None,
};

/// Deletions. What an alias replaces at its own name, or the other way round, is none: that is an update.
pub(crate) fn deletions(changes: &[Change]) -> usize {
    let swapped = swapped(changes);
    let deleted = |change: &&Change| change.action() == Action::Delete;
    changes.iter().filter(deleted).filter(|change| !(leads(change) && swapped.contains(&change.name))).count()
}

fn updates_of(changes: &[Change]) -> usize {
    let updated = changes.iter().filter(|change| change.action() == Action::Update).count();
    updated + swapped(changes).len()
}

/// How many deletions in all zones of a plan together are let pass, unless the configuration says otherwise.
pub const DELETES_TOTAL: u32 = 25;

/// `guard/delete-total`.
pub(crate) const DELETE_TOTAL: Rule = Rule {
    id: "guard/delete-total",
    title: "more deletions in all zones together than the threshold",
    why: "What goes wrong in one file that many zones include, or in one variable, deletes a little in each of them, and no \
          zone by itself is above its threshold. A zone whose own threshold is acknowledged does not count; nor does a second \
          provider of a zone.",
    fix: "Look at what the deletions have in common, or plan fewer zones at a time. The limit is policy.deletes.total, in dnsctl.yaml only.",
    example: "guard/delete-total  40 RRsets would be deleted in 40 zones; the limit for all of them together is 25",
    references: &[],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// Asks `guard/delete-total` about all zones of a plan. It speaks when several zones lose something: one alone has its own
/// threshold. What it objects to stands with the first of them.
pub fn ask_total(zones: &mut [ZonePlan], limit: Option<u32>) {
    let limit = limit.unwrap_or(DELETES_TOTAL);
    let mut lost: BTreeMap<&Name, usize> = BTreeMap::new();
    for zone in zones.iter() {
        let deleted = deletions(&zone.changes);
        let meant = zone.acknowledged.iter().any(|used| used.rule == DELETE_THRESHOLD.rule.id);
        if deleted > 0 && !meant {
            let most = lost.entry(&zone.zone).or_default();
            *most = deleted.max(*most);
        }
    }
    let (count, total) = (lost.len(), lost.values().sum::<usize>());
    let pass = count < 2 || u32::try_from(total).is_ok_and(|total| total <= limit);
    let Some(first) = lost.into_keys().next().filter(|_| count > 1).cloned() else { return };
    let Some(zone) = zones.iter_mut().find(|zone| zone.zone == first) else { return };
    let value = format!("{total} RRsets in {count} zones");
    let measure = Some((value, limit.to_string()));
    zone.verdicts.push(Verdict { rule: DELETE_TOTAL.id, pass, measure, not_checked: None });
    if !pass {
        let message = format!(
            "{total} RRsets would be deleted in {count} zones; the limit for all of them together is {limit}"
        );
        let finding = Finding::zone(DELETE_TOTAL.id, Severity::Blocker, message).fix(DELETE_TOTAL.fix);
        zone.findings.insert(0, Finding { source: Some(zone.source.clone()), ..finding });
    }
}

/// Names at which an alias takes the place of addresses, or they take its place.
fn swapped(changes: &[Change]) -> BTreeSet<&Name> {
    let alias = |change: &Change| !matches!(change.rtype, RecordType::A | RecordType::AAAA);
    let of = |action: Action| changes.iter().filter(move |change| change.action() == action && leads(change));
    let gone: BTreeSet<_> = of(Action::Delete).map(|change| (&change.name, alias(change))).collect();
    if gone.is_empty() {
        return BTreeSet::new();
    }
    let replaces = |change: &&Change| gone.contains(&(&change.name, !alias(change)));
    of(Action::Create).filter(replaces).map(|change| &change.name).collect()
}

/// Whether a change is about where a name leads: an address or an alias.
fn leads(change: &Change) -> bool {
    let side = change.before.as_ref().or(change.after.as_ref());
    change.rtype == RecordType::CNAME || side.is_some_and(gives_address)
}

#[expect(clippy::cast_precision_loss, reason = "a zone has far fewer than 2^52 RRsets")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

fn deletes(question: &Question<'_>) -> Vec<Objection> {
    let policy = &question.desired.policy;
    let count = deletions(question.changes);
    let share = percent(count, question.counts.managed);
    let within = count < from(question, policy.deletes_from, 2) || share <= policy.deletes_percent;
    if count <= policy.deletes_max as usize && within {
        return Vec::new();
    }
    let (value, limit) = measure_deletes(question);
    Objection::whole(format!("{value} would be deleted; the limit is {limit}"))
}

fn measure_deletes(question: &Question<'_>) -> (String, String) {
    let policy = &question.desired.policy;
    let count = deletions(question.changes);
    let managed = question.counts.managed;
    // Who sets only a share lets pass any number.
    let most =
        if policy.deletes_max == u32::MAX { String::new() } else { format!("{}, and ", policy.deletes_max) };
    let from = from(question, policy.deletes_from, 2);
    (
        format!("{count} of {managed} RRsets ({:.0} %)", percent(count, managed)),
        format!("{most}{} % from {from} up", policy.deletes_percent),
    )
}

/// From how many changes on a share counts: `usual` at least where a zone is so small that a single one is a large share.
fn from(question: &Question<'_>, wanted: u32, usual: usize) -> usize {
    let wanted = wanted as usize;
    if question.counts.managed < SMALL { wanted.max(usual) } else { wanted }
}

/// `guard/update-threshold`.
pub(super) const UPDATE_THRESHOLD: Guard = Guard {
    rule: Rule {
        id: "guard/update-threshold",
        title: "more updates than the threshold",
        why: "A changed default or a wrong search and replace touches everything at once.",
        fix: "Look at what the changes have in common: a default TTL, a variable, an included file. Or update in smaller steps. The limit is policy.updates, in dnsctl.yaml or in the zone file.",
        example: "guard/update-threshold  12 of 13 RRsets (92 %) would be updated; the limit is 50 % from 10 up",
        references: &[],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Zone,
    ask: updates,
    measure: Some(measure_updates),
    cannot: None,
};

fn updates(question: &Question<'_>) -> Vec<Objection> {
    let policy = &question.desired.policy;
    let count = updates_of(question.changes);
    if count < from(question, policy.updates_from, 10)
        || percent(count, question.counts.managed) <= policy.updates_percent
    {
        return Vec::new();
    }
    let (value, limit) = measure_updates(question);
    Objection::whole(format!("{value} would be updated; the limit is {limit}"))
}

fn measure_updates(question: &Question<'_>) -> (String, String) {
    let policy = &question.desired.policy;
    let count = updates_of(question.changes);
    let managed = question.counts.managed;
    (
        format!("{count} of {managed} RRsets ({:.0} %)", percent(count, managed)),
        format!("{} % from {} up", policy.updates_percent, from(question, policy.updates_from, 10)),
    )
}

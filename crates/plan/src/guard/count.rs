//! Guards that count.

use super::{About, Guard, Objection, Question};
use crate::{Action, Change};
use dnsctl_zone::{Evidence, Rule};

/// Below this many RRsets at the last read, a loss is not called a partial read.
const PARTIAL_FROM: usize = 10;

/// `guard/partial-read`.
pub(super) const PARTIAL_READ: Guard = Guard {
    rule: Rule {
        id: "guard/partial-read",
        title: "far fewer RRsets were read than the last time",
        why: "A read that ended early looks as if somebody had deleted records; a plan made from it is wrong in both directions.",
        fix: "Run the plan again. If the number stays, look at the zone at the provider: somebody or something deleted records there.",
        example: "guard/partial-read  6 RRsets were read, but 21 the last time",
        references: &[],
        evidence: &[Evidence::Provider, Evidence::Memory],
    },
    about: About::Zone,
    ask: partial_read,
    measure: None,
};

fn partial_read(question: &Question<'_>) -> Vec<Objection> {
    let read = question.counts.read;
    match question.last_read {
        Some(last)
            if last >= PARTIAL_FROM && read.saturating_mul(2) < last && !question.changes.is_empty() =>
        {
            Objection::whole(format!("{read} RRsets were read, but {last} the last time"))
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
};

fn number(question: &Question<'_>, action: Action) -> usize {
    question.changes.iter().filter(|change: &&Change| change.action() == action).count()
}

#[expect(clippy::cast_precision_loss, reason = "a zone has far fewer than 2^52 RRsets")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

fn deletes(question: &Question<'_>) -> Vec<Objection> {
    let policy = &question.desired.policy;
    let count = number(question, Action::Delete);
    let share = percent(count, question.counts.managed);
    if count <= policy.deletes_max as usize && (count < 2 || share <= policy.deletes_percent) {
        return Vec::new();
    }
    let (value, limit) = measure_deletes(question);
    Objection::whole(format!("{value} would be deleted; the limit is {limit}"))
}

fn measure_deletes(question: &Question<'_>) -> (String, String) {
    let policy = &question.desired.policy;
    let count = number(question, Action::Delete);
    let managed = question.counts.managed;
    (
        format!("{count} of {managed} RRsets ({:.0} %)", percent(count, managed)),
        format!("{}, and {} % from 2 up", policy.deletes_max, policy.deletes_percent),
    )
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
};

fn updates(question: &Question<'_>) -> Vec<Objection> {
    let policy = &question.desired.policy;
    let count = number(question, Action::Update);
    if count < 10 || percent(count, question.counts.managed) <= policy.updates_percent {
        return Vec::new();
    }
    let (value, limit) = measure_updates(question);
    Objection::whole(format!("{value} would be updated; the limit is {limit}"))
}

fn measure_updates(question: &Question<'_>) -> (String, String) {
    let policy = &question.desired.policy;
    let count = number(question, Action::Update);
    let managed = question.counts.managed;
    (
        format!("{count} of {managed} RRsets ({:.0} %)", percent(count, managed)),
        format!("{} % from 10 up", policy.updates_percent),
    )
}

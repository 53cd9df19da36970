//! What mail sees while the changes are written.

mod steady;

use super::blame::{outcome, trial};
use super::compare::Known;
use super::is_mail;
use super::judge::{Case, Worlds, with};
use crate::catalogue::HALFWAY;
use crate::order::search::{self, Other, Search};
use crate::{Change, Finding, Severity};
use dnsctl_checks::{Judged, Report, Subject};
use dnsctl_zone::Live;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// So many steps are looked at in search of an order without a gap.
const TRIES: usize = 200;
/// RRsets that are copied at most for that.
const MOST: usize = 500_000;

/// What becomes of mail between the steps of a plan.
#[derive(Default)]
pub(super) struct Halfway {
    /// What is to be told of the order.
    pub(super) findings: Vec<Finding>,
    /// The order that is to be taken instead.
    pub(super) other: Option<Other>,
}

/// What is critical about mail after a step, and is neither before all of them nor after.
struct Gap {
    /// What it is about, so that it is told once.
    key: (&'static str, String),
    message: String,
}

/// Both ends of the way.
pub(super) struct Ends<'e, 'a> {
    pub(super) reports: [Option<&'e Report<'e>>; 2],
    pub(super) before: Option<&'e Subject<'a>>,
    pub(super) after: &'e Subject<'a>,
}

/// Walks through the steps. Where one leaves a gap, an order in which none does is taken instead; where there is none, it is
/// said which step leaves it.
pub(super) fn walk(case: &Case<'_>, worlds: &Worlds<'_>, ends: &Ends<'_, '_>) -> Halfway {
    let changes = &case.plan.changes;
    // Large plans are not walked through: the order alone must do.
    let Some(live) = case.input.live.filter(|_| case.is_small()) else { return Halfway::default() };
    let way = Way {
        case,
        worlds,
        live,
        known: ends.reports.map(Known::of),
        steady: steady::addresses(ends.before, ends.after),
    };
    let mut gaps = Vec::new();
    for end in 1..changes.len() {
        let (Some((done, rest)), Some(last)) = (changes.split_at_checked(end), end.checked_sub(1)) else {
            continue;
        };
        let Some(next) = rest.first().filter(|next| done.last().is_some_and(|last| last.group != next.group))
        else {
            continue;
        };
        gaps.extend(way.gaps(done).into_iter().map(|gap| (last, next, gap)));
    }
    if gaps.is_empty() {
        return Halfway::default();
    }
    let mut tries = TRIES.min(MOST / live.zone.rrsets().len().max(1));
    let mut sound = |done: &[Change]| {
        tries = tries.checked_sub(1)?;
        Some(way.gaps(done).is_empty())
    };
    let found = search::find(changes, live, &mut sound);
    let tried = match found {
        Search::Found(other) => return Halfway { other: Some(other), ..Halfway::default() },
        Search::Nowhere => "",
        Search::GaveUp => "; not all orders were tried",
    };
    let mut told = BTreeSet::new();
    gaps.retain(|(_, _, gap)| told.insert(gap.key.clone()));
    let finding = |(last, next, gap): (usize, &Change, Gap)| {
        let text = format!(
            "until {} {} is written as well, {} ({}){tried}",
            next.name.without_dot(),
            next.rtype,
            gap.message,
            gap.key.0
        );
        Finding::about(HALFWAY.id, Severity::Warning, last, text).fix(
            "Split the change so that the old and the new way work together for a while: add the new first, apply, wait for \
             the old TTL, then take the old away.",
        )
    };
    Halfway { findings: gaps.into_iter().map(finding).collect(), other: None }
}

struct Way<'w, 'a> {
    case: &'w Case<'a>,
    worlds: &'w Worlds<'w>,
    live: &'w Live,
    /// What is found before, and after.
    known: [Known<'w>; 2],
    /// Addresses that pass before and after.
    steady: Vec<IpAddr>,
}

impl Way<'_, '_> {
    /// What is wrong with these changes made and the others not.
    fn gaps(&self, done: &[Change]) -> Vec<Gap> {
        let zone = with(self.live, done);
        let judged = Judged::live(&zone);
        let subject = trial(self.case, self.worlds, &judged);
        let critical = dnsctl_checks::Severity::Critical;
        let mut gaps = Vec::new();
        for check in dnsctl_checks::checks().filter(|check| is_mail(check) && check.severity == critical) {
            let all = outcome(&subject, check);
            let [before, after] = &self.known;
            let new = after.fresh(check.rule.id, &all);
            for found in before.fresh(check.rule.id, &all) {
                let is_new = new.iter().any(|new| new.message == found.message);
                if is_new && found.severity.unwrap_or(check.severity) == critical {
                    let key = (check.rule.id, format!("{} {}", found.name, found.message));
                    gaps.push(Gap { key, message: found.message.clone() });
                }
            }
        }
        // What a rule says of senders is not said again.
        if !gaps.iter().any(|gap| gap.key.0.starts_with("spf.")) {
            let lost = steady::lost(&subject, &self.steady);
            gaps.extend(lost.map(|(address, result)| Gap {
                message: format!(
                    "mail from {address} gets the SPF result {result}; before and after it is pass"
                ),
                key: ("SPF", address.to_string()),
            }));
        }
        gaps
    }
}

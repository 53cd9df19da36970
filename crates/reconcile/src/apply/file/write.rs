//! From a report to its file.

use super::{
    ChangeEntry, DifferenceEntry, ErrorEntry, FORMAT, File, PlanEntry, ServerEntry, StaleEntry, Status,
    Summary, VERSION, Values, Verdict, Verification, ZoneEntry,
};
use crate::apply::{ChangeReport, Report, Stale, StaleKind, Status as Outcome, ZoneReport};
use crate::verify::{self, Asked, Unasked};
use dnsctl_plan::Plan;
use dnsctl_provider::error::Error;
use dnsctl_zone::RRset;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

pub(super) fn file(plan: &Plan, report: &Report, finished_at: Timestamp, took: Duration) -> File {
    let changes: Vec<ChangeEntry> = report.zones.iter().flat_map(changes).collect();
    let counted = |status: Status| changes.iter().filter(|change| change.status == status).count();
    let seen = |verification: Verification| {
        changes.iter().filter(|change| change.verification == verification).count()
    };
    let summary = Summary {
        total: plan.zones.iter().map(|zone| zone.changes.len()).sum::<usize>().max(changes.len()),
        written: counted(Status::Written),
        already: counted(Status::Already),
        not_written: counted(Status::NotWritten),
        unknown: counted(Status::Unknown),
        verified: seen(Verification::Served),
        not_served: seen(Verification::NotServed),
    };
    File {
        format: FORMAT,
        format_version: VERSION,
        plan: PlanEntry { id: plan.id.clone(), digest: plan.digest.clone(), created_at: plan.created_at },
        finished_at,
        took_s: seconds(took),
        verdict: Verdict::of(report),
        reread: report.reread,
        summary,
        zones: report.zones.iter().map(zone).collect(),
        changes,
        stale: report.stale.iter().chain(report.conflicts()).map(stale).collect(),
        error: report.error().map(error),
    }
}

impl Verdict {
    /// The verdict of a report.
    pub fn of(report: &Report) -> Self {
        match (report.is_complete(), report.is_touched()) {
            (false, _) if !report.stale.is_empty() => Self::Stale,
            (false, true) => Self::Partial,
            (false, false) => Self::NotWritten,
            (true, _) if report.is_unserved() || report.is_unproved() => Self::NotProved,
            (true, _) if report.is_idle() => Self::NothingToDo,
            (true, _) if !report.is_checked() && !report.zones.is_empty() => Self::NotChecked,
            (true, _) => Self::Applied,
        }
    }
}

/// To the millisecond, which is what the clocks are good for.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

fn error(error: &Error) -> ErrorEntry {
    ErrorEntry { message: error.to_string(), hint: error.hint().map(str::to_owned) }
}

fn id(number: u32) -> String {
    format!("c{number}")
}

fn zone(report: &ZoneReport) -> ZoneEntry {
    let (not_checked, servers) = match &report.verification {
        verify::Verification::NotChecked(why) => (Some(why.clone()), Vec::new()),
        verify::Verification::Interrupted => (None, Vec::new()),
        verify::Verification::Asked { servers, .. } => {
            (report.unaskable().map(reasons), servers.iter().map(server).collect())
        }
    };
    let no_route = match &report.verification {
        verify::Verification::Asked { no_route, .. } => no_route.clone(),
        _ => Vec::new(),
    };
    ZoneEntry {
        provider: report.provider.clone(),
        zone: report.zone.clone(),
        took_s: seconds(report.took),
        verification: of_zone(report),
        creation: report.creation.as_ref().map(status),
        creation_error: report.creation.as_ref().and_then(Outcome::error).map(error),
        not_checked,
        servers,
        no_route,
        unfinished: report.unfinished.as_ref().map(error),
    }
}

fn reasons(unasked: BTreeSet<Unasked>) -> String {
    unasked.into_iter().map(Unasked::reason).collect::<Vec<_>>().join("; ")
}

fn of_zone(report: &ZoneReport) -> Verification {
    match &report.verification {
        verify::Verification::NotChecked(_) => Verification::NotChecked,
        verify::Verification::Interrupted => Verification::Interrupted,
        verify::Verification::Asked { .. } if report.verification.is_failure() => Verification::NotServed,
        verify::Verification::Asked { .. } if report.unaskable().is_some() => Verification::NotChecked,
        verify::Verification::Asked { .. } => Verification::Served,
    }
}

fn server(asked: &Asked) -> ServerEntry {
    let differs =
        asked.bad.iter().map(|bad| DifferenceEntry { id: id(bad.number), found: bad.found.clone() });
    ServerEntry {
        name: asked.name.clone(),
        address: asked.address,
        serial: asked.serial,
        agrees: asked.is_good(),
        took_s: seconds(asked.took),
        error: asked.error.clone(),
        differs: differs.collect(),
    }
}

fn changes(report: &ZoneReport) -> impl Iterator<Item = ChangeEntry> {
    // A server that gave no answer serves nothing for certain.
    let (silent, bad) = match &report.verification {
        verify::Verification::Asked { servers, .. } => {
            let silent = servers.iter().any(|asked| asked.error.is_some());
            let bad: BTreeSet<u32> =
                servers.iter().flat_map(|asked| &asked.bad).map(|mismatch| mismatch.number).collect();
            (silent, bad)
        }
        _ => (false, BTreeSet::new()),
    };
    let unasked = report.verification.unasked();
    report.changes.iter().map(move |change| {
        let why = unasked.get(&change.change.number).copied();
        let verification = match of_zone(report) {
            Verification::Served | Verification::NotServed if why.is_some() => Verification::NotChecked,
            Verification::NotServed if !silent && !bad.contains(&change.change.number) => {
                Verification::Served
            }
            of_zone => of_zone,
        };
        ChangeEntry { not_checked: why.map(Unasked::reason), ..entry(report, change, verification) }
    })
}

fn entry(zone: &ZoneReport, report: &ChangeReport, verification: Verification) -> ChangeEntry {
    let ChangeReport { change, status } = report;
    ChangeEntry {
        id: id(change.number),
        provider: zone.provider.clone(),
        zone: zone.zone.clone(),
        name: change.name.clone(),
        rtype: change.rtype,
        action: change.action(),
        status: self::status(status),
        refused: matches!(status, Outcome::Refused(_)),
        verification,
        not_checked: None,
        source: change.source.as_ref().map(ToString::to_string),
        error: status.error().map(error),
    }
}

fn status(status: &Outcome) -> Status {
    match status {
        Outcome::Written => Status::Written,
        Outcome::Already => Status::Already,
        Outcome::Unknown(_) => Status::Unknown,
        Outcome::NotTried | Outcome::NotWritten(_) | Outcome::Refused(_) => Status::NotWritten,
    }
}

fn stale(found: &Stale) -> StaleEntry {
    let change = found.change.as_ref();
    StaleEntry {
        provider: found.provider.clone(),
        zone: found.zone.clone(),
        what: match found.kind {
            StaleKind::Changed => "changed",
            StaleKind::Already => "already_there",
            StaleKind::ZoneGone => "zone_gone",
            StaleKind::ZoneCreated => "zone_created",
            StaleKind::Objection => "objection",
        },
        id: change.map(|change| id(change.number)),
        name: change.map(|change| change.name.clone()),
        rtype: change.map(|change| change.rtype),
        planned_from: change.and_then(|change| change.before.as_ref()).map(values),
        live_now: found.live.as_ref().map(values),
        rule: found.objection.as_ref().map(|objection| objection.rule),
        message: found.objection.as_ref().map(|objection| objection.message.clone()),
    }
}

fn values(rrset: &RRset) -> Values {
    Values {
        ttl: rrset.ttl,
        values: rrset.values().iter().map(ToString::to_string).collect(),
        options: rrset.options.as_deref().cloned().unwrap_or_default(),
    }
}

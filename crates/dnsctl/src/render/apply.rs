//! What became of a plan, as text.

use super::style::{Style, bold, dim, green, paint, red, yellow};
use super::words::{self, count, thousands, zone};
use dnsctl_plan::Plan;
use dnsctl_reconcile::apply::{ChangeReport, Report, Stale, StaleKind, Status, ZoneReport};
use dnsctl_reconcile::verify::Verification;
use dnsctl_zone::RRset;
use std::fmt::Write as _;
use std::time::Duration;

/// How many lines of one kind are shown.
const SHOWN: usize = 20;

/// From so many zones on, those that went well are only counted.
const ZONES: usize = 20;

/// The text of a report.
pub(crate) fn text(plan: &Plan, report: &Report, took: Duration, style: Style) -> String {
    let mut out = String::new();
    if !report.stale.is_empty() {
        stale(&mut out, plan, report, style);
        return style.finish(out);
    }
    let many = report.zones.len() > ZONES;
    for zone in &report.zones {
        if !many || !is_good(zone) {
            of_zone(&mut out, zone, style);
        }
    }
    closing(&mut out, plan, report, took, style);
    style.finish(out)
}

fn stale(out: &mut String, plan: &Plan, report: &Report, style: Style) {
    let total: usize = plan.zones.iter().map(|zone| zone.changes.len()).sum();
    let head = format!(
        "error[stale-plan]: {} of {} changed after plan {} was made",
        thousands(report.stale.len()),
        count(total, "RRset"),
        plan.id
    );
    let _ = writeln!(out, "{}", paint(red().bold(), head));
    for found in report.stale.iter().take(SHOWN) {
        one_stale(out, found, style);
    }
    let more = report.stale.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(out, "  {} and {more} more", style.ellipsis());
    }
    let _ = writeln!(out, "Nothing was written. Next: dnsctl plan");
}

fn one_stale(out: &mut String, stale: &Stale, _style: Style) {
    let Some(change) = &stale.change else {
        let _ = writeln!(out, "  {} at {}: {}", zone(&stale.zone), stale.provider, happened(stale.kind));
        return;
    };
    let _ =
        writeln!(out, "  {} {} at {}: {}", change.name, change.rtype, stale.provider, happened(stale.kind));
    let show = |rrset: &Option<RRset>| {
        rrset.as_ref().map_or_else(|| "nothing".to_owned(), |rrset| words_of(rrset, &stale.zone))
    };
    let _ = writeln!(out, "    planned from  {}", show(&change.before));
    let _ = writeln!(out, "    live now      {}", show(&stale.live));
}

fn happened(kind: StaleKind) -> &'static str {
    match kind {
        StaleKind::Changed => "it changed after the plan was made",
        StaleKind::Already => {
            "it is there already; a part of the plan was applied (--resume writes the rest)"
        }
        StaleKind::ZoneGone => "the zone is gone",
        StaleKind::ZoneCreated => "the zone was created meanwhile",
    }
}

fn words_of(rrset: &RRset, apex: &dnsctl_zone::Name) -> String {
    let values: Vec<String> = rrset.values().iter().take(5).map(|value| words::rdata(value, apex)).collect();
    let more = rrset.values().len().saturating_sub(values.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {}{more}", rrset.ttl, values.join(", "))
}

fn of_zone(out: &mut String, report: &ZoneReport, style: Style) {
    let there = report.changes.iter().filter(|change| change.status.is_there()).count();
    let total = report.changes.len();
    let sign = if there == total { paint(green(), style.good()) } else { paint(red().bold(), style.bad()) };
    let _ = writeln!(
        out,
        "{sign} {} at {}: {} of {} written in {:.1} s; {}",
        paint(bold(), zone(&report.zone)),
        report.provider,
        thousands(there),
        count(total, "RRset"),
        report.took.as_secs_f64(),
        served(report, style)
    );
    for change in report.changes.iter().filter(|change| change.status.error().is_some()).take(SHOWN) {
        failed(out, change, style);
    }
    if let Some(error) = &report.unfinished {
        let _ =
            writeln!(out, "  {} {error}", paint(yellow(), style.severity(dnsctl_plan::Severity::Warning)));
    }
    mismatches(out, report, style);
}

/// Whether there is nothing to say of a zone but that it is written and served.
fn is_good(report: &ZoneReport) -> bool {
    report.changes.iter().all(|change| change.status.is_there())
        && report.unfinished.is_none()
        && !report.verification.is_failure()
}

/// What the servers said, on one line.
fn served(report: &ZoneReport, style: Style) -> String {
    match &report.verification {
        Verification::NotChecked(why) => paint(dim(), format!("not verified: {why}")),
        Verification::Interrupted => paint(yellow(), "not verified: interrupted"),
        Verification::Asked { servers, .. } => {
            let one = |asked: &dnsctl_reconcile::verify::Asked| {
                let sign =
                    if asked.is_good() { paint(green(), style.good()) } else { paint(red(), style.bad()) };
                let serial = asked.serial.map(|serial| format!(" {serial}")).unwrap_or_default();
                // Tests and hidden primaries have several servers on one address.
                let port = asked.address.filter(|address| address.port() != 53);
                let port = port.map(|address| format!(":{}", address.port())).unwrap_or_default();
                format!("{}{port} {sign}{serial}", asked.name)
            };
            servers.iter().map(one).collect::<Vec<_>>().join("  ")
        }
    }
}

fn failed(out: &mut String, report: &ChangeReport, style: Style) {
    let change = &report.change;
    let word = match &report.status {
        Status::Refused(_) => "refused",
        Status::Unknown(_) => "unknown",
        _ => "not written",
    };
    let place = change.source.as_ref().map(|source| format!("  ({source})")).unwrap_or_default();
    let _ = writeln!(
        out,
        "  {} {} {} {word}{place}",
        paint(red().bold(), style.bad()),
        change.name,
        change.rtype
    );
    if let (Status::Refused(error) | Status::Unknown(error), ..) = (&report.status, ()) {
        let _ = writeln!(out, "    {error}");
    }
}

fn mismatches(out: &mut String, report: &ZoneReport, style: Style) {
    let Verification::Asked { servers, skipped } = &report.verification else { return };
    for asked in servers.iter().filter(|asked| !asked.is_good()) {
        let address = asked.address.map(|address| format!(" ({address})")).unwrap_or_default();
        let what = match &asked.error {
            Some(error) => error.clone(),
            None => format!("{} not as planned", count(asked.bad.len(), "RRset")),
        };
        let _ = writeln!(out, "  {} {}{address}: {what}", paint(red().bold(), style.bad()), asked.name);
        for bad in asked.bad.iter().take(SHOWN) {
            let _ = writeln!(out, "    {} {}: {}", bad.name, bad.rtype, bad.found);
        }
    }
    if *skipped > 0 {
        let _ = writeln!(
            out,
            "  {} not checked: no server can be asked for a pseudo type",
            count(*skipped, "RRset")
        );
    }
}

fn closing(out: &mut String, plan: &Plan, report: &Report, took: Duration, style: Style) {
    let total = report.changes().count();
    let there = report.count(Status::is_there);
    if report.is_complete() {
        let already = report.count(|status| *status == Status::Already);
        let _ = write!(
            out,
            "Applied {} of {} in {:.1} s",
            thousands(there),
            thousands(total),
            took.as_secs_f64()
        );
        if already > 0 {
            let _ = write!(out, " ({} were there already)", thousands(already));
        }
        out.push_str(". ");
        out.push_str(&agreement(report, style));
        out.push('\n');
        return;
    }
    if let Some(error) = report.error() {
        let _ = writeln!(out, "{}", paint(red().bold(), format!("error: {error}")));
        if let Some(hint) = error.hint() {
            let _ = writeln!(out, "  {hint}");
        }
    }
    let unknown = report.count(|status| matches!(status, Status::Unknown(_)));
    let _ = writeln!(
        out,
        "Stopped. {} of {} written, {} not written, {} unknown.",
        thousands(there),
        thousands(total),
        thousands(total - there - unknown),
        thousands(unknown)
    );
    if there + unknown == 0 {
        let _ = writeln!(
            out,
            "Nothing was written. Next: repair the cause and apply the plan again, or dnsctl plan"
        );
        return;
    }
    let _ = writeln!(out, "{}", still(report));
    let _ = writeln!(
        out,
        "Next: repair the cause, then apply the same saved plan with --resume, or make a new one: dnsctl plan  (plan {})",
        plan.id
    );
}

/// Whether all servers agree.
fn agreement(report: &Report, style: Style) -> String {
    let mut servers = 0;
    let mut unchecked = 0;
    for zone in &report.zones {
        match &zone.verification {
            Verification::Asked { servers: asked, .. } => servers = servers.max(asked.len()),
            Verification::NotChecked(_) | Verification::Interrupted => unchecked += 1,
        }
    }
    if report.is_unserved() {
        return paint(red().bold(), format!("{} Not every name server serves it.", style.bad()));
    }
    match (servers, unchecked) {
        (0, _) => "No name server was asked.".to_owned(),
        (_, 0) if servers == 1 => "The name server serves it.".to_owned(),
        (2, 0) => "Both name servers agree.".to_owned(),
        (_, 0) => format!("All {servers} name servers agree."),
        _ => format!("Name servers agree; {} not checked.", count(unchecked, "zone")),
    }
}

/// What an interrupted run did not break.
fn still(report: &Report) -> String {
    use dnsctl_plan::Action;
    use dnsctl_zone::RecordType;
    let written = |test: &dyn Fn(&ChangeReport) -> bool| {
        report.changes().any(|change| {
            (change.status.is_there() || matches!(change.status, Status::Unknown(_))) && test(change)
        })
    };
    let mut parts = Vec::new();
    if !written(&|report| report.change.rtype == RecordType::MX) {
        parts.push("no MX was touched");
    }
    if !written(&|report| report.change.action() == Action::Delete) {
        parts.push("nothing was deleted");
    }
    match parts.as_slice() {
        [] => "Some MX records or deletions are written: check mail now.".to_owned(),
        parts => format!("Still safe: {}.", parts.join(", ")),
    }
}

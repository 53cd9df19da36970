//! What is not as the plan saw it.

use super::{Ended, SHOWN};
use crate::render::change;
use crate::render::style::{Style, paint, red};
use crate::render::words::{self, count, thousands, zone};
use dnsctl_reconcile::apply::{Stale, StaleKind};
use dnsctl_zone::{Name, RRset};
use std::fmt::Write as _;

/// Why nothing was written.
pub(super) fn refused(out: &mut String, ended: Ended<'_>, style: Style) {
    let stale = &ended.report.stale;
    let id = &ended.plan.id;
    let partly = stale.iter().all(|found| found.kind == StaleKind::Already);
    let rrsets = stale.iter().filter(|found| found.change.is_some()).count();
    let of = format!("{} of {}", thousands(rrsets), count(ended.total(), "RRset"));
    let objects = stale.iter().any(|found| found.kind == StaleKind::Objection);
    let what = match rrsets {
        _ if objects => format!("plan {id} cannot be applied to the zones as they are now"),
        _ if partly => format!("{of} of plan {id} are there already, the others are not"),
        0 => format!("{} changed after plan {id} was made", count(stale.len(), "zone")),
        _ => format!("{of} changed after plan {id} was made"),
    };
    let _ = writeln!(out, "{}", paint(red().bold(), format!("error[stale-plan]: {what}")));
    items(out, stale, style);
    let next = match ended.saved {
        Some(_) if partly => {
            format!("{} writes the others, or make a new plan: dnsctl plan", ended.resume())
        }
        _ => "dnsctl plan".to_owned(),
    };
    let _ = writeln!(out, "Nothing was written. Next: {next}");
}

/// What was planned from and what is there now, for the first of them.
pub(super) fn items(out: &mut String, stale: &[Stale], style: Style) {
    for found in stale.iter().take(SHOWN) {
        item(out, found, style);
    }
    let more = stale.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(out, "  {} and {} more", style.ellipsis(), thousands(more));
    }
}

fn item(out: &mut String, stale: &Stale, style: Style) {
    let provider = &stale.provider;
    if let Some(finding) = &stale.objection {
        let of = match &stale.change {
            Some(change) => format!("{} {}", change.rtype, zone(&change.name)),
            None => format!("zone {}", zone(&stale.zone)),
        };
        let _ = writeln!(out, "  {of} at {provider}");
        change::finding(out, finding, 4, style, false);
        return;
    }
    let Some(change) = &stale.change else {
        let what = if stale.kind == StaleKind::ZoneGone { "is gone" } else { "was created meanwhile" };
        let _ = writeln!(out, "  zone {} at {provider} {what}", zone(&stale.zone));
        return;
    };
    let _ = writeln!(out, "  {} {} at {provider}", change.rtype, zone(&change.name));
    if stale.kind == StaleKind::Already {
        return;
    }
    let _ = writeln!(out, "    planned from  {}", show(change.before.as_ref(), &stale.zone));
    let _ = writeln!(out, "    live now      {}", show(stale.live.as_ref(), &stale.zone));
}

fn show(rrset: Option<&RRset>, apex: &Name) -> String {
    let Some(rrset) = rrset else { return "nothing".to_owned() };
    let values: Vec<String> = rrset.values().iter().take(5).map(|value| words::rdata(value, apex)).collect();
    let more = rrset.values().len().saturating_sub(values.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {}{more}", rrset.ttl, values.join(", "))
}

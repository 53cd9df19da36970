//! What became of a plan, as text.

mod change;
mod closing;
pub(crate) mod markdown;
mod servers;
mod stale;
mod zone;

use super::style::Style;
use dnsctl_plan::Plan;
use dnsctl_reconcile::apply::Report;
use servers::Names;
use std::time::Duration;

/// How many lines of one kind are shown.
const SHOWN: usize = 20;

/// Up to so many changes have a line each; from there on, a line a zone.
const CHANGES: usize = 20;

/// From so many zones on, those that went well are only counted.
const ZONES: usize = 20;

/// An apply that has ended.
#[derive(Clone, Copy)]
pub(crate) struct Ended<'a> {
    /// The plan.
    pub(crate) plan: &'a Plan,
    /// What became of it.
    pub(crate) report: &'a Report,
    /// How long it took.
    pub(crate) took: Duration,
    /// Where the plan is saved, if it is.
    pub(crate) saved: Option<&'a str>,
}

impl Ended<'_> {
    /// How many changes the plan has, and what is asked for besides.
    fn total(&self) -> usize {
        let planned: usize = self.plan.zones.iter().map(|zone| zone.changes.len()).sum();
        planned.max(self.report.changes().count())
    }

    /// How to go on with the same plan.
    fn resume(&self) -> String {
        match self.saved {
            Some(path) => format!("dnsctl apply {path} --resume"),
            None => "dnsctl plan".to_owned(),
        }
    }
}

/// The text of a report.
pub(crate) fn text(ended: Ended<'_>, style: Style) -> String {
    let Ended { report, .. } = ended;
    let mut out = String::new();
    if !report.stale.is_empty() {
        stale::refused(&mut out, ended, style);
        return style.finish(out);
    }
    if report.is_idle() && report.zones.iter().all(zone::is_good) {
        // Nothing to do is one line.
        closing::text(&mut out, ended, style);
        return style.finish(out);
    }
    closing::fresh(&mut out, report);
    let names = Names::of(report);
    if report.changes().count() <= CHANGES {
        let several = report.zones.len() > 1;
        for zone in &report.zones {
            change::lines(&mut out, zone, &names, several, style);
        }
    } else {
        let many = report.zones.len() > ZONES;
        for zone in report.zones.iter().filter(|zone| !many || !zone::is_good(zone)) {
            zone::line(&mut out, zone, &names, style);
        }
    }
    closing::text(&mut out, ended, style);
    style.finish(out)
}

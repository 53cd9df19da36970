//! What an apply remembers, and what an earlier one left to be proved.

use super::Run;
use crate::failure::Failure;
use dnsctl_plan::{Action, Plan};
use dnsctl_reconcile::apply::{ChangeReport, Report, Status, Unproved, ZoneReport};
use dnsctl_reconcile::state::{Applied, LastReads, MemoryError, RRsets};
use dnsctl_reconcile::verify::Verification;
use std::collections::BTreeSet;

impl Run<'_> {
    /// From here on something may be written that nobody has proved: should this run be killed, the next one knows it.
    pub(super) fn remember_begin(&self, plan: &Plan) {
        if self.verify().is_some() {
            self.tell(self.state.remember_proofs(&rrsets(plan), &RRsets::new()));
        }
    }

    /// Remembers what is written.
    pub(super) fn remember_written(&self, plan: &Plan, report: &Report) {
        // What was written is what the next read is compared with.
        self.tell(self.state.remember_reads(&reads(report)));
        let applied = Applied { id: plan.id.clone(), created_at: plan.created_at };
        let written = report.zones.iter().filter(|zone| zone.statuses().any(Status::is_there));
        let entries: Vec<_> =
            written.map(|zone| (zone.provider.clone(), zone.zone.clone(), applied.clone())).collect();
        self.tell(self.state.remember_applied(&entries));
    }

    /// Remembers what is written and not proved.
    pub(super) fn remember_proofs(&self, report: &Report) {
        if self.verify().is_none() {
            return;
        }
        let (mut unproved, mut settled) = (RRsets::new(), RRsets::new());
        for zone in &report.zones {
            for change in &zone.changes {
                let rrsets = if is_open(zone, change) { &mut unproved } else { &mut settled };
                let key = (zone.provider.clone(), zone.zone.clone());
                let rrset = (change.change.name.clone(), change.change.rtype);
                rrsets.entry(key).or_default().insert(rrset);
            }
        }
        self.tell(self.state.remember_proofs(&unproved, &settled));
    }

    /// What earlier runs wrote to the zones of a plan and did not prove, without what the plan changes again.
    pub(super) fn unproved(&self, plan: &Plan) -> RRsets {
        if self.verify().is_none() {
            return RRsets::new();
        }
        let changed = rrsets(plan);
        let mut unproved = self.state.unproved();
        unproved.retain(|(provider, apex), rrsets| {
            if let Some(changed) = changed.get(&(provider.clone(), apex.clone())) {
                rrsets.retain(|rrset| !changed.contains(rrset));
            }
            let planned = plan.zones.iter().any(|zone| zone.provider == *provider && zone.zone == *apex);
            planned && !rrsets.is_empty()
        });
        unproved
    }

    /// The same, with the zones as the files want them.
    pub(super) fn left_over(&self, plan: &Plan) -> Result<Vec<Unproved>, Failure> {
        let unproved = self.unproved(plan);
        let zones = self.zones(|apex| unproved.keys().any(|(_, zone)| zone == apex))?;
        let left = unproved.into_iter().filter_map(|((provider, zone), rrsets)| {
            Some(Unproved { provider, desired: zones.get(&zone)?.desired.clone(), rrsets })
        });
        Ok(left.collect())
    }

    /// Nobody is told twice of a file that cannot be read.
    fn tell(&self, remembered: Result<(), MemoryError>) {
        match remembered {
            Ok(()) | Err(MemoryError::Unreadable { .. }) => {}
            Err(error) => self.session.note(&format!("warning: {error}")),
        }
    }
}

/// The RRsets of a plan.
fn rrsets(plan: &Plan) -> RRsets {
    let zones = plan.zones.iter().filter(|zone| !zone.changes.is_empty());
    let of = |changes: &[dnsctl_plan::Change]| -> BTreeSet<_> {
        changes.iter().map(|change| (change.name.clone(), change.rtype)).collect()
    };
    zones.map(|zone| ((zone.provider.clone(), zone.zone.clone()), of(&zone.changes))).collect()
}

/// Whether a change is written, or may be, and not proved to be served. What nobody can be asked for needs no proof.
fn is_open(zone: &ZoneReport, report: &ChangeReport) -> bool {
    let ChangeReport { change, status } = report;
    if !status.is_there() && !status.is_unknown() {
        return false;
    }
    match &zone.verification {
        _ if zone.unfinished.is_some() => true,
        // The servers were not asked, since something of the zone is missing.
        Verification::NotChecked(_) => !zone.is_complete(),
        Verification::Interrupted => true,
        Verification::Asked { servers, .. } => {
            let wrong = servers.iter().any(|server| {
                server.error.is_some() || server.bad.iter().any(|bad| bad.number == change.number)
            });
            wrong || servers.is_empty()
        }
    }
}

/// How many RRsets each zone has to which something was written.
fn reads(report: &Report) -> LastReads {
    let count = |zone: &ZoneReport| {
        let key = (zone.provider.clone(), zone.zone.clone());
        let written = || zone.changes.iter().filter(|change| change.status == Status::Written);
        if written().next().is_none() && zone.creation != Some(Status::Written) {
            return None;
        }
        let of = |action| written().filter(|change| change.change.action() == action).count();
        let before = report.reads.get(&key)?;
        Some((key, (before + of(Action::Create)).saturating_sub(of(Action::Delete))))
    };
    report.zones.iter().filter_map(count).collect()
}

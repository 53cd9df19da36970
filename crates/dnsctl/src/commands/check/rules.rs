//! All rules on the zones of the files.

use super::told::Told;
use dnsctl_checks::{Facts, Judged, Repository, Settings, Subject, Verdict, judge};
use dnsctl_zone::{Desired, Folded, Name, Source};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// A zone as it was loaded.
pub(crate) struct Loaded {
    /// What the files want.
    pub(crate) desired: Desired,
    /// What they declare about mail.
    pub(crate) facts: Facts,
    /// What they say of RRsets that these do not hold.
    pub(crate) folded: Vec<Folded>,
    /// Whether it is one of those that were asked for. The others are looked at when something leads to them.
    pub(crate) wanted: bool,
}

/// What the rules said about a zone.
pub(crate) struct Zone {
    /// Its name.
    pub(crate) name: Name,
    /// Where it is declared.
    pub(crate) source: Source,
    /// Each rule that was asked, in the order of the catalogue.
    pub(crate) results: Vec<(&'static str, Verdict)>,
    /// What they found.
    pub(crate) told: Vec<Told>,
}

/// Asks all rules about all zones that were asked for, on all cores. `today` is `YYYY-MM-DD` in UTC.
pub(crate) fn ask(zones: &[Loaded], today: &str) -> Vec<Zone> {
    let whole: Vec<Judged<'_>> =
        zones.par_iter().map(|zone| Judged::desired(&zone.desired, None).written(&zone.folded)).collect();
    let mut held = Repository::new(&whole);
    zones.iter().for_each(|zone| held.learn(&zone.facts));
    let wanted: Vec<_> = zones.iter().zip(&whole).filter(|(zone, _)| zone.wanted).collect();
    wanted
        .into_par_iter()
        .map(|(zone, judged)| {
            let Loaded { desired, facts, .. } = zone;
            let settings = Settings { acknowledgements: &desired.acknowledgements, today };
            let mut seen = HashSet::new();
            let mut verdicts: BTreeMap<usize, (&'static str, Verdict)> = BTreeMap::new();
            let mut told = Vec::new();
            let mut add = |judged: &Judged<'_>, tells_idle: bool| {
                let report = judge(&Subject::new(judged, facts, &held), settings);
                for (place, checked) in report.results.iter().enumerate() {
                    let entry = verdicts
                        .entry(place)
                        .or_insert_with(|| (checked.check.rule.id, checked.verdict.clone()));
                    entry.1 = worse(entry.1.clone(), checked.verdict.clone());
                }
                for judgement in &report.findings {
                    let finding = &judgement.finding;
                    let key = (
                        judgement.check.rule.id,
                        finding.name.clone(),
                        finding.rtype,
                        finding.message.clone(),
                    );
                    if seen.insert(key) {
                        told.push(Told::finding(&desired.apex, judgement));
                    }
                }
                if tells_idle {
                    told.extend(report.idle.iter().filter_map(|idle| Told::idle(&desired.apex, idle)));
                }
            };
            // Where records are for some providers only, no provider has the whole.
            let split = desired.providers.len() > 1 && desired.wishes.iter().any(|wish| wish.only.is_some());
            if split {
                for provider in &desired.providers {
                    add(&Judged::desired(desired, Some(provider)).written(&zone.folded), false);
                }
            } else {
                add(judged, true);
            }
            let results = verdicts.into_values().collect();
            Zone { name: desired.apex.clone(), source: desired.source.clone(), results, told }
        })
        .collect()
}

/// The verdict of one rule on a zone that differs from provider to provider.
fn worse(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::Fail(a), Verdict::Fail(b)) => Verdict::Fail(a.max(b)),
        (fail @ Verdict::Fail(_), _) | (_, fail @ Verdict::Fail(_)) => fail,
        (untested @ Verdict::Untested(_), _) | (_, untested @ Verdict::Untested(_)) => untested,
        (Verdict::Pass, _) | (_, Verdict::Pass) => Verdict::Pass,
        (Verdict::NotApplicable, Verdict::NotApplicable) => Verdict::NotApplicable,
    }
}

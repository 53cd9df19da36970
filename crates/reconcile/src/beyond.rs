//! The zones that nobody asked for and that changes have to do with.
//!
//! A plan of some zones is judged with the others of the repository. Their files say which of them lead to what changes, and
//! the changes say where they lead; only these zones are read, and only when there are changes.

use crate::providers::Providers;
use dnsctl_checks::Facts;
use dnsctl_plan::effect::{Input, beyond};
use dnsctl_plan::{Beyond, Finding, Severity, ZoneKey, ZonePlan, catalogue};
use dnsctl_provider::error::Result;
use dnsctl_zone::{Desired, Live, Name, Zone};
use futures::stream::{self, StreamExt as _};
use std::collections::BTreeSet;

/// How many zones are read at a time.
const IN_FLIGHT: usize = 32;
/// How often what was read leads to more zones.
const ROUNDS: usize = 8;
/// So many names are told.
const TOLD: usize = 5;

/// The zones of the configuration that were not asked for.
#[derive(Debug, Default)]
pub struct Others {
    /// As their files want them, with what these declare about mail.
    pub zones: Vec<(Desired, Facts)>,
    /// Those whose files have errors.
    pub broken: Vec<Name>,
}

/// Reads the files of the zones that were not asked for.
pub type LoadOthers<'a> = &'a (dyn Fn() -> Others + Sync);

/// One of these zones.
pub(crate) struct Beside {
    pub(crate) desired: Desired,
    pub(crate) facts: Facts,
    /// As it is, where that has to be known and could be read.
    pub(crate) live: Option<Live>,
}

/// What is known of them.
pub(crate) struct Looked {
    pub(crate) zones: Vec<Beside>,
    pub(crate) beyond: Beyond,
    /// What could not be looked at.
    pub(crate) findings: Vec<Finding>,
}

/// Looks at the files of the others, and reads those that these plans have to do with.
pub(crate) async fn look(
    load: LoadOthers<'_>,
    plans: &[ZonePlan],
    inputs: &[Input<'_>],
    providers: &Providers,
) -> Looked {
    let Others { zones, mut broken } = load();
    let beside = |(desired, facts)| Beside { desired, facts, live: None };
    let mut zones: Vec<Beside> = zones.into_iter().map(beside).collect();
    zones.sort_by(|a, b| a.desired.apex.cmp(&b.desired.apex));
    let (mut asked, mut findings, mut failed) = (BTreeSet::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let others: Vec<Input<'_>> = zones.iter().map(Beside::input).collect();
        let needed = beyond(plans, inputs, &others);
        drop(others);
        let new: Vec<usize> = needed.into_iter().filter(|place| asked.insert(*place)).collect();
        if new.is_empty() {
            break;
        }
        let read = new.iter().filter_map(|place| zones.get(*place)).map(|zone| read(zone, providers));
        let lives: Vec<Result<Live>> = stream::iter(read).buffered(IN_FLIGHT).collect().await;
        for (place, live) in new.into_iter().zip(lives) {
            let Some(zone) = zones.get_mut(place) else { continue };
            match live {
                Ok(live) => zone.live = Some(live),
                Err(error) => {
                    let name = zone.desired.apex.without_dot();
                    failed.push(zone.key());
                    findings.push(not_checked(format!(
                        "{name} has to do with these changes and could not be read, so what becomes of it, or what it has \
                         for them, is not known: {error}"
                    )));
                }
            }
        }
    }
    if !broken.is_empty() {
        broken.sort_unstable();
        let names: Vec<String> = broken.iter().take(TOLD).map(Name::without_dot).collect();
        let more = broken.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        findings.push(not_checked(format!(
            "the files of other zones have errors, so it is not known whether they lead to what changes: {}{more}",
            names.join(", ")
        )));
    }
    let read: Vec<ZoneKey> = zones.iter().filter(|zone| zone.live.is_some()).map(Beside::key).collect();
    let by_files = zones.len().saturating_sub(read.len()).saturating_sub(failed.len());
    Looked { zones, beyond: Beyond { read, failed, by_files }, findings }
}

impl Beside {
    pub(crate) fn input(&self) -> Input<'_> {
        Input { desired: &self.desired, live: self.live.as_ref(), facts: &self.facts }
    }

    fn key(&self) -> ZoneKey {
        let provider = self.desired.providers.first().cloned().unwrap_or_default();
        ZoneKey { zone: self.desired.apex.clone(), provider }
    }
}

/// A zone as its first provider has it. One that it lacks has nothing to offer.
async fn read(zone: &Beside, providers: &Providers) -> Result<Live> {
    let ZoneKey { zone, provider } = zone.key();
    let live = providers.get(&provider)?.read_zone(&zone).await?;
    Ok(live.unwrap_or_else(|| Live::new(Zone::new(zone, Vec::new()))))
}

fn not_checked(text: String) -> Finding {
    let rule = catalogue::NOT_CHECKED;
    Finding::zone(rule.id, Severity::Warning, text).fix(rule.fix)
}

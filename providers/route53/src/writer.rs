//! Writing.

use crate::api::Api;
use crate::change::{self, Batch};
use crate::config::{Config, Visibility};
use crate::error::blamed;
use crate::live::{self, Content};
use crate::model::{ChangeInfo, ResourceRecordSet};
use crate::zones::Zones;
use async_trait::async_trait;
use dnsctl_provider::error::{Effect, Error, ErrorKind, Result};
use dnsctl_provider::http::Clock;
use dnsctl_provider::{BatchWriter, Context, Limits, RRsetChange, Settings, Write, WriteError};
use dnsctl_zone::{Name, RRset};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep};

/// The first wait for the name servers, and the longest.
const POLL: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));
/// The longest caller reference.
const REFERENCE: usize = 128;

/// Writes change batches.
pub(crate) struct Route53Writer {
    api: Api,
    zones: Zones,
    visibility: Visibility,
    delegation_set: Option<String>,
    wait: Option<Duration>,
    clock: Clock,
    state: Mutex<BTreeMap<Name, State>>,
}

/// What is known of a zone while it is written.
#[derive(Default)]
struct State {
    zone_id: Option<String>,
    /// Changes of which the name servers may not know yet.
    pending: Vec<String>,
}

impl Route53Writer {
    pub(crate) fn open(settings: &Settings, context: &Context) -> Result<Self> {
        let config = Config::read(settings, context)?;
        let api = Api::new(&config)?;
        Ok(Self {
            zones: Zones::new(api.clone(), &config),
            api,
            visibility: config.visibility,
            delegation_set: config.delegation_set,
            wait: config.wait,
            clock: context.now.clone(),
            state: Mutex::default(),
        })
    }

    fn with_state<T>(&self, apex: &Name, use_it: impl FnOnce(&mut State) -> T) -> T {
        let mut states = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(states.entry(apex.clone()).or_default())
    }

    fn remember(&self, apex: &Name, change: ChangeInfo) {
        if change.status != "INSYNC" {
            self.with_state(apex, |state| state.pending.push(change.id));
        }
    }

    async fn zone_id(&self, apex: &Name) -> Result<String> {
        if let Some(id) = self.with_state(apex, |state| state.zone_id.clone()) {
            return Ok(id);
        }
        let Some(zone) = self.zones.look_up(apex).await? else {
            return Err(Error::new(ErrorKind::NotFound, "there is no hosted zone of this name")
                .during(format!("write zone {apex}"))
                .with_hint("set `create: true` in the zone's file, and it is created"));
        };
        let id = zone.id().to_owned();
        self.with_state(apex, |state| state.zone_id = Some(id.clone()));
        Ok(id)
    }

    async fn write(&self, apex: &Name, zone_id: &str, changes: &[RRsetChange]) -> Result<(), WriteError> {
        check(apex, changes)?;
        self.guard_apex_ns(apex, zone_id, changes).await?;
        let batch = Batch::new(apex, zone_id, changes, &|_, _| None);
        if batch.steps.is_empty() {
            return Ok(());
        }
        match self.api.change(apex, zone_id, &batch.steps).await {
            Ok(change) => {
                self.remember(apex, change);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Conflict && error.effect() == Effect::NotWritten => {
                self.settle(apex, zone_id, changes, &batch, error).await
            }
            Err(error) => Err(blame(error, &batch)),
        }
    }

    /// Finds out what a conflict is about. Where the zone means what was expected, but Route 53 keeps it in other words
    /// (a name in capitals, zeros in an address), it gets its own words back.
    async fn settle(
        &self,
        apex: &Name,
        zone_id: &str,
        changes: &[RRsetChange],
        batch: &Batch,
        error: Error,
    ) -> Result<(), WriteError> {
        let Ok(sets) = self.api.record_sets(apex, zone_id).await else { return Err(blame(error, batch)) };
        let stored = Stored::new(&sets);
        let culprits: Vec<usize> = changes
            .iter()
            .enumerate()
            .filter(|(_, change)| !stored.is_as_expected(change, zone_id))
            .map(|(index, _)| index)
            .collect();
        if !culprits.is_empty() {
            let named: Vec<String> = culprits
                .iter()
                .filter_map(|index| changes.get(*index))
                .map(|change| format!("{} {}", change.name, change.rtype))
                .collect();
            let message = format!("changed at Route 53 since it was read: {}", named.join(", "));
            let error = Error::new(ErrorKind::Conflict, message)
                .during(format!("write zone {apex}"))
                .with_hint("run `dnsctl plan` again");
            return Err(WriteError { error, culprits, written: Vec::new() });
        }
        let again = Batch::new(apex, zone_id, changes, &|name, rtype| stored.get(name, rtype).cloned());
        if again.steps == batch.steps {
            return Err(blame(error, batch));
        }
        let change =
            self.api.change(apex, zone_id, &again.steps).await.map_err(|error| blame(error, &again))?;
        self.remember(apex, change);
        Ok(())
    }

    /// Route 53 takes the NS RRset of the apex by UPSERT only, which looks at nothing: so it is looked at here.
    async fn guard_apex_ns(
        &self,
        apex: &Name,
        zone_id: &str,
        changes: &[RRsetChange],
    ) -> Result<(), WriteError> {
        let found = changes.iter().enumerate().find(|(_, change)| change::is_apex_ns(apex, change));
        let Some((index, RRsetChange { rtype, before: Some(before), .. })) = found else { return Ok(()) };
        let set = self.api.record_set(apex, zone_id, apex, *rtype).await?;
        let sets: Vec<ResourceRecordSet> = set.into_iter().collect();
        if Stored::new(&sets).holds(before) {
            return Ok(());
        }
        let error =
            Error::new(ErrorKind::Conflict, format!("changed at Route 53 since it was read: {apex} {rtype}"))
                .during(format!("write zone {apex}"))
                .with_hint("run `dnsctl plan` again");
        Err(WriteError { error, culprits: vec![index], written: Vec::new() })
    }

    /// A text that no other request has: two runs do not start in the same nanosecond.
    fn caller_reference(&self, apex: &Name) -> String {
        let since = (self.clock)().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let name = crate::text::name(apex);
        format!("dnsctl {} {name}", since.as_nanos()).chars().take(REFERENCE).collect()
    }

    async fn create(&self, apex: &Name) -> Result<String> {
        // A zone is created public: one whose names nobody outside should see does not get there.
        if self.visibility == Visibility::Private {
            let message = "dnsctl creates no private hosted zones";
            let error = Error::new(ErrorKind::Unsupported, message).with_effect(Effect::NotWritten);
            return Err(error
                .during(format!("create zone {apex}"))
                .with_hint("create it with its VPC, then plan again"));
        }
        if let Some(zone) = self.zones.look_up(apex).await? {
            let message = format!("there is a hosted zone of this name already: {}", zone.id());
            return Err(Error::new(ErrorKind::Conflict, message).during(format!("create zone {apex}")));
        }
        let reference = self.caller_reference(apex);
        match self.api.create_zone(apex, &reference, self.delegation_set.as_deref()).await {
            Ok(created) => {
                self.remember(apex, created.change_info);
                Ok(created.hosted_zone.id().to_owned())
            }
            // The answer of an earlier try was lost.
            Err(error) if error.kind() == ErrorKind::Conflict && error.tries() > 1 => {
                match self.zones.look_up(apex).await? {
                    Some(zone) if zone.caller_reference == reference => Ok(zone.id().to_owned()),
                    _ => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Write for Route53Writer {
    async fn create_zone(&self, apex: &Name, rrsets: &[RRset]) -> Result<usize, WriteError> {
        let changes: Vec<RRsetChange> = rrsets.iter().map(created).collect();
        check(apex, &changes)?;
        let id = self.create(apex).await?;
        self.with_state(apex, |state| state.zone_id = Some(id));
        // The zone and its records are two requests: what becomes of the second says nothing of the first.
        Ok(0)
    }

    async fn finish(&self, apex: &Name, limit: Duration) -> Result<()> {
        let Some(wait) = self.wait else { return Ok(()) };
        let limit = limit.min(wait);
        let deadline = Instant::now() + limit;
        let mut pause = POLL.0;
        loop {
            let Some(id) = self.with_state(apex, |state| state.pending.last().cloned()) else {
                return Ok(());
            };
            if self.api.change_status(apex, &id).await?.status == "INSYNC" {
                self.with_state(apex, |state| state.pending.pop());
                continue;
            }
            if Instant::now() + pause > deadline {
                let message = format!(
                    "the change {id} is written, but not on all name servers after {} s",
                    limit.as_secs()
                );
                return Err(Error::new(ErrorKind::Timeout, message).during(format!("write zone {apex}")));
            }
            sleep(pause).await;
            pause = pause.mul_f64(1.5).min(POLL.1);
        }
    }
}

#[async_trait]
impl BatchWriter for Route53Writer {
    fn limits(&self) -> Limits {
        Limits { changes: change::CHANGES, weight: change::WEIGHT, weigh: change::weigh }
    }

    async fn write_batch(&self, apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
        let zone_id = self.zone_id(apex).await?;
        self.write(apex, &zone_id, changes).await
    }
}

fn created(rrset: &RRset) -> RRsetChange {
    RRsetChange {
        name: rrset.name.clone(),
        rtype: rrset.rtype,
        before: None,
        after: Some(rrset.clone()),
        group: 0,
    }
}

/// What Route 53 would refuse, or an emulator of it wrongly take.
fn check(apex: &Name, changes: &[RRsetChange]) -> Result<(), WriteError> {
    let problem = |change: &RRsetChange| {
        if !change.name.is_at_or_below(apex) {
            return Some("it is outside the zone".to_owned());
        }
        change::refuses_change(apex, change).or_else(|| change.after.as_ref().and_then(change::refuses))
    };
    let found: Vec<(usize, String)> = changes
        .iter()
        .enumerate()
        .filter_map(|(index, change)| {
            problem(change).map(|why| (index, format!("{} {}: {why}", change.name, change.rtype)))
        })
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    let (culprits, messages): (Vec<usize>, Vec<String>) = found.into_iter().unzip();
    let error = Error::new(ErrorKind::Rejected, messages.join("; ")).during(format!("write zone {apex}"));
    Err(WriteError { error, culprits, written: Vec::new() })
}

/// The error with the changes that its message blames.
fn blame(error: Error, batch: &Batch) -> WriteError {
    let content = matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Conflict);
    let culprits =
        if content { batch.changes_of(&blamed(error.message(), &batch.steps)) } else { Vec::new() };
    WriteError { error, culprits, written: Vec::new() }
}

/// What is at Route 53, in its own words.
struct Stored<'a> {
    sets: BTreeMap<(Name, &'a str), Vec<&'a ResourceRecordSet>>,
}

impl<'a> Stored<'a> {
    fn new(sets: &'a [ResourceRecordSet]) -> Self {
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for set in sets {
            if let Ok(name) = live::owner(set) {
                all.entry((name, set.rtype.as_str())).or_default().push(set);
            }
        }
        Self { sets: all }
    }

    /// The only record set of this name and type.
    fn get(&self, name: &Name, rtype: &str) -> Option<&'a ResourceRecordSet> {
        match self.sets.get(&(name.clone(), rtype)).map(Vec::as_slice) {
            Some([set]) => Some(set),
            _ => None,
        }
    }

    /// Whether the zone is at this name and type as the change expects it.
    fn is_as_expected(&self, change: &RRsetChange, zone_id: &str) -> bool {
        let before = change::record_sets(change.before.as_ref(), zone_id);
        let after = change::record_sets(change.after.as_ref(), zone_id);
        let absent = |rtype: &String| {
            before.contains_key(rtype) || !self.sets.contains_key(&(change.name.clone(), rtype.as_str()))
        };
        let same = |(rtype, wanted): (&String, &ResourceRecordSet)| {
            self.get(&change.name, rtype).is_some_and(|set| same(set, wanted, &change.name, zone_id))
        };
        after.keys().all(absent) && before.iter().all(same)
    }

    /// Whether this RRset is there.
    fn holds(&self, rrset: &RRset) -> bool {
        let wanted = change::record_sets(Some(rrset), "");
        wanted.iter().all(|(rtype, wanted)| {
            self.get(&rrset.name, rtype).is_some_and(|set| same(set, wanted, &rrset.name, ""))
        })
    }
}

/// Whether two record sets mean the same.
fn same(one: &ResourceRecordSet, other: &ResourceRecordSet, name: &Name, zone_id: &str) -> bool {
    let Ok(rtype) = live::rtype(one) else { return false };
    match (live::content(one, name, rtype, zone_id), live::content(other, name, rtype, zone_id)) {
        (Ok(Content::Plain(one)), Ok(Content::Plain(other))) => {
            one.ttl == other.ttl && one.same_values(&other)
        }
        (Ok(Content::Alias(one)), Ok(Content::Alias(other))) => one == other,
        _ => false,
    }
}

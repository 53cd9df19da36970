//! The changes made to what is there.

use std::collections::BTreeSet;

use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_provider::{RRsetChange, Wanted, WriteError};
use dnsctl_zone::{Name, RRset, RecordType, Zone, soa};

use crate::sound;

/// How many RRsets are named in an error.
const SHOWN: usize = 3;

/// The zone with these changes.
///
/// An RRset that is not as it was read is a conflict. What no name server would load is refused; what was there before
/// the changes and has nothing to do with them is not judged.
pub(crate) fn apply(zone: &Zone, changes: &[RRsetChange], check_names: bool) -> Result<Zone, WriteError> {
    let outline = sound::Outline::of(zone);
    apply_to(zone, Some(&outline), changes, check_names)
}

/// The zone of these RRsets, which is made anew.
pub(crate) fn create(apex: &Name, rrsets: &[RRset], check_names: bool) -> Result<Zone, WriteError> {
    let create = |rrset: &RRset| RRsetChange {
        name: rrset.name.clone(),
        rtype: rrset.rtype,
        before: None,
        after: Some(rrset.clone()),
        group: 0,
    };
    let changes: Vec<RRsetChange> = rrsets.iter().map(create).collect();
    apply_to(&Zone::new(apex.clone(), Vec::new()), None, &changes, check_names)
}

fn apply_to(
    zone: &Zone,
    outline: Option<&sound::Outline>,
    changes: &[RRsetChange],
    check_names: bool,
) -> Result<Zone, WriteError> {
    let stale = |change: &RRsetChange| {
        let live = zone.get(&change.name, change.rtype);
        let same = same(change.before.as_ref(), live);
        (!same).then(|| match live {
            Some(rrset) => {
                format!("{} {} is now {} {:?}", change.name, change.rtype, rrset.ttl, rrset.values())
            }
            None => format!("{} {} is not there any more", change.name, change.rtype),
        })
    };
    let conflicts =
        changes.iter().enumerate().filter_map(|(index, change)| Some((Some(index), stale(change)?)));
    refuse(ErrorKind::Conflict, conflicts.collect())?;
    let wanted = |change: &'_ RRsetChange| sound::refuses(&zone.apex, change.after.as_ref()?, check_names);
    let alone = changes.iter().enumerate();
    let alone = alone
        .filter_map(|(index, change)| Some((Some(index), impossible(change).or_else(|| wanted(change))?)));
    refuse(ErrorKind::Rejected, alone.collect())?;
    let wanted: Vec<Wanted<'_>> = changes
        .iter()
        .map(|change| Wanted { name: &change.name, rtype: change.rtype, after: change.after.as_ref() })
        .collect();
    refuse(ErrorKind::Rejected, sound::together(&zone.apex, outline, &wanted))?;
    let touched: BTreeSet<(&Name, RecordType)> = changes.iter().map(|c| (&c.name, c.rtype)).collect();
    let kept = zone.rrsets().iter().filter(|rrset| !touched.contains(&rrset.key())).cloned();
    let wanted = changes.iter().filter_map(|change| change.after.clone());
    let mut rrsets: Vec<RRset> = kept.chain(wanted).collect();
    rrsets.sort_by(|a, b| a.key().cmp(&b.key()));
    Ok(Zone::new(zone.apex.clone(), rrsets))
}

/// Whether an RRset is as it was. Of SOA the serial does not count: it rises with every write.
fn same(before: Option<&RRset>, live: Option<&RRset>) -> bool {
    let (Some(before), Some(live)) = (before, live) else { return before.is_none() && live.is_none() };
    let plain = |rrset: &RRset| -> Vec<_> {
        let values = rrset.values().iter();
        if rrset.rtype == RecordType::SOA {
            values.filter_map(|value| soa::with_serial(value, 0)).collect()
        } else {
            values.cloned().collect()
        }
    };
    before.ttl == live.ttl && plain(before) == plain(live)
}

/// A change that makes another RRset than it says.
fn impossible(change: &RRsetChange) -> Option<String> {
    let (name, rtype) = (&change.name, change.rtype);
    let wanted = change.after.as_ref()?;
    (wanted.key() != (name, rtype) || wanted.values().is_empty())
        .then(|| format!("the change of {name} {rtype} makes no such RRset"))
}

/// An error with these reasons, each told once, and the places of the changes to blame.
fn refuse(kind: ErrorKind, found: Vec<(Option<usize>, String)>) -> Result<(), WriteError> {
    if found.is_empty() {
        return Ok(());
    }
    let mut reasons: Vec<&str> = Vec::new();
    for (_, reason) in &found {
        if !reasons.contains(&reason.as_str()) {
            reasons.push(reason);
        }
        if reasons.len() > SHOWN {
            break;
        }
    }
    let more = if reasons.len() > SHOWN { "; and more" } else { "" };
    let shown: Vec<&str> = reasons.into_iter().take(SHOWN).collect();
    let error = Error::new(kind, format!("{}{more}", shown.join("; ")));
    let error = if kind == ErrorKind::Conflict { error.with_hint("make the plan again") } else { error };
    let culprits = found.into_iter().filter_map(|(index, _)| index).collect();
    Err(WriteError { error, culprits, written: Vec::new() })
}

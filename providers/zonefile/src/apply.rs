//! The changes made to what is there.

use std::collections::BTreeSet;

use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_provider::{RRsetChange, WriteError};
use dnsctl_zone::{Name, RRset, RecordType, Zone, soa};

/// How many RRsets are named in an error.
const SHOWN: usize = 3;

/// The zone with these changes.
///
/// An RRset that is not as it was read is a conflict. What no name server would load is refused; what was there before
/// the changes and has nothing to do with them is not judged.
pub(crate) fn apply(zone: &Zone, changes: &[RRsetChange]) -> Result<Zone, WriteError> {
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
    refuse(ErrorKind::Conflict, changes, stale)?;
    let touched: BTreeSet<(&Name, RecordType)> = changes.iter().map(|c| (&c.name, c.rtype)).collect();
    let kept = zone.rrsets().iter().filter(|rrset| !touched.contains(&rrset.key())).cloned();
    let wanted = changes.iter().filter_map(|change| change.after.clone());
    let mut rrsets: Vec<RRset> = kept.chain(wanted).collect();
    rrsets.sort_by(|a, b| a.key().cmp(&b.key()));
    let after = Zone::new(zone.apex.clone(), rrsets);
    refuse(ErrorKind::Rejected, changes, |change| unsound(&after, change))?;
    Ok(after)
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

/// Why no name server would load the zone after this change.
fn unsound(after: &Zone, change: &RRsetChange) -> Option<String> {
    let (name, rtype) = (&change.name, change.rtype);
    let Some(wanted) = &change.after else {
        let needed = rtype == RecordType::SOA && *name == after.apex;
        return needed.then(|| format!("{name} SOA is deleted, and a zone cannot be without it"));
    };
    if wanted.key() != (name, rtype) || wanted.values().is_empty() {
        return Some(format!("the change of {name} {rtype} makes no such RRset"));
    }
    if !name.is_at_or_below(&after.apex) {
        return Some(format!("{name} is not in the zone {}", after.apex));
    }
    if rtype.is_pseudo() || rtype.is_signing() {
        return Some(format!("{name} {rtype}: records of this type are not written to master files"));
    }
    if rtype == RecordType::SOA && *name != after.apex {
        return Some(format!("{name} SOA is not at the apex"));
    }
    if rtype.is_single() && wanted.values().len() > 1 {
        return Some(format!("{name} has several {rtype} records; there can be only one"));
    }
    // RFC 1034 section 3.6.2, RFC 4035 section 2.5.
    let others = |rrset: &&RRset| rrset.rtype != RecordType::CNAME && !rrset.rtype.is_signing();
    let at = after.at(name);
    let alias = at.iter().any(|rrset| rrset.rtype == RecordType::CNAME);
    let other = at.iter().find(others).filter(|_| alias)?;
    Some(format!("{name} has a CNAME record beside {}; no name server loads that", other.rtype))
}

/// An error with all changes of which `why` knows something.
fn refuse(
    kind: ErrorKind,
    changes: &[RRsetChange],
    why: impl Fn(&RRsetChange) -> Option<String>,
) -> Result<(), WriteError> {
    let found: Vec<(usize, String)> =
        changes.iter().enumerate().filter_map(|(index, change)| Some((index, why(change)?))).collect();
    if found.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = found.iter().take(SHOWN).map(|(_, reason)| reason.as_str()).collect();
    let more =
        if found.len() > SHOWN { format!("; and {} more", found.len() - SHOWN) } else { String::new() };
    let error = Error::new(kind, format!("{}{more}", shown.join("; ")));
    let error = if kind == ErrorKind::Conflict { error.with_hint("make the plan again") } else { error };
    Err(WriteError {
        error,
        culprits: found.into_iter().map(|(index, _)| index).collect(),
        written: Vec::new(),
    })
}

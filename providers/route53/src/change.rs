//! From changes of RRsets to the steps of a change batch.

use crate::live::OWN_ZONE;
use crate::model::{Action, AliasTarget, Change, ResourceRecord, ResourceRecordSet, ResourceRecords};
use crate::text;
use dnsctl_provider::RRsetChange;
use dnsctl_zone::{Name, RRset, Rdata, RecordType};
use std::collections::BTreeMap;

/// `ResourceRecord` elements in a batch; those of an UPSERT count twice.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html>
const RECORDS: usize = 1_000;
/// Characters in all `Value` elements of a batch; those of an UPSERT count twice.
pub(crate) const CHARACTERS: usize = 32_000;
/// Values of one record set.
const VALUES: usize = 400;
/// Characters of one value.
const VALUE_CHARACTERS: usize = 4_000;

/// The most changes in a batch: each has at least one record.
pub(crate) const CHANGES: usize = RECORDS;
/// The most weight in a batch, in the unit of [`weigh`].
pub(crate) const WEIGHT: usize = CHARACTERS;

/// What a change takes of a batch, in characters of values. A record counts as the characters that it may have on
/// average, so that a batch within [`WEIGHT`] is within both limits.
pub(crate) fn weigh(change: &RRsetChange) -> usize {
    let cost = |rrset: &Option<RRset>| rrset.as_ref().map_or((0, 0), cost);
    let (before, after) = (cost(&change.before), cost(&change.after));
    // The NS RRset of the apex is written by UPSERT.
    let first =
        if change.rtype == RecordType::NS { (before.0.max(after.0), before.1.max(after.1)) } else { before };
    let (records, characters) = (first.0 + after.0, first.1 + after.1);
    characters.max(records.saturating_mul(CHARACTERS / RECORDS))
}

/// Records and characters.
fn cost(rrset: &RRset) -> (usize, usize) {
    if rrset.rtype == RecordType::ROUTE53_ALIAS {
        return (rrset.values().len(), 0);
    }
    (rrset.values().len(), rrset.values().iter().map(|value| text::value(value).len()).sum())
}

/// Why Route 53 would not take this RRset, beyond types and TTLs.
pub(crate) fn refuses(rrset: &RRset) -> Option<String> {
    if rrset.rtype == RecordType::ROUTE53_ALIAS {
        return refuses_aliases(rrset);
    }
    if rrset.rtype == RecordType::NS && rrset.name.is_wildcard() {
        return Some("Route 53 takes no wildcard of type NS".to_owned());
    }
    let count = rrset.values().len();
    if count > VALUES {
        return Some(format!("Route 53 takes at most {VALUES} values for one name and type, not {count}"));
    }
    let lengths: Vec<usize> = rrset.values().iter().map(|value| text::value(value).len()).collect();
    if let Some(length) = lengths.iter().find(|length| **length > VALUE_CHARACTERS) {
        return Some(format!(
            "Route 53 takes at most {VALUE_CHARACTERS} characters for one value, not {length}"
        ));
    }
    let all: usize = lengths.iter().sum();
    (all > CHARACTERS).then(|| {
        format!("Route 53 takes at most {CHARACTERS} characters for all values in one request, not {all}")
    })
}

/// Why Route 53 would not take this change, whatever it takes of it by itself.
pub(crate) fn refuses_change(apex: &Name, change: &RRsetChange) -> Option<String> {
    if is_apex_ns(apex, change) && change.after.is_none() {
        return Some("a hosted zone keeps the NS RRset of its apex".to_owned());
    }
    let weight = weigh(change);
    (weight > WEIGHT).then(|| {
        format!(
            "before and after together are too much for one change batch ({weight} of {WEIGHT}): take values out in one \
             run and add the new ones in the next"
        )
    })
}

fn refuses_aliases(rrset: &RRset) -> Option<String> {
    let field =
        |value: &Rdata, name| value.bytes(name).map(|octets| String::from_utf8_lossy(&octets).into_owned());
    let mut types: Vec<String> = Vec::new();
    for value in rrset.values() {
        let health = field(value, "evaluate_target_health").unwrap_or_default();
        if !matches!(health.as_str(), "true" | "false") {
            return Some(format!("evaluate_target_health is `true` or `false`, not `{health}`"));
        }
        let rtype = aliased(value);
        let known = crate::TYPES.iter().any(|known| known.mnemonic() == rtype);
        if !known || matches!(rtype.as_str(), "NS" | "SOA") {
            return Some(format!("an alias cannot have the type {rtype}"));
        }
        if types.contains(&rtype) {
            return Some(format!("there are two aliases of the type {rtype}; Route 53 takes one for a name"));
        }
        types.push(rtype);
    }
    None
}

/// The type that an alias answers for.
pub(crate) fn aliased(value: &Rdata) -> String {
    String::from_utf8_lossy(&value.bytes("type").unwrap_or_default()).to_ascii_uppercase()
}

/// The steps of a batch, and the change that each belongs to.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// In the order in which Route 53 wants them.
    pub(crate) steps: Vec<Change>,
    /// For each step the index of its change.
    pub(crate) changes: Vec<usize>,
}

impl Batch {
    /// The steps for these changes. A DELETE holds exactly what was read and a CREATE finds nothing there, so that the
    /// batch is refused as a whole when the zone is not as expected. `stored` gives a record set as Route 53 itself
    /// writes it, where that is known.
    pub(crate) fn new(
        apex: &Name,
        zone_id: &str,
        changes: &[RRsetChange],
        stored: &dyn Fn(&Name, &str) -> Option<ResourceRecordSet>,
    ) -> Self {
        let mut steps: Vec<(Change, usize)> = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            let before = record_sets(change.before.as_ref(), zone_id);
            let after = record_sets(change.after.as_ref(), zone_id);
            // Route 53 never lets go of this one, not even within a batch.
            let replace = is_apex_ns(apex, change);
            for (rtype, old) in before.iter().filter(|_| !replace) {
                if after.get(rtype) != Some(old) {
                    let set = stored(&change.name, rtype).unwrap_or_else(|| old.clone());
                    steps.push((Change { action: Action::Delete, resource_record_set: set }, index));
                }
            }
            for (rtype, new) in after {
                if before.get(&rtype) != Some(&new) {
                    let action = if replace { Action::Upsert } else { Action::Create };
                    steps.push((Change { action, resource_record_set: new }, index));
                }
            }
        }
        // Deletions first, since a CNAME may take the place of an address. An alias goes before its target and comes
        // after it.
        steps.sort_by_key(|(step, _)| {
            let alias = step.resource_record_set.alias_target.is_some();
            match step.action {
                Action::Delete => u8::from(!alias),
                Action::Create | Action::Upsert => 2 + u8::from(alias),
            }
        });
        let (steps, changes) = steps.into_iter().unzip();
        Self { steps, changes }
    }

    /// The changes that these steps belong to, each once.
    pub(crate) fn changes_of(&self, steps: &[usize]) -> Vec<usize> {
        let mut changes: Vec<usize> =
            steps.iter().filter_map(|step| self.changes.get(*step).copied()).collect();
        changes.sort_unstable();
        changes.dedup();
        changes
    }
}

/// Whether this is the NS RRset of the apex, which Route 53 makes with the zone and keeps as long.
pub(crate) fn is_apex_ns(apex: &Name, change: &RRsetChange) -> bool {
    change.rtype == RecordType::NS && change.name == *apex
}

/// The record sets by type that an RRset is: one, or one for each alias.
pub(crate) fn record_sets(rrset: Option<&RRset>, zone_id: &str) -> BTreeMap<String, ResourceRecordSet> {
    let Some(rrset) = rrset else { return BTreeMap::new() };
    let name = text::name(&rrset.name);
    if rrset.rtype == RecordType::ROUTE53_ALIAS {
        let alias = |value: &Rdata| {
            let rtype = aliased(value);
            let set = ResourceRecordSet {
                name: name.clone(),
                rtype: rtype.clone(),
                alias_target: Some(target(value, zone_id)),
                ..ResourceRecordSet::default()
            };
            (rtype, set)
        };
        return rrset.values().iter().map(alias).collect();
    }
    let rtype = rrset.rtype.mnemonic().into_owned();
    let list = rrset.values().iter().map(|value| ResourceRecord { value: text::value(value) }).collect();
    let set = ResourceRecordSet {
        name,
        rtype: rtype.clone(),
        ttl: Some(rrset.ttl.seconds()),
        resource_records: Some(ResourceRecords { list }),
        ..ResourceRecordSet::default()
    };
    BTreeMap::from([(rtype, set)])
}

fn target(value: &Rdata, zone_id: &str) -> AliasTarget {
    let field = |name| String::from_utf8_lossy(&value.bytes(name).unwrap_or_default()).into_owned();
    let id = field("hosted_zone_id");
    AliasTarget {
        hosted_zone_id: if id.eq_ignore_ascii_case(OWN_ZONE) { zone_id.to_owned() } else { id },
        dns_name: value.name("name").map(|name| text::name(&name)).unwrap_or_default(),
        evaluate_target_health: field("evaluate_target_health") == "true",
    }
}

#[cfg(test)]
mod tests;

//! From record sets to a zone of the model.

use crate::model::{AliasTarget, ResourceRecordSet, short_id};
use crate::text;
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_zone::{Kept, Live, Name, Names, RRset, Rdata, RecordType, Ttl, Zone};
use std::collections::BTreeMap;

/// What stands for the hosted zone itself as the `hosted_zone_id` of an alias: an alias to another name of its zone is
/// thereby the same at every account.
pub(crate) const OWN_ZONE: &str = "self";

/// The TTL with which aliases are read. They have none of their own: Route 53 answers with that of the target.
pub(crate) fn alias_ttl() -> Ttl {
    Ttl::from_wire(0)
}

/// The zone that these record sets are. What has a routing policy or a health check, and what cannot be read, is kept.
///
/// # Errors
/// [`ErrorKind::Protocol`] for an owner name that is none, or that of another zone.
pub(crate) fn zone(apex: &Name, zone_id: &str, sets: &[ResourceRecordSet]) -> Result<Live> {
    let mut rrsets: Vec<RRset> = Vec::with_capacity(sets.len());
    let mut aliases: BTreeMap<Name, Vec<Rdata>> = BTreeMap::new();
    let mut kept: BTreeMap<(Name, RecordType), (usize, String)> = BTreeMap::new();
    for set in sets {
        let name = owner(set)?;
        if !name.is_at_or_below(apex) {
            let message = format!("{name} is not in the zone {apex}");
            return Err(Error::new(ErrorKind::Protocol, message));
        }
        let rtype = rtype(set)?;
        match content(set, &name, rtype, zone_id) {
            Ok(Content::Plain(rrset)) => rrsets.push(rrset),
            Ok(Content::Alias(value)) => aliases.entry(name).or_default().push(value),
            Err(reason) => kept.entry((name, rtype)).or_insert((0, reason)).0 += 1,
        }
    }
    rrsets.extend(
        aliases
            .into_iter()
            .map(|(name, values)| RRset::new(name, RecordType::ROUTE53_ALIAS, alias_ttl(), values)),
    );
    let kept = kept.into_iter().map(|((name, rtype), (count, reason))| {
        let reason = if count > 1 { format!("{reason}, {count} sets") } else { reason };
        Kept { name, rtype, count, reason }
    });
    Ok(Live { kept: kept.collect(), ..Live::new(Zone::new(apex.clone(), rrsets)) })
}

/// The owner name of a record set.
///
/// # Errors
/// [`ErrorKind::Protocol`] when it is no name.
pub(crate) fn owner(set: &ResourceRecordSet) -> Result<Name> {
    text::read_name(&set.name).map_err(|why| {
        Error::new(ErrorKind::Protocol, format!("the owner name `{}` cannot be read: {why}", set.name))
    })
}

/// The type of a record set.
///
/// # Errors
/// [`ErrorKind::Protocol`] when it is none.
pub(crate) fn rtype(set: &ResourceRecordSet) -> Result<RecordType> {
    let read = set.rtype.parse().or_else(|_| RecordType::pseudo(&set.rtype));
    read.map_err(|why| Error::new(ErrorKind::Protocol, format!("a record set of {}: {why}", set.name)))
}

/// What is in a record set that the model can hold.
pub(crate) enum Content {
    /// Records.
    Plain(RRset),
    /// One value of the pseudo type of aliases.
    Alias(Rdata),
}

/// Reads a record set; the error is the reason why it must be kept.
pub(crate) fn content(
    set: &ResourceRecordSet,
    name: &Name,
    rtype: RecordType,
    zone_id: &str,
) -> std::result::Result<Content, String> {
    if let Some(policy) = set.policy() {
        return Err(policy.to_owned());
    }
    let unreadable = |why: String| format!("it cannot be read: {why}");
    if let Some(target) = &set.alias_target {
        return alias(&set.rtype, target, zone_id).map(Content::Alias).map_err(unreadable);
    }
    if rtype.is_pseudo() {
        return Err("its type is not known".to_owned());
    }
    let ttl = set.ttl.and_then(Ttl::new).ok_or_else(|| unreadable("it has no TTL".to_owned()))?;
    let values: std::result::Result<Vec<_>, _> =
        set.values().map(|value| text::read_value(rtype, value)).collect();
    let values = values.map_err(unreadable)?;
    if values.is_empty() {
        return Err(unreadable("it has no values".to_owned()));
    }
    Ok(Content::Plain(RRset::new(name.clone(), rtype, ttl, values)))
}

/// The value of the pseudo type that an alias is.
fn alias(rtype: &str, target: &AliasTarget, zone_id: &str) -> std::result::Result<Rdata, String> {
    let id = short_id(&target.hosted_zone_id);
    let id = if id == zone_id { OWN_ZONE } else { id };
    let name = text::read_name(&target.dns_name)?.to_string();
    let health = if target.evaluate_target_health { "true" } else { "false" };
    let fields =
        [("type", rtype), ("hosted_zone_id", id), ("name", &name), ("evaluate_target_health", health)];
    let root = Name::root();
    Rdata::from_fields(RecordType::ROUTE53_ALIAS, &fields, Names { origin: &root, strict: false })
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;

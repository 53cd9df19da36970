//! Other domains of the zone that have an SPF record of their own.

use super::allowed::Hosts;
use super::side::Side;
use super::{Senders, found};
use crate::order::pointer;
use dnsctl_checks::Subject;
use dnsctl_mail::spf::{Accepted, is_spf};
use dnsctl_zone::{Name, RecordType};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Adds what becomes of their senders. Domains of which the same is to be told share a row.
pub(super) fn add(senders: &mut Senders, before: &Subject<'_>, after: &Subject<'_>, hosts: &Hosts<'_>) {
    let mut places: HashMap<(String, Option<String>, String), usize> = HashMap::new();
    for domain in domains(before, after) {
        let (was, is) = (Side::new(before, &domain), Side::new(after, &domain));
        let (first, mut told) = (senders.rows.len(), HashSet::new());
        senders.lose_exchangers(&was, &is, &mut told);
        senders.lose_allowed(&was, &is, hosts);
        let mut rows = senders.rows.split_off(first);
        rows.extend(found::rows(&was, &is, told, &Accepted::default()));
        for mut row in rows {
            let key = (row.sender.clone(), row.before.clone(), row.after.clone());
            match places.get(&key).and_then(|place| senders.rows.get_mut(*place)) {
                Some(known) => known.domains.push(domain.clone()),
                None => {
                    row.domains.push(domain.clone());
                    places.insert(key, senders.rows.len());
                    senders.rows.push(row);
                }
            }
        }
    }
}

/// The names with an SPF record, on either side. What others include is a part of theirs, unless it takes mail.
fn domains(before: &Subject<'_>, after: &Subject<'_>) -> BTreeSet<Name> {
    let (mut names, mut parts) = (BTreeSet::new(), HashSet::new());
    let texts = before.rrsets().iter().chain(after.rrsets()).filter(|rrset| rrset.rtype == RecordType::TXT);
    for rrset in texts {
        for text in rrset.values().iter().map(dnsctl_zone::Rdata::joined_text).filter(|text| is_spf(text)) {
            parts.extend(pointer::named_by(&text));
            names.insert(rrset.name.clone());
        }
    }
    let mail =
        |name: &Name| before.get(name, RecordType::MX).or_else(|| after.get(name, RecordType::MX)).is_some();
    let service = |name: &Name| name.labels().next().is_some_and(|label| label.starts_with(b"_"));
    names.retain(|name| name != after.domain() && !service(name) && (!parts.contains(name) || mail(name)));
    names
}

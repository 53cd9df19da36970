//! What of a zone can stand in a master file that name servers load.

use std::collections::BTreeSet;

use dnsctl_provider::Wanted;
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Zone, no_host};

use crate::sound::{After, Outline, alone};

/// A zone without the records for which name servers would refuse all of its file.
#[derive(Debug, Clone)]
pub struct Loadable {
    /// What is left; options of RRsets, which no master file has, are gone. Pseudo types stay: they are comments in a file.
    pub zone: Zone,
    /// What is not in it, in canonical order.
    pub left_out: Vec<LeftOut>,
    /// Why BIND does not load what is left, each in one sentence without a full stop: there are no name servers at the
    /// apex, or one of the zone's own has no address. No record can be left out for that.
    pub lacks: Vec<String>,
}

/// A record for which name servers would refuse a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// The value; `None` for the whole RRset.
    pub value: Option<Rdata>,
    /// Why, in one sentence without a full stop.
    pub reason: String,
    /// Whether it is for names of hosts, which only BIND looks at (`check-names`).
    pub is_name: bool,
}

/// What of a zone a master file can hold, so that BIND and Knot DNS load it. `check_names` says whether BIND looks at
/// names of hosts, as it does unless its option `check-names` is off.
///
/// Where a CNAME stands beside other data, the other data stays.
pub fn loadable(zone: Zone, check_names: bool) -> Loadable {
    let apex = zone.apex.clone();
    let mut left_out = Vec::new();
    let (comments, rrsets): (Vec<RRset>, Vec<RRset>) =
        zone.into_rrsets().into_iter().partition(|rrset| rrset.rtype.is_pseudo());
    let rrsets = rrsets.into_iter();
    let mut kept: Vec<RRset> =
        rrsets.filter_map(|rrset| by_itself(&apex, &rrset, check_names, &mut left_out)).collect();
    // What is taken away can be what another one needs.
    while separate(&apex, &mut kept, &mut left_out) {}
    let none = Outline::default();
    let all = wanted(&kept);
    let after = After::new(&apex, &none, &all);
    let servers = after.unreachable_servers().into_iter().map(|(_, reason)| reason);
    let lacks = after.unserved().into_iter().chain(servers).collect();
    kept.extend(comments);
    left_out.sort_by(|a, b| (&a.name, a.rtype, &a.value).cmp(&(&b.name, b.rtype, &b.value)));
    Loadable { zone: Zone::new(apex, kept), left_out, lacks }
}

/// An RRset without the values that are wrong by themselves; nothing when none is left, or they do not go together.
fn by_itself(apex: &Name, rrset: &RRset, check_names: bool, left_out: &mut Vec<LeftOut>) -> Option<RRset> {
    let (name, rtype, ttl) = (rrset.name.clone(), rrset.rtype, rrset.ttl);
    let mut tell = |value: Option<Rdata>, reason: String, is_name: bool| {
        left_out.push(LeftOut { name: name.clone(), rtype, value, reason, is_name });
    };
    let mut values = Vec::new();
    for value in rrset.values() {
        let host = no_host(&name, rtype, std::slice::from_ref(value)).filter(|_| check_names);
        let one = RRset::new(name.clone(), rtype, ttl, vec![value.clone()]);
        match (alone(apex, &one), host) {
            (Some(reason), _) => tell(Some(value.clone()), reason, false),
            (None, Some(reason)) => tell(Some(value.clone()), reason.to_owned(), true),
            (None, None) => values.push(value.clone()),
        }
    }
    if values.is_empty() {
        return None;
    }
    let left = RRset::new(name.clone(), rtype, ttl, values);
    match alone(apex, &left) {
        None => Some(left),
        Some(reason) => {
            tell(None, reason, false);
            None
        }
    }
}

/// Takes away RRsets that do not go with others; false when there is none.
fn separate(apex: &Name, kept: &mut Vec<RRset>, left_out: &mut Vec<LeftOut>) -> bool {
    let none = Outline::default();
    let all = wanted(kept);
    let found = After::new(apex, &none, &all).clashes(&all);
    let key = |place: usize| all.get(place).map(|one| (one.name, one.rtype));
    // Where a CNAME stands beside others, each of them is told.
    let cname = |place: usize| key(place).filter(|(_, rtype)| *rtype == RecordType::CNAME);
    let cnames: BTreeSet<&Name> =
        found.iter().filter_map(|(place, _)| cname(*place)).map(|(name, _)| name).collect();
    let mut places = BTreeSet::new();
    for (place, reason) in found {
        let Some((name, rtype)) = key(place) else { continue };
        if rtype == RecordType::CNAME || !cnames.contains(name) {
            let name = name.clone();
            left_out.push(LeftOut { name, rtype, value: None, reason, is_name: false });
            places.insert(place);
        }
    }
    let mut place = 0..;
    kept.retain(|_| place.next().is_none_or(|place| !places.contains(&place)));
    !places.is_empty()
}

/// The RRsets of a zone that is made anew.
fn wanted(rrsets: &[RRset]) -> Vec<Wanted<'_>> {
    let rrsets = rrsets.iter();
    rrsets.map(|rrset| Wanted { name: &rrset.name, rtype: rrset.rtype, after: Some(rrset) }).collect()
}

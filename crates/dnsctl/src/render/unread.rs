//! Zones that could not be read, by reason: a server that is down is one error, however many zones it has.

use dnsctl_plan::{Plan, Unread};
use dnsctl_zone::Name;
use std::collections::BTreeMap;

/// Zones of one provider that could not be read for the same reason.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The provider.
    pub(crate) provider: &'a str,
    /// The zones.
    pub(crate) zones: Vec<&'a Name>,
    /// What went wrong.
    pub(crate) reason: &'a str,
    /// What to do next.
    pub(crate) hint: Option<&'a str>,
    /// The place of the first of them in [`Plan::unread`].
    pub(crate) first: usize,
}

/// The zones of a plan that could not be read.
pub(crate) fn groups(plan: &Plan) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (first, unread) in plan.unread.iter().enumerate() {
        let Unread { provider, zone, message, hint } = unread;
        // The operation in front names the zone; what follows is the reason.
        let reason = message.split_once(": ").map_or(message.as_str(), |(_, reason)| reason);
        let place = *known.entry((provider, reason)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.zones.push(zone),
            None => groups.push(Group { provider, zones: vec![zone], reason, hint: hint.as_deref(), first }),
        }
    }
    groups
}

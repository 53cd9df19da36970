//! The difference between what is wanted and what a provider has.

use crate::Change;
use dnsctl_zone::{Desired, Ignore, Live, Manage, Name, Options, RRset, RecordType, Ttl, Wish, soa};
use std::cmp::Ordering;

/// What a provider holds apart from what it can be told.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The provider's name in the configuration.
    pub provider: &'a str,
    /// Its kind, such as `powerdns`; options can be given by either.
    pub kind: &'a str,
    /// Whether it takes an SOA RRset.
    pub writes_soa: bool,
    /// Whether it takes the NS RRset of the apex.
    pub writes_apex_ns: bool,
}

impl Scope<'_> {
    /// Whether the files want this at the provider.
    pub fn takes(self, wish: &Wish) -> bool {
        wish.only.as_deref().is_none_or(|only| only.iter().any(|name| name == self.provider))
    }
}

/// The changes in canonical order and how the rest was counted.
#[derive(Debug, Default)]
pub struct Difference {
    /// What would have to be written.
    pub changes: Vec<Change>,
    /// RRsets that are as wanted.
    pub unchanged: usize,
    /// RRsets of the provider that an ignore rule covers.
    pub ignored: usize,
    /// RRsets of the provider that nobody declares and that are left alone.
    pub undeclared: usize,
    /// RRsets of the provider that could be changed or deleted.
    pub managed: usize,
}

/// Compares. Both sides are in canonical order, so this is one walk over both.
pub fn diff(desired: &Desired, live: &Live, scope: Scope<'_>) -> Difference {
    let ignore = Ignore::new(&desired.apex, &desired.ignore);
    let mut found = Difference::default();
    let mut wishes = desired
        .wishes
        .iter()
        .filter(|wish| {
            applies(wish, &desired.apex, scope) && !ignore.covers(&wish.rrset.name, wish.rrset.rtype)
        })
        .peekable();
    let mut lives = live.zone.rrsets().iter().peekable();
    loop {
        let order = match (wishes.peek(), lives.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(wish), Some(live)) => wish.rrset.key().cmp(&live.key()),
        };
        let wish = if order.is_le() { wishes.next() } else { None };
        let live = if order.is_ge() { lives.next() } else { None };
        // What is declared for other providers only is nobody's here: neither written nor deleted.
        if wish.is_some_and(|wish| !scope.takes(wish)) {
            found.undeclared += usize::from(live.is_some());
            continue;
        }
        match (wish, live) {
            (Some(wish), Some(live)) => {
                found.managed += 1;
                match update(wish, live, scope) {
                    None => found.unchanged += 1,
                    change => found.changes.extend(change),
                }
            }
            (Some(wish), None) => {
                found.changes.extend(Change::new(None, Some(wanted(wish, scope)), Some(wish.source.clone())));
            }
            (None, Some(live)) if ignore.covers(&live.name, live.rtype) => found.ignored += 1,
            (None, Some(live)) if left_alone(live, desired) => found.undeclared += 1,
            (None, Some(live)) => {
                found.managed += 1;
                found.changes.extend(Change::new(Some(live.clone()), None, None));
            }
            (None, None) => {}
        }
    }
    found
}

/// Whether this provider takes the wish.
fn applies(wish: &Wish, apex: &Name, scope: Scope<'_>) -> bool {
    let rrset = &wish.rrset;
    match rrset.rtype {
        RecordType::SOA => scope.writes_soa,
        RecordType::NS if rrset.name == *apex => scope.writes_apex_ns,
        _ => true,
    }
}

/// RRsets that stay although no file declares them: the SOA and NS of the apex belong to the provider until the files
/// say otherwise.
fn left_alone(live: &RRset, desired: &Desired) -> bool {
    desired.manage == Manage::Declared
        || (live.name == desired.apex && matches!(live.rtype, RecordType::SOA | RecordType::NS))
}

/// The wanted RRset with the options that hold at this provider.
fn wanted(wish: &Wish, scope: Scope<'_>) -> RRset {
    let mut rrset = wish.rrset.clone();
    if let Some(all) = &wish.provider_options {
        let mut options: Options = rrset.options.as_deref().cloned().unwrap_or_default();
        for key in [scope.kind, scope.provider] {
            options.extend(all.get(key).cloned().unwrap_or_default());
        }
        rrset = rrset.with_options(options);
    }
    // An alias of Route 53 has no TTL of its own, and is read with this one.
    if rrset.rtype == RecordType::ROUTE53_ALIAS {
        rrset.ttl = Ttl::from_wire(0);
    }
    rrset
}

fn update(wish: &Wish, live: &RRset, scope: Scope<'_>) -> Option<Change> {
    if wish.provider_options.is_none() && wish.rrset.is_satisfied_by(live) {
        return None;
    }
    let mut wanted = wanted(wish, scope);
    if wanted.rtype == RecordType::SOA {
        wanted = with_serial_of(wanted, live);
    }
    if wanted.is_satisfied_by(live) {
        return None;
    }
    Change::new(Some(live.clone()), Some(wanted), Some(wish.source.clone()))
}

/// The serial number counts the versions of the zone at the server, so a file cannot know it.
fn with_serial_of(wanted: RRset, live: &RRset) -> RRset {
    let serial = live.values().first().and_then(soa::serial);
    let (Some(serial), [rdata]) = (serial, wanted.values()) else { return wanted };
    match soa::with_serial(rdata, serial) {
        Some(rdata) => RRset::new(wanted.name.clone(), RecordType::SOA, wanted.ttl, vec![rdata]),
        None => wanted,
    }
}

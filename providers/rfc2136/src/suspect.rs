//! What a server may have refused: it says REFUSED to a record that it does not take, and not to which one.

use dnsctl_provider::RRsetChange;
use dnsctl_zone::{Name, RecordType};

const OWNER: &str =
    "its owner is no host name (RFC 1123 section 2.1; BIND refuses it unless check-names is off)";
const TARGET: &str =
    "its target is no host name (RFC 1123 section 2.1; BIND refuses it unless check-names is off)";

/// The changes with names that BIND refuses by default, and why.
pub(crate) fn of(changes: &[RRsetChange]) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let Some(after) = &change.after else { continue };
        let owns = matches!(change.rtype, RecordType::A | RecordType::AAAA | RecordType::MX);
        let points = matches!(change.rtype, RecordType::MX | RecordType::NS | RecordType::SRV);
        let targets = after.values().iter().filter_map(dnsctl_zone::Rdata::target);
        if owns && !is_host(&change.name, true) {
            found.push((index, OWNER));
        } else if points && targets.into_iter().any(|target| !is_host(&target, false)) {
            found.push((index, TARGET));
        }
    }
    found
}

/// Whether a name is that of a host; its first label may be `*` where a wildcard may own.
fn is_host(name: &Name, wildcard: bool) -> bool {
    let below = Some(name).filter(|name| wildcard && name.is_wildcard()).and_then(Name::parent);
    below.as_ref().unwrap_or(name).label_of_no_host().is_none()
}

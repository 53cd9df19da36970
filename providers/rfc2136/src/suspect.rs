//! What a server may have refused: it says REFUSED to a record that it does not take, and not to which one.

use dnsctl_provider::RRsetChange;

/// The changes with names that BIND refuses by default, and why.
pub(crate) fn of(changes: &[RRsetChange]) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let Some(after) = &change.after else { continue };
        found.extend(
            dnsctl_zone::no_host(&change.name, change.rtype, after.values()).map(|reason| (index, reason)),
        );
    }
    found
}

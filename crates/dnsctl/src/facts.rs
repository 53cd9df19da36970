//! From what a zone file declares to what rules need.

use dnsctl_checks::Facts;
use dnsctl_config::Loaded;

/// The facts that a zone file declares; none without a `mail:` block.
pub(crate) fn of(loaded: &Loaded) -> Facts {
    loaded
        .mail
        .as_ref()
        .map_or_else(Facts::default, |mail| Facts::of(&mail.intent, &mail.files, mail.policy.as_deref()))
}

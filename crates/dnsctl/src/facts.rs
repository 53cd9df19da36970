//! From what a zone file declares to what rules need.

use dnsctl_checks::Facts;
use dnsctl_config::Loaded;

/// The facts that a zone file declares; of mail none without a `mail:` block.
pub(crate) fn of(loaded: &Loaded) -> Facts {
    let mail = loaded.mail.as_ref();
    let of_mail = mail.map(|mail| Facts::of(&mail.intent, &mail.files, mail.policy.as_deref()));
    Facts {
        name_servers: loaded.expected.name_servers.clone(),
        allow_special_addresses: loaded.expected.special_addresses,
        ..of_mail.unwrap_or_default()
    }
}

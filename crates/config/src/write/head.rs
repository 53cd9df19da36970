//! What a zone file says about the zone as a whole.

use dnsctl_zone::{Manage, Policy, ServerAddress, Ttl};

use super::layout::{Item, Layout};
use super::{ZoneFile, text};

/// The keys above the records.
pub(super) fn write(layout: &mut Layout, file: &ZoneFile<'_>, ttl: Ttl) {
    layout.entry("zone", &text(&file.apex.without_dot()));
    if !file.providers.is_empty() {
        layout.entry("provider", &one_or_many(file.providers));
    }
    layout.entry("ttl", &text(&ttl.human()));
    if file.create {
        layout.entry("create", &Item::Bare("true"));
    }
    if file.lenient {
        layout.entry("lenient", &Item::Bare("true"));
    }
    if file.manage == Manage::Declared {
        layout.entry("manage", &text("declared"));
    }
    if let Some(policy) = policy(file.policy, None) {
        layout.entry("policy", &policy);
    }
    if !file.servers.is_empty() {
        layout.entry("servers", &Item::List(file.servers.iter().map(server).collect()));
    }
}

/// The keys below the records.
pub(super) fn rules(layout: &mut Layout, file: &ZoneFile<'_>) {
    if !file.ignore.is_empty() {
        let types = |types: &[dnsctl_zone::RecordType]| {
            one_or_many(&types.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let rule = |rule: &dnsctl_zone::IgnoreRule| {
            let mut entries = vec![("name".to_owned(), text(&rule.name))];
            if !rule.types.is_empty() {
                entries.push(("type".to_owned(), types(&rule.types)));
            }
            if !rule.except.is_empty() {
                entries.push(("except".to_owned(), types(&rule.except)));
            }
            Item::Mapping(entries)
        };
        layout.blank();
        layout.entry("ignore", &Item::Lines(file.ignore.iter().map(rule).collect()));
    }
    if !file.acknowledgements.is_empty() {
        let entry = |entry: &dnsctl_zone::Acknowledgement| {
            let mut entries = vec![("rule".to_owned(), text(&entry.rule))];
            if let Some((name, rtype)) = &entry.at {
                let name = name.relative_to(file.apex);
                let at = rtype.map_or_else(|| name.clone(), |rtype| format!("{name} {rtype}"));
                entries.push(("at".to_owned(), text(&at)));
            }
            entries.push(("until".to_owned(), text(&entry.until)));
            entries.push(("why".to_owned(), text(&entry.why)));
            entries.extend(entry.weight.as_deref().map(|weight| ("weight".to_owned(), text(weight))));
            Item::Mapping(entries)
        };
        layout.blank();
        layout.entry("ack", &Item::Lines(file.acknowledgements.iter().map(entry).collect()));
    }
}

pub(super) fn one_or_many(texts: &[String]) -> Item {
    match texts {
        [one] => text(one),
        many => Item::List(many.iter().map(|one| text(one)).collect()),
    }
}

/// Thresholds that are not the usual ones, and that of all zones together when it is given.
pub(super) fn policy(policy: Policy, deletes_total: Option<u32>) -> Option<Item> {
    let usual = Policy::default();
    let entry = |key: &str, number: String| (key.to_owned(), Item::Number(number));
    let mut deletes = Vec::new();
    if policy.deletes_max != usual.deletes_max {
        deletes.push(entry("max", policy.deletes_max.to_string()));
    }
    if policy.deletes_percent.to_bits() != usual.deletes_percent.to_bits() {
        deletes.push(entry("percent", policy.deletes_percent.to_string()));
    }
    if policy.deletes_from != usual.deletes_from {
        deletes.push(entry("from", policy.deletes_from.to_string()));
    }
    deletes.extend(deletes_total.map(|total| entry("total", total.to_string())));
    let mut updates = Vec::new();
    if policy.updates_percent.to_bits() != usual.updates_percent.to_bits() {
        updates.push(entry("percent", policy.updates_percent.to_string()));
    }
    if policy.updates_from != usual.updates_from {
        updates.push(entry("from", policy.updates_from.to_string()));
    }
    let mut entries = Vec::new();
    if !deletes.is_empty() {
        entries.push(("deletes".to_owned(), Item::Mapping(deletes)));
    }
    if !updates.is_empty() {
        entries.push(("updates".to_owned(), Item::Mapping(updates)));
    }
    (!entries.is_empty()).then_some(Item::Mapping(entries))
}

pub(super) fn server(server: &ServerAddress) -> Item {
    let named = server.address.is_none_or(|address| address.to_string() == server.name);
    if named && server.provider.is_none() {
        let host = match server.address {
            Some(address) if address.is_ipv6() && server.port != 53 => format!("[{address}]"),
            _ => server.name.clone(),
        };
        return text(&if server.port == 53 { host } else { format!("{host}:{}", server.port) });
    }
    let mut entries = vec![("name".to_owned(), text(&server.name))];
    entries.extend(server.address.map(|address| ("address".to_owned(), text(&address.to_string()))));
    if server.port != 53 {
        entries.push(("port".to_owned(), Item::Number(server.port.to_string())));
    }
    entries.extend(server.provider.as_ref().map(|provider| ("provider".to_owned(), text(provider))));
    Item::Mapping(entries)
}

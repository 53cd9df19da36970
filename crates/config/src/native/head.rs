//! What a zone file says about the zone as a whole.

use dnsctl_zone::{Acknowledgement, IgnoreRule, Manage, Name, Policy, ServerAddress, Source, Ttl};

use super::Once;
use super::vars::Vars;
use crate::diagnostic::{Diagnostic, closest, quote};
use crate::project::{Project, Unit, named_providers, unknown_provider};
use crate::read::{Entries, Reader};

/// What the files of one zone say about it as a whole.
#[derive(Debug, Default)]
pub(super) struct Head {
    providers: Once<Vec<String>>,
    pub(super) ttl: Once<Ttl>,
    pub(super) create: Once<bool>,
    pub(super) lenient: Once<bool>,
    pub(super) manage: Once<Manage>,
    pub(super) servers: Once<Vec<ServerAddress>>,
    /// The providers that these servers name, and where.
    pub(super) server_providers: Vec<(String, Source)>,
    pub(super) name_servers: Once<Vec<Name>>,
    pub(super) special_addresses: Once<bool>,
    pub(super) policy: ZonePolicy,
    pub(super) ignore: Vec<IgnoreRule>,
    pub(super) acknowledgements: Vec<Acknowledgement>,
    pub(super) vars: Vars<'static>,
}

/// Thresholds that the zone sets itself.
#[derive(Debug, Default)]
pub(super) struct ZonePolicy {
    deletes_max: Once<u32>,
    deletes_percent: Once<f64>,
    updates_percent: Once<f64>,
    deletes_from: Once<u32>,
    updates_from: Once<u32>,
}

impl ZonePolicy {
    pub(super) fn over(self, base: Policy) -> Policy {
        Policy {
            deletes_max: self.deletes_max.take().unwrap_or(base.deletes_max),
            deletes_percent: self.deletes_percent.take().unwrap_or(base.deletes_percent),
            updates_percent: self.updates_percent.take().unwrap_or(base.updates_percent),
            deletes_from: self.deletes_from.take().unwrap_or(base.deletes_from),
            updates_from: self.updates_from.take().unwrap_or(base.updates_from),
        }
    }
}

impl Head {
    /// Reads the keys of one file.
    pub(super) fn read(
        &mut self,
        reader: &mut Reader<'_>,
        entries: Entries<'_, '_>,
        project: &Project,
        apex: &Name,
    ) {
        if let Some(node) = entries.value("zone")
            && let Some(text) = reader.text(node, "`zone`")
            && Name::absolute(text).ok().as_ref() != Some(apex)
        {
            let message = format!("the file was taken for the zone {apex}, but `zone` says {}", quote(text));
            let error = Diagnostic::error("config/zone-mismatch", message);
            reader.report(
                node.position(),
                error.help("write `zone: NAME` on one line that starts with `zone:`"),
            );
        }
        if let Some(node) = entries.value("provider") {
            let texts = reader.texts(node, "`provider`");
            for (index, (name, place)) in texts.iter().enumerate() {
                let twice = texts.iter().take(index).any(|(other, _)| other == name);
                if twice {
                    reader.bad(place, format!("the provider {} is named twice", quote(name)), "name it once");
                } else if project.provider(name).is_none() && !project.unknown.providers {
                    let known = project.providers.iter().map(|provider| provider.name.as_str());
                    reader.report(place.position(), unknown_provider(name, closest(name, known)));
                }
            }
            let names = texts.iter().map(|(name, _)| (*name).to_owned()).collect();
            self.providers.set(reader, "provider", node, Some(names));
        }
        if let Some(node) = entries.value("ttl") {
            let ttl = reader.ttl(node, "`ttl`");
            self.ttl.set(reader, "ttl", node, ttl);
        }
        if let Some(node) = entries.value("lenient") {
            let lenient = reader.boolean(node, "`lenient`");
            self.lenient.set(reader, "lenient", node, lenient);
        }
        if let Some(node) = entries.value("create") {
            let create = reader.boolean(node, "`create`");
            self.create.set(reader, "create", node, create);
        }
        if let Some(node) = entries.value("manage") {
            let words = [("all", Manage::All), ("declared", Manage::Declared)];
            let manage = reader.choice(node, "`manage`", &words);
            self.manage.set(reader, "manage", node, manage);
        }
        if let Some(node) = entries.value("name_servers") {
            let names = reader.name_servers(node);
            self.name_servers.set(reader, "name_servers", node, Some(names));
        }
        if let Some(node) = entries.value("special_addresses") {
            let meant = reader.boolean(node, "`special_addresses`");
            self.special_addresses.set(reader, "special_addresses", node, meant);
        }
        if let Some(node) = entries.value("servers") {
            let servers = reader.servers(node);
            if !project.unknown.providers {
                reader.known_providers(node, &project.providers);
            }
            for (name, place) in named_providers(node) {
                self.server_providers.push((name.to_owned(), reader.source(place)));
            }
            self.servers.set(reader, "servers", node, Some(servers));
        }
        if let Some(node) = entries.value("policy") {
            let patch = reader.policy(node);
            self.policy.deletes_max.set(reader, "policy.deletes.max", node, patch.deletes_max);
            self.policy.deletes_percent.set(reader, "policy.deletes.percent", node, patch.deletes_percent);
            self.policy.updates_percent.set(reader, "policy.updates.percent", node, patch.updates_percent);
            self.policy.deletes_from.set(reader, "policy.deletes.from", node, patch.deletes_from);
            self.policy.updates_from.set(reader, "policy.updates.from", node, patch.updates_from);
        }
        if let Some(node) = entries.value("ignore") {
            let rules = reader.ignore_rules(node, apex);
            self.ignore.extend(rules);
        }
        if let Some(node) = entries.value("ack") {
            let entries = reader.acknowledgements(node, apex, &project.rules);
            self.acknowledgements.extend(entries);
        }
        if let Some(node) = entries.value("vars") {
            self.vars.read(reader, node);
        }
    }

    /// The providers of the zone: its own, those of the defaults, or the only one that there is.
    pub(super) fn providers(&self, reader: &mut Reader<'_>, project: &Project, unit: &Unit) -> Vec<String> {
        if let Some(names) = self.providers.get() {
            return names.clone();
        }
        let defaults = project.providers_by_default();
        if !defaults.is_empty() {
            return defaults;
        }
        if project.unknown.providers || project.unknown.defaults {
            return Vec::new();
        }
        let message = format!("the zone {} does not say which provider holds it", unit.apex);
        let error = Diagnostic::error("config/no-provider", message).at(unit.source.clone());
        let help = "write `provider: NAME` here, or `defaults: { provider: NAME }` into the configuration";
        reader.found.push(error.help(help));
        Vec::new()
    }
}

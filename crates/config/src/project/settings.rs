//! What the configuration says apart from zones and providers.

use std::net::IpAddr;
use std::time::Duration;

use dnsctl_zone::{Name, Policy, ServerAddress, Ttl};

use crate::diagnostic::quote;
use crate::keys::{self, Key};
use crate::project::Expected;
use crate::read::Reader;
use crate::yaml::{Kind, Node};

/// What the configuration says apart from zones and providers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProjectSettings {
    /// What holds for zones that do not say it.
    pub defaults: Defaults,
    /// Thresholds of the guards, for zones that have none of their own.
    pub policy: Policy,
    /// How many deletions in all zones of a plan together are let pass, when the file says it.
    pub deletes_total: Option<u32>,
    /// The check after a write.
    pub verify: Verify,
    /// Saved plans.
    pub plan: PlanSettings,
}

/// What holds for zones that do not say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// The providers.
    pub providers: Vec<String>,
    /// The TTL: an hour unless the file says else.
    pub ttl: Ttl,
    /// Whether zones are created at a provider that lacks them.
    pub create: bool,
    /// What the records of zones may be.
    pub expected: Expected,
}

impl Default for Defaults {
    fn default() -> Self {
        let expected = Expected::default();
        Self { providers: Vec::new(), ttl: Ttl::from_wire(3600), create: false, expected }
    }
}

/// The check after a write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verify {
    /// How long to wait until all servers serve what was written, when the file says it.
    pub deadline: Option<Duration>,
    /// The servers to ask for zones that name none of their own.
    pub servers: Vec<ServerAddress>,
}

/// Saved plans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanSettings {
    /// How long a saved plan can be applied, when the file says it.
    pub life: Option<Duration>,
}

/// The thresholds that one file sets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct PolicyPatch {
    pub(crate) deletes_max: Option<u32>,
    /// Of all zones together: only `dnsctl.yaml` sets it.
    pub(crate) deletes_total: Option<u32>,
    pub(crate) deletes_percent: Option<f64>,
    pub(crate) updates_percent: Option<f64>,
    pub(crate) deletes_from: Option<u32>,
    pub(crate) updates_from: Option<u32>,
}

impl PolicyPatch {
    /// `base` with what is set here.
    pub(crate) fn over(self, base: Policy) -> Policy {
        Policy {
            deletes_max: self.deletes_max.unwrap_or(base.deletes_max),
            deletes_percent: self.deletes_percent.unwrap_or(base.deletes_percent),
            updates_percent: self.updates_percent.unwrap_or(base.updates_percent),
            deletes_from: self.deletes_from.unwrap_or(base.deletes_from),
            updates_from: self.updates_from.unwrap_or(base.updates_from),
        }
    }
}

impl Reader<'_> {
    /// The policy of a zone.
    pub(crate) fn policy(&mut self, node: &Node<'_>) -> PolicyPatch {
        self.any_policy(node, keys::POLICY_KEYS, keys::DELETES)
    }

    /// The policy of all zones.
    pub(super) fn project_policy(&mut self, node: &Node<'_>) -> PolicyPatch {
        self.any_policy(node, keys::PROJECT_POLICY_KEYS, keys::ALL_DELETES)
    }

    fn any_policy(
        &mut self,
        node: &Node<'_>,
        all: &'static [Key],
        of_deletes: &'static [Key],
    ) -> PolicyPatch {
        let mut patch = PolicyPatch::default();
        let Some(entries) = self.table(node, "`policy`", all) else { return patch };
        if let Some(deletes) = entries.value("deletes")
            && let Some(entries) = self.table(deletes, "`deletes`", of_deletes)
        {
            patch.deletes_total = entries.value("total").and_then(|total| self.count(total, "`total`"));
            patch.deletes_max = entries.value("max").and_then(|max| self.count(max, "`max`"));
            patch.deletes_percent =
                entries.value("percent").and_then(|share| self.percent(share, "`percent`"));
            patch.deletes_from = entries.value("from").and_then(|from| self.positive(from, "`from`"));
        }
        if let Some(updates) = entries.value("updates")
            && let Some(entries) = self.table(updates, "`updates`", keys::UPDATES)
        {
            patch.updates_percent =
                entries.value("percent").and_then(|share| self.percent(share, "`percent`"));
            patch.updates_from = entries.value("from").and_then(|from| self.positive(from, "`from`"));
        }
        patch
    }

    pub(super) fn defaults(&mut self, node: &Node<'_>) -> Defaults {
        let mut defaults = Defaults::default();
        let Some(entries) = self.table(node, "`defaults`", keys::DEFAULTS) else { return defaults };
        if let Some(providers) = entries.value("provider") {
            defaults.providers =
                self.texts(providers, "`provider`").into_iter().map(|(name, _)| name.to_owned()).collect();
        }
        if let Some(ttl) = entries.value("ttl").and_then(|ttl| self.ttl(ttl, "`ttl`")) {
            defaults.ttl = ttl;
        }
        if let Some(create) = entries.value("create").and_then(|create| self.boolean(create, "`create`")) {
            defaults.create = create;
        }
        defaults.expected.name_servers =
            entries.value("name_servers").map(|servers| self.name_servers(servers));
        let meant = entries.value("special_addresses");
        defaults.expected.special_addresses =
            meant.and_then(|meant| self.boolean(meant, "`special_addresses`")).unwrap_or_default();
        defaults
    }

    /// Names of name servers, in full.
    pub(crate) fn name_servers(&mut self, node: &Node<'_>) -> Vec<Name> {
        let mut all = Vec::new();
        let texts: Vec<_> = self
            .texts(node, "`name_servers`")
            .into_iter()
            .map(|(text, place)| (text.to_owned(), place))
            .collect();
        for (text, place) in texts {
            match Name::absolute(&text).ok().filter(|name| name.label_count() > 1) {
                Some(name) => all.push(name),
                None => {
                    let message = format!("{} is not the name of a name server", quote(&text));
                    self.bad(place, message, "write its name in full, such as ns1.example.net.");
                }
            }
        }
        all
    }

    pub(super) fn verify(&mut self, node: &Node<'_>) -> Verify {
        let mut verify = Verify::default();
        let Some(entries) = self.table(node, "`verify`", keys::VERIFY) else { return verify };
        verify.deadline = entries.value("deadline").and_then(|time| self.duration(time, "`deadline`"));
        verify.servers = entries.value("servers").map(|servers| self.servers(servers)).unwrap_or_default();
        verify
    }

    pub(super) fn plan_settings(&mut self, node: &Node<'_>) -> PlanSettings {
        let entries = self.table(node, "`plan`", keys::PLAN);
        let life = entries.and_then(|entries| entries.value("life"));
        PlanSettings { life: life.and_then(|life| self.duration(life, "`life`")) }
    }

    /// `servers:`: texts or mappings, one or a list.
    pub(crate) fn servers(&mut self, node: &Node<'_>) -> Vec<ServerAddress> {
        let items =
            if node.kind() == Kind::Mapping { std::slice::from_ref(node) } else { node.one_or_many() };
        items.iter().filter_map(|item| self.server(item)).collect()
    }

    fn server(&mut self, node: &Node<'_>) -> Option<ServerAddress> {
        if node.kind() != Kind::Mapping {
            let text = self.some_text(node, "a server")?;
            let server = server(text);
            if server.is_none() {
                let message = format!("{} is not a server", quote(text));
                self.bad(node, message, "write a name or an address, and a port if it is not 53: 192.0.2.53, [2001:db8::53]:5300, ns1.example.net");
            }
            return server;
        }
        let entries = self.table(node, "a server", keys::SERVER)?;
        let address = match entries.value("address") {
            None => None,
            Some(value) => {
                let text = self.text(value, "`address`")?;
                let address: Option<IpAddr> = text.parse().ok();
                if address.is_none() {
                    let message = format!("{} is not an IP address", quote(text));
                    self.bad(value, message, "write one such as 192.0.2.53 or 2001:db8::53");
                    return None;
                }
                address
            }
        };
        let port = match entries.value("port") {
            None => 53,
            Some(value) => {
                let text = self.text(value, "`port`")?;
                let Some(port) = port(text) else {
                    self.bad(
                        value,
                        format!("{} is not a port", quote(text)),
                        "write a number from 1 to 65535",
                    );
                    return None;
                };
                port
            }
        };
        let name = match (entries.value("name"), address) {
            (Some(name), _) => self.some_text(name, "`name`")?.to_owned(),
            (None, Some(address)) => address.to_string(),
            (None, None) => {
                self.bad(node, "a server needs the key `name` or `address`".to_owned(), "write one of them");
                return None;
            }
        };
        let provider = match entries.value("provider") {
            None => None,
            Some(provider) => Some(self.some_text(provider, "`provider`")?.to_owned()),
        };
        Some(ServerAddress { name, address, port, provider })
    }
}

fn port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
}

/// A name or an address, each with a port or without.
fn server(text: &str) -> Option<ServerAddress> {
    let of = |host: &str, port: u16| {
        let address: Option<IpAddr> = host.parse().ok();
        let name = match address {
            Some(address) => address.to_string(),
            // The name is a label for people and is looked up as it is.
            None => {
                dnsctl_zone::Name::absolute(host).ok().filter(|name| !name.is_root())?;
                host.trim_end_matches('.').to_owned()
            }
        };
        Some(ServerAddress { name, address, port, provider: None })
    };
    if text.parse::<IpAddr>().is_ok() {
        return of(text, 53);
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        return of(host, if rest.is_empty() { 53 } else { port(rest.strip_prefix(':')?)? });
    }
    match text.split_once(':') {
        None => of(text, 53),
        Some((host, number)) => of(host, port(number)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers() {
        for (text, name, address, port) in [
            ("127.0.0.1:5300", "127.0.0.1", Some("127.0.0.1"), 5300),
            ("192.0.2.53", "192.0.2.53", Some("192.0.2.53"), 53),
            ("2001:db8::53", "2001:db8::53", Some("2001:db8::53"), 53),
            ("[2001:db8::53]", "2001:db8::53", Some("2001:db8::53"), 53),
            ("[2001:db8::53]:5300", "2001:db8::53", Some("2001:db8::53"), 5300),
            ("ns1.example.net", "ns1.example.net", None, 53),
            ("ns1.example.net.:5353", "ns1.example.net", None, 5353),
        ] {
            let address = address.map(|address| address.parse().unwrap());
            assert_eq!(
                server(text),
                Some(ServerAddress { name: name.into(), address, port, provider: None }),
                "{text}"
            );
        }
        for text in ["ns1:0", "ns1:65536", "ns1:x", "[192.0.2.1]:53", "[::1", "a b", ":53", ".", "ns1:53:53"]
        {
            assert_eq!(server(text), None, "{text}");
        }
    }
}

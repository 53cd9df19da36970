//! One record of a zone file: its type, TTL, values and `octodns:` settings.

use std::collections::BTreeMap;

use dnsctl_zone::{Name, Options, RRset, RecordType, Source, Ttl, Wish};

use super::load::{Entry, Fate, Loader};
use super::pyyaml;
use crate::diagnostic::{Diagnostic, Position, closest, quote};
use crate::yaml::{Kind, Node};

/// The types that octoDNS 1.22 knows by itself.
pub(super) const TYPES: [&str; 22] = [
    "A",
    "AAAA",
    "ALIAS",
    "CAA",
    "CNAME",
    "DNAME",
    "DS",
    "HTTPS",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "OPENPGPKEY",
    "PTR",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
    "URI",
    "URLFWD",
];

const KEYS: [&str; 7] = ["type", "ttl", "value", "values", "octodns", "dynamic", "geo"];

/// The parts of a record, by key.
#[derive(Default)]
struct Parts<'n, 't> {
    rtype: Option<&'n Node<'t>>,
    ttl: Option<&'n Node<'t>>,
    value: Option<&'n Node<'t>>,
    values: Option<&'n Node<'t>>,
    settings: Option<&'n Node<'t>>,
    /// `dynamic` or `geo`, with its name.
    steered: Option<(&'static str, &'n Node<'t>)>,
}

/// What `octodns:` says about a record.
#[derive(Default)]
struct Settings {
    ignored: bool,
    included: Option<Vec<String>>,
    excluded: Vec<String>,
    lenient: bool,
    options: BTreeMap<String, Options>,
}

impl Loader<'_> {
    /// Reads one record of an owner name.
    pub(super) fn record(&mut self, owner: &Name, at: Position, node: &Node<'_>) {
        let Some(entries) = node.as_mapping() else {
            let message = format!("a record must be a mapping, not {}", node.kind());
            self.impossible(node, "octodns/bad-record", message, "write its `type` and its `value`");
            return;
        };
        let mut parts = Parts::default();
        for (key, value) in entries {
            match key.text() {
                "type" => parts.rtype = Some(value),
                "ttl" => parts.ttl = Some(value),
                "value" => parts.value = Some(value),
                "values" => parts.values = Some(value),
                "octodns" => parts.settings = Some(value),
                "dynamic" => parts.steered = Some(("dynamic", value)),
                "geo" => parts.steered = Some(("geo", value)),
                _ => self.no_meaning(key, KEYS.into_iter()),
            }
        }
        let settings = parts.settings.map(|node| self.settings(node)).unwrap_or_default();
        self.lenient = self.setup.lenient || settings.lenient;
        let Some(rtype) = self.record_type(parts.rtype, node) else { return };
        let Some(ttl) = self.ttl(parts.ttl) else { return };
        self.shape(owner, rtype, at);
        let source = self.reader.source(at);
        let fate = match parts.steered.filter(|(_, node)| !node.is_null()) {
            Some((what, place)) => {
                self.steered(owner, rtype, what, place);
                Fate::Steered
            }
            None if settings.ignored => Fate::Ignored,
            None => Fate::Managed,
        };
        let values = match fate {
            Fate::Managed => match self.values(rtype, &parts, node) {
                Some(values) => values,
                None => return,
            },
            _ => Vec::new(),
        };
        self.reader.twins(at, owner, rtype, &values);
        let rrset = RRset::new(owner.clone(), rtype, ttl, values);
        let wish = self.wish(rrset, source, settings);
        self.entries.push(Entry { wish, fate, lenient: self.lenient, replace: self.replaces() });
    }

    fn wish(&self, rrset: RRset, source: Source, settings: Settings) -> Wish {
        let targets = &self.setup.targets;
        let only = (settings.included.is_some() || !settings.excluded.is_empty()).then(|| {
            let chosen = |name: &&String| {
                settings.included.as_ref().is_none_or(|list| list.is_empty() || list.contains(name))
                    && !settings.excluded.contains(name)
            };
            targets.iter().filter(chosen).cloned().collect()
        });
        let provider_options = (!settings.options.is_empty()).then(|| Box::new(settings.options));
        Wish { rrset, source, provider_options, only, lenient: false }
    }

    fn record_type(&mut self, given: Option<&Node<'_>>, record: &Node<'_>) -> Option<RecordType> {
        let Some(node) = given else {
            let message = "the record has no `type`".to_owned();
            self.impossible(record, "octodns/bad-record", message, "write one, such as `type: A`");
            return None;
        };
        let text = self.scalar(node, "`type`")?;
        let vendor = text.split_once('/').filter(|(vendor, name)| !vendor.is_empty() && !name.is_empty());
        let pseudo = vendor.and_then(|_| RecordType::pseudo(text).ok());
        Some(match text {
            "A" => RecordType::A,
            "CNAME" => RecordType::CNAME,
            "TXT" => RecordType::TXT,
            "URLFWD" => RecordType::pseudo(text).ok()?,
            "Route53Provider/ALIAS" => RecordType::ROUTE53_ALIAS,
            "PowerDnsProvider/LUA" => RecordType::LUA,
            _ if TYPES.contains(&text) => text.parse().ok()?,
            _ if pseudo.is_some() => pseudo?,
            _ => {
                let message = format!("octoDNS knows no record type {}", quote(text));
                let help = match closest(text, TYPES) {
                    Some(close) => format!("did you mean `{close}`?"),
                    None => "dnsctl's own format knows every type of DNS".to_owned(),
                };
                self.impossible(node, "octodns/unknown-type", message, &help);
                return None;
            }
        })
    }

    fn ttl(&mut self, given: Option<&Node<'_>>) -> Option<Ttl> {
        let Some(node) = given else { return Some(self.default_ttl()) };
        let text = self.scalar(node, "`ttl`")?;
        // Python's int() drops what stands behind the point of an unquoted number.
        let digits = text.split_once('.').map_or(text, |(whole, _)| whole);
        let whole = digits.bytes().all(|octet| octet.is_ascii_digit());
        let ttl = digits.parse().ok().filter(|_| whole).and_then(Ttl::new);
        if ttl.is_none() {
            let message = format!("{} is not a TTL", quote(text));
            self.impossible(
                node,
                "octodns/bad-ttl",
                message,
                "octoDNS takes seconds: a number from 0 to 2147483647",
            );
        }
        ttl
    }

    /// What octoDNS asks of the owner names of some types.
    fn shape(&mut self, owner: &Name, rtype: RecordType, at: Position) {
        match rtype {
            RecordType::ALIAS if owner != self.apex => {
                let message = format!("an ALIAS stands at {owner}, not at the apex");
                self.refuse(at, "octodns/bad-owner", message, "write it at '', or write a CNAME");
            }
            RecordType::SRV | RecordType::URI => {
                let relative = owner.label_count().saturating_sub(self.apex.label_count());
                let first = owner.labels().next();
                let service = first.is_some_and(|label| &*label == b"*" || label.first() == Some(&b'_'));
                if relative < 2 || !service {
                    let message = format!("{owner} is no name for a {rtype}: it is not `_service._proto`");
                    self.refuse(at, "octodns/bad-owner", message, "write it as `_sip._tcp`");
                }
            }
            _ => {}
        }
    }

    fn steered(&mut self, owner: &Name, rtype: RecordType, what: &str, place: &Node<'_>) {
        let message = format!(
            "{owner} {rtype} has `{what}`, which dnsctl does not carry over: the record is left alone, neither changed nor deleted"
        );
        let help = "keep managing it with octoDNS, or replace it by a plain record";
        let warning = Diagnostic::warning("octodns/dynamic", message).help(help);
        self.reader.report(place.position(), warning);
    }

    fn values(
        &mut self,
        rtype: RecordType,
        parts: &Parts<'_, '_>,
        record: &Node<'_>,
    ) -> Option<Vec<dnsctl_zone::Rdata>> {
        let single = matches!(rtype, RecordType::CNAME | RecordType::DNAME | RecordType::ALIAS);
        let given = if single {
            if let Some(values) = parts.values {
                let message = format!("octoDNS does not look at `values` of a {rtype}");
                self.refuse(values.position(), "octodns/values", message, "write `value:` with one name");
            }
            parts.value
        } else {
            if let (Some(_), Some(value)) = (parts.values, parts.value) {
                let message = "the record has `values` and `value`: octoDNS does not look at `value`";
                let warning = Diagnostic::warning("octodns/values", message).help("remove one of them");
                self.reader.report(value.position(), warning);
            }
            parts.values.or(parts.value)
        };
        let items = match given {
            Some(node) if single => std::slice::from_ref(node),
            Some(node) => node.one_or_many(),
            None => &[],
        };
        if items.is_empty() {
            let message = "the record has no value".to_owned();
            self.impossible(
                record,
                "octodns/no-value",
                message,
                "write `value:` or `values:`, or remove the record",
            );
            return None;
        }
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.extend(self.rdata(rtype, item));
        }
        (values.len() == items.len()).then_some(values)
    }

    /// `octodns:` of a record.
    fn settings(&mut self, node: &Node<'_>) -> Settings {
        let mut settings = Settings::default();
        let Some(entries) = node.as_mapping() else {
            if !node.is_null() {
                let message = format!("`octodns` must be a mapping, not {}", node.kind());
                self.impossible(
                    node,
                    "octodns/bad-record",
                    message,
                    "write `lenient: true` or the like below it",
                );
            }
            return settings;
        };
        for (key, value) in entries {
            match key.text() {
                "ignored" => settings.ignored = self.truth(value, "`ignored`"),
                "lenient" => settings.lenient = self.truth(value, "`lenient`"),
                "included" => settings.included = Some(self.provider_names(value, "`included`")),
                "excluded" => settings.excluded = self.provider_names(value, "`excluded`"),
                // Both say something about `dynamic` records and about PTR records made by `auto_arpa` only.
                "healthcheck" | "auto_arpa_priority" => {}
                vendor => {
                    let vendor = vendor.to_ascii_lowercase();
                    if self.setup.common.targets_vendor(&self.setup.targets, &vendor) {
                        self.vendor_options(&vendor, key.position(), value, &mut settings);
                    }
                }
            }
        }
        settings
    }

    /// Settings for one vendor's providers, such as `cloudflare: { proxied: true }`.
    fn vendor_options(&mut self, vendor: &str, at: Position, node: &Node<'_>, settings: &mut Settings) {
        const CARRIED: [&str; 1] = ["cloudflare"];
        if !CARRIED.contains(&vendor) {
            let message = format!("the settings for {} are not carried over", quote(vendor));
            let help =
                "what they have set at the provider stays as it is as long as the record is not changed";
            self.reader.report(at, Diagnostic::warning("octodns/not-carried-over", message).help(help));
            return;
        }
        let mut options = Options::new();
        for (key, value) in node.as_mapping().unwrap_or_default() {
            let text = match value.kind() {
                Kind::List => {
                    value.one_or_many().iter().filter_map(Node::as_str).collect::<Vec<_>>().join(",")
                }
                _ => match value.as_str() {
                    Some(text) => {
                        pyyaml::boolean(text).map_or_else(|| text.to_owned(), |truth| truth.to_string())
                    }
                    None => continue,
                },
            };
            options.insert(key.text().replace('-', "_"), text);
        }
        settings.options.insert(vendor.to_owned(), options);
    }

    fn provider_names(&mut self, node: &Node<'_>, what: &str) -> Vec<String> {
        if node.kind() == Kind::Text {
            let message =
                format!("{what} is no list: octoDNS looks for the name of the provider inside of this text");
            let warning = Diagnostic::warning("octodns/names", message).help("write a list");
            self.reader.report(node.position(), warning);
        }
        let mut names = Vec::new();
        for item in node.one_or_many() {
            let Some(name) = self.scalar(item, what) else { continue };
            if !self.setup.common.has_provider(name) {
                let message = format!("no provider {} is declared", quote(name));
                self.reader.report(item.position(), Diagnostic::warning("octodns/names", message));
            }
            names.push(name.to_owned());
        }
        names
    }

    /// A truth value as Python takes it.
    fn truth(&mut self, node: &Node<'_>, what: &str) -> bool {
        match super::truth(node) {
            Some(truth) => truth,
            None => {
                let message = format!("{what} must be true or false");
                self.impossible(node, "octodns/bad-value", message, "write `true` or `false` without quotes");
                false
            }
        }
    }
}

//! Classes of octoDNS's providers and their options in our names.

use std::path::Path;

use dnsctl_zone::{RecordType, Source};

use super::secret::{self, Handlers};
use super::source::find;
use super::{pyyaml, truth};
use crate::diagnostic::{Diagnostic, quote};
use crate::project::{ProviderEntry, ProviderOption, RawValue, SecretSource};
use crate::read::Reader;
use crate::yaml::Node;

/// What a class is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Zone files of octoDNS; `split` for the deprecated class that only reads folders.
    Yaml { split: bool },
    /// A class with an adapter of ours.
    Kind(&'static str),
    /// Any other class.
    Other,
}

/// Options of every provider of octoDNS that are read elsewhere or mean nothing here.
const COMMON: [&str; 6] = [
    "class",
    "apply_disabled",
    "update_pcent_threshold",
    "delete_pcent_threshold",
    "strict_supports",
    "root_ns_warnings",
];

impl Class {
    /// The class of this path, such as `octodns_powerdns.PowerDnsProvider`.
    pub(super) fn of(path: &str) -> Self {
        match path {
            "octodns.provider.yaml.YamlProvider" => Self::Yaml { split: false },
            "octodns.provider.yaml.SplitYamlProvider" => Self::Yaml { split: true },
            "octodns_powerdns.PowerDnsProvider" | "octodns.provider.powerdns.PowerDnsProvider" => {
                Self::Kind("powerdns")
            }
            "octodns_bind.Rfc2136Provider"
            | "octodns_bind.BindProvider"
            | "octodns_bind.AxfrSource"
            | "octodns.source.axfr.AxfrSource" => Self::Kind("rfc2136"),
            "octodns_bind.ZoneFileProvider" | "octodns_bind.ZoneFileSource" => Self::Kind("zonefile"),
            "octodns_route53.Route53Provider" | "octodns.provider.route53.Route53Provider" => {
                Self::Kind("route53")
            }
            _ => Self::Other,
        }
    }

    /// How `octodns:` settings of records name the vendor of a class.
    pub(super) fn vendor(path: &str) -> Option<&'static str> {
        const VENDORS: [&str; 8] =
            ["cloudflare", "route53", "azure", "ns1", "powerdns", "googlecloud", "edgecenter", "gcore"];
        let module = path.split('.').find_map(|part| part.strip_prefix("octodns_"));
        VENDORS.into_iter().find(|vendor| module == Some(vendor))
    }
}

/// Whether octoDNS only reads from this class.
pub(super) fn is_source_only(path: &str) -> bool {
    path.starts_with("octodns.source.") || path == "octodns_bind.AxfrSource"
}

/// A type as octoDNS names it; `None` for what cannot be one.
pub(super) fn record_type(text: &str) -> Option<RecordType> {
    Some(match text {
        "Route53Provider/ALIAS" => RecordType::ROUTE53_ALIAS,
        "PowerDnsProvider/LUA" => RecordType::LUA,
        _ => return text.parse().or_else(|_| RecordType::pseudo(text)).ok(),
    })
}

/// One provider as the command knows it.
pub(super) fn entry(
    reader: &mut Reader<'_>,
    handlers: &Handlers,
    root: &Path,
    name: &str,
    path: &str,
    node: &Node<'_>,
    source: Source,
) -> ProviderEntry {
    let mut given = Given { options: Vec::new(), all: Vec::new() };
    let kind = match Class::of(path) {
        Class::Kind(kind) => Some(kind),
        _ => None,
    };
    if kind.is_some() {
        for (key, value) in node.as_mapping().unwrap_or_default() {
            if COMMON.contains(&key.text()) {
                continue;
            }
            if let Some(raw) = secret::value(reader, handlers, key.text(), value) {
                given.all.push((key.text().to_owned(), raw, reader.source(value.position())));
            }
        }
    }
    match kind {
        Some("powerdns") => powerdns(reader, &mut given, &source),
        Some("rfc2136") => rfc2136(&mut given, &source),
        Some("route53") => route53(&mut given, node, &source),
        Some("zonefile") => zonefile(&mut given, root, &source),
        _ => {}
    }
    for (key, _, place) in given.all {
        let message = format!("the option {} of {} is not carried over", quote(&key), quote(name));
        let warning = Diagnostic::warning("octodns/not-carried-over", message).at(place);
        reader.found.push(warning.help("`dnsctl providers` lists the options that there are"));
    }
    ProviderEntry {
        name: name.to_owned(),
        kind: kind.map(str::to_owned),
        class: Some(path.to_owned()),
        options: given.options,
        source,
    }
}

/// The options of a provider: what was written and is not used yet, and what became of it.
struct Given {
    options: Vec<ProviderOption>,
    all: Vec<(String, RawValue, Source)>,
}

impl Given {
    fn take(&mut self, key: &str) -> Option<(RawValue, Source)> {
        let index = self.all.iter().position(|(known, ..)| known == key)?;
        let (_, value, source) = self.all.remove(index);
        Some((value, source))
    }

    fn set(&mut self, key: &str, value: RawValue, source: Source) {
        self.options.push(ProviderOption { key: key.to_owned(), value, source });
    }

    fn text(&mut self, key: &str, text: &str, source: &Source) {
        self.set(key, RawValue::Text(text.to_owned()), source.clone());
    }

    fn renamed(&mut self, theirs: &str, ours: &str) {
        if let Some((value, source)) = self.take(theirs) {
            self.set(ours, value, source);
        }
    }

    fn same(&mut self, keys: &[&str]) {
        keys.iter().for_each(|key| self.renamed(key, key));
    }

    fn drop(&mut self, keys: &[&str]) {
        for key in keys {
            let _ = self.take(key);
        }
    }

    /// A text of several parts. One that is known only with the environment is joined when that is known.
    fn joined(&mut self, key: &str, parts: Vec<RawValue>, source: Source) {
        let mut joined = Vec::with_capacity(parts.len());
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(SecretSource::Literal(before)), RawValue::Text(text)) => before.push_str(&text),
                (_, RawValue::Text(text)) => joined.push(SecretSource::Literal(text)),
                (_, RawValue::Secret(secret)) => joined.push(secret),
                (_, RawValue::List(_)) => return,
            }
        }
        let value = match joined.as_slice() {
            [SecretSource::Literal(text)] => RawValue::Text(text.clone()),
            _ => RawValue::Secret(SecretSource::Joined(joined)),
        };
        self.set(key, value, source);
    }
}

fn plain(text: &str) -> RawValue {
    RawValue::Text(text.to_owned())
}

fn is_text(value: &RawValue, word: &str) -> bool {
    matches!(value, RawValue::Text(text) if text == word)
}

/// An IPv6 address stands in brackets before a port.
fn host(value: RawValue) -> RawValue {
    match value {
        RawValue::Text(text) if text.contains(':') && !text.starts_with('[') => {
            RawValue::Text(format!("[{text}]"))
        }
        value => value,
    }
}

fn powerdns(reader: &mut Reader<'_>, given: &mut Given, source: &Source) {
    let scheme = given.take("scheme").map_or(plain("http"), |(value, _)| value);
    let port = given.take("port").map_or(plain("8081"), |(value, _)| value);
    if let Some((value, place)) = given.take("host") {
        given.joined("url", vec![scheme, plain("://"), host(value), plain(":"), port], place);
    }
    given.same(&["api_key", "timeout"]);
    given.renamed("server_id", "server");
    match given.take("ssl_verify") {
        Some((RawValue::Text(text), place)) => match pyyaml::boolean(&text) {
            Some(true) => {}
            Some(false) => {
                let message =
                    "`ssl_verify: false` is not carried over: dnsctl checks the certificate of every server";
                let warning = Diagnostic::warning("octodns/not-carried-over", message).at(place);
                reader.found.push(warning.help("name the certificate of the server as `ca_file`"));
            }
            None => given.set("ca_file", RawValue::Text(text), place),
        },
        Some((value, place)) => given.set("ca_file", value, place),
        None => {}
    }
    if let Some((value, place)) = given.take("soa_edit_api") {
        let value = match value {
            RawValue::Text(text) => RawValue::Text(text.to_uppercase()),
            value => value,
        };
        given.set("soa_edit_api", value, place);
    }
    // octoDNS creates zones of the kind Master unless told otherwise.
    match given.take("mode_of_operation") {
        Some((RawValue::Text(text), place)) => {
            let mut letters = text.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            let kind: String =
                first.into_iter().chain(letters.map(|letter| letter.to_ascii_lowercase())).collect();
            given.set("kind", RawValue::Text(kind), place);
        }
        Some((value, place)) => given.set("kind", value, place),
        None => given.text("kind", "Master", source),
    }
    match given.take("notify") {
        Some((value, place)) if is_text(&value, "true") || is_text(&value, "True") => {
            given.text("notify", "auto", &place);
        }
        Some((_, place)) => given.text("notify", "never", &place),
        None => given.text("notify", "never", source),
    }
    given.drop(&["enable_dynamic", "nameserver_values", "nameserver_ttl"]);
}

fn rfc2136(given: &mut Given, source: &Source) {
    let port = given.take("port").map_or(plain("53"), |(value, _)| value);
    if let Some((value, place)) = given.take("host") {
        given.joined("server", vec![host(value), plain(":"), port], place);
    }
    given.same(&["key_name", "key_secret"]);
    match given.take("key_algorithm") {
        Some((RawValue::Text(text), place)) => {
            given.set("key_algorithm", RawValue::Text(text.trim_end_matches('.').to_lowercase()), place);
        }
        Some((value, place)) => given.set("key_algorithm", value, place),
        None => {}
    }
    given.same(&["timeout"]);
    // octoDNS sends at most 1000 changes at once unless told otherwise.
    match given.take("update_batch_size") {
        Some((value, place)) => given.set("batch", value, place),
        None => given.text("batch", "1000", source),
    }
    given.drop(&["ipv6"]);
}

fn zonefile(given: &mut Given, root: &Path, source: &Source) {
    if let Some((value, place)) = given.take("directory") {
        let value = match value {
            RawValue::Text(text) => {
                let found = find(root, Path::new(&text));
                RawValue::Text(found.map_or(text, |folder| folder.display().to_string()))
            }
            value => value,
        };
        given.set("directory", value, place);
    }
    match given.take("file_extension") {
        Some((value, place)) => given.set("extension", value, place),
        None => given.text("extension", ".", source),
    }
    // It says how a source is read.
    given.drop(&["check_origin"]);
}

fn route53(given: &mut Given, node: &Node<'_>, source: &Source) {
    given.same(&["access_key_id", "secret_access_key", "session_token", "profile"]);
    given.renamed("role_arn", "role");
    given.renamed("delegation_set_id", "delegation_set");
    // One that is none of these is an error for each zone: see `unsupported`.
    let visibility = match private(node) {
        Some(Some(true)) => "private",
        Some(Some(false)) => "public",
        Some(None) | None => "any",
    };
    let place = given.take("private").map_or_else(|| source.clone(), |(_, place)| place);
    given.text("visibility", visibility, &place);
    // How requests are cut, repeated and looked up is the adapter's own work; the VPC is told for each zone.
    given.drop(&["max_changes", "client_max_attempts", "get_zones_by_name"]);
    given.drop(&["vpc_id", "vpc_region", "vpc_multi_action"]);
}

/// Whether only private or only public zones are meant: `Some(None)` when nothing is said, and octoDNS takes both;
/// `None` when it cannot be told.
fn private(node: &Node<'_>) -> Option<Option<bool>> {
    match node.get("private").filter(|value| !value.is_null()) {
        None => Some(None),
        Some(value) => truth(value).map(Some),
    }
}

/// Why the zones of a provider cannot be planned there, or read from it: another hosted zone of the same name would be
/// taken.
pub(super) fn unsupported(
    reader: &Reader<'_>,
    name: &str,
    path: &str,
    node: &Node<'_>,
) -> Option<Diagnostic> {
    if Class::of(path) != Class::Kind("route53") {
        return None;
    }
    let name = quote(name);
    if let Some(value) = node.get("vpc_id").filter(|value| !value.is_null()) {
        let message = format!(
            "dnsctl does not tell private hosted zones apart by their VPC, as `vpc_id` of {name} asks"
        );
        let error = Diagnostic::error("octodns/not-carried-over", message);
        let error = error.related(reader.source(value.position()), "written here");
        return Some(
            error.help(
                "where one private hosted zone has the name, `private: true` without `vpc_id` finds it",
            ),
        );
    }
    let value = node.get("private").filter(|_| private(node).is_none())?;
    let message = format!("`private` of {name} is neither true nor false: octoDNS finds no zone with it");
    let error = Diagnostic::error("octodns/bad-config", message);
    Some(
        error
            .related(reader.source(value.position()), "written here")
            .help("write `private: true` or `private: false`"),
    )
}

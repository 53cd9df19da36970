//! The production configuration.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::class::{self, Class};
use super::foreign::Foreign;
use super::include::{self, Cache, Places};
use super::processor::Processor;
use super::secret::Handlers;
use super::source::YamlSource;
use super::{truth, zones};
use crate::diagnostic::{Diagnostic, Diagnostics, File, quote};
use crate::project::{Format, Project, ProviderEntry};
use crate::read::Reader;
use crate::yaml::Node;

/// What the configuration declares for its zones.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// Every provider with the vendor of its class.
    pub(super) vendors: BTreeMap<String, Option<&'static str>>,
    pub(super) classes: HashMap<String, String>,
    /// The providers that read YAML files.
    pub(super) sources: HashMap<String, Arc<YamlSource>>,
    /// All others that can be read.
    pub(super) foreign: HashMap<String, Arc<Foreign>>,
    /// Providers that are wrong; that is reported once, not at each zone.
    pub(super) broken: HashSet<String>,
    /// Why the zones of some providers cannot be planned there, or read from there.
    pub(super) unsupported: HashMap<String, Diagnostic>,
    /// Providers with `apply_disabled`.
    pub(super) read_only: HashSet<String>,
    /// Providers with `strict_supports: false`.
    pub(super) picky: HashSet<String>,
    /// Shares from 0 to 1 by provider and key.
    pub(super) thresholds: HashMap<(String, String), f64>,
    pub(super) processors: HashMap<String, Arc<Processor>>,
    pub(super) processors_first: Vec<Arc<Processor>>,
    pub(super) processors_last: Vec<Arc<Processor>>,
    /// What is reported with every zone.
    pub(super) findings: Vec<Diagnostic>,
}

/// Opens the file as a production configuration of octoDNS. False when it is none: only octoDNS names the class of a
/// provider.
pub(crate) fn try_open(project: &mut Project, file: &File) -> bool {
    if !file.text().contains("class") {
        return false;
    }
    let mut found = Diagnostics::new();
    let cache = Cache::default();
    let places = Places { files: &project.files, root: &project.root, cache: &cache };
    let Ok(Some(root)) = include::read(places, file, &mut found) else { return false };
    let providers = root.get("providers").and_then(Node::as_mapping).unwrap_or_default();
    if !providers.iter().any(|(_, provider)| provider.get("class").is_some()) {
        return false;
    }
    project.format = Format::OctoDns;
    let mut reader = Reader::new(&project.files);
    reader.found = found;
    let mut config = Config::default();
    let entries = config.read(project, &mut reader, &root);
    let units = match root.get("zones").filter(|zones| !zones.is_null()) {
        Some(zones) => zones::units(project, &mut reader, &config, zones),
        None => {
            let error = Diagnostic::error("octodns/bad-config", "the configuration has no `zones`");
            reader.report(
                root.position(),
                error.help("write `zones: { example.com.: { sources: [...], targets: [...] } }`"),
            );
            Vec::new()
        }
    };
    let Reader { found, .. } = reader;
    project.diagnostics.append(found);
    project.providers = entries;
    project.units = units;
    true
}

impl Config {
    fn read(&mut self, project: &Project, reader: &mut Reader<'_>, root: &Node<'_>) -> Vec<ProviderEntry> {
        const KEYS: [&str; 6] =
            ["manager", "providers", "processors", "secret_handlers", "validators", "zones"];
        for (key, _) in root.as_mapping().unwrap_or_default() {
            if !KEYS.contains(&key.text()) {
                let message = format!("octoDNS does not look at {}", quote(key.text()));
                reader.report(key.position(), Diagnostic::note("octodns/unknown-key", message));
            }
        }
        let mut handlers = Handlers::new();
        for (key, node) in mapping(root, "secret_handlers") {
            let class = node.get("class").and_then(Node::as_str).unwrap_or("no class");
            handlers.insert(key.text().to_owned(), class.to_owned());
        }
        let entries = self.providers(project, reader, root, &handlers);
        for (key, node) in mapping(root, "processors") {
            let processor = Processor::read(reader, key.text(), node);
            self.processors.insert(key.text().to_owned(), Arc::new(processor));
        }
        if let Some(manager) = root.get("manager").filter(|manager| !manager.is_null()) {
            self.manager(reader, manager);
        }
        if let Some(node) = root.get("validators").filter(|node| !node.is_null()) {
            not_made(reader, node, "`validators`: dnsctl checks by its own rules");
        }
        entries
    }

    fn providers(
        &mut self,
        project: &Project,
        reader: &mut Reader<'_>,
        root: &Node<'_>,
        handlers: &Handlers,
    ) -> Vec<ProviderEntry> {
        let mut entries = Vec::new();
        for (key, node) in mapping(root, "providers") {
            let name = key.text();
            let Some(path) = node.get("class").and_then(Node::as_str) else {
                let message = format!("the provider {} has no `class`", quote(name));
                reader.report(
                    key.position(),
                    Diagnostic::error("octodns/bad-config", message)
                        .help("write the `class` that octoDNS loads"),
                );
                self.broken.insert(name.to_owned());
                continue;
            };
            self.vendors.insert(name.to_owned(), Class::vendor(path));
            self.classes.insert(name.to_owned(), path.to_owned());
            if node.get("apply_disabled").and_then(truth) == Some(true) {
                self.read_only.insert(name.to_owned());
            }
            if node.get("strict_supports").and_then(truth) == Some(false) {
                self.picky.insert(name.to_owned());
            }
            for key in ["update_pcent_threshold", "delete_pcent_threshold"] {
                if let Some(share) = node.get(key).and_then(Node::as_str).and_then(|text| text.parse().ok()) {
                    self.thresholds.insert((name.to_owned(), key.to_owned()), share);
                }
            }
            if let Class::Yaml { split } = Class::of(path) {
                match YamlSource::read(reader, &project.root, name, node, split) {
                    Some(source) => drop(self.sources.insert(name.to_owned(), Arc::new(source))),
                    None => drop(self.broken.insert(name.to_owned())),
                }
            }
            if let Some(why) = class::unsupported(reader, name, path, node) {
                self.unsupported.insert(name.to_owned(), why);
            }
            let source = reader.source(key.position());
            let entry = class::entry(reader, handlers, &project.root, name, path, node, source);
            let kind = entry.kind.as_deref();
            if let Some(foreign) = Foreign::read(reader, &project.root, name, path, kind, node) {
                self.foreign.insert(name.to_owned(), Arc::new(foreign));
            }
            entries.push(entry);
        }
        entries
    }

    fn manager(&mut self, reader: &mut Reader<'_>, manager: &Node<'_>) {
        for (key, node) in reader.mapping(manager, "`manager`").unwrap_or_default() {
            let source = reader.source(key.position());
            match key.text() {
                "processors" => self.processors_first = self.named(reader, manager, "processors"),
                "post_processors" => {
                    self.processors_last.extend(self.named(reader, manager, "post_processors"));
                }
                // How fast octoDNS works, and how it guards between its own runs.
                "max_workers" | "enable_checksum" => {}
                "plan_outputs" if !node.is_null() => {
                    not_made(
                        reader,
                        node,
                        "`plan_outputs`: `dnsctl plan --report markdown=PATH` and `json=PATH` do that",
                    );
                }
                "validators" if !node.is_null() => {
                    not_made(reader, node, "`validators`: dnsctl checks by its own rules");
                }
                "include_meta" if truth(node) == Some(true) => {
                    let why = "it adds a record `octodns-meta` to every zone (manager.include_meta)";
                    self.processors_last.push(Arc::new(Processor::built_in("meta", why, source)));
                }
                // It makes PTR records, and only in zones that name it as a source: each of them says so.
                "auto_arpa" if truth(node) != Some(false) => {
                    self.vendors.insert("auto-arpa".to_owned(), None);
                }
                "plan_outputs" | "validators" | "include_meta" | "auto_arpa" => {}
                other => {
                    let message = format!("octoDNS's manager has no setting {}", quote(other));
                    reader.report(
                        key.position(),
                        Diagnostic::warning("octodns/unknown-key", message).help("remove it"),
                    );
                }
            }
        }
    }

    fn named(&self, reader: &mut Reader<'_>, manager: &Node<'_>, key: &str) -> Vec<Arc<Processor>> {
        let mut list = Vec::new();
        for (name, place) in zones::names(manager, key) {
            match self.processors.get(name) {
                Some(processor) => list.push(processor.clone()),
                None => {
                    let message = format!("no processor {} is declared under `processors:`", quote(name));
                    reader.report(
                        place.position(),
                        Diagnostic::error("octodns/bad-config", message)
                            .help("declare it there, or take its name away"),
                    );
                }
            }
        }
        list
    }
}

/// The entries of a mapping that may be absent.
fn mapping<'n, 't>(root: &'n Node<'t>, key: &str) -> &'n [(crate::yaml::Key<'t>, Node<'t>)] {
    root.get(key).and_then(Node::as_mapping).unwrap_or_default()
}

fn not_made(reader: &mut Reader<'_>, node: &Node<'_>, what: &str) {
    let message = format!("not carried over: {what}");
    reader.report(node.position(), Diagnostic::note("octodns/not-carried-over", message));
}

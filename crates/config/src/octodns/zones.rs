//! `zones:` of the production configuration to units.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use dnsctl_zone::{Name, Policy, RecordType, Source};

use super::config::Config;
use super::pattern::Pattern;
use super::source::Listing;
use super::{Common, Part, Setup, class, processor, truth};
use crate::diagnostic::{Diagnostic, Diagnostics, quote};
use crate::project::{Project, Unit, shown};
use crate::read::Reader;
use crate::yaml::{Key, Node};

/// `ack` is ours: octoDNS does not look at it.
const KEYS: [&str; 13] = [
    "ack",
    "sources",
    "targets",
    "lenient",
    "processors",
    "alias",
    "always-dry-run",
    "update_pcent_threshold",
    "delete_pcent_threshold",
    "ignore_subzone_adds",
    "validators",
    "glob",
    "regex",
];

/// A zone of the configuration: its apex, where it is declared, and its settings.
struct Zone<'n, 't> {
    apex: Name,
    source: Source,
    node: &'n Node<'t>,
}

/// The units of all zones, in canonical order.
pub(super) fn units(
    project: &Project,
    reader: &mut Reader<'_>,
    config: &Config,
    node: &Node<'_>,
) -> Vec<Unit> {
    let zones = zones(project, reader, config, node);
    let common = Arc::new(Common {
        apexes: zones.keys().cloned().collect(),
        providers: config.vendors.clone(),
        ..Common::default()
    });
    let units = zones.values().map(|zone| {
        let setup = setup(project, reader, config, zone, &zones, &common);
        Unit {
            apex: zone.apex.clone(),
            source: zone.source.clone(),
            parts: Vec::new(),
            octodns: Some(Arc::new(setup)),
        }
    });
    units.collect()
}

/// All zones: those with a name, and those that dynamic entries find.
fn zones<'n, 't>(
    project: &Project,
    reader: &mut Reader<'_>,
    config: &Config,
    node: &'n Node<'t>,
) -> BTreeMap<Name, Zone<'n, 't>> {
    let mut zones: BTreeMap<Name, Zone<'n, 't>> = BTreeMap::new();
    let entries = reader.mapping(node, "`zones`").unwrap_or_default();
    for (key, settings) in entries.iter().filter(|(key, _)| !key.text().starts_with('*')) {
        let text = key.text();
        let apex = match Name::absolute(text) {
            Ok(apex) if text.ends_with('.') => apex,
            Ok(_) => {
                let message = format!("the zone {} has no dot at its end", quote(text));
                let error = Diagnostic::error("octodns/bad-zone", message);
                reader.report(key.position(), error.help(format!("write {}", quote(&format!("{text}.")))));
                continue;
            }
            Err(error) => {
                reader.report(
                    key.position(),
                    Diagnostic::error("octodns/bad-zone", error.to_string()).help_if(error.help()),
                );
                continue;
            }
        };
        known_keys(reader, settings);
        let source = reader.source(key.position());
        if let Some(first) = zones.get(&apex) {
            let error = Diagnostic::error("octodns/bad-zone", format!("the zone {apex} is declared twice"));
            let error = error.related(first.source.clone(), "first here").help("keep one of them");
            reader.report(key.position(), error);
            continue;
        }
        zones.insert(apex.clone(), Zone { apex, source, node: settings });
    }
    let mut finder =
        Finder { project, config, listings: HashMap::new(), foreign: HashMap::new(), told: HashSet::new() };
    for (key, settings) in entries.iter().filter(|(key, _)| key.text().starts_with('*')) {
        known_keys(reader, settings);
        for (apex, source) in finder.find(reader, key, settings) {
            zones.entry(apex.clone()).or_insert(Zone { apex, source, node: settings });
        }
    }
    zones
}

fn known_keys(reader: &mut Reader<'_>, settings: &Node<'_>) {
    for (key, _) in reader.mapping(settings, "the settings of a zone").unwrap_or_default() {
        if !KEYS.contains(&key.text()) {
            let message = format!("a zone of octoDNS has no setting {}", quote(key.text()));
            let close =
                crate::diagnostic::closest(key.text(), KEYS).map(|close| format!("did you mean `{close}`?"));
            reader.report(
                key.position(),
                Diagnostic::warning("octodns/unknown-key", message).help("remove it").help_if(close),
            );
        }
    }
}

/// Finds the zones of dynamic entries; every folder is listed once.
struct Finder<'c> {
    project: &'c Project,
    config: &'c Config,
    listings: HashMap<String, Listing>,
    foreign: HashMap<String, Result<Vec<String>, String>>,
    told: HashSet<PathBuf>,
}

impl Finder<'_> {
    fn find(&mut self, reader: &mut Reader<'_>, key: &Key<'_>, settings: &Node<'_>) -> Vec<(Name, Source)> {
        let pattern = match (text(settings, "glob"), text(settings, "regex")) {
            (Some(glob), _) => Pattern::glob(glob),
            (None, Some(regex)) => Pattern::regex(regex),
            (None, None) => Ok(Pattern::All),
        };
        let pattern = match pattern {
            Ok(pattern) => pattern,
            Err(reason) => {
                let message = format!("the pattern of {} cannot be used: {reason}", quote(key.text()));
                reader.report(
                    key.position(),
                    Diagnostic::error("octodns/bad-pattern", message)
                        .help("mend the pattern, or list its zones"),
                );
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for (name, place) in names(settings, "sources") {
            if let Some(source) = self.config.foreign.get(name) {
                let listed =
                    self.foreign.entry(name.to_owned()).or_insert_with(|| source.list(&self.project.root));
                match listed {
                    Ok(zones) => found.extend(matching(reader, key, &pattern, zones)),
                    Err(reason) => {
                        let error = Diagnostic::error("octodns/source", reason.clone());
                        reader.report(place.position(), error.help("name the zones one by one"));
                    }
                }
                continue;
            }
            let Some(source) = self.config.sources.get(name) else {
                if self.config.vendors.contains_key(name) && !self.config.broken.contains(name) {
                    let message = format!("dnsctl cannot list the zones of the source {}", quote(name));
                    let error = Diagnostic::error("octodns/source", message);
                    reader.report(place.position(), error.help("name the zones one by one"));
                } else if !self.config.broken.contains(name) {
                    unknown_provider(reader, name, place);
                }
                continue;
            };
            let listing = self
                .listings
                .entry(name.to_owned())
                .or_insert_with(|| source.list(&self.project.root, &mut reader.found));
            for stray in listing.strays.iter().filter(|stray| self.told.insert((*stray).clone())) {
                let message = "octoDNS takes this file for no zone, since its name has no dot before `.yaml`; neither does dnsctl";
                let note = Diagnostic::note("octodns/no-zone", message);
                reader.found.push(note.at(Source::new(shown(stray).into(), 0, 0)));
            }
            found.extend(matching(reader, key, &pattern, &listing.zones));
        }
        found
    }
}

/// The zones of a list that match, each with the entry that found it.
fn matching(
    reader: &mut Reader<'_>,
    key: &Key<'_>,
    pattern: &Pattern,
    zones: &[String],
) -> Vec<(Name, Source)> {
    let mut found = Vec::new();
    for zone in zones.iter().filter(|zone| pattern.matches(zone)) {
        match Name::absolute(zone) {
            Ok(apex) => found.push((apex, reader.source(key.position()))),
            Err(error) => {
                let message = format!("the file of {} is named after no zone: {error}", quote(zone));
                reader.report(
                    key.position(),
                    Diagnostic::error("octodns/bad-zone", message).help_if(error.help()),
                );
            }
        }
    }
    found
}

/// The settings of one zone, and the texts of its files.
fn setup(
    project: &Project,
    reader: &mut Reader<'_>,
    config: &Config,
    zone: &Zone<'_, '_>,
    zones: &BTreeMap<Name, Zone<'_, '_>>,
    common: &Arc<Common>,
) -> Setup {
    let mut told = Told { reader: &*reader, findings: config.findings.clone() };
    // An alias has the records and targets of another zone.
    let mut settings = zone.node;
    if let Some(alias) = zone.node.get("alias") {
        let name = alias.as_str().and_then(|text| Name::absolute(text).ok());
        match name.and_then(|name| zones.get(&name)) {
            Some(other) if other.node.get("alias").is_none() => settings = other.node,
            _ => {
                let message = format!("{} is an alias of no zone that has records of its own", zone.apex);
                told.problem(
                    alias,
                    Diagnostic::error("octodns/bad-zone", message)
                        .help("name a zone of `zones:` that is no alias itself"),
                );
            }
        }
    }
    let mut unread = Diagnostics::new();
    let parts = sources(project, &mut told, config, zone, zones, settings, &mut unread);
    let targets = targets(&mut told, config, zone, settings);
    let mut processors = config.processors_first.clone();
    for (name, place) in names(settings, "processors") {
        match config.processors.get(name) {
            Some(processor) => processors.push(processor.clone()),
            None => {
                let message = format!("no processor {} is declared under `processors:`", quote(name));
                told.problem(
                    place,
                    Diagnostic::error("octodns/bad-zone", message)
                        .help("declare it there, or take its name away"),
                );
            }
        }
    }
    processors.extend(config.processors_last.iter().cloned());
    let mut findings = told.findings;
    let managed = managed(config, &targets);
    let with_types = |name: &String| (name.clone(), supported(config, name));
    let (picky, strict): (Vec<&String>, Vec<&String>) =
        targets.iter().partition(|name| config.picky.contains(*name));
    let ours = |name: &&String| {
        config
            .classes
            .get(*name)
            .is_some_and(|class| matches!(class::Class::of(class), class::Class::Kind(_)))
    };
    let strict = strict.into_iter().filter(ours).map(with_types).collect();
    let picky = picky.into_iter().map(with_types).collect();
    // Which rules there are is known when zones are loaded; here a name is taken as it is.
    let acknowledgements = zone.node.get("ack").filter(|node| !node.is_null());
    let acknowledgements =
        acknowledgements.map(|node| reader.acknowledgements(node, &zone.apex, &[])).unwrap_or_default();
    findings.extend(unread);
    let flag = |key: &str| settings.get(key).and_then(truth).unwrap_or(false);
    Setup {
        common: common.clone(),
        parts,
        policy: policy(config, zone.node, &targets),
        targets,
        lenient: flag("lenient"),
        ignore_subzone_adds: flag("ignore_subzone_adds"),
        processors,
        picky,
        strict,
        acknowledgements,
        managed,
        findings,
    }
}

/// What is told while a zone is put together.
struct Told<'r, 'f> {
    reader: &'r Reader<'f>,
    findings: Vec<Diagnostic>,
}

impl Told<'_, '_> {
    fn problem(&mut self, node: &Node<'_>, diagnostic: Diagnostic) {
        self.findings.push(diagnostic.at(self.reader.source(node.position())));
    }

    fn unsupported(&mut self, config: &Config, name: &str, place: &Node<'_>) {
        if let Some(why) = config.unsupported.get(name) {
            self.problem(place, why.clone());
        }
    }
}

/// What a zone is read from, with the texts of its files.
fn sources(
    project: &Project,
    told: &mut Told<'_, '_>,
    config: &Config,
    zone: &Zone<'_, '_>,
    zones: &BTreeMap<Name, Zone<'_, '_>>,
    settings: &Node<'_>,
    unread: &mut Diagnostics,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for (name, place) in names(settings, "sources") {
        match config.sources.get(name) {
            Some(source) => {
                let files = source.files(&project.root, &project.files, &zone.apex_of_files(zones), unread);
                parts.push(Part::Yaml { source: source.clone(), files });
            }
            None if config.broken.contains(name) => {}
            None if config.unsupported.contains_key(name) => told.unsupported(config, name, place),
            None if config.foreign.contains_key(name) => {
                let apex = zone.apex_of_files(zones);
                parts.extend(
                    config.foreign.get(name).map(|source| Part::Foreign { source: source.clone(), apex }),
                );
            }
            None if config.vendors.contains_key(name) => {
                let message = format!("dnsctl cannot read the source {} of {}", quote(name), zone.apex);
                let error = Diagnostic::error("octodns/source", message);
                told.problem(
                    place,
                    error.help(
                        "YAML, master files, the environment, and providers with an adapter can be sources",
                    ),
                );
            }
            None => told.problem(place, undeclared(name)),
        }
    }
    if names(settings, "sources").is_empty() && zone.node.get("alias").is_none() {
        let error = Diagnostic::error("octodns/bad-zone", format!("the zone {} has no `sources`", zone.apex));
        told.problem(settings, error.help("write `sources: [NAME]` with a provider that reads its files"));
    }
    parts
}

/// The providers that a zone is planned for.
fn targets(
    told: &mut Told<'_, '_>,
    config: &Config,
    zone: &Zone<'_, '_>,
    settings: &Node<'_>,
) -> Vec<String> {
    let mut targets = Vec::new();
    for (name, place) in names(settings, "targets") {
        if config.sources.contains_key(name) {
            let message = format!("{} writes YAML files, which is not carried over", quote(name));
            let warning = Diagnostic::warning("octodns/not-carried-over", message);
            told.problem(place, warning.help("dnsctl plans the other targets of the zone"));
        } else if config.classes.get(name).is_some_and(|class| class::is_source_only(class)) {
            let message = format!("{} is only a source: octoDNS writes nothing there", quote(name));
            told.problem(
                place,
                Diagnostic::error("octodns/bad-zone", message).help("name a provider that can be written"),
            );
        } else if config.read_only.contains(name) {
            let message =
                format!("{} says `apply_disabled: true`: {} is not planned there", quote(name), zone.apex);
            told.problem(place, Diagnostic::warning("octodns/not-planned", message));
        } else if !config.vendors.contains_key(name) {
            told.problem(place, undeclared(name));
        } else if config.unsupported.contains_key(name) {
            told.unsupported(config, name, place);
        } else if !targets.iter().any(|known| known == name) {
            targets.push(name.to_owned());
        }
    }
    if settings.get("targets").is_none() && zone.node.get("alias").is_none() {
        let error = Diagnostic::error("octodns/bad-zone", format!("the zone {} has no `targets`", zone.apex));
        told.problem(settings, error.help("write `targets: [NAME]` with the providers that hold it"));
    }
    if let Some(node) = zone.node.get("always-dry-run").filter(|node| truth(node) == Some(true)) {
        let message = format!("{} says `always-dry-run: true`: it is checked, but not planned", zone.apex);
        told.problem(node, Diagnostic::warning("octodns/not-planned", message));
        targets.clear();
    }
    targets
}

impl Zone<'_, '_> {
    /// The zone whose files are read: another one for an alias.
    fn apex_of_files(&self, zones: &BTreeMap<Name, Self>) -> Name {
        let alias = self.node.get("alias").and_then(Node::as_str).and_then(|text| Name::absolute(text).ok());
        alias.filter(|name| zones.contains_key(name)).unwrap_or_else(|| self.apex.clone())
    }
}

fn supported(config: &Config, name: &str) -> Vec<RecordType> {
    processor::supported(config.classes.get(name).map_or("", String::as_str))
}

/// What octoDNS reads at all targets: a type that one of them does not know is left alone.
fn managed(config: &Config, targets: &[String]) -> Vec<RecordType> {
    let mut lists = targets.iter().map(|name| supported(config, name));
    let first = lists.next().unwrap_or_else(|| processor::supported(""));
    let rest: Vec<Vec<RecordType>> = lists.collect();
    first.into_iter().filter(|rtype| rest.iter().all(|list| list.contains(rtype))).collect()
}

/// Thresholds: those of the zone, else the lowest of its targets, else our own.
fn policy(config: &Config, zone: &Node<'_>, targets: &[String]) -> Policy {
    // 0.07 is 7 %, and not 7.000000000000001 %.
    let percent = |share: f64| (share * 1e8).round() / 1e6;
    let share = |node: &Node<'_>| node.as_str().and_then(|text| text.parse::<f64>().ok()).map(percent);
    let of = |key: &str| {
        let own = zone.get(key).and_then(share);
        let theirs =
            targets.iter().filter_map(|name| config.thresholds.get(&(name.clone(), key.to_owned())).copied());
        own.or_else(|| theirs.min_by(f64::total_cmp).map(percent))
    };
    let base = Policy::default();
    let (deletes, updates) = (of("delete_pcent_threshold"), of("update_pcent_threshold"));
    // octoDNS counts a share from the first change on.
    let from = |share: Option<f64>, usual: u32| if share.is_some() { 1 } else { usual };
    Policy {
        // Who sets a share says how many deletions are too many.
        deletes_max: if deletes.is_some() { u32::MAX } else { base.deletes_max },
        deletes_percent: deletes.unwrap_or(base.deletes_percent),
        updates_percent: updates.unwrap_or(base.updates_percent),
        deletes_from: from(deletes, base.deletes_from),
        updates_from: from(updates, base.updates_from),
    }
}

fn text<'n>(node: &'n Node<'_>, key: &str) -> Option<&'n str> {
    node.get(key)?.as_str()
}

/// A list of names, each with its place; each once.
pub(super) fn names<'n, 't>(node: &'n Node<'t>, key: &str) -> Vec<(&'n str, &'n Node<'t>)> {
    let mut seen = BTreeSet::new();
    let items = node.get(key).map(Node::one_or_many).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| Some((item.as_str()?, item)))
        .filter(|(name, _)| seen.insert(*name))
        .collect()
}

fn undeclared(name: &str) -> Diagnostic {
    let message = format!("no provider {} is declared under `providers:`", quote(name));
    Diagnostic::error("config/unknown-provider", message).help("declare it there, or name another")
}

fn unknown_provider(reader: &mut Reader<'_>, name: &str, place: &Node<'_>) {
    reader.report(place.position(), undeclared(name));
}

//! Opening a configuration.

use std::path::{Path, PathBuf};

use super::mask::Mask;
use super::{Format, Project, ProjectSettings, ProviderEntry, group, shown};
use crate::diagnostic::{Diagnostic, Diagnostics, File, Files, Position, closest, quote};
use crate::keys;
use crate::octodns;
use crate::read::Reader;
use crate::yaml::{self, Kind, Limits, Node};

/// Where zone files are when the configuration does not say it.
const DEFAULT_ZONES: [&str; 3] = ["zones/*.yaml", "zones/*.yml", "zones/*.*/"];

pub(super) fn open(config: &Path) -> Project {
    let root = match config.parent() {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => PathBuf::from("."),
    };
    let mut project = Project {
        config: config.to_owned(),
        root,
        format: Format::Native,
        providers: Vec::new(),
        units: Vec::new(),
        settings: ProjectSettings::default(),
        files: Files::new(),
        diagnostics: Diagnostics::new(),
        rules: Vec::new(),
        outside: None,
        unknown: super::Unknown::default(),
        included: crate::native::Cache::default(),
    };
    let name = shown(config.file_name().map_or(config, Path::new));
    let limits = Limits::default();
    let opened = yaml::open(&project.files, config, &name, &limits, &mut project.diagnostics);
    // Of a file that is no text a part is kept for its message.
    let Some(file) = project.files.by_path(&name) else { return project };
    if opened.is_ok() {
        read(&mut project, &file, &limits);
    }
    let sound = !project.diagnostics.iter().any(|found| found.code.starts_with("yaml/"));
    let mask = Mask::new(file.text(), sound);
    // Messages show this copy.
    project.files.add(file.path().clone(), mask.text());
    mask.conceal(&name, &mut project.diagnostics);
    project
}

fn read(project: &mut Project, file: &File, limits: &Limits) {
    if octodns::try_open(project, file) {
        return;
    }
    match yaml::parse(file, limits, &mut project.diagnostics) {
        Err(yaml::Unreadable) => {}
        Ok(None) => {
            let error = Diagnostic::error("config/empty-file", "the configuration is empty");
            let help = "write at least a provider: providers: { main: { type: zonefile, directory: out/ } }";
            project.diagnostics.push(error.at(file.source(0, 0)).help(help));
        }
        Ok(Some(root)) => native(project, &root),
    }
}

fn native(project: &mut Project, root: &Node<'_>) {
    let Project { files, .. } = &*project;
    let mut reader = Reader::new(files);
    let mut settings = ProjectSettings::default();
    let mut providers = Vec::new();
    let mut patterns = Vec::new();
    let Some(entries) = reader.table(root, "the configuration", keys::PROJECT) else {
        let Reader { found, .. } = reader;
        project.diagnostics.append(found);
        return;
    };
    // An unknown key may have been meant for one of these.
    let misspelt = reader.found.has_errors();
    if let Some(node) = entries.value("providers") {
        providers = reader.providers(node);
        if node.as_mapping().is_some_and(<[_]>::is_empty) {
            reader.bad(
                node,
                "no provider is declared".to_owned(),
                "write a name and its type: main: { type: zonefile, directory: out/ }",
            );
        }
    }
    if let Some(node) = entries.value("defaults") {
        settings.defaults = reader.defaults(node);
        for (name, place) in node.get("provider").map(|node| reader.texts_again(node)).unwrap_or_default() {
            if !providers.iter().any(|provider| provider.name == name) {
                let close = closest(name, providers.iter().map(|provider| provider.name.as_str()));
                let error = unknown_provider(name, close);
                reader.report(place.position(), error);
            }
        }
    }
    if let Some(node) = entries.value("policy") {
        let patch = reader.project_policy(node);
        settings.policy = patch.over(settings.policy);
        settings.deletes_total = patch.deletes_total;
    }
    if let Some(node) = entries.value("verify") {
        settings.verify = reader.verify(node);
        if let Some(servers) = node.get("servers") {
            reader.known_providers(servers, &providers);
        }
    }
    if let Some(node) = entries.value("plan") {
        settings.plan = reader.plan_settings(node);
    }
    match entries.value("zones") {
        Some(node) => {
            for (pattern, place) in reader.texts(node, "`zones`") {
                patterns.push((pattern.to_owned(), Some(reader.source(place.position()))));
            }
        }
        None => patterns.extend(DEFAULT_ZONES.map(|pattern| (pattern.to_owned(), None))),
    }
    let Reader { found, .. } = reader;
    project.unknown.providers = providers.is_empty() && found.has_errors();
    project.unknown.defaults = settings.defaults.providers.is_empty()
        && (misspelt || entries.value("defaults").is_some() && found.has_errors());
    project.diagnostics.append(found);
    project.settings = settings;
    project.providers = providers;
    let mut found = Diagnostics::new();
    project.units = group::units(&project.files, &project.root, &project.config, &patterns, &mut found);
    // The part of a zone that cannot be read may be the one with its providers.
    project.unknown.defaults |= found.has_errors();
    project.diagnostics.append(found);
}

/// A zone or the defaults name a provider that is not there.
pub(crate) fn unknown_provider(name: &str, close: Option<&str>) -> Diagnostic {
    let message = format!("no provider {} is declared under `providers:`", quote(name));
    Diagnostic::error("config/unknown-provider", message).help(close.map_or_else(
        || "declare it there, or name another".to_owned(),
        |close| format!("did you mean `{close}`?"),
    ))
}

/// The providers that servers name, and where.
pub(crate) fn named_providers<'n>(servers: &'n Node<'_>) -> impl Iterator<Item = (&'n str, Position)> {
    let one = servers.kind() == Kind::Mapping;
    let items = if one { std::slice::from_ref(servers) } else { servers.one_or_many() };
    items
        .iter()
        .filter_map(|item| item.get("provider"))
        .filter_map(|place| Some((place.as_str()?, place.position())))
}

impl Reader<'_> {
    /// Reports servers of providers that are not declared.
    pub(crate) fn known_providers(&mut self, servers: &Node<'_>, providers: &[ProviderEntry]) {
        for (name, place) in named_providers(servers) {
            if !providers.iter().any(|provider| provider.name == name) {
                let close = closest(name, providers.iter().map(|provider| provider.name.as_str()));
                self.report(place, unknown_provider(name, close));
            }
        }
    }

    /// Texts that were reported already when they are wrong.
    fn texts_again<'n, 't>(&self, node: &'n Node<'t>) -> Vec<(&'n str, &'n Node<'t>)> {
        node.one_or_many().iter().filter_map(|item| Some((item.as_str()?, item))).collect()
    }
}

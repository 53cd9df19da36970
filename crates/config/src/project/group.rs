//! Zone files to units: which zone each file is about.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use dnsctl_zone::{Name, Source};

use super::scan::{Scan, scan};
use super::{Unit, paths, shown};
use crate::diagnostic::{Diagnostic, Diagnostics, File, Files, quote};
use crate::master;
use crate::yaml::{self, Limits, Node};

/// How a file says which zone it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By `zone:`.
    Key,
    /// By its name.
    Name,
    /// By the name of its folder.
    Folder,
}

struct Part {
    file: File,
    way: Way,
    source: Source,
}

/// Reads the texts of all files that the patterns name, and groups them by zone.
pub(super) fn units(
    files: &Files,
    root: &Path,
    config: &Path,
    patterns: &[(String, Option<Source>)],
    found: &mut Diagnostics,
) -> Vec<Unit> {
    let mut grouper = Grouper { files, root, found, zones: BTreeMap::new(), seen: HashSet::new() };
    // The configuration itself is no zone, even where a pattern names it.
    grouper.seen.extend(config.file_name().map(PathBuf::from));
    for (pattern, source) in patterns {
        let at = |error: Diagnostic| match source {
            Some(source) => error.at(source.clone()),
            None => error,
        };
        match paths::expand(root, pattern) {
            Err(reason) => {
                let message = format!("{} names no zone files: {reason}", quote(pattern));
                grouper.found.push(at(Diagnostic::error("config/bad-pattern", message)
                    .help("write a pattern such as zones/*.yaml")));
            }
            Ok(matches) if matches.files.is_empty() && matches.folders.is_empty() => {
                if source.is_some() {
                    let message = format!("no file or folder matches {}", quote(pattern));
                    let warning = Diagnostic::warning("config/no-zones", message);
                    grouper.found.push(at(warning.help("patterns start at the folder of this file")));
                }
            }
            Ok(matches) => {
                matches.files.iter().for_each(|path| grouper.file(path, None));
                matches.folders.iter().for_each(|path| grouper.folder(path));
            }
        }
    }
    let units = grouper.finish();
    if units.is_empty() && patterns.iter().all(|(_, source)| source.is_none()) && !found.has_errors() {
        let warning = Diagnostic::warning("config/no-zones", "there is no zone file in zones/");
        found.push(warning.help(
            "write one, named after its zone (zones/example.com.yaml), or say with `zones:` where they are",
        ));
    }
    units
}

struct Grouper<'a> {
    files: &'a Files,
    root: &'a Path,
    found: &'a mut Diagnostics,
    zones: BTreeMap<Name, Vec<Part>>,
    seen: HashSet<PathBuf>,
}

impl Grouper<'_> {
    fn folder(&mut self, folder: &Path) {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let source = || Source::new(shown(folder).into(), 0, 0);
        let apex = match Name::absolute(name) {
            Ok(apex) => apex,
            Err(error) => {
                let message = format!("the folder {} is not named after a zone: {error}", quote(name));
                self.found.push(
                    Diagnostic::error("config/bad-zone-name", message).at(source()).help_if(error.help()),
                );
                return;
            }
        };
        match paths::parts(self.root, folder) {
            Err(reason) => self.found.push(yaml::unreadable(&reason).at(source())),
            Ok(parts) => {
                for path in &parts.below {
                    let message = format!(
                        "this file is in a folder below {}, the folder of the zone {apex}: it is not read",
                        quote(&shown(folder))
                    );
                    let error = Diagnostic::error("config/too-deep", message);
                    let help = "move it to the other files of the zone; a file that zones include belongs outside of that folder";
                    self.found.push(error.at(Source::new(shown(path).into(), 0, 0)).help(help));
                }
                if parts.files.is_empty() && parts.below.is_empty() {
                    let message = format!("there is no YAML file in {}", quote(&shown(folder)));
                    self.found.push(Diagnostic::warning("config/no-zones", message).at(source()));
                }
                parts.files.iter().for_each(|path| self.file(path, Some(&apex)));
            }
        }
    }

    fn file(&mut self, path: &Path, folder: Option<&Name>) {
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        if folder.is_none() && master::is_master(path) {
            self.master_file(path);
            return;
        }
        let limits = Limits::default();
        let Ok(file) = yaml::open(self.files, &self.root.join(path), &shown(path), &limits, self.found)
        else {
            return;
        };
        let Some((written, way, source)) = self.apex(&file, path, folder) else { return };
        let apex = match written {
            None => folder.cloned(),
            Some(text) => match Name::absolute(&text) {
                Ok(apex) => Some(apex),
                Err(error) => {
                    let diagnostic =
                        Diagnostic::error("config/bad-zone-name", format!("this is no zone name: {error}"));
                    self.found.push(diagnostic.at(source.clone()).help_if(error.help()));
                    None
                }
            },
        };
        let Some(apex) = apex else { return };
        if let Some(folder) = folder.filter(|folder| **folder != apex) {
            let message = format!("the folder is the zone {folder}, but this file says {apex}");
            let error = Diagnostic::error("config/two-zones", message).at(source);
            self.found.push(
                error.help("for a folder with a zone in each file, write a pattern such as zones/*/*.yaml"),
            );
            return;
        }
        self.zones.entry(apex).or_default().push(Part { file, way, source });
    }

    /// A master file is a zone by itself, and its name tells which.
    fn master_file(&mut self, path: &Path) {
        let source = Source::new(shown(path).into(), 0, 0);
        let Some(apex) = master::apex_of(path) else {
            let message =
                format!("the name of the master file {} does not tell its zone", quote(&shown(path)));
            let error = Diagnostic::error("config/no-zone-name", message).at(source);
            self.found.push(error.help("name it ZONE.zone or db.ZONE"));
            return;
        };
        match master::open(self.files, &self.root.join(path), &shown(path)) {
            Ok(file) => self.zones.entry(apex).or_default().push(Part { file, way: Way::Name, source }),
            Err(reason) => self.found.push(master::unreadable(&reason).at(source)),
        }
    }

    /// The text of the zone's name (`None` for that of the folder), how the file says it, and where.
    fn apex(
        &mut self,
        file: &File,
        path: &Path,
        folder: Option<&Name>,
    ) -> Option<(Option<String>, Way, Source)> {
        match scan(file.text(), "zone") {
            Scan::Written(text, line, column) => {
                return Some((Some(text.to_owned()), Way::Key, file.source(line, column)));
            }
            Scan::Absent => {}
            Scan::Unclear => {
                // What is wrong with the file is told when the zone is loaded.
                let tree = yaml::parse(file, &Limits::default(), &mut Diagnostics::new());
                let tree = tree.ok().flatten();
                let written = tree.as_ref().and_then(|tree| tree.get("zone"));
                if let Some((text, node)) = written.and_then(|node| Some((Node::as_str(node)?, node))) {
                    let at = node.position();
                    return Some((Some(text.to_owned()), Way::Key, file.source(at.line, at.column)));
                }
            }
        }
        let source = file.source(0, 0);
        if folder.is_some() {
            return Some((None, Way::Folder, source));
        }
        let stem = paths::zone_name(path)
            .unwrap_or_else(|| path.file_name().and_then(|n| n.to_str()).unwrap_or_default());
        if !stem.trim_end_matches('.').contains('.') || Name::absolute(stem).is_err() {
            let message = format!(
                "the file does not say which zone it is, and its name {} does not either",
                quote(stem)
            );
            let error = Diagnostic::error("config/no-zone-name", message).at(source);
            let help = "write `zone: NAME` at its top; a file that zones include belongs outside of the pattern under `zones:`";
            self.found.push(error.help(help));
            return None;
        }
        Some((Some(stem.to_owned()), Way::Name, source))
    }

    fn finish(self) -> Vec<Unit> {
        let Self { zones, found, .. } = self;
        let mut units = Vec::with_capacity(zones.len());
        for (apex, parts) in zones {
            let mut named = parts.iter().filter(|part| part.way == Way::Name);
            if let Some(first) = named.next() {
                for again in named {
                    let message =
                        format!("the zone {apex} is declared twice, each time by the name of a file");
                    let error = Diagnostic::error("config/zone-twice", message)
                        .at(again.source.clone())
                        .related(first.source.clone(), "first here");
                    found.push(error.help(format!(
                        "remove one; or write `zone: {}` into both if they are its parts",
                        apex.to_unicode()
                    )));
                }
            }
            let source = parts
                .iter()
                .find(|part| part.way == Way::Key)
                .or(parts.first())
                .map(|part| part.source.clone());
            let Some(source) = source else { continue };
            let parts = parts.into_iter().map(|part| part.file).collect();
            units.push(Unit { apex, source, parts, octodns: None });
        }
        units
    }
}

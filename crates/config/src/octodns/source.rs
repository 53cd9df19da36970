//! YAML providers as sources: where the files of a zone are.

use std::path::{Path, PathBuf};

use dnsctl_zone::{Name, Source, Ttl};

use super::limits;
use crate::diagnostic::{Diagnostic, Diagnostics, File, Files, quote};
use crate::project::shown;
use crate::read::Reader;
use crate::yaml::{self, Node};

/// The options of a `YamlProvider`.
#[derive(Debug)]
pub(super) struct YamlSource {
    pub(super) name: String,
    pub(super) default_ttl: Ttl,
    pub(super) escaped_semicolons: bool,
    /// `populate_should_replace`.
    pub(super) replace: bool,
    /// From the folder of the configuration.
    directory: PathBuf,
    /// The folder as written, when there is none.
    missing: Option<String>,
    split_extension: Option<String>,
    shared_filename: Option<String>,
    disable_zonefile: bool,
    ignore_missing_zones: bool,
    source: Source,
}

/// What a folder of zone files holds.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Names of zones as they stand on disk, with a dot at the end.
    pub(super) zones: Vec<String>,
    /// YAML files that octoDNS takes for no zone.
    pub(super) strays: Vec<PathBuf>,
}

impl YamlSource {
    /// Reads the options of a provider with one of the two YAML classes. `None` without a folder, which is reported.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        root: &Path,
        name: &str,
        node: &Node<'_>,
        split_class: bool,
    ) -> Option<Self> {
        const KNOWN: [&str; 21] = [
            "class",
            "directory",
            "default_ttl",
            "enforce_order",
            "order_mode",
            "populate_should_replace",
            "supports_root_ns",
            "split_extension",
            "split_catchall",
            "shared_filename",
            "disable_zonefile",
            "escaped_semicolons",
            "ignore_missing_zones",
            "extension",
            "apply_disabled",
            "update_pcent_threshold",
            "delete_pcent_threshold",
            "strict_supports",
            "root_ns_warnings",
            "validate",
            "id",
        ];
        for (key, _) in node.as_mapping().unwrap_or_default() {
            if !KNOWN.contains(&key.text()) {
                let message = format!("octoDNS's YamlProvider has no option {}", quote(key.text()));
                reader.report(
                    key.position(),
                    Diagnostic::warning("octodns/unknown-key", message).help("remove it"),
                );
            }
        }
        let text = |key: &str| {
            let value = node.get(key).filter(|value| super::truth(value) != Some(false))?;
            value.as_str().map(str::to_owned)
        };
        let flag = |key: &str, default: bool| node.get(key).and_then(super::truth).unwrap_or(default);
        let Some(written) = text("directory") else {
            let message = format!("the provider {} has no `directory`", quote(name));
            reader.report(
                node.position(),
                Diagnostic::error("octodns/bad-config", message)
                    .help("write the folder of its files: `directory: ./config`"),
            );
            return None;
        };
        let place = node.get("directory").map_or(node.position(), Node::position);
        // A target may make its folder itself.
        let directory = find(root, Path::new(&written));
        let missing = directory.is_none().then(|| written.clone());
        let mut default_ttl = Ttl::from_wire(3600);
        if let Some(value) = node.get("default_ttl") {
            match value.as_str().and_then(|text| text.parse().ok()).and_then(Ttl::new) {
                Some(ttl) => default_ttl = ttl,
                None => {
                    let error = Diagnostic::error("octodns/bad-ttl", "`default_ttl` is no number of seconds");
                    reader.report(value.position(), error);
                }
            }
        }
        Some(Self {
            name: name.to_owned(),
            default_ttl,
            escaped_semicolons: flag("escaped_semicolons", true),
            replace: flag("populate_should_replace", false),
            directory: directory.unwrap_or_else(|| written.into()),
            missing,
            split_extension: if split_class {
                Some(text("extension").unwrap_or_else(|| ".".to_owned()))
            } else {
                text("split_extension")
            },
            shared_filename: text("shared_filename"),
            disable_zonefile: split_class || flag("disable_zonefile", false),
            ignore_missing_zones: flag("ignore_missing_zones", false),
            source: reader.source(place),
        })
    }

    /// The zones that the folder holds.
    pub(super) fn list(&self, root: &Path, found: &mut Diagnostics) -> Listing {
        let mut listing = Listing::default();
        if self.no_folder(found) {
            return listing;
        }
        let mut names = Vec::new();
        let read = fs_err::read_dir(root.join(&self.directory)).and_then(|entries| {
            for entry in entries {
                let entry = entry?;
                names.push((entry.file_name(), is_folder(&entry.path())));
            }
            Ok(())
        });
        if let Err(error) = read {
            found.push(Diagnostic::error("octodns/no-folder", error.to_string()).at(self.source.clone()));
        }
        names.sort();
        for (name, is_folder) in names {
            let Some(name) = name.to_str() else { continue };
            if is_folder {
                // octoDNS leaves the first character of the extension, which is meant to be a dot.
                let zone = self.split_extension.as_deref().and_then(|extension| {
                    let keep = extension.chars().next().map_or(0, char::len_utf8);
                    name.ends_with(extension)
                        .then(|| name.get(..name.len() - extension.len() + keep))
                        .flatten()
                });
                listing.zones.extend(zone.map(str::to_owned));
            } else if let Some(stem) = name.strip_suffix("yaml").filter(|stem| stem.ends_with('.')) {
                if self.disable_zonefile || self.shared_filename.as_deref() == Some(name) {
                    continue;
                }
                if stem.matches('.').count() < 2 {
                    listing.strays.push(self.directory.join(name));
                } else {
                    listing.zones.push(stem.to_owned());
                }
            }
        }
        listing
    }

    /// The files of a zone in the order of octoDNS, read.
    pub(super) fn files(
        &self,
        root: &Path,
        files: &Files,
        apex: &Name,
        found: &mut Diagnostics,
    ) -> Vec<File> {
        if self.no_folder(found) {
            return Vec::new();
        }
        let ascii = apex.to_string();
        let ascii = ascii.trim_end_matches('.');
        let unicode = apex.to_unicode();
        let mut paths = Vec::new();
        if let Some(extension) = &self.split_extension {
            let folders = [format!("{unicode}{extension}"), format!("{ascii}{extension}")];
            if let Some(folder) = self.one_of(root, &folders, is_folder, apex, found) {
                match yaml_files(root, &folder) {
                    Ok(files) => paths.extend(files),
                    Err(reason) => {
                        found.push(Diagnostic::error("octodns/no-folder", reason).at(self.source.clone()));
                    }
                }
            }
        }
        if !self.disable_zonefile {
            let names = [format!("{unicode}.yaml"), format!("{ascii}.yaml")];
            paths.extend(self.one_of(root, &names, is_there, apex, found));
        }
        paths.extend(self.shared_filename.as_ref().map(|name| self.directory.join(name)));
        if paths.is_empty() && !self.ignore_missing_zones {
            let message = format!("the source {} has no file for the zone {apex}", quote(&self.name));
            let error = Diagnostic::error("octodns/no-file", message).at(self.source.clone());
            let help = format!(
                "write {}, or set `ignore_missing_zones: true`",
                shown(&self.directory.join(format!("{ascii}.yaml")))
            );
            found.push(error.help(help));
        }
        paths.sort();
        let limits = limits();
        let open = |path: &PathBuf| yaml::open(files, &root.join(path), &shown(path), &limits, found).ok();
        paths.iter().filter_map(open).collect()
    }

    /// Whether there is no folder, which is reported.
    fn no_folder(&self, found: &mut Diagnostics) -> bool {
        if let Some(written) = &self.missing {
            let message = format!("there is no folder {}", quote(written));
            let help = "octoDNS starts at the working directory; dnsctl looks in the folder of this file and in those above it";
            found.push(Diagnostic::error("octodns/no-folder", message).at(self.source.clone()).help(help));
        }
        self.missing.is_some()
    }

    /// The name that exists: with U-labels or with A-labels, not both.
    fn one_of(
        &self,
        root: &Path,
        names: &[String; 2],
        exists: impl Fn(&Path) -> bool,
        apex: &Name,
        found: &mut Diagnostics,
    ) -> Option<PathBuf> {
        let [unicode, ascii] = names.each_ref().map(|name| self.directory.join(name));
        match (exists(&root.join(&unicode)), exists(&root.join(&ascii))) {
            (true, true) if unicode != ascii => {
                let message = format!("{} and {} are both there for {apex}", shown(&unicode), shown(&ascii));
                let error = Diagnostic::error("octodns/two-files", message).at(self.source.clone());
                found.push(error.help("remove one of them"));
                None
            }
            (true, _) => Some(unicode),
            (false, true) => Some(ascii),
            (false, false) => None,
        }
    }
}

/// Whether it is a folder, or was: a link that leads nowhere, by its name.
fn is_folder(path: &Path) -> bool {
    let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
    path.is_dir() || !is_yaml && is_there(path) && fs_err::metadata(path).is_err()
}

/// Whether there is anything of this name, even a link that leads nowhere; opening it says what it is.
fn is_there(path: &Path) -> bool {
    fs_err::symlink_metadata(path).is_ok()
}

fn yaml_files(root: &Path, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    if let Some(reason) = yaml::obstacle(&root.join(folder)).filter(|_| !root.join(folder).is_dir()) {
        return Err(format!("{}: {reason}", shown(folder)));
    }
    for entry in fs_err::read_dir(root.join(folder)).map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name();
        if name.to_str().is_some_and(|name| name.ends_with(".yaml")) {
            files.push(folder.join(name));
        }
    }
    Ok(files)
}

/// The folder from `root`: in the folder of the configuration, else in the nearest one above it, no higher than the one
/// that holds `.git`.
pub(super) fn find(root: &Path, written: &Path) -> Option<PathBuf> {
    const HIGHEST: usize = 8;
    let mut base = PathBuf::new();
    for _ in 0..HIGHEST {
        let candidate = base.join(written);
        if root.join(&candidate).is_dir() {
            return Some(candidate);
        }
        if written.is_absolute() || root.join(&base).join(".git").exists() {
            return None;
        }
        base.push("..");
    }
    None
}

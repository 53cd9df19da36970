//! Patterns of paths to the files that they name.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::{master, yaml};

/// How far `**` goes down.
const DEEPEST: usize = 32;

/// What a pattern names: paths from the root, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matches {
    pub(super) files: Vec<PathBuf>,
    pub(super) folders: Vec<PathBuf>,
}

/// Finds what a pattern names. One that ends in `/` names folders, any other names files. Hidden entries are left
/// out unless the pattern names them by a dot. What has a name that matches but cannot be read (a link that leads
/// nowhere, a pipe, a folder named like a zone file) is among the matches: its records must not be taken for removed.
///
/// # Errors
/// A pattern that is not valid, or a folder that cannot be read.
pub(super) fn expand(root: &Path, pattern: &str) -> Result<Matches, String> {
    let folders = pattern.ends_with('/');
    let clean = pattern.trim_end_matches('/').strip_prefix("./").unwrap_or(pattern.trim_end_matches('/'));
    let parts: Vec<&str> = clean.split('/').collect();
    let fixed = parts.iter().take_while(|part| !part.contains(['*', '?', '[', '{', '\\'])).count();
    if fixed == parts.len() {
        return literal(root, clean, folders);
    }
    let base = PathBuf::from(parts.get(..fixed).unwrap_or_default().join("/"));
    let rest = parts.get(fixed..).unwrap_or_default();
    let glob = GlobBuilder::new(&rest.join("/")).literal_separator(true).build();
    let matcher = glob.map_err(|error| error.kind().to_string())?.compile_matcher();
    let deep = rest.contains(&"**");
    let mut walk = Walk {
        root,
        matcher,
        depth: if deep { DEEPEST } else { rest.len() },
        deep,
        hidden: rest.iter().any(|part| part.starts_with('.')),
        folders,
        found: Matches::default(),
    };
    // A pattern that starts with / is absolute: its first part is empty.
    let base = if clean.starts_with('/') { Path::new("/").join(base) } else { base };
    walk.folder(&base, Path::new(""), 1)?;
    walk.found.files.sort();
    walk.found.folders.sort();
    Ok(walk.found)
}

fn literal(root: &Path, path: &str, folders: bool) -> Result<Matches, String> {
    let (whole, path) = (root.join(path), PathBuf::from(path));
    match (whole.is_dir(), folders) {
        (true, true) => Ok(Matches { folders: vec![path], ..Matches::default() }),
        (true, false) => Err(format!(
            "this is a folder: write {0}/*.yaml for the files in it, or {0}/ if it is one zone in several files",
            path.display()
        )),
        (false, false) if is_there(&whole) => Ok(Matches { files: vec![path], ..Matches::default() }),
        (false, true) if is_there(&whole) => Ok(Matches { folders: vec![path], ..Matches::default() }),
        _ => Ok(Matches::default()),
    }
}

struct Walk<'r> {
    root: &'r Path,
    matcher: GlobMatcher,
    depth: usize,
    /// Whether the pattern holds `**`: then links to folders are not followed, since they can make a loop.
    deep: bool,
    hidden: bool,
    folders: bool,
    found: Matches,
}

impl Walk<'_> {
    fn folder(&mut self, base: &Path, below: &Path, level: usize) -> Result<(), String> {
        let mut here = self.root.join(base);
        // A slash at the end would follow a link.
        if !below.as_os_str().is_empty() {
            here.push(below);
        }
        if !here.is_dir() {
            let lost = is_there(&here) && fs_err::metadata(&here).is_err();
            let reason = yaml::obstacle(&here).filter(|_| lost);
            return reason.map_or(Ok(()), |reason| Err(format!("{}: {reason}", shown(&base.join(below)))));
        }
        for entry in fs_err::read_dir(&here).map_err(|error| error.to_string())? {
            let entry = entry.map_err(|error| error.to_string())?;
            let name = entry.file_name();
            if !self.hidden && name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let kind = entry.file_type().map_err(|error| error.to_string())?;
            let inner = below.join(&name);
            let is_folder = kind.is_dir() || kind.is_symlink() && !self.deep && entry.path().is_dir();
            let like_a_file = is_like_a_file(&inner);
            // A link that leads nowhere was a folder, by its name.
            let lost = kind.is_symlink() && !like_a_file && fs_err::metadata(entry.path()).is_err();
            if self.folders {
                if (lost || is_folder && !like_a_file) && self.matcher.is_match(&inner) {
                    self.found.folders.push(base.join(&inner));
                }
            } else if (like_a_file || !is_folder && !entry.path().is_dir()) && self.matcher.is_match(&inner) {
                self.found.files.push(base.join(&inner));
            }
            if is_folder && level < self.depth {
                self.folder(base, &inner, level + 1)?;
            }
        }
        Ok(())
    }
}

/// What the folder of a zone holds, in order.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// What is named like a YAML file, and right in the folder.
    pub(super) files: Vec<PathBuf>,
    /// The first YAML file in each folder below it, where none is read.
    pub(super) below: Vec<PathBuf>,
}

/// What the folder of a zone holds.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn parts(root: &Path, folder: &Path) -> Result<Parts, String> {
    let mut parts = Parts::default();
    for (name, is_folder) in entries(&root.join(folder))? {
        let path = folder.join(name);
        if zone_name(&path).is_some() {
            parts.files.push(path);
        } else if is_folder {
            parts.below.extend(first_below(root, &path, 1)?);
        }
    }
    Ok(parts)
}

/// The first YAML file in a folder or below it. Links are not followed further down.
fn first_below(root: &Path, folder: &Path, level: usize) -> Result<Option<PathBuf>, String> {
    if level > DEEPEST {
        return Ok(None);
    }
    for (name, is_folder) in entries(&root.join(folder))? {
        let path = folder.join(name);
        if zone_name(&path).is_some() {
            return Ok(Some(path));
        }
        if is_folder
            && !root.join(&path).is_symlink()
            && let Some(found) = first_below(root, &path, level + 1)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The entries of a folder that are not hidden, in order; each with whether it is a folder.
fn entries(folder: &Path) -> Result<Vec<(OsString, bool)>, String> {
    if let Some(reason) = yaml::obstacle(folder).filter(|_| !folder.is_dir()) {
        return Err(reason);
    }
    let mut entries = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push((entry.file_name(), entry.path().is_dir()));
        }
    }
    entries.sort();
    Ok(entries)
}

/// Whether there is anything of this name, even a link that leads nowhere.
fn is_there(path: &Path) -> bool {
    fs_err::symlink_metadata(path).is_ok()
}

/// Whether a name is that of a zone file.
fn is_like_a_file(path: &Path) -> bool {
    zone_name(path).is_some() || master::is_master(path)
}

/// The name of a file without `.yaml`, `.yml` or `.json`; `None` when it ends otherwise.
pub(super) fn zone_name(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    [".yaml", ".yml", ".json"].iter().find_map(|end| name.strip_suffix(end))
}

/// A path as messages show it: with `/`, without `.` parts.
pub(crate) fn shown(path: &Path) -> String {
    let mut text = String::new();
    for part in path.components().filter(|part| !matches!(part, Component::CurDir)) {
        if !text.is_empty() && !text.ends_with('/') {
            text.push('/');
        }
        text.push_str(&part.as_os_str().to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_pattern_is_told_in_few_words() {
        let root = tree(&["a"]);
        let error = expand(root.path(), &format!("{}[", "x".repeat(100_000))).unwrap_err();
        assert_eq!(error, "unclosed character class; missing ']'");
    }

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "").unwrap();
        }
        root
    }

    #[test]
    fn patterns_name_files_or_folders() {
        let root = tree(&[
            "zones/b.example.yaml",
            "zones/a.example.yaml",
            "zones/.hidden.yaml",
            "zones/readme.md",
            "zones/c.example/mail.yaml",
            "zones/customers/d.example.yaml",
            "top.yaml",
        ]);
        for (pattern, files, folders) in [
            ("zones/*.yaml", "zones/a.example.yaml zones/b.example.yaml", ""),
            ("./zones/*.yaml", "zones/a.example.yaml zones/b.example.yaml", ""),
            ("zones/*/*.yaml", "zones/c.example/mail.yaml zones/customers/d.example.yaml", ""),
            ("zones/*.*/", "", "zones/c.example"),
            ("zones/*/", "", "zones/c.example zones/customers"),
            ("zones/c.example/", "", "zones/c.example"),
            (
                "**/*.yaml",
                "top.yaml zones/a.example.yaml zones/b.example.yaml zones/c.example/mail.yaml zones/customers/d.example.yaml",
                "",
            ),
            ("zones/.*.yaml", "zones/.hidden.yaml", ""),
            ("zones/{a,b}.example.yaml", "zones/a.example.yaml zones/b.example.yaml", ""),
            ("zones/a.example.yaml", "zones/a.example.yaml", ""),
            ("nowhere/*.yaml", "", ""),
            ("zones/nothing.yaml", "", ""),
        ] {
            let found = expand(root.path(), pattern).unwrap();
            let join = |paths: &[PathBuf]| paths.iter().map(|p| shown(p)).collect::<Vec<_>>().join(" ");
            assert_eq!(
                (join(&found.files).as_str(), join(&found.folders).as_str()),
                (files, folders),
                "{pattern}"
            );
        }
        let absolute = format!("{}/zones/*.yaml", root.path().display());
        assert_eq!(expand(root.path(), &absolute).unwrap().files.len(), 2);
        assert!(expand(root.path(), "zones").unwrap_err().contains("this is a folder"));
        assert!(expand(root.path(), "zones/[a.yaml").is_err());
    }

    #[test]
    fn what_cannot_be_read_is_not_passed_over() {
        use std::os::unix::fs::symlink;
        let root = tree(&["zones/b.example.yaml", "zones/c.example/x.yaml", "zones/d.example.yaml/x", "x"]);
        let link = |path: &str| symlink("nowhere", root.path().join(path)).unwrap();
        link("zones/a.example.yaml");
        link("zones/e.example");
        link("zones/.#b.example.yaml");
        link("gone");
        let (files, folders) = (
            "zones/a.example.yaml zones/b.example.yaml zones/d.example.yaml",
            "zones/c.example zones/e.example",
        );
        let join = |paths: &[PathBuf]| paths.iter().map(|p| shown(p)).collect::<Vec<_>>().join(" ");
        assert_eq!(join(&expand(root.path(), "zones/*.yaml").unwrap().files), files);
        assert_eq!(join(&expand(root.path(), "zones/**/*.example.yaml").unwrap().files), files);
        assert_eq!(join(&expand(root.path(), "zones/*.*/").unwrap().folders), folders);
        assert_eq!(join(&expand(root.path(), "zones/a.example.yaml").unwrap().files), "zones/a.example.yaml");
        assert_eq!(join(&expand(root.path(), "zones/e.example/").unwrap().folders), "zones/e.example");
        assert!(expand(root.path(), "gone/*.yaml").unwrap_err().contains("nowhere"));
        assert!(expand(root.path(), "x/*.yaml").unwrap().files.is_empty());
    }

    #[test]
    fn links_make_no_loop() {
        let root = tree(&["zones/a.example.yaml"]);
        std::os::unix::fs::symlink(root.path(), root.path().join("zones/loop")).unwrap();
        assert_eq!(expand(root.path(), "**/*.yaml").unwrap().files.len(), 1);
    }
}

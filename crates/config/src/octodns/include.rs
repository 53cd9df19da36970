//! `!include` of octoDNS: another file in the place of a value.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use dnsctl_zone::Source;

use super::limits;
use crate::diagnostic::{Diagnostic, Diagnostics, File, Files, quote};
use crate::project::shown;
use crate::yaml::{self, Node, Scalar, Tag};

/// How many files may include each other, one inside the other.
const DEEPEST: usize = 16;

/// The included files of one run, each read once.
#[derive(Debug, Default)]
pub(super) struct Cache {
    files: Mutex<HashMap<PathBuf, Arc<OnceLock<Included>>>>,
}

#[derive(Debug)]
struct Included {
    tree: Option<Node<'static>>,
    diagnostics: Diagnostics,
}

/// Where includes of one file are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'p> {
    pub(super) files: &'p Files,
    /// The folder of the configuration: paths of [`File`]s start here.
    pub(super) root: &'p Path,
    pub(super) cache: &'p Cache,
}

/// The tree of a file with all that it includes. `None` when it is empty.
///
/// # Errors
/// The file is not YAML; `found` says why.
pub(super) fn read<'f>(
    places: Places<'_>,
    file: &'f File,
    found: &mut Diagnostics,
) -> Result<Option<Node<'f>>, yaml::Unreadable> {
    read_at(places, file, found, 0)
}

fn read_at<'f>(
    places: Places<'_>,
    file: &'f File,
    found: &mut Diagnostics,
    depth: usize,
) -> Result<Option<Node<'f>>, yaml::Unreadable> {
    let limits = limits();
    let Some(tree) = yaml::parse(file, &limits, found)? else { return Ok(None) };
    if !file.text().contains("!include") {
        return Ok(Some(tree));
    }
    let folder = Path::new(&**file.path()).parent().unwrap_or(Path::new("")).to_owned();
    let mut load = |tag: &Tag, node: &Node<'f>, found: &mut Diagnostics| {
        let source = places.files.source(tag.position());
        let included = node.as_scalar().map(Scalar::text).filter(|text| !text.is_empty());
        let result = match included {
            None => Err("`!include` must be followed by a path".to_owned()),
            Some(_) if depth >= DEEPEST => Err(format!("files are included more than {DEEPEST} levels deep")),
            Some(text) => include(places, &folder, text, depth),
        };
        match result {
            Ok(included) => {
                let included = included.get()?;
                found.extend(included.diagnostics.iter().cloned());
                included.tree.clone()
            }
            Err(message) => {
                found.push(
                    Diagnostic::error("octodns/include", message)
                        .at(source)
                        .help("paths start at the folder of the file that includes"),
                );
                None
            }
        }
    };
    yaml::expand_includes(tree, places.files, &limits, found, &mut load)
}

fn include(
    places: Places<'_>,
    folder: &Path,
    text: &str,
    depth: usize,
) -> Result<Arc<OnceLock<Included>>, String> {
    if text.starts_with('~') {
        return Err(format!(
            "{}: a home directory is not looked up; write the path from this file",
            quote(text)
        ));
    }
    let relative = clean(&folder.join(text));
    let whole = places.root.join(&relative);
    if !inside(places.root, &whole) {
        return Err(format!("{} is outside of the repository", quote(text)));
    }
    let place = {
        let mut files = places.cache.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.entry(relative.clone()).or_default().clone()
    };
    // A file that includes itself would wait for itself here: it is read again instead, until it is too deep.
    if place.get().is_none() {
        let included = read_file(places, &whole, &shown(&relative), depth);
        drop(place.set(included));
    }
    Ok(place)
}

fn read_file(places: Places<'_>, path: &Path, name: &str, depth: usize) -> Included {
    let mut diagnostics = Diagnostics::new();
    let file = yaml::open(places.files, path, name, &limits(), &mut diagnostics);
    let tree = file.and_then(|file| {
        let tree = read_at(places, &file, &mut diagnostics, depth + 1)?;
        if tree.is_none() {
            let source = Source::new(name.into(), 0, 0);
            diagnostics.push(
                Diagnostic::error("octodns/include", "the included file is empty")
                    .at(source)
                    .help("write something into it, or remove the include"),
            );
        }
        Ok(tree.map(Node::into_owned))
    });
    Included { tree: tree.ok().flatten(), diagnostics }
}

/// Whether a file is in the repository: the nearest folder above the configuration that holds `.git`, else the
/// parent of the folder of the configuration. What is outside is not shown to whoever can write a zone file.
fn inside(root: &Path, path: &Path) -> bool {
    let (Ok(root), Ok(path)) = (fs_err::canonicalize(root), fs_err::canonicalize(path)) else {
        // It does not exist: opening it says so.
        return true;
    };
    let top = root.ancestors().find(|folder| folder.join(".git").exists());
    path.starts_with(top.or(root.parent()).unwrap_or(&root))
}

/// Without `.`, and without `..` where it can be resolved.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if clean.file_name().is_some() => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

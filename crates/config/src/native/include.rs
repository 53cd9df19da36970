//! Files of records that zone files include.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::diagnostic::{Diagnostic, Diagnostics, File, quote};
use crate::keys;
use crate::native::records::Records;
use crate::native::vars::Vars;
use crate::project::{Project, shown};
use crate::yaml::{self, Limits, Node};

/// How many files may include each other, one inside the other.
const DEEPEST: usize = 16;

/// The included files of one run, each read once.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    files: Mutex<HashMap<PathBuf, Arc<OnceLock<Included>>>>,
}

impl Project {
    /// The files that zone files include, by their absolute paths and in the order of these; all of them once every unit was
    /// [loaded](Self::load).
    pub fn included_files(&self) -> Vec<PathBuf> {
        let files = self.included().files.lock().unwrap_or_else(PoisonError::into_inner);
        let mut paths: Vec<PathBuf> = files.keys().cloned().collect();
        paths.sort();
        paths
    }
}

/// One included file as it was read.
#[derive(Debug)]
struct Included {
    file: Option<File>,
    tree: Option<Node<'static>>,
    diagnostics: Diagnostics,
}

impl Cache {
    fn get(&self, project: &Project, path: &Path, name: &str) -> Arc<OnceLock<Included>> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let place = files.entry(path.to_owned()).or_default().clone();
        drop(files);
        place.get_or_init(|| read(project, path, name));
        place
    }
}

fn read(project: &Project, path: &Path, name: &str) -> Included {
    let mut diagnostics = Diagnostics::new();
    let limits = Limits::default();
    let file = yaml::open(&project.files, path, name, &limits, &mut diagnostics).ok();
    let tree = file.as_ref().and_then(|file| yaml::parse(file, &limits, &mut diagnostics).ok());
    let tree = match tree {
        Some(None) => {
            let source = dnsctl_zone::Source::new(name.into(), 0, 0);
            diagnostics.push(
                Diagnostic::error("config/empty-file", "the included file is empty")
                    .at(source)
                    .help("write records into it, or remove the include"),
            );
            None
        }
        tree => tree.flatten().map(Node::into_owned),
    };
    Included { file, tree, diagnostics }
}

/// The files that lead to the one that is being read, and all that were included so far.
#[derive(Debug, Default)]
pub(super) struct Trail {
    open: Vec<PathBuf>,
    done: HashMap<PathBuf, dnsctl_zone::Source>,
}

impl Records<'_, '_> {
    /// Reads the files that an `include:` in `file` names.
    pub(super) fn include(&mut self, node: &Node<'_>, file: &File) {
        let mut trail = std::mem::take(&mut self.trail);
        for (text, place) in self.reader.texts(node, "`include`") {
            if let Err(error) = self.include_one(&mut trail, text, place, file) {
                self.reader.report(place.position(), *error);
            }
        }
        self.trail = trail;
    }

    fn include_one(
        &mut self,
        trail: &mut Trail,
        text: &str,
        place: &Node<'_>,
        from: &File,
    ) -> Result<(), Box<Diagnostic>> {
        let project = self.project;
        let fail = |message: String, help: &str| {
            Box::new(Diagnostic::error("config/bad-include", message).help(help))
        };
        let folder = Path::new(&**from.path()).parent().unwrap_or(Path::new(""));
        let relative = folder.join(text);
        let refused = |reason: &str| {
            let help = "the path starts at the folder of this file";
            fail(format!("{} cannot be included: {reason}", quote(text)), help)
        };
        let path =
            fs_err::canonicalize(project.root.join(&relative)).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => refused("there is no such file"),
                kind => refused(&std::io::Error::from(kind).to_string()),
            })?;
        if !path.is_file() {
            return Err(refused("it is not a file"));
        }
        let root = fs_err::canonicalize(&project.root).map_err(|error| fail(error.to_string(), ""))?;
        let Ok(inside) = path.strip_prefix(&root) else {
            let message = format!("{} is outside of the folder of the configuration", quote(text));
            return Err(fail(message, "include only files that are reviewed together with the zones"));
        };
        if trail.open.contains(&path) {
            let message = format!("{} includes itself", quote(text));
            return Err(fail(message, "remove one of the `include:` lines that make the circle"));
        }
        if trail.open.len() >= DEEPEST {
            let message = format!("files are included more than {DEEPEST} levels deep");
            return Err(fail(message, "include the file from the zone file itself"));
        }
        let source = self.reader.source(place.position());
        if let Some(first) = trail.done.insert(path.clone(), source) {
            let message = format!("{} is included twice in this zone", quote(text));
            return Err(Box::new(fail(message, "include it once").related(first, "first here")));
        }
        let included = project.included().get(project, &path, &shown(inside));
        let Some(included) = included.get() else { return Ok(()) };
        self.reader.found.extend(included.diagnostics.iter().cloned());
        let (Some(file), Some(tree)) = (&included.file, &included.tree) else { return Ok(()) };
        let Some(entries) = self.reader.table(tree, "an included file", keys::INCLUDED) else {
            return Ok(());
        };
        let mut vars = Vars::inside(self.vars);
        if let Some(node) = entries.value("vars") {
            vars.read(self.reader, node);
        }
        trail.open.push(path);
        let mut inner = Records::new(self.reader, project, self.apex, self.default_ttl, &vars);
        inner.trail = std::mem::take(trail);
        inner.wishes = std::mem::take(&mut self.wishes);
        inner.mail = std::mem::take(&mut self.mail);
        if let Some(node) = entries.value("mail") {
            inner.mail(node, file);
        }
        if let Some(node) = entries.value("records") {
            inner.owners(node);
        }
        if let Some(node) = entries.value("include") {
            inner.include(node, file);
        }
        *trail = std::mem::take(&mut inner.trail);
        let lost_cuts;
        (self.wishes, self.mail, lost_cuts) = inner.finish();
        self.lost_cuts.extend(lost_cuts);
        trail.open.pop();
        Ok(())
    }
}

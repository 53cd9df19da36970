//! The texts of all files that were read, and places in them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use dnsctl_zone::Source;

/// Which file of a [`Files`] store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A place in a file, small enough to be kept for every value. [`Files::source`] makes a [`Source`] of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Which file.
    pub file: FileId,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

/// One file that was read. A copy is cheap: it shares path and text.
#[derive(Debug, Clone)]
pub struct File(Arc<Content>);

#[derive(Debug)]
struct Content {
    id: FileId,
    path: Arc<str>,
    text: Arc<str>,
    /// Byte offsets of the starts of all lines; made when the first line is asked for.
    lines: OnceLock<Vec<usize>>,
    /// The byte offset of every [`STEP`]th character; made when a column is asked for.
    steps: OnceLock<Vec<usize>>,
}

/// How many characters are counted at most to find a column: a file can be one line with many errors.
const STEP: usize = 1024;

impl File {
    /// Its number in the store.
    pub fn id(&self) -> FileId {
        self.0.id
    }

    /// The path as messages show it.
    pub fn path(&self) -> &Arc<str> {
        &self.0.path
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The place at `line` and `column`, both counted from 1; a zero means "not known".
    pub fn source(&self, line: u32, column: u32) -> Source {
        Source::new(self.0.path.clone(), line, column)
    }

    /// The text of a line, counted from 1, without its line break. Lines end as in YAML: LF, CR LF or CR.
    pub fn line(&self, number: u32) -> Option<&str> {
        let lines = self.0.lines.get_or_init(|| line_starts(&self.0.text));
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let start = *lines.get(index)?;
        let end = lines.get(index + 1).copied().unwrap_or(self.0.text.len());
        Some(self.0.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }

    /// The rest of a line, counted from 1, behind so many of its characters; empty behind its end.
    pub(super) fn line_from(&self, number: u32, characters: usize) -> Option<&str> {
        let line = self.line(number)?;
        let text = &*self.0.text;
        let steps =
            self.0.steps.get_or_init(|| text.char_indices().step_by(STEP).map(|(at, _)| at).collect());
        // Which character of the text the line starts with.
        let start = line.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
        let step = steps.partition_point(|at| *at <= start).checked_sub(1)?;
        let first = step * STEP + text.get(*steps.get(step)?..start)?.chars().count();
        let wanted = first.saturating_add(characters);
        let Some(near) = steps.get(wanted / STEP) else { return Some("") };
        let (rest, more) = (text.get(*near..)?, wanted % STEP);
        let at = near + rest.char_indices().nth(more).map_or(rest.len(), |(at, _)| at);
        let end = start + line.len();
        Some(text.get(at.min(end)..end).unwrap_or_default())
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let breaks = bytes.iter().enumerate().filter(|&(i, &byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(i + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0).chain(breaks.map(|(i, _)| i + 1)).collect()
}

/// All files of one run. It can be shared between threads that read.
#[derive(Debug, Default)]
pub struct Files {
    store: RwLock<Store>,
}

#[derive(Debug, Default)]
struct Store {
    files: Vec<File>,
    by_path: HashMap<Arc<str>, FileId>,
}

impl Files {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a text under the path that messages show. The same path again gives a new file, which then stands
    /// for that path.
    pub fn add(&self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> File {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let id = FileId(u32::try_from(store.files.len()).unwrap_or(u32::MAX));
        let (path, text) = (path.into(), text.into());
        let file = File(Arc::new(Content {
            id,
            path: path.clone(),
            text,
            lines: OnceLock::new(),
            steps: OnceLock::new(),
        }));
        store.by_path.insert(path, id);
        store.files.push(file.clone());
        file
    }

    /// The file with this number, if it is of this store.
    pub fn get(&self, id: FileId) -> Option<File> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        store.files.get(usize::try_from(id.0).ok()?).cloned()
    }

    /// The file that was last added under this path.
    pub fn by_path(&self, path: &str) -> Option<File> {
        let id = *self.store.read().unwrap_or_else(PoisonError::into_inner).by_path.get(path)?;
        self.get(id)
    }

    /// The place with the name of its file. A number of another store gives the file name `?`.
    pub fn source(&self, position: Position) -> Source {
        match self.get(position.file) {
            Some(file) => file.source(position.line, position.column),
            None => Source::new("?".into(), position.line, position.column),
        }
    }
}

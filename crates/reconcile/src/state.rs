//! What is remembered between runs on one machine: how many RRsets each zone had, which plan was applied last, and that
//! an apply is going on. Never an input to a diff.

use dnsctl_provider::save::save_unforced;
use dnsctl_zone::Name;
use fs_err as fs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::TryLockError;
use std::path::{Path, PathBuf};

/// Numbers of RRsets by provider and zone.
pub type LastReads = BTreeMap<(String, Name), usize>;

/// The name of the folder beside the configuration.
pub const FOLDER: &str = ".dnsctl";

/// The folder of the state.
#[derive(Debug, Clone)]
pub struct State {
    folder: PathBuf,
}

/// Why an apply cannot start or its state cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another apply holds the lock.
    #[error("another apply is running here: {} is locked", .0.display())]
    Locked(PathBuf),
    /// The folder or a file in it cannot be used.
    #[error("the state cannot be kept: {0}")]
    Io(#[from] std::io::Error),
}

/// The lock of a running apply; it ends with the value, or with the process.
#[derive(Debug)]
pub struct Lock {
    _file: fs::File,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Document {
    /// Raised when a reader of this version could misread a later one.
    version: u32,
    zones: Vec<Entry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    provider: String,
    zone: Name,
    rrsets: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    applied: Option<Applied>,
}

/// The plan that was applied last to a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl State {
    /// The state beside a configuration in this folder.
    pub fn beside(root: &Path) -> Self {
        Self { folder: root.join(FOLDER) }
    }

    /// Takes the lock of an apply.
    ///
    /// # Errors
    /// [`StateError::Locked`] when another process holds it.
    pub fn lock(&self) -> Result<Lock, StateError> {
        self.prepare()?;
        let path = self.folder.join("lock");
        let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        match file.file().try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StateError::Locked(path)),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// How many RRsets each zone had when it was last read here. Nothing is known when there is no state, or none that
    /// can be read: a guard that compares with the last read then has nothing to say.
    pub fn last_reads(&self) -> LastReads {
        let zones = self.read().map(|document| document.zones).unwrap_or_default();
        zones.into_iter().map(|entry| ((entry.provider, entry.zone), entry.rrsets)).collect()
    }

    /// The plan that was applied last to this zone from here.
    pub fn last_applied(&self, provider: &str, zone: &Name) -> Option<Applied> {
        let zones = self.read()?.zones;
        zones.into_iter().find(|entry| entry.provider == provider && entry.zone == *zone)?.applied
    }

    /// Remembers these reads.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn remember_reads(&self, reads: &LastReads) -> Result<(), StateError> {
        self.change(|zones| {
            for ((provider, zone), rrsets) in reads {
                entry(zones, provider, zone).rrsets = *rrsets;
            }
        })
    }

    /// Remembers that a plan was applied to this zone.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn remember_applied(&self, applied: &[(String, Name, Applied)]) -> Result<(), StateError> {
        self.change(|zones| {
            for (provider, zone, applied) in applied {
                entry(zones, provider, zone).applied = Some(applied.clone());
            }
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    fn read(&self) -> Option<Document> {
        let text = fs::read(self.path()).ok()?;
        serde_json::from_slice::<Document>(&text).ok().filter(|document| document.version <= 1)
    }

    /// Creates the folder, with a note to git that nothing in it is to be committed.
    fn prepare(&self) -> Result<(), StateError> {
        if !self.folder.is_dir() {
            fs::create_dir_all(&self.folder)?;
            fs::write(self.folder.join(".gitignore"), "*\n")?;
        }
        Ok(())
    }

    fn change(&self, edit: impl FnOnce(&mut BTreeMap<(String, Name), Entry>)) -> Result<(), StateError> {
        let old = self.read().map(|document| document.zones).unwrap_or_default();
        let mut zones: BTreeMap<_, _> =
            old.into_iter().map(|entry| ((entry.provider.clone(), entry.zone.clone()), entry)).collect();
        edit(&mut zones);
        let document = Document { version: 1, zones: zones.into_values().collect() };
        let text = serde_json::to_vec(&document).map_err(std::io::Error::other)?;
        if fs::read(self.path()).is_ok_and(|old| old == text) {
            return Ok(());
        }
        self.prepare()?;
        // What is lost in a power cut is read again.
        Ok(save_unforced(&self.path(), &text)?)
    }
}

fn entry<'a>(zones: &'a mut BTreeMap<(String, Name), Entry>, provider: &str, zone: &Name) -> &'a mut Entry {
    zones.entry((provider.to_owned(), zone.clone())).or_insert_with(|| Entry {
        provider: provider.to_owned(),
        zone: zone.clone(),
        rrsets: 0,
        applied: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(zone: &str) -> (String, Name) {
        ("main".to_owned(), Name::absolute(zone).unwrap())
    }

    #[test]
    fn reads_and_applies_are_remembered_side_by_side() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::beside(folder.path());
        assert!(state.last_reads().is_empty());
        state.remember_reads(&[(key("a.example"), 7), (key("b.example"), 9)].into()).unwrap();
        let applied = Applied { id: "7e231c67".into(), created_at: "2026-11-23T10:05:02Z".parse().unwrap() };
        let (provider, zone) = key("a.example");
        state.remember_applied(&[(provider.clone(), zone.clone(), applied.clone())]).unwrap();
        state.remember_reads(&[(key("a.example"), 8)].into()).unwrap();
        assert_eq!(state.last_reads(), [(key("a.example"), 8), (key("b.example"), 9)].into());
        assert_eq!(state.last_applied(&provider, &zone), Some(applied));
        assert_eq!(fs::read_to_string(folder.path().join(FOLDER).join(".gitignore")).unwrap(), "*\n");
    }

    #[test]
    fn a_damaged_or_later_file_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::beside(folder.path());
        state.remember_reads(&[(key("a.example"), 7)].into()).unwrap();
        for text in ["", "{", "{\"version\": 2, \"zones\": []}", "[]"] {
            fs::write(state.path(), text).unwrap();
            assert!(state.last_reads().is_empty(), "{text}");
        }
        state.remember_reads(&[(key("a.example"), 7)].into()).unwrap();
        assert_eq!(state.last_reads().len(), 1);
    }

    /// Whoever keeps it elsewhere by a link, in the cache of a pipeline for example, finds it there again, and nothing else.
    #[cfg(unix)]
    #[test]
    fn a_link_stays() {
        let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let state = State::beside(folder.path());
        fs::create_dir(folder.path().join(FOLDER)).unwrap();
        fs::write(cache.path().join("kept.json"), "").unwrap();
        std::os::unix::fs::symlink(cache.path().join("kept.json"), state.path()).unwrap();
        state.remember_reads(&[(key("a.example"), 7)].into()).unwrap();
        assert_eq!(state.last_reads().len(), 1);
        assert!(fs::symlink_metadata(state.path()).unwrap().is_symlink());
        let names = fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["kept.json"]);
    }

    #[test]
    fn one_lock_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::beside(folder.path());
        let lock = state.lock().unwrap();
        assert!(matches!(state.lock(), Err(StateError::Locked(_))));
        drop(lock);
        assert!(state.lock().is_ok());
    }
}

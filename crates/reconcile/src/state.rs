//! What is remembered between runs on one machine: how many RRsets each zone had, which plan was applied last, what of it
//! was not proved to be served, and that an apply is going on. Never an input to a diff.

mod document;
#[cfg(test)]
mod tests;

use dnsctl_provider::save::save_unforced;
use dnsctl_zone::{Name, RecordType};
use document::{Document, Entry, RRset};
use fs_err as fs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::TryLockError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Numbers of RRsets by provider and zone.
pub type LastReads = BTreeMap<(String, Name), usize>;

/// Owner names and types of RRsets by provider and zone.
pub type RRsets = BTreeMap<(String, Name), BTreeSet<(Name, RecordType)>>;

/// The name of the folder beside the configuration.
pub const FOLDER: &str = ".dnsctl";

/// The folder of the state.
#[derive(Debug, Clone)]
pub struct State {
    folder: PathBuf,
}

/// Why an apply cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another apply holds the lock.
    #[error("another apply is running here: {} is locked", .0.display())]
    Locked(PathBuf),
    /// The folder or a file in it cannot be used.
    #[error("the state cannot be kept: {0}")]
    Io(#[from] std::io::Error),
}

/// Why nothing can be remembered.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The folder or a file in it cannot be used.
    #[error("the state cannot be kept: {0}")]
    Io(#[from] std::io::Error),
    /// What is remembered cannot be read. It is left as it is.
    #[error("nothing of earlier runs is known and nothing of this one is remembered: {} {why}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, in words.
        why: String,
    },
}

/// The lock of a running apply; it ends with the value, or with the process.
#[derive(Debug)]
pub struct Lock {
    _file: fs::File,
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

    /// Its own folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the lock of an apply.
    ///
    /// # Errors
    /// [`StateError::Locked`] when another process holds it.
    pub fn lock(&self) -> Result<Lock, StateError> {
        self.prepare()?;
        let path = self.folder.join("lock");
        let file = open(&path)?;
        match file.file().try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StateError::Locked(path)),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Whether what is remembered can be read, or nothing is. As long as it cannot, all else here is as without a memory.
    ///
    /// # Errors
    /// [`MemoryError::Unreadable`]: what is there is of a later version, damaged, or out of reach.
    pub fn check(&self) -> Result<(), MemoryError> {
        self.read().map(drop)
    }

    /// How many RRsets each zone had when it was last read here. Nothing is known when there is no state, or none that
    /// can be read: a guard that compares with the last read then has nothing to say.
    pub fn last_reads(&self) -> LastReads {
        let known = |entry: Entry| Some((entry.key(), entry.rrsets?));
        self.entries().filter_map(known).collect()
    }

    /// The plan that was applied last to this zone from here.
    pub fn last_applied(&self, provider: &str, zone: &Name) -> Option<Applied> {
        self.entries().find(|entry| entry.provider == provider && entry.zone == *zone)?.applied
    }

    /// What was written from here and is not known to be served by the name servers.
    pub fn unproved(&self) -> RRsets {
        let open = |entry: Entry| {
            let rrsets = entry.unproved.iter().map(|rrset| (rrset.name.clone(), rrset.rtype)).collect();
            (!entry.unproved.is_empty()).then(|| (entry.key(), rrsets))
        };
        self.entries().filter_map(open).collect()
    }

    /// Remembers these reads.
    ///
    /// # Errors
    /// The file cannot be written, or what is there cannot be read.
    pub fn remember_reads(&self, reads: &LastReads) -> Result<(), MemoryError> {
        self.change(|zones| {
            for (key, rrsets) in reads {
                entry(zones, key).rrsets = Some(*rrsets);
            }
        })
    }

    /// Remembers that a plan was applied to this zone.
    ///
    /// # Errors
    /// As for [`State::remember_reads`].
    pub fn remember_applied(&self, applied: &[(String, Name, Applied)]) -> Result<(), MemoryError> {
        self.change(|zones| {
            for (provider, zone, applied) in applied {
                entry(zones, &(provider.clone(), zone.clone())).applied = Some(applied.clone());
            }
        })
    }

    /// Remembers what is not known to be served, and forgets what needs no proof any more.
    ///
    /// # Errors
    /// As for [`State::remember_reads`].
    pub fn remember_proofs(&self, unproved: &RRsets, settled: &RRsets) -> Result<(), MemoryError> {
        self.change(|zones| {
            for (key, rrsets) in settled {
                if let Some(entry) = zones.get_mut(key) {
                    entry.unproved.retain(|rrset| !rrsets.contains(&(rrset.name.clone(), rrset.rtype)));
                }
            }
            for (key, rrsets) in unproved {
                let open = rrsets.iter().map(|(name, rtype)| RRset { name: name.clone(), rtype: *rtype });
                entry(zones, key).unproved.extend(open);
            }
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    fn entries(&self) -> impl Iterator<Item = Entry> {
        self.read().map(|document| document.zones).unwrap_or_default().into_iter()
    }

    fn read(&self) -> Result<Document, MemoryError> {
        let path = self.path();
        let unreadable = |why: String| MemoryError::Unreadable { path: path.clone(), why };
        match std::fs::read(&path) {
            Ok(text) => Document::of(&text).map_err(unreadable),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Ok(Document::default())
            }
            Err(error) => Err(unreadable(format!("cannot be read: {error}"))),
        }
    }

    /// Creates the folder, with a note to git that nothing in it is to be committed.
    fn prepare(&self) -> std::io::Result<()> {
        if !self.folder.is_dir() {
            fs::create_dir_all(&self.folder)?;
            fs::write(self.folder.join(".gitignore"), "*\n")?;
        }
        Ok(())
    }

    /// Edits what is remembered. Other processes may do the same: a plan beside an apply.
    fn change(&self, edit: impl Fn(&mut BTreeMap<(String, Name), Entry>)) -> Result<(), MemoryError> {
        // Where nothing changes, nothing has to be writable.
        if self.edited(&edit)?.is_none() {
            return Ok(());
        }
        self.prepare()?;
        let lock = open(&self.folder.join("state.lock"))?;
        match lock.file().lock() {
            // Some network file systems have no locks.
            Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error.into()),
            _ => {}
        }
        if let Some(text) = self.edited(&edit)? {
            // What is lost in a power cut is read again.
            save_unforced(&self.path(), &text)?;
        }
        Ok(())
    }

    /// The text after an edit, when it is another one.
    fn edited(
        &self,
        edit: impl Fn(&mut BTreeMap<(String, Name), Entry>),
    ) -> Result<Option<Vec<u8>>, MemoryError> {
        let old = self.read()?;
        let mut zones = old.zones.iter().map(|entry| (entry.key(), entry.clone())).collect();
        edit(&mut zones);
        let new = Document { zones: zones.into_values().collect(), ..Document::default() };
        Ok(if new == old { None } else { Some(serde_json::to_vec(&new).map_err(std::io::Error::other)?) })
    }
}

fn open(path: &Path) -> std::io::Result<fs::File> {
    fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

fn entry<'a>(
    zones: &'a mut BTreeMap<(String, Name), Entry>,
    (provider, zone): &(String, Name),
) -> &'a mut Entry {
    let new = || Entry {
        provider: provider.clone(),
        zone: zone.clone(),
        rrsets: None,
        applied: None,
        unproved: BTreeSet::new(),
    };
    zones.entry((provider.clone(), zone.clone())).or_insert_with(new)
}

//! Files put in place in one step, one writer at a time.

use std::fs::{File, Permissions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dnsctl_provider::error::{Effect, Error, ErrorKind, Result};
use tempfile::NamedTempFile;

use crate::content::read_octets;

/// What the names of unfinished files start with.
const UNFINISHED: &str = ".dnsctl-";
const LOCK: &str = ".dnsctl.lock";
/// How long another run may hold the lock. It does so for one write of a file.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);

/// The right to write into a folder, shared with nobody until it is dropped. The kernel takes it back when the process
/// ends in whatever way.
#[derive(Debug)]
pub(crate) struct Locked {
    folder: PathBuf,
    _lock: File,
}

impl Locked {
    /// Waits for the lock of this folder, then clears away what killed runs left.
    pub(crate) fn wait(folder: &Path) -> Result<Self> {
        let path = folder.join(LOCK);
        let mut options = fs_err::OpenOptions::new();
        let lock =
            options.create(true).truncate(false).write(true).open(&path).map_err(not_written)?.into_file();
        let start = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => {
                    return Err(not_written(error).at(path.display().to_string()));
                }
                Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                    let message = format!("another run has held the lock for {} s", PATIENCE.as_secs());
                    return Err(Error::new(ErrorKind::Conflict, message).at(path.display().to_string()));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        }
        let locked = Self { folder: folder.to_owned(), _lock: lock };
        locked.clear();
        Ok(locked)
    }

    fn clear(&self) {
        let entries = fs_err::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED)) {
            // Nobody else writes while this lock is held. What cannot be removed does no harm.
            let _ = fs_err::remove_file(entry.path());
        }
    }

    /// Puts `text` in the place of the file `path` of this folder, with its permissions and its owner. The file still
    /// holds `before`, or it is a conflict: editors and other programs know nothing of the lock.
    pub(crate) fn replace(&self, path: &Path, before: &[u8], text: &str) -> Result<()> {
        let old = fs_err::metadata(path).map_err(not_written)?;
        let file = self.unfinished(text, |file| keep_owner(file, &old, path))?;
        if read_octets(path).map_err(|error| error.with_effect(Effect::NotWritten))? != before {
            let message = "another program changed the file after it was read";
            let error = Error::new(ErrorKind::Conflict, message).with_hint("make the plan again");
            return Err(error.at(path.display().to_string()));
        }
        file.persist(path).map_err(|error| not_written(error.error).at(path.display().to_string()))?;
        self.sync()
    }

    /// Makes the file `path` of this folder, which is not there.
    pub(crate) fn create(&self, path: &Path, text: &str) -> Result<()> {
        let file = self.unfinished(text, |_| Ok(()))?;
        file.persist_noclobber(path).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => Error::new(ErrorKind::Conflict, "the file is there already"),
            _ => not_written(error.error),
        })?;
        self.sync()
    }

    /// A file with this text, on the disk, under a name that nobody looks at.
    fn unfinished(&self, text: &str, prepare: impl FnOnce(&File) -> Result<()>) -> Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED).suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.tempfile_in(&self.folder).map_err(not_written)?;
        prepare(file.as_file())?;
        file.write_all(text.as_bytes()).map_err(not_written)?;
        file.as_file().sync_all().map_err(not_written)?;
        Ok(file)
    }

    /// Makes the new name in the folder last.
    fn sync(&self) -> Result<()> {
        let folder = fs_err::File::open(&self.folder)?;
        Ok(folder.sync_all()?)
    }
}

/// Where a file really is: a symbolic link stays, and what it leads to is replaced.
pub(crate) fn real(path: &Path) -> Result<(PathBuf, PathBuf)> {
    let real = fs_err::canonicalize(path).map_err(not_written)?;
    let folder = real.parent().unwrap_or(Path::new("/")).to_owned();
    Ok((real, folder))
}

fn not_written(error: io::Error) -> Error {
    Error::from(error).with_effect(Effect::NotWritten)
}

#[cfg(unix)]
fn keep_owner(file: &File, old: &std::fs::Metadata, path: &Path) -> Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    let new = file.metadata().map_err(not_written)?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid())
        && let Err(error) = fchown(file, Some(old.uid()), Some(old.gid()))
        // Where everybody may read the file, its owner does not matter to those that do.
        && old.mode() & 0o004 == 0
    {
        let message = format!("the new file could not be given to the owner of the old one: {error}");
        let hint = format!("run dnsctl as the owner of the file, or chmod o+r {}", path.display());
        return Err(Error::new(ErrorKind::Forbidden, message).with_hint(hint));
    }
    let permissions = Permissions::from_mode(old.mode() & 0o7777);
    file.set_permissions(permissions).map_err(not_written)
}

#[cfg(not(unix))]
fn keep_owner(file: &File, old: &std::fs::Metadata, _: &Path) -> Result<()> {
    file.set_permissions(old.permissions()).map_err(not_written)
}

//! Files put in place in one step, one writer at a time.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dnsctl_provider::error::{Effect, Error, ErrorKind, Result};
use dnsctl_provider::save::{Prepared, PutError, UNFINISHED};

use crate::content::read_octets;

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
        fs_err::metadata(path).map_err(not_written)?;
        let file = Prepared::new(path, text.as_bytes()).map_err(|error| unprepared(path, error))?;
        if read_octets(path).map_err(|error| error.with_effect(Effect::NotWritten))? != before {
            let message = "another program changed the file after it was read";
            let error = Error::new(ErrorKind::Conflict, message).with_hint("make the plan again");
            return Err(error.at(path.display().to_string()));
        }
        file.put().map_err(not_put)
    }

    /// Makes the file `path` of this folder, which is not there.
    pub(crate) fn create(&self, path: &Path, text: &str) -> Result<()> {
        let file = Prepared::new(path, text.as_bytes()).map_err(|error| unprepared(path, error))?;
        file.put_new().map_err(|failed| match failed.error.kind() {
            io::ErrorKind::AlreadyExists => Error::new(ErrorKind::Conflict, "the file is there already"),
            _ => not_put(failed),
        })
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

/// A file that is in its place may be there or not after a power cut: that it is not written cannot be said.
fn not_put(failed: PutError) -> Error {
    let effect = if failed.in_place { Effect::Unknown } else { Effect::NotWritten };
    Error::from(failed.error).with_effect(effect)
}

fn unprepared(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            let hint = format!("run dnsctl as the owner of the file, or chmod o+r {}", path.display());
            Error::new(ErrorKind::Forbidden, error.to_string()).with_hint(hint)
        }
        _ => not_written(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_its_place_is_not_called_unwritten() {
        for (in_place, effect) in [(true, Effect::Unknown), (false, Effect::NotWritten)] {
            let error = not_put(PutError { error: io::Error::from_raw_os_error(5), in_place });
            assert_eq!((error.kind(), error.effect()), (ErrorKind::Io, effect));
        }
    }
}

//! Files that are there as a whole or not at all: written beside their place, forced to the disk, and put in place in one
//! step.
//!
//! A symbolic link stays, and what it leads to is replaced. A file that is replaced keeps its permissions, and its owner
//! as far as the system allows that. What is no regular file, such as `/dev/null` or a pipe, and what a process has open,
//! such as `/dev/stderr`, is written to as it is.

use std::fs::{File, Metadata};
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

/// What the names of unfinished files start with.
pub const UNFINISHED: &str = ".dnsctl-";

/// As many links may lead to each other.
const LINKS: usize = 40;

/// Writes a file in one step; it may be there or not.
///
/// # Errors
/// Those of the system, with the path; then the file is as it was, unless the error says that it is in place.
pub fn save(path: &Path, octets: &[u8]) -> Result<()> {
    Ok(Prepared::new(path, octets)?.put()?)
}

/// The same without waiting for the disk. After a power cut the file may be the old one, empty or damaged, so this is for
/// what can be found out again.
///
/// # Errors
/// Those of the system, with the path; then the file is as it was.
pub fn save_unforced(path: &Path, octets: &[u8]) -> Result<()> {
    Ok(Prepared::written(path, octets, false)?.put()?)
}

/// Why a file that was written is not in its place, or not for certain.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct PutError {
    /// What the system says, with the path.
    pub error: Error,
    /// Whether the new file is in its place all the same: only that it will be there after a power cut is not certain.
    pub in_place: bool,
}

impl From<PutError> for Error {
    fn from(failed: PutError) -> Self {
        failed.error
    }
}

/// A file that is written and on the disk, and not yet in its place. Dropping it leaves nothing.
#[derive(Debug)]
pub struct Prepared(Place);

#[derive(Debug)]
enum Place {
    /// A file that takes the place of another or of none.
    File { unfinished: TempPath, target: PathBuf, forced: bool },
    /// Something else, with what is to be written to it.
    Other { target: PathBuf, octets: Vec<u8> },
}

impl Prepared {
    /// Writes `octets` beside the file that `path` leads to.
    ///
    /// # Errors
    /// Those of the system, with the path. [`ErrorKind::PermissionDenied`] when those who could read the old file could not
    /// read the new one.
    pub fn new(path: &Path, octets: &[u8]) -> Result<Self> {
        Self::written(path, octets, true)
    }

    fn written(path: &Path, octets: &[u8], forced: bool) -> Result<Self> {
        Self::prepare(path, octets, forced).map_err(|error| about(path, &error))
    }

    fn prepare(path: &Path, octets: &[u8], forced: bool) -> Result<Self> {
        let Some(target) = followed(path)? else {
            return Ok(Self(Place::Other { target: path.to_owned(), octets: octets.to_owned() }));
        };
        let old = match std::fs::metadata(&target) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            if old.is_some_and(|old| old.is_dir()) {
                return Err(ErrorKind::IsADirectory.into());
            }
            return Ok(Self(Place::Other { target: path.to_owned(), octets: octets.to_owned() }));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED).suffix(".tmp");
        // What the user's mask leaves of it.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file: NamedTempFile = builder.tempfile_in(folder(&target))?;
        if let Some(old) = &old {
            keep(file.as_file(), old)?;
        }
        file.write_all(octets)?;
        if forced {
            file.as_file().sync_all()?;
        }
        Ok(Self(Place::File { unfinished: file.into_temp_path(), target, forced }))
    }

    /// Puts it in place.
    ///
    /// # Errors
    /// Those of the system, with the path.
    pub fn put(self) -> std::result::Result<(), PutError> {
        self.put_with(sync)
    }

    fn put_with(self, sync: impl FnOnce(&Path) -> Result<()>) -> std::result::Result<(), PutError> {
        match self.0 {
            Place::File { unfinished, target, forced } => {
                unfinished.persist(&target).map_err(|error| before(&target, &error.error))?;
                if forced { settled(&target, sync(&target)) } else { Ok(()) }
            }
            Place::Other { target, octets } => {
                let written = File::options().append(true).open(&target);
                written.and_then(|mut file| file.write_all(&octets)).map_err(|error| before(&target, &error))
            }
        }
    }

    /// Puts it in place unless there is something by now.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`], and those of the system, with the path.
    pub fn put_new(self) -> std::result::Result<(), PutError> {
        self.put_new_with(sync)
    }

    fn put_new_with(self, sync: impl FnOnce(&Path) -> Result<()>) -> std::result::Result<(), PutError> {
        match self.0 {
            Place::File { unfinished, target, .. } => {
                unfinished.persist_noclobber(&target).map_err(|error| before(&target, &error.error))?;
                settled(&target, sync(&target))
            }
            Place::Other { target, .. } => Err(before(&target, &ErrorKind::AlreadyExists.into())),
        }
    }
}

fn before(target: &Path, error: &Error) -> PutError {
    PutError { error: about(target, error), in_place: false }
}

/// What it means that the folder of a file that is in its place was forced to the disk, or not. Some file systems (SMB,
/// FUSE) cannot do that for folders, and say so; it is not asked of a folder that may not be opened.
fn settled(target: &Path, synced: Result<()>) -> std::result::Result<(), PutError> {
    match synced {
        Err(error)
            if !matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
            ) =>
        {
            let error = about(target, &error);
            let text = format!("{error}; the new file is in its place, but may be lost in a power cut");
            Err(PutError { error: Error::new(error.kind(), text), in_place: true })
        }
        _ => Ok(()),
    }
}

/// Where a path leads to, which need not be there; nothing for what the system has open, such as `/dev/stdout`.
///
/// # Errors
/// Links that lead to each other.
pub fn followed(path: &Path) -> Result<Option<PathBuf>> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if cfg!(unix) && is_descriptor(&path) {
            return Ok(None);
        }
        match std::fs::read_link(&path) {
            // A relative one starts at the folder of the link.
            Ok(next) => path = folder(&path).join(next),
            // No link, or nothing.
            Err(_) => return Ok(Some(path)),
        }
    }
    Err(Error::other("symbolic links lead to each other"))
}

/// Whether a path is a door to what a process has open. Its owner goes on writing to that, so it is never replaced, also
/// when it is a file on a disk.
fn is_descriptor(path: &Path) -> bool {
    let open = |path: &Path| path.starts_with("/proc") || path.starts_with("/dev/fd");
    open(path) || std::fs::canonicalize(folder(path)).is_ok_and(|folder| open(&folder))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the new name in the folder last.
fn sync(target: &Path) -> Result<()> {
    match cfg!(unix) {
        true => File::open(folder(target))?.sync_all(),
        false => Ok(()),
    }
}

/// An error that names the file, unless it does so already.
fn about(path: &Path, error: &Error) -> Error {
    let (text, shown) = (error.to_string(), path.display().to_string());
    let text = if text.contains(&shown) { text } else { format!("{shown}: {text}") };
    Error::new(error.kind(), text)
}

#[cfg(unix)]
fn keep(file: &File, old: &Metadata) -> Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid())
        && let Err(error) = fchown(file, Some(old.uid()), Some(old.gid()))
    {
        let group = new.gid() == old.gid() || fchown(file, None, Some(old.gid())).is_ok();
        // Where all or the group may read the file, its owner does not matter to those that do.
        if old.mode() & 0o004 == 0 && !(group && old.mode() & 0o040 != 0) {
            let message = format!("the new file could not be given to the owner of the old one: {error}");
            return Err(Error::new(ErrorKind::PermissionDenied, message));
        }
    }
    file.set_permissions(std::fs::Permissions::from_mode(old.mode() & 0o7777))
}

#[cfg(not(unix))]
fn keep(file: &File, old: &Metadata) -> Result<()> {
    file.set_permissions(old.permissions())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_link_leads_to_is_replaced_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("real")).unwrap();
        fs::write(at("real/file"), "old").unwrap();
        fs::set_permissions(at("real/file"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real/file", at("one")).unwrap();
        symlink("one", at("two")).unwrap();
        save(&at("two"), b"forced").unwrap();
        save_unforced(&at("two"), b"new").unwrap();
        assert_eq!(fs::read_link(at("two")).unwrap(), Path::new("one"));
        assert_eq!(fs::read_link(at("one")).unwrap(), Path::new("real/file"));
        assert_eq!(fs::read(at("real/file")).unwrap(), b"new");
        assert_eq!(fs::metadata(at("real/file")).unwrap().mode() & 0o7777, 0o640);
        // A link to nothing yet.
        symlink("real/next", at("next")).unwrap();
        save(&at("next"), b"new").unwrap();
        assert_eq!(fs::read(at("real/next")).unwrap(), b"new");
        assert!(fs::symlink_metadata(at("next")).unwrap().is_symlink());
        symlink("loop", at("loop")).unwrap();
        let error = save(&at("loop"), b"new").unwrap_err();
        assert!(error.to_string().contains("loop: symbolic links lead to each other"), "{error}");
        assert_eq!(
            (names(folder.path()), names(&at("real"))),
            (
                ["loop", "next", "one", "real", "two"].map(str::to_owned).to_vec(),
                ["file", "next"].map(str::to_owned).to_vec()
            )
        );
    }

    #[test]
    fn the_owner_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        // Only root can give files away.
        if fs::metadata(&path).unwrap().uid() != 0 {
            return;
        }
        chown(&path, Some(65_534), Some(65_534)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        save(&path, b"new").unwrap();
        let now = fs::metadata(&path).unwrap();
        assert_eq!((now.uid(), now.gid(), now.mode() & 0o7777), (65_534, 65_534, 0o600));
    }

    #[test]
    fn a_file_that_is_not_put_leaves_nothing_and_a_new_one_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        drop(Prepared::new(&path, b"text").unwrap());
        assert!(names(folder.path()).is_empty());
        let (one, other) = (Prepared::new(&path, b"one").unwrap(), Prepared::new(&path, b"other").unwrap());
        one.put_new().unwrap();
        let error = other.put_new().unwrap_err();
        assert_eq!(error.error.kind(), ErrorKind::AlreadyExists);
        assert!(error.to_string().contains("file: "), "{error}");
        assert_eq!(
            (fs::read(&path).unwrap(), names(folder.path())),
            (b"one".to_vec(), vec!["file".to_owned()])
        );
        let error = save(&folder.path().join("none/file"), b"text").unwrap_err();
        assert!(error.to_string().contains("none/file"), "{error}");
        assert_eq!(save(folder.path(), b"text").unwrap_err().kind(), ErrorKind::IsADirectory);
    }

    /// File systems that force no folder to the disk (a fake of one), and a disk that breaks after the file was put.
    #[test]
    fn a_file_that_is_in_its_place_is_not_called_unwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (einval, enotsup, eacces, eio) = (22, 95, 13, 5);
        for (code, failed) in [(einval, false), (enotsup, false), (eacces, false), (eio, true)] {
            let refuse = |_: &Path| Err(Error::from_raw_os_error(code));
            let path = folder.path().join(format!("file{code}"));
            let prepared = || Prepared::new(&path, b"new").unwrap();
            for put in [prepared().put_new_with(refuse), prepared().put_with(refuse)] {
                assert_eq!(fs::read(&path).unwrap(), b"new");
                assert_eq!(put.as_ref().is_err_and(|error| error.in_place), failed, "{code}: {put:?}");
                assert_eq!(put.is_err(), failed);
                let said = put.err().map(|error| error.to_string()).unwrap_or_default();
                assert_eq!(said.contains("the new file is in its place"), failed, "{said}");
            }
            assert!(!prepared().put_new_with(refuse).unwrap_err().in_place);
        }
    }

    #[test]
    fn a_device_stays_a_device_and_a_pipe_a_pipe() {
        save(Path::new("/dev/null"), b"text").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        save(&pipe, b"text").unwrap();
        assert_eq!(reader.join().unwrap(), b"text");
        assert!(!fs::metadata(&pipe).unwrap().is_file());
    }

    /// What a process has open goes on being written, so that it is not replaced, whatever leads to it.
    #[test]
    fn what_is_open_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let open = File::create(at("open")).unwrap();
        let number = std::os::fd::AsRawFd::as_raw_fd(&open).to_string();
        let inode = fs::metadata(at("open")).unwrap().ino();
        symlink("/dev/fd", at("doors")).unwrap();
        symlink(format!("/proc/self/fd/{number}"), at("link")).unwrap();
        for path in [Path::new("/dev/fd").join(&number), at("doors").join(&number), at("link")] {
            save(&path, b"text").unwrap();
        }
        assert_eq!(fs::read(at("open")).unwrap(), b"texttexttext");
        assert_eq!(fs::metadata(at("open")).unwrap().ino(), inode);
    }

    /// Where the system has its devices there can be files, too.
    #[test]
    fn a_file_in_shared_memory_is_a_file() {
        let Ok(folder) = tempfile::tempdir_in("/dev/shm") else { return };
        let path = folder.path().join("file");
        for text in ["new", "other"] {
            save(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["file"]);
        assert_eq!(followed(&path).unwrap(), Some(path));
    }
}

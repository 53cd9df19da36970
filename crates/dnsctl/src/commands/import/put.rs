//! Puts all files of an import or an export in place, or none.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::words::count;
use crate::session::shown;
use dnsctl_provider::save::{Prepared, PutError};
use std::io;
use std::path::{Path, PathBuf};

/// A file that is to be written.
pub(crate) struct Planned {
    /// Where.
    pub(crate) path: PathBuf,
    /// What.
    pub(crate) text: String,
    /// From what it was made, as a person would say it.
    pub(crate) from: String,
}

/// Writes all files, each of which has a path of its own; gives how many took the place of others.
///
/// # Errors
/// A file that is there already, unless they may be overwritten; two files with one path; those of the system. Whatever
/// was put in place of nothing is taken away again then.
pub(crate) fn all(files: &[Planned], overwrite: bool) -> Result<usize, Failure> {
    distinct(files)?;
    let there: Vec<&Planned> = files.iter().filter(|file| file.path.symlink_metadata().is_ok()).collect();
    if let Some(first) = there.first().filter(|_| !overwrite) {
        let more = match there.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let text = format!("{} is there already{more}; nothing was written", shown(&first.path));
        let failure = Failure::new(Exit::Error, "exists", text);
        return Err(failure.hint("write to another folder, or say --overwrite"));
    }
    let mut undo = Undo::default();
    let written = write(files, overwrite, &mut undo);
    written.map_err(|error| undo.take(&error))?;
    Ok(there.len())
}

/// What to take away when not everything can be written.
#[derive(Default)]
struct Undo {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
    replaced: usize,
}

fn write(files: &[Planned], overwrite: bool, undo: &mut Undo) -> io::Result<()> {
    for folder in files.iter().filter_map(|file| file.path.parent()) {
        let missing = folder.ancestors().take_while(|at| !at.as_os_str().is_empty() && !at.exists());
        let mut missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        missing.reverse();
        for folder in missing {
            fs_err::create_dir(&folder)?;
            undo.folders.push(folder);
        }
    }
    let prepared: Vec<Prepared> = files
        .iter()
        .map(|file| Prepared::new(&file.path, file.text.as_bytes()))
        .collect::<io::Result<_>>()?;
    for (file, prepared) in files.iter().zip(prepared) {
        let replaces = overwrite && file.path.symlink_metadata().is_ok();
        if replaces {
            let put = prepared.put();
            undo.replaced += usize::from(is_there(&put));
            put?;
        } else {
            let put = prepared.put_new();
            undo.files.extend(is_there(&put).then(|| file.path.clone()));
            put?;
        }
    }
    Ok(())
}

/// Whether the file is in its place, also when that is not certain to last.
fn is_there(put: &Result<(), PutError>) -> bool {
    put.as_ref().map_or_else(|failed| failed.in_place, |()| true)
}

impl Undo {
    fn take(&self, error: &io::Error) -> Failure {
        // What cannot be taken away is less than what could not be written.
        for file in &self.files {
            let _ = fs_err::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs_err::remove_dir(folder);
        }
        let failure = Failure::io(error);
        match self.replaced {
            0 => failure.hint("nothing was written"),
            replaced => failure.hint(format!("{} had been overwritten before", count(replaced, "file"))),
        }
    }
}

/// Refuses two texts for one file.
fn distinct(files: &[Planned]) -> Result<(), Failure> {
    let mut sorted: Vec<&Planned> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let twice = sorted.windows(2).filter_map(|pair| match pair {
        [one, other] if one.path == other.path => {
            let text = format!(
                "{} and {} would both be written to {}; nothing was written",
                one.from,
                other.from,
                shown(&one.path)
            );
            Some(Failure::new(Exit::Invalid, "zone-twice", text).hint("leave one of them out"))
        }
        _ => None,
    });
    Failure::all(twice).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(folder: &Path, names: &[&str]) -> Vec<Planned> {
        let file = |name: &&str| Planned {
            path: folder.join(name),
            text: format!("text of {name}"),
            from: format!("source of {name}"),
        };
        names.iter().map(file).collect()
    }

    fn left(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs_err::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        // The last one cannot be: there is a folder of its name.
        fs_err::create_dir(at.join("taken")).unwrap();
        let files = planned(at, &["new/deep/a", "new/b", "taken"]);
        let failure = all(&files, true).unwrap_err();
        assert_eq!(failure.exit, Exit::Error);
        assert_eq!(left(at), ["taken"]);
        // Without --overwrite nothing is begun.
        assert!(all(&files, false).unwrap_err().messages[0].text.contains("is there already; nothing"));
        assert_eq!(all(&planned(at, &["new/deep/a", "b"]), false).unwrap(), 0);
        assert_eq!(all(&planned(at, &["b", "c"]), true).unwrap(), 1);
        assert_eq!(left(at), ["b", "c", "new", "taken"]);
        // A link that leads nowhere is there, too.
        std::os::unix::fs::symlink("nowhere", at.join("link")).unwrap();
        assert!(all(&planned(at, &["link"]), false).is_err());
        assert_eq!(left(at), ["b", "c", "link", "new", "taken"]);
    }

    #[test]
    fn two_for_one_path_name_both() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = planned(folder.path(), &["a", "b", "a"]);
        files[2].from = "another source".to_owned();
        let failure = all(&files, true).unwrap_err();
        assert_eq!(failure.exit, Exit::Invalid);
        let text = &failure.messages[0].text;
        assert!(text.contains("source of a") && text.contains("another source"), "{text}");
        assert!(left(folder.path()).is_empty());
    }
}

//! A temporary repository of zones, as a user has one.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Error, Result, process};

/// A temporary directory with files, gone when it is dropped.
#[derive(Debug)]
pub struct Repository {
    directory: TempDir,
}

impl Repository {
    /// Writes the files, each a path relative to the repository and its content; folders are made as needed.
    ///
    /// # Errors
    /// When a file cannot be written, or its path leaves the repository.
    pub fn new<P: AsRef<Path>, C: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, C)>) -> Result<Self> {
        let repository = Self { directory: process::directory()? };
        for (path, content) in files {
            repository.write(path, content)?;
        }
        Ok(repository)
    }

    /// The repository's folder.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes or replaces one file.
    ///
    /// # Errors
    /// As [`Repository::new`].
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Result<()> {
        let path = self.resolve(path.as_ref())?;
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder).map_err(Error::io("make a folder of the repository"))?;
        }
        fs_err::write(path, content).map_err(Error::io("write a file of the repository"))
    }

    /// The text of one file.
    ///
    /// # Errors
    /// When it is not there or not UTF-8.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<String> {
        fs_err::read_to_string(self.resolve(path.as_ref())?)
            .map_err(Error::io("read a file of the repository"))
    }

    /// Removes one file.
    ///
    /// # Errors
    /// When it is not there.
    pub fn remove(&self, path: impl AsRef<Path>) -> Result<()> {
        fs_err::remove_file(self.resolve(path.as_ref())?)
            .map_err(Error::io("remove a file of the repository"))
    }

    /// All files in a folder of the repository and below it, relative to the repository, sorted.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn files(&self, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
        let mut folders = vec![self.resolve(folder.as_ref())?];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).map_err(Error::io("list the repository"))?.flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(relative) = path.strip_prefix(self.path()) {
                    files.push(relative.to_owned());
                }
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    fn resolve(&self, path: &Path) -> Result<PathBuf> {
        let inside = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if inside || path == Path::new(".") {
            return Ok(self.path().join(path));
        }
        Err(Error::refused(path.display().to_string(), "is not a path inside the repository"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_read_and_listed() {
        let repository =
            Repository::new([("dnsctl.yaml", "zones: zones/*.yaml\n"), ("zones/a.yaml", "x")]).unwrap();
        assert_eq!(repository.read("zones/a.yaml").unwrap(), "x");
        assert_eq!(repository.files(".").unwrap(), [Path::new("dnsctl.yaml"), Path::new("zones/a.yaml")]);
        repository.remove("dnsctl.yaml").unwrap();
        assert_eq!(repository.files("zones").unwrap().len(), 1);
        assert!(repository.write("../outside", "").is_err() && repository.read("/etc/hostname").is_err());
    }
}

//! Files with keys and certificates.

use std::io::Read as _;
use std::path::Path;

use dnsctl_mail::intent::FileRef;

use crate::diagnostic::{Diagnostic, File, quote};
use crate::native::records::Records;
use crate::project::shown;
use crate::yaml::Node;

/// No key and no chain of certificates is larger, in octets.
const LARGEST: u64 = 1024 * 1024;

impl Records<'_, '_> {
    /// The file that a path in `from` names. It is read, and kept for the records that follow from it.
    pub(super) fn file_of(&mut self, node: &Node<'_>, from: &File) -> Option<FileRef> {
        let text = self.filled(node, "a file")?;
        match self.read_file(&text, from) {
            Ok((path, octets)) => {
                self.mail.files.insert(path.clone(), octets);
                Some(FileRef { path })
            }
            Err((reason, help)) => {
                let message = format!("{} cannot be used: {reason}", quote(&text));
                let error = Diagnostic::error("mail/file", message).help(help);
                self.reader.report(node.position(), error);
                None
            }
        }
    }

    fn read_file(&self, text: &str, from: &File) -> Result<(String, Vec<u8>), (String, &'static str)> {
        const FOLDER: &str = "the path starts at the folder of this file";
        let io = |error: std::io::Error| (std::io::Error::from(error.kind()).to_string(), FOLDER);
        let folder = Path::new(&**from.path()).parent().unwrap_or(Path::new(""));
        let root = fs_err::canonicalize(&self.project.root).map_err(io)?;
        let path = match fs_err::canonicalize(self.project.root.join(folder).join(text)) {
            Ok(path) => path,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(("there is no such file".to_owned(), FOLDER));
            }
            Err(error) => return Err(io(error)),
        };
        let Ok(inside) = path.strip_prefix(&root) else {
            let reason = "it is outside of the folder of the configuration".to_owned();
            return Err((
                reason,
                "keep public keys and certificates where they are reviewed together with the zones",
            ));
        };
        if !path.is_file() {
            return Err(("it is not a file".to_owned(), FOLDER));
        }
        let mut octets = Vec::new();
        let file = fs_err::File::open(&path).map_err(io)?;
        file.take(LARGEST + 1).read_to_end(&mut octets).map_err(io)?;
        if u64::try_from(octets.len()).unwrap_or(u64::MAX) > LARGEST {
            return Err(("it is larger than 1 MB".to_owned(), "name the file of the key or the certificate"));
        }
        Ok((shown(inside), octets))
    }
}

//! Which file is which zone.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_zone::Name;

use crate::config::Config;

/// The zone's name as a part of a file name: lower case, without a dot at the end, nothing in it that a file system
/// takes for more than a letter.
fn encode(apex: &Name) -> String {
    if apex.is_root() {
        return "@".to_owned();
    }
    let mut text = String::new();
    for (index, label) in apex.labels().enumerate() {
        if index > 0 {
            text.push('.');
        }
        for &octet in &*label {
            if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_') {
                text.push(char::from(octet));
            } else {
                let _ = write!(text, "%{octet:02x}");
            }
        }
    }
    text
}

/// The zone whose name is written so.
fn decode(text: &str) -> Option<Name> {
    if text == "@" {
        return Some(Name::root());
    }
    let mut labels = vec![Vec::new()];
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let octet = match byte {
            b'.' => {
                labels.push(Vec::new());
                continue;
            }
            b'%' => {
                let (digits, after) = after.split_at_checked(2)?;
                rest = after;
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            _ => byte,
        };
        labels.last_mut()?.push(octet);
    }
    let name = Name::from_labels(labels.iter().map(Vec::as_slice)).ok()?;
    // Only one way to write a name counts, so that reading finds what listing shows.
    (encode(&name) == text).then_some(name)
}

impl Config {
    /// Where the zone's file is, or would be when `false` comes with it.
    pub(crate) fn locate(&self, apex: &Name) -> Result<(PathBuf, bool)> {
        let name = encode(apex);
        let own = format!("{name}{}", self.extension);
        let mut candidates = vec![own.clone()];
        // What could be another zone's own file is none of these.
        let others = [format!("{name}."), format!("db.{name}")];
        candidates.extend(others.into_iter().filter(|other| *other != own && self.own(other).is_none()));
        let mut found = Vec::new();
        for candidate in &candidates {
            match fs_err::symlink_metadata(self.directory.join(candidate)) {
                Ok(_) => found.push(candidate),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidFilename => {
                    let message = format!(
                        "the file of the zone {apex} would have a name of {} octets, more than the file system takes",
                        candidate.len()
                    );
                    return Err(
                        Error::new(ErrorKind::Config, message).at(self.directory.display().to_string())
                    );
                }
                Err(error) => return Err(error.into()),
            }
        }
        match found.as_slice() {
            [] => {
                self.check_directory()?;
                self.check_capitals(&candidates)?;
                Ok((self.directory.join(own), false))
            }
            [one] => Ok((self.directory.join(one), true)),
            [one, two, ..] => {
                let message =
                    format!("\"{one}\" and \"{two}\" are both there: which of them is the zone {apex}?");
                Err(Error::new(ErrorKind::Config, message).at(self.directory.display().to_string()))
            }
        }
    }

    /// The zones that have a file, in canonical order.
    pub(crate) fn list(&self) -> Result<Vec<Name>> {
        self.check_directory()?;
        let mut names = Vec::new();
        for entry in fs_err::read_dir(&self.directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let zone = name.to_str().and_then(|name| self.zone_of(name));
            names.extend(zone.filter(|_| !entry.path().is_dir()));
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// The zone of a file with the extension.
    fn own(&self, file: &str) -> Option<Name> {
        file.strip_suffix(&self.extension).and_then(decode)
    }

    fn zone_of(&self, file: &str) -> Option<Name> {
        let other = || file.strip_suffix('.').or_else(|| file.strip_prefix("db.")).and_then(decode);
        // Debian's BIND has files such as `db.local` and `db.127`, which are no zones of that name.
        let is_plain = |name: &Name| !file.starts_with("db.") || name.label_count() > 1;
        self.own(file).or_else(|| other().filter(is_plain))
    }

    /// A file that would be the zone's but for capital letters: most who have one take it for the zone's file, and a
    /// new one beside it would not be served.
    fn check_capitals(&self, candidates: &[String]) -> Result<()> {
        let capitals = self.capitals.get_or_init(|| {
            let entries = fs_err::read_dir(&self.directory).into_iter().flatten().flatten();
            let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
            let capital = names.filter(|name| name.bytes().any(|octet| octet.is_ascii_uppercase()));
            capital.map(|name| (name.to_ascii_lowercase(), name)).collect()
        });
        let Some((small, name)) = candidates.iter().find_map(|name| capitals.get_key_value(name)) else {
            return Ok(());
        };
        let message = format!("the name of the file \"{name}\" has capital letters; a zone's file has none");
        let (from, to) = (self.directory.join(name), self.directory.join(small));
        let hint = format!("mv {} {}", from.display(), to.display());
        Err(Error::new(ErrorKind::Config, message).at(self.directory.display().to_string()).with_hint(hint))
    }

    fn check_directory(&self) -> Result<()> {
        if self.directory.is_dir() {
            return Ok(());
        }
        let path = self.directory.display().to_string();
        let message = format!("the directory \"{path}\" is not there");
        Err(Error::new(ErrorKind::Config, message).with_hint(format!("mkdir -p {path}")))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use proptest::prelude::*;

    use super::*;
    use crate::serial::SerialMode;

    fn config(extension: &str) -> Config {
        Config {
            directory: PathBuf::new(),
            serial: SerialMode::Increment,
            extension: extension.to_owned(),
            check_names: true,
            capitals: OnceLock::new(),
        }
    }

    #[test]
    fn names_of_files() {
        for (zone, file) in [
            ("example.com.", "example.com"),
            (".", "@"),
            ("0/25.2.0.192.in-addr.arpa.", "0%2f25.2.0.192.in-addr.arpa"),
            ("\\@.", "%40"),
            ("\\.\\./\\.\\./x.", "%2e%2e%2f%2e%2e%2fx"),
            ("\\000.a%b.", "%00.a%25b"),
        ] {
            let zone: Name = zone.parse().unwrap();
            assert_eq!(encode(&zone), file);
            assert_eq!(decode(file), Some(zone));
        }
        for file in ["", ".", "a..b", ".a", "A", "%2", "%zz", "%61", "a%2F", "a/b", "a b"] {
            assert_eq!(decode(file), None, "{file}");
        }
    }

    #[test]
    fn zones_of_files() {
        for (file, zone) in [
            ("example.com.zone", Some("example.com")),
            ("example.com.", Some("example.com")),
            ("db.example.com", Some("example.com")),
            ("db.example.zone", Some("db.example")),
            ("db.local", None),
            ("README.md", None),
            (".dnsctl.lock", None),
            (".zone", None),
        ] {
            assert_eq!(config(".zone").zone_of(file), zone.map(|zone| zone.parse().unwrap()), "{file}");
        }
        assert_eq!(config("").zone_of("example.com"), Some("example.com".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn no_name_leads_elsewhere(labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..10), 1..5)) {
            let name = Name::from_labels(labels.iter().map(Vec::as_slice)).unwrap();
            let file = encode(&name);
            prop_assert!(!file.contains(['/', '\\', '\0']) && !file.starts_with('.'), "{}", file);
            prop_assert_eq!(std::path::Path::new(&file).components().count(), 1);
            prop_assert_eq!(decode(&file), Some(name));
        }
    }
}

//! What is in a file.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_zone::master::{self, MasterError, Options, PrintOptions};
use dnsctl_zone::{Kept, Live, Name, Zone};

/// The largest file that is read. It guards against what is no zone, not against large zones.
const MAX_SIZE: u64 = 1 << 30;
/// How many errors of a file are told.
const SHOWN: usize = 3;

/// A file, read.
#[derive(Debug)]
pub(crate) struct Content {
    /// The comments before the first record or directive, as they stand there.
    pub(crate) header: String,
    /// The whole zone.
    pub(crate) zone: Zone,
}

impl Content {
    /// Reads a file and those that it includes; relative paths in it start at its folder. `path` is no symbolic link.
    pub(crate) fn read(path: &Path, apex: &Name) -> Result<Self> {
        let text = read_text(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let file: Arc<str> = path.file_name().unwrap_or_default().to_string_lossy().into();
        let mut include = |wanted: &str| {
            let text = read_text(&folder.join(wanted)).map_err(|error| error.message().to_owned())?;
            Ok((Arc::from(wanted), text))
        };
        let parsed = master::parse(&text, file, apex, Options::default(), &mut include);
        let loaded = master::zone(parsed, apex);
        if loaded.errors.is_empty() {
            return Ok(Self { header: header(&text), zone: loaded.zone });
        }
        Err(wrong(path, &loaded.errors))
    }

    /// The zone without what a signer keeps up, which is kept.
    pub(crate) fn into_live(self) -> Live {
        let apex = self.zone.apex.clone();
        let (kept, rrsets): (Vec<_>, Vec<_>) =
            self.zone.into_rrsets().into_iter().partition(|rrset| rrset.rtype.is_signing());
        let kept = kept.into_iter().map(|rrset| Kept {
            count: rrset.values().len(),
            rtype: rrset.rtype,
            name: rrset.name,
            reason: "made by the program that signs the zone".to_owned(),
        });
        Live { zone: Zone::new(apex, rrsets), kept: kept.collect() }
    }

    /// The text of the file.
    pub(crate) fn print(&self) -> String {
        let gap = if self.header.is_empty() { "" } else { "\n" };
        format!("{}{gap}{}", self.header, master::print(&self.zone, PrintOptions::default()))
    }
}

fn read_text(path: &Path) -> Result<String> {
    let file = fs_err::File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > MAX_SIZE {
        let message = format!("\"{}\" is no file of at most {MAX_SIZE} octets", path.display());
        return Err(Error::new(ErrorKind::Config, message));
    }
    let mut octets = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(MAX_SIZE).read_to_end(&mut octets)?;
    match String::from_utf8(octets) {
        Ok(text) => Ok(text),
        Err(error) => Ok(master::decode(error.as_bytes()).into_owned()),
    }
}

/// The comments and empty lines at the start, without empty lines around them.
fn header(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().take_while(|line| line.trim_start().starts_with(';') || line.trim().is_empty());
    let mut header = String::new();
    for line in lines {
        header.push_str(line.trim_end());
        header.push('\n');
    }
    let lines = header.trim_matches('\n');
    if lines.is_empty() { String::new() } else { format!("{lines}\n") }
}

/// The errors of a file by place, the first few in words.
fn wrong(path: &Path, errors: &[MasterError]) -> Error {
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    for error in errors {
        *files.entry(&error.source.file).or_default() += 1;
    }
    let shown: Vec<String> = errors.iter().take(SHOWN).map(ToString::to_string).collect();
    let count = errors.len();
    let plural = if count == 1 { "error" } else { "errors" };
    let more = if count > SHOWN { "; …" } else { "" };
    let message = format!("{count} {plural}: {}{more}", shown.join("; "));
    let error = Error::new(ErrorKind::Config, message).at(path.display().to_string());
    match errors.iter().find_map(MasterError::hint) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (text, kept) in [
            ("", ""),
            ("\n\n", ""),
            ("; one\n;two\r\n\n $TTL 1\n; three\n", "; one\n;two\n"),
            ("\u{feff}\n; one\n\n ; two\n@ A 192.0.2.1", "; one\n\n ; two\n"),
            ("@ A 192.0.2.1 ; no", ""),
        ] {
            assert_eq!(header(text), kept, "{text:?}");
        }
    }
}

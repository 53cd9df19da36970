//! Master files (RFC 1035 section 5) as wishes: the same zones, from the files that name servers load.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnsctl_zone::master::{self, Fault, MasterError, Options};
use dnsctl_zone::{Folded, Name, RecordType, Source, Wish, Zone};

use crate::diagnostic::{Diagnostic, Diagnostics, File, Files};
use crate::yaml;

/// Endings of file names that are no part of a zone's name.
pub const ENDINGS: [&str; 2] = ["zone", "db"];

/// A master file as read.
#[derive(Debug)]
pub struct MasterFile {
    /// The zone; `None` when there were errors.
    pub zone: Option<Zone>,
    /// Where each RRset's first record stands, in the order of the zone.
    pub sources: Vec<Source>,
    /// What its records say that RRsets do not hold.
    pub folded: Vec<Folded>,
    /// What is wrong with it.
    pub diagnostics: Diagnostics,
}

impl MasterFile {
    /// The RRsets as wishes. The SOA record is among them; its serial number is the server's own all the same.
    pub fn into_wishes(self) -> Vec<Wish> {
        let rrsets = self.zone.map(Zone::into_rrsets).unwrap_or_default();
        let wish =
            |(rrset, source)| Wish { rrset, source, provider_options: None, only: None, lenient: false };
        rrsets.into_iter().zip(self.sources).map(wish).collect()
    }
}

/// The name of the zone that a file's name tells: `example.com.zone`, `db.example.com`, `example.com`.
pub fn apex_of(path: &Path) -> Option<Name> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_prefix("db.").unwrap_or(name);
    let ending = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'));
    Name::absolute(ending.unwrap_or(name)).ok().filter(|name| !name.is_root())
}

/// Whether a path is that of a master file, by its name.
pub fn is_master(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("db.") || ENDINGS.iter().any(|ending| path.extension().is_some_and(|of| of == *ending))
}

/// Reads a file's text. Octets that are no UTF-8 are escaped, which means the same in a master file.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn open(files: &Files, path: &Path, shown: &str) -> Result<File, String> {
    if let Some(reason) = yaml::obstacle(path) {
        return Err(reason);
    }
    let octets = fs_err::read(path).map_err(|error| error.to_string())?;
    Ok(files.add(shown, master::decode(&octets).into_owned()))
}

/// A master file that cannot be read, and why.
pub(crate) fn unreadable(reason: &str) -> Diagnostic {
    let message = format!("the master file cannot be read: {reason}");
    Diagnostic::error("zone/unreadable", message).help(yaml::MEND)
}

/// Reads the master file of the zone `apex`, and what it includes; paths in it start at its own folder. Signatures and
/// the other records that a server makes when it signs a zone are left out: they belong to the server.
pub fn read(files: &Files, path: &Path, shown: &str, apex: &Name) -> MasterFile {
    of_path(files, path, shown, apex, false)
}

/// The same, but records of types that are not known, or have no known text form, are left out, each with a warning.
pub fn read_known(files: &Files, path: &Path, shown: &str, apex: &Name) -> MasterFile {
    of_path(files, path, shown, apex, true)
}

fn of_path(files: &Files, path: &Path, shown: &str, apex: &Name, only_known: bool) -> MasterFile {
    match open(files, path, shown) {
        Ok(file) => of_text(files, &file, path, apex, only_known),
        Err(reason) => {
            let error = unreadable(&reason).at(Source::new(shown.into(), 0, 0));
            let diagnostics = Diagnostics::from_iter([error]);
            MasterFile { zone: None, sources: Vec::new(), folded: Vec::new(), diagnostics }
        }
    }
}

/// The same as [`read`] for a file that is open; `path` is where it is on disk.
pub(crate) fn parse(files: &Files, file: &File, path: &Path, apex: &Name) -> MasterFile {
    of_text(files, file, path, apex, false)
}

fn of_text(files: &Files, file: &File, path: &Path, apex: &Name, only_known: bool) -> MasterFile {
    let mut diagnostics = Diagnostics::new();
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let mut include = |name: &str| {
        let path = folder.join(name);
        let shown = Path::new(&**file.path()).with_file_name(name).display().to_string();
        let file = open(files, &path, &shown)?;
        Ok((Arc::clone(file.path()), file.text().to_owned()))
    };
    let options = Options { pseudo_types: true, ..Options::default() };
    let parsed = master::parse(file.text(), Arc::clone(file.path()), apex, options, &mut include);
    let mut folded = Folded::of_records(&parsed.records);
    let loaded = master::zone(parsed, apex);
    for error in &loaded.errors {
        let is_left_out = only_known && error.fault.is_unknown_type();
        diagnostics.push(if is_left_out { left_out(error) } else { about(error, true) });
    }
    loaded.warnings.iter().for_each(|warning| diagnostics.push(about(warning, false)));
    if diagnostics.has_errors() {
        return MasterFile { zone: None, sources: Vec::new(), folded: Vec::new(), diagnostics };
    }
    let signed = |rtype: RecordType| rtype.is_signing();
    folded.retain(|folded| !signed(folded.rtype));
    let (rrsets, sources): (Vec<_>, Vec<_>) = loaded
        .zone
        .into_rrsets()
        .into_iter()
        .zip(loaded.sources)
        .filter(|(rrset, _)| !signed(rrset.rtype))
        .unzip();
    MasterFile { zone: Some(Zone::new(apex.clone(), rrsets)), sources, folded, diagnostics }
}

/// A record that is not in the zone.
fn left_out(error: &MasterError) -> Diagnostic {
    let what = if matches!(error.fault, Fault::Generated { .. }) { "line" } else { "record" };
    let message = format!("the {what} is left out: {}", error.fault);
    let diagnostic = Diagnostic::warning("import/left-out", message).at(error.source.clone());
    diagnostic.help_if(error.hint().map(Cow::into_owned))
}

fn about(error: &MasterError, is_error: bool) -> Diagnostic {
    let message = error.fault.to_string();
    let diagnostic = if is_error {
        Diagnostic::error("zone/master-file", message)
    } else {
        // With the codes of what rules tell as well.
        let code = match error.fault {
            Fault::Twice { .. } => "record/value-twice",
            Fault::TtlsDiffer { .. } => "record/ttls-differ",
            _ => "zone/master-file",
        };
        Diagnostic::warning(code, message)
    };
    diagnostic.at(error.source.clone()).help_if(error.hint().map(Cow::into_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (path, name) in [
            ("zones/example.com.zone", Some("example.com.")),
            ("db.example.com", Some("example.com.")),
            ("example.com.db", Some("example.com.")),
            ("example.com", Some("example.com.")),
            ("2.0.192.in-addr.arpa.zone", Some("2.0.192.in-addr.arpa.")),
            (".zone", None),
        ] {
            assert_eq!(apex_of(Path::new(path)).map(|name| name.to_string()).as_deref(), name, "{path}");
        }
    }

    #[test]
    fn every_error_is_told_and_includes_start_at_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("example.com.zone");
        fs_err::write(
            &path,
            "$TTL 1h\n@ SOA ns1 host 1 1h 1h 1w 1h\n@ NS ns1\nns1 A 192.0.2.1\n$INCLUDE more.inc\n",
        )
        .unwrap();
        fs_err::write(folder.path().join("more.inc"), "www A 192.0.2.2\n").unwrap();
        let apex = Name::absolute("example.com").unwrap();
        let files = Files::new();
        let read = super::read(&files, &path, "zones/example.com.zone", &apex);
        assert!(!read.diagnostics.has_errors(), "{}", read.diagnostics.render(&files, false));
        let wishes = read.into_wishes();
        assert_eq!(wishes.len(), 4);
        assert_eq!(wishes[3].source.to_string().split(':').next(), Some("zones/more.inc"));
        fs_err::write(&path, "$TTL 1h\na A 300.1.1.1\nb MX mail\n").unwrap();
        let read = super::read(&files, &path, "zones/example.com.zone", &apex);
        assert_eq!(read.diagnostics.counts().errors, 2, "{}", read.diagnostics.render(&files, false));
        assert!(read.zone.is_none());
        let missing = super::read(&files, &folder.path().join("no.zone"), "no.zone", &apex);
        assert!(missing.diagnostics.has_errors());
    }

    #[test]
    fn a_configuration_may_name_master_files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs_err::write(folder.path().join(name), text).unwrap();
        write(
            "dnsctl.yaml",
            "zones: [\"*.zone\", \"*.yaml\"]\nproviders: { main: { type: zonefile, directory: out } }\n",
        );
        write("example.com.zone", "$TTL 1h\n@ SOA ns1 host 1 1h 1h 1w 1h\n@ NS ns1\nns1 A 192.0.2.1\n");
        write("example.org.yaml", "records: { www: { A: 192.0.2.1 } }\n");
        let project = crate::Project::open(&folder.path().join("dnsctl.yaml"));
        assert!(!project.diagnostics.has_errors(), "{}", project.diagnostics.render(&project.files, false));
        let zones: Vec<_> = project.units.iter().filter_map(|unit| project.load(unit).zone).collect();
        let counts: Vec<_> = zones.iter().map(|zone| (zone.apex.to_string(), zone.wishes.len())).collect();
        assert_eq!(counts, [("example.com.".to_owned(), 3), ("example.org.".to_owned(), 1)]);
        assert_eq!(zones[0].providers, ["main"]);
        assert_eq!(zones[0].wishes[0].source.to_string(), "example.com.zone:3:1");
        write("example.com.zone", "$TTL 1h\nwww CNAME a\nwww A 192.0.2.1\nmail A 1.2.3\n");
        let project = crate::Project::open(&folder.path().join("dnsctl.yaml"));
        let loaded = project.load(&project.units[0]);
        assert!(loaded.zone.is_none());
        assert!(loaded.diagnostics.has_errors());
    }
}

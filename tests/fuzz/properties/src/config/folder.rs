//! Inputs as files in a folder, as a user has them.

use super::load;
use dnsctl_config::diagnostic::{Diagnostics, Files};
use dnsctl_config::{Project, write};
use std::path::PathBuf;
use tempfile::TempDir;

/// A configuration with two providers.
const CONFIG: &str = "providers:
  main: { type: powerdns, url: http://127.0.0.1:8081, api_key: { env: PDNS_API_KEY } }
  edge: { type: cloudflare, token: { env: TOKEN } }
defaults: { provider: main }
";

const OCTODNS: &str = "providers:
  config: { class: octodns.provider.yaml.YamlProvider, directory: ./config, enforce_order: false }
  pdns: { class: octodns_powerdns.PowerDnsProvider, host: 127.0.0.1, api_key: env/KEY }
zones:
  example.com.: { sources: [config], targets: [pdns] }
";

/// A file that zone files can include, as `shared.yaml`.
const SHARED: &str = "vars: { office: 192.0.2.7 }
records:
  shared: { A: 192.0.2.1, TXT: from the shared file }
  office: { A: \"{{ office }}\" }
";

const ZONE: &str = "records:\n  \"@\": { A: 192.0.2.1 }\n  www: { CNAME: \"@\" }\n";
const KEY: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
";
const CERTIFICATE: &str = include_str!("../../../../../zones/mail/keys/mail.pem");

thread_local! {
    /// Made once: most of the work would be to make and remove folders.
    static FOLDER: Option<TempDir> = make();
}

fn make() -> Option<TempDir> {
    let folder = tempfile::tempdir().ok()?;
    for (name, text) in [("shared.yaml", SHARED), ("key.pem", KEY), ("mail.pem", CERTIFICATE)] {
        std::fs::write(folder.path().join(name), text).ok()?;
    }
    for name in ["zones", "config"] {
        std::fs::create_dir(folder.path().join(name)).ok()?;
    }
    Some(folder)
}

/// The folder with the files of one input.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    fn new(files: [(&str, &[u8]); 3]) -> Self {
        FOLDER.with(|folder| {
            let Some(folder) = folder else { panic!("no folder can be made") };
            for (name, octets) in files {
                let path = folder.path().join(name);
                // A file that is as it was stays, which is most of the work saved.
                let same = std::fs::read(&path).is_ok_and(|there| there == octets);
                let written = if same { Ok(()) } else { std::fs::write(&path, octets) };
                assert!(written.is_ok(), "{name} cannot be written: {written:?}");
            }
            Self(folder.path().to_owned())
        })
    }

    /// With this zone file.
    pub(crate) fn zone(octets: &[u8]) -> Self {
        let files = [
            ("dnsctl.yaml", CONFIG.as_bytes()),
            ("zones/example.com.yaml", octets),
            ("config/example.com.yaml", b""),
        ];
        Self::new(files)
    }

    pub(crate) fn open(&self) -> Project {
        Project::open(&self.0.join(dnsctl_config::FILE_NAME))
    }
}

/// Diagnostics are for people: each is short, has a place or is about no file, and is shown without control characters.
pub(crate) fn told(diagnostics: &Diagnostics, files: &Files) {
    for found in diagnostics {
        let length = found.message.chars().count();
        assert!(length > 0 && length < 1000, "{length} characters: {found:?}");
        let help = found.help.as_ref().map_or(1, |help| help.chars().count());
        assert!(help > 0 && help < 2000, "{help} characters of help: {found:?}");
    }
    for shown in [diagnostics.render(files, false), diagnostics.render_ascii(files, false)] {
        let bad = shown.chars().find(|&shown| shown.is_control() && shown != '\n');
        assert!(bad.is_none(), "{bad:?} is shown: {shown:?}");
        // About four lines each, none of them long.
        let most = diagnostics.iter().map(|found| 6000 + 800 * found.related.len()).sum::<usize>();
        assert!(shown.len() <= most, "{} octets for {} findings", shown.len(), diagnostics.len());
    }
}

/// A zone file of ours: it is read or refused with all its faults told, and what was read is written and read again as the same.
pub fn zone_file(octets: &[u8]) {
    let folder = Folder::zone(octets);
    for loaded in load(&folder) {
        let Some(zone) = &loaded.zone else { continue };
        let project = folder.open();
        let checked = write::checked(&write::ZoneFile::from(zone), &project.providers, "again.yaml");
        assert!(
            !checked.diagnostics.has_errors(),
            "{}\n{}",
            checked.diagnostics.render(&checked.files, false),
            checked.text
        );
    }
}

/// A zone file of octoDNS.
pub fn octodns_zone(octets: &[u8]) {
    let files = [
        ("dnsctl.yaml", OCTODNS.as_bytes()),
        ("zones/example.com.yaml", ZONE.as_bytes()),
        ("config/example.com.yaml", octets),
    ];
    load(&Folder::new(files));
}

/// The configuration of octoDNS, or of ours.
pub fn settings(octets: &[u8]) {
    // Such a path may name any file of this machine.
    let text = String::from_utf8_lossy(octets);
    let outside = text.contains("..") || text.contains('\\') || text.contains('~');
    let absolute = text.match_indices('/').any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        !before
            .is_some_and(|before| before.is_ascii_alphanumeric() || matches!(before, '.' | '*' | ':' | '/'))
    });
    if outside || absolute {
        return;
    }
    let files = [
        ("dnsctl.yaml", octets),
        ("zones/example.com.yaml", ZONE.as_bytes()),
        ("config/example.com.yaml", b"'': { type: A, value: 192.0.2.1 }\n"),
    ];
    load(&Folder::new(files));
}

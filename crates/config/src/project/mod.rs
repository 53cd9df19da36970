//! A configuration and the zones that it names.

mod group;
mod guess;
mod mask;
mod open;
mod paths;
mod provider;
mod scan;
mod settings;
#[cfg(test)]
mod tests;

pub use guess::Guess;
pub(crate) use open::{named_providers, unknown_provider};
pub(crate) use paths::shown;
pub use provider::{ProviderEntry, ProviderOption, RawValue, SecretSource};
pub use settings::{Defaults, PlanSettings, ProjectSettings, Verify};

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnsctl_mail::intent::{Files as MailFiles, Intent};
use dnsctl_zone::{Desired, Folded, Name, RecordType, Source};

use crate::diagnostic::{Diagnostics, File, Files};
use crate::{native, octodns};

/// The name of the configuration file that [`Project::find`] looks for.
pub const FILE_NAME: &str = "dnsctl.yaml";

/// Everything a configuration says, opened but not yet read zone by zone.
#[derive(Debug)]
pub struct Project {
    /// The configuration file.
    pub config: PathBuf,
    /// Its folder: relative paths start here.
    pub root: PathBuf,
    /// Whose format it is.
    pub format: Format,
    /// The providers in the order of the file.
    pub providers: Vec<ProviderEntry>,
    /// One for each zone, in canonical order of the apex.
    pub units: Vec<Unit>,
    /// What else the configuration says.
    pub settings: ProjectSettings,
    /// The texts of all files, for diagnostics.
    pub files: Files,
    /// What was found while opening. With an error here, [`Project::units`] may lack zones or parts of zones: nothing
    /// may be planned. Loading a unit gives diagnostics of its own.
    pub diagnostics: Diagnostics,
    /// The rules that an acknowledgement can name. They are not checked when this is empty, as it is after opening.
    pub rules: Vec<String>,
    /// What is asked for what stands in no file; without it, zones with such sources are not whole.
    pub outside: Option<Arc<dyn octodns::Outside>>,
    /// What zones cannot be held against, since the configuration is wrong there.
    pub(crate) unknown: Unknown,
    pub(crate) included: native::Cache,
}

/// What a configuration does not tell because of errors in it. Zones are checked all the same, apart from this.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Unknown {
    /// Which providers there are.
    pub(crate) providers: bool,
    /// Which providers hold zones that name none.
    pub(crate) defaults: bool,
}

/// Whose format a configuration has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Our own.
    Native,
    /// The production configuration of octoDNS.
    OctoDns,
}

/// The files of one zone.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The name of the zone.
    pub apex: Name,
    /// Where the zone is declared: `zone:` in its first file, or that file.
    pub source: Source,
    pub(crate) parts: Vec<File>,
    /// What octoDNS's configuration says about it.
    pub(crate) octodns: Option<Arc<octodns::Setup>>,
}

/// A zone as its files describe it.
#[derive(Debug)]
pub struct Loaded {
    /// The zone; `None` when there were errors, since half a zone must not be compared with anything.
    pub zone: Option<Desired>,
    /// What its `mail:` block says, presets filled in; `None` without a block, and when there is no zone.
    pub mail: Option<MailPart>,
    /// What its records may be, as far as somebody said so.
    pub expected: Expected,
    /// What its files say of RRsets that these do not hold.
    pub folded: Vec<Folded>,
    /// What is wrong with its files. Files that several zones include are reported with each of them.
    pub diagnostics: Diagnostics,
}

/// What the records of a zone may be, for rules that cannot know it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The name servers that the NS records of the apex may name; any when absent.
    pub name_servers: Option<Vec<Name>>,
    /// Whether private, loopback and documentation addresses are meant: a zone of an inner network, or of a test.
    pub special_addresses: bool,
}

/// The `mail:` block of a zone, and what followed from it. The derived RRsets are among those of the zone.
#[derive(Debug, Clone)]
pub struct MailPart {
    /// What was written, presets filled in.
    pub intent: Intent,
    /// The text of the MTA-STS policy file, when the block has a policy.
    pub policy: Option<String>,
    /// Owner names and types that were derived, in canonical order.
    pub derived: Vec<(Name, RecordType)>,
    /// The contents of the key and certificate files that it names, by their paths from the folder of the configuration.
    pub files: MailFiles,
}

impl Project {
    /// The configuration file in `start` or the nearest folder above it.
    pub fn find(start: &Path) -> Option<PathBuf> {
        let here = start.join(FILE_NAME);
        if here.is_file() {
            return Some(here);
        }
        let start = std::path::absolute(start).ok()?;
        start.ancestors().skip(1).map(|folder| folder.join(FILE_NAME)).find(|file| file.is_file())
    }

    /// Reads the configuration and the texts of all zone files that it names. Never fails: what is wrong is in
    /// [`Project::diagnostics`].
    pub fn open(config: &Path) -> Self {
        open::open(config)
    }

    /// Reads one zone. Only files that it includes are still read from disk, each once in a run. Several threads may
    /// load at once.
    pub fn load(&self, unit: &Unit) -> Loaded {
        match &unit.octodns {
            Some(setup) => octodns::load(self, unit, setup),
            None => native::load(self, unit),
        }
    }

    /// What the zone of a unit most likely says about its providers, by a quick look at its files; `None` when only
    /// [loading](Self::load) it tells.
    pub fn guess(&self, unit: &Unit) -> Option<Guess> {
        guess::guess(self, unit)
    }

    /// The providers of a zone that names none: those of the defaults, or the only one that there is.
    pub(crate) fn providers_by_default(&self) -> Vec<String> {
        let defaults = &self.settings.defaults.providers;
        match self.providers.as_slice() {
            [only] if defaults.is_empty() => vec![only.name.clone()],
            _ => defaults.clone(),
        }
    }

    /// The zone files that the configuration names, in the order of the zones. Files that these include are not among
    /// them.
    pub fn zone_files(&self) -> Vec<PathBuf> {
        let parts = self.units.iter().flat_map(|unit| {
            let octodns = unit.octodns.iter().flat_map(|setup| setup.files());
            unit.parts.iter().chain(octodns)
        });
        // Many zones of octoDNS can share a file.
        let mut seen = HashSet::new();
        parts.map(File::path).filter(|path| seen.insert(*path)).map(|path| self.root.join(&**path)).collect()
    }

    /// The provider of this name.
    pub fn provider(&self, name: &str) -> Option<&ProviderEntry> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    pub(crate) fn included(&self) -> &native::Cache {
        &self.included
    }
}

//! Repositories of octoDNS as they stand: the production configuration and the zone files that it names.
//!
//! What is read, mapped and not carried over is told in `docs/octodns.md`. The rules follow octoDNS 1.22.0; a test
//! compares every RRset with what octoDNS itself reads.

mod class;
mod config;
mod fields;
mod foreign;
mod include;
mod load;
mod outside;
mod pattern;
mod processor;
mod pyyaml;
mod record;
mod secret;
mod source;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod zones;

pub(crate) use config::try_open;
pub(crate) use load::{load, pattern};
pub use outside::{Outside, Silence};

use std::collections::BTreeMap;
use std::sync::Arc;

use dnsctl_zone::{Acknowledgement, Name, Policy, RecordType};

use crate::diagnostic::{Diagnostic, File};
use crate::yaml::{Limits, Node, Style};

/// How files of octoDNS are read.
pub(crate) fn limits() -> Limits {
    Limits { tags: &["!include"], later_wins: true, ..Limits::default() }
}

/// What the production configuration says about one zone.
#[derive(Debug)]
pub(crate) struct Setup {
    common: Arc<Common>,
    /// The sources in order.
    parts: Vec<Part>,
    /// The providers that hold the zone.
    targets: Vec<String>,
    lenient: bool,
    ignore_subzone_adds: bool,
    processors: Vec<Arc<processor::Processor>>,
    policy: Policy,
    /// Targets with `strict_supports: false`, and the types that octoDNS gives them: it leaves all others out.
    picky: Vec<(String, Vec<RecordType>)>,
    /// Targets that we write, at which octoDNS refuses other types than these.
    strict: Vec<(String, Vec<RecordType>)>,
    acknowledgements: Vec<Acknowledgement>,
    /// The types that octoDNS looks at when it reads the targets; all when there is none.
    managed: Vec<RecordType>,
    /// What is reported whenever the zone is loaded.
    findings: Vec<Diagnostic>,
}

impl Setup {
    /// The YAML files of the zone.
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.parts.iter().flat_map(|part| match part {
            Part::Yaml { files, .. } => files.as_slice(),
            Part::Foreign { .. } => &[],
        })
    }
}

impl Setup {
    /// The providers that hold the zone. They are told to create it.
    pub(crate) fn targets(&self) -> &[String] {
        &self.targets
    }
}

/// What one source has for one zone.
#[derive(Debug)]
enum Part {
    /// Files of YAML.
    Yaml { source: Arc<source::YamlSource>, files: Vec<File> },
    /// Something else, and the zone that is asked for there.
    Foreign { source: Arc<foreign::Foreign>, apex: Name },
}

/// What all zones of a configuration share.
#[derive(Debug, Default)]
struct Common {
    /// The apexes of all zones, in canonical order.
    apexes: Vec<Name>,
    /// The providers with the vendor of each, as `octodns:` settings name it.
    providers: BTreeMap<String, Option<&'static str>>,
    includes: include::Cache,
}

impl Common {
    fn has_provider(&self, name: &str) -> bool {
        self.providers.contains_key(name)
    }

    /// Whether one of these providers takes the settings of a vendor.
    fn targets_vendor(&self, targets: &[String], vendor: &str) -> bool {
        targets.iter().any(|name| self.providers.get(name).is_some_and(|of| *of == Some(vendor)))
    }

    /// The zones of the configuration that are below this one.
    fn below(&self, apex: &Name) -> &[Name] {
        let start = self.apexes.partition_point(|name| name <= apex);
        let rest = self.apexes.get(start..).unwrap_or_default();
        let count = rest.iter().take_while(|name| name.is_below(apex)).count();
        rest.get(..count).unwrap_or_default()
    }
}

/// A truth value as Python takes what PyYAML reads: words of YAML 1.1, and numbers.
fn truth(node: &Node<'_>) -> Option<bool> {
    if node.is_null() {
        return Some(false);
    }
    let scalar = node.as_scalar()?;
    match (scalar.style(), scalar.text()) {
        (Style::Plain, "0") => Some(false),
        (Style::Plain, "1") => Some(true),
        (Style::Plain, text) => pyyaml::boolean(text),
        _ => None,
    }
}

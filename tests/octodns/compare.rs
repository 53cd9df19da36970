//! Both readers on one configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use dnsctl_config::diagnostic::Severity;
use dnsctl_config::{Loaded, Outside, Project, Silence};
use dnsctl_harness::{python_tool, repository_root, require};
use dnsctl_zone::{Live, Name, Names, RRset, Rdata, RdataError, RecordType, Ttl};
use serde_json::Value;

/// Zone, owner name and type.
pub(crate) type Key = (Name, Name, RecordType);

/// The variable that the environment holds for both.
const VARIABLE: &str = "DNSCTL_TEST_VERSION";
const VERSION: &str = r"7 of\; monday";

/// The environment; no servers.
#[derive(Debug)]
struct Environment;

impl Outside for Environment {
    fn variable(&self, name: &str) -> Option<String> {
        (name == VARIABLE).then(|| VERSION.to_owned())
    }

    fn zone(&self, _: &str, _: &Name) -> Result<Option<Live>, Silence> {
        Err(Silence::Offline)
    }
}

/// What octoDNS read: RRsets by zone, owner name and type, and zones that it refused.
#[derive(Debug, Default)]
pub(crate) struct Theirs {
    pub(crate) rrsets: BTreeMap<Key, RRset>,
    /// What octoDNS accepts and no server can hold.
    pub(crate) unreadable: Vec<String>,
    pub(crate) left_alone: BTreeSet<Key>,
    pub(crate) zones: BTreeMap<Name, Vec<String>>,
    pub(crate) refused: BTreeMap<Name, String>,
    pub(crate) included: BTreeMap<Key, (Vec<String>, Vec<String>)>,
}

/// Runs octoDNS. `None` when it is missing and may be.
pub(crate) fn octodns(config: &Path) -> Option<Theirs> {
    let python = require(python_tool("octodns", "python"))?;
    // A relative folder of zone files starts at the working directory.
    let output = Command::new(python)
        .arg(repository_root().join("tests/octodns/dump.py"))
        .arg(config.file_name().expect("a file"))
        .current_dir(config.parent().expect("a folder"))
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("PDNS_API_KEY", "none")
        .env(VARIABLE, VERSION)
        .output()
        .expect("Python runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "octoDNS: {errors}");
    let mut theirs = Theirs::default();
    for line in String::from_utf8(output.stdout).expect("JSON is UTF-8").lines() {
        read(&mut theirs, &serde_json::from_str(line).expect("JSON"));
    }
    Some(theirs)
}

fn read(theirs: &mut Theirs, line: &Value) {
    let name = |key: &str| Name::absolute(line[key].as_str().expect("a name"));
    let texts = |key: &str| -> Vec<String> {
        let list = line[key].as_array().into_iter().flatten();
        list.map(|item| item.as_str().expect("a text").to_owned()).collect()
    };
    let zone = name("zone").expect("the name of a zone");
    if let Some(error) = line["error"].as_str() {
        theirs.refused.insert(zone, error.to_owned());
        return;
    }
    if line["targets"].is_array() {
        theirs.zones.insert(zone, texts("targets"));
        return;
    }
    let rtype = match line["type"].as_str().expect("a type") {
        "Route53Provider/ALIAS" => RecordType::ROUTE53_ALIAS,
        "PowerDnsProvider/LUA" => RecordType::LUA,
        text => text.parse().or_else(|_| RecordType::pseudo(text)).expect("a type"),
    };
    let Ok(owner) = name("name") else {
        theirs.unreadable.push(line.to_string());
        return;
    };
    let key = (zone.clone(), owner, rtype);
    if line["ignored"] == true || line["steered"] == true {
        theirs.left_alone.insert(key);
        return;
    }
    let included = (texts("included"), texts("excluded"));
    if included != (Vec::new(), Vec::new()) {
        theirs.included.insert(key.clone(), included);
    }
    let root = Name::root();
    let names = Names { origin: &root, strict: false };
    let values: Result<Vec<Rdata>, RdataError> =
        match (rtype, line["raw"].as_array(), line["rdata"].as_array()) {
            (_, Some(raw), _) => raw
                .iter()
                .map(|text| Ok(Rdata::text(rtype, text.as_str().expect("a text").as_bytes())))
                .collect(),
            // A quote in a value of CAA is not escaped by octoDNS, so its text would not read back.
            (RecordType::CAA, ..) => {
                data(line, rtype, &[("flags", "flags"), ("tag", "tag"), ("value", "value")])
            }
            (_, _, Some(list)) => {
                list.iter().map(|text| Rdata::parse(rtype, text.as_str().expect("a text"), names)).collect()
            }
            (RecordType::LUA, ..) => line["data"].as_array().expect("values").iter().map(script).collect(),
            _ => line["data"].as_array().expect("values").iter().map(|value| alias(&zone, value)).collect(),
        };
    let ttl = line["ttl"].as_i64().and_then(|ttl| u32::try_from(ttl).ok()).and_then(Ttl::new);
    let (Ok(values), Some(ttl)) = (values, ttl) else {
        theirs.unreadable.push(line.to_string());
        return;
    };
    let rrset = RRset::new(key.1.clone(), rtype, ttl, values);
    assert!(theirs.rrsets.insert(key, rrset).is_none(), "octoDNS gives an RRset once");
}

/// Values by the names of their fields, ours and theirs.
fn data(line: &Value, rtype: RecordType, fields: &[(&str, &str)]) -> Result<Vec<Rdata>, RdataError> {
    let root = Name::root();
    let one = |value: &Value| {
        let texts: Vec<String> = fields
            .iter()
            .map(|(_, theirs)| {
                value[*theirs].as_str().map_or_else(|| value[*theirs].to_string(), str::to_owned)
            })
            .collect();
        let given: Vec<(&str, &str)> =
            fields.iter().zip(&texts).map(|((ours, _), text)| (*ours, text.as_str())).collect();
        Rdata::from_fields(rtype, &given, Names { origin: &root, strict: false })
    };
    line["data"].as_array().expect("values").iter().map(one).collect()
}

/// A script of PowerDNS: its provider puts quotes around it and changes nothing.
fn script(value: &Value) -> Result<Rdata, RdataError> {
    let text = |key: &str| value[key].as_str().unwrap_or_default();
    let (text, root) = (format!("{} \"{}\"", text("type"), text("script")), Name::root());
    Rdata::parse(RecordType::LUA, &text, Names { origin: &root, strict: false })
}

/// An alias of Route 53. Without a hosted zone it names a record of its own zone, or the apex by no name.
fn alias(zone: &Name, value: &Value) -> Result<Rdata, RdataError> {
    let text = |key: &str| value[key].as_str().unwrap_or_default();
    let (id, origin) = match text("hosted-zone-id") {
        "" => ("self", zone.clone()),
        id => (id, Name::root()),
    };
    let name = if text("name").is_empty() { "@" } else { text("name") };
    let health = if value["evaluate-target-health"] == true { "true" } else { "false" };
    let fields =
        [("type", text("type")), ("hosted_zone_id", id), ("name", name), ("evaluate_target_health", health)];
    Rdata::from_fields(RecordType::ROUTE53_ALIAS, &fields, Names { origin: &origin, strict: false })
}

/// What `dnsctl` reads.
pub(crate) struct Ours {
    pub(crate) project: Project,
    pub(crate) loaded: Vec<Loaded>,
    pub(crate) rrsets: BTreeMap<Key, RRset>,
}

impl Ours {
    pub(crate) fn read(config: &Path) -> Self {
        let mut project = Project::open(config);
        project.outside = Some(Arc::new(Environment));
        let loaded: Vec<Loaded> = project.units.iter().map(|unit| project.load(unit)).collect();
        let mut rrsets = BTreeMap::new();
        for zone in loaded.iter().filter_map(|one| one.zone.as_ref()) {
            for wish in &zone.wishes {
                let (name, rtype) = wish.rrset.key();
                rrsets.insert((zone.apex.clone(), name.clone(), rtype), wish.rrset.clone());
            }
        }
        Self { project, loaded, rrsets }
    }

    /// All diagnostics of this severity as text, sorted, those of opening first.
    pub(crate) fn found(&self, severity: Severity) -> Vec<String> {
        let all =
            self.project.diagnostics.iter().chain(self.loaded.iter().flat_map(|one| one.diagnostics.iter()));
        all.filter(|one| one.severity == severity)
            .map(|one| {
                let place = one.source.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("{place}: {}: {}", one.code, one.message)
            })
            .collect()
    }
}

/// What differs, a line each.
pub(crate) fn differences(theirs: &Theirs, ours: &Ours) -> Vec<String> {
    let mut lines = theirs.unreadable.clone();
    for (key, rrset) in &theirs.rrsets {
        match ours.rrsets.get(key) {
            Some(other) if other == rrset => {}
            Some(other) => lines.push(format!("octoDNS {rrset:?}, dnsctl {other:?}")),
            None => lines.push(format!("only octoDNS: {rrset:?}")),
        }
    }
    let extra = ours.rrsets.iter().filter(|(key, _)| !theirs.rrsets.contains_key(key));
    lines.extend(extra.map(|(_, rrset)| format!("only dnsctl: {rrset:?}")));
    lines
}

//! Sources that are no YAML: master files, live servers, the environment.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dnsctl_zone::{Name, RRset, Rdata, RecordType, Source, Ttl, Wish, joins_strings};

use super::load::{Entry, Fate, Loader};
use super::outside::Silence;
use super::source::find;
use super::{processor, text};
use crate::diagnostic::{Diagnostic, Severity, quote};
use crate::master;
use crate::project::{Project, shown};
use crate::read::Reader;
use crate::yaml::Node;

/// A source that is no YAML.
#[derive(Debug)]
pub(super) struct Foreign {
    name: String,
    /// The types that octoDNS reads from it; `None` for all.
    types: Option<Vec<RecordType>>,
    origin: Origin,
    source: Source,
}

#[derive(Debug)]
enum Origin {
    /// `octodns_bind.ZoneFileProvider`: a folder of master files.
    Files { directory: PathBuf, extension: String, check_origin: bool },
    /// A provider with an adapter.
    Server,
    /// `EnvVarSource`: a TXT record with what a variable of the environment holds.
    Variable { variable: String, owner: String, ttl: Ttl },
}

impl Foreign {
    /// Reads the options of a source. `None` for classes that cannot be sources here.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        root: &Path,
        name: &str,
        class: &str,
        kind: Option<&str>,
        node: &Node<'_>,
    ) -> Option<Self> {
        let text = |key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
        let origin = match (class, kind) {
            ("octodns.source.envvar.EnvVarSource", _) => {
                let missing = |key: &str| {
                    let message = format!("the source {} has no `{key}`", quote(name));
                    Diagnostic::error("octodns/bad-config", message)
                        .help(format!("write `{key}`, as octoDNS wants it"))
                };
                let (variable, owner) = (text("variable"), text("name"));
                for (key, value) in [("variable", &variable), ("name", &owner)] {
                    if value.is_none() {
                        reader.report(node.position(), missing(key));
                    }
                }
                let ttl = text("ttl").map_or(Some(60), |text| text.parse().ok()).and_then(Ttl::new);
                if ttl.is_none() {
                    let error = Diagnostic::error("octodns/bad-ttl", "`ttl` is no number of seconds");
                    reader.report(node.position(), error);
                }
                Origin::Variable { variable: variable?, owner: owner?, ttl: ttl? }
            }
            (_, Some("zonefile")) => {
                let written = PathBuf::from(text("directory")?);
                Origin::Files {
                    directory: find(root, &written).unwrap_or(written),
                    extension: text("file_extension").unwrap_or_else(|| ".".to_owned()),
                    check_origin: node.get("check_origin").and_then(super::truth).unwrap_or(true),
                }
            }
            (_, Some(_)) => Origin::Server,
            _ => return None,
        };
        let types = !matches!(origin, Origin::Variable { .. });
        Some(Self {
            name: name.to_owned(),
            types: types.then(|| processor::supported(class)),
            origin,
            source: reader.source(node.position()),
        })
    }

    /// The names of the zones that it has, with a dot at the end; why they cannot be told.
    pub(super) fn list(&self, root: &Path) -> Result<Vec<String>, String> {
        let Origin::Files { directory, extension, .. } = &self.origin else {
            return Err(format!("dnsctl cannot list the zones of the source {}", quote(&self.name)));
        };
        let mut zones = Vec::new();
        for entry in fs_err::read_dir(root.join(directory)).map_err(|error| error.to_string())? {
            let file = entry.map_err(|error| error.to_string())?.file_name();
            let stem = file.to_str().and_then(|name| name.strip_suffix(extension.as_str()));
            zones.extend(stem.filter(|stem| !stem.is_empty()).map(|stem| format!("{stem}.")));
        }
        zones.sort();
        Ok(zones)
    }
}

impl Loader<'_> {
    /// Reads the records that a source has for `apex`, which is another zone than this one when this is its alias.
    pub(super) fn foreign(&mut self, project: &Project, source: &Foreign, apex: &Name) {
        self.lenient = self.setup.lenient;
        let wishes = match &source.origin {
            Origin::Files { directory, extension, check_origin } => {
                let file = directory.join(format!("{}{extension}", apex.without_dot()));
                self.read_file(project, source, &file, apex, *check_origin)
            }
            Origin::Server => self.read_server(project, source, apex),
            Origin::Variable { variable, owner, ttl } => {
                self.read_variable(project, source, variable, owner, *ttl)
            }
        };
        let mut left_out = BTreeSet::new();
        for mut wish in wishes {
            let rtype = wish.rrset.rtype;
            if source.types.as_ref().is_some_and(|types| !types.contains(&rtype)) {
                // What a server keeps up by itself is no record of the zone's owner.
                if rtype != RecordType::SOA && !rtype.is_signing() {
                    left_out.insert(rtype.to_string());
                }
                continue;
            }
            if matches!(rtype, RecordType::TXT | RecordType::SPF) && joins_strings(&wish.rrset.name) {
                // octoDNS joins the strings of a text, and cuts it anew when it writes. It does so too where each string
                // has a meaning, which makes something else of the record; there they stay.
                let texts = wish.rrset.values().iter().map(|text| Rdata::text(rtype, &text.joined_text()));
                wish.rrset = RRset::new(wish.rrset.name.clone(), rtype, wish.rrset.ttl, texts.collect());
            }
            if self.apex != apex {
                let Some(name) = moved(&wish.rrset.name, apex, self.apex) else { continue };
                wish.rrset.name = name;
            }
            let entry = Entry { wish, fate: Fate::Managed, lenient: self.lenient, replace: false };
            self.entries.push(entry);
        }
        if !left_out.is_empty() {
            let types: Vec<String> = left_out.into_iter().collect();
            let message = format!(
                "{} of the source {} are left out at {}: octoDNS does not read these types there",
                types.join(", "),
                quote(&source.name),
                self.apex
            );
            self.tell(
                source,
                Diagnostic::warning("octodns/left-out", message).help("octoDNS leaves it out, too"),
            );
        }
    }

    fn tell(&mut self, source: &Foreign, diagnostic: Diagnostic) {
        self.reader.found.push(diagnostic.at(source.source.clone()));
    }

    fn read_file(
        &mut self,
        project: &Project,
        source: &Foreign,
        file: &Path,
        apex: &Name,
        check_origin: bool,
    ) -> Vec<Wish> {
        let path = project.root.join(file);
        if !path.is_file() {
            let message = format!("the source {} has no file for the zone {apex}", quote(&source.name));
            let error = Diagnostic::error("octodns/no-file", message);
            self.tell(source, error.help(format!("write {}", shown(file))));
            return Vec::new();
        }
        let read = master::read(&project.files, &path, &shown(file), apex);
        let zone = read.zone.as_ref();
        let lacks = |rtype: RecordType| zone.is_some_and(|zone| zone.get(apex, rtype).is_none());
        let missing = [RecordType::SOA, RecordType::NS].into_iter().find(|rtype| lacks(*rtype));
        if let Some(rtype) = missing.filter(|_| check_origin) {
            let message = format!("{} has no {rtype} record at {apex}", shown(file));
            let error = Diagnostic::error("octodns/source", message);
            self.tell(source, error.help("is the file whole? `check_origin: false` takes it as it is"));
            return Vec::new();
        }
        self.reader.found.extend(read.diagnostics.iter().cloned());
        read.into_wishes()
    }

    fn read_server(&mut self, project: &Project, source: &Foreign, apex: &Name) -> Vec<Wish> {
        let answer = project
            .outside
            .as_ref()
            .map_or(Err(Silence::Offline), |outside| outside.zone(&source.name, apex));
        let what = format!("the source {} of {apex}", quote(&source.name));
        let live = match answer {
            Ok(Some(live)) => live,
            Ok(None) => {
                let message = format!("{what} has no such zone");
                self.tell(source, Diagnostic::error("octodns/source", message));
                return Vec::new();
            }
            Err(Silence::Offline) => {
                self.unread = true;
                let message = format!("{what} is a server, and is not asked here: the zone is not checked");
                let warning = Diagnostic::warning("octodns/source", message);
                self.tell(source, warning.help("`dnsctl plan` asks it"));
                return Vec::new();
            }
            Err(Silence::Refused(message, hint)) => {
                let error = Diagnostic::error("source/credentials", format!("{what}: {message}"));
                self.tell(source, error.help_if(hint));
                return Vec::new();
            }
            Err(Silence::Failed(message, hint)) => {
                let error = Diagnostic::error("source/unread", format!("{what}: {message}"));
                self.tell(source, error.help_if(hint));
                return Vec::new();
            }
        };
        // What dnsctl does not see as a record cannot be copied, so it is left alone at the targets.
        for kept in live.kept.into_iter().filter(|kept| !kept.rtype.is_signing()) {
            let message = format!("{} {} is not copied from {what}: {}", kept.name, kept.rtype, kept.reason);
            self.tell(source, Diagnostic::warning("octodns/not-carried-over", message));
            let Some(name) = moved(&kept.name, apex, self.apex) else { continue };
            if live.zone.get(&kept.name, kept.rtype).is_none() {
                let wish = made(RRset::new(name, kept.rtype, Ttl::from_wire(0), Vec::new()), source);
                self.entries.push(Entry { wish, fate: Fate::Ignored, lenient: true, replace: false });
            }
        }
        let plain = |mut rrset: RRset| {
            rrset.options = None;
            made(rrset, source)
        };
        live.zone.into_rrsets().into_iter().map(plain).collect()
    }

    fn read_variable(
        &mut self,
        project: &Project,
        source: &Foreign,
        variable: &str,
        owner: &str,
        ttl: Ttl,
    ) -> Vec<Wish> {
        let Some(value) = project.outside.as_ref().and_then(|outside| outside.variable(variable)) else {
            let message = format!(
                "the source {} of {} takes a text from the environment variable {variable}, which is not set",
                quote(&source.name),
                self.apex
            );
            self.tell(source, Diagnostic::error("octodns/source", message));
            return Vec::new();
        };
        let names = dnsctl_zone::Names { origin: self.apex, strict: false };
        let name = if owner.is_empty() { Ok(self.apex.clone()) } else { Name::parse(owner, names) };
        let name = match name {
            Ok(name) => name,
            Err(error) => {
                self.tell(source, Diagnostic::error("octodns/bad-owner", error.to_string()));
                return Vec::new();
            }
        };
        let read = text::read(&value, true);
        for (reason, help) in read.refused {
            let severity = if self.lenient { Severity::Warning } else { Severity::Error };
            let message = format!("the environment variable {variable}: {reason}");
            self.tell(source, Diagnostic::new(severity, "octodns/bad-text", message).help(help));
        }
        let rdata = Rdata::text(RecordType::TXT, &read.text);
        vec![made(RRset::new(name, RecordType::TXT, ttl, vec![rdata]), source)]
    }
}

fn made(rrset: RRset, source: &Foreign) -> Wish {
    Wish { rrset, source: source.source.clone(), provider_options: None, only: None, lenient: false }
}

/// The name below another apex; `None` when that makes it too long.
fn moved(name: &Name, from: &Name, to: &Name) -> Option<Name> {
    let own = name.label_count().checked_sub(from.label_count())?;
    let labels: Vec<_> = name.labels().take(own).chain(to.labels()).collect();
    if labels.is_empty() {
        return Some(Name::root());
    }
    Name::from_labels(labels.iter().map(|label| &**label)).ok()
}

#[cfg(test)]
mod tests;

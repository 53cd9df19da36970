//! Our own zone files.

mod head;
mod include;
mod long;
mod mail;
mod records;
mod rules;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod vars;

pub(crate) use include::Cache;
pub(crate) use text::is_plain as plain_text;

use std::collections::HashSet;
use std::path::Path;

use dnsctl_zone::{Desired, Ignore, Manage, Name, Source, Wish};

use crate::diagnostic::{Diagnostic, Diagnostics, File, Position, quote};
use crate::master;
use crate::project::{Expected, Loaded, Project, Unit};
use crate::read::Reader;
use crate::structure;
use crate::yaml::{self, Limits, Node};
use crate::{keys, native::head::Head};

/// Reads the files of one zone.
pub(crate) fn load(project: &Project, unit: &Unit) -> Loaded {
    if let [file] = unit.parts.as_slice()
        && master::is_master(Path::new(&**file.path()))
    {
        return load_master(project, unit, file);
    }
    let mut reader = Reader::new(&project.files);
    let mut trees = Vec::with_capacity(unit.parts.len());
    for file in &unit.parts {
        match yaml::parse(file, &Limits::default(), &mut reader.found) {
            Ok(Some(tree)) => trees.push((file, tree)),
            Ok(None) => {
                let error = Diagnostic::error("config/empty-file", "the zone file is empty");
                let help = "write the records, or `records: {}` for a zone without any; or remove the file";
                reader.found.push(error.at(file.source(0, 0)).help(help));
            }
            Err(yaml::Unreadable) => {}
        }
    }
    let mut head = Head::default();
    let mut bodies = Vec::with_capacity(trees.len());
    for (file, tree) in &trees {
        let Some(entries) = reader.table(tree, "a zone file", keys::ZONE) else { continue };
        head.read(&mut reader, entries, project, &unit.apex);
        bodies.push((*file, entries));
    }
    let settings = &project.settings;
    let default_ttl = head.ttl.get().copied().unwrap_or(settings.defaults.ttl);
    let mut records = records::Records::new(&mut reader, project, &unit.apex, default_ttl, &head.vars);
    for (file, entries) in bodies {
        if let Some(node) = entries.value("mail") {
            records.mail(node, file);
        }
        if let Some(node) = entries.value("records") {
            records.owners(node);
        }
        if let Some(node) = entries.value("include") {
            records.include(node, file);
        }
    }
    let (mut wishes, mail, lost_cuts) = records.finish();
    drop(trees);
    let providers = head.providers(&mut reader, project, unit);
    let said = (&mut reader.found, &mut reader.folded);
    let mail = mail.finish(&unit.apex, default_ttl, &providers, &mut wishes, said);
    once(&mut wishes, &mut reader.found);
    only(unit, project, &providers, &wishes, &mut reader.found);
    servers_elsewhere(unit, project, &providers, &head, &mut reader.found);
    let lenient = head.lenient.get().copied().unwrap_or_default();
    let mut faults = Diagnostics::new();
    structure::check(&unit.apex, &wishes, &|wish| lenient || wish.lenient, &mut faults);
    // What only follows from records that could not be read says nothing new.
    let lost_cuts: HashSet<Name> = lost_cuts.into_iter().collect();
    let lost = wishes.iter().filter(|wish| lost_cuts.contains(&wish.rrset.name));
    let lost: HashSet<&Source> = lost.map(|wish| &wish.source).collect();
    let at_lost_cut = |found: &Diagnostic| {
        found.code == structure::NOT_DELEGATED
            && found.source.as_ref().is_some_and(|source| lost.contains(source))
    };
    faults.into_iter().filter(|found| !at_lost_cut(found)).for_each(|found| reader.found.push(found));
    ignored(unit, &head, &wishes, &mut reader.found);
    if wishes.is_empty() && !reader.found.has_errors() {
        reader.found.push(structure::empty(&unit.apex, unit.source.clone()));
    }
    let zone = (!reader.found.has_errors()).then(|| Desired {
        apex: unit.apex.clone(),
        wishes,
        providers,
        ignore: head.ignore,
        manage: head.manage.take().unwrap_or_default(),
        lenient,
        create: head.create.take().unwrap_or(settings.defaults.create),
        acknowledgements: head.acknowledgements,
        policy: head.policy.over(settings.policy),
        servers: head.servers.take().unwrap_or_else(|| settings.verify.servers.clone()),
        source: unit.source.clone(),
    });
    reader.found.sort();
    let usual = &settings.defaults.expected;
    let expected = Expected {
        name_servers: head.name_servers.take().or_else(|| usual.name_servers.clone()),
        special_addresses: head.special_addresses.take().unwrap_or(usual.special_addresses),
    };
    let folded = std::mem::take(&mut reader.folded);
    Loaded { mail: mail.filter(|_| zone.is_some()), zone, expected, folded, diagnostics: reader.found }
}

/// Reads a zone whose file is a master file. Everything but the records is as the configuration says for all zones.
fn load_master(project: &Project, unit: &Unit, file: &File) -> Loaded {
    let path = project.root.join(&**file.path());
    let read = master::parse(&project.files, file, &path, &unit.apex);
    let mut reader = Reader::new(&project.files);
    let whole = read.zone.is_some();
    reader.found.append(read.diagnostics.clone());
    let folded = read.folded.clone();
    let wishes = read.into_wishes();
    let providers = Head::default().providers(&mut reader, project, unit);
    if whole {
        structure::check(&unit.apex, &wishes, &|_| false, &mut reader.found);
    }
    let settings = &project.settings;
    let zone = (!reader.found.has_errors()).then(|| Desired {
        apex: unit.apex.clone(),
        wishes,
        providers,
        ignore: Vec::new(),
        manage: Manage::default(),
        create: settings.defaults.create,
        lenient: false,
        acknowledgements: Vec::new(),
        policy: settings.policy,
        servers: settings.verify.servers.clone(),
        source: unit.source.clone(),
    });
    reader.found.sort();
    let expected = settings.defaults.expected.clone();
    Loaded { zone, mail: None, expected, folded, diagnostics: reader.found }
}

/// Puts the wishes into canonical order and reports those that stand twice.
fn once(wishes: &mut Vec<Wish>, found: &mut Diagnostics) {
    if !wishes.is_sorted_by(|a, b| a.rrset.key() < b.rrset.key()) {
        wishes.sort_by(|a, b| a.rrset.key().cmp(&b.rrset.key()));
        for same in wishes.chunk_by(|a, b| a.rrset.key() == b.rrset.key()) {
            let Some((first, rest)) = same.split_first() else { continue };
            for again in rest {
                let (name, rtype) = again.rrset.key();
                let message = format!("{name} {rtype} is declared twice");
                let error = Diagnostic::error("record/duplicate", message)
                    .at(again.source.clone())
                    .label("again here")
                    .related(first.source.clone(), "first here");
                found.push(error.help("join the values in one place"));
            }
        }
    }
    wishes.shrink_to_fit();
}

/// Reports servers of a provider that does not hold the zone, since nobody asks them.
fn servers_elsewhere(
    unit: &Unit,
    project: &Project,
    providers: &[String],
    head: &Head,
    found: &mut Diagnostics,
) {
    for (name, source) in head.server_providers.iter().filter(|_| !providers.is_empty()) {
        // A provider that is not declared was told already.
        if providers.contains(name) || project.provider(name).is_none() {
            continue;
        }
        let message = format!(
            "this server is never asked: the zone {} is not at the provider {}",
            unit.apex,
            quote(name)
        );
        let help = format!("name a provider of the zone ({}), or remove the server", providers.join(", "));
        found.push(Diagnostic::warning("config/server-elsewhere", message).at(source.clone()).help(help));
    }
}

/// Providers that `only:` names and that do not hold the zone: the record would go nowhere.
fn only(unit: &Unit, project: &Project, providers: &[String], wishes: &[Wish], found: &mut Diagnostics) {
    for wish in wishes.iter().filter(|_| !providers.is_empty()) {
        // A provider that is not declared was told already.
        let elsewhere = |name: &&String| !providers.contains(name) && project.provider(name).is_some();
        let names = wish.only.as_deref().unwrap_or_default();
        let others: Vec<String> = names.iter().filter(elsewhere).map(|name| quote(name)).collect();
        if others.is_empty() {
            continue;
        }
        let (name, rtype) = wish.rrset.key();
        let (others, holders) = (others.join(", "), providers.join(", "));
        let diagnostic = if names.iter().any(|name| providers.contains(name)) {
            let message = format!(
                "`only` of {name} {rtype} names {others}, which the zone {} does not have",
                unit.apex
            );
            Diagnostic::warning("record/only-elsewhere", message)
        } else {
            let message = format!(
                "{name} {rtype} would go nowhere: `only` names {others}, and the zone {} is held by {holders}",
                unit.apex
            );
            Diagnostic::error("record/goes-nowhere", message)
        };
        let help = format!("name providers of the zone ({holders}), or add the others to its `provider`");
        found.push(diagnostic.at(wish.source.clone()).help(help));
    }
}

/// A record that is declared and ignored at once would never be written.
fn ignored(unit: &Unit, head: &Head, wishes: &[Wish], found: &mut Diagnostics) {
    if head.ignore.is_empty() {
        return;
    }
    let ignore = Ignore::new(&unit.apex, &head.ignore);
    for wish in wishes {
        let (name, rtype) = wish.rrset.key();
        if let Some(rule) = ignore.rule_for(name, rtype) {
            let message = format!(
                "{name} {rtype} is declared, but an ignore rule covers it: it would never be written"
            );
            let error = Diagnostic::error("record/ignored", message)
                .at(wish.source.clone())
                .related(rule.source.clone(), "ignored here");
            found.push(error.help("remove the record, or make the rule narrower"));
        }
    }
}

/// A setting that may stand in several files of a zone only if it is the same in all.
#[derive(Debug)]
struct Once<T>(Option<(T, Position)>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: PartialEq> Once<T> {
    fn set(&mut self, reader: &mut Reader<'_>, key: &str, node: &Node<'_>, value: Option<T>) {
        let Some(value) = value else { return };
        match &self.0 {
            None => self.0 = Some((value, node.position())),
            Some((first, _)) if *first == value => {}
            Some((_, first)) => {
                let message = format!("`{key}` has another value in another file of this zone");
                let first = reader.source(*first);
                let error = Diagnostic::error("config/zone-key-twice", message).related(first, "first here");
                reader.report(node.position(), error.help(format!("write `{key}` in one of the files only")));
            }
        }
    }

    fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(value, _)| value)
    }

    fn take(self) -> Option<T> {
        self.0.map(|(value, _)| value)
    }
}

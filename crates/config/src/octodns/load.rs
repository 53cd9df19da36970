//! Reading one zone.

use std::collections::BTreeMap;

use dnsctl_zone::{Desired, IgnoreRule, Manage, Name, NameError, Names, RecordType, Ttl, Wish};

use super::include::{self, Places};
use super::source::YamlSource;
use super::{Part, Setup, pyyaml};
use crate::diagnostic::{Diagnostic, Diagnostics, File, Position, Severity, quote};
use crate::project::{Expected, Loaded, Project, Unit};
use crate::read::Reader;
use crate::structure;
use crate::yaml::{Key, Node};

/// Reads the records of one zone.
pub(super) struct Loader<'p> {
    pub(super) reader: Reader<'p>,
    pub(super) setup: &'p Setup,
    pub(super) apex: &'p Name,
    pub(super) root: Name,
    pub(super) entries: Vec<Entry>,
    /// Whether the record that is being read is lenient.
    pub(super) lenient: bool,
    part: Option<&'p YamlSource>,
    /// Whether a source was not asked, so that the zone is not whole.
    pub(super) unread: bool,
    /// How many names have no dot at their end, and where the first is.
    without_dot: (usize, Option<Position>),
}

/// A record that was read.
pub(super) struct Entry {
    pub(super) wish: Wish,
    pub(super) fate: Fate,
    pub(super) lenient: bool,
    /// Whether it takes the place of one that was read before.
    pub(super) replace: bool,
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is wanted.
    Managed,
    /// `octodns: { ignored: true }`.
    Ignored,
    /// It has `dynamic` or `geo`.
    Steered,
}

/// Reads the zone of a unit that octoDNS set up.
pub(crate) fn load(project: &Project, unit: &Unit, setup: &Setup) -> Loaded {
    let mut loader = Loader {
        reader: Reader::new(&project.files),
        setup,
        apex: &unit.apex,
        root: Name::root(),
        entries: Vec::new(),
        lenient: setup.lenient,
        part: None,
        unread: false,
        without_dot: (0, None),
    };
    loader.reader.found.extend(setup.findings.iter().cloned());
    let places = Places { files: &project.files, root: &project.root, cache: &setup.common.includes };
    for part in &setup.parts {
        match part {
            Part::Yaml { source, files } => {
                loader.part = Some(source);
                files.iter().for_each(|file| loader.file(places, file));
            }
            Part::Foreign { source, apex } => loader.foreign(project, source, apex),
        }
    }
    loader.finish(unit)
}

impl Loader<'_> {
    pub(super) fn default_ttl(&self) -> Ttl {
        self.part.map_or(Ttl::from_wire(3600), |part| part.default_ttl)
    }

    pub(super) fn escaped_semicolons(&self) -> bool {
        self.part.is_none_or(|part| part.escaped_semicolons)
    }

    pub(super) fn replaces(&self) -> bool {
        self.part.is_some_and(|part| part.replace)
    }

    /// What octoDNS refuses unless the record is lenient.
    pub(super) fn refuse(&mut self, at: Position, code: &'static str, message: String, help: &str) {
        let severity = if self.lenient { Severity::Warning } else { Severity::Error };
        self.reader.report(at, Diagnostic::new(severity, code, message).help(help));
    }

    /// What nobody can make a record of, lenient or not.
    pub(super) fn impossible(&mut self, node: &Node<'_>, code: &'static str, message: String, help: &str) {
        self.reader.report(node.position(), Diagnostic::error(code, message).help(help));
    }

    pub(super) fn reads_otherwise(&mut self, at: Position, text: &str, other: &str) {
        let message = format!(
            "octoDNS reads {} as {} here (YAML 1.1); dnsctl keeps what is written",
            quote(text),
            quote(other)
        );
        let note = Diagnostic::note("octodns/yaml-1.1", message);
        self.reader.report(at, note.help(format!("write '{text}' in quotes for both")));
    }

    pub(super) fn without_dot(&mut self, at: Position) {
        self.without_dot.0 += 1;
        self.without_dot.1.get_or_insert(at);
    }

    fn file(&mut self, places: Places<'_>, file: &File) {
        let Ok(Some(tree)) = include::read(places, file, &mut self.reader.found) else { return };
        if tree.is_null() {
            return;
        }
        let Some(entries) = tree.as_mapping() else {
            let message = format!("a zone file must be a mapping of names, not {}", tree.kind());
            self.impossible(
                &tree,
                "octodns/bad-record",
                message,
                "write `www: { type: A, value: 192.0.2.1 }`",
            );
            return;
        };
        self.entries.reserve(entries.len());
        for (key, node) in entries {
            self.lenient = self.setup.lenient;
            let Some(owner) = self.owner(key) else { continue };
            match node.as_list() {
                Some(records) => {
                    records.iter().for_each(|record| self.record(&owner, record.position(), record));
                }
                None => self.record(&owner, key.position(), node),
            }
        }
    }

    /// The owner name of a key: `''` is the apex, all else is below it.
    fn owner(&mut self, key: &Key<'_>) -> Option<Name> {
        let (at, text) = (key.position(), key.text());
        if let Some(other) = pyyaml::other_reading(key.scalar()) {
            self.reads_otherwise(at, text, &other);
        }
        if text.is_empty() {
            return Some(self.apex.clone());
        }
        let (message, help) = match Name::parse(text, Names { origin: self.apex, strict: false }) {
            _ if text == "@" => {
                ("\"@\" is no name in a file of octoDNS".to_owned(), "the apex is written ''")
            }
            _ if text.ends_with('.') && !text.ends_with("\\.") => (
                format!("{} ends with a dot, but all names of the file are below the zone", quote(text)),
                "write it without the dot and without the name of the zone",
            ),
            Ok(name) => return Some(name),
            Err(error @ NameError::Blank(_)) => (error.to_string(), "owner names have no blanks"),
            Err(error) => (error.to_string(), "no such name can exist; `lenient` does not help"),
        };
        self.reader.report(at, Diagnostic::error("octodns/bad-owner", message).help(help));
        None
    }

    fn finish(mut self, unit: &Unit) -> Loaded {
        let mut entries = std::mem::take(&mut self.entries);
        self.once(&mut entries);
        entries.retain(|entry| self.in_this_zone(entry));
        let mut ignore = Vec::new();
        for processor in &self.setup.processors {
            processor.apply(unit, &mut entries, &mut ignore, &mut self.reader.found);
        }
        for entry in entries.iter().filter(|entry| entry.fate != Fate::Managed) {
            let (name, rtype) = entry.wish.rrset.key();
            let rule = |name: String, types| IgnoreRule {
                name,
                types,
                except: Vec::new(),
                source: entry.wish.source.clone(),
            };
            // The PowerDNS provider writes a dynamic record as LUA, that of Route 53 adds names such as
            // `_octodns-default-pool.www`.
            if entry.fate == Fate::Steered {
                ignore.push(rule(pattern(name, self.apex), vec![rtype, RecordType::LUA]));
                ignore.push(rule("_octodns-*.**".to_owned(), Vec::new()));
            } else {
                ignore.push(rule(pattern(name, self.apex), vec![rtype]));
            }
        }
        self.leave_out(&mut entries);
        self.refused_there(&entries);
        self.unmanaged(unit, &entries, &mut ignore);
        let mut lenient = Vec::new();
        let mut wishes = Vec::with_capacity(entries.len());
        for entry in entries.into_iter().filter(|entry| entry.fate == Fate::Managed) {
            lenient.push(entry.lenient);
            wishes.push(entry.wish);
        }
        if !self.unread {
            self.structure(unit, &wishes, &lenient);
        }
        let lenient = has_faults(self.apex, &wishes);
        if let (count, Some(at)) = self.without_dot {
            let (name, them) =
                if count == 1 { ("name in a value has", "it") } else { ("names in values have", "them") };
            let message = format!(
                "{count} {name} no dot at the end: octoDNS takes {them} as complete, and so does dnsctl"
            );
            self.reader.report(at, Diagnostic::note("octodns/no-dot", message).label("the first"));
        }
        let zone = (!self.reader.found.has_errors() && !self.unread).then(|| Desired {
            apex: unit.apex.clone(),
            wishes,
            providers: self.setup.targets.clone(),
            ignore,
            manage: Manage::All,
            create: true,
            lenient,
            acknowledgements: self.setup.acknowledgements.clone(),
            policy: self.setup.policy,
            servers: Vec::new(),
            source: unit.source.clone(),
        });
        self.reader.found.sort();
        let folded = std::mem::take(&mut self.reader.folded);
        let expected = Expected::default();
        Loaded { zone, mail: None, expected, folded, diagnostics: self.reader.found }
    }

    /// Puts the records into canonical order, each once: a later one replaces it where its source says so.
    fn once(&mut self, entries: &mut Vec<Entry>) {
        if entries.is_sorted_by(|a, b| a.wish.rrset.key() < b.wish.rrset.key()) {
            return;
        }
        entries.sort_by(|a, b| a.wish.rrset.key().cmp(&b.wish.rrset.key()));
        let found = &mut self.reader.found;
        entries.dedup_by(|later, first| {
            if later.wish.rrset.key() != first.wish.rrset.key() {
                return false;
            }
            if later.replace {
                std::mem::swap(later, first);
                return true;
            }
            let (name, rtype) = later.wish.rrset.key();
            let error = Diagnostic::error("record/duplicate", format!("{name} {rtype} is declared twice"))
                .at(later.wish.source.clone())
                .label("again here")
                .related(first.wish.source.clone(), "first here");
            let help = "join the values in one place, or let the second source replace the first with `populate_should_replace: true`";
            found.push(error.help(help));
            true
        });
    }

    /// Whether a record belongs to this zone and not to one of the configuration below it.
    fn in_this_zone(&mut self, entry: &Entry) -> bool {
        let (name, rtype) = entry.wish.rrset.key();
        let Some(zone) = self.setup.common.below(self.apex).iter().find(|zone| name.is_at_or_below(zone))
        else {
            return true;
        };
        if name == zone && matches!(rtype, RecordType::NS | RecordType::DS) {
            return true;
        }
        let message = format!("{name} {rtype} belongs to the zone {zone}, which the configuration has, too");
        let (severity, help) = if entry.lenient {
            (Severity::Warning, "move it to the files of that zone")
        } else if self.setup.ignore_subzone_adds {
            (Severity::Note, "it is left out, since the zone says `ignore_subzone_adds: true`")
        } else {
            (Severity::Error, "move it to the files of that zone")
        };
        let keep = severity != Severity::Note;
        let diagnostic = Diagnostic::new(severity, "octodns/sub-zone", message).at(entry.wish.source.clone());
        self.reader.found.push(diagnostic.help(help));
        keep
    }

    /// Leaves out what octoDNS does not give a target that takes only some types.
    fn leave_out(&mut self, entries: &mut [Entry]) {
        for (target, supported) in &self.setup.picky {
            for entry in entries.iter_mut().filter(|entry| entry.fate == Fate::Managed) {
                let wish = &mut entry.wish;
                let (name, rtype) = wish.rrset.key();
                if supported.contains(&rtype) {
                    continue;
                }
                let message = format!(
                    "{name} {rtype} is left out at {}, as octoDNS does with `strict_supports: false`",
                    quote(target)
                );
                let warning = Diagnostic::warning("octodns/left-out", message).at(wish.source.clone());
                let help = "`octodns: { excluded: [...] }` at the record says the same without this warning";
                self.reader.found.push(warning.help(help));
                let all = || self.setup.targets.clone().into_boxed_slice();
                let only = wish.only.take().unwrap_or_else(all);
                wish.only = Some(only.into_iter().filter(|name| name != target).collect());
            }
        }
    }

    /// Tells types that octoDNS refuses at a target and that we write there.
    fn refused_there(&mut self, entries: &[Entry]) {
        for (target, supported) in &self.setup.strict {
            let mut types: BTreeMap<RecordType, (&Wish, usize)> = BTreeMap::new();
            for Entry { wish, .. } in entries.iter().filter(|entry| entry.fate == Fate::Managed) {
                let goes = wish.only.as_deref().is_none_or(|only| only.contains(target));
                if goes && !supported.contains(&wish.rrset.rtype) {
                    types.entry(wish.rrset.rtype).or_insert((wish, 0)).1 += 1;
                }
            }
            for (rtype, (first, count)) in types {
                let records = if count == 1 { "record".to_owned() } else { format!("{count} records") };
                let message = format!(
                    "octoDNS refuses the {records} of type {rtype} at {}; dnsctl writes what the server takes",
                    quote(target)
                );
                let note = Diagnostic::note("octodns/refused-there", message).at(first.source.clone());
                self.reader.found.push(
                    note.help(
                        "octoDNS stops at this zone, unless the provider says `strict_supports: false`",
                    ),
                );
            }
        }
    }

    /// What octoDNS never reads from a provider, so that it never deletes it: types that it does not know or that its
    /// provider does not support.
    fn unmanaged(&self, unit: &Unit, entries: &[Entry], ignore: &mut Vec<IgnoreRule>) {
        let mut except = self.setup.managed.clone();
        for entry in entries {
            let rtype = entry.wish.rrset.rtype;
            if !except.contains(&rtype) {
                except.push(rtype);
            }
        }
        ignore.push(IgnoreRule {
            name: "**".to_owned(),
            types: Vec::new(),
            except,
            source: unit.source.clone(),
        });
    }

    /// What must hold between the records. What octoDNS accepts is no error.
    fn structure(&mut self, unit: &Unit, wishes: &[Wish], lenient: &[bool]) {
        let mut found = Diagnostics::new();
        let is_lenient = |wish: &Wish| {
            let place = wishes.binary_search_by(|other| other.rrset.key().cmp(&wish.rrset.key()));
            place.ok().and_then(|index| lenient.get(index)).copied().unwrap_or(self.setup.lenient)
        };
        structure::check(self.apex, wishes, &is_lenient, &mut found);
        for mut diagnostic in found {
            if matches!(diagnostic.code, "zone/below-delegation" | "zone/below-dname") {
                diagnostic.severity = diagnostic.severity.max(Severity::Warning);
            }
            self.reader.found.push(diagnostic);
        }
        // That a zone is empty says nothing where its records could not be read.
        if wishes.is_empty() && !self.reader.found.has_errors() {
            self.reader.found.push(structure::empty(self.apex, unit.source.clone()));
        }
    }
}

/// The pattern of an ignore rule that covers just this name.
pub(crate) fn pattern(name: &Name, apex: &Name) -> String {
    name.relative_to(apex).replace('*', "\\*")
}

/// Whether the records have faults between them that our own format takes only in a lenient zone.
fn has_faults(apex: &Name, wishes: &[Wish]) -> bool {
    let mut found = Diagnostics::new();
    structure::check(apex, wishes, &|_| false, &mut found);
    found.has_errors()
}

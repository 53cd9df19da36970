//! `records:`: owner names, below them types.

use dnsctl_zone::{Name, Names, RecordType, Ttl, Wish};

use super::include::Trail;
use super::mail::Gathered;
use super::vars::Vars;
use crate::diagnostic::{Diagnostic, closest, quote};
use crate::keys;
use crate::project::Project;
use crate::read::Reader;
use crate::yaml::{self, Node};

/// Reads the records of one zone.
pub(super) struct Records<'r, 'f> {
    pub(super) reader: &'r mut Reader<'f>,
    pub(super) project: &'r Project,
    pub(super) apex: &'r Name,
    pub(super) default_ttl: Ttl,
    pub(super) vars: &'r Vars<'r>,
    pub(super) trail: Trail,
    pub(super) wishes: Vec<Wish>,
    pub(super) mail: Gathered,
    /// Names of which the NS records could not be read.
    pub(super) lost_cuts: Vec<Name>,
    /// How many labels the apex has.
    depth: usize,
}

impl<'r, 'f> Records<'r, 'f> {
    pub(super) fn new(
        reader: &'r mut Reader<'f>,
        project: &'r Project,
        apex: &'r Name,
        default_ttl: Ttl,
        vars: &'r Vars<'r>,
    ) -> Self {
        let depth = apex.label_count();
        Self {
            reader,
            project,
            apex,
            default_ttl,
            vars,
            trail: Trail::default(),
            wishes: Vec::new(),
            mail: Gathered::default(),
            lost_cuts: Vec::new(),
            depth,
        }
    }

    /// The records, what stood in `mail:`, and the names of which the NS records could not be read.
    pub(super) fn finish(self) -> (Vec<Wish>, Gathered, Vec<Name>) {
        (self.wishes, self.mail, self.lost_cuts)
    }

    /// Names in values: relative ones are below the apex, and several labels need a dot at their end.
    pub(super) fn names(&self) -> Names<'r> {
        Names { origin: self.apex, strict: true }
    }

    /// The mapping of owner names.
    pub(super) fn owners(&mut self, node: &Node<'_>) {
        let Some(entries) = self.reader.mapping(node, "`records`") else { return };
        self.wishes
            .reserve_exact(entries.iter().map(|(_, types)| types.as_mapping().map_or(0, <[_]>::len)).sum());
        for (key, types) in entries {
            // Below an owner name that is wrong all else is still checked.
            let owner = self.owner(key);
            let (owner, known) = (owner.as_ref().unwrap_or(self.apex), owner.is_some());
            if types.is_null() {
                self.reader.no_value(key);
                continue;
            }
            let Some(types) = types.as_mapping() else {
                let what = quote(key.text());
                self.reader.wrong_kind(
                    types,
                    &what,
                    "a mapping from types to values, such as { A: 192.0.2.1 }",
                );
                continue;
            };
            for (key, value) in types {
                let Some(rtype) = record_type(key.text()) else {
                    self.wrong_type(key, types);
                    continue;
                };
                if value.is_null() {
                    self.reader.no_value(key);
                    continue;
                }
                let wish = self.rrset(owner, rtype, key, value);
                if wish.is_none() && rtype == RecordType::NS {
                    self.lost_cuts.push(owner.clone());
                }
                self.wishes.extend(wish.filter(|_| known));
            }
        }
    }

    pub(super) fn owner(&mut self, key: &yaml::Key<'_>) -> Option<Name> {
        let at = key.position();
        let text = self.vars.fill(self.reader, at, key.text())?;
        let text = &*text;
        if text.is_empty() || text == "~" {
            let error = Diagnostic::error("record/bad-owner", "there is no owner name here");
            self.reader.report(at, error.help("the apex is written \"@\""));
            return None;
        }
        let name = match Name::parse(text, Names { origin: self.apex, strict: false }) {
            Ok(name) => name,
            Err(error) => {
                let diagnostic = Diagnostic::error("record/bad-owner", error.to_string());
                self.reader.report(at, diagnostic.help_if(error.help()));
                return None;
            }
        };
        if text.ends_with('.') && !text.ends_with("\\.") {
            if !name.is_at_or_below(self.apex) {
                let message = format!("{name} is not in the zone {}", self.apex);
                let help = "move it to the file of its zone; a relative name has no dot at its end";
                self.reader.report(at, Diagnostic::error("record/out-of-zone", message).help(help));
                return None;
            }
        } else if self.ends_with_apex(text) {
            self.ambiguous_owner(key, text, &name);
            return None;
        }
        if !name.is_wildcard() && name.labels().skip(1).any(|label| &*label == b"*") {
            let message = format!(
                "in {} the * is not the first label, so it is no wildcard (RFC 4592 section 2.1.1)",
                quote(text)
            );
            self.reader.report(
                at,
                Diagnostic::warning("record/no-wildcard", message)
                    .help("write * as the first label, or the names that are meant"),
            );
        }
        Some(name)
    }

    /// Whether a relative text is the apex or ends with it, so that the dot at its end may have been forgotten.
    fn ends_with_apex(&self, text: &str) -> bool {
        let dots = text.bytes().filter(|octet| *octet == b'.').count();
        self.depth > 0
            && dots + 1 >= self.depth
            && text != "@"
            && Name::absolute(text).is_ok_and(|name| name.is_at_or_below(self.apex))
    }

    fn ambiguous_owner(&mut self, key: &yaml::Key<'_>, text: &str, relative: &Name) {
        let Ok(absolute) = Name::absolute(text) else { return };
        let message = format!("{} has no dot at its end: is it {absolute} or {relative}?", quote(text));
        let short = absolute.relative_to(self.apex);
        let help = format!("write \"{short}\" for the first, \"{relative}\" for the second");
        self.reader.report(key.position(), Diagnostic::error("record/ambiguous-name", message).help(help));
    }

    fn wrong_type(&mut self, key: &yaml::Key<'_>, entries: &[(yaml::Key<'_>, Node<'_>)]) {
        let text = key.text();
        if !keys::names(keys::RRSET).any(|name| name == text) && text != "type" {
            self.reader.report(key.position(), unknown_type(text));
            return;
        }
        // Reported once for each owner name: the other keys of the same misunderstanding say nothing new.
        let misplaced = |text: &str| text == "type" || keys::names(keys::RRSET).any(|name| name == text);
        if entries
            .iter()
            .find(|(key, _)| misplaced(key.text()))
            .is_some_and(|(first, _)| first.position() != key.position())
        {
            return;
        }
        let message = format!("{} stands where a record type must be", quote(text));
        let help = if entries.iter().any(|(key, _)| key.text() == "type") {
            "the type is the key: write A: 192.0.2.1, not type: A"
        } else {
            "it belongs below the type: A: { ttl: 5m, value: 192.0.2.1 }"
        };
        self.reader.report(key.position(), Diagnostic::error("record/unknown-type", message).help(help));
    }
}

/// A type of DNS, a known pseudo type, or a provider's own, which has a `/` in its name.
pub(super) fn record_type(text: &str) -> Option<RecordType> {
    // The most frequent types need no walk through the table.
    Some(match text {
        "A" => RecordType::A,
        "AAAA" => RecordType::AAAA,
        "CNAME" => RecordType::CNAME,
        "TXT" => RecordType::TXT,
        "MX" => RecordType::MX,
        _ => match text.parse() {
            Ok(rtype) => rtype,
            Err(_) if is_pseudo(text) => RecordType::pseudo(text).ok()?,
            Err(_) => return None,
        },
    })
}

fn is_pseudo(text: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-'))
    };
    text.split_once('/').is_some_and(|(vendor, name)| word(vendor) && word(name))
}

/// The error for a text that is no record type.
pub(super) fn unknown_type(text: &str) -> Diagnostic {
    let known: Vec<_> =
        RecordType::known().chain(RecordType::known_pseudo()).map(RecordType::mnemonic).collect();
    let help = match closest(text, known.iter().map(|name| &**name)) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "a type without a name is written TYPE and its number (RFC 3597)".to_owned(),
    };
    Diagnostic::error("record/unknown-type", format!("{} is not a record type", quote(text))).help(help)
}

//! Typed reading of a YAML tree: what is wrong is reported and left out.

use std::time::Duration;

use dnsctl_zone::{Folded, Name, Rdata, RecordType, Source, Ttl};

use crate::diagnostic::{Diagnostic, Diagnostics, Files, Position, closest, quote};
use crate::keys::{self, Key};
use crate::yaml::{self, Kind, Node};

/// Reads nodes of the files of one run.
pub(crate) struct Reader<'f> {
    files: &'f Files,
    /// What was wrong so far.
    pub(crate) found: Diagnostics,
    /// What was written so far that RRsets do not hold.
    pub(crate) folded: Vec<Folded>,
}

/// A mapping whose keys were checked against a table.
#[derive(Clone, Copy)]
pub(crate) struct Entries<'n, 't> {
    entries: &'n [(yaml::Key<'t>, Node<'t>)],
}

impl<'n, 't> Entries<'n, 't> {
    /// Key and value, if the key is there and has a value.
    pub(crate) fn get(&self, name: &str) -> Option<&'n (yaml::Key<'t>, Node<'t>)> {
        self.entries.iter().find(|(key, value)| key.text() == name && !value.is_null())
    }

    /// The value, if the key is there and has one.
    pub(crate) fn value(&self, name: &str) -> Option<&'n Node<'t>> {
        self.get(name).map(|(_, value)| value)
    }
}

impl<'f> Reader<'f> {
    pub(crate) fn new(files: &'f Files) -> Self {
        Self { files, found: Diagnostics::new(), folded: Vec::new() }
    }

    pub(crate) fn files(&self) -> &'f Files {
        self.files
    }

    /// The place as everyone else knows it.
    pub(crate) fn source(&self, at: Position) -> Source {
        self.files.source(at)
    }

    /// Reports something at a place.
    pub(crate) fn report(&mut self, at: Position, diagnostic: Diagnostic) {
        let source = self.source(at);
        self.found.push(diagnostic.at(source));
    }

    /// Tells of values of an RRset that stand more than once.
    pub(crate) fn twins(&mut self, at: Position, owner: &Name, rtype: RecordType, values: &[Rdata]) {
        let twins = Folded::twins(owner, rtype, values, &self.source(at));
        if !twins.is_empty() {
            let message = format!("a value of {owner} {rtype} stands twice; it counts once");
            self.report(at, Diagnostic::warning("record/value-twice", message).help("remove one of them"));
            self.folded.extend(twins);
        }
    }

    /// The entries of a mapping. Keys that the table does not have, keys without a value and required keys that are
    /// missing are reported.
    pub(crate) fn table<'n, 't>(
        &mut self,
        node: &'n Node<'t>,
        what: &str,
        table: &'static [Key],
    ) -> Option<Entries<'n, 't>> {
        let entries = self.mapping(node, what)?;
        for (key, value) in entries {
            if !keys::names(table).any(|name| name == key.text()) {
                self.unknown_key(key, what, keys::names(table));
            } else if value.is_null() {
                self.no_value(key);
            }
        }
        for key in table.iter().filter(|key| key.required && node.get(key.name).is_none()) {
            let message = format!("{what} needs the key {}", quote(key.name));
            let help = key.doc.trim_end_matches('.').to_owned();
            self.report(node.position(), Diagnostic::error("config/missing-key", message).help(help));
        }
        Some(Entries { entries })
    }

    pub(crate) fn mapping<'n, 't>(
        &mut self,
        node: &'n Node<'t>,
        what: &str,
    ) -> Option<&'n [(yaml::Key<'t>, Node<'t>)]> {
        let entries = node.as_mapping();
        if entries.is_none() {
            self.wrong_kind(node, what, "a mapping (`key: value`)");
        }
        entries
    }

    pub(crate) fn unknown_key(
        &mut self,
        key: &yaml::Key<'_>,
        what: &str,
        known: impl Iterator<Item = &'static str> + Clone,
    ) {
        let message = format!("{what} has no key {}", quote(key.text()));
        let help = match closest(key.text(), known.clone()) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("the keys are {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.report(key.position(), Diagnostic::error("config/unknown-key", message).help(help));
    }

    pub(crate) fn no_value(&mut self, key: &yaml::Key<'_>) {
        let message = format!("{} has no value", quote(key.text()));
        let error = Diagnostic::error("config/no-value", message);
        // Between brackets a comma ends a text.
        let help = if key.text().contains(' ') {
            "inside { } and [ ] a text with a comma needs quotes"
        } else {
            "write a value, or remove the key; text such as ~ needs quotes"
        };
        self.report(key.position(), error.help(help));
    }

    pub(crate) fn wrong_kind(&mut self, node: &Node<'_>, what: &str, wanted: &str) {
        let message = format!("{what} must be {wanted}, not {}", node.kind());
        let help = match (wanted, node.kind()) {
            ("text", Kind::List) => "write the one text, without [ ] or -",
            ("text", Kind::Mapping) => "write the text in quotes when it has a colon and a blank in it",
            ("a list", _) => "write [one, two], or each on a line of its own behind \"- \"",
            (_, Kind::Text) => "write each as `key: value` on a line of its own",
            (_, Kind::List) => "write `key: value` lines, without [ ] or -",
            _ => "write it, or remove the key",
        };
        self.report(node.position(), Diagnostic::error("config/wrong-kind", message).help(help));
    }

    /// Text, as it was written.
    pub(crate) fn text<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let text = node.as_str();
        if text.is_none() {
            self.wrong_kind(node, what, "text");
        }
        text
    }

    /// Text that is not empty.
    pub(crate) fn some_text<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let text = self.text(node, what)?;
        if text.trim().is_empty() {
            self.bad(node, format!("{what} is empty"), "write something");
            return None;
        }
        Some(text)
    }

    /// One text or a list of texts, each with its node.
    pub(crate) fn texts<'n, 't>(&mut self, node: &'n Node<'t>, what: &str) -> Vec<(&'n str, &'n Node<'t>)> {
        if node.as_list().is_some_and(<[_]>::is_empty) {
            self.bad(node, format!("{what} is an empty list"), "name at least one");
        }
        node.one_or_many().iter().filter_map(|item| Some((self.some_text(item, what)?, item))).collect()
    }

    pub(crate) fn bad(&mut self, node: &Node<'_>, message: String, help: impl Into<String>) {
        self.report(node.position(), Diagnostic::error("config/bad-value", message).help(help));
    }

    pub(crate) fn boolean(&mut self, node: &Node<'_>, what: &str) -> Option<bool> {
        match self.text(node, what)? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.bad(
                    node,
                    format!("{what} is {}, not true or false", quote(other)),
                    "write true or false",
                );
                None
            }
        }
    }

    pub(crate) fn choice<T: Copy>(&mut self, node: &Node<'_>, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        self.bad(node, format!("{what} cannot be {}", quote(text)), format!("write {}", all.join(" or ")));
        None
    }

    pub(crate) fn count(&mut self, node: &Node<'_>, what: &str) -> Option<u32> {
        let text = self.text(node, what)?;
        let number = text.parse().ok().filter(|_| text.bytes().all(|octet| octet.is_ascii_digit()));
        if number.is_none() {
            self.bad(
                node,
                format!("{what} is {}, not a whole number", quote(text)),
                "write a number such as 5",
            );
        }
        number
    }

    /// A whole number from 1 up.
    pub(crate) fn positive(&mut self, node: &Node<'_>, what: &str) -> Option<u32> {
        let number = self.count(node, what)?;
        if number == 0 {
            self.bad(node, format!("{what} is 0"), "write a number from 1 up");
        }
        Some(number).filter(|number| *number > 0)
    }

    /// A number from 0 to 100; a sign of percent may follow.
    pub(crate) fn percent(&mut self, node: &Node<'_>, what: &str) -> Option<f64> {
        let text = self.text(node, what)?;
        let digits = text.strip_suffix('%').unwrap_or(text).trim_end();
        let plain = digits.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
        let number = digits.parse().ok().filter(|number| plain && (0.0..=100.0).contains(number));
        if number.is_none() {
            self.bad(
                node,
                format!("{what} is {}, not a number from 0 to 100", quote(text)),
                "write one such as 10",
            );
        }
        number
    }

    pub(crate) fn ttl(&mut self, node: &Node<'_>, what: &str) -> Option<Ttl> {
        let text = self.text(node, what)?;
        self.ttl_of(node, text)
    }

    /// A TTL of which the text is known already.
    pub(crate) fn ttl_of(&mut self, node: &Node<'_>, text: &str) -> Option<Ttl> {
        match text.parse() {
            Ok(ttl) => Some(ttl),
            Err(error) => {
                let error: dnsctl_zone::TtlError = error;
                self.report(node.position(), Diagnostic::error("config/bad-ttl", error.to_string()));
                None
            }
        }
    }

    /// A time from one second up, written like a TTL.
    pub(crate) fn duration(&mut self, node: &Node<'_>, what: &str) -> Option<Duration> {
        let text = self.text(node, what)?;
        let seconds = text.parse::<Ttl>().ok().map(Ttl::seconds).filter(|seconds| *seconds > 0);
        if seconds.is_none() {
            let message = format!("{what} is {}, not a time", quote(text));
            self.bad(node, message, "write seconds, or a number with a unit: 30s, 5m, 24h, 7d");
        }
        seconds.map(|seconds| Duration::from_secs(u64::from(seconds)))
    }

    /// The items of a list. Anything else is reported.
    pub(crate) fn list<'n, 't>(&mut self, node: &'n Node<'t>, what: &str) -> &'n [Node<'t>] {
        if node.kind() != Kind::List {
            self.wrong_kind(node, what, "a list");
        }
        node.as_list().unwrap_or_default()
    }
}

//! `vars:` and `${name}`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Position, closest, quote};
use crate::read::Reader;
use crate::yaml::Node;

/// Texts by name: those of a file, behind them those of the files that include it.
#[derive(Debug, Default)]
pub(super) struct Vars<'p> {
    own: BTreeMap<String, (String, Position)>,
    outer: Option<&'p Self>,
}

impl<'p> Vars<'p> {
    /// An empty set in front of another.
    pub(super) fn inside(outer: &'p Self) -> Self {
        Self { own: BTreeMap::new(), outer: Some(outer) }
    }

    fn get(&self, name: &str) -> Option<&(String, Position)> {
        self.own.get(name).or_else(|| self.outer?.get(name))
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.own.keys().map(String::as_str).collect();
        names.extend(self.outer.map(Self::names).unwrap_or_default());
        names
    }

    /// Adds those of a `vars:` mapping.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>, node: &Node<'_>) {
        for (key, value) in reader.mapping(node, "`vars`").unwrap_or_default() {
            let name = key.text();
            if value.is_null() {
                reader.no_value(key);
                continue;
            }
            if !is_name(name) {
                let message = format!("{} is not the name of a variable", quote(name));
                let help = "use letters, digits, _ and -, and start with a letter";
                reader.report(key.position(), Diagnostic::error("config/bad-variable", message).help(help));
                continue;
            }
            let Some(text) = reader.text(value, "a variable") else { continue };
            let Some(text) = without_variables(reader, value, text) else { continue };
            match self.get(name) {
                Some((other, _)) if *other == text => {}
                Some((_, first)) => {
                    let message = format!("the variable {} has another value in another file", quote(name));
                    let first = reader.source(*first);
                    let error =
                        Diagnostic::error("config/zone-key-twice", message).related(first, "first here");
                    reader.report(
                        key.position(),
                        error.help("define it in one place, or give one of them another name"),
                    );
                }
                None => drop(self.own.insert(name.to_owned(), (text, value.position()))),
            }
        }
    }

    /// `text` with every `${name}` replaced and `$${` as `${`. `None` when a variable is not defined, which is reported.
    pub(super) fn fill<'s>(
        &self,
        reader: &mut Reader<'_>,
        at: Position,
        text: &'s str,
    ) -> Option<Cow<'s, str>> {
        if !text.contains("${") {
            return Some(Cow::Borrowed(text));
        }
        let mut filled = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            if let Some(before) = before.strip_suffix('$') {
                filled.push_str(before);
                filled.push_str("${");
                rest = after;
                continue;
            }
            let Some((name, behind)) = after.split_once('}').filter(|(name, _)| is_name(name)) else {
                let error =
                    Diagnostic::error("record/bad-variable", "`${` is not followed by a name and `}`");
                reader.report(at, error.help("write ${name}; a literal ${ is written $${"));
                return None;
            };
            let Some((value, _)) = self.get(name) else {
                let message = format!("the variable {} is not defined", quote(name));
                let help = match closest(name, self.names()) {
                    Some(close) => format!("did you mean ${{{close}}}?"),
                    None => format!("define it under `vars:`; a literal ${{{name}}} is written $${{{name}}}"),
                };
                reader.report(at, Diagnostic::error("record/undefined-variable", message).help(help));
                return None;
            };
            filled.push_str(before);
            filled.push_str(value);
            rest = behind;
        }
        filled.push_str(rest);
        Some(Cow::Owned(filled))
    }
}

/// Letters, digits, `_` and `-`, a letter or `_` first.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-'))
}

/// The text of a variable, which cannot use another.
fn without_variables(reader: &mut Reader<'_>, node: &Node<'_>, text: &str) -> Option<String> {
    let literal = text.replace("$${", "\u{0}");
    if literal.contains("${") {
        let message = "a variable cannot use another one";
        let error = Diagnostic::error("config/bad-variable", message);
        reader.report(node.position(), error.help("write its text out; a literal ${ is written $${"));
        return None;
    }
    Some(literal.replace('\u{0}', "${"))
}

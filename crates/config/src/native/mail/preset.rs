//! `preset:`.

use std::collections::BTreeMap;

use dnsctl_mail::intent::At;
use dnsctl_mail::presets::{self, Preset, Use};

use crate::diagnostic::{Diagnostic, Position, closest, quote};
use crate::native::records::Records;
use crate::yaml::{Kind, Node};

impl Records<'_, '_> {
    pub(super) fn presets(&mut self, node: &Node<'_>) -> Vec<At<Use>> {
        let mut all: Vec<At<Use>> = Vec::new();
        for item in node.one_or_many() {
            match item.kind() {
                Kind::Text => {
                    let Some(text) = self.filled(item, "`preset`") else { continue };
                    self.preset(&text, item.position(), None, &mut all);
                }
                Kind::Mapping => {
                    for (key, options) in item.as_mapping().unwrap_or_default() {
                        self.preset(key.text(), key.position(), Some(options), &mut all);
                    }
                }
                _ => self.reader.wrong_kind(item, "`preset`", "a name, or a name with its options"),
            }
        }
        all
    }

    fn preset(&mut self, name: &str, at: Position, options: Option<&Node<'_>>, all: &mut Vec<At<Use>>) {
        let Some(preset) = presets::find(name) else {
            let known = || presets::ALL.iter().map(|preset| preset.name);
            let message = format!("there is no preset {}", quote(name));
            let help = match closest(name, known()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
            };
            self.reader.report(at, Diagnostic::error("config/bad-value", message).help(help));
            return;
        };
        if all.iter().any(|other| other.value.preset.name == name) {
            let message = format!("the preset {} stands twice", quote(name));
            let error = Diagnostic::error("config/bad-value", message);
            self.reader.report(at, error.help("keep one of them"));
            return;
        }
        let source = self.reader.source(at);
        let options = options.map(|node| self.preset_options(preset, node)).unwrap_or_default();
        all.push(At::new(Use { preset, options }, source));
    }

    fn preset_options(&mut self, preset: &'static Preset, node: &Node<'_>) -> BTreeMap<String, Vec<String>> {
        let mut given = BTreeMap::new();
        if node.is_null() {
            return given;
        }
        for (key, value) in self.reader.mapping(node, &quote(preset.name)).unwrap_or_default() {
            let known = || preset.options.iter().map(|option| option.name);
            if !known().any(|name| name == key.text()) {
                if preset.options.is_empty() {
                    let message = format!("the preset {} has no options", preset.name);
                    let error = Diagnostic::error("config/unknown-key", message);
                    self.reader
                        .report(key.position(), error.help(format!("write `preset: {}`", preset.name)));
                } else {
                    self.reader.unknown_key(key, &format!("the preset {}", preset.name), known());
                }
                continue;
            }
            if value.is_null() {
                self.reader.no_value(key);
                continue;
            }
            let texts = self.filled_texts(value, &quote(key.text()));
            given.insert(key.text().to_owned(), texts.into_iter().map(|(text, _)| text).collect());
        }
        given
    }
}

//! The long form of an RRset: `{ ttl, value, values, provider, only, lenient }`.

use std::collections::BTreeMap;

use dnsctl_zone::{Options, RecordType, Ttl};

use super::records::Records;
use crate::diagnostic::{Diagnostic, closest, quote};
use crate::keys;
use crate::project::unknown_provider;
use crate::yaml::{self, Kind, Node};

/// The parts of the long form.
pub(super) struct Long<'n, 't> {
    pub(super) values: &'n [Node<'t>],
    pub(super) ttl: Option<Ttl>,
    pub(super) provider_options: Option<BTreeMap<String, Options>>,
    pub(super) only: Option<Box<[String]>>,
    pub(super) lenient: bool,
}

impl Records<'_, '_> {
    pub(super) fn long<'n, 't>(
        &mut self,
        rtype: RecordType,
        key: &yaml::Key<'_>,
        node: &'n Node<'t>,
    ) -> Option<Long<'n, 't>> {
        let what = quote(key.text());
        let entries = node.as_mapping()?;
        let mut complete = true;
        for (inner, value) in entries {
            if value.is_null() {
                self.reader.no_value(inner);
                complete = false;
            } else if !keys::names(keys::RRSET).any(|name| name == inner.text()) {
                let known = keys::names(keys::RRSET).chain(rtype.fields().iter().map(|field| field.name));
                self.reader.unknown_key(inner, &what, known);
                complete = false;
            }
        }
        let ttl = match node.get("ttl").filter(|ttl| !ttl.is_null()) {
            None => None,
            Some(node) => {
                let text = self.reader.text(node, "`ttl`")?;
                let text = self.vars.fill(self.reader, node.position(), text)?;
                Some(self.reader.ttl_of(node, &text)?)
            }
        };
        let provider_options = match node.get("provider").filter(|options| !options.is_null()) {
            None => None,
            Some(options) => Some(self.provider_options(options)?),
        };
        let only = match node.get("only").filter(|only| !only.is_null()) {
            None => None,
            Some(only) => Some(self.only(only)?),
        };
        let lenient = match node.get("lenient").filter(|lenient| !lenient.is_null()) {
            None => false,
            Some(lenient) => self.reader.boolean(lenient, "`lenient`")?,
        };
        let problem = match (node.get("value"), node.get("values")) {
            (Some(_), Some(_)) => "has `value` and `values`",
            (None, None) => "has neither `value` nor `values`",
            (Some(value), None) if value.kind() == Kind::List => "has a list under `value`",
            (None, Some(values)) if values.kind() != Kind::List => "has no list under `values`",
            (Some(value), None) => {
                return complete.then(|| Long {
                    values: std::slice::from_ref(value),
                    ttl,
                    provider_options,
                    only,
                    lenient,
                });
            }
            (None, Some(values)) => {
                let values = values.as_list().unwrap_or_default();
                return complete.then_some(Long { values, ttl, provider_options, only, lenient });
            }
        };
        if complete {
            let help = "write `value:` with one value, or `values:` with a list";
            let error = Diagnostic::error("record/value-or-values", format!("{what} {problem}"));
            self.reader.report(node.position(), error.help(help));
        }
        None
    }

    fn provider_options(&mut self, node: &Node<'_>) -> Option<BTreeMap<String, Options>> {
        let mut all = BTreeMap::new();
        for (key, value) in self.reader.mapping(node, "`provider`")? {
            let name = key.text();
            let providers = &self.project.providers;
            let known = providers
                .iter()
                .flat_map(|entry| [Some(entry.name.as_str()), entry.kind.as_deref()])
                .flatten();
            if !known.clone().any(|known| known == name) {
                let message =
                    format!("{} is neither the name nor the type of a declared provider", quote(name));
                let help = match closest(name, known) {
                    Some(close) => format!("did you mean `{close}`?"),
                    None => "declare it under `providers:` in dnsctl.yaml, or name another".to_owned(),
                };
                self.reader
                    .report(key.position(), Diagnostic::error("config/unknown-provider", message).help(help));
            }
            let mut options = Options::new();
            for (key, value) in self.reader.mapping(value, &quote(name))? {
                if value.is_null() {
                    self.reader.no_value(key);
                    continue;
                }
                let text = self.reader.text(value, &quote(key.text()))?;
                let text = self.vars.fill(self.reader, value.position(), text)?;
                options.insert(key.text().to_owned(), text.into_owned());
            }
            all.insert(name.to_owned(), options);
        }
        Some(all)
    }

    fn only(&mut self, node: &Node<'_>) -> Option<Box<[String]>> {
        let texts = self.reader.texts(node, "`only`");
        for (name, place) in &texts {
            if self.project.provider(name).is_none() && !self.project.unknown.providers {
                let known = self.project.providers.iter().map(|provider| provider.name.as_str());
                self.reader.report(place.position(), unknown_provider(name, closest(name, known)));
            }
        }
        (!texts.is_empty()).then(|| texts.iter().map(|(name, _)| (*name).to_owned()).collect())
    }
}

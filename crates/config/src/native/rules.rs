//! `ignore:` and `ack:`.

use dnsctl_zone::{Acknowledgement, IgnoreRule, Name, Names, RecordType};

use crate::diagnostic::{Diagnostic, closest, quote};
use crate::keys;
use crate::read::Reader;
use crate::yaml::Node;

impl Reader<'_> {
    pub(super) fn ignore_rules(&mut self, node: &Node<'_>, apex: &Name) -> Vec<IgnoreRule> {
        self.list(node, "`ignore`").iter().filter_map(|item| self.ignore_rule(item, apex)).collect()
    }

    fn ignore_rule(&mut self, node: &Node<'_>, apex: &Name) -> Option<IgnoreRule> {
        let entries = self.table(node, "an ignore rule", keys::IGNORE)?;
        let types = self.record_types(entries.value("type"), "`type`")?;
        let except = self.record_types(entries.value("except"), "`except`")?;
        let name = entries.value("name")?;
        let text = self.some_text(name, "`name`")?;
        let pattern = self.pattern(name, text, apex)?;
        Some(IgnoreRule { name: pattern, types, except, source: self.source(node.position()) })
    }

    fn record_types(&mut self, node: Option<&Node<'_>>, what: &str) -> Option<Vec<RecordType>> {
        let texts = node.map(|node| self.texts(node, what)).unwrap_or_default();
        let types: Vec<_> = texts.into_iter().map(|(text, place)| self.record_type(text, place)).collect();
        types.into_iter().collect()
    }

    /// A pattern of owner names below the apex, with A-labels.
    fn pattern(&mut self, node: &Node<'_>, text: &str, apex: &Name) -> Option<String> {
        const HELP: &str =
            "write it from the apex down, without the zone's name: www, _acme-challenge.**, k8s-*";
        if text == "@" {
            return Some(text.to_owned());
        }
        let plain = apex.to_string();
        let plain = plain.trim_end_matches('.');
        let bare = text.trim_end_matches('.').to_ascii_lowercase();
        let has_apex = !plain.is_empty() && (bare == plain || bare.ends_with(&format!(".{plain}")));
        if text.ends_with('.') || has_apex {
            self.bad(node, format!("the pattern {} is not relative to the zone", quote(text)), HELP);
            return None;
        }
        if text.contains('\\') {
            // With escapes it is taken as it is.
            if text.bytes().all(|octet| octet.is_ascii_graphic()) {
                return Some(text.to_ascii_lowercase());
            }
            self.bad(node, format!("{} is not a pattern of owner names", quote(text)), HELP);
            return None;
        }
        let mut labels = Vec::new();
        for label in text.split('.') {
            if label.contains("**") && label != "**" {
                self.bad(node, format!("in {} `**` is not a label of its own", quote(text)), HELP);
                return None;
            }
            if label.contains('*') && label.bytes().all(|octet| octet.is_ascii_graphic()) {
                labels.push(label.to_ascii_lowercase());
                continue;
            }
            match Name::absolute(label) {
                Ok(name) if !label.contains('\\') => {
                    labels.push(name.without_dot());
                }
                _ => {
                    self.bad(node, format!("{} is not a pattern of owner names", quote(text)), HELP);
                    return None;
                }
            }
        }
        Some(labels.join("."))
    }

    pub(crate) fn acknowledgements(
        &mut self,
        node: &Node<'_>,
        apex: &Name,
        rules: &[String],
    ) -> Vec<Acknowledgement> {
        self.list(node, "`ack`").iter().filter_map(|item| self.acknowledgement(item, apex, rules)).collect()
    }

    fn acknowledgement(&mut self, node: &Node<'_>, apex: &Name, rules: &[String]) -> Option<Acknowledgement> {
        let entries = self.table(node, "an acknowledgement", keys::ACKNOWLEDGEMENT)?;
        let rule =
            entries.value("rule").and_then(|rule| self.some_text(rule, "`rule`").map(|text| (text, rule)));
        if let Some((text, place)) = rule
            && !rules.is_empty()
            && !rules.iter().any(|known| known == text)
        {
            let message = format!("there is no rule {}", quote(text));
            let close = closest(text, rules.iter().map(String::as_str));
            let help = close.map_or_else(
                || "`dnsctl explain` lists them".to_owned(),
                |close| format!("did you mean `{close}`?"),
            );
            self.report(place.position(), Diagnostic::error("config/unknown-rule", message).help(help));
        }
        let until = entries.value("until").and_then(|until| self.day(until));
        let why = entries.value("why").and_then(|why| self.some_text(why, "`why`"));
        let at = match entries.value("at") {
            None => None,
            Some(at) => Some(self.name_and_type(at, apex)?),
        };
        let weight = entries.value("weight").and_then(|weight| {
            let text = self.text(weight, "`weight`")?;
            let known = keys::WEIGHTS.iter().any(|(word, _)| *word == text);
            let guard = rule.is_some_and(|(rule, _)| rule.contains('/'));
            if !known || guard {
                let message = match known {
                    true => "a guard stops a plan or lets it pass: it has no weight".to_owned(),
                    false => format!("{} is no weight", quote(text)),
                };
                let help =
                    if known { "remove `weight`" } else { "write critical, error, warning, note or info" };
                self.bad(weight, message, help);
            }
            Some(text.to_owned())
        });
        let source = self.source(node.position());
        let (rule, until, why) = (rule?.0.to_owned(), until?, why?.to_owned());
        Some(Acknowledgement { rule, at, until, why, weight, source })
    }

    fn day(&mut self, node: &Node<'_>) -> Option<String> {
        let text = self.text(node, "`until`")?;
        let day = jiff::civil::Date::strptime("%Y-%m-%d", text).ok().filter(|day| day.to_string() == text);
        if day.is_none() {
            self.bad(
                node,
                format!("{} is not a day", quote(text)),
                "write it as YYYY-MM-DD, such as 2026-12-31",
            );
        }
        day.map(|_| text.to_owned())
    }

    /// `@ MX` or `www`.
    fn name_and_type(&mut self, node: &Node<'_>, apex: &Name) -> Option<(Name, Option<RecordType>)> {
        let text = self.some_text(node, "`at`")?;
        let mut words = text.split_ascii_whitespace();
        let (Some(owner), rtype, None) = (words.next(), words.next(), words.next()) else {
            self.bad(
                node,
                format!("{} is not an owner name and a type", quote(text)),
                "write both, such as \"@ MX\"",
            );
            return None;
        };
        let rtype = match rtype {
            None => None,
            Some(word) => Some(self.record_type(word, node)?),
        };
        match Name::parse(owner, Names { origin: apex, strict: false }) {
            Ok(name) if name.is_at_or_below(apex) => Some((name, rtype)),
            Ok(name) => {
                self.bad(
                    node,
                    format!("{name} is not in the zone {apex}"),
                    "write the owner name from the apex down",
                );
                None
            }
            Err(error) => {
                self.bad(
                    node,
                    error.to_string(),
                    "write the owner name from the apex down, such as \"www A\"",
                );
                None
            }
        }
    }

    /// A record type by its name.
    pub(super) fn record_type(&mut self, text: &str, node: &Node<'_>) -> Option<RecordType> {
        let rtype = super::records::record_type(text);
        if rtype.is_none() {
            self.report(node.position(), super::records::unknown_type(text));
        }
        rtype
    }
}

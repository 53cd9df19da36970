//! The `mail:` block: read as data, and the records that follow from it put among those that are written.

mod access;
mod authentication;
mod below;
mod file;
mod hosts;
mod lookups;
mod merge;
mod preset;
mod senders;
#[cfg(test)]
mod tests;
mod text;
mod transport;

use std::collections::HashMap;

use dnsctl_mail::intent::{At, Files, Intent, Problem};
use dnsctl_zone::{Folded, Name, Source, Ttl, Wish};

use super::records::Records;
use crate::diagnostic::{Diagnostic, Diagnostics, File};
use crate::keys;
use crate::project::MailPart;
use crate::yaml::{Kind, Node};

/// The longest time that an MTA-STS policy may be kept, in seconds (RFC 8461 section 3.2).
const LONGEST_AGE: u32 = 31_557_600;

/// What the `mail:` blocks of one zone said so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    intent: Intent,
    files: Files,
    /// Where each key stands; one key stands in one block.
    places: HashMap<&'static str, Source>,
    /// Whether something could not be read.
    broken: bool,
}

impl Gathered {
    /// The derived records put among the others, and what both together say. Nothing without a block. `providers`: those of the
    /// zone.
    pub(super) fn finish(
        self,
        apex: &Name,
        ttl: Ttl,
        providers: &[String],
        wishes: &mut Vec<Wish>,
        (found, folded): (&mut Diagnostics, &mut Vec<Folded>),
    ) -> Option<MailPart> {
        if self.intent.is_empty() {
            return None;
        }
        let derived = dnsctl_mail::intent::derive(&self.intent, apex, ttl, &self.files);
        let news = derived.problems.iter().filter(|problem| !(problem.absent && self.broken));
        found.extend(news.map(diagnostic));
        folded.extend(merge::into(wishes, &derived.wishes, providers, found));
        lookups::check(apex, wishes, &derived.wishes, found);
        below::check(apex, &self.intent, wishes, &derived.wishes, found);
        let keys = derived.wishes.iter().map(|wish| (wish.rrset.name.clone(), wish.rrset.rtype));
        Some(MailPart {
            derived: keys.collect(),
            intent: derived.intent,
            policy: derived.policy,
            files: self.files,
        })
    }
}

/// A problem as it is shown.
fn diagnostic(problem: &Problem) -> Diagnostic {
    let shown = Diagnostic::error(problem.code, problem.message.clone())
        .at(problem.source.clone())
        .help(problem.help.clone());
    match &problem.related {
        Some((source, words)) => shown.related(source.clone(), words.clone()),
        None => shown,
    }
}

impl Records<'_, '_> {
    /// Reads a `mail:` block of `file`.
    pub(super) fn mail(&mut self, node: &Node<'_>, file: &File) {
        let before = self.reader.found.counts().errors;
        self.mail_block(node, file);
        self.mail.broken |= self.reader.found.counts().errors > before;
    }

    fn mail_block(&mut self, node: &Node<'_>, file: &File) {
        let source = self.reader.source(node.position());
        let first = self.mail.intent.source.get_or_insert_with(|| source.clone()).clone();
        if node.kind() == Kind::Text {
            if let Some(source) = self.no_mail(node) {
                if self.mail.intent.none.is_some() || first != source {
                    self.twice("mail", &first, &source);
                }
                self.mail.intent.none = Some(source);
            }
            return;
        }
        if let Some(none) = self.mail.intent.none.clone() {
            self.twice("mail", &none, &source);
            return;
        }
        let Some(entries) = self.reader.table(node, "`mail`", keys::mail::MAIL) else { return };
        for key in keys::names(keys::mail::MAIL) {
            let Some((written, value)) = entries.get(key) else { continue };
            let source = self.reader.source(written.position());
            if let Some(first) = self.mail.places.get(key).cloned() {
                self.twice(key, &first, &source);
                continue;
            }
            self.mail.places.insert(key, source.clone());
            self.mail_key(key, value, &source, file);
        }
    }

    fn no_mail(&mut self, node: &Node<'_>) -> Option<Source> {
        let text = node.as_str()?;
        if text == "none" {
            return Some(self.reader.source(node.position()));
        }
        let message = format!("`mail` cannot be {}", crate::diagnostic::quote(text));
        let help = "write `none` for a domain that neither receives nor sends, or a mapping that says what mail does";
        self.reader.bad(node, message, help);
        None
    }

    fn twice(&mut self, key: &str, first: &Source, again: &Source) {
        let message = format!("`{key}` of the mail of this zone stands in two places");
        let error = Diagnostic::error("config/zone-key-twice", message)
            .at(again.clone())
            .related(first.clone(), "first here");
        self.reader.found.push(error.help(format!("write `{key}` in one of them only")));
    }

    fn mail_key(&mut self, key: &str, node: &Node<'_>, source: &Source, file: &File) {
        let here = |value| Some(At::new(value, source.clone()));
        match key {
            "preset" => self.mail.intent.presets = self.presets(node),
            "receives" => {
                self.mail.intent.receives = self.reader.boolean(node, "`receives`").and_then(here);
            }
            "sends" => self.mail.intent.sends = self.reader.boolean(node, "`sends`").and_then(here),
            "ttl" => {
                let ttl = self.mail_ttl(node);
                self.mail.intent.ttl = ttl.map(|ttl| At::new(ttl, source.clone()));
            }
            "mx" => self.mail.intent.mx = self.exchanges(node),
            "hosts" => self.mail.intent.hosts = self.mail_hosts(node),
            "senders" => self.mail.intent.senders = self.senders(node),
            "spf" => self.mail.intent.spf = self.spf(node).map(|spf| At::new(spf, source.clone())),
            "dkim" => self.mail.intent.dkim = self.selectors(node, file),
            "dmarc" => self.mail.intent.dmarc = self.dmarc(node).map(|dmarc| At::new(dmarc, source.clone())),
            "reports_for" => {
                let texts = self.filled_texts(node, "`reports_for`");
                let names = texts.iter().filter_map(|(text, place)| {
                    let name = self.full_name(place, text, "`reports_for`")?;
                    Some(At::new(name, self.reader.source(place.position())))
                });
                self.mail.intent.reports_for = names.collect();
            }
            "mta_sts" => {
                self.mail.intent.mta_sts = self.mta_sts(node).map(|part| At::new(part, source.clone()));
            }
            "tls_rpt" => {
                self.mail.intent.tls_rpt = self.tls_rpt(node).map(|part| At::new(part, source.clone()));
            }
            "dane" => self.mail.intent.dane = self.dane(node, file),
            "smtp" => self.mail.intent.smtp = self.smtp(node).map(|part| At::new(part, source.clone())),
            "imap" => {
                self.mail.intent.imap =
                    self.access(node, "`imap`", 993).map(|part| At::new(part, source.clone()));
            }
            "pop" => {
                self.mail.intent.pop =
                    self.access(node, "`pop`", 995).map(|part| At::new(part, source.clone()));
            }
            "sieve" => {
                self.mail.intent.sieve =
                    self.access(node, "`sieve`", 4190).map(|part| At::new(part, source.clone()));
            }
            "autoconfig" => {
                let name = self.host_name(node, "`autoconfig`");
                self.mail.intent.autoconfig = name.map(|name| At::new(name, source.clone()));
            }
            "autodiscover" => {
                let name = self.host_name(node, "`autodiscover`");
                self.mail.intent.autodiscover = name.map(|name| At::new(name, source.clone()));
            }
            "bimi" => self.mail.intent.bimi = self.bimi(node).map(|part| At::new(part, source.clone())),
            _ => {}
        }
    }
}

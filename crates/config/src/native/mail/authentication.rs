//! `dkim:`, `dmarc:` and `bimi:`.

use dnsctl_mail::intent::{At, Bimi, DkimSource, Dmarc, DmarcPolicy, Selector};

use crate::diagnostic::{Diagnostic, File, quote};
use crate::keys;
use crate::native::records::Records;
use crate::yaml::{Key, Kind, Node};

const POLICIES: [(&str, DmarcPolicy); 3] =
    [("none", DmarcPolicy::None), ("quarantine", DmarcPolicy::Quarantine), ("reject", DmarcPolicy::Reject)];
const FORMS: &str = "write { key_file: PATH }, { public: KEY }, { cname: NAME }, or revoked";

impl Records<'_, '_> {
    pub(super) fn selectors(&mut self, node: &Node<'_>, file: &File) -> Vec<At<Selector>> {
        let mut all = Vec::new();
        for (key, value) in self.reader.mapping(node, "`dkim`").unwrap_or_default() {
            if value.is_null() {
                self.reader.no_value(key);
                continue;
            }
            let owner = self.selector_name(key);
            let Some((source, test)) = self.dkim_source(value, file) else { continue };
            let Some((text, name)) = owner else { continue };
            let selector = Selector { name, text, key: source, test };
            all.push(At::new(selector, self.reader.source(key.position())));
        }
        all
    }

    fn selector_name(&mut self, key: &Key<'_>) -> Option<(String, dnsctl_zone::Name)> {
        let text = self.vars.fill(self.reader, key.position(), key.text())?.into_owned();
        let label = |label: &str| {
            let inside = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
            !label.is_empty() && label.bytes().all(inside) && !label.starts_with('-') && !label.ends_with('-')
        };
        if let Some((selector, _)) = text.split_once("._domainkey") {
            let message = format!("{} is more than the selector", quote(&text));
            let error = Diagnostic::error("config/bad-value", message).help(format!("write {selector}"));
            self.reader.report(key.position(), error);
            return None;
        }
        let name = self.below_apex(&format!("{text}._domainkey")).ok().filter(|_| text.split('.').all(label));
        if name.is_none() {
            let message =
                format!("{} is not a selector: letters, digits and - (RFC 6376 section 3.1)", quote(&text));
            let error = Diagnostic::error("config/bad-value", message);
            self.reader.report(key.position(), error.help("write the label before ._domainkey"));
        }
        Some((text, name?))
    }

    fn dkim_source(&mut self, node: &Node<'_>, file: &File) -> Option<(DkimSource, bool)> {
        if node.kind() == Kind::Text {
            let text = self.filled(node, "a DKIM key")?;
            if text == "revoked" {
                return Some((DkimSource::Revoked, false));
            }
            let message = format!("{} can be a file, a key or a name", quote(&text));
            self.reader.bad(node, message, FORMS);
            return None;
        }
        let entries = self.reader.table(node, "a DKIM key", keys::mail::SELECTOR)?;
        let test = entries.value("test").and_then(|node| self.reader.boolean(node, "`test`"));
        let sources = ["key_file", "public", "cname"].map(|key| Some((key, entries.value(key)?)));
        let mut given = sources.into_iter().flatten();
        let (Some((key, value)), None) = (given.next(), given.next()) else {
            self.reader.bad(node, "a DKIM key comes from one place".to_owned(), FORMS);
            return None;
        };
        if let (Some(true), "cname", Some(place)) = (test, key, entries.value("test")) {
            let message = "the key at the hoster's name says itself whether it is a test";
            self.reader.bad(place, message.to_owned(), "remove `test`");
            return None;
        }
        let source = match key {
            "key_file" => DkimSource::File(self.file_of(value, file)?),
            "public" => DkimSource::Public(self.filled(value, "`public`")?),
            _ => DkimSource::Alias(self.host_name(value, "`cname`")?),
        };
        Some((source, test.unwrap_or_default()))
    }

    pub(super) fn dmarc(&mut self, node: &Node<'_>) -> Option<Dmarc> {
        let plain = |policy| Dmarc {
            policy,
            subdomains: None,
            nonexistent: None,
            rua: Vec::new(),
            ruf: Vec::new(),
            strict_dkim: false,
            strict_spf: false,
            test: false,
        };
        if node.kind() == Kind::Text {
            return self.reader.choice(node, "`dmarc`", &POLICIES).map(plain);
        }
        let entries = self.reader.table(node, "`dmarc`", keys::mail::DMARC)?;
        let mut policy =
            |key: &str| entries.value(key).and_then(|node| self.reader.choice(node, &quote(key), &POLICIES));
        let (main, subdomains, nonexistent) = (policy("policy"), policy("subdomains"), policy("nonexistent"));
        let mut dmarc = Dmarc { subdomains, nonexistent, ..plain(main.unwrap_or(DmarcPolicy::None)) };
        for (key, list) in [("rua", &mut dmarc.rua), ("ruf", &mut dmarc.ruf)] {
            if let Some(node) = entries.value(key) {
                *list = self.uris(node, &quote(key), &["mailto:"]);
            }
        }
        if let Some(node) = entries.value("alignment") {
            (dmarc.strict_dkim, dmarc.strict_spf) = self.alignment(node);
        }
        let test = entries.value("test").and_then(|node| self.reader.boolean(node, "`test`"));
        dmarc.test = test.unwrap_or_default();
        main.map(|_| dmarc)
    }

    fn alignment(&mut self, node: &Node<'_>) -> (bool, bool) {
        let words = [("relaxed", false), ("strict", true)];
        if node.kind() == Kind::Text {
            let both = self.reader.choice(node, "`alignment`", &words).unwrap_or_default();
            return (both, both);
        }
        let Some(entries) = self.reader.table(node, "`alignment`", keys::mail::ALIGNMENTS) else {
            return (false, false);
        };
        let mut one = |key: &str| {
            entries
                .value(key)
                .and_then(|node| self.reader.choice(node, &quote(key), &words))
                .unwrap_or_default()
        };
        (one("dkim"), one("spf"))
    }

    pub(super) fn bimi(&mut self, node: &Node<'_>) -> Option<Bimi> {
        if node.kind() == Kind::Text {
            return self.reader.choice(node, "`bimi`", &[("none", ())]).map(|()| Bimi::Declined);
        }
        let entries = self.reader.table(node, "`bimi`", keys::mail::BIMI)?;
        let mut url = |key: &str| {
            let node = entries.value(key)?;
            Some(self.uris(node, &quote(key), &["https://"]).into_iter().next()?.value)
        };
        let (logo, evidence) = (url("logo"), url("evidence"));
        logo.map(|logo| Bimi::Logo { logo, evidence })
    }
}

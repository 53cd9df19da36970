//! DKIM keys.

use super::{Files, Maker};
use crate::dkim;
use crate::intent::{At, DkimSource, Problem, Selector};
use dnsctl_zone::{Name, Rdata, RecordType, Source};

/// A revoked key (RFC 6376 section 3.6.1).
const REVOKED: &str = "v=DKIM1; p=";

/// Lines that have no end could fill the memory; no key is longer.
const LONGEST: usize = 16 * 1024;

impl Maker<'_> {
    pub(super) fn dkim(&mut self) {
        let intent = self.intent;
        for At { value: selector, source } in &intent.dkim {
            let Some(text) = self.key_text(selector, source) else { continue };
            match text {
                Key::Text(text) => self.text(selector.name.clone(), &text, source),
                Key::Alias(target) => {
                    let mut octets = Vec::new();
                    target.write_wire(&mut octets);
                    if let Ok(rdata) = Rdata::from_wire(RecordType::CNAME, &octets) {
                        self.add(selector.name.clone(), rdata, source);
                    }
                }
            }
        }
        let used = |selector: &At<Selector>| selector.value.key != DkimSource::Revoked;
        if intent.sends_mail() {
            return;
        }
        let said = intent.none.as_ref().or(intent.sends.as_ref().map(|sends| &sends.source));
        let Some(said) = said else { return };
        if let Some(selector) = intent.dkim.iter().find(|selector| used(selector)) {
            let message = "nobody sends mail, but there is a key that signs it";
            let help = "write the selector with `revoked`, or say who sends";
            let problem = Problem::new("mail/dkim-unused", &selector.source, message, help);
            self.problem(problem.related(said, "here"));
            return;
        }
        if let Some(name) = self.below("*._domainkey", said) {
            self.text(name, REVOKED, said);
        }
    }

    fn key_text(&mut self, selector: &Selector, source: &Source) -> Option<Key> {
        let text = match &selector.key {
            DkimSource::Revoked => return Some(Key::Text(REVOKED.to_owned())),
            DkimSource::Alias(target) => return Some(Key::Alias(target.clone())),
            DkimSource::Public(text) => text.clone(),
            DkimSource::File(file) => {
                // A file that could not be read was told.
                let octets = self.files.get(&file.path)?;
                let Ok(text) = std::str::from_utf8(octets) else {
                    let message = format!("{} is not text", file.path);
                    let help = "give the public key as PEM: openssl pkey -in KEY -pubout";
                    self.problem(Problem::new("mail/dkim-key", source, message, help));
                    return None;
                };
                text.to_owned()
            }
        };
        match record(&text, selector.test) {
            Ok(record) => Some(Key::Text(record)),
            Err((message, help)) => {
                let what = match &selector.key {
                    DkimSource::File(file) => format!("{}: {message}", file.path),
                    _ => message,
                };
                self.problem(Problem::new("mail/dkim-key", source, what, help));
                None
            }
        }
    }
}

/// The key that a selector declares, when it is one that is held and can be read.
pub fn declared_key(selector: &Selector, files: &Files) -> Option<dkim::Key> {
    let text = match &selector.key {
        DkimSource::Public(text) => text.as_str(),
        DkimSource::File(file) => std::str::from_utf8(files.get(&file.path)?).ok()?,
        DkimSource::Alias(_) | DkimSource::Revoked => return None,
    };
    dkim::parse(record(text, selector.test).ok()?.as_bytes()).key
}

enum Key {
    Text(String),
    Alias(Name),
}

/// The record of a key: from PEM, from base64, or from a record, as opendkim-genkey writes it into a file.
fn record(text: &str, test: bool) -> Result<String, (String, &'static str)> {
    const FORMS: &str =
        "give the public key as PEM (openssl pkey -in KEY -pubout), as base64, or as a whole record";
    if text.len() > LONGEST {
        return Err((format!("a key of {} octets is none", text.len()), FORMS));
    }
    let mut key = if text.contains("-----BEGIN") {
        if text.contains("PRIVATE KEY-----") {
            let help = "keep it where mail is signed, and give its public key: openssl pkey -in KEY -pubout";
            return Err((
                "this is the private key, which does not belong beside zone files".to_owned(),
                help,
            ));
        }
        dkim::public_from_pem(text).map_err(|error| (error.to_string(), FORMS))?
    } else {
        let written =
            if text.contains("p=") { unquoted(text) } else { format!("v=DKIM1; p={}", text.trim()) };
        let parsed = dkim::parse(written.as_bytes());
        if let Some(fault) = parsed.faults.iter().find(|fault| fault.is_error()) {
            return Err((fault.message.clone(), FORMS));
        }
        parsed.key.ok_or_else(|| ("there is no key".to_owned(), FORMS))?
    };
    if key.revoked() {
        return Err(("the key is empty, which revokes it".to_owned(), "write `revoked` if that is meant"));
    }
    key.test |= test;
    Ok(key.to_string())
}

/// The text of a record in the form of a master file: the strings in quotes joined, or the text itself.
fn unquoted(text: &str) -> String {
    if !text.contains('"') {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    text.split('"').skip(1).step_by(2).collect()
}

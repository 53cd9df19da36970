//! Providers as the configuration names them.

use std::fmt;
use std::path::PathBuf;

use dnsctl_zone::Source;

use crate::diagnostic::{Diagnostic, quote};
use crate::keys;
use crate::read::Reader;
use crate::yaml::{Kind, Node};

/// A provider as the configuration names it.
#[derive(Debug, Clone)]
pub struct ProviderEntry {
    /// The name that zones use.
    pub name: String,
    /// The kind of adapter: `powerdns`. `None` for an octoDNS class without an adapter, whose zones can be checked,
    /// imported and exported, but not planned.
    pub kind: Option<String>,
    /// The octoDNS class as written.
    pub class: Option<String>,
    /// The options as written. They are checked where the adapters are known.
    pub options: Vec<ProviderOption>,
    /// Where it stands.
    pub source: Source,
}

/// One option of a provider.
#[derive(Debug, Clone)]
pub struct ProviderOption {
    /// The key.
    pub key: String,
    /// The value as written.
    pub value: RawValue,
    /// Where the value stands.
    pub source: Source,
}

/// The value of an option as written. `Debug` does not print texts, since a text can turn out to be a secret.
#[derive(Clone, PartialEq, Eq)]
pub enum RawValue {
    /// Any scalar, as it was written.
    Text(String),
    /// A list of scalars.
    List(Vec<String>),
    /// A mapping that says where a secret comes from.
    Secret(SecretSource),
}

/// Where a secret comes from. `Debug` does not print a literal.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// A variable of the environment.
    Env(String),
    /// A file that holds nothing else. Relative paths start at the configuration's folder.
    File(PathBuf),
    /// A program and its arguments; it prints the secret.
    Command(Vec<String>),
    /// The secret itself.
    Literal(String),
    /// A variable of the environment, and what holds when it is not set (`env/NAME/DEFAULT` of octoDNS).
    EnvOr(String, String),
    /// Several, one behind the other: a URL of which octoDNS has the parts.
    Joined(Vec<Self>),
}

impl fmt::Debug for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(…)"),
            Self::List(items) => write!(f, "List({} items)", items.len()),
            Self::Secret(secret) => f.debug_tuple("Secret").field(secret).finish(),
        }
    }
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => f.debug_tuple("Env").field(name).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Command(words) => f.debug_tuple("Command").field(&words.first()).finish_non_exhaustive(),
            Self::Literal(_) => f.write_str("Literal(***)"),
            Self::EnvOr(name, _) => f.debug_tuple("EnvOr").field(name).finish_non_exhaustive(),
            Self::Joined(parts) => f.debug_tuple("Joined").field(parts).finish(),
        }
    }
}

impl ProviderOption {
    /// The value as a secret, for an option that the adapter takes as one. A text is the secret itself, which gives
    /// a warning, since the file is meant to be committed.
    ///
    /// # Errors
    /// A list.
    pub fn secret(&self) -> Result<(SecretSource, Option<Diagnostic>), Box<Diagnostic>> {
        let name = quote(&self.key);
        match &self.value {
            RawValue::Secret(source) => Ok((source.clone(), None)),
            RawValue::Text(text) => {
                let warning =
                    Diagnostic::warning("config/literal-secret", format!("{name} holds a secret as text"))
                        .at(self.source.clone())
                        .help("write { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }");
                Ok((SecretSource::Literal(text.clone()), Some(warning)))
            }
            RawValue::List(_) => {
                let message =
                    format!("{name} must be {{ env: NAME }}, {{ file: PATH }} or {{ command: [...] }}");
                let error = Diagnostic::error("config/wrong-kind", message).at(self.source.clone());
                Err(Box::new(error.help("write one of them; a literal text is accepted with a warning")))
            }
        }
    }
}

impl Reader<'_> {
    /// `providers:` of our own format.
    pub(super) fn providers(&mut self, node: &Node<'_>) -> Vec<ProviderEntry> {
        let entries = self.mapping(node, "`providers`").unwrap_or_default();
        let mut providers = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            if value.is_null() {
                self.no_value(key);
                continue;
            }
            let name = key.text().to_owned();
            let what = format!("the provider {}", quote(&name));
            let mut provider = ProviderEntry {
                name,
                kind: None,
                class: None,
                options: Vec::new(),
                source: self.source(key.position()),
            };
            let Some(entries) = self.mapping(value, &what) else {
                // Zones may name it: that it is wrong is told once.
                providers.push(provider);
                continue;
            };
            for (key, value) in entries {
                if value.is_null() {
                    self.no_value(key);
                } else if key.text() == "type" {
                    provider.kind = self.some_text(value, "`type`").map(str::to_owned);
                } else if let Some(raw) = self.raw_value(value, key.text()) {
                    let source = self.source(value.position());
                    provider.options.push(ProviderOption { key: key.text().to_owned(), value: raw, source });
                }
            }
            if provider.kind.is_none() && value.get("type").is_none() {
                let error = Diagnostic::error("config/missing-key", format!("{what} needs the key `type`"));
                self.report(key.position(), error.help("`dnsctl providers` lists the types"));
            }
            providers.push(provider);
        }
        providers
    }

    /// Text, a list of texts, or a mapping that says where a secret comes from.
    pub(super) fn raw_value(&mut self, node: &Node<'_>, key: &str) -> Option<RawValue> {
        let what = quote(key);
        match node.kind() {
            Kind::List => {
                let items =
                    self.list(node, &what).iter().map(|item| self.text(item, &what).map(str::to_owned));
                items.collect::<Vec<_>>().into_iter().collect::<Option<_>>().map(RawValue::List)
            }
            Kind::Mapping => self.secret_source(node, &what).map(RawValue::Secret),
            _ => self.text(node, &what).map(|text| RawValue::Text(text.to_owned())),
        }
    }

    fn secret_source(&mut self, node: &Node<'_>, what: &str) -> Option<SecretSource> {
        let entries = self.table(node, what, keys::SECRET)?;
        let count = keys::names(keys::SECRET).filter(|name| entries.get(name).is_some()).count();
        if count != 1 {
            let message = format!("{what} must have one of the keys env, file and command");
            self.bad(
                node,
                message,
                "a secret is { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }",
            );
            return None;
        }
        if let Some(name) = entries.value("env") {
            return self.some_text(name, "`env`").map(|name| SecretSource::Env(name.to_owned()));
        }
        if let Some(path) = entries.value("file") {
            return self.some_text(path, "`file`").map(|path| SecretSource::File(path.into()));
        }
        let command = entries.value("command")?;
        let words = self
            .list(command, "`command`")
            .iter()
            .map(|word| self.text(word, "`command`").map(str::to_owned));
        let words: Option<Vec<_>> = words.collect::<Vec<_>>().into_iter().collect();
        let words = words?;
        if words.first().is_none_or(String::is_empty) {
            self.bad(command, "`command` is empty".to_owned(), "write a program and its arguments");
            return None;
        }
        Some(SecretSource::Command(words))
    }
}

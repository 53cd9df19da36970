//! How an adapter is opened: its options by name, and what comes in from outside.

use crate::adapter::{Reader, Writer};
use crate::capability::Capabilities;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Stats, Trace};
use crate::limit::Limiters;
use crate::secret::Secret;
use crate::stop::Stop;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// One kind of provider: what it is called, what it can do, which options it takes, how it is opened.
/// Each adapter crate has one as `FACTORY`; the command's registry lists them.
#[derive(Debug)]
pub struct Factory {
    /// The word behind `type:` in the configuration.
    pub kind: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The vendor's documentation.
    pub documentation: &'static str,
    /// What is known of it: which servers its tests run against.
    pub evidence: &'static str,
    /// The options under its name in the configuration.
    pub options: &'static [OptionSpec],
    /// What it can do in general. An opened reader may say less.
    pub capabilities: fn() -> Capabilities,
    /// Opens it for reading only.
    pub open_reader: fn(&Settings, &Context) -> Result<Box<dyn Reader>>,
    /// Opens it for writing.
    pub open_writer: fn(&Settings, &Context) -> Result<Writer>,
}

/// One option of a provider. The parser of the configuration, the JSON Schema and `dnsctl providers` are made from it.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec {
    /// The key.
    pub name: &'static str,
    /// The form of its value.
    pub kind: OptionKind,
    /// Whether it must be there.
    pub required: bool,
    /// What it is, its unit, and its default when it may be absent.
    pub doc: &'static str,
}

impl OptionSpec {
    /// Where certificates of servers are not signed by an authority that the system knows.
    pub const CA_FILE: Self = Self::optional(
        "ca_file",
        OptionKind::Path,
        "A PEM file with the only certificate authorities to trust. Default: those of the system.",
    );
    /// How many requests are under way at a time.
    pub const CONCURRENCY: Self =
        Self::optional("concurrency", OptionKind::Number, "Requests at once. Default: 8.");
    /// How long a server may be silent.
    pub const TIMEOUT: Self = Self::optional(
        "timeout",
        OptionKind::Duration,
        "How long to wait until an answer begins, and for each further part of it. Default: 60 s.",
    );

    /// An option that must be there.
    #[must_use]
    pub const fn required(name: &'static str, kind: OptionKind, doc: &'static str) -> Self {
        Self { name, kind, required: true, doc }
    }

    /// An option that may be absent.
    #[must_use]
    pub const fn optional(name: &'static str, kind: OptionKind, doc: &'static str) -> Self {
        Self { name, kind, required: false, doc }
    }

    /// The same option in other words, for an adapter with another default.
    #[must_use]
    pub const fn with_doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }
}

/// The form of an option's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// Any text.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number.
    Number,
    /// `true` or `false`.
    Bool,
    /// Seconds, or a text such as `5s` or `2m`.
    Duration,
    /// A path, relative to the folder of the configuration.
    Path,
    /// `{env: NAME}`, `{file: PATH}`, `{command: [PROGRAM, ARGUMENT…]}`, or a text (with a warning).
    Secret,
    /// A list of texts.
    List,
}

/// The value of an option.
#[derive(Debug, Clone)]
pub enum OptionValue {
    /// [`OptionKind::Text`] and [`OptionKind::Choice`].
    Text(String),
    /// [`OptionKind::Number`].
    Number(u64),
    /// [`OptionKind::Bool`].
    Bool(bool),
    /// [`OptionKind::Duration`].
    Duration(Duration),
    /// [`OptionKind::Path`], made absolute.
    Path(PathBuf),
    /// [`OptionKind::Secret`].
    Secret(Secret),
    /// [`OptionKind::List`].
    List(Vec<String>),
}

/// The options of one provider, checked against its [`OptionSpec`]s.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The name of the provider in the configuration.
    pub name: String,
    /// The values by key.
    pub values: BTreeMap<String, OptionValue>,
}

/// Gives a variable of the environment.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What comes in from outside: time, environment, numbers for the whole run.
#[derive(Clone)]
pub struct Context {
    /// The time now.
    pub now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// A variable of the environment.
    pub environment: Environment,
    /// How many requests may run at once for one provider, when the user says so.
    pub concurrency: Option<usize>,
    /// Counts the HTTP requests of all providers.
    pub stats: Arc<Stats>,
    /// Is told of each try of each HTTP request.
    pub trace: Option<Trace>,
    /// Set when no further write is to be sent.
    pub stop: Stop,
    /// The limiters of the accounts, which the readers and writers of one provider share.
    pub limiters: Limiters,
}

impl Context {
    /// A context with this clock and environment, and nothing asked for.
    #[must_use]
    pub fn new(now: Arc<dyn Fn() -> SystemTime + Send + Sync>, environment: Environment) -> Self {
        Self {
            now,
            environment,
            concurrency: None,
            stats: Arc::default(),
            trace: None,
            stop: Stop::new(),
            limiters: Limiters::default(),
        }
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("concurrency", &self.concurrency).finish_non_exhaustive()
    }
}

macro_rules! getter {
    ($(#[$doc:meta])* $function:ident $variant:ident $type:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $function(&self, key: &str) -> Option<$type> {
            match self.values.get(key) {
                Some(OptionValue::$variant(value)) => Some(value),
                _ => None,
            }
        }
    };
}

impl Settings {
    getter! {
        /// The text of this option.
        text Text &String
    }
    getter! {
        /// The number of this option.
        number Number &u64
    }
    getter! {
        /// The truth value of this option.
        bool Bool &bool
    }
    getter! {
        /// The duration of this option.
        duration Duration &Duration
    }
    getter! {
        /// The path of this option.
        path Path &PathBuf
    }
    getter! {
        /// The secret of this option.
        secret Secret &Secret
    }
    getter! {
        /// The list of this option.
        list List &Vec<String>
    }

    /// An error that says that this option is missing.
    #[must_use]
    pub fn missing(&self, key: &str) -> Error {
        let name = &self.name;
        Error::new(ErrorKind::Config, format!("the provider \"{name}\" needs the option \"{key}\""))
    }
}

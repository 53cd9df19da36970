//! What a configuration asks for beyond its files.

use std::fmt;

use dnsctl_zone::{Live, Name};

/// Answers what files cannot: octoDNS takes the records of a zone from live servers and from the environment, too.
pub trait Outside: fmt::Debug + Send + Sync {
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;

    /// A zone as a provider of the configuration has it, or `None` when it has none.
    ///
    /// # Errors
    /// Why it cannot be told.
    fn zone(&self, provider: &str, apex: &Name) -> Result<Option<Live>, Silence>;
}

/// Why a zone could not be read from a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// This run asks no servers.
    Offline,
    /// The server refused the credentials: a message and maybe a hint.
    Refused(String, Option<String>),
    /// Anything else that went wrong: a message and maybe a hint.
    Failed(String, Option<String>),
}

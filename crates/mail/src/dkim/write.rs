//! Writing a key record.

use super::{Hash, Key, KeyType, Service};
use std::fmt;

impl fmt::Display for Key {
    /// The text of the TXT record: `v` first, `p` last, and only what differs from the defaults, except for `k`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key_type = match &self.key_type {
            KeyType::Rsa => "rsa",
            KeyType::Ed25519 => "ed25519",
            KeyType::Other(text) => text,
        };
        write!(f, "v=DKIM1; k={key_type}")?;
        if let Some(hashes) = &self.hashes {
            write!(f, "; h={}", joined(hashes.iter().map(hash)))?;
        }
        if let Some(services) = &self.services {
            write!(f, "; s={}", joined(services.iter().map(service)))?;
        }
        if self.test || self.strict {
            write!(
                f,
                "; t={}",
                joined([("y", self.test), ("s", self.strict)].iter().filter(|f| f.1).map(|f| f.0))
            )?;
        }
        if let Some(notes) = &self.notes {
            write!(f, "; n={notes}")?;
        }
        write!(f, "; p={}", self.public_text())
    }
}

fn joined<'a>(items: impl Iterator<Item = &'a str>) -> String {
    items.collect::<Vec<_>>().join(":")
}

fn hash(hash: &Hash) -> &str {
    match hash {
        Hash::Sha1 => "sha1",
        Hash::Sha256 => "sha256",
        Hash::Other(text) => text,
    }
}

fn service(service: &Service) -> &str {
    match service {
        Service::All => "*",
        Service::Email => "email",
        Service::Other(text) => text,
    }
}

//! The shared secret of TSIG (RFC 8945).

use std::fmt;
use std::io::Read as _;

use data_encoding::BASE64;

use crate::{Error, Result};

/// A TSIG key with a random secret.
#[derive(Clone)]
pub struct TsigKey {
    /// The name of the key, without a trailing dot.
    pub name: String,
    /// The algorithm as configuration files write it, for example `hmac-sha256`.
    pub algorithm: String,
    /// The secret in Base64.
    pub secret: String,
}

impl TsigKey {
    /// A key for hmac-sha256 with 32 random octets.
    ///
    /// # Errors
    /// When the system has no random octets.
    pub fn generate(name: &str) -> Result<Self> {
        Self::with_algorithm(name, "hmac-sha256")
    }

    /// A key for another algorithm, `hmac-sha512` for example.
    ///
    /// # Errors
    /// When the system has no random octets.
    pub fn with_algorithm(name: &str, algorithm: &str) -> Result<Self> {
        let mut octets = [0; 32];
        fs_err::File::open("/dev/urandom")
            .and_then(|mut random| random.read_exact(&mut octets))
            .map_err(Error::io("read random octets"))?;
        Ok(Self { name: name.to_owned(), algorithm: algorithm.to_owned(), secret: BASE64.encode(&octets) })
    }

    /// The statement of BIND's `named.conf`, also read by `dig -k` and `nsupdate -k`.
    pub fn bind_statement(&self) -> String {
        format!("key \"{}\" {{ algorithm {}; secret \"{}\"; }};\n", self.name, self.algorithm, self.secret)
    }
}

impl fmt::Debug for TsigKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TsigKey({} {}, secret not shown)", self.name, self.algorithm)
    }
}

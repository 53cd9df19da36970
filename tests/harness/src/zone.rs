//! The zones that a test gives to BIND, Knot or NSD.

use std::fmt::Write as _;

/// Who may update and transfer a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// The server's TSIG key may update and transfer.
    Key,
    /// The server's TSIG key may transfer; nobody may update.
    KeyTransferOnly,
    /// Everybody may update and transfer, without a key.
    Open,
    /// BIND only: the text of an `update-policy`, such as `grant tester name www.example.test A;`. Transfer needs the key.
    Policy(String),
}

/// A zone with its first content.
#[derive(Debug, Clone)]
pub struct Zone {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) access: Access,
    pub(crate) signed: bool,
}

impl Zone {
    /// A zone with an SOA record (serial 1), the name server `ns1` below the zone and its address, and nothing else.
    pub fn new(name: &str) -> Self {
        let text = "@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n\
                    @ 3600 IN NS ns1\n\
                    ns1 3600 IN A 127.0.0.1\n";
        Self::from_text(name, text)
    }

    /// A zone from a master file (RFC 1035 section 5); names are relative to the zone and the default TTL is 3600.
    pub fn from_text(name: &str, text: &str) -> Self {
        let name = name.trim_end_matches('.').to_owned();
        Self { name, text: text.to_owned(), access: Access::Key, signed: false }
    }

    /// Adds lines of a master file.
    #[must_use]
    pub fn with(mut self, lines: &str) -> Self {
        self.text.push_str(lines);
        if !lines.ends_with('\n') {
            self.text.push('\n');
        }
        self
    }

    /// Adds `count` A records, `host000000` and up, TTL 300, addresses in 10.0.0.0/8.
    #[must_use]
    pub fn with_hosts(mut self, count: u32) -> Self {
        for host in 0..count {
            let [_, b, c, d] = host.to_be_bytes();
            let _ = writeln!(self.text, "host{host:06} 300 IN A 10.{b}.{c}.{d}");
        }
        self
    }

    /// Sets who may update and transfer; [`Access::Key`] if not set.
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// Lets the server sign the zone (BIND and Knot), with one key that it makes.
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// The name without a trailing dot.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole master file.
    pub(crate) fn master_file(&self) -> String {
        format!("$ORIGIN {}.\n$TTL 3600\n{}", self.name, self.text)
    }
}

//! Where a name server is, and how long it may take.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::tcp::Connection;
use crate::error::{Effect, Error, ErrorKind};

/// The port of DNS (RFC 1035 section 4.2).
pub const PORT: u16 = 53;

/// A name server by address or host name, with a port: `192.0.2.1`, `ns1.example.org:5353`, `[2001:db8::1]:53`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Server {
    host: String,
    port: u16,
}

impl Server {
    /// A server by address or host name, without brackets.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port }
    }

    /// The address or host name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its addresses, at least one: itself, or what the system's resolver says.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the host name has no address or cannot be looked up in that time.
    pub async fn addresses(&self, within: Duration) -> Result<Vec<SocketAddr>, Error> {
        if let Ok(address) = self.host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, self.port)]);
        }
        let bad = |kind, why: &str| {
            Error::new(kind, format!("the host name {} {why}", self.host))
                .at(self.to_string())
                .with_effect(Effect::NotWritten)
                .with_hint("check the name of the server, or write its address")
        };
        let lookup = tokio::net::lookup_host((self.host.as_str(), self.port));
        let found = tokio::time::timeout(within, lookup)
            .await
            .map_err(|_| bad(ErrorKind::Timeout, "cannot be looked up in time"))?
            .map_err(|error| bad(ErrorKind::Unavailable, "has no address").with_source(&error))?;
        let mut addresses = Vec::new();
        for address in found {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() { Err(bad(ErrorKind::Unavailable, "has no address")) } else { Ok(addresses) }
    }
}

impl Server {
    /// The first of its addresses that accepts a connection; with only one address, that one untried.
    ///
    /// # Errors
    /// As [`Server::addresses`], and when none of several accepts a connection.
    pub async fn reachable(&self, timeouts: &Timeouts) -> Result<SocketAddr, Error> {
        let addresses = self.addresses(timeouts.connect).await?;
        if let [only] = *addresses {
            return Ok(only);
        }
        let mut last = None;
        for address in addresses {
            match Connection::open(address, timeouts).await {
                Ok(_) => return Ok(address),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| Error::new(ErrorKind::Unavailable, format!("{self} has no address"))))
    }
}

impl FromStr for Server {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Config`] for an empty host, a bad port, or an IPv6 address with a port but no brackets.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = || {
            Error::new(ErrorKind::Config, format!("\"{text}\" is not a server"))
                .with_hint("write an address or a host name, with a port if it is not 53: [2001:db8::1]:5353")
        };
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::new(address.to_string(), PORT));
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Self::new(address.ip().to_string(), address.port()));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| bad())?),
            None => (text, PORT),
        };
        let plain = |octet: u8| octet.is_ascii_graphic() && !b":[]/@\\".contains(&octet);
        if host.is_empty() || port == 0 || !host.bytes().all(plain) {
            return Err(bad());
        }
        Ok(Self::new(host, port))
    }
}

impl TryFrom<String> for Server {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Server> for String {
    fn from(server: Server) -> Self {
        server.to_string()
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// How long a server may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To accept a connection, and to look up its name.
    pub connect: Duration,
    /// For each message over TCP, be it an answer or the next one of a transfer.
    pub answer: Duration,
    /// For an answer over UDP, before the question is sent again.
    pub datagram: Duration,
    /// How often a question is sent over UDP, at least once.
    pub tries: u32,
}

impl Default for Timeouts {
    /// 5 s to connect, 15 s for a message, three datagrams of 2 s each.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(15),
            datagram: Duration::from_secs(2),
            tries: 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        for (text, host, port) in [
            ("192.0.2.1", "192.0.2.1", 53),
            ("192.0.2.1:5353", "192.0.2.1", 5353),
            ("2001:db8::1", "2001:db8::1", 53),
            ("[2001:DB8::1]:5353", "2001:db8::1", 5353),
            ("ns1.example.org", "ns1.example.org", 53),
            ("ns1.example.org.:54", "ns1.example.org.", 54),
        ] {
            let server: Server = text.parse().expect(text);
            assert_eq!((server.host(), server.port()), (host, port));
            assert_eq!(server.to_string().parse::<Server>(), Ok(server));
        }
        for text in ["", ":53", "a:0", "a:65536", "a b", "http://a", "a:b:53", "[::1", "a@b", "a:"] {
            assert_eq!(text.parse::<Server>().map_err(|e| e.kind()), Err(ErrorKind::Config), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_is_looked_up() {
        let wait = Duration::from_secs(5);
        let found = Server::new("localhost", 5300).addresses(wait).await.expect("localhost");
        assert!(
            found.iter().all(|address| address.ip().is_loopback() && address.port() == 5300),
            "{found:?}"
        );
        let error = Server::new("no-such-host.invalid", 53).addresses(wait).await.expect_err("invalid");
        assert_eq!(error.effect(), Effect::NotWritten);
    }
}

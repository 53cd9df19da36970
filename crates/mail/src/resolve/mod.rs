//! What a judge of mail records may ask of DNS.
//!
//! Asking is synchronous and pure. Who has no answer says [`Answer::Unknown`]; the judge then tells which
//! [`Query`] it lacks, and whoever can do I/O looks it up, puts it into [`Recorded`] answers and judges again.

mod held;
mod layers;
mod recorded;
#[cfg(test)]
pub(crate) mod testing;
mod zones;

pub use held::{Held, Spot};
pub use layers::Layers;
pub use recorded::Recorded;
pub use zones::{MOST_ALIASES, Zones};

use dnsctl_zone::{Name, RecordType};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What DNS says to a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// At least one record.
    Found(Vec<T>),
    /// The name exists and has no such record (RFC 2308 section 2.2, NODATA).
    Empty,
    /// The name does not exist (RFC 2308 section 2.1, NXDOMAIN).
    Missing,
    /// No answer came, or one that says that the server failed; in words for a person.
    Failed(String),
    /// Nobody was asked.
    Unknown,
}

impl<T> Answer<T> {
    /// `Found`, or `Empty` when there is nothing in it.
    pub fn of(values: Vec<T>) -> Self {
        if values.is_empty() { Self::Empty } else { Self::Found(values) }
    }

    /// The same answer with each record turned into something else; records for which `with` has nothing are left out.
    pub fn map<U>(self, with: impl FnMut(T) -> Option<U>) -> Answer<U> {
        match self {
            Self::Found(values) => Answer::of(values.into_iter().filter_map(with).collect()),
            Self::Empty => Answer::Empty,
            Self::Missing => Answer::Missing,
            Self::Failed(why) => Answer::Failed(why),
            Self::Unknown => Answer::Unknown,
        }
    }

    /// Whether somebody answered that there is nothing (a "void lookup", RFC 7208 section 4.6.4).
    pub fn is_void(&self) -> bool {
        matches!(self, Self::Empty | Self::Missing)
    }

    /// The records; none when there is no answer.
    pub fn values(&self) -> &[T] {
        match self {
            Self::Found(values) => values,
            _ => &[],
        }
    }
}

/// A question to DNS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Query {
    /// The name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
}

impl fmt::Display for Query {
    /// The name without the dot at its end, and the type: `example.com TXT`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name.without_dot(), self.rtype)
    }
}

/// Who has answers. Aliases (CNAME, DNAME) are followed by the resolver.
pub trait Resolver {
    /// The TXT records at a name, each with its strings joined (RFC 7208 section 3.3).
    fn texts(&self, name: &Name) -> Answer<Vec<u8>>;
    /// The A records at a name.
    fn ipv4(&self, name: &Name) -> Answer<Ipv4Addr>;
    /// The AAAA records at a name.
    fn ipv6(&self, name: &Name) -> Answer<Ipv6Addr>;
    /// The MX records at a name: preference and exchange.
    fn mail_exchangers(&self, name: &Name) -> Answer<(u16, Name)>;
    /// The names of an address: the PTR records at its [`reverse_name`].
    fn pointers(&self, address: IpAddr) -> Answer<Name>;
}

impl<R: Resolver + ?Sized> Resolver for &R {
    fn texts(&self, name: &Name) -> Answer<Vec<u8>> {
        (**self).texts(name)
    }

    fn ipv4(&self, name: &Name) -> Answer<Ipv4Addr> {
        (**self).ipv4(name)
    }

    fn ipv6(&self, name: &Name) -> Answer<Ipv6Addr> {
        (**self).ipv6(name)
    }

    fn mail_exchangers(&self, name: &Name) -> Answer<(u16, Name)> {
        (**self).mail_exchangers(name)
    }

    fn pointers(&self, address: IpAddr) -> Answer<Name> {
        (**self).pointers(address)
    }
}

/// The name at which an address has its PTR records (RFC 1035 section 3.5, RFC 3596 section 2.5).
pub fn reverse_name(address: IpAddr) -> Name {
    let text = match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().flat_map(|octet| [octet & 15, octet >> 4]);
            nibbles.map(|nibble| format!("{nibble:x}.")).collect::<String>() + "ip6.arpa"
        }
    };
    // Digits and dots are always a name.
    Name::absolute(&text).unwrap_or_else(|_| Name::root())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reverse_names() {
        let name = |text: &str| reverse_name(text.parse().unwrap()).to_string();
        assert_eq!(name("192.0.2.25"), "25.2.0.192.in-addr.arpa.");
        assert_eq!(
            name("2001:db8::25"),
            "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."
        );
    }
}

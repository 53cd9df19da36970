//! Domain names: what they are made of, how they are related, and their octets on the wire.

mod error;
mod read;
mod text;

pub use error::NameError;
pub(crate) use read::escape;

use std::borrow::Cow;
use std::sync::Arc;

/// An absolute domain name in lower case.
///
/// Labels are kept from the root down, each ended by a zero octet; inside a label the octets 0 and 1 are
/// written as `1 1` and `1 2`. Byte order is thereby the canonical order of RFC 4034 section 6.1, and a name
/// is at or below another exactly when that other is its prefix.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<[u8]>);

/// How names in a text are read.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// What `@` stands for and what a name without a dot at its end is below.
    pub origin: &'a Name,
    /// Refuse a name of several labels without a dot at its end (`mail.example.com`), since a reader cannot
    /// tell whether the origin was meant to follow. Master files allow it, files for people do not.
    pub strict: bool,
}

impl Name {
    /// The root of all names.
    pub fn root() -> Self {
        Self(Arc::from([]))
    }

    /// The octets on the wire, uncompressed and in lower case.
    pub fn to_wire(&self) -> Vec<u8> {
        let mut wire = Vec::with_capacity(self.0.len() + 2);
        self.write_wire(&mut wire);
        wire
    }

    /// Appends the octets on the wire to `out`.
    pub fn write_wire(&self, out: &mut Vec<u8>) {
        for label in self.raw_labels() {
            let start = out.len();
            out.push(0);
            out.extend(unescape(label));
            // A label has at most 63 octets: every constructor checks it.
            out[start] = u8::try_from(out.len() - start - 1).unwrap_or(63);
        }
        out.push(0);
    }

    /// The length on the wire in octets, 1 to 255.
    pub fn wire_len(&self) -> usize {
        self.raw_labels().map(|label| 1 + unescape(label).count()).sum::<usize>() + 1
    }

    /// The labels, leftmost first, as octets.
    pub fn labels(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        self.raw_labels().map(|raw| {
            if raw.contains(&1) { Cow::Owned(unescape(raw).collect()) } else { Cow::Borrowed(raw) }
        })
    }

    /// How many labels the name has; the root has none.
    pub fn label_count(&self) -> usize {
        self.0.iter().filter(|&&octet| octet == 0).count()
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this name is `other` or below it.
    pub fn is_at_or_below(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Whether this name is below `other` and not the same.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.len() > other.0.len() && self.is_at_or_below(other)
    }

    /// Whether the leftmost label is `*` (RFC 4592).
    pub fn is_wildcard(&self) -> bool {
        self.raw_labels().next() == Some(b"*")
    }

    /// The first label that the name of a host cannot have: it is of letters, digits and hyphens, and neither begins nor
    /// ends with a hyphen (RFC 952, RFC 1123 section 2.1). BIND's `check-names` refuses such owners of A, AAAA and MX
    /// records and such targets of MX, NS and SRV; a `*` at the front of an owner is for the caller to judge.
    pub fn label_of_no_host(&self) -> Option<Cow<'_, [u8]>> {
        let host = |label: &[u8]| {
            label.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
                && !label.starts_with(b"-")
                && !label.ends_with(b"-")
        };
        self.labels().find(|label| !host(label))
    }

    /// The name one label up, or `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let leftmost = self.raw_labels().next()?;
        self.0.get(..self.0.len() - leftmost.len() - 1).map(|rest| Self(Arc::from(rest)))
    }

    fn raw_labels(&self) -> impl Iterator<Item = &[u8]> {
        let body = self.0.strip_suffix(&[0]).unwrap_or(&[]);
        let empty = self.0.is_empty();
        body.rsplit(|&octet| octet == 0).filter(move |_| !empty)
    }
}

fn unescape(raw: &[u8]) -> impl Iterator<Item = u8> {
    let mut octets = raw.iter();
    std::iter::from_fn(move || match octets.next() {
        Some(1) => octets.next().map(|octet| octet - 1),
        other => other.copied(),
    })
}

#[cfg(test)]
mod tests;

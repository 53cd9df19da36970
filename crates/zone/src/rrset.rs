//! RRsets.

use crate::{Name, Rdata, RecordType, Ttl};
use std::collections::{BTreeMap, BTreeSet};

/// Settings of one RRset that only its provider knows (`proxied`, `comment`, …), by name, as text.
pub type Options = BTreeMap<String, String>;

/// The records of one owner name and type: the unit of everything (RFC 2181 section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RRset {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// The time to live of all its records (RFC 2181 section 5.2).
    pub ttl: Ttl,
    values: Vec<Rdata>,
    /// What only the provider knows; empty for most.
    pub options: Option<Box<Options>>,
}

impl RRset {
    /// An RRset of these values; they are put in canonical order and equal ones are kept once
    /// (RFC 4034 section 6.3, RFC 2181 section 5).
    pub fn new(name: Name, rtype: RecordType, ttl: Ttl, mut values: Vec<Rdata>) -> Self {
        if values.len() > 1 {
            values.sort_unstable();
            values.dedup();
        }
        values.shrink_to_fit();
        Self { name, rtype, ttl, values, options: None }
    }

    /// The same RRset with these options.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        self.options = (!options.is_empty()).then(|| Box::new(options));
        self
    }

    /// The values in canonical order.
    pub fn values(&self) -> &[Rdata] {
        &self.values
    }

    /// Adds a value; false when it was there already.
    pub fn insert(&mut self, value: Rdata) -> bool {
        match self.values.binary_search(&value) {
            Ok(_) => false,
            Err(place) => {
                self.values.insert(place, value);
                true
            }
        }
    }

    /// Owner name and type.
    pub fn key(&self) -> (&Name, RecordType) {
        (&self.name, self.rtype)
    }

    /// Whether the values mean the same; see [`same_values`].
    pub fn same_values(&self, other: &Self) -> bool {
        self.rtype == other.rtype && same_values(&self.name, self.rtype, &self.values, &other.values)
    }

    /// Whether nothing would have to be written to turn `live` into this RRset: same values, same TTL, and
    /// every option that is set here has that value there.
    pub fn is_satisfied_by(&self, live: &Self) -> bool {
        self.ttl == live.ttl && self.same_values(live) && self.options_satisfied_by(live)
    }

    /// Whether every option that is set here has the same value in `live`.
    pub fn options_satisfied_by(&self, live: &Self) -> bool {
        let Some(wanted) = self.options.as_deref() else { return true };
        let found = live.options.as_deref();
        wanted.iter().all(|(key, value)| found.and_then(|options| options.get(key)) == Some(value))
    }
}

/// Whether those who read a text at this owner name join its strings, so that how it is cut has no meaning
/// (RFC 7208 section 3.3, RFC 6376 section 3.6.2.2). Below a label `_tcp` or `_udp` each string is an attribute of a
/// service (RFC 6763 section 6).
pub fn joins_strings(owner: &Name) -> bool {
    !owner.labels().any(|label| matches!(&*label, b"_tcp" | b"_udp"))
}

/// Whether two sets of values mean the same at this owner name. Texts are compared joined where [`joins_strings`]
/// holds, all else octet by octet.
pub fn same_values(owner: &Name, rtype: RecordType, one: &[Rdata], other: &[Rdata]) -> bool {
    let exact = |values: &[Rdata]| -> BTreeSet<Vec<u8>> {
        values.iter().map(|value| value.octets().to_vec()).collect()
    };
    let joined = |values: &[Rdata]| -> BTreeSet<Vec<u8>> { values.iter().map(Rdata::joined_text).collect() };
    if one == other {
        return true;
    }
    match matches!(rtype, RecordType::TXT | RecordType::SPF) && joins_strings(owner) {
        true => joined(one) == joined(other),
        false => exact(one) == exact(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(owner: &str, strings: &[Vec<u8>]) -> RRset {
        let mut octets = Vec::new();
        for string in strings {
            octets.push(u8::try_from(string.len()).unwrap());
            octets.extend_from_slice(string);
        }
        let value = Rdata::from_wire(RecordType::TXT, &octets).unwrap();
        RRset::new(Name::absolute(owner).unwrap(), RecordType::TXT, Ttl::from_wire(60), vec![value])
    }

    #[test]
    fn strings_have_a_meaning_only_where_services_are_announced() {
        let one = [b"txtvers=1path=/x".to_vec()];
        let two = [b"txtvers=1".to_vec(), b"path=/x".to_vec()];
        for (owner, same) in [
            ("example.com", true),
            ("_dmarc.example.com", true),
            ("s1._domainkey.example.com", true),
            ("tcp.example.com", true),
            ("_http._tcp.example.com", false),
            ("printer._ipp._TCP.example.com", false),
            ("_sip._udp.example.com", false),
            ("*._tcp.example.com", false),
            ("_tcp.example.com", false),
        ] {
            assert_eq!(text(owner, &one).same_values(&text(owner, &two)), same, "{owner}");
            assert_eq!(text(owner, &one).is_satisfied_by(&text(owner, &two)), same, "{owner}");
        }
    }

    proptest! {
        /// A text cut in two ways: the same for those who join it, and only for them.
        #[test]
        fn how_a_text_is_cut(octets in prop::collection::vec(any::<u8>(), 1..200), at in 0_usize..200, other in 0_usize..200) {
            let cut = |at: usize| {
                let (one, two) = octets.split_at(at % octets.len());
                [one.to_vec(), two.to_vec()]
            };
            let (one, two) = (cut(at), cut(other));
            for (owner, joins) in [("a.example", true), ("a._tcp.example", false), ("_x._udp.example", false)] {
                let same = text(owner, &one).same_values(&text(owner, &two));
                prop_assert_eq!(same, joins || one == two, "{}", owner);
            }
        }

        /// A different text is different everywhere.
        #[test]
        fn another_text(one in prop::collection::vec(any::<u8>(), 0..50), other in prop::collection::vec(any::<u8>(), 0..50)) {
            for owner in ["a.example", "a._tcp.example"] {
                let same = text(owner, std::slice::from_ref(&one)).same_values(&text(owner, std::slice::from_ref(&other)));
                prop_assert_eq!(same, one == other);
            }
        }
    }
}

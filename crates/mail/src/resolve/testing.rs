//! Zones for tests.

use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Ttl, Zone};

/// A zone from lines "owner TYPE data".
pub(crate) fn zone(apex: &str, lines: &str) -> Zone {
    let apex = Name::absolute(apex).unwrap();
    let names = Names { origin: &apex, strict: false };
    let rrsets = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut words = line.splitn(3, ' ');
            let name = Name::parse(words.next().unwrap(), names).unwrap();
            let rtype: RecordType = words.next().unwrap().parse().unwrap();
            let rdata = Rdata::parse(rtype, words.next().unwrap(), names).unwrap();
            RRset::new(name, rtype, Ttl::new(300).unwrap(), vec![rdata])
        })
        .collect();
    Zone::new(apex.clone(), rrsets)
}

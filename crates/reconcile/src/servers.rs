//! Which servers are asked whether they serve a zone.

use dnsctl_plan::{Change, View};
use dnsctl_zone::{Live, Name, RecordType, ServerAddress};

/// The port of DNS (RFC 1035 section 4.2).
const PORT: u16 = 53;

/// The servers that the configuration names, else those of the apex NS RRset as it will be. An address in the zone
/// itself is taken from there, since resolvers may still know the old one.
pub(crate) fn of_zone(configured: &[ServerAddress], live: &Live, changes: &[Change]) -> Vec<ServerAddress> {
    if !configured.is_empty() {
        return configured.to_vec();
    }
    let view = View::after(live, changes);
    let Some(servers) = view.get(&live.zone.apex, RecordType::NS) else { return Vec::new() };
    let names = servers.values().iter().filter_map(dnsctl_zone::Rdata::target);
    names.flat_map(|name| addresses(&view, &name)).collect()
}

fn addresses(view: &View<'_>, name: &Name) -> Vec<ServerAddress> {
    let label = name.without_dot();
    let own = [RecordType::A, RecordType::AAAA].into_iter().filter_map(|rtype| view.get(name, rtype));
    let mut found: Vec<ServerAddress> = own
        .flat_map(dnsctl_zone::RRset::values)
        .filter_map(dnsctl_zone::Rdata::ip)
        .map(|address| ServerAddress { name: label.clone(), address: Some(address), port: PORT })
        .collect();
    if found.is_empty() {
        found.push(ServerAddress { name: label, address: None, port: PORT });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_zone::{Names, RRset, Rdata, Ttl, Zone};

    #[test]
    fn servers_in_the_zone_have_the_address_that_they_will_have() {
        let apex = Name::absolute("example.com").unwrap();
        let names = Names { origin: &apex, strict: false };
        let rrset = |owner: &str, rtype: RecordType, texts: &[&str]| {
            let values = texts.iter().map(|text| Rdata::parse(rtype, text, names).unwrap()).collect();
            RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::new(3600).unwrap(), values)
        };
        let before = rrset("ns1", RecordType::A, &["192.0.2.1"]);
        let ns = rrset("@", RecordType::NS, &["ns1", "ns.example.net."]);
        let live = Live::new(Zone::new(apex.clone(), vec![before.clone(), ns]));
        let after = rrset("ns1", RecordType::A, &["192.0.2.9"]);
        let changes = [Change::new(Some(before), Some(after), None).unwrap()];
        let found: Vec<String> =
            of_zone(&[], &live, &changes).iter().map(|s| format!("{} {:?}", s.name, s.address)).collect();
        assert_eq!(found, ["ns.example.net None", "ns1.example.com Some(192.0.2.9)"]);
        let named = [ServerAddress { name: "x".into(), address: None, port: 5300 }];
        assert_eq!(of_zone(&named, &live, &changes), named);
    }
}

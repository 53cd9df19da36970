//! Which servers are asked whether they serve a zone, and for what.

use dnsctl_plan::{Change, View};
use dnsctl_zone::{Desired, Live, Name, RecordType, ServerAddress};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// The port of DNS (RFC 1035 section 4.2).
const PORT: u16 = 53;

/// Who is asked about a zone at one provider.
///
/// Where a zone is at several providers, each server has what one of them has, and RRsets with `only` are not the same at
/// all of them. Such an RRset is asked for only at servers of which the configuration says that they are this provider's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// The servers, without those of other providers. Where one names a provider, it is this one.
    pub servers: Vec<NameServer>,
    /// What changes here and is not the same at all providers of the zone.
    pub apart: BTreeSet<(Name, RecordType)>,
}

/// A name server and where it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameServer {
    /// What a person calls it: the name of the NS record, or the address.
    pub name: String,
    /// All of its addresses, each of which is asked; looked up by name when there is none.
    pub addresses: Vec<IpAddr>,
    /// The port.
    pub port: u16,
    /// The provider whose zone it serves; absent when that is not said.
    pub provider: Option<String>,
}

impl From<&ServerAddress> for NameServer {
    fn from(server: &ServerAddress) -> Self {
        let ServerAddress { name, address, port, provider } = server.clone();
        Self { name, addresses: address.into_iter().collect(), port, provider }
    }
}

/// Who is asked about the changes of a zone at this provider.
pub(crate) fn witnesses(desired: &Desired, provider: &str, live: &Live, changes: &[Change]) -> Witnesses {
    let mut servers = of_zone(&desired.servers, live, changes);
    servers.retain(|server| server.provider.as_deref().is_none_or(|name| name == provider));
    let apart = changes.iter().filter(|change| is_apart(desired, change));
    Witnesses { servers, apart: apart.map(|change| (change.name.clone(), change.rtype)).collect() }
}

/// Whether the files want an RRset at some providers of the zone only.
fn is_apart(desired: &Desired, change: &Change) -> bool {
    let key = (&change.name, change.rtype);
    let wish = desired.wishes.binary_search_by(|wish| wish.rrset.key().cmp(&key)).ok();
    let only = wish.and_then(|place| desired.wishes.get(place)?.only.as_deref());
    only.is_some_and(|only| leaves_out(only, &desired.providers))
}

fn leaves_out(only: &[String], providers: &[String]) -> bool {
    providers.iter().any(|provider| !only.contains(provider))
}

/// The servers that the configuration names, else those of the apex NS RRset as it will be. An address in the zone
/// itself is taken from there, since resolvers may still know the old one.
fn of_zone(configured: &[ServerAddress], live: &Live, changes: &[Change]) -> Vec<NameServer> {
    if !configured.is_empty() {
        return configured.iter().map(NameServer::from).collect();
    }
    let view = View::after(live, changes);
    let Some(servers) = view.get(&live.zone.apex, RecordType::NS) else { return Vec::new() };
    let names = servers.values().iter().filter_map(dnsctl_zone::Rdata::target);
    names.map(|name| of_name(&view, &name)).collect()
}

fn of_name(view: &View<'_>, name: &Name) -> NameServer {
    let own = [RecordType::A, RecordType::AAAA].into_iter().filter_map(|rtype| view.get(name, rtype));
    let addresses = own.flat_map(dnsctl_zone::RRset::values).filter_map(dnsctl_zone::Rdata::ip).collect();
    NameServer { name: name.without_dot(), addresses, port: PORT, provider: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_zone::{Manage, Names, Policy, RRset, Rdata, Source, Ttl, Zone};

    #[test]
    fn servers_in_the_zone_have_the_address_that_they_will_have() {
        let apex = Name::absolute("example.com").unwrap();
        let names = Names { origin: &apex, strict: false };
        let rrset = |owner: &str, rtype: RecordType, texts: &[&str]| {
            let values = texts.iter().map(|text| Rdata::parse(rtype, text, names).unwrap()).collect();
            RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::new(3600).unwrap(), values)
        };
        let before = rrset("ns1", RecordType::A, &["192.0.2.1"]);
        let six = rrset("ns1", RecordType::AAAA, &["2001:db8::1", "2001:db8::2"]);
        let ns = rrset("@", RecordType::NS, &["ns1", "ns.example.net."]);
        let live = Live::new(Zone::new(apex.clone(), vec![before.clone(), six, ns]));
        let after = rrset("ns1", RecordType::A, &["192.0.2.9"]);
        let changes = [Change::new(Some(before), Some(after), None).unwrap()];
        let found: Vec<String> =
            of_zone(&[], &live, &changes).iter().map(|s| format!("{} {:?}", s.name, s.addresses)).collect();
        assert_eq!(found, ["ns.example.net []", "ns1.example.com [192.0.2.9, 2001:db8::1, 2001:db8::2]"]);
        let named = [ServerAddress { name: "x".into(), address: None, port: 5300, provider: None }];
        assert_eq!(of_zone(&named, &live, &changes), [NameServer::from(&named[0])]);
    }

    #[test]
    fn servers_of_another_provider_are_not_asked() {
        let apex = Name::absolute("example.com").unwrap();
        let server = |name: &str, provider: Option<&str>| ServerAddress {
            name: name.into(),
            address: None,
            port: 53,
            provider: provider.map(str::to_owned),
        };
        let desired = Desired {
            apex: apex.clone(),
            wishes: Vec::new(),
            providers: vec!["main".into(), "edge".into()],
            ignore: Vec::new(),
            manage: Manage::All,
            create: false,
            lenient: false,
            acknowledgements: Vec::new(),
            policy: Policy::default(),
            servers: vec![server("m", Some("main")), server("e", Some("edge")), server("x", None)],
            source: Source::new("zones/x.yaml".into(), 1, 1),
        };
        let live = Live::new(Zone::new(apex, Vec::new()));
        for (provider, expected) in [("main", ["m", "x"]), ("edge", ["e", "x"])] {
            let found = witnesses(&desired, provider, &live, &[]).servers;
            assert_eq!(found.into_iter().map(|server| server.name).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_is_not_at_all_providers_of_the_zone() {
        let names = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(leaves_out(&names("main"), &names("main edge")));
        assert!(!leaves_out(&names("main edge"), &names("main edge")));
        // The zone is at one of them only.
        assert!(!leaves_out(&names("main edge"), &names("main")));
    }
}

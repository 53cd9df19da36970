//! Proves that every authoritative server serves what was written.
//!
//! A server is good when it has shown its authority for the zone (its SOA record with AA, asked for at each of its
//! addresses) and has proved each change that it can be asked for; see `proof` for what counts.

mod ask;
mod known;
mod proof;

use crate::servers::{NameServer, Witnesses};
use ask::Task;
use dnsctl_plan::Change;
use dnsctl_provider::dns::Server;
use dnsctl_zone::{Name, RecordType};
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::Instant;

pub use known::Known;

/// What the servers of a zone said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// Nobody was asked, and why.
    NotChecked(String),
    /// Somebody stopped the run before all servers had agreed.
    Interrupted,
    /// Each server was asked.
    Asked {
        /// What each of them said, by address.
        servers: Vec<Asked>,
        /// The numbers of the changes for which no server was asked, and why.
        unasked: BTreeMap<u32, Unasked>,
        /// Addresses to which there is no way from here, of servers that were asked at another: IPv6 on a machine that
        /// has none.
        no_route: Vec<SocketAddr>,
    },
}

impl Verification {
    /// Whether it is known that something is not served.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Asked { servers, .. }
            if servers.is_empty() || servers.iter().any(|asked| !asked.is_good()))
    }

    /// The numbers of the changes of which no server of the zone could say whether it serves them, and why.
    pub fn unasked(&self) -> BTreeMap<u32, Unasked> {
        let Self::Asked { servers, unasked, .. } = self else { return BTreeMap::new() };
        let mut sets = servers.iter().map(|asked| asked.hidden.iter().copied().collect::<BTreeSet<u32>>());
        let hidden = sets.next().map(|first| sets.fold(first, |all, set| &all & &set)).unwrap_or_default();
        let hidden = hidden.into_iter().map(|number| (number, Unasked::Below));
        hidden.chain(unasked.iter().map(|(number, why)| (*number, *why))).collect()
    }
}

/// Why no server can say whether it serves a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unasked {
    /// It has a pseudo type, which no question can name.
    Pseudo,
    /// Some providers of the zone have it and others do not, and no server is known to be this provider's.
    Apart,
    /// Each server has a zone below, too, and answers from there.
    Below,
}

impl Unasked {
    /// In words, made to stand behind "not checked: ".
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Pseudo => "no server can be asked for a pseudo type",
            Self::Apart => {
                "not all providers of the zone have it, and no server under `servers:` says that it is this \
                 provider's (provider:)"
            }
            Self::Below => "the name servers have the zone below, too, and answer from there",
        }
    }

    /// In two or three words.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Pseudo => "a pseudo type",
            Self::Apart => "not at all providers",
            Self::Below => "a zone below",
        }
    }
}

/// What one server said at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What a person calls the server.
    pub name: String,
    /// Its address, when it could be looked up.
    pub address: Option<SocketAddr>,
    /// The serial number of the zone that it serves; none until it has shown its authority for the zone.
    pub serial: Option<u32>,
    /// How many RRsets it serves as planned.
    pub good: usize,
    /// What it serves otherwise.
    pub bad: Vec<Mismatch>,
    /// The numbers of the changes that it cannot be asked for: it has a zone below, too, and answers from there.
    pub hidden: Vec<u32>,
    /// Why it proves nothing: it did not answer, or has no authority for the zone.
    pub error: Option<String>,
    /// How long it took from the end of the writing until it agreed, or until it was asked for the last time.
    pub took: Duration,
}

impl Asked {
    fn new(name: String, address: Option<SocketAddr>) -> Self {
        Self {
            name,
            address,
            serial: None,
            good: 0,
            bad: Vec::new(),
            hidden: Vec::new(),
            error: None,
            took: Duration::ZERO,
        }
    }

    /// Whether it serves everything as planned.
    pub fn is_good(&self) -> bool {
        self.error.is_none() && self.bad.is_empty()
    }
}

/// An RRset that a server does not serve as planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The number of the change.
    pub number: u32,
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// What the server answered, in words: its values and TTL, or its response code.
    pub found: String,
}

/// Asks every server at every address for every change that was written at `since` and that it must have, until all agree
/// or for `within` from now. Each is asked at least once.
pub async fn verify(
    apex: &Name,
    witnesses: &Witnesses,
    changes: &[Change],
    since: Instant,
    within: Duration,
    known: &Known,
) -> Verification {
    let begun = Instant::now();
    let deadline = begun.checked_add(within).unwrap_or(begun);
    let Witnesses { servers, apart } = witnesses;
    let told_apart = servers.iter().any(|server| server.provider.is_some());
    let is_apart = |change: &Change| apart.contains(&(change.name.clone(), change.rtype));
    let mut unasked = BTreeMap::new();
    let (mut own, mut shared) = (Vec::new(), Vec::new());
    for change in changes {
        if change.rtype.is_pseudo() {
            unasked.insert(change.number, Unasked::Pseudo);
            continue;
        }
        if !is_apart(change) {
            shared.push(change.clone());
        } else if !told_apart {
            unasked.insert(change.number, Unasked::Apart);
        }
        own.push(change.clone());
    }
    let task = |changes| Task { apex, changes, deadline, within, known };
    // Of a server that is not said to be this provider's, only what all providers have can be expected.
    let (own, shared) = (task(&own), task(&shared));
    let one = |server: &NameServer| {
        let (task, server) = (if server.provider.is_some() { &own } else { &shared }, server.clone());
        async move { of_server(task, &server, since).await }
    };
    let (mut all, mut no_route) = (Vec::new(), Vec::new());
    for (asked, unreachable) in join_all(servers.iter().map(one)).await {
        all.extend(asked);
        no_route.extend(unreachable);
    }
    Verification::Asked { servers: all, unasked, no_route }
}

/// Asks one server at each of its addresses; gives the addresses to which there is no way, too.
async fn of_server(task: &Task<'_>, server: &NameServer, since: Instant) -> (Vec<Asked>, Vec<SocketAddr>) {
    let failed = |error: String| {
        let asked = Asked::new(server.name.clone(), None);
        vec![Asked { error: Some(error), took: since.elapsed(), ..asked }]
    };
    if !server.addresses.is_empty() {
        let addresses = server.addresses.iter().map(|address| SocketAddr::new(*address, server.port));
        return at_each(task, &server.name, addresses.collect(), since).await;
    }
    match Server::new(server.name.clone(), server.port).addresses(until(task.deadline)).await {
        Ok(addresses) if addresses.is_empty() => (failed("it has no address".to_owned()), Vec::new()),
        Ok(addresses) => at_each(task, &server.name, addresses, since).await,
        Err(error) => (failed(error.to_string()), Vec::new()),
    }
}

/// Asks a server at each of these addresses.
async fn at_each(
    task: &Task<'_>,
    name: &str,
    addresses: Vec<SocketAddr>,
    since: Instant,
) -> (Vec<Asked>, Vec<SocketAddr>) {
    let (mut reachable, mut no_route) = (Vec::new(), Vec::new());
    for address in addresses {
        if has_route(address).await { reachable.push(address) } else { no_route.push(address) }
    }
    if reachable.is_empty() {
        // Then it is an error that somebody has to see.
        reachable = std::mem::take(&mut no_route);
    }
    let one = |address: SocketAddr| async move {
        let asked = task.ask(name.to_owned(), address).await;
        Asked { took: since.elapsed(), ..asked }
    };
    (join_all(reachable.into_iter().map(one)).await, no_route)
}

/// Whether this machine knows a way to an address. Nothing is sent.
async fn has_route(address: SocketAddr) -> bool {
    let local: SocketAddr =
        if address.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    match UdpSocket::bind(local).await {
        Ok(socket) => socket.connect(address).await.is_ok(),
        Err(_) => false,
    }
}

fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).max(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_zone::{Live, Names, RRset, Rdata, Ttl, Zone};

    /// Nothing listens there, and to the last address there is no way: none is left out, and a zone without changes is not
    /// good without an answer.
    #[tokio::test]
    async fn every_address_of_a_server_is_asked() {
        let port = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let addresses: Vec<SocketAddr> = vec![
            ([127, 0, 0, 1], port).into(),
            ([127, 0, 0, 2], port).into(),
            ([255, 255, 255, 255], port).into(),
        ];
        let apex = Name::absolute("example.com").unwrap();
        let (now, known) = (Instant::now(), Known::default());
        let task = Task { apex: &apex, changes: &[], deadline: now, within: Duration::ZERO, known: &known };
        let (asked, no_route) = at_each(&task, "ns", addresses.clone(), now).await;
        let seen: Vec<_> = asked.iter().filter_map(|asked| asked.address).collect();
        assert_eq!((seen.as_slice(), no_route.as_slice()), (&addresses[..2], &addresses[2..]));
        assert!(asked.iter().all(|asked| !asked.is_good() && asked.serial.is_none()));
        // Where there is no way to any, that is an error for somebody to see.
        let (asked, no_route) = at_each(&task, "ns", addresses[2..].to_vec(), now).await;
        assert!(no_route.is_empty() && asked.len() == 1 && !asked[0].is_good());
    }

    /// A name server in the zone with two addresses, to one of which there is no way: the link of `fe80::1` is not said.
    #[tokio::test]
    async fn an_address_without_a_route_is_passed_over_where_its_server_has_another() {
        let own = |values: &[&str], rtype: RecordType, owner: &str| {
            let apex = Name::absolute("example.com").unwrap();
            let names = Names { origin: &apex, strict: false };
            let values = values.iter().map(|text| Rdata::parse(rtype, text, names).unwrap()).collect();
            RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::new(300).unwrap(), values)
        };
        let ask = async |rrsets: Vec<RRset>| {
            let desired = crate::testing::desired("example.com");
            let live = Live::new(Zone::new(desired.apex.clone(), rrsets));
            let witnesses = crate::servers::witnesses(&desired, "main", &live, &[]);
            let (now, known) = (Instant::now(), Known::default());
            match verify(&desired.apex, &witnesses, &[], now, Duration::ZERO, &known).await {
                Verification::Asked { servers, no_route, .. } => {
                    let asked: Vec<_> = servers.iter().filter_map(|asked| asked.address).collect();
                    (asked, no_route)
                }
                other => panic!("{other:?}"),
            }
        };
        let ns = || own(&["ns1"], RecordType::NS, "@");
        let six = || own(&["fe80::1"], RecordType::AAAA, "ns1");
        // Nothing listens on the first one.
        let four = own(&["127.99.83.9"], RecordType::A, "ns1");
        let (good, bad) = ("127.99.83.9:53".parse().unwrap(), "[fe80::1]:53".parse().unwrap());
        assert_eq!(ask(vec![ns(), four, six()]).await, (vec![good], vec![bad]));
        // Its only address.
        assert_eq!(ask(vec![ns(), six()]).await, (vec![bad], vec![]));
    }

    #[tokio::test]
    async fn no_server_is_no_proof() {
        let apex = Name::absolute("example.com").unwrap();
        let now = Instant::now();
        let (nobody, known) = (Witnesses::default(), Known::default());
        assert!(verify(&apex, &nobody, &[], now, Duration::ZERO, &known).await.is_failure());
    }
}

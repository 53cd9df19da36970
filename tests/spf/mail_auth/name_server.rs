//! A name server for one world at a time, on loopback: mail-auth asks by DNS.

use crate::world::{Item, World};
use mail_auth::hickory_resolver::proto::op::{Message, Query, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, MX, PTR, TXT};
use mail_auth::hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

/// Answers until it is dropped.
pub(crate) struct NameServer {
    address: SocketAddr,
    world: Arc<Mutex<World>>,
}

impl NameServer {
    pub(crate) fn start() -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = socket.local_addr().unwrap();
        let world = Arc::new(Mutex::new(World::default()));
        let served = Arc::clone(&world);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // A datagram without octets ends it.
            while let Ok((length @ 1.., client)) = socket.recv_from(&mut buffer) {
                let question = Message::from_vec(&buffer[..length]).unwrap();
                let answer = answer(&served.lock().unwrap(), &question);
                socket.send_to(&answer.to_vec().unwrap(), client).unwrap();
            }
        });
        Self { address, world }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on it answers for this world.
    pub(crate) fn serve(&self, world: &World) {
        *self.world.lock().unwrap() = world.clone();
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        let _ =
            UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.send_to(&[], self.address));
    }
}

fn answer(world: &World, question: &Message) -> Message {
    let query = &question.queries[0];
    let mut message = Message::response(question.metadata.id, question.metadata.op_code);
    message.metadata.authoritative = true;
    message.metadata.recursion_available = true;
    message.add_query(query.clone());
    message.metadata.response_code = find(world, query, &mut message.answers);
    message
}

/// Follows aliases, and adds what it finds on the way.
fn find(world: &World, query: &Query, found: &mut Vec<Record>) -> ResponseCode {
    let mut at = text(&query.name);
    for _ in 0..10 {
        let Some(items) = world.0.get(&at) else { return ResponseCode::NXDomain };
        let record = |data| Record::from_rdata(name(&at), 60, data);
        let mut data: Vec<RData> = items.iter().filter_map(|item| data(item, query.query_type)).collect();
        if data.is_empty() {
            if items.contains(&Item::Timeout) {
                found.clear();
                return ResponseCode::ServFail;
            }
            data.extend(items.iter().find_map(data_of_alias));
        }
        found.extend(data.iter().cloned().map(record));
        match data.first() {
            Some(RData::CNAME(target)) => at = text(&target.0),
            _ => return ResponseCode::NoError,
        }
    }
    ResponseCode::ServFail
}

fn data(item: &Item, rtype: RecordType) -> Option<RData> {
    let data = match item {
        Item::A(address) => RData::A(A(*address)),
        Item::Aaaa(address) => RData::AAAA(AAAA(*address)),
        Item::Mx(preference, exchange) => RData::MX(MX::new(*preference, name(exchange))),
        Item::Txt(text) => RData::TXT(TXT::from_bytes(text.as_bytes().chunks(255).collect())),
        Item::Ptr(target) => RData::PTR(PTR(name(target))),
        Item::Cname(_) | Item::Timeout => return None,
    };
    (data.record_type() == rtype).then_some(data)
}

fn data_of_alias(item: &Item) -> Option<RData> {
    match item {
        Item::Cname(target) => Some(RData::CNAME(CNAME(name(target)))),
        _ => None,
    }
}

fn name(text: &str) -> Name {
    let text = text.strip_suffix('.').unwrap_or(text);
    let labels = text.split('.').filter(|label| !label.is_empty()).map(str::as_bytes);
    let mut name = Name::from_labels(labels).unwrap();
    name.set_fqdn(true);
    name
}

fn text(name: &Name) -> String {
    let labels = name.iter().map(|label| String::from_utf8_lossy(label).to_ascii_lowercase());
    labels.collect::<Vec<_>>().join(".")
}

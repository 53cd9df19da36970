//! Messages against hickory-proto, which encodes and decodes them by its own code.

use std::str::FromStr as _;

use dnsctl_zone::{Name, Names, Rdata, RecordType};
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{CNAME, MX, NULL, SOA, SRV, TXT};
use hickory_proto::rr::{Name as WireName, RData, Record as WireRecord, RecordType as WireType};
use proptest::prelude::*;

use super::*;
use crate::dns::wire::{Cursor, RecordHead, find_tsig};

fn wire_name(text: &str) -> WireName {
    WireName::from_str(text).expect("name")
}

fn rdata(rtype: RecordType, text: &str) -> Rdata {
    Rdata::parse(rtype, text, Names { origin: &Name::root(), strict: false }).expect("rdata")
}

/// A question as hickory reads it.
#[test]
fn a_question() {
    let question = Question::new("www.example.org".parse().expect("name"), RecordType::from_code(65280));
    let octets = question.message(4711).expect("message");
    let message = Message::from_vec(&octets).expect("hickory reads it");
    assert_eq!(
        (message.id, message.message_type, message.op_code),
        (4711, MessageType::Query, OpCode::Query)
    );
    assert!(!message.recursion_desired);
    assert_eq!(message.queries, [Query::query(wire_name("www.example.org."), WireType::Unknown(65280))]);
    assert_eq!(message.edns.as_ref().expect("EDNS").max_payload(), UDP_SIZE);
    assert_eq!(open(&octets).expect("message").question, Some(question));
    let mut recursive = octets.clone();
    super::wire::ask_recursion(&mut recursive);
    let recursive = Message::from_vec(&recursive).expect("hickory reads it");
    assert!(
        recursive.recursion_desired && recursive.id == message.id && recursive.queries == message.queries
    );
    let alias = Question::new(Name::root(), RecordType::ALIAS);
    assert_eq!(alias.message(1).expect_err("pseudo").kind(), ErrorKind::Config);
}

/// An answer that hickory wrote, with compressed names.
#[test]
fn an_answer() {
    let zone = wire_name("example.org.");
    let name = wire_name("www.example.org.");
    let mut message = Message::new(7, MessageType::Response, OpCode::Query);
    message.metadata.authoritative = true;
    message.metadata.response_code = ResponseCode::NXDomain;
    message.add_query(Query::query(name.clone(), WireType::MX));
    let record = |data| WireRecord::from_rdata(name.clone(), 300, data);
    message.add_answers([
        record(RData::MX(MX::new(10, wire_name("Mail.example.org.")))),
        record(RData::CNAME(CNAME(wire_name("a.www.example.org.")))),
        record(RData::SRV(SRV::new(1, 2, 3, wire_name("srv.example.org.")))),
        record(RData::TXT(TXT::new(vec!["a\"b".into(), String::new()]))),
        record(RData::Unknown { code: WireType::Unknown(65280), rdata: NULL::with(vec![0, 255]) }),
    ]);
    let soa = SOA::new(zone.clone(), wire_name("h.example.org."), 1, 2, 3, 4, 5);
    message.add_authority(WireRecord::from_rdata(zone, 60, RData::SOA(soa)));
    let octets = message.to_vec().expect("message");
    assert!(octets.windows(2).filter(|pair| pair[0] == 0xc0).count() > 5, "names are compressed");

    let answer = open(&octets).and_then(Opened::answer).expect("answer");
    assert_eq!((answer.rcode, answer.authoritative), (Rcode::NXDOMAIN, true));
    let values: Vec<_> = answer.answers.iter().map(|record| record.rdata.clone().expect("rdata")).collect();
    let expected = [
        rdata(RecordType::MX, "10 mail.example.org."),
        rdata(RecordType::CNAME, "a.www.example.org."),
        rdata(RecordType::SRV, "1 2 3 srv.example.org."),
        rdata(RecordType::TXT, r#""a\"b" """#),
        rdata(RecordType::from_code(65280), r"\# 2 00ff"),
    ];
    assert_eq!(values, expected);
    assert!(answer.answers.iter().all(|record| record.name.to_string() == "www.example.org."));
    let soa = rdata(RecordType::SOA, "example.org. h.example.org. 1 2 3 4 5");
    assert_eq!(answer.authority[0].rdata.as_ref(), Ok(&soa));
    assert_eq!(answer.authority[0].ttl.seconds(), 60);
}

/// Old types whose names may be compressed, which the zone model takes as unknown.
#[test]
fn old_types_are_decompressed() {
    // At octet 12: example.org. Then PX with two compressed names, and MINFO.
    let mut message = vec![0; 12];
    message.extend(b"\x07example\x03org\x00");
    let px = message.len();
    message.extend(b"\x00\x0a\x01a\xc0\x0c\xc0\x0c");
    let minfo = message.len();
    message.extend(b"\xc0\x0c\x01B\xc0\x14");
    let head = |rtype, start, end| RecordHead { rtype, class: IN, ttl: 0, start, end };
    let read = |head| crate::dns::rdata::read(&message, head).expect("wire").expect("rdata");
    assert_eq!(
        read(head(26, px, minfo)).octets(),
        b"\x00\x0a\x01a\x07example\x03org\x00\x07example\x03org\x00"
    );
    // Names are lower case inside, in the types of RFC 4034 section 6.2.
    assert_eq!(read(head(14, minfo, message.len())).octets(), b"\x07example\x03org\x00\x01b\x03org\x00");
    assert!(crate::dns::rdata::read(&message, head(26, px, minfo - 1)).is_err());
}

#[test]
fn pointers_lead_back() {
    // A name that points at itself, at its own middle, forward, into the header, and in a ring.
    for (tail, start) in [
        (&b"\xc0\x0c"[..], 12),
        (b"\x01a\xc0\x0c", 12),
        (b"\xc0\x0e\x00", 12),
        (b"\xc0\x00", 12),
        (b"\x01a\xc0\x0e\xc0\x0c", 16),
        (b"\x40\x00", 12),
        (b"\x01", 12),
        (b"\xc0", 12),
    ] {
        let mut message = vec![0; 12];
        message.extend(tail);
        assert!(Cursor::new(&message, start).name().is_err(), "{tail:?}");
    }
    // 128 labels of one octet are 257 octets.
    let mut message = vec![0; 12];
    message.extend(b"\x01a".repeat(127));
    message.push(0);
    assert!(Cursor::new(&message, 12).name().is_ok());
    message.splice(12..12, *b"\x01a");
    assert!(Cursor::new(&message, 12).name().is_err());
}

proptest! {
    #[test]
    fn garbage_never_panics(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(opened) = open(&octets) {
            drop(opened.answer());
        }
        let _ = find_tsig(&octets);
    }

    /// Real messages with some octets changed reach deeper than garbage does.
    #[test]
    fn altered_messages_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)) {
        let name = wire_name("www.example.org.");
        let mut message = Message::new(7, MessageType::Response, OpCode::Query);
        message.add_query(Query::query(name.clone(), WireType::MX));
        message.add_answer(WireRecord::from_rdata(name.clone(), 300, RData::MX(MX::new(10, wire_name("m.example.org.")))));
        message.add_authority(WireRecord::from_rdata(name, 300, RData::TXT(TXT::new(vec!["x".into()]))));
        let mut octets = message.to_vec().expect("message");
        for (place, octet) in changes {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        if let Ok(opened) = open(&octets) {
            drop(opened.answer());
        }
        let _ = find_tsig(&octets);
    }

    #[test]
    fn names_come_back(labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 0..8)) {
        let name = Name::from_labels(labels.iter().map(Vec::as_slice)).expect("name");
        let mut message = vec![0; 12];
        name.write_wire(&mut message);
        let mut cursor = Cursor::new(&message, 12);
        prop_assert_eq!(cursor.name(), Ok(name));
        prop_assert_eq!(cursor.at(), message.len());
    }
}

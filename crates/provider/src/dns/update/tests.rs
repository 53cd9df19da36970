//! Updates as hickory-proto reads them.

use std::str::FromStr as _;

use dnsctl_zone::Names;
use hickory_proto::op::{Message, OpCode, UpdateMessage as _};
use hickory_proto::rr::{DNSClass, Name as WireName, RData, RecordType as WireType};

use super::*;

fn rdata(rtype: RecordType, text: &str) -> Rdata {
    Rdata::parse(rtype, text, Names { origin: &Name::root(), strict: false }).expect("rdata")
}

fn name(text: &str) -> Name {
    text.parse().expect("name")
}

#[test]
fn each_form_of_the_rfc() {
    let mut update = Update::new(name("example.org"));
    let www = name("www.example.org");
    let (one, two) = (rdata(RecordType::A, "192.0.2.1"), rdata(RecordType::A, "192.0.2.2"));
    let ttl = Ttl::new(300).expect("TTL");
    update
        .require_values(&www, RecordType::A, &[one.clone(), two.clone()])
        .require_no_rrset(&www, RecordType::CNAME)
        .require_no_name(&name("new.example.org"))
        .delete_rrset(&www, RecordType::TXT)
        .delete(&www, &one)
        .add(&www, ttl, &two)
        .add(&name("example.org"), ttl, &rdata(RecordType::MX, "10 mail.example.org."))
        .add(&name("x.elsewhere.example"), ttl, &one);
    let octets = update.message(99).expect("message");
    assert_eq!(octets.len(), update.size());
    assert_eq!(update.counts(), (4, 5));

    let message = Message::from_vec(&octets).expect("hickory reads it");
    assert_eq!((message.id, message.op_code), (99, OpCode::Update));
    let zone = &message.zones()[0];
    assert_eq!((zone.name.to_string().as_str(), zone.query_type), ("example.org.", WireType::SOA));
    let shown = |records: &[hickory_proto::rr::Record]| -> Vec<_> {
        let one = |record: &hickory_proto::rr::Record| {
            let data = match &record.data {
                RData::Update0(_) => String::new(),
                data => data.to_string(),
            };
            let class = match record.dns_class {
                DNSClass::IN => "IN",
                DNSClass::ANY => "ANY",
                DNSClass::NONE => "NONE",
                _ => "?",
            };
            format!("{} {} {class} {} {data}", record.name, record.ttl, record.record_type())
                .trim_end()
                .to_owned()
        };
        records.iter().map(one).collect()
    };
    assert_eq!(
        shown(message.prerequisites()),
        [
            "www.example.org. 0 IN A 192.0.2.1",
            "www.example.org. 0 IN A 192.0.2.2",
            "www.example.org. 0 NONE CNAME",
            "new.example.org. 0 NONE ANY",
        ]
    );
    assert_eq!(
        shown(message.updates()),
        [
            "www.example.org. 0 ANY TXT",
            "www.example.org. 0 NONE A 192.0.2.1",
            "www.example.org. 300 IN A 192.0.2.2",
            "example.org. 300 IN MX 10 mail.example.org.",
            "x.elsewhere.example. 300 IN A 192.0.2.1",
        ]
    );
    assert_eq!(message.updates()[4].name, WireName::from_str("x.elsewhere.example.").expect("name"));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let mut update = Update::new(name("example.org"));
    update.add(&name("a.example.org"), Ttl::MAX, &rdata(RecordType::ALIAS, "b.example.org."));
    assert_eq!(update.message(1).expect_err("pseudo type").kind(), ErrorKind::Rejected);
    let mut update = Update::new(name("example.org"));
    let text = Rdata::text(RecordType::TXT, &[b'x'; 30_000]);
    update.add(&name("a.example.org"), Ttl::MAX, &text).add(&name("b.example.org"), Ttl::MAX, &text);
    assert!(update.message(1).is_ok());
    let more = update.clone();
    update.append(&more);
    assert_eq!(update.counts(), (0, 4));
    assert!(update.message(1).expect_err("too large").message().contains("at most 65535"));
}

#[test]
fn the_root_zone_and_odd_labels() {
    let mut update = Update::new(Name::root());
    let odd = Name::from_labels([&b"a.b"[..], &[0, 255], b"org"]).expect("name");
    update.add(&odd, Ttl::MAX, &rdata(RecordType::A, "192.0.2.1"));
    let message = Message::from_vec(&update.message(1).expect("message")).expect("hickory reads it");
    let labels: Vec<_> = message.updates()[0].name.iter().map(<[u8]>::to_vec).collect();
    assert_eq!(labels, [b"a.b".to_vec(), vec![0, 255], b"org".to_vec()]);
}

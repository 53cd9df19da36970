//! Streams that are whole, and all the ways in which they are not.

use std::str::FromStr as _;

use hickory_proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, NS, SOA};
use hickory_proto::rr::{DNSClass, Name as WireName, RData, Record as WireRecord, RecordType as WireType};
use proptest::prelude::*;

use super::*;

fn wire_name(text: &str) -> WireName {
    WireName::from_str(text).expect("name")
}

fn soa(serial: u32) -> WireRecord {
    let data = SOA::new(wire_name("ns1.example.org."), wire_name("h.example.org."), serial, 2, 3, 4, 5);
    WireRecord::from_rdata(wire_name("example.org."), 3600, RData::SOA(data))
}

fn host(name: &str) -> WireRecord {
    WireRecord::from_rdata(wire_name(name), 300, RData::A(A::new(192, 0, 2, 1)))
}

fn message(records: Vec<WireRecord>) -> Message {
    let mut message = Message::new(7, MessageType::Response, OpCode::Query);
    message.add_query(Query::query(wire_name("example.org."), WireType::AXFR));
    message.add_answers(records);
    message
}

/// What a stream of these messages gives: the totals when it ended, or the first error.
fn run(messages: &[Message]) -> Result<Option<Transferred>, Error> {
    let octets: Vec<_> = messages.iter().map(|message| message.to_vec().expect("message")).collect();
    run_octets(&octets).0
}

fn run_octets(messages: &[Vec<u8>]) -> (Result<Option<Transferred>, Error>, usize) {
    let zone = "example.org".parse().expect("name");
    let mut stream = Stream::new(&zone, 7, TransferLimits::default());
    let mut count = 0;
    for message in messages {
        if let Err(error) = stream.message(message, &mut |_| count += 1) {
            return (Err(error), count);
        }
    }
    (Ok(stream.ended()), count)
}

#[test]
fn a_whole_transfer() {
    let ns =
        WireRecord::from_rdata(wire_name("example.org."), 60, RData::NS(NS(wire_name("ns1.example.org."))));
    let mut second = message(vec![host("b.example.org."), soa(9)]);
    second.queries.clear();
    let whole =
        run(&[message(vec![soa(9), ns, host("a.example.org.")]), second]).expect("good").expect("ended");
    assert_eq!((whole.serial, whole.records, whole.messages), (9, 4, 2));
    // In one message, and the smallest zone there is.
    assert_eq!(run(&[message(vec![soa(1), soa(1)])]).map(|whole| whole.map(|w| w.records)), Ok(Some(1)));
}

#[test]
fn an_early_end_is_no_end() {
    for messages in [vec![], vec![message(vec![soa(9)])], vec![message(vec![soa(9), host("a.example.org.")])]]
    {
        assert_eq!(run(&messages), Ok(None));
    }
}

#[test]
fn what_is_wrong_is_an_error() {
    let good = || message(vec![soa(9), host("a.example.org.")]);
    let mut other_id = good();
    other_id.metadata.id = 8;
    let mut query = good();
    query.metadata.message_type = MessageType::Query;
    let mut cut = good();
    cut.metadata.truncation = true;
    let mut other_question = good();
    other_question.queries = vec![Query::query(wire_name("example.net."), WireType::AXFR)];
    let mut other_type = good();
    other_type.queries = vec![Query::query(wire_name("example.org."), WireType::A)];
    let mut chaos = soa(9);
    chaos.dns_class = DNSClass::CH;
    let mut below = soa(9);
    below.name = wire_name("sub.example.org.");
    let cases = [
        (vec![other_id], "does not belong"),
        (vec![query], "does not belong"),
        (vec![cut], "cut"),
        (vec![other_question], "another question"),
        (vec![other_type], "another question"),
        (vec![message(vec![])], "without a record"),
        (vec![good(), message(vec![])], "without a record"),
        (vec![message(vec![host("a.example.org.")])], "no SOA record at its beginning"),
        (vec![message(vec![chaos])], "another class"),
        (vec![message(vec![soa(9), below])], "inside the zone"),
        (vec![message(vec![soa(9), host("example.com.")])], "not in the zone"),
        (vec![message(vec![soa(9), host("xexample.org.")])], "not in the zone"),
        (vec![good(), message(vec![soa(10)])], "changed meanwhile"),
        (vec![message(vec![soa(9), soa(9), host("a.example.org.")])], "behind the closing SOA"),
        (vec![message(vec![soa(9), soa(9)]), good()], "behind the closing SOA"),
    ];
    for (messages, expected) in cases {
        let error = run(&messages).expect_err(expected);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
        assert!(error.message().contains(expected), "{error}");
    }
}

#[test]
fn a_code_in_the_middle_is_an_error() {
    for (code, kind) in [
        (ResponseCode::ServFail, ErrorKind::Unavailable),
        (ResponseCode::Refused, ErrorKind::Forbidden),
        (ResponseCode::NotAuth, ErrorKind::Forbidden),
    ] {
        let mut refusal = message(vec![]);
        refusal.metadata.response_code = code;
        let error = run(&[message(vec![soa(9), host("a.example.org.")]), refusal]).expect_err("refused");
        assert_eq!(error.kind(), kind);
        assert!(error.message().contains("after 2 records"), "{error}");
    }
}

/// Octets that do not fit their type are handed on with the reason, since the server serves them too.
#[test]
fn odd_rdata_is_handed_on() {
    let mut octets = message(vec![soa(9), host("a.example.org."), soa(9)]).to_vec().expect("message");
    let place = octets.windows(4).position(|window| window == [192, 0, 2, 1]).expect("address");
    octets[place - 1] = 3;
    octets.remove(place);
    let zone = "example.org".parse().expect("name");
    let mut stream = Stream::new(&zone, 7, TransferLimits::default());
    let mut records = Vec::new();
    stream.message(&octets, &mut |record| records.push(record)).expect("read");
    assert!(stream.ended().is_some() && records[1].rdata.is_err());
}

proptest! {
    #[test]
    fn altered_streams_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>()) {
        let mut octets = message(vec![soa(9), host("a.example.org."), soa(9)]).to_vec().expect("message");
        for (place, octet) in changes {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        let (_, count) = run_octets(&[octets.clone(), octets.clone()]);
        prop_assert!(count <= 400);
        octets.truncate(cut.index(octets.len()));
        prop_assert!(run_octets(&[octets]).0.is_err());
    }
}

#[test]
fn a_transfer_without_an_end_is_cut_off() {
    let zone = "example.org".parse().expect("name");
    let limited = |limits: TransferLimits| {
        let mut stream = Stream::new(&zone, 7, limits);
        let mut count = 0_u64;
        let first = message(vec![soa(9)]).to_vec().expect("message");
        let next = message(vec![host("a.example.org."), host("b.example.org.")]).to_vec().expect("message");
        let all = std::iter::once(&first).chain(std::iter::repeat(&next)).take(1000);
        let error = all.map(|octets| stream.message(octets, &mut |_| count += 1)).find_map(Result::err);
        (error.expect("a bound").to_string(), count)
    };
    let (error, count) = limited(TransferLimits { records: 50, ..TransferLimits::default() });
    assert!(error.contains("more than 50 records"), "{error}");
    assert_eq!(count, 50);
    let (error, _) = limited(TransferLimits { octets: 2000, ..TransferLimits::default() });
    assert!(error.contains("more than 2000 octets"), "{error}");
    // As many as are allowed are not too many.
    let mut stream = Stream::new(&zone, 7, TransferLimits { records: 3, ..TransferLimits::default() });
    let whole = message(vec![soa(9), host("a.example.org."), host("b.example.org."), soa(9)]);
    stream.message(&whole.to_vec().expect("message"), &mut |_| {}).expect("good");
    assert_eq!(stream.ended().map(|whole| whole.records), Some(3));
}

//! The DNS proxy in front of a real BIND, seen by dig.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dnsctl_harness::{
    Action, Bind, Direction, DnsProxy, NameServer, Transport, Zone, dig, error_reply, nsupdate, require,
    spoil_tsig, transfer, truncated_reply,
};

const ZONE: &str = "example.test";

fn server() -> Option<NameServer> {
    require(Bind::start([Zone::new(ZONE).with_hosts(5_000)]))
}

#[test]
fn messages_pass_over_udp_and_tcp() {
    let Some(bind) = server() else { return };
    let seen = Arc::new([const { AtomicUsize::new(0) }; 2]);
    let count = Arc::clone(&seen);
    let proxy = DnsProxy::start(bind.address(), move |packet| {
        count[usize::from(packet.transport == Transport::Tcp)].fetch_add(1, Ordering::Relaxed);
        Action::Pass
    })
    .unwrap();
    assert_eq!(dig(proxy.address(), "host000001.example.test", "A").unwrap().rdata("A"), ["10.0.0.1"]);
    let counts = || [seen[0].load(Ordering::Relaxed), seen[1].load(Ordering::Relaxed)];
    assert_eq!(counts(), [2, 0]);
    assert_eq!(transfer(proxy.address(), ZONE, Some(bind.key())).unwrap().len(), 5_003);
    let [udp, tcp] = counts();
    assert!(udp == 2 && tcp >= 4, "one query and several messages: {udp} {tcp}");
    nsupdate(proxy.address(), ZONE, Some(bind.key()), "update add a.example.test. 60 A 192.0.2.1").unwrap();
    assert_eq!(dig(bind.address(), "a.example.test", "A").unwrap().rdata("A"), ["192.0.2.1"]);
}

#[test]
fn a_reply_can_be_made_up() {
    let Some(bind) = server() else { return };
    for (code, name) in [(2, "SERVFAIL"), (5, "REFUSED"), (9, "NOTAUTH")] {
        let proxy = DnsProxy::start(bind.address(), move |packet| error_reply(packet.bytes, code)).unwrap();
        assert_eq!(dig(proxy.address(), ZONE, "SOA").unwrap().status, name);
    }
    // Sent to TCP by the bit TC, dig gets the true answer there.
    let proxy = DnsProxy::start(bind.address(), |packet| match packet.transport {
        Transport::Udp => truncated_reply(packet.bytes),
        Transport::Tcp => Action::Pass,
    })
    .unwrap();
    assert_eq!(dig(proxy.address(), "host000002.example.test", "A").unwrap().rdata("A"), ["10.0.0.2"]);
}

#[test]
fn a_lost_datagram_is_sent_again() {
    let Some(bind) = server() else { return };
    let proxy = DnsProxy::start(bind.address(), |packet| {
        if packet.direction == Direction::Query && packet.index == 0 { Action::Drop } else { Action::Pass }
    })
    .unwrap();
    assert_eq!(dig(proxy.address(), ZONE, "NS").unwrap().records.len(), 1);
}

#[test]
fn a_transfer_can_end_early() {
    let Some(bind) = server() else { return };
    for end in [Action::Close, Action::Reset] {
        let proxy = DnsProxy::start(bind.address(), move |packet| {
            let late = packet.direction == Direction::Answer && packet.index >= 2;
            if late { end.clone() } else { Action::Pass }
        })
        .unwrap();
        assert!(transfer(proxy.address(), ZONE, Some(bind.key())).is_err());
    }
}

#[test]
fn a_reset_is_a_reset() {
    let Some(bind) = server() else { return };
    for direction in [Direction::Query, Direction::Answer] {
        let proxy = DnsProxy::start(bind.address(), move |packet| {
            if packet.direction == direction { Action::Reset } else { Action::Pass }
        })
        .unwrap();
        let mut stream = std::net::TcpStream::connect(proxy.address()).unwrap();
        let query = b"\0\x1e\x12\x34\0\0\0\x01\0\0\0\0\0\0\x07example\x04test\0\0\x06\0\x01";
        std::io::Write::write_all(&mut stream, query).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let error = std::io::Read::read(&mut stream, &mut [0; 512]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
}

#[test]
fn a_spoiled_signature_is_noticed_on_both_sides() {
    let Some(bind) = server() else { return };
    let add = "update add b.example.test. 60 A 192.0.2.1";
    let spoil = |direction| {
        DnsProxy::start(bind.address(), move |packet| {
            if packet.direction == direction {
                Action::Replace(spoil_tsig(packet.bytes))
            } else {
                Action::Pass
            }
        })
        .unwrap()
    };
    let queries = spoil(Direction::Query);
    let error = nsupdate(queries.address(), ZONE, Some(bind.key()), add).unwrap_err().to_string();
    assert!(error.contains("BADSIG"), "{error}");
    assert!(dig(bind.address(), "b.example.test", "A").unwrap().records.is_empty());
    let answers = spoil(Direction::Answer);
    assert!(transfer(answers.address(), ZONE, Some(bind.key())).is_err());
}

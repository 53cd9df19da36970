//! Against servers of a few lines that misbehave in one way each.

use std::net::SocketAddr;
use std::time::Duration;

use dnsctl_zone::{Name, Rdata, RecordType, Ttl};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::*;
use crate::dns::wire::HEADER;

fn client(server: SocketAddr) -> Client {
    let timeouts = Timeouts {
        connect: Duration::from_millis(500),
        answer: Duration::from_millis(300),
        datagram: Duration::from_millis(200),
        tries: 3,
    };
    Client::new(server).with_timeouts(timeouts)
}

fn question(number: usize) -> Question {
    Question::new(format!("h{number}.example.org").parse().expect("name"), RecordType::A)
}

/// The answer to a query: its question and one A record, or nothing but the header with TC.
fn reply(query: &[u8], cut: bool) -> Vec<u8> {
    let mut end = HEADER;
    while query[end] != 0 {
        end += usize::from(query[end]) + 1;
    }
    end += 5;
    let mut reply = query[..end].to_vec();
    reply[2] = if cut { 0x86 } else { 0x84 };
    reply[4..12].copy_from_slice(&[0, 1, 0, u8::from(!cut), 0, 0, 0, 0]);
    if !cut {
        reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1]);
    }
    reply
}

/// UDP and TCP on the same port.
async fn listen() -> (UdpSocket, TcpListener, SocketAddr) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.expect("UDP");
        let address = udp.local_addr().expect("address");
        if let Ok(tcp) = TcpListener::bind(address).await {
            return (udp, tcp, address);
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let length = stream.read_u16().await.ok()?;
    let mut message = vec![0; length.into()];
    stream.read_exact(&mut message).await.ok()?;
    Some(message)
}

async fn write(stream: &mut TcpStream, message: &[u8]) {
    let mut framed = Vec::new();
    tcp::frame(message, &mut framed).expect("frame");
    drop(stream.write_all(&framed).await);
}

fn is_good(answer: &Answer) -> bool {
    answer.authoritative && answer.answers.len() == 1 && answer.answers[0].ttl.seconds() == 300
}

#[tokio::test]
async fn a_lost_datagram_is_sent_again_and_strays_are_ignored() {
    let (udp, _tcp, address) = listen().await;
    let server = tokio::spawn(async move {
        let mut query = [0; 512];
        let (_, from) = udp.recv_from(&mut query).await.expect("first");
        let (length, _) = udp.recv_from(&mut query).await.expect("second");
        let good = reply(&query[..length], false);
        // From another port, with another id, for another name, a query, and octets that are no message.
        let other = UdpSocket::bind("127.0.0.1:0").await.expect("UDP");
        let mut forged = good.clone();
        let last = forged.len() - 1;
        forged[last] = 66;
        other.send_to(&forged, from).await.expect("sent");
        for (place, octet) in [(0, good[0] ^ 1), (14, b'x'), (2, 4)] {
            let mut stray = forged.clone();
            stray[place] = octet;
            udp.send_to(&stray, from).await.expect("sent");
        }
        udp.send_to(&good[..11], from).await.expect("sent");
        udp.send_to(&good[..40], from).await.expect("sent");
        udp.send_to(&good, from).await.expect("sent");
    });
    let answer = client(address).query(&question(1)).await.expect("answer");
    assert!(is_good(&answer));
    assert_eq!(answer.answers[0].rdata, Ok(Rdata::address([192, 0, 2, 1].into())));
    server.await.expect("server");
}

#[tokio::test]
async fn a_cut_answer_is_asked_for_over_tcp() {
    let (udp, tcp, address) = listen().await;
    tokio::spawn(async move {
        let mut query = [0; 512];
        let (length, from) = udp.recv_from(&mut query).await.expect("query");
        udp.send_to(&reply(&query[..length], true), from).await.expect("sent");
        let (mut stream, _) = tcp.accept().await.expect("connection");
        let query = read(&mut stream).await.expect("query");
        write(&mut stream, &reply(&query, false)).await;
    });
    assert!(is_good(&client(address).query(&question(1)).await.expect("answer")));
}

#[tokio::test]
async fn silence_and_closed_ports() {
    let (udp, tcp, address) = listen().await;
    let silent = client(address);
    let error = silent.query(&question(1)).await.expect_err("silent");
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::NotWritten));
    let error = silent.query_tcp(&question(1)).await.expect_err("silent");
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::NotWritten));
    let (done, error) = silent.update(&[Update::new("example.org".parse().expect("name"))]).await;
    let error = error.expect("silent");
    assert_eq!((done, error.kind(), error.effect()), (0, ErrorKind::Timeout, Effect::Unknown));
    drop((udp, tcp));
    let error = silent.query(&question(1)).await.expect_err("closed");
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unavailable, Effect::NotWritten));
    let (_, error) = silent.update(&[Update::new("example.org".parse().expect("name"))]).await;
    assert_eq!(error.expect("closed").effect(), Effect::NotWritten);
}

#[tokio::test]
async fn many_answers_in_any_order() {
    let (_udp, tcp, address) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = tcp.accept().await.expect("connection");
        loop {
            let mut waiting = Vec::new();
            while let Ok(Some(query)) =
                tokio::time::timeout(Duration::from_millis(20), read(&mut stream)).await
            {
                waiting.push(query);
            }
            for query in waiting.iter().rev() {
                write(&mut stream, &reply(query, false)).await;
            }
        }
    });
    let questions: Vec<_> = (0..2000).map(question).collect();
    let answers = client(address).query_all(&questions).await;
    for (question, answer) in questions.iter().zip(answers) {
        let answer = answer.expect("answer");
        assert!(is_good(&answer) && answer.answers[0].name == question.name);
    }
    assert!(client(address).query_all(&[]).await.is_empty());
}

/// Some servers answer a few questions and close, some even with a reset that takes answers with it.
#[tokio::test]
async fn a_server_that_closes_early_is_asked_again() {
    for each in [1, 7, 600] {
        let (_udp, tcp, address) = listen().await;
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = tcp.accept().await.expect("connection");
                for _ in 0..each {
                    let Some(query) = read(&mut stream).await else { break };
                    write(&mut stream, &reply(&query, false)).await;
                }
            }
        });
        let questions: Vec<_> = (0..1500).map(question).collect();
        let answers = client(address).query_all(&questions).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(is_good)), "{each} a connection");
    }
}

#[tokio::test]
async fn a_server_that_closes_at_once_is_given_up() {
    let (_udp, tcp, address) = listen().await;
    tokio::spawn(async move {
        loop {
            drop(tcp.accept().await);
        }
    });
    let questions: Vec<_> = (0..100).map(question).collect();
    for answer in client(address).query_all(&questions).await {
        assert_eq!(answer.expect_err("closed").kind(), ErrorKind::Unavailable);
    }
}

/// A transfer that ends, breaks or stalls in the middle.
#[tokio::test]
async fn a_transfer_that_stops_is_an_error() {
    for (ending, kind) in
        [("close", ErrorKind::Unavailable), ("half", ErrorKind::Unavailable), ("stall", ErrorKind::Timeout)]
    {
        let (_udp, tcp, address) = listen().await;
        tokio::spawn(async move {
            let (mut stream, _) = tcp.accept().await.expect("connection");
            let query = read(&mut stream).await.expect("query");
            let mut reply = query;
            reply[2] = 0x84;
            reply[6..8].copy_from_slice(&[0, 1]);
            // The SOA of example.org with the root for its names.
            reply.extend([0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22]);
            reply.extend([0; 22]);
            write(&mut stream, &reply).await;
            if ending == "half" {
                drop(stream.write_all(&[0, 200, 1, 2, 3]).await);
            }
            if ending == "stall" {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        });
        let mut records = 0;
        let zone: Name = "example.org".parse().expect("name");
        let error = client(address).transfer(&zone, &mut |_| records += 1).await.expect_err(ending);
        assert_eq!((error.kind(), error.effect(), records), (kind, Effect::NotWritten, 1), "{error}");
        assert!(error.to_string().starts_with("transfer of example.org., after 1 records"), "{error}");
    }
}

/// Each message comes in time, and the last one never.
#[tokio::test]
async fn a_transfer_that_trickles_is_cut_off() {
    let (_udp, tcp, address) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = tcp.accept().await.expect("connection");
        let mut reply = read(&mut stream).await.expect("query");
        reply[2] = 0x84;
        reply[6..8].copy_from_slice(&[0, 1]);
        let mut host = reply.clone();
        reply.extend([0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22]);
        reply.extend([0; 22]);
        host.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
        write(&mut stream, &reply).await;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            write(&mut stream, &host).await;
        }
    });
    let zone: Name = "example.org".parse().expect("name");
    let limits = TransferLimits { time: Duration::from_millis(600), ..TransferLimits::default() };
    let client = client(address).with_limits(limits);
    let error = client.transfer(&zone, &mut |_| {}).await.expect_err("too slow");
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::NotWritten), "{error}");
    assert!(error.to_string().contains("not whole within 0.6 s"), "{error}");
}

/// The first update is done; the connection ends before the second one is answered.
#[tokio::test]
async fn updates_stop_at_the_first_that_fails() {
    let (_udp, tcp, address) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = tcp.accept().await.expect("connection");
        for _ in 0..2 {
            let mut message = read(&mut stream).await.expect("update");
            message[2] |= 0x80;
            message.truncate(HEADER);
            message[4..12].fill(0);
            if message[1] % 2 == 0 {
                write(&mut stream, &message).await;
            }
        }
    });
    let zone: Name = "example.org".parse().expect("name");
    let mut update = Update::new(zone.clone());
    update.add(&zone, Ttl::MAX, &Rdata::address([192, 0, 2, 1].into()));
    let next = std::sync::atomic::AtomicU16::new(0);
    let ids: Ids = Arc::new(move || next.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let client = client(address).with_ids(ids);
    let (done, error) = client.update(&[update.clone(), update.clone(), update]).await;
    assert_eq!((done, error.expect("closed").effect()), (1, Effect::Unknown));
}

//! Transfers and queries with real servers: whole, or an error.

#![expect(clippy::expect_used, reason = "a test may stop")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dnsctl_harness::{
    Access, Action, Bind, Direction, DnsProxy, Knot, NameServer, Nsd, Packet, Transport, TsigKey, Zone,
    error_reply, require, spoil_tsig, transfer,
};
use dnsctl_provider::dns::tsig::Key;
use dnsctl_provider::dns::{Client, Question, Record, Timeouts, Transferred};
use dnsctl_provider::error::{Effect, Error, ErrorKind, Status};
use dnsctl_provider::secret::Secret;
use dnsctl_provider::{OptionValue, Reader};
use dnsctl_provider_rfc2136::FACTORY;
use dnsctl_zone::{Name, Names, Rdata, RecordType};
use support::name;

/// One more than what fits into the largest zones that people keep in a file.
const LARGE: u32 = 100_000;

fn client(server: SocketAddr, key: Option<&TsigKey>, shift: i64) -> Client {
    let timeouts =
        Timeouts { answer: Duration::from_secs(5), datagram: Duration::from_secs(1), ..Timeouts::default() };
    let client = Client::new(server).with_timeouts(timeouts);
    let Some(key) = key else { return client };
    let secret = Secret::new(key.secret.clone());
    let key = Key::new(name(&key.name), key.algorithm.parse().expect("algorithm"), &secret).expect("key");
    client.with_key(key, support::context(shift).now)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    support::runtime().block_on(future)
}

fn axfr(client: &Client, zone: &str) -> (Result<Transferred, Error>, Vec<Record>) {
    let mut records = Vec::new();
    let result = run(client.transfer(&name(zone), &mut |record| records.push(record)));
    (result, records)
}

/// A record as `dig` writes it.
fn line(record: &Record) -> String {
    let rdata = record.rdata.as_ref().map(ToString::to_string).expect("rdata");
    format!("{} {} IN {} {rdata}", record.name, record.ttl, record.rtype)
}

/// The servers that a zone is tried on, with their keys.
fn servers(zone: &Zone) -> Vec<(&'static str, NameServer)> {
    let zone = || [zone.clone()];
    let started = [
        ("BIND", require(Bind::start(zone()))),
        ("Knot", require(Knot::start(zone()))),
        ("NSD", require(Nsd::start(zone()))),
    ];
    started.into_iter().filter_map(|(name, server)| Some((name, server?))).collect()
}

#[test]
fn the_size_of_a_transfer_has_a_bound() {
    let Some(server) = require(Bind::start([Zone::new("some.test").with_hosts(100)])) else { return };
    let read = |records| {
        let mut settings = support::settings(server.address(), Some(server.key()));
        settings.values.insert("transfer_records".to_owned(), OptionValue::Number(records));
        let reader = (FACTORY.open_reader)(&settings, &support::context(0)).expect("reader");
        run(reader.read_zone(&name("some.test")))
    };
    let error = read(50).expect_err("too large");
    assert!(error.to_string().contains("more than 50 records"), "{error}");
    assert!(read(1000).expect("small enough").is_some());
}

#[test]
fn a_large_zone_is_whole() {
    for (server, started) in servers(&Zone::new("large.test").with_hosts(LARGE)) {
        let (address, key) = (started.address(), Some(started.key()));
        let theirs = transfer(address, "large.test", key).expect("dig");
        assert!(theirs.len() > 100_000, "{server}");
        for _ in 0..3 {
            let (result, records) = axfr(&client(address, key, 0), "large.test");
            let whole = result.expect(server);
            assert_eq!((whole.records, records.len()), (u64::from(LARGE) + 3, theirs.len()), "{server}");
            let mut ours: Vec<_> = records.iter().map(line).collect();
            ours.sort_unstable();
            assert_eq!(ours, theirs, "{server}");
        }
    }
}

const TYPES: &str = r#"
a A 192.0.2.1
a AAAA 2001:db8::1
a TXT "a\"b\\c" "\195\169" ""
b MX 10 Mail.Types.Test.
b MX 20 a
b SRV 1 2 3 a.elsewhere.example.
b NAPTR 100 10 "S" "SIP+D2U" "!^.*$!sip:a@b!" _sip._udp
c CNAME a.B
d DNAME target.example.
e PTR a
e RP a b.types.test.
e AFSDB 1 a
e HINFO "x" "y z"
e LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
e KX 10 a
f CAA 0 issue "ca.example; a=b"
f TLSA 3 1 1 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a
f SSHFP 1 1 2bb183af5f22588179a53b0a98631fad1a292118
f CERT 1 12345 13 aGVsbG8gd29ybGQ=
f URI 10 1 "ftp://ftp1.example.com/public"
f DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
f OPENPGPKEY aGVsbG8gd29ybGQ=
g HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 key65000=abc
g SVCB 2 a.types.test. alpn=h2
h TYPE65280 \# 4 0a000001
h TYPE7 \# 14 01610574797065730474657374 00
i\.j TXT "dot"
*.k TXT "wild"
sub NS ns.sub
sub DS 60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118
ns.sub A 192.0.2.1
"#;

/// What each server sends, compressed in its own way, is what `dig` reads from it.
#[test]
fn every_type_is_read_without_loss() {
    for (server, started) in servers(&Zone::new("types.test").with(TYPES)) {
        let (address, key) = (started.address(), Some(started.key()));
        let lines = transfer(address, "types.test", key).expect("dig");
        let names = Names { origin: &Name::root(), strict: false };
        let record = |line: &String| {
            let mut fields = line.splitn(5, ' ');
            let mut field = || fields.next().expect("field");
            let (owner, ttl, _, rtype) = (name(field()), field().to_owned(), field(), field());
            // dig knows some old types that the zone model does not.
            let rtype = if rtype == "MB" { RecordType::from_code(7) } else { rtype.parse().expect("type") };
            let text = field();
            let rdata = match rtype.code() {
                Some(7) => Rdata::from_wire(rtype, &name(text).to_wire()),
                _ => Rdata::parse(rtype, text, names),
            };
            (owner, rtype, ttl, rdata.expect(line).octets().to_vec())
        };
        let mut theirs: Vec<_> = lines.iter().map(record).collect();
        let (result, records) = axfr(&client(address, key, 0), "types.test");
        result.expect(server);
        let mut ours: Vec<_> = records
            .into_iter()
            .map(|record| {
                let rdata = record.rdata.expect(server);
                (record.name, record.rtype, record.ttl.to_string(), rdata.octets().to_vec())
            })
            .collect();
        theirs.sort();
        ours.sort();
        assert_eq!(ours, theirs, "{server}");
    }
}

#[test]
fn each_algorithm() {
    for algorithm in ["hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"] {
        let key = TsigKey::with_algorithm("Other.Key", algorithm).expect("key");
        let zone = || [Zone::new("z.test")];
        let bind = require(Bind::builder(zone()).key(key.clone()).start());
        let knot = require(Knot::start_with(&key, zone()));
        for server in [bind, knot].into_iter().flatten() {
            let client = client(server.address(), Some(&key), 0);
            axfr(&client, "z.test").0.expect(algorithm);
            assert_eq!(run(client.serial(&name("z.test"))).expect(algorithm), 1);
        }
    }
}

#[test]
fn a_wrong_key_is_named() {
    for (server, started) in servers(&Zone::new("z.test")) {
        let good = started.key();
        let other = TsigKey::generate(&good.name).expect("key");
        let unknown = TsigKey { name: "unknown".to_owned(), ..good.clone() };
        for (key, shift, code, words) in [
            (&other, 0, 16, "another one"),
            (&unknown, 0, 17, "does not know"),
            (good, 3600, 18, "3600 s behind ours"),
            (good, -1000, 18, "1000 s ahead of ours"),
        ] {
            let client = client(started.address(), Some(key), shift);
            let (result, records) = axfr(&client, "z.test");
            let by_transfer = result.expect_err(server);
            let by_query = run(client.serial(&name("z.test"))).expect_err(server);
            for error in [by_transfer, by_query] {
                assert_eq!(error.kind(), ErrorKind::Unauthorized, "{server}: {error}");
                // Knot 3.3 answers a key that it does not know with NOTAUTH and no TSIG record.
                let (code, words) = match error.status() {
                    Some(Status::Rcode(9)) if server == "Knot" && code == 17 => (9, "does not accept"),
                    _ => (code, words),
                };
                assert_eq!(error.status(), Some(Status::Rcode(code)), "{server}: {error}");
                // The second that passes meanwhile, or that BIND, whose clock ticks coarsely, has not seen yet.
                let near =
                    [("3599 s", "3600 s"), ("3601 s", "3600 s"), (" 999 s", " 1000 s"), ("1001 s", "1000 s")];
                let shown =
                    near.iter().fold(error.message().to_owned(), |text, (off, on)| text.replace(off, on));
                assert!(shown.contains(words) && error.hint().is_some(), "{server}: {error}");
            }
            assert!(records.is_empty());
        }
    }
}

#[test]
fn a_transfer_without_the_key_is_refused() {
    for (server, started) in servers(&Zone::new("z.test")) {
        let (result, _) = axfr(&client(started.address(), None, 0), "z.test");
        let error = result.expect_err(server);
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Forbidden, Effect::NotWritten),
            "{server}: {error}"
        );
    }
}

/// What a proxy does to the answers of a transfer, by their number.
fn through(
    server: &NameServer,
    zone: &str,
    keyed: bool,
    hook: impl Fn(&Packet<'_>) -> Action + Send + Sync + 'static,
) -> Result<Transferred, Error> {
    let on_answers = move |packet: &Packet<'_>| match packet.direction {
        Direction::Answer if packet.transport == Transport::Tcp => hook(packet),
        _ => Action::Pass,
    };
    let proxy = DnsProxy::start(server.address(), on_answers).expect("proxy");
    let key = keyed.then(|| server.key());
    axfr(&client(proxy.address(), key, 0), zone).0
}

/// Whatever happens to one message in the middle of a transfer: never a short zone.
#[test]
fn a_disturbed_transfer_is_an_error() {
    let keyed = Zone::new("keyed.test").with_hosts(20_000);
    let open = Zone::new("open.test").with_hosts(20_000).access(Access::Open);
    let zones = || [keyed.clone(), open.clone()];
    let (bind, knot) = (require(Bind::start(zones())), require(Knot::start(zones())));
    for server in [bind, knot].into_iter().flatten() {
        for (zone, keyed) in [("keyed.test", true), ("open.test", false)] {
            through(&server, zone, keyed, |_| Action::Pass).expect("undisturbed");
            let at = |action: fn(&Packet<'_>) -> Action| {
                move |packet: &Packet<'_>| if packet.index == 3 { action(packet) } else { Action::Pass }
            };
            for (what, action, kind) in [
                ("closed", (|_| Action::Close) as fn(&Packet<'_>) -> Action, ErrorKind::Unavailable),
                ("reset", |_| Action::Reset, ErrorKind::Unavailable),
                ("failed", |packet| error_reply(packet.bytes, 2), ErrorKind::Unavailable),
                (
                    "garbled",
                    |packet| Action::Replace(packet.bytes[..packet.bytes.len() / 2].to_vec()),
                    ErrorKind::Protocol,
                ),
                ("garbage", |_| Action::Replace(vec![7; 500]), ErrorKind::Protocol),
            ] {
                let error = through(&server, zone, keyed, at(action)).expect_err(what);
                assert_eq!(
                    (error.kind(), error.effect()),
                    (kind, Effect::NotWritten),
                    "{what} {keyed}: {error}"
                );
            }
        }
        // A message is lost, repeated or altered: the records look whole, only the signatures tell.
        for (what, action) in [
            ("lost", (|_| Action::Drop) as fn(&Packet<'_>) -> Action),
            ("spoilt", |packet| Action::Replace(spoil_tsig(packet.bytes))),
            ("altered", |packet| {
                let mut octets = packet.bytes.to_vec();
                let place = octets.windows(2).position(|pair| pair == [10, 0]).expect("an address");
                octets[place] = 11;
                Action::Replace(octets)
            }),
        ] {
            let disturb =
                move |packet: &Packet<'_>| if packet.index == 3 { action(packet) } else { Action::Pass };
            let error = through(&server, "keyed.test", true, disturb).expect_err(what);
            assert_eq!(error.kind(), ErrorKind::Protocol, "{what}: {error}");
        }
    }
}

/// After an apply each RRset is asked for at each server: many questions over one connection.
/// BIND gives 10 transfers at once unless told otherwise, and answers SERVFAIL to the others.
#[test]
fn more_zones_than_the_server_transfers_at_once() {
    let lines: String = (0..500).map(|number| format!("h{number} 300 A 192.0.2.1\n")).collect();
    let zones = |count: usize| (0..count).map(|number| Zone::new(&format!("z{number}.test")).with(&lines));
    // With 7, one of 8 is always too much; who waits a little gets in.
    for (options, count) in [("", 100), ("transfers-out 7;", 30)] {
        let Some(server) = require(Bind::builder(zones(count)).options(options).start()) else { return };
        let reader: Arc<dyn Reader> = support::reader(server.address(), Some(server.key())).into();
        let counts = run(async {
            let mut tasks = tokio::task::JoinSet::new();
            for number in 0..count {
                let reader = Arc::clone(&reader);
                tasks.spawn(async move { reader.read_zone(&name(&format!("z{number}.test"))).await });
            }
            tasks.join_all().await
        });
        for live in counts {
            assert_eq!(live.expect("read").expect("a zone").zone.rrsets().len(), 503, "{options}");
        }
    }
}

#[test]
fn many_questions() {
    for (server, started) in servers(&Zone::new("many.test").with_hosts(10_000)) {
        let client = client(started.address(), None, 0);
        let question = |host: u32| Question::new(name(&format!("host{host:06}.many.test")), RecordType::A);
        // The last hundred do not exist.
        let questions: Vec<_> = (0..10_100).map(question).collect();
        let answers = run(client.query_all(&questions));
        for (host, (question, answer)) in questions.iter().zip(answers).enumerate() {
            let answer = answer.expect(server);
            let found = answer.rrset(question).count();
            assert_eq!((answer.authoritative, found), (true, usize::from(host < 10_000)), "{server} {host}");
        }
    }
}

//! What a server refuses or does not answer.

use super::*;

#[test]
fn who_may_not_write() {
    let zone = || Zone::new(ZONE).access(Access::KeyTransferOnly);
    let started = [
        (require(Bind::start([zone()])), ErrorKind::Forbidden),
        // Knot says BADKEY.
        (require(Knot::start([zone()])), ErrorKind::Unauthorized),
        (require(Nsd::start([zone()])), ErrorKind::Unsupported),
    ];
    for (server, kind) in started {
        let Some(server) = server else { continue };
        let error = refused(server.address(), Some(server.key()), &[change(None, address("new", 1))]);
        assert_eq!((error.kind(), error.effect()), (kind, Effect::NotWritten), "{error}");
        assert!(error.hint().is_some(), "{error:?}");
    }
    let policy = Access::Policy("grant tester name www.z.test A;".to_owned());
    let Some(bind) = require(Bind::start([Zone::new(ZONE).access(policy)])) else { return };
    let (at, key) = (bind.address(), Some(bind.key()));
    batch(at, key, &[change(None, address("www", 1))]).expect("allowed");
    assert_eq!(refused(at, key, &[change(None, address("host", 1))]).kind(), ErrorKind::Forbidden);
}

#[test]
fn wrong_keys_and_missing_zones() {
    for server in servers(&Zone::new(ZONE)) {
        let (at, good) = (server.address(), server.key());
        let changes = [change(None, address("new", 1))];
        let other = TsigKey::generate(&good.name).expect("key");
        let unknown = TsigKey { name: "unknown".to_owned(), ..good.clone() };
        // Knot 3.3 answers a key that it does not know with NOTAUTH and no TSIG record.
        for (key, codes) in [(&other, [16].as_slice()), (&unknown, &[17, 9])] {
            let error = refused(at, Some(key), &changes);
            assert_eq!(
                (error.kind(), error.effect()),
                (ErrorKind::Unauthorized, Effect::NotWritten),
                "{error}"
            );
            assert!(codes.iter().any(|code| error.status() == Some(Status::Rcode(*code))), "{error}");
        }
        let writer = (FACTORY.open_writer)(&support::settings(at, Some(good)), &support::context(3600))
            .expect("writer");
        let written = run(lower::write(&writer, &name(ZONE), &changes, &mut |_| {}));
        let error = written.error().expect("BADTIME");
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Unauthorized, Some(Status::Rcode(18))),
            "{error}"
        );
        let reader = support::reader(at, Some(good));
        for zone in ["missing.test", "sub.z.test"] {
            assert_eq!(run(reader.read_zone(&name(zone))), Ok(None));
        }
        let error = run(support::reader(at, None).read_zone(&name(ZONE))).expect_err("no key");
        assert!(error.kind() == ErrorKind::Forbidden && error.hint().is_some(), "{error}");
    }
}

/// The update arrives; its answer does not.
#[test]
fn an_answer_that_is_lost_leaves_it_unknown() {
    for server in servers(&Zone::new(ZONE)) {
        for action in [Action::Drop, Action::Close, Action::Reset] {
            let armed = Arc::new(AtomicBool::new(true));
            let (lost, once) = (action.clone(), armed.clone());
            let proxy = DnsProxy::start(server.address(), move |packet| {
                // Operation code 5 is UPDATE.
                let update = packet.bytes.get(2).is_some_and(|flags| flags >> 3 & 15 == 5);
                let hit =
                    update && packet.direction == Direction::Answer && once.swap(false, Ordering::Relaxed);
                if hit { lost.clone() } else { Action::Pass }
            });
            let proxy = proxy.expect("proxy");
            let mut settings = support::settings(proxy.address(), Some(server.key()));
            settings.values.insert("timeout".to_owned(), OptionValue::Duration(Duration::from_secs(1)));
            let writer = (FACTORY.open_writer)(&settings, &support::context(0)).expect("writer");
            let changes = [change(None, address("new", 1))];
            let written = run(lower::write(&writer, &name(ZONE), &changes, &mut |_| {}));
            assert!(matches!(written.outcomes[0], Outcome::Unknown(_)), "{action:?}: {written:?}");
            // It was done all the same; the same again is a conflict, and is not done twice.
            let live = read(server.address(), server.key());
            assert_eq!(live.zone.get(&name("new.z.test"), RecordType::A), address("new", 1).as_ref());
            let again = run(lower::write(&writer, &name(ZONE), &changes, &mut |_| {}));
            assert_eq!(again.error().map(Error::kind), Some(ErrorKind::Conflict));
            batch(server.address(), Some(server.key()), &[change(address("new", 1), None)]).expect("back");
        }
    }
}

/// What a server may answer, by a proxy that answers in its place.
#[test]
fn every_code_has_its_kind() {
    let Some(bind) = require(Bind::start([Zone::new(ZONE)])) else { return };
    for (code, kind, effect) in [
        (1, ErrorKind::Rejected, Effect::NotWritten),
        (2, ErrorKind::Unavailable, Effect::Unknown),
        (4, ErrorKind::Unsupported, Effect::NotWritten),
        (5, ErrorKind::Forbidden, Effect::NotWritten),
        (6, ErrorKind::Conflict, Effect::NotWritten),
        (7, ErrorKind::Conflict, Effect::NotWritten),
        (8, ErrorKind::Conflict, Effect::NotWritten),
        (9, ErrorKind::Unauthorized, Effect::NotWritten),
        (10, ErrorKind::Rejected, Effect::NotWritten),
        (11, ErrorKind::Protocol, Effect::Unknown),
    ] {
        let proxy = DnsProxy::start(bind.address(), move |packet| {
            let update = packet.bytes.get(2).is_some_and(|flags| flags >> 3 & 15 == 5);
            if update { error_reply(packet.bytes, code) } else { Action::Pass }
        });
        let error =
            refused(proxy.expect("proxy").address(), Some(bind.key()), &[change(None, address("new", 1))]);
        assert_eq!(
            (error.kind(), error.effect(), error.status()),
            (kind, effect, Some(Status::Rcode(code.into())))
        );
    }
}

/// What can never be written is known when the zone is read, not after half of a plan is written.
#[test]
fn changes_that_no_update_makes() {
    for server in servers(&Zone::new(ZONE).with("place 300 LOC 1 N 1 E 1m\nwww 300 A 192.0.2.1")) {
        let (at, key) = (server.address(), Some(server.key()));
        // A version of LOC that nobody knows (RFC 1876 section 2).
        let odd = "update add place.z.test 300 TYPE29 \\# 16 01121613800000008000000000989680";
        nsupdate(at, ZONE, key, odd).expect("nsupdate");
        let reader = support::reader(at, key);
        let live = run(reader.read_zone(&name(ZONE))).expect("read").expect("a zone");
        eprintln!("{:?}", live.kept);
        let place = live.zone.get(&name("place.z.test"), RecordType::LOC).cloned();
        assert!(place.is_some() && live.kept.iter().any(|kept| kept.rtype == RecordType::LOC), "{live:?}");
        let new = rrset("place", 300, RecordType::LOC, &["2 N 2 E 2m"]);
        let texts = |count: usize, last: char| {
            let texts: Vec<_> =
                (0..count).map(|number| format!("\"{number}{}{last}\"", "x".repeat(200))).collect();
            rrset("text", 300, RecordType::TXT, &texts.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let ns = live.zone.get(&name(ZONE), RecordType::NS).cloned();
        for (before, after, words) in [
            (place.clone(), new, "an update must name all that are there"),
            (place, None, "an update must name all that are there"),
            (texts(280, 'a'), texts(20, 'b'), "before and after together need"),
            (texts(200, 'a'), texts(200, 'b'), "before and after together need"),
            (ns, None, "the last name server"),
        ] {
            let change = change(before, after);
            let why = reader.refuses_change(&name(ZONE), &change).expect(words);
            assert!(why.contains(words), "{why}");
            // And so it is.
            batch(at, key, std::slice::from_ref(&change)).expect_err(words);
        }
        for fine in [change(address("www", 1), address("www", 2)), change(texts(100, 'a'), None)] {
            assert_eq!(reader.refuses_change(&name(ZONE), &fine), None);
        }
    }
}

/// The server gives its zone to nobody: what its answers and referrals show is written all the same, and what they cannot
/// show is unknown, not "not written".
#[test]
fn a_server_that_gives_no_transfer() {
    const REFUSED: u8 = 5;
    const AXFR_IN: [u8; 4] = [0, 252, 0, 1];
    let zone = Zone::new(ZONE).with("*.w 300 TXT \"any\"\na.w 300 TXT \"a\"");
    let Some(server) = require(Bind::start([zone])) else { return };
    let proxy = DnsProxy::start(server.address(), |packet| {
        let transfer = packet.bytes.windows(4).any(|octets| octets == AXFR_IN);
        let refuse = packet.direction == Direction::Query && transfer;
        if refuse { error_reply(packet.bytes, REFUSED) } else { Action::Pass }
    })
    .expect("proxy");
    let shown = [
        change(None, rrset("child", 300, RecordType::NS, &["ns.child"])),
        change(None, address("ns.child", 53)),
        change(None, address("www", 1)),
    ];
    batch(proxy.address(), Some(server.key()), &shown).expect("the referral shows it");
    let changes = [
        change(None, address("mail", 1)),
        // The wildcard answers in its place.
        change(rrset("a.w", 300, RecordType::TXT, &["\"a\""]), None),
    ];
    let failed = batch(proxy.address(), Some(server.key()), &changes).expect_err("no transfer");
    assert_eq!((failed.error.effect(), failed.written), (Effect::Unknown, vec![0]), "{}", failed.error);
    let live = read(server.address(), server.key());
    assert!(live.zone.get(&name("a.w.z.test"), RecordType::TXT).is_none());
    assert!(live.zone.get(&name("child.z.test"), RecordType::NS).is_some());
}

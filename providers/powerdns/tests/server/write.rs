//! Writing: all or nothing, serials, new zones, secondaries, limits.

use crate::bench::{Bench, change, rrset};
use dnsctl_harness::Backend;
use dnsctl_provider::OptionValue;
use dnsctl_provider::error::{Effect, ErrorKind};
use dnsctl_provider::lower::{self, Outcome};
use dnsctl_zone::{Name, RecordType};
use serde_json::json;

#[tokio::test]
async fn one_bad_record_and_nothing_is_written() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    let old = rrset(&apex, "old", RecordType::A, 60, &["192.0.2.1"]);
    assert!(bench.write(&apex, &[change(None, Some(old.clone()))]).await.is_complete());
    let before = bench.read(&apex).await;
    // The server refuses two CNAME records at a name; dnsctl would not get so far.
    for (owner, rtype, values, words) in [
        ("bad", RecordType::CNAME, &["x.test.", "y.test."][..], "has more than one record"),
        ("old", RecordType::CNAME, &["x.test."], "Conflicts with pre-existing RRset"),
        ("mx", RecordType::MX, &["10 not_a_host.test."], "non-hostname content"),
    ] {
        let mut changes: Vec<_> = (0..200)
            .map(|index| {
                change(None, Some(rrset(&apex, &format!("h{index}"), RecordType::A, 60, &["192.0.2.2"])))
            })
            .collect();
        changes.insert(100, change(None, Some(rrset(&apex, owner, rtype, 60, values))));
        changes.push(change(Some(&rrset(&apex, "gone", RecordType::A, 60, &["192.0.2.1"])), None));
        let written = bench.write(&apex, &changes).await;
        for (index, outcome) in written.outcomes.iter().enumerate() {
            match outcome {
                Outcome::Refused(error) if index == 100 => {
                    assert_eq!((error.kind(), error.effect()), (ErrorKind::Rejected, Effect::NotWritten));
                    assert!(error.message().contains(words), "{error}");
                }
                Outcome::NotWritten(Some(_)) if index != 100 => {}
                other => panic!("{index}: {other:?}"),
            }
        }
        assert_eq!(bench.read(&apex).await, before, "{words}");
    }
}

#[tokio::test]
async fn the_serial_never_goes_back() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    for (name, edit) in [("a.test", "DEFAULT"), ("b.test", ""), ("c.test", "INCREASE"), ("d.test", "EPOCH")] {
        let apex = bench.zone(name, "Native");
        bench.api("PUT", &format!("/zones/{apex}"), &json!({ "soa_edit_api": edit }));
        // Others have brought it far ahead.
        bench.put(
            &apex,
            &apex.to_string(),
            "SOA",
            &[("ns.x. h.x. 3000000000 7200 3600 1209600 300", false)],
            None,
        );
        let mut last = bench.read(&apex).await.zone.serial().unwrap();
        for minimum in ["60", "61", "62"] {
            let soa = format!("ns1 hostmaster 1 7200 3600 1209600 {minimum}");
            let wish = rrset(&apex, "@", RecordType::SOA, 300, &[&soa]);
            assert!(bench.write(&apex, &[change(None, Some(wish.clone()))]).await.is_complete());
            let live = bench.read(&apex).await;
            let serial = live.zone.serial().unwrap();
            // RFC 1982 section 3.2. EPOCH counts seconds, so two writes in one second have the same.
            let step = serial.wrapping_sub(last).cast_signed();
            assert!(step > 0 || (edit == "EPOCH" && step == 0), "{edit}: {last} became {serial}");
            let there = live.zone.get(&apex, RecordType::SOA).unwrap().values()[0].to_string();
            assert!(there.starts_with(&format!("ns1.{apex} hostmaster.{apex} {serial} ")), "{there}");
            assert!(there.ends_with(minimum), "{there}");
            last = serial;
        }
    }
}

#[tokio::test]
async fn a_zone_keeps_its_soa_record_and_a_secondary_its_records() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    let soa = bench.read(&apex).await.zone.get(&apex, RecordType::SOA).unwrap().clone();
    let written = bench.write(&apex, &[change(Some(&soa), None)]).await;
    assert!(matches!(written.outcomes.as_slice(), [Outcome::Refused(_)]), "{written:?}");
    assert!(bench.read(&apex).await.zone.get(&apex, RecordType::SOA).is_some());

    bench.api("POST", "/zones", &json!({ "name": "s.test.", "kind": "Slave", "masters": ["127.0.0.1:1"] }));
    let apex = Name::absolute("s.test").unwrap();
    let new = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.1"]);
    let written = bench.write(&apex, &[change(None, Some(new))]).await;
    let error = written.error().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("Slave"), "{error}");
    assert_eq!(bench.contents(&apex, "w.s.test.", "A"), []);
}

#[tokio::test]
async fn a_new_zone_is_as_configured_and_takes_one_request() {
    let Some(mut bench) = Bench::start(Backend::Lmdb) else { return };
    bench.set("kind", OptionValue::Text("Primary".to_owned()));
    bench.set("account", OptionValue::Text("mail team".to_owned()));
    bench.set("soa_edit_api", OptionValue::Text("EPOCH".to_owned()));
    let servers = ["ns1.example.net", "ns2.example.net."].map(str::to_owned);
    bench.set("nameservers", OptionValue::List(servers.into()));
    let create = async |name: &str, more: Option<&str>| {
        let apex = Name::absolute(name).unwrap();
        let mut changes: Vec<_> = (0..500)
            .map(|index| {
                change(None, Some(rrset(&apex, &format!("h{index}"), RecordType::A, 60, &["192.0.2.2"])))
            })
            .collect();
        if let Some(ns) = more {
            changes.push(change(None, Some(rrset(&apex, "@", RecordType::NS, 60, &[ns]))));
        }
        let start = bench.server.requests().len();
        let written = lower::create(&bench.writer(), &apex, &changes, &mut |_| {}).await;
        assert!(written.is_complete(), "{:?}", written.error());
        assert_eq!(bench.requests_since(start), ["POST /zones"]);
        apex
    };
    let apex = create("a.test", None).await;
    let zone = bench.api("GET", "/zones/a.test.?rrsets=false", &serde_json::Value::Null);
    let facts = ["kind", "account", "soa_edit_api"].map(|key| zone[key].as_str().unwrap().to_owned());
    assert_eq!(facts, ["Master", "mail team", "EPOCH"]);
    let ns = bench.contents(&apex, "a.test.", "NS");
    assert_eq!(ns, ["ns1.example.net.", "ns2.example.net."].map(|text| (text.to_owned(), false)));
    // The files' own NS records go before the option.
    let apex = create("b.test", Some("ns.other.test.")).await;
    assert_eq!(bench.contents(&apex, "b.test.", "NS"), [("ns.other.test.".to_owned(), false)]);
}

#[tokio::test]
async fn one_bad_record_and_the_zone_is_not_created() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = Name::absolute("a.test").unwrap();
    let good = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.1"]);
    let bad = rrset(&apex, "mx", RecordType::MX, 60, &["10 not_a_host.test."]);
    let changes = [change(None, Some(good)), change(None, Some(bad))];
    let written = lower::create(&bench.writer(), &apex, &changes, &mut |_| {}).await;
    assert!(
        matches!(written.outcomes.as_slice(), [Outcome::NotWritten(Some(_)), Outcome::Refused(_)]),
        "{written:?}"
    );
    assert_eq!(bench.reader().read_zone(&apex).await.unwrap(), None);
}

#[tokio::test]
async fn large_writes_are_cut_below_the_limit_of_the_server() {
    let Some(mut bench) = Bench::start(Backend::Lmdb) else { return };
    let text = format!("\"{}\"", "\\\"".repeat(120));
    let changes = |apex: &Name| -> Vec<_> {
        let wish =
            |index| rrset(apex, &format!("text{index}"), RecordType::TXT, 60, &[&text, "\"v=spf1 -all\""]);
        (0..12_000).map(|index| change(None, Some(wish(index)))).collect()
    };
    // About 9 MB in all; the server takes 2 MiB.
    let apex = Name::absolute("a.test").unwrap();
    let start = bench.server.requests().len();
    let written = lower::create(&bench.writer(), &apex, &changes(&apex), &mut |_| {}).await;
    assert!(written.is_complete(), "{:?}", written.error());
    let requests = bench.requests_since(start);
    assert!((5..9).contains(&requests.len()), "{requests:?}");
    assert_eq!(bench.read(&apex).await.zone.rrsets().len(), 12_001);

    // With the limit set too high, the server refuses, and the hint says what to do.
    bench.set("max_body", OptionValue::Number(50_000_000));
    let apex = bench.zone("b.test", "Native");
    let written = bench.write(&apex, &changes(&apex)).await;
    let error = written.error().unwrap();
    assert_eq!(bench.read(&apex).await.zone.rrsets().len(), 1);
    // It may cut the connection while the body is still on its way; then nothing is known.
    if error.kind() == ErrorKind::Rejected {
        assert!(error.hint().is_some_and(|hint| hint.contains("max_body")), "{:?}", error.hint());
    } else {
        assert_eq!(error.effect(), Effect::Unknown, "{error}");
    }
}

#[tokio::test]
async fn secondaries_are_told_where_there_are_any() {
    let Some(mut bench) = Bench::start(Backend::Lmdb) else { return };
    for (name, kind, notify, told) in [
        ("a.test", "Master", "auto", true),
        ("b.test", "Native", "auto", false),
        ("c.test", "Master", "never", false),
    ] {
        bench.set("notify", OptionValue::Text(notify.to_owned()));
        let apex = bench.zone(name, kind);
        let reader = bench.reader();
        reader.read_zone(&apex).await.unwrap();
        let start = bench.server.requests().len();
        let new = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.1"]);
        assert!(bench.write(&apex, &[change(None, Some(new))]).await.is_complete());
        let mut wanted = vec![format!("PATCH /zones/{apex}")];
        wanted.extend(told.then(|| format!("PUT /zones/{apex}/notify")));
        assert_eq!(bench.requests_since(start), wanted);
    }
}

#[tokio::test]
async fn zones_with_odd_names() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    for name in ["0/26.2.0.192.in-addr.arpa.", "a_b.test.", "xn--bcher-kva.test."] {
        let apex = Name::absolute(name).unwrap();
        assert_eq!(bench.reader().read_zone(&apex).await.unwrap(), None);
        let new = rrset(&apex, "1", RecordType::PTR, 60, &["host.example.net."]);
        let written =
            lower::create(&bench.writer(), &apex, &[change(None, Some(new.clone()))], &mut |_| {}).await;
        assert!(written.is_complete(), "{:?}", written.error());
        let next = rrset(&apex, "1", RecordType::PTR, 60, &["other.example.net."]);
        assert!(bench.write(&apex, &[change(Some(&new), Some(next.clone()))]).await.is_complete());
        assert_eq!(bench.read(&apex).await.zone.get(&next.name, next.rtype), Some(&next));
        assert!(bench.reader().list_zones().await.unwrap().contains(&apex));
    }
}

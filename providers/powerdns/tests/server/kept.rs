//! What is there and must not be lost: disabled records, records that cannot be read, comments.

use crate::bench::{Bench, change, rrset, with_comment};
use dnsctl_harness::Backend;
use dnsctl_provider::error::ErrorKind;
use dnsctl_provider::lower::Outcome;
use dnsctl_zone::RecordType;
use serde_json::json;

fn stored(content: &str, disabled: bool) -> (String, bool) {
    (content.to_owned(), disabled)
}

#[tokio::test]
async fn disabled_records_are_shown_and_survive() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    bench.put(&apex, "w.a.test.", "A", &[("192.0.2.1", false), ("192.0.2.2", true)], None);
    bench.put(&apex, "off.a.test.", "A", &[("192.0.2.9", true)], None);
    let live = bench.read(&apex).await;
    let w = rrset(&apex, "w", RecordType::A, 300, &["192.0.2.1"]);
    assert_eq!(live.zone.get(&w.name, w.rtype), Some(&w));
    assert_eq!(live.zone.rrsets().len(), 2, "the SOA and w");
    let kept: Vec<_> =
        live.kept.iter().map(|kept| (kept.name.to_string(), kept.count, &*kept.reason)).collect();
    let wanted = [("off.a.test.", 1, "disabled: 192.0.2.9"), ("w.a.test.", 1, "disabled: 192.0.2.2")];
    assert_eq!(kept, wanted.map(|(name, count, reason)| (name.to_owned(), count, reason)));

    // Replaced, by a writer that has seen no reader: it looks for itself.
    let next = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.3", "192.0.2.4"]);
    assert!(bench.write(&apex, &[change(Some(&w), Some(next.clone()))]).await.is_complete());
    let wanted = [stored("192.0.2.2", true), stored("192.0.2.3", false), stored("192.0.2.4", false)];
    assert_eq!(bench.contents(&apex, "w.a.test.", "A"), wanted);

    // Created where only a disabled one is.
    let on = rrset(&apex, "off", RecordType::A, 60, &["192.0.2.8"]);
    assert!(bench.write(&apex, &[change(None, Some(on.clone()))]).await.is_complete());
    let wanted = [stored("192.0.2.8", false), stored("192.0.2.9", true)];
    assert_eq!(bench.contents(&apex, "off.a.test.", "A"), wanted);

    // Deleted, with a reader that lives at the same time.
    let reader = bench.reader();
    reader.read_zone(&apex).await.unwrap();
    assert!(bench.write(&apex, &[change(Some(&next), None), change(Some(&on), None)]).await.is_complete());
    assert_eq!(bench.contents(&apex, "w.a.test.", "A"), [stored("192.0.2.2", true)]);
    assert_eq!(bench.contents(&apex, "off.a.test.", "A"), [stored("192.0.2.9", true)]);

    // Wished for, it is enabled.
    let wish = rrset(&apex, "off", RecordType::A, 60, &["192.0.2.9"]);
    assert!(bench.write(&apex, &[change(None, Some(wish))]).await.is_complete());
    assert_eq!(bench.contents(&apex, "off.a.test.", "A"), [stored("192.0.2.9", false)]);
}

#[tokio::test]
async fn a_reader_that_is_open_saves_the_writer_a_request() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    let reader = bench.reader();
    reader.read_zone(&apex).await.unwrap();
    let start = bench.server.requests().len();
    let new = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.1"]);
    assert!(bench.write(&apex, &[change(None, Some(new))]).await.is_complete());
    assert_eq!(bench.requests_since(start), ["PATCH /zones/a.test."]);
}

#[tokio::test]
async fn types_outside_of_the_model_are_kept() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    bench.put(&apex, "w.a.test.", "APL", &[("1:192.168.32.0/21", false)], None);
    bench.put(&apex, "w.a.test.", "EUI48", &[("00-00-5e-00-53-2a", false)], None);
    bench.put(&apex, "w.a.test.", "NSEC", &[("a.test. A", false)], None);
    let live = bench.read(&apex).await;
    assert_eq!(live.zone.rrsets().len(), 1);
    let kept: Vec<_> = live.kept.iter().map(|kept| (kept.rtype.to_string(), &*kept.reason)).collect();
    let wanted = [
        ("TYPE42", "records of type APL are not managed at PowerDNS"),
        ("NSEC", "NSEC belongs to the signing of the zone"),
        ("TYPE108", "records of type EUI48 are not managed at PowerDNS"),
    ];
    assert_eq!(kept, wanted.map(|(rtype, reason)| (rtype.to_owned(), reason)));
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_with_the_reason() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    // PowerDNS takes tags that RFC 8659 section 4.1 does not.
    let good = ("0 issue \"ca.test\"", false);
    bench.put(&apex, "w.a.test.", "CAA", &[("0 is-sue \"x\"", false), good], None);
    let live = bench.read(&apex).await;
    let w = rrset(&apex, "w", RecordType::CAA, 300, &[good.0]);
    assert_eq!(live.zone.get(&w.name, w.rtype), Some(&w));
    assert_eq!(live.kept.len(), 1);
    assert!(
        live.kept[0].reason.starts_with("\"0 is-sue \"x\"\" cannot be read: CAA: tag:"),
        "{:?}",
        live.kept
    );
    let next = rrset(&apex, "w", RecordType::CAA, 300, &["0 issue \";\""]);
    assert!(bench.write(&apex, &[change(Some(&w), Some(next))]).await.is_complete());
    let wanted = [stored("0 is-sue \"x\"", false), stored("0 issue \";\"", false)];
    assert_eq!(bench.contents(&apex, "w.a.test.", "CAA"), wanted);
}

#[tokio::test]
async fn a_kept_record_that_is_in_the_way_is_pointed_out() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    bench.put(&apex, "w.a.test.", "CNAME", &[("x.test.", true)], None);
    let wish = rrset(&apex, "w", RecordType::CNAME, 300, &["y.test."]);
    let written = bench.write(&apex, &[change(None, Some(wish))]).await;
    let [Outcome::Refused(error)] = written.outcomes.as_slice() else { panic!("{written:?}") };
    assert!(error.hint().is_some_and(|hint| hint.contains("kept")), "{:?}", error.hint());
    assert_eq!(bench.contents(&apex, "w.a.test.", "CNAME"), [stored("x.test.", true)]);
}

#[tokio::test]
async fn a_record_that_the_server_cannot_read_is_an_error() {
    let Some(bench) = Bench::start(Backend::Sqlite) else { return };
    let apex = bench.zone_with("a.test", "w 300 IN A 192.0.2.1");
    // Another program wrote into the database, past the API and its checks.
    let database = bench.server.process().directory().join("zones.sqlite3");
    let sql = "insert into records (domain_id, name, type, content, ttl, disabled, auth)
        select id, 'w.a.test', 'A', '192.0.2.300', 300, 0, 1 from domains where name = 'a.test';";
    let done = std::process::Command::new("sqlite3").arg(&database).arg(sql).status().unwrap();
    assert!(done.success());
    let error = bench.reader().read_zone(&apex).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.hint().is_some_and(|hint| hint.contains("check-zone")), "{error}");
}

#[tokio::test]
async fn comments_are_written_when_wished_and_left_when_not() {
    let Some(bench) = Bench::start(Backend::Sqlite) else { return };
    let apex = bench.zone("a.test", "Native");
    let comments = json!([
        { "content": "first", "account": "ops", "modified_at": 1_600_000_000 },
        { "content": "second", "account": "net", "modified_at": 1_600_000_001 },
    ]);
    bench.put(&apex, "w.a.test.", "A", &[("192.0.2.1", false)], Some(comments));
    let live = bench.read(&apex).await;
    let there = live.zone.rrsets().iter().find(|rrset| rrset.rtype == RecordType::A).unwrap().clone();
    assert_eq!(there.options.as_deref().and_then(|options| options.get("comment")).unwrap(), "first\nsecond");

    // The same wish and no wish leave authors and dates as they are.
    let plain = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.2"]);
    let accounts = || {
        let comments = bench.stored(&apex, "w.a.test.", "A").unwrap()["comments"].clone();
        let account = |comment: &serde_json::Value| comment["account"].as_str().unwrap().to_owned();
        let mut all: Vec<_> = comments.as_array().unwrap().iter().map(account).collect();
        all.sort();
        all
    };
    assert!(bench.write(&apex, &[change(Some(&there), Some(plain.clone()))]).await.is_complete());
    assert_eq!(accounts(), ["net", "ops"]);
    let same = with_comment(rrset(&apex, "w", RecordType::A, 60, &["192.0.2.3"]), "first\nsecond");
    assert!(bench.write(&apex, &[change(Some(&there), Some(same.clone()))]).await.is_complete());
    assert_eq!(accounts(), ["net", "ops"]);
    let new = with_comment(plain, "new");
    assert!(bench.write(&apex, &[change(Some(&same), Some(new))]).await.is_complete());
    assert_eq!(bench.stored(&apex, "w.a.test.", "A").unwrap()["comments"][0]["content"], "new");
}

#[tokio::test]
async fn a_backend_without_comments_says_so_also_for_a_new_zone() {
    let Some(bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    let plain = rrset(&apex, "v", RecordType::A, 60, &["192.0.2.1"]);
    let wish = with_comment(rrset(&apex, "w", RecordType::A, 60, &["192.0.2.1"]), "why");
    let changes = [change(None, Some(plain)), change(None, Some(wish))];
    let written = bench.write(&apex, &changes).await;
    let [Outcome::NotWritten(_), Outcome::Refused(error)] = written.outcomes.as_slice() else {
        panic!("{written:?}")
    };
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.message().contains("does not support editing comments"), "{error}");

    // In the POST that creates a zone this server would lose the comment in silence.
    let other = dnsctl_zone::Name::absolute("b.test").unwrap();
    let plain = rrset(&other, "v", RecordType::A, 60, &["192.0.2.1"]);
    let wish = with_comment(rrset(&other, "w", RecordType::A, 60, &["192.0.2.1"]), "why");
    let changes = [change(None, Some(plain)), change(None, Some(wish))];
    let written = dnsctl_provider::lower::create(&bench.writer(), &other, &changes, &mut |_| {}).await;
    assert!(matches!(written.outcomes.as_slice(), [Outcome::Written, Outcome::Refused(_)]), "{written:?}");
}

#[tokio::test]
async fn secondary_and_presigned_zones_are_read_only() {
    let Some(bench) = Bench::start(Backend::Sqlite) else { return };
    let apex = bench.zone_with("a.test", "w 300 IN A 192.0.2.1");
    assert_eq!(bench.read(&apex).await.read_only, None);
    bench.api("POST", "/zones", &json!({ "name": "s.test.", "kind": "Slave", "masters": ["127.0.0.1:1"] }));
    let reason = bench.read(&dnsctl_zone::Name::absolute("s.test").unwrap()).await.read_only;
    assert_eq!(reason.as_deref(), Some("the zone is of kind Slave: its records come from another server"));

    // Signed elsewhere: the signatures are data, as `pdnsutil load-zone` puts them there.
    let signature = "A 13 3 300 20300101000000 20200101000000 1 a.test. AQID";
    let database = bench.server.process().directory().join("zones.sqlite3");
    let sql = format!(
        "insert into domainmetadata (domain_id, kind, content)
           select id, 'PRESIGNED', '1' from domains where name = 'a.test';
         insert into records (domain_id, name, type, content, ttl, disabled, auth)
           select id, 'w.a.test', 'RRSIG', '{signature}', 300, 0, 1 from domains where name = 'a.test';"
    );
    let done = std::process::Command::new("sqlite3").arg(&database).arg(sql).status().unwrap();
    assert!(done.success());
    let live = bench.read(&apex).await;
    assert!(live.read_only.is_some_and(|reason| reason.contains("signed elsewhere")), "{:?}", live.kept);
    assert_eq!(live.kept.len(), 1);
    let new = rrset(&apex, "x", RecordType::A, 60, &["192.0.2.2"]);
    let written = bench.write(&apex, &[change(None, Some(new))]).await;
    assert_eq!(written.error().unwrap().kind(), ErrorKind::Unsupported);
    assert_eq!(bench.contents(&apex, "x.a.test.", "A"), []);
}

/// Names without records, which PowerDNS with SQL keeps as rows, are no RRsets; the server keeps them up.
#[tokio::test]
async fn empty_non_terminals_are_the_work_of_the_server() {
    let Some(bench) = Bench::start(Backend::Sqlite) else { return };
    let apex = bench.zone_with("a.test", "x.y.z 300 IN A 192.0.2.1");
    let rows = || {
        let database = bench.server.process().directory().join("zones.sqlite3");
        let sql = "select name from records where type is null or type = '' order by name;";
        let output = std::process::Command::new("sqlite3").arg(&database).arg(sql).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let deep = rrset(&apex, "a.b.c", RecordType::A, 60, &["192.0.2.2"]);
    assert!(bench.write(&apex, &[change(None, Some(deep.clone()))]).await.is_complete());
    assert!(rows().contains("b.c.a.test"), "{}", rows());
    let live = bench.read(&apex).await;
    assert_eq!(live.kept, []);
    let names: Vec<String> = live.zone.rrsets().iter().map(|rrset| rrset.name.to_string()).collect();
    assert!(names.contains(&"a.b.c.a.test.".to_owned()) && !names.contains(&"b.c.a.test.".to_owned()));
    assert!(bench.write(&apex, &[change(Some(&deep), None)]).await.is_complete());
    assert!(!rows().contains("b.c.a.test"), "{}", rows());
}

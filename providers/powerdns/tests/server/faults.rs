//! Wrong keys, wrong places, broken answers.

use std::time::Duration;

use crate::bench::{Bench, change, rrset};
use dnsctl_harness::{Backend, Fault, HttpProxy};
use dnsctl_provider::OptionValue;
use dnsctl_provider::error::{Effect, ErrorKind};
use dnsctl_provider::secret::Secret;
use dnsctl_zone::{Name, RecordType};

#[tokio::test]
async fn wrong_options_are_found_out() {
    let Some(mut bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    let missing = Name::absolute("missing.test").unwrap();
    assert_eq!(bench.reader().read_zone(&missing).await.unwrap(), None);

    for base in ["", "/", "/api/v1", "/api/v1/"] {
        let url = format!("{}{base}", bench.server.url());
        bench.set("url", OptionValue::Text(url));
        assert!(bench.reader().read_zone(&apex).await.unwrap().is_some(), "{base}");
        let server = bench.server.url();
        bench.set("url", OptionValue::Text(server));
    }
    // A server that this API does not have is no missing zone.
    bench.set("server", OptionValue::Text("other".to_owned()));
    let error = bench.reader().read_zone(&apex).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.hint().is_some_and(|hint| hint.contains("localhost")), "{error}");
    bench.set("server", OptionValue::Text("localhost".to_owned()));

    bench.set("api_key", OptionValue::Secret(Secret::new("wrong-key")));
    let error = bench.reader().read_zone(&apex).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.hint().is_some_and(|hint| hint.contains("api_key")), "{error}");
    assert!(!format!("{error} {error:?}").contains("wrong-key"));
    let new = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.1"]);
    let written = bench.write(&apex, &[change(None, Some(new))]).await;
    assert_eq!(written.error().unwrap().effect(), Effect::NotWritten);
}

#[tokio::test]
async fn other_servers_and_broken_answers() {
    let Some(mut bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone_with("a.test", "w 300 IN A 192.0.2.1");
    let proxy = HttpProxy::start(bench.server.api_address()).unwrap();
    bench.set("url", OptionValue::Text(proxy.url()));
    assert!(bench.reader().read_zone(&apex).await.unwrap().is_some());
    let html = "<html><head><title>Welcome</title></head></html>";
    for (fault, kind) in [
        (Fault::on("GET", "/zones/").html(), ErrorKind::Protocol),
        (Fault::on("GET", "/zones/").answer(404, &[("Content-Type", "text/html")], html), ErrorKind::Protocol),
        (Fault::on("GET", "/zones/").half_body(), ErrorKind::Protocol),
        (Fault::on("GET", "/zones/").body("{}"), ErrorKind::Protocol),
        (Fault::on("GET", "/zones/").body("[]"), ErrorKind::Protocol),
        (Fault::on("GET", "/zones/").body("{\"kind\":\"Native\"}"), ErrorKind::Protocol),
        (Fault::on("GET", "/zones/").body("{\"kind\":\"Native\",\"rrsets\":[{}]}"), ErrorKind::Protocol),
        (Fault::on("GET", "/zones/").body("{\"kind\":\"Native\",\"rrsets\":[{\"name\":\"b.test.\",\"type\":\"A\",\"ttl\":1,\"records\":[]}]}"), ErrorKind::Protocol),
        (Fault::on("GET", "/zones/").status(403), ErrorKind::Forbidden),
    ] {
        proxy.fault(fault);
        let error = bench.reader().read_zone(&apex).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().starts_with("read zone a.test.: "), "{error}");
        proxy.heal();
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_leaves_the_write_unknown() {
    let Some(mut bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    let proxy = HttpProxy::start(bench.server.api_address()).unwrap();
    bench.set("url", OptionValue::Text(proxy.url()));
    bench.set("timeout", OptionValue::Duration(Duration::from_millis(300)));
    let new = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.1"]);
    // The server does the work, and the client never hears of it.
    proxy.fault(Fault::on("PATCH", "/zones/").hang());
    let written = bench.write(&apex, &[change(None, Some(new.clone()))]).await;
    let error = written.error().unwrap();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Unknown), "{error}");
    proxy.heal();
    assert_eq!(bench.read(&apex).await.zone.get(&new.name, new.rtype), Some(&new));
    // A connection that breaks leaves it unknown, too, and is not tried again here: somebody else may have written.
    let next = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.2"]);
    proxy.fault(Fault::on("PATCH", "/zones/").reset_after());
    let written = bench.write(&apex, &[change(Some(&new), Some(next.clone()))]).await;
    let error = written.error().unwrap();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unavailable, Effect::Unknown), "{error}");
    assert_eq!((error.tries(), proxy.counts().get(&("PATCH".to_owned(), 0))), (1, Some(&2)));
    assert_eq!(bench.read(&apex).await.zone.get(&next.name, next.rtype), Some(&next));
}

#[tokio::test]
async fn an_answer_that_is_none_of_powerdns_leaves_the_write_unknown() {
    let Some(mut bench) = Bench::start(Backend::Lmdb) else { return };
    let apex = bench.zone("a.test", "Native");
    let proxy = HttpProxy::start(bench.server.api_address()).unwrap();
    bench.set("url", OptionValue::Text(proxy.url()));
    let new = rrset(&apex, "w", RecordType::A, 60, &["192.0.2.1"]);
    let page = "<html><title>Welcome</title></html>";
    let answers = [
        (200, "text/html", page),
        (200, "application/json", ""),
        (200, "application/json", "[1,2]"),
        (202, "", ""),
    ];
    for (status, content, body) in answers {
        proxy.fault(Fault::on("PATCH", "/zones/").answer(status, &[("Content-Type", content)], body));
        let written = bench.write(&apex, &[change(None, Some(new.clone()))]).await;
        let error = written.error().unwrap();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Protocol, Effect::Unknown),
            "{status} {body}: {error}"
        );
        proxy.heal();
    }
    assert_eq!(bench.read(&apex).await.zone.get(&new.name, new.rtype), None);
    let other = Name::absolute("b.test").unwrap();
    for (status, body) in [(200, page), (201, page), (201, ""), (201, "{}")] {
        proxy.fault(Fault::on("POST", "/zones").answer(status, &[("Content-Type", "text/html")], body));
        let error = bench.writer().common().create_zone(&other, &[]).await.unwrap_err().error;
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Protocol, Effect::Unknown),
            "{status} {body}: {error}"
        );
        proxy.heal();
    }
}

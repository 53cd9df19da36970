//! What comes in from outside is heeded: the request to stop, the counters, and who wants to see each request.

mod common;

use common::{batch, change, context, create_zone, free_name, rrset, settings};
use dnsctl_harness::{Fault, HttpProxy, MiniStack, require};
use dnsctl_provider::Context;
use dnsctl_provider::error::ErrorKind;
use dnsctl_provider_route53::FACTORY;
use dnsctl_zone::RecordType;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_write_that_waits_for_its_turn_is_not_sent_after_a_stop() {
    let Some(ministack) = require(MiniStack::start()) else { return };
    let apex = free_name();
    create_zone(ministack.address(), &apex).unwrap();
    let proxy = HttpProxy::start(ministack.address()).unwrap();
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let trace = {
        let seen = Arc::clone(&seen);
        move |event: &dnsctl_provider::http::TraceEvent<'_>| seen.lock().unwrap().push(event.to_string())
    };
    let context = Context { trace: Some(Arc::new(trace)), ..context() };
    let settings = settings(&proxy.url());
    let reader = (FACTORY.open_reader)(&settings, &context).unwrap();
    assert!(reader.read_zone(&apex).await.unwrap().is_some());
    let reads = context.stats.counts().requests;
    assert!(reads > 0 && !seen.lock().unwrap().is_empty(), "{reads} requests, {:?}", seen.lock());

    let busy = [("Retry-After", "20"), ("Content-Type", "text/xml")];
    proxy.fault(Fault::on("POST", "/rrset").answer(429, &busy, "<ErrorResponse/>"));
    let writer = (FACTORY.open_writer)(&settings, &context).unwrap();
    let wanted = rrset(&format!("www.{apex}"), RecordType::A, 60, &["192.0.2.1"]);
    let stop = context.stop.clone();
    let begun = Instant::now();
    let stopping = async {
        // The first try is answered; the next one waits for its turn.
        while !proxy.requests().iter().any(|request| request.method == "POST") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        stop.set();
    };
    let changes = [change(None, Some(wanted))];
    let (written, ()) = tokio::join!(batch(&writer).write_batch(&apex, &changes), stopping);
    let error = written.unwrap_err().error;
    assert!(begun.elapsed() < Duration::from_secs(15), "it waited for its turn all the same");
    assert_eq!(error.kind(), ErrorKind::Stopped, "{error}");
    let posts = proxy.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 1);
    assert!(context.stats.counts().requests > reads);
}

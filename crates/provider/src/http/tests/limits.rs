//! Concurrency and rate, seen from the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use futures::future::join_all;

use super::options;
use super::server::{Do, Server, answer, json};
use crate::http::{HttpClient, Stats};
use crate::limit::{AccountLimits, Limiter, Rate};

#[tokio::test]
async fn never_more_connections_than_the_limit() {
    // This server closes each connection, as PowerDNS 4.7 does, which is the hardest case.
    let server = Server::start(|_, _| {
        let mut steps = vec![Do::Wait(Duration::from_millis(2))];
        steps.extend(answer(200, "connection: close\r\n", "{}"));
        steps.push(Do::Close);
        steps
    })
    .await;
    let limiter = Arc::new(Limiter::new(AccountLimits { concurrency: 4, rate: None }).unwrap());
    let stats = Arc::new(Stats::default());
    // Two clients of one account share the limit.
    let client = || {
        let options = options(&server.url()).limiter(Arc::clone(&limiter)).stats(Arc::clone(&stats));
        HttpClient::new(options).unwrap()
    };
    let (a, b) = (client(), client());
    let answers =
        join_all((0..100).map(|number| (if number % 2 == 0 { &a } else { &b }).get("g").send())).await;
    assert!(answers.iter().all(Result::is_ok));
    let most = server.watch.most_open.load(SeqCst);
    // A connection counts here until the server has seen its end, so each may overlap with its successor.
    assert!((2..=8).contains(&most), "{most} at once");
    assert_eq!((stats.counts().requests, stats.counts().retries), (100, 0));
}

#[tokio::test]
async fn the_rate_holds_for_all_requests() {
    let server = Server::answers([json("{}")]).await;
    let rate = Rate { per_second: 50.0, burst: 5 };
    let client =
        HttpClient::new(options(&server.url()).limits(AccountLimits { concurrency: 8, rate: Some(rate) }))
            .unwrap();
    let start = Instant::now();
    join_all((0..30).map(|_| client.get("g").send()))
        .await
        .into_iter()
        .for_each(|answer| drop(answer.unwrap()));
    assert!(start.elapsed() >= Duration::from_millis(490), "{:?}", start.elapsed());
    assert!(client.stats().counts().waited >= Duration::from_millis(490));
}

#[tokio::test]
async fn one_throttled_request_pauses_the_account() {
    let server = Server::answers([answer(429, "retry-after: 1\r\n", ""), json("{}")]).await;
    let refused = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&refused);
    let trace = move |_: &crate::http::TraceEvent<'_>| flag.store(true, SeqCst);
    let client = HttpClient::new(options(&server.url()).trace(trace)).unwrap();
    let start = Instant::now();
    let first = client.get("a").send();
    let second = async {
        while !refused.load(SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        client.get("b").send().await.unwrap();
        start.elapsed()
    };
    let (first, second) = tokio::join!(first, second);
    first.unwrap();
    assert!(second >= Duration::from_secs(1), "{second:?}");
}

#[tokio::test]
async fn waiting_for_a_slot_does_not_use_up_the_total_time() {
    let server =
        Server::start(|_, _| [vec![Do::Wait(Duration::from_millis(250))], json("{}")].concat()).await;
    let timeouts = crate::http::Timeouts { total: Duration::from_secs(2), ..super::PATIENT };
    let limits = AccountLimits { concurrency: 1, rate: None };
    let client = HttpClient::new(options(&server.url()).timeouts(timeouts).limits(limits)).unwrap();
    let answers = join_all((0..12).map(|_| client.get("g").send())).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

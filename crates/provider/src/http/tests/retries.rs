//! What is repeated, and when.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use super::server::{Do, Server, answer, json, raw};
use super::{PATIENT, QUICK, client, options};
use crate::error::{Effect, ErrorKind};
use crate::http::{HttpClient, Method, RetryPolicy, Safety, Timeouts};

fn reset() -> Vec<Do> {
    vec![Do::Reset]
}

/// Every failure that may pass, and whether the server certainly did nothing.
fn passing() -> [(&'static str, Vec<Do>, bool); 9] {
    [
        ("500", answer(500, "", ""), false),
        ("502", answer(502, "", ""), false),
        ("503", answer(503, "", ""), false),
        // A gateway says this, too, when what is behind it has written.
        ("503 with a wish", answer(503, "retry-after: 0\r\n", ""), false),
        ("504", answer(504, "", ""), false),
        ("429", answer(429, "", ""), true),
        ("reset", reset(), false),
        ("closed", vec![Do::Close], false),
        ("cut off", raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"), false),
    ]
}

#[tokio::test]
async fn reads_and_writes_with_a_key_outlive_failures() {
    for (name, failure, _) in passing() {
        for safety in [Safety::Read, Safety::Keyed] {
            let failures = [failure.clone(), failure.clone(), failure.clone(), json("{}")];
            let server = Server::answers(failures).await;
            let client = client(&server.url());
            let sent = client.call(Method::POST, safety, "g").send().await;
            let answer = sent.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(answer.body(), b"{}");
            let counts = client.stats().counts();
            assert_eq!((counts.requests, counts.retries), (4, 3), "{name}");
            assert!(counts.waited > Duration::ZERO);
        }
    }
}

#[tokio::test]
async fn a_write_is_repeated_only_when_nothing_was_done_whatever_its_method() {
    let methods = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for ((name, failure, nothing_done), index) in passing().into_iter().zip((0..4).cycle()) {
        let server = Server::answers([failure, json("{}")]).await;
        let client = client(&server.url());
        let call = match methods[index] {
            Method::POST => client.post("write zone x."),
            Method::PUT => client.put("write zone x."),
            Method::PATCH => client.patch("write zone x."),
            _ => client.delete("write zone x."),
        };
        let outcome = call.json(&1).send().await;
        if nothing_done {
            outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(server.requests(), 2, "{name}");
        } else {
            let error = outcome.unwrap_err();
            assert_eq!((error.effect(), error.tries()), (Effect::Unknown, 1), "{name}: {error}");
            assert_eq!(server.requests(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn the_effect_counts_all_tries() {
    // The first try may have created what the second one then finds.
    let server = Server::answers([reset(), answer(409, "", "exists")]).await;
    let call = client(&server.url()).put("create").safety(Safety::Keyed).json(&1);
    let error = call.send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.tries()), (ErrorKind::Conflict, Effect::Unknown, 2));
    let server = Server::answers([answer(429, "", ""), answer(409, "", "exists")]).await;
    let error = client(&server.url()).put("create").json(&1).send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.tries()), (ErrorKind::Conflict, Effect::NotWritten, 2));
}

#[tokio::test]
async fn a_server_that_is_down() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&url).post("create zone x.").json(&1).send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect(), error.tries()),
        (ErrorKind::Unavailable, Effect::NotWritten, 4)
    );
    let shown = error.to_string();
    assert!(
        shown.starts_with(&format!("create zone x.: unavailable from {url}/: connection refused (4 tries")),
        "{shown}"
    );
}

#[tokio::test]
async fn a_host_that_does_not_exist() {
    // `.invalid` never exists (RFC 6761 6.4).
    let error = client("http://pdns.invalid").get("list zones").send().await.unwrap_err();
    assert_eq!((error.kind(), error.tries()), (ErrorKind::Unavailable, 4));
    assert!(error.message().starts_with("the host's name was not resolved: "), "{error}");
}

#[tokio::test]
async fn the_server_says_how_long_to_wait() {
    let date = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
    for headers in ["retry-after: 1\r\n", date] {
        let server = Server::answers([answer(429, headers, "slow down"), json("{}")]).await;
        let client = client(&server.url());
        let start = Instant::now();
        client.post("create").send().await.unwrap();
        assert!(start.elapsed() >= Duration::from_secs(1), "{headers}");
        assert!(client.stats().counts().waited >= Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = Server::answers([answer(429, "retry-after: 3600\r\n", "quota used up")]).await;
    let client = client(&server.url());
    let start = Instant::now();
    let error = client.get("list").send().await.unwrap_err();
    assert_eq!((error.kind(), error.message(), error.tries()), (ErrorKind::RateLimited, "quota used up", 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(error.hint(), Some("the server asks to wait 3600 s: run the command again then"));
    // The account pauses, so the next request is not even sent.
    let error = client.put("write").send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::RateLimited, Effect::NotWritten));
    assert!(error.retry_after() > Some(Duration::from_secs(3500)), "{error}");
    assert_eq!(server.requests(), 1);
    assert!(start.elapsed() < Duration::from_secs(30));
    // No hold is longer than a day, which is not what this server asks for.
    for asked in ["100000", "86400", "99999999999999999999"] {
        let server = Server::answers([answer(429, &format!("retry-after: {asked}\r\n"), "no")]).await;
        let client = self::client(&server.url());
        let error = client.get("list").send().await.unwrap_err();
        assert_eq!(
            error.hint(),
            Some("the server asks to wait a day or longer: run the command again then"),
            "{asked}"
        );
        let error = client.get("list").send().await.unwrap_err();
        assert_eq!(error.message(), "the server asked to pause for another day or longer");
    }
}

#[tokio::test]
async fn total_time_ends_the_tries() {
    let server = Server::answers([answer(503, "", "")]).await;
    let total = Duration::from_secs(1);
    let policy = RetryPolicy { tries: 10_000, ..QUICK };
    let options = options(&server.url()).retry(policy).timeouts(Timeouts { total, ..PATIENT });
    let start = Instant::now();
    let error = HttpClient::new(options).unwrap().get("g").send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout), "{error}");
    assert!(error.tries() > 1);
    assert!(start.elapsed() < Duration::from_secs(10));
}

/// A request that waits until what it was made from is too old is not sent, nor sent again.
#[tokio::test]
async fn a_write_that_comes_too_late_is_not_sent() {
    use crate::lower::sent_before;
    let server = Server::answers([json("{}")]).await;
    let client = client(&server.url());
    let past = tokio::time::Instant::now() - Duration::from_millis(1);
    let error = sent_before(past, client.patch("write").json(&1).send()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Stopped, Effect::NotWritten));
    sent_before(past, client.get("read").send()).await.unwrap();
    assert_eq!(server.requests(), 1);
    let server = Server::answers([answer(429, "retry-after: 1\r\n", ""), json("{}")]).await;
    let client = super::client(&server.url());
    let soon = tokio::time::Instant::now() + Duration::from_millis(500);
    let error = sent_before(soon, client.patch("write").json(&1).send()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Stopped, Effect::NotWritten));
    assert_eq!(server.requests(), 1);
}

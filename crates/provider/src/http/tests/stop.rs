//! What a run that is being stopped still sends.

use std::time::{Duration, Instant};

use futures::future::join_all;

use super::server::{Do, Server, answer, json};
use super::{client, options};
use crate::Stop;
use crate::error::{Effect, ErrorKind};
use crate::http::{HttpClient, Safety};
use crate::limit::AccountLimits;

/// Two requests are under way and four wait: the two are finished, the four are never sent, and reads go on.
#[tokio::test]
async fn writes_that_wait_for_their_turn_are_not_sent() {
    let slow = [vec![Do::Wait(Duration::from_millis(500))], json("{}")].concat();
    let server = Server::answers([slow]).await;
    let stop = Stop::new();
    let limits = AccountLimits { concurrency: 2, rate: None };
    let client = HttpClient::new(options(&server.url()).limits(limits).stop(stop.clone())).unwrap();
    let writes = join_all((0..6).map(|_| client.patch("write zone x.").send()));
    let stopping = async {
        while server.requests() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.set();
    };
    let (outcomes, ()) = tokio::join!(writes, stopping);
    let errors: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!((errors.len(), server.requests()), (4, 2));
    for error in errors {
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Stopped, Effect::NotWritten));
        assert_eq!(error.operation(), Some("write zone x."));
    }
    client.get("read zone x.").send().await.unwrap();
    client.post("search").safety(Safety::Read).send().await.unwrap();
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn a_write_that_waits_as_long_as_the_server_asks_ends_at_once() {
    let server = Server::answers([answer(429, "retry-after: 30\r\n", "slow down"), json("{}")]).await;
    let stop = Stop::new();
    let client = HttpClient::new(options(&server.url()).stop(stop.clone())).unwrap();
    let begun = Instant::now();
    let stopping = async {
        while server.requests() < 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.set();
    };
    let (outcome, ()) = tokio::join!(client.put("write").send(), stopping);
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Stopped, Effect::NotWritten));
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_client_that_nobody_stops_sends() {
    let server = Server::answers([json("{}")]).await;
    client(&server.url()).put("write").send().await.unwrap();
}

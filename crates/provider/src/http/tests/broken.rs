//! Answers that are wrong, late or no answers at all.

use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use super::server::{Do, Server, answer, json, raw};
use super::{PATIENT, client, options};
use crate::error::{Effect, ErrorKind};
use crate::http::{HttpClient, RetryPolicy, Timeouts};

async fn get(steps: Vec<Do>) -> crate::error::Error {
    let server = Server::answers([steps]).await;
    let once = RetryPolicy { tries: 1, ..super::QUICK };
    let client = HttpClient::new(options(&server.url()).retry(once).max_response(1000)).unwrap();
    match client.get("list zones").send().await {
        Ok(answer) => answer.json::<serde_json::Value>().unwrap_err(),
        Err(error) => error,
    }
}

#[tokio::test]
async fn each_kind_of_nonsense_is_named() {
    let long = "x".repeat(1001);
    let html = answer(200, "content-type: text/html\r\n", "<html><head><title>Sign in &amp; go</title>");
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for (steps, message) in [
        (html, "answered HTML (title “Sign in &amp; go”), not JSON: is the URL right?"),
        (answer(200, "", r#"{"a":[1,"#), "the JSON is cut off at byte 8 of 8"),
        (raw(&format!("{head}{{\"a\":")), "the answer broke off after 5 of 20 bytes: "),
        (raw(&format!("{chunked}5\r\n{{\"a\":")), "the answer broke off after 5 bytes: "),
        (raw(&format!("{chunked}zz\r\n")), "the answer broke off after 0 bytes: "),
        (raw("HTTP/1.1 200 OK\r\n\r\n{\"a\""), "the JSON is cut off at byte 4 of 4"),
        (json(&long), "the answer is larger than 1000 bytes"),
        (raw(&format!("{chunked}3e9\r\n{long}\r\n0\r\n\r\n")), "the answer is larger than 1000 bytes"),
        (raw(&format!("HTTP/1.1 200 OK\r\n\r\n{long}")), "the answer is larger than 1000 bytes"),
        (
            answer(200, "content-encoding: gzip\r\n", "\u{1f}"),
            "the answer is compressed (gzip), which was not asked for",
        ),
        (raw("SSH-2.0-OpenSSH_9.2\r\n"), "the answer is not HTTP: "),
        (
            raw("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}"),
            "the answer is not HTTP: ",
        ),
    ] {
        let error = get(steps).await;
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Protocol, Effect::NotWritten), "{error}");
        assert!(error.message().starts_with(message), "{error}\nwanted: {message}");
        assert_eq!(error.operation(), Some("list zones"));
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_leaves_a_write_unknown() {
    let server = Server::answers([raw("HTTP/1.1 201 Created\r\ncontent-length: 20\r\n\r\n{")]).await;
    let error = client(&server.url()).post("create").send().await.unwrap_err();
    assert_eq!((error.http_status(), error.effect()), (Some(201), Effect::Unknown));
    let server = Server::answers([answer(200, "", "<html>")]).await;
    let error = client(&server.url()).put("write").send().await.unwrap().json::<u8>().unwrap_err();
    assert_eq!((error.http_status(), error.effect()), (Some(200), Effect::Unknown));
}

#[tokio::test]
async fn the_words_of_a_refusal_are_read_even_when_it_is_large_or_cut() {
    let page = format!("<html><title>502 Bad Gateway</title>{}", "x".repeat(200_000));
    let error = get(answer(502, "content-type: text/html\r\n", &page)).await;
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unavailable, "HTML page “502 Bad Gateway”"));
    let error = get(raw("HTTP/1.1 422 X\r\ncontent-length: 99\r\n\r\nnot an address")).await;
    assert_eq!((error.kind(), error.message()), (ErrorKind::Rejected, "not an address"));
}

#[tokio::test]
async fn silence_and_slow_bodies_time_out() {
    let read = Duration::from_millis(500);
    let policy = RetryPolicy { tries: 2, ..super::QUICK };
    let wait = Do::Wait(Duration::from_secs(30));
    let head = Do::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"a\"".to_vec());
    for (steps, message) in [
        (vec![wait.clone()], "no answer within 0.5 s"),
        (vec![head, wait], "the answer stopped after 4 bytes, for 0.5 s"),
    ] {
        let server = Server::answers([steps]).await;
        let options = options(&server.url()).retry(policy).timeouts(Timeouts { read, ..PATIENT });
        let client = HttpClient::new(options).unwrap();
        let start = Instant::now();
        let error = client.get("g").send().await.unwrap_err();
        assert_eq!((error.kind(), error.message(), error.tries()), (ErrorKind::Timeout, message, 2));
        let error = client.patch("p").send().await.unwrap_err();
        assert_eq!((error.effect(), error.tries()), (Effect::Unknown, 1));
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test]
async fn a_body_that_never_stops_says_so() {
    let mut steps = vec![Do::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n".to_vec())];
    for _ in 0..99 {
        steps.extend([Do::Wait(Duration::from_millis(100)), Do::Send(b"1".to_vec())]);
    }
    let server = Server::answers([steps]).await;
    let total = Duration::from_secs(2);
    let client = HttpClient::new(options(&server.url()).timeouts(Timeouts { total, ..PATIENT })).unwrap();
    let error = client.get("g").send().await.unwrap_err();
    let message = error.message();
    assert_eq!((error.kind(), error.tries()), (ErrorKind::Timeout, 1));
    assert!(message.starts_with("the answer came too slowly: "), "{message}");
    assert!(message.ends_with(" bytes of it within 2 s"), "{message}");
}

#[tokio::test]
async fn a_body_that_keeps_coming_may_take_longer_than_one_read() {
    let mut steps = vec![Do::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n".to_vec())];
    for _ in 0..10 {
        steps.extend([Do::Wait(Duration::from_millis(250)), Do::Send(b"1".to_vec())]);
    }
    let server = Server::answers([steps]).await;
    let read = Duration::from_secs(2);
    let client = HttpClient::new(options(&server.url()).timeouts(Timeouts { read, ..PATIENT })).unwrap();
    assert_eq!(client.get("g").send().await.unwrap().body(), b"1111111111");
    // And one call may be more patient than its client.
    let server = Server::answers([[vec![Do::Wait(Duration::from_millis(2400))], json("{}")].concat()]).await;
    let client = HttpClient::new(options(&server.url()).timeouts(Timeouts { read, ..PATIENT })).unwrap();
    client.post("p").patience(Duration::from_secs(20)).send().await.unwrap();
}

#[tokio::test]
async fn a_large_answer_comes_whole() {
    let body = format!("[{}1]", "1,".repeat(2_000_000));
    let server = Server::answers([json(&body)]).await;
    let client = client(&server.url());
    let answer = client.get("g").send().await.unwrap();
    assert_eq!(answer.json::<Vec<u8>>().unwrap().len(), 2_000_001);
    assert_eq!(client.stats().counts().bytes_received, body.len() as u64);
    assert!(answer.into_body() == body.as_bytes());
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_a_large_upload() {
    // The body is never read: the answer comes after the headers, then the connection closes.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut some = [0; 1024];
            stream.read_exact(&mut some).await.unwrap();
            stream
                .write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .await
                .unwrap();
        }
    });
    let error = client(&url).patch("write").body("x/y", vec![b'x'; 20 << 20]).send().await.unwrap_err();
    serving.abort();
    // Either the answer is seen, or the connection broke and the write is unknown; it is never said to be done.
    let seen = (error.kind(), error.effect(), error.tries());
    let hint = error.hint().unwrap_or("the request had 20971520 bytes: does the server limit their number?");
    assert_eq!(hint, "the request had 20971520 bytes: does the server limit their number?");
    let refused = (ErrorKind::Rejected, Effect::NotWritten, 1);
    assert!(seen == refused || seen == (ErrorKind::Unavailable, Effect::Unknown, 1), "{error:?}");
}

#[tokio::test]
async fn a_dropped_call_closes_its_connection_and_frees_its_slot() {
    let server =
        Server::start(
            |number, _| {
                if number == 0 { vec![Do::Wait(Duration::from_secs(60))] } else { json("{}") }
            },
        )
        .await;
    let limits = crate::limit::AccountLimits { concurrency: 1, rate: None };
    let client = HttpClient::new(options(&server.url()).limits(limits)).unwrap();
    let arrived = async {
        while server.requests() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        answer = client.get("g").send() => panic!("{answer:?}"),
        () = arrived => {}
    }
    client.get("g").send().await.unwrap();
    for _ in 0..200 {
        if server.watch.open.load(SeqCst) == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the first connection is still open");
}

//! What becomes of each status.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::server::{Server, answer, json};
use super::{client, options};
use crate::error::Effect::{NotWritten, Unknown};
use crate::error::{Effect, ErrorKind};
use crate::http::{HttpClient, Repeat, Safety, Verdict};

/// How a write that may be repeated ends at each status, and after how many tries.
#[tokio::test]
async fn every_status() {
    let cases: [(u16, ErrorKind, Effect, usize); 24] = [
        (301, ErrorKind::Protocol, NotWritten, 1),
        (302, ErrorKind::Protocol, Unknown, 1),
        (303, ErrorKind::Protocol, Unknown, 1),
        (304, ErrorKind::Protocol, NotWritten, 1),
        (308, ErrorKind::Protocol, NotWritten, 1),
        (400, ErrorKind::Rejected, NotWritten, 1),
        (401, ErrorKind::Unauthorized, NotWritten, 1),
        (403, ErrorKind::Forbidden, NotWritten, 1),
        (404, ErrorKind::NotFound, NotWritten, 1),
        (405, ErrorKind::Unsupported, NotWritten, 1),
        (408, ErrorKind::Timeout, Unknown, 1),
        (409, ErrorKind::Conflict, NotWritten, 1),
        (412, ErrorKind::Conflict, NotWritten, 1),
        (413, ErrorKind::Rejected, NotWritten, 1),
        (422, ErrorKind::Rejected, NotWritten, 1),
        (423, ErrorKind::Conflict, NotWritten, 1),
        (429, ErrorKind::RateLimited, NotWritten, 4),
        (500, ErrorKind::Unavailable, Unknown, 1),
        (501, ErrorKind::Unsupported, NotWritten, 1),
        (502, ErrorKind::Unavailable, Unknown, 1),
        (503, ErrorKind::Unavailable, Unknown, 1),
        (504, ErrorKind::Unavailable, Unknown, 1),
        (507, ErrorKind::Unavailable, Unknown, 1),
        (700, ErrorKind::Protocol, Unknown, 1),
    ];
    for (status, kind, effect, tries) in cases {
        let body = if status == 304 { "" } else { r#"{"error":"the reason"}"# };
        let server = Server::answers([answer(status, "content-type: application/json\r\n", body)]).await;
        let client = client(&server.url());
        let error = client.put("write zone x.").path(["x."]).json("body").send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect(), server.requests()), (kind, effect, tries), "{status}");
        assert_eq!((error.http_status(), error.tries() as usize), (Some(status), tries));
        if status >= 400 {
            assert_eq!(error.message(), "the reason", "{status}");
        }
        assert_eq!(error.endpoint(), Some(format!("{}/x.", server.url()).as_str()));
        // The same failure of a read has written nothing.
        let error = client.get("read zone x.").send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (kind, NotWritten), "{status}");
        let passes = matches!(status, 429 | 500 | 502 | 503 | 504);
        assert_eq!(error.tries(), if passes { 4 } else { 1 }, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::answers([json("{}")]).await;
    let target = format!("{}/login?state=token", other.url());
    for status in [301, 302, 303, 307, 308] {
        let server = Server::answers([answer(status, &format!("location: {target}\r\n"), "")]).await;
        let client = client(&server.url());
        for call in [client.get("g"), client.post("p").json(&1), client.delete("d")] {
            let error = call.send().await.unwrap_err();
            let message = format!("redirected to {}/login; redirects are not followed", other.url());
            assert_eq!((error.kind(), error.message()), (ErrorKind::Protocol, message.as_str()));
            assert!(error.hint().unwrap().starts_with("is the URL of the provider right?"));
        }
        assert_eq!(server.requests(), 3, "{status}");
    }
    // Nothing reached the other server, so neither did the key.
    assert_eq!(other.watch.connections.load(SeqCst), 0);
}

#[tokio::test]
async fn an_adapter_judges_first() {
    let throttled = "<Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>";
    let server = Server::answers([
        answer(400, "", throttled),
        answer(200, "", "{}"),
        answer(200, "", r#"{"status":"Failed","statusDescription":"You are banned."}"#),
        answer(404, "", "gone"),
    ])
    .await;
    let judge = |answer: &crate::http::Answer<'_>| {
        let text = answer.text();
        if text.contains("Throttling") {
            return Some(Verdict::new(ErrorKind::RateLimited).message("Rate exceeded").wait(Duration::ZERO));
        }
        if answer.json::<serde_json::Value>()?.get("status")? == "Failed" {
            return Some(
                Verdict::new(ErrorKind::Unavailable)
                    .message("You are banned.")
                    .repeat(Repeat::Never)
                    .effect(NotWritten)
                    .hint("wait a day"),
            );
        }
        None
    };
    let client = HttpClient::new(options(&server.url()).classify(judge)).unwrap();
    // Throttled, so nothing was done: even this is repeated.
    assert_eq!(client.post("create").send().await.unwrap().status(), 200);
    assert_eq!(client.stats().counts().retries, 1);
    let error = client.put("write").send().await.unwrap_err();
    assert_eq!((error.message(), error.hint(), error.tries()), ("You are banned.", Some("wait a day"), 1));
    assert_eq!((error.effect(), error.http_status()), (NotWritten, Some(200)));
    assert_eq!(client.get("read").send().await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_trace_sees_each_try() {
    let server = Server::answers([answer(503, "", ""), answer(200, "", "{}")]).await;
    let lines = Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let trace = move |event: &crate::http::TraceEvent<'_>| {
        let duration = std::time::Duration::ZERO;
        sink.lock().unwrap().push(crate::http::TraceEvent { duration, ..*event }.to_string());
    };
    let client = HttpClient::new(options(&server.url()).trace(trace)).unwrap();
    client
        .get("g")
        .path(["z"])
        .secret_query("k", &super::Secret::new("v"))
        .safety(Safety::Read)
        .send()
        .await
        .unwrap();
    let url = server.url();
    let wanted = [
        format!("GET {url}/z?k=*** 503 unavailable 0.000 s"),
        format!("GET {url}/z?k=*** 200 0.000 s (try 2)"),
    ];
    assert_eq!(*lines.lock().unwrap(), wanted);
}

//! What goes over the wire.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderValue;

use super::server::{Do, Server, json};
use super::{KEY, client, options};
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::http::{HttpClient, HttpOptions, ProxySettings, Sign, Timeouts, Unsigned};
use crate::secret::Secret;

#[tokio::test]
async fn a_request_as_it_is_sent() {
    let server = Server::answers([json("[1,2]")]).await;
    let client =
        HttpClient::new(options(&format!("{}/api/v1/", server.url())).header("accept", "application/json"));
    let answer = client
        .unwrap()
        .get("list")
        .path(["zones", "0/26=2F.example."])
        .query("q", "a b&c=d+é")
        .secret_query("token", &Secret::new("t/k"))
        .header("Accept", "text/json")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.json::<Vec<u8>>().unwrap(), [1, 2]);
    let seen = server.watch.seen().remove(0);
    assert_eq!(
        seen.line(),
        "GET /api/v1/zones/0%2F26%3D2F.example.?q=a%20b%26c%3Dd%2B%C3%A9&token=t%2Fk HTTP/1.1"
    );
    assert_eq!(seen.header("x-api-key"), Some(KEY));
    assert_eq!(seen.header("accept"), Some("text/json"));
    assert_eq!(seen.header("host").map(str::to_owned), Some(server.address.to_string()));
    assert_eq!(seen.header("user-agent"), Some(concat!("dnsctl/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(seen.header("content-type"), None);
}

#[tokio::test]
async fn bodies_have_one_content_type() {
    let server = Server::answers([json("{}")]).await;
    let client = HttpClient::new(options(&server.url()).header("content-type", "text/plain")).unwrap();
    client.patch("p").path(["a"]).json(&serde_json::json!({"ttl": 60})).send().await.unwrap();
    client.post("p").form([("grant_type", "client credentials"), ("a", "b&c")]).send().await.unwrap();
    client.post("p").xml("<a/>").send().await.unwrap();
    client.delete("d").path(["b"]).send().await.unwrap();
    let seen = server.watch.seen();
    let got: Vec<_> = seen.iter().map(|s| (s.line(), s.header("content-type"), s.body.as_slice())).collect();
    let wanted: [(&str, Option<&str>, &[u8]); 4] = [
        ("PATCH /a HTTP/1.1", Some("application/json"), b"{\"ttl\":60}"),
        (
            "POST / HTTP/1.1",
            Some("application/x-www-form-urlencoded"),
            b"grant_type=client%20credentials&a=b%26c",
        ),
        ("POST / HTTP/1.1", Some("application/xml; charset=utf-8"), b"<a/>"),
        ("DELETE /b HTTP/1.1", None, b""),
    ];
    assert_eq!(got, wanted);
    assert!(seen.iter().all(|s| s.head.to_lowercase().matches("content-type").count() <= 1));
    assert_eq!(client.stats().counts().bytes_sent, 10 + 39 + 4);
}

#[tokio::test]
async fn mistakes_are_reported_by_send_and_nothing_is_sent() {
    let server = Server::answers([json("{}")]).await;
    let client = client(&server.url());
    let call = || client.put("write zone x.");
    let broken_key = Secret::new("line\nbreak");
    for (call, message) in [
        (call().path(["zones", ".."]), "`..` cannot be a part of a URL's path"),
        (
            call().header("bad name", "x"),
            "a character that does not belong there is in the name of the header `bad name`",
        ),
        (
            call().secret_header("x-key", &broken_key),
            "a character that does not belong there is in the value of the header `x-key`",
        ),
        (
            call().json(&std::collections::BTreeMap::from([((1, 2), 3)])),
            "the request cannot be written as JSON",
        ),
    ] {
        let error = call.send().await.unwrap_err();
        assert_eq!((error.message(), error.kind()), (message, ErrorKind::Config));
        assert_eq!((error.operation(), error.effect()), (Some("write zone x."), Effect::NotWritten));
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn base_urls() {
    for url in [
        "ftp://h",
        "h:8081",
        "https://",
        "http://me:hunter2@h",
        "http://me@h",
        "http://h/?key=hunter2",
        "http://h/#x",
        "",
    ] {
        let error = HttpClient::new(HttpOptions::new(url)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    for (url, in_the_clear) in [
        ("http://pdns.example:8081", true),
        ("HTTP://192.0.2.1", true),
        ("http://[::1]:8081", false),
        ("http://127.0.0.1:8081/api", false),
        ("http://localhost:8081", false),
        ("https://pdns.example:8081", false),
        ("pdns.example", false),
    ] {
        assert_eq!(crate::http::sends_in_the_clear(url), in_the_clear, "{url}");
    }
    let error = HttpClient::new(HttpOptions::new("http://h").ca_pem("x")).unwrap_err();
    assert_eq!(error.message(), "a CA file is given, but the URL is http://");
}

#[tokio::test]
async fn links_stay_on_the_server() {
    let server = Server::answers([json("{}")]).await;
    let client = client(&server.url());
    client.get("page 2").link("/zones?page=2&cursor=tok").send().await.unwrap();
    client.get("page 3").link(&format!("{}/zones?page=3", server.url())).send().await.unwrap();
    assert_eq!(server.watch.seen()[0].line(), "GET /zones?page=2&cursor=tok HTTP/1.1");
    assert_eq!(server.watch.seen()[1].line(), "GET /zones?page=3 HTTP/1.1");
    let other = Server::answers([json("{}")]).await;
    let user = server.url().replace("http://", "http://me:x@");
    for link in [other.url(), format!("//{}/x", other.address), user, "https://127.0.0.1/".to_owned()] {
        let error = client.get("page 4").link(&link).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{link}");
        assert!(error.message().starts_with("the server's link leads away, to http"), "{error}");
    }
    assert_eq!(other.watch.connections.load(SeqCst), 0);
}

/// Signs with the number of the call, and keeps what it saw.
struct Numbering(std::sync::Mutex<Vec<String>>);

#[async_trait]
impl Sign for Numbering {
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<()> {
        tokio::task::yield_now().await;
        let mut calls = self.0.lock().unwrap();
        calls.push(format!(
            "{} {} {}",
            request.method,
            request.url.path(),
            String::from_utf8_lossy(request.body)
        ));
        if calls.len() == 4 {
            return Err(Error::new(ErrorKind::Unauthorized, format!("the token for {KEY} has expired")));
        }
        let mut value = HeaderValue::from_str(&format!("Sig token{}", calls.len())).unwrap();
        value.set_sensitive(true);
        request.headers.insert("authorization", value);
        Ok(())
    }
}

#[tokio::test]
async fn each_try_is_signed_anew() {
    let server = Server::start(|number, seen| {
        let sent = seen.header("authorization").unwrap_or_default().replace("Sig ", "");
        super::server::answer(if number == 2 { 403 } else { 429 }, "", &format!("bad {sent}"))
    })
    .await;
    let sign = Arc::new(Numbering(std::sync::Mutex::default()));
    let client = HttpClient::new(options(&server.url()).sign(Arc::clone(&sign) as Arc<dyn Sign>)).unwrap();
    let error = client.put("sign").path(["a/b"]).body("text/plain", "x").send().await.unwrap_err();
    let seen = server.watch.seen();
    let signed: Vec<_> = seen.iter().map(|seen| seen.header("authorization").unwrap()).collect();
    assert_eq!(signed, ["Sig token1", "Sig token2", "Sig token3"]);
    assert_eq!(sign.0.lock().unwrap().as_slice(), ["PUT /a%2Fb x"; 3]);
    assert_eq!((error.message(), error.tries()), ("bad ***", 3));
    // A refusal of the signer ends it: nothing is sent, nothing repeated.
    let error = client.put("sign").path(["a/b"]).send().await.unwrap_err();
    assert_eq!(
        (error.message(), error.effect(), error.tries()),
        ("the token for *** has expired", Effect::NotWritten, 1)
    );
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn connections_are_kept_and_a_server_that_closes_them_is_fine() {
    let keeps = Server::answers([json("{}")]).await;
    let closes = Server::start(|_, _| {
        let mut steps = super::server::answer(200, "connection: close\r\n", "{}");
        steps.push(Do::Close);
        steps
    })
    .await;
    for (server, connections) in [(&keeps, 1), (&closes, 20)] {
        let client = client(&server.url());
        for _ in 0..20 {
            client.get("g").send().await.unwrap();
        }
        assert_eq!(server.watch.connections.load(SeqCst), connections);
        assert_eq!(client.stats().counts().retries, 0);
    }
}

#[tokio::test]
async fn a_proxy_is_used_unless_the_host_is_exempt() {
    let proxy = Server::answers([json("{}")]).await;
    let settings = |no_proxy: Option<&str>| ProxySettings {
        http: Some(Secret::new(proxy.url().replace("http://", "http://me:pr0xypass@"))),
        https: None,
        no_proxy: no_proxy.map(str::to_owned),
    };
    // 192.0.2.0/24 is for documentation (RFC 5737): nobody answers there.
    let short = Timeouts { connect: Duration::from_millis(300), ..super::PATIENT };
    let client = |no_proxy| {
        let options = options("http://192.0.2.1:8081/api").proxy(settings(no_proxy)).timeouts(short);
        HttpClient::new(options.retry(crate::http::RetryPolicy { tries: 1, ..super::QUICK })).unwrap()
    };
    client(None).get("g").path(["x"]).send().await.unwrap();
    let seen = proxy.watch.seen().remove(0);
    assert_eq!(seen.line(), "GET http://192.0.2.1:8081/api/x HTTP/1.1");
    assert_eq!(seen.header("proxy-authorization"), Some("Basic bWU6cHIweHlwYXNz"));
    for no_proxy in ["192.0.2.0/24", "example.org,192.0.2.1", "*"] {
        let error = client(Some(no_proxy)).get("g").send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable), "{error}");
    }
    assert_eq!(proxy.requests(), 1);
}

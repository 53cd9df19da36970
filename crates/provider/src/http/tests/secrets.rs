//! Whatever a server echoes, no secret comes out.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::options;
use super::server::{Server, answer, json, raw};
use crate::error::Error;
use crate::http::{HttpClient, HttpOptions, RetryPolicy};
use crate::secret::Secret;

/// Everything a person could be shown of an error.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {:?} {}", error.hint(), error.message());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn a_server_that_repeats_all_it_was_sent() {
    let server = Server::start(|_, seen| {
        let body = format!("{} {}", seen.head, String::from_utf8_lossy(&seen.body));
        let body = serde_json::json!({"error": body, "line": seen.line()}).to_string();
        let location = format!("location: /{}\r\n", seen.header("x-api-key").unwrap());
        match seen.line().split(' ').nth(1).unwrap().split('?').next().unwrap() {
            "/422" => answer(422, "", &body),
            "/307" => answer(307, &location, ""),
            "/html" => {
                answer(200, "", &format!("<html><title>{}</title>", seen.header("x-api-key").unwrap()))
            }
            _ => json(&body),
        }
    })
    .await;
    let traced = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&traced);
    let secret = |text: &str| Secret::new(text);
    let options = options(&server.url())
        .basic("me", &secret("b4sic pass"))
        .header("x-plain", "visible")
        .trace(move |event| write!(sink.lock().unwrap(), "{event:?} {event}").unwrap());
    let client = HttpClient::new(options.clone()).unwrap();
    let call = |path: &str| {
        client
            .put("write")
            .path([path])
            .secret_query("key", &secret("qu3ry/s3cret"))
            .secret_header("x-token", &secret("t0ken"))
            .conceal(&secret("b0dy+secret"))
            .form([("password", "b0dy+secret")])
    };
    let refused = call("422").send().await.unwrap_err();
    assert!(refused.message().contains("x-plain: visible") && refused.message().contains("***"), "{refused}");
    let redirected = call("307").send().await.unwrap_err();
    assert!(redirected.message().starts_with("redirected to /***"), "{redirected}");
    let html = call("html").send().await.unwrap().json::<u8>().unwrap_err();
    assert!(html.message().contains("title “***”"), "{html}");
    let answer = call("200").send().await.unwrap();
    let wrong_type = answer.json::<Vec<u8>>().unwrap_err();
    let own = answer.error(crate::error::ErrorKind::Rejected, answer.text().unwrap());
    let mut all: String = [&refused, &redirected, &html, &wrong_type, &own].map(shown).concat();
    write!(all, "{options:?} {client:?} {:?} {answer:?} {}", call("x"), traced.lock().unwrap()).unwrap();
    for part in ["nobody-sees", "b4sic", "bWU6YjRzaWMgcGFzcw", "qu3ry", "t0ken", "b0dy", "***nothing***"] {
        assert!(!all.to_lowercase().contains(&part.to_lowercase()), "{part} in {all}");
    }
}

#[tokio::test]
async fn a_refusal_that_breaks_off_shows_no_part_of_a_secret() {
    let server = Server::start(|_, seen| {
        let beginning = seen.header("x-api-key").unwrap().split_at(9).0;
        raw(&format!("HTTP/1.1 400 X\r\ncontent-length: 999\r\n\r\nwrong key: {beginning}"))
    })
    .await;
    let error = super::client(&server.url()).get("g").send().await.unwrap_err();
    assert_eq!(error.message(), "wrong key:");
}

#[tokio::test]
async fn a_text_loses_nothing_when_it_only_resembles_a_secret() {
    // The Base64 form of this key begins with `d`.
    let server = Server::answers([answer(401, "", "Unauthorized")]).await;
    let options = HttpOptions::new(server.url()).secret_header("x-api-key", &Secret::new("wrong"));
    let error = HttpClient::new(options).unwrap().get("g").send().await.unwrap_err();
    assert_eq!(error.message(), "Unauthorized");
}

#[tokio::test]
async fn a_secret_with_two_spaces_does_not_come_out_with_one() {
    let server = Server::start(|number, seen| {
        answer(if number == 0 { 400 } else { 200 }, "", &format!("key {}", seen.header("x-api-key").unwrap()))
    })
    .await;
    let options = HttpOptions::new(server.url()).secret_header("x-api-key", &Secret::new("two  spaces"));
    let client = HttpClient::new(options).unwrap();
    let error = client.get("g").send().await.unwrap_err();
    assert_eq!(error.message(), "key ***");
    let answer = client.get("g").send().await.unwrap();
    let error = answer.error(crate::error::ErrorKind::Rejected, answer.text().unwrap());
    assert_eq!(error.message(), "key ***");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn no_echo_leaks(
        key in "[!-~]{4,20}|[ -~]{3,9}[!-~]",
        before in "[ -~\n\t]{0,30}",
        after in "[ -~\n]{0,700}",
        status in prop_oneof![Just(400_u16), Just(401), Just(500), Just(302)],
        how in 0_usize..5,
    ) {
        prop_assume!(!key.starts_with(' '));
        let (sent, text) = (key.clone(), (before, after));
        let serve = async move {
            let server = Server::start(move |_, seen| {
                let key = seen.header("x-api-key").unwrap_or_default();
                let echo = match how {
                    0 => key.to_owned(),
                    1 => serde_json::to_string(key).unwrap(),
                    2 => data_encoding::BASE64.encode(key.as_bytes()),
                    3 => key.to_ascii_uppercase(),
                    _ => key.replace('&', "&amp;").replace('<', "&lt;"),
                };
                answer(status, "", &format!("{}{echo}{}", text.0, text.1))
            })
            .await;
            let options = HttpOptions::new(server.url())
                .secret_header("x-api-key", &Secret::new(sent))
                .retry(RetryPolicy { tries: 1, ..super::QUICK });
            HttpClient::new(options).unwrap().get("g").send().await.unwrap_err()
        };
        let error = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(serve);
        let all = format!("{} {} {:?}", error.message(), error.hint().unwrap_or_default(), error.endpoint());
        prop_assert!(!all.contains(&key), "{} in {}", key, all);
        prop_assert!(!all.contains(&data_encoding::BASE64.encode(key.as_bytes())));
    }
}

use std::error::Error as _;

use proptest::prelude::*;

use super::*;

#[test]
fn one_line_with_everything() {
    let error = Error::new(ErrorKind::Unavailable, "no\r\n  luck\u{1b}[31m today")
        .during("read zone example.org.")
        .during("list zones")
        .at("http://me:pass@127.0.0.1:8081/api?x=1")
        .with_http_status(503)
        .with_tries(4, Duration::from_millis(3240));
    assert_eq!(
        error.to_string(),
        "read zone example.org.: unavailable, HTTP 503 from http://127.0.0.1:8081/api?x=1: \
         no luck [31m today (4 tries in 3.2 s)"
    );
    assert_eq!(error.effect(), Effect::Unknown);
}

#[test]
fn is_one_word_wide() {
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[test]
fn codes_have_names() {
    assert_eq!(Status::Rcode(17).to_string(), "BADKEY");
    assert_eq!(Status::Rcode(4000).to_string(), "RCODE 4000");
    assert_eq!(Status::Http(404).to_string(), "HTTP 404");
}

#[test]
fn secrets_leave_every_text() {
    let redactor = Redactor::new([crate::secret::Secret::new("s3cr3t")]);
    let io = std::io::Error::other("s3cr3t in the cause");
    let error = Error::new(ErrorKind::Protocol, "key s3cr3t is wrong")
        .during("use s3cr3t")
        .at("http://h/?key=s3cr3t")
        .with_hint("set s3cr3t")
        .with_source(&io)
        .redacted(&redactor);
    assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
    assert_eq!(error.message(), "key *** is wrong");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("*** in the cause"));
}

#[test]
fn a_long_message_is_cut() {
    let error = Error::new(ErrorKind::Rejected, "é".repeat(MAX_MESSAGE + 1));
    assert_eq!(error.message().chars().count(), MAX_MESSAGE + 1);
    assert!(error.message().ends_with('…'));
}

proptest! {
    #[test]
    fn texts_are_bounded_and_printable(text in any::<String>(), max in 0_usize..50) {
        let cleaned = clean(&text, max);
        prop_assert!(cleaned.chars().count() <= max + 1);
        prop_assert!(!cleaned.chars().any(char::is_control));
        prop_assert_eq!(cleaned.trim(), cleaned.as_str());
    }

    #[test]
    fn user_information_is_dropped(user in "[a-z@:]{1,9}", path in "[a-z/@?]{0,9}") {
        let shown = without_userinfo(&format!("https://{user}@host/{path}"));
        prop_assert_eq!(shown, format!("https://host/{path}"));
    }
}

//! An answer, and what it is made into.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::Deserialize;

use super::message::{html_title, looks_like_html};
use super::retry::{Repeat, Safety};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Redactor;

/// A successful answer (2xx), read whole.
pub struct Response {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) origin: Origin,
}

/// Where an answer comes from, for the errors that are found in it later.
pub(super) struct Origin {
    pub(super) operation: String,
    pub(super) endpoint: String,
    pub(super) safety: Safety,
    pub(super) redactor: Redactor,
    pub(super) tries: u32,
    pub(super) elapsed: Duration,
}

impl Response {
    /// An answer 200 to a read that has this body.
    #[cfg(feature = "fuzz")]
    pub(crate) fn of_body(body: Vec<u8>) -> Self {
        let origin = Origin {
            operation: "read".to_owned(),
            endpoint: "http://127.0.0.1/".to_owned(),
            safety: Safety::Read,
            redactor: Redactor::new([]),
            tries: 1,
            elapsed: Duration::ZERO,
        };
        Self { status: 200, headers: HeaderMap::new(), body: body.into(), origin }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header's value, if it is there and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, without copying it.
    #[must_use]
    pub fn into_body(self) -> Bytes {
        self.body
    }

    /// Reads the body as JSON. `T` may borrow strings from it.
    ///
    /// # Errors
    /// [`ErrorKind::Protocol`] when the body is HTML, empty, cut off, not JSON, or not what `T` says; with the byte
    /// where it stopped making sense.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| self.not_json(&error))
    }

    /// The body as the text of an XML document, for the adapter's own parser.
    ///
    /// # Errors
    /// [`ErrorKind::Protocol`] when it is HTML, empty, JSON or not UTF-8.
    pub fn xml(&self) -> Result<&str> {
        let text = self.text()?;
        let starts = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        if !starts.starts_with('<') || looks_like_html(starts) {
            return Err(self.unusable(&format!("answered {}, not XML", self.what())));
        }
        Ok(text)
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`ErrorKind::Protocol`] when it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).map_err(|error| {
            self.unusable(&format!("the answer is not UTF-8 at byte {}", error.valid_up_to()))
        })
    }

    /// An error about this answer, for an adapter that finds one in it: with the operation, the URL and the status, and
    /// without secrets. Of a read it says that nothing was written.
    #[must_use]
    pub fn error(&self, kind: ErrorKind, message: &str) -> Error {
        let origin = &self.origin;
        let error = Error::new(kind, origin.redactor.redact(message));
        let effect = origin.safety.effect(Repeat::Never, error.effect());
        error
            .during(&origin.operation)
            .at(&origin.endpoint)
            .with_http_status(self.status)
            .with_tries(origin.tries, origin.elapsed)
            .with_effect(effect)
            .redacted(&origin.redactor)
    }

    fn unusable(&self, message: &str) -> Error {
        self.error(ErrorKind::Protocol, message)
    }

    fn not_json(&self, error: &serde_json::Error) -> Error {
        if self.body.iter().all(u8::is_ascii_whitespace) || self.looks_like_markup() {
            return self.unusable(&format!("answered {}, not JSON: is the URL right?", self.what()));
        }
        let at = offset(&self.body, error.line(), error.column());
        let message = if error.is_eof() {
            format!("the JSON is cut off at byte {at} of {}", self.body.len())
        } else if error.is_data() {
            format!("the JSON is not as expected at byte {at}: {error}")
        } else {
            format!("answered {}, not JSON, from byte {at} on: {error}", self.what())
        };
        self.unusable(&message)
    }

    fn looks_like_markup(&self) -> bool {
        self.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<') || self.is_html()
    }

    fn is_html(&self) -> bool {
        self.header(CONTENT_TYPE.as_str()).is_some_and(|value| value.starts_with("text/html"))
            || looks_like_html(&self.beginning())
    }

    fn beginning(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.body.get(..4096).unwrap_or(&self.body))
    }

    /// What the body is, in words.
    fn what(&self) -> String {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return "nothing".to_owned();
        }
        if self.is_html() {
            let title = html_title(&self.beginning()).map(|title| format!(" (title “{title}”)"));
            return format!("HTML{}", title.unwrap_or_default());
        }
        let content_type = self.header(CONTENT_TYPE.as_str()).unwrap_or("something without a content type");
        content_type.split(';').next().unwrap_or_default().to_owned()
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({}, {} bytes, {})", self.status, self.body.len(), self.origin.operation)
    }
}

/// The byte that serde_json's line and column (both from 1, the column in bytes) mean.
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let before = body.split_inclusive(|&byte| byte == b'\n').take(line.saturating_sub(1));
    (before.map(<[u8]>::len).sum::<usize>() + column).min(body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content_type: &str, body: &str) -> Response {
        let mut headers = HeaderMap::new();
        if !content_type.is_empty() {
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        }
        let origin = Origin {
            operation: "list zones".to_owned(),
            endpoint: "http://h/zones".to_owned(),
            safety: Safety::Read,
            redactor: Redactor::new([crate::secret::Secret::new("s3cret")]),
            tries: 1,
            elapsed: Duration::ZERO,
        };
        Response { status: 200, headers, body: Bytes::copy_from_slice(body.as_bytes()), origin }
    }

    #[derive(Debug, Deserialize)]
    struct Zone<'a> {
        #[serde(borrow)]
        name: &'a str,
    }

    #[test]
    fn json_borrows_from_the_body_whatever_the_content_type_says() {
        for content_type in ["", "application/json; charset=utf-8", "text/plain"] {
            let answer = answer(content_type, r#" {"name":"example.org."}"#);
            assert_eq!(answer.json::<Zone<'_>>().unwrap().name, "example.org.");
        }
    }

    #[test]
    fn what_is_not_json_is_said_in_words() {
        let cases = [
            (
                "text/html",
                "<html><title>Log in</title>",
                "answered HTML (title “Log in”), not JSON: is the URL right?",
            ),
            ("", "<!doctype HTML>", "answered HTML, not JSON: is the URL right?"),
            ("application/xml", "<a/>", "answered application/xml, not JSON: is the URL right?"),
            ("application/json", " ", "answered nothing, not JSON: is the URL right?"),
            ("application/json", "{\"name\":\n\"exa", "the JSON is cut off at byte 13 of 13"),
            (
                "text/plain; x=y",
                "OK",
                "answered text/plain, not JSON, from byte 1 on: expected value at line 1 column 1",
            ),
            (
                "application/json",
                "{\n\"name\": \"s3cret\", \"name\": 5}",
                "the JSON is not as expected at byte 26: duplicate field `name` at line 2 column 24",
            ),
            (
                "application/json",
                "[\"s3cret\", 1]",
                "the JSON is not as expected at byte 12: invalid type: integer `1`, expected a string at line 1 column 12",
            ),
        ];
        for (content_type, body, message) in cases {
            let answer = answer(content_type, body);
            let error = if body.starts_with('[') {
                answer.json::<Vec<String>>().unwrap_err()
            } else {
                answer.json::<Zone<'_>>().unwrap_err()
            };
            assert_eq!(error.message(), message);
            assert_eq!(error.effect(), crate::error::Effect::NotWritten);
        }
    }

    #[test]
    fn a_value_in_serdes_words_is_redacted() {
        let error = answer("", "\"s3cret\"").json::<u8>().unwrap_err();
        assert_eq!(
            error.message(),
            "the JSON is not as expected at byte 8: invalid type: string \"***\", expected u8 at line 1 column 8"
        );
    }

    #[test]
    fn xml_is_told_from_html() {
        assert_eq!(answer("text/xml", "\u{feff}<?xml version=\"1.0\"?><a/>").xml().unwrap().len(), 28);
        for (content_type, body, message) in [
            ("text/html", "<html>", "answered HTML, not XML"),
            ("application/json", "{}", "answered application/json, not XML"),
            ("", "", "answered nothing, not XML"),
        ] {
            assert_eq!(answer(content_type, body).xml().unwrap_err().message(), message);
        }
    }
}

//! Finding the words in a server's refusal.

use std::fmt::Write as _;

use serde_json::Value;

/// Where vendors put their words, the most telling first: `detail` and `title` are RFC 9457's, `error` PowerDNS's,
/// `message` nearly everybody's.
const KEYS: [&str; 9] =
    ["detail", "error_description", "message", "error", "msg", "reason", "description", "title", "errors"];

/// What a refusal says, in one text without structure; empty when it says nothing.
pub(super) fn of(body: &[u8]) -> String {
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        return of_json(&value);
    }
    let text = String::from_utf8_lossy(body);
    if looks_like_html(&text) {
        return html_title(&text)
            .map_or_else(|| "an HTML page".to_owned(), |title| format!("HTML page “{title}”"));
    }
    text.into_owned()
}

fn of_json(value: &Value) -> String {
    let mut parts = Vec::new();
    collect(value, 4, &mut parts);
    if parts.is_empty() && !matches!(value, Value::Null) { value.to_string() } else { parts.join("; ") }
}

/// Collects each different text once, at most ten of them, `depth` levels down.
fn collect(value: &Value, depth: usize, parts: &mut Vec<String>) {
    if depth == 0 || parts.len() >= 10 {
        return;
    }
    match value {
        Value::String(text) if !parts.contains(text) => parts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, depth - 1, parts)),
        Value::Object(object) => {
            let before = parts.len();
            for value in KEYS.iter().filter_map(|key| object.get(*key)) {
                collect(value, depth - 1, parts);
            }
            let code = object.get("code").filter(|code| code.is_number() || code.is_string());
            if let (Some(code), Some(part)) = (code, parts.get_mut(before)) {
                // Writing to a String does not fail.
                let _ =
                    write!(part, " (code {})", code.as_str().map_or_else(|| code.to_string(), str::to_owned));
            }
        }
        _ => {}
    }
}

/// Whether a body begins as HTML does.
pub(super) fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).as_bytes();
    [b"<!doctype html".as_slice(), b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
}

/// The text of the `title` element.
pub(super) fn html_title(text: &str) -> Option<String> {
    // ASCII lower case keeps every byte in its place.
    let lower = text.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower.get(tag..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    let title = crate::error::clean(text.get(start..end)?, 80);
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_vendors() {
        for (body, message) in [
            (r#"{"error":"Domain 'x.' is locked","errors":["a","b"]}"#, "Domain 'x.' is locked; a; b"),
            (
                r#"{"success":false,"errors":[{"code":81058,"message":"A record exists."}]}"#,
                "A record exists. (code 81058)",
            ),
            (
                r#"{"error":{"code":403,"message":"No permission","errors":[{"message":"No permission"}]}}"#,
                "No permission (code 403)",
            ),
            (
                r#"{"type":"about:blank","title":"Bad","detail":"No such zone","status":404}"#,
                "No such zone; Bad",
            ),
            (r#"{"subname":["Invalid."]}"#, r#"{"subname":["Invalid."]}"#),
            (r#""just text""#, "just text"),
            ("null", ""),
            ("", ""),
            ("Not Found\n", "Not Found\n"),
            ("<!DOCTYPE html><title lang=en>502  Bad\nGateway</title>", "HTML page “502 Bad Gateway”"),
            ("<html><body>x", "an HTML page"),
        ] {
            assert_eq!(of(body.as_bytes()), message, "{body}");
        }
    }

    #[test]
    fn deep_and_broken_bodies_do_no_harm() {
        let deep = format!("{}1{}", r#"{"error":"#.repeat(100), "}".repeat(100));
        assert!(of(deep.as_bytes()).starts_with(r#"{"error":"#));
        assert_eq!(of(&[b'['; 100_000]).len(), 100_000);
        assert_eq!(of(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        for text in ["<title", "<title>", "<title>x", "<title></title>", "é<TITLE>é</TITLE>"] {
            let _ = html_title(text);
        }
    }
}

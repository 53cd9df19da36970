//! The digest of a whole plan file.
//!
//! It tells whether a file was changed after it was made, in whatever place: by a slip of the hand or a step of a
//! pipeline. It is no signature: who can write the file can compute it.

use crate::digest::hex;
use ring::digest::{Context, SHA256};
use serde_json::Value;

/// The key that holds the digest, and that is no part of it.
pub(super) const KEY: &str = "document_digest";

/// SHA-256 over the document without [`KEY`], in the one form that RFC 8785 gives to JSON: keys sorted, no white space.
/// Keys that this version does not know count, too.
pub(super) fn of(document: &Value) -> String {
    let mut context = Context::new(&SHA256);
    feed(document, true, &mut |text| context.update(text.as_bytes()));
    hex(context.finish().as_ref())
}

/// The nesting is bounded by the reader of JSON.
fn feed(value: &Value, top: bool, out: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().filter(|(key, _)| !(top && *key == KEY)).collect();
            entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out("{");
            for (index, (key, value)) in entries.into_iter().enumerate() {
                out(if index > 0 { "," } else { "" });
                out(&Value::from(key.as_str()).to_string());
                out(":");
                feed(value, false, out);
            }
            out("}");
        }
        Value::Array(values) => {
            out("[");
            for (index, value) in values.iter().enumerate() {
                out(if index > 0 { "," } else { "" });
                feed(value, false, out);
            }
            out("]");
        }
        plain => out(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_the_own_one_is_left_out() {
        let document = json!({"b": [1, {"z": null, "document_digest": true}], "a": "\u{e9}\n\"", "document_digest": "x"});
        let mut text = String::new();
        feed(&document, true, &mut |part| text.push_str(part));
        assert_eq!(text, "{\"a\":\"\u{e9}\\n\\\"\",\"b\":[1,{\"document_digest\":true,\"z\":null}]}");
    }
}

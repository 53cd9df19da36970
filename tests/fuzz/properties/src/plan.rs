//! Saved plans.

use dnsctl_plan::file::{FileError, read, write};
use serde_json::Value;

/// A plan file. Where only its digests do not fit, they are corrected as its error tells them, so that what stands behind them is
/// reached; what is read is written and read again as the same.
pub fn plan_file(octets: &[u8]) {
    let mut text = octets.to_vec();
    // The digest of the document, the digest of the plan, then that of the document again.
    for _ in 0..4 {
        match read(&text) {
            Ok(plan) => {
                let Ok(written) = write(&plan) else { panic!("it cannot be written") };
                let Ok(again) = read(written.as_bytes()) else {
                    panic!("it cannot be read again: {written}")
                };
                assert_eq!(write(&again).ok(), Some(written), "it is another plan");
                return;
            }
            Err(error) => {
                said(&error);
                let Some(mended) = mended(&text, &error) else { return };
                text = mended;
            }
        }
    }
}

fn said(error: &FileError) {
    let message = error.to_string();
    let length = message.chars().count();
    assert!(length > 0 && length < 1000, "{length} characters: {message:?}");
}

/// The file with the digest that the error asks for.
fn mended(text: &[u8], error: &FileError) -> Option<Vec<u8>> {
    let FileError::Changed(what) = error else { return None };
    let key = if what.starts_with("its document digest") { "document_digest" } else { "digest" };
    let (_, digest) = what.rsplit_once(" that of its contents is ")?;
    let mut document: Value = serde_json::from_slice(text).ok()?;
    let entries = document.as_object_mut()?;
    entries.insert(key.to_owned(), Value::from(digest));
    if key == "digest" {
        entries.insert("id".to_owned(), Value::from(digest.get(..8)?));
    }
    serde_json::to_vec(&document).ok()
}

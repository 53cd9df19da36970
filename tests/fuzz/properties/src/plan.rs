//! Saved plans.

use dnsctl_plan::file::{FileError, read, write};
use dnsctl_plan::rrset_digest;
use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Ttl};
use serde_json::Value;

/// A plan file. Where only its digests do not fit, they are corrected as its error tells them, so that what stands behind them is
/// reached; what is read is written and read again as the same.
pub fn plan_file(octets: &[u8]) {
    let mut text = octets.to_vec();
    // The digest of the document, those of RRsets, of the document again, of the plan, and once more of the document.
    for _ in 0..6 {
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
    if what.ends_with("its values do not have its digest") {
        return mended_sides(text);
    }
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

/// The file with the digests that its RRsets have.
fn mended_sides(text: &[u8]) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(text).ok()?;
    for change in document.get_mut("changes")?.as_array_mut()? {
        let name = change.get("name")?.as_str()?.to_owned();
        let rtype: RecordType = serde_json::from_value(change.get("type")?.clone()).ok()?;
        for side in ["before", "after"] {
            let Some(side) = change.get_mut(side).filter(|side| side.is_object()) else { continue };
            let digest = rrset_digest(&rrset(&name, rtype, side)?);
            side.as_object_mut()?.insert("digest".to_owned(), Value::from(digest));
        }
    }
    serde_json::to_vec(&document).ok()
}

fn rrset(name: &str, rtype: RecordType, side: &Value) -> Option<RRset> {
    let root = Name::root();
    let names = Names { origin: &root, strict: false };
    let parse = |value: &Value| Rdata::parse(rtype, value.as_str()?, names).ok();
    let values: Option<Vec<Rdata>> = side.get("values")?.as_array()?.iter().map(parse).collect();
    let ttl: Ttl = serde_json::from_value(side.get("ttl")?.clone()).ok()?;
    let options = side
        .get("options")
        .map_or_else(Default::default, |options| serde_json::from_value(options.clone()).unwrap_or_default());
    Some(RRset::new(Name::absolute(name).ok()?, rtype, ttl, values?).with_options(options))
}

//! Percent-encoding (RFC 3986 2.1), stricter than a URL needs.

use std::fmt::Write as _;

use crate::error::{Error, ErrorKind, Result};

/// Appends `text` with everything but the unreserved characters (RFC 3986 2.3) encoded. A space is `%20`, never `+`, so
/// that the wire and a signature over it (AWS SigV4) agree.
pub(super) fn push_component(out: &mut String, text: &str) {
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// Appends `/` and one segment of a path.
///
/// An empty segment, `.` and `..` are refused, encoded or not: every URL library takes the latter two out again, and the
/// request would go to the parent, such as the list of all zones.
pub(super) fn push_segment(out: &mut String, segment: &str) -> Result<()> {
    if matches!(segment, "" | "." | "..") {
        return Err(Error::new(ErrorKind::Config, format!("`{segment}` cannot be a part of a URL's path")));
    }
    out.push('/');
    push_component(out, segment);
    Ok(())
}

/// Appends `key=value`, after `&` unless it is the first.
pub(super) fn push_pair(out: &mut String, key: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    push_component(out, key);
    out.push('=');
    push_component(out, value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::Url;

    use super::*;

    #[test]
    fn names_of_powerdns_zones_are_one_segment() {
        let mut path = String::new();
        for segment in ["zones", "0/26=2F.2.0.192.in-addr.arpa.", "a b%c+d"] {
            push_segment(&mut path, segment).unwrap();
        }
        assert_eq!(path, "/zones/0%2F26%3D2F.2.0.192.in-addr.arpa./a%20b%25c%2Bd");
        for refused in ["", ".", ".."] {
            assert_eq!(push_segment(&mut path, refused).unwrap_err().kind(), ErrorKind::Config);
        }
    }

    proptest! {
        #[test]
        fn a_url_library_reads_back_what_was_written(
            segments in proptest::collection::vec("[^.]{1,9}|\\.{3,4}|[a-z./=%\\\\?#]{3,9}x", 1..4),
            pairs in proptest::collection::vec((".{0,5}", ".{0,9}"), 1..4),
        ) {
            let (mut path, mut query) = (String::new(), String::new());
            for segment in &segments {
                push_segment(&mut path, segment).unwrap();
            }
            for (key, value) in &pairs {
                push_pair(&mut query, key, value);
            }
            let mut url = Url::parse("http://h/").unwrap();
            url.set_path(&path);
            url.set_query(Some(&query));
            prop_assert_eq!(url.path(), path.as_str());
            let decoded: Vec<_> = url.path_segments().unwrap().map(decode).collect();
            prop_assert_eq!(decoded, segments);
            let decoded: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(decoded, pairs);
        }
    }

    fn decode(text: &str) -> String {
        let mut out = Vec::new();
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            out.push(if byte == b'%' {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            } else {
                byte
            });
        }
        String::from_utf8(out).unwrap()
    }
}

//! How the text of TXT and SPF is read.
//!
//! A text that starts with a double quote and is a complete sequence of quoted strings is read as in a master file.
//! Any other text is taken as it is and cut into strings of 255 octets.

use dnsctl_zone::{Names, Rdata, RdataError, RecordType};

/// What a text became.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) rdata: Rdata,
    /// Set when it was taken as it is, but looks as if it were meant otherwise.
    pub(super) doubt: Option<(String, &'static str)>,
}

/// Reads the text of a TXT or SPF record.
pub(super) fn read(rtype: RecordType, text: &str, names: Names<'_>) -> Result<Text, RdataError> {
    if is_quoted(text) {
        return Ok(Text { rdata: Rdata::parse(rtype, text, names)?, doubt: None });
    }
    let doubt = doubt(text);
    if text.len() <= 255 {
        return Ok(Text { rdata: Rdata::text(rtype, text.as_bytes()), doubt });
    }
    // This way the length is checked too.
    let field = rtype.fields().first().map_or("txt_data", |field| field.name);
    Ok(Text { rdata: Rdata::from_fields(rtype, &[(field, text)], names)?, doubt })
}

/// Whether a text is taken as it is, without a doubt.
pub(crate) fn is_plain(text: &str) -> bool {
    !is_quoted(text) && doubt(text).is_none()
}

/// Whether a text is one or more strings in double quotes, with blanks between, and nothing else. A backslash takes
/// the next character as it is.
pub(super) fn is_quoted(text: &str) -> bool {
    let mut rest = text.bytes();
    if rest.next() != Some(b'"') {
        return false;
    }
    let mut inside = true;
    let mut blank = true;
    while let Some(octet) = rest.next() {
        match (inside, octet) {
            (true, b'\\') => drop(rest.next()),
            (true, b'"') => (inside, blank) = (false, false),
            (false, b'"') if blank => inside = true,
            (false, b' ' | b'\t' | b'\n' | b'\r') => blank = true,
            (false, _) => return false,
            (true, _) => {}
        }
    }
    !inside
}

/// Why a text that was taken as it is may have been meant otherwise.
fn doubt(text: &str) -> Option<(String, &'static str)> {
    if text.starts_with('"') {
        return Some((
            "the text starts with a quote, but is not a sequence of quoted strings: the quotes are part of it".to_owned(),
            "put all of it in quotes as in a master file, or write it without",
        ));
    }
    for escape in ["\\;", "\\\"", "\\032"] {
        if text.contains(escape) {
            return Some((
                format!("the text is taken as it is: the backslash of `{escape}` is part of it"),
                "write the text plainly, without escapes",
            ));
        }
    }
    if text.contains(char::is_control) {
        return Some((
            "the text has a line break or another control character in it".to_owned(),
            "write a long text on one line, or folded (>-): it is cut into strings by itself",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_quoted() {
        for text in [r#""a""#, r#""""#, r#""a" "b""#, "\"a\"\n\"b\" ", r#""a\"b""#, r#""a\\" "b""#] {
            assert!(is_quoted(text), "{text}");
        }
        for text in
            ["", "a", "\"", r#""a"#, r#""a"b"#, r#""a""b""#, r#"a "b""#, r#""a" b"#, r#""a\""#, r#" "a""#]
        {
            assert!(!is_quoted(text), "{text}");
        }
    }

    #[test]
    fn only_complete_quotes_are_master_form() {
        let origin = dnsctl_zone::Name::root();
        let names = Names { origin: &origin, strict: true };
        for (text, octets, doubtful) in [
            ("v=spf1 -all", "v=spf1 -all", false),
            (r#""v=spf1 -all""#, "v=spf1 -all", false),
            (r#""a" "b c""#, "ab c", false),
            (r#""a\;\"b\065""#, "a;\"bA", false),
            (r#"k="x""#, r#"k="x""#, false),
            (r#""a" b"#, r#""a" b"#, true),
            (r"v=DKIM1\; k=rsa", r"v=DKIM1\; k=rsa", true),
            (r"C:\dir", r"C:\dir", false),
            ("a\nb", "a\nb", true),
        ] {
            let read = read(RecordType::TXT, text, names).unwrap();
            assert_eq!(String::from_utf8(read.rdata.joined_text()).unwrap(), octets, "{text}");
            assert_eq!(read.doubt.is_some(), doubtful, "{text}");
        }
        assert!(read(RecordType::TXT, r#""a\999""#, names).is_err());
        assert!(read(RecordType::TXT, &"x".repeat(65_535), names).is_err());
        assert_eq!(read(RecordType::TXT, &"x".repeat(65_000), names).unwrap().rdata.strings().count(), 255);
    }
}

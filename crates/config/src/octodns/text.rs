//! The text of TXT and SPF.
//!
//! octoDNS keeps such a text as it is, with three exceptions: a `;` is written `\;` (unless `escaped_semicolons` is
//! off), a text in double quotes loses its first and last character, and `" "` inside is taken out, which joins strings.
//! What is left it writes between the quotes of a master file, to PowerDNS and to BIND, so that a backslash begins an
//! escape there.

use std::borrow::Cow;

use dnsctl_zone::{Name, Names, Rdata, RecordType};

/// A text as octoDNS gives it to its providers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text<'t> {
    pub(super) text: Cow<'t, [u8]>,
    /// What octoDNS refuses unless the record is lenient: the words and the help.
    pub(super) refused: Vec<(&'static str, &'static str)>,
    /// What octoDNS accepts, but is probably not what was meant.
    pub(super) doubt: Option<(&'static str, &'static str)>,
}

/// Reads the text of a value; `escaped` is the source's `escaped_semicolons`.
pub(super) fn read(written: &str, escaped: bool) -> Text<'_> {
    let plain =
        |octet: &u8| octet.is_ascii() && !matches!(octet, b'"' | b'\\' | b';') && !octet.is_ascii_control();
    let mut read = Text { text: Cow::Borrowed(written.as_bytes()), refused: Vec::new(), doubt: None };
    if written.as_bytes().iter().all(plain) {
        return read;
    }
    let inner = if escaped { Cow::Borrowed(written) } else { Cow::Owned(written.replace(';', "\\;")) };
    refuse(&inner, escaped, &mut read.refused);
    let quoted = inner.starts_with('"');
    if quoted && (!inner.ends_with('"') || inner.len() == 1) {
        read.doubt = Some((
            "the text starts with a quote and does not end with one: octoDNS takes its last character away, too",
            "write the text without quotes, or in a pair of them",
        ));
    }
    let inner = if quoted { strip(&inner) } else { &inner };
    let joined = inner.replace("\" \"", "");
    let text = joined.replace("\\;", ";");
    if read.doubt.is_none() && text.contains('\\') {
        read.doubt = Some((
            "a backslash begins an escape, as in a master file: so octoDNS sends it to PowerDNS and BIND",
            "write `\\\\` for a backslash, and a quote plainly",
        ));
    } else if read.doubt.is_none() && text.contains(char::is_control) {
        read.doubt = Some((
            "the text has a line break or another control character in it",
            "write a long text on one line, or folded (>-)",
        ));
    }
    // `\;` is an escape as any other: the server that reads it has the last word, `\\;` is a backslash before a `;`.
    read.text = Cow::Owned(unescaped(&joined).unwrap_or_else(|| {
        read.refused.push((
            "a backslash stands before no sign or number that it can",
            "write `\\\\` for a backslash",
        ));
        text.into_bytes()
    }));
    read
}

/// A text as it stands between the quotes of a master file (RFC 1035 section 5.1). octoDNS does not escape quotes
/// everywhere, so one that is not is taken as it is.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '"' {
            out.push('\\');
        }
        out.push(character);
        if character == '\\' {
            out.extend(characters.next());
        }
    }
    out.push('"');
    out
}

/// The octets of a text between quotes; `None` when an escape is none.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    if !text.contains('\\') {
        return Some(text.as_bytes().to_vec());
    }
    let root = Name::root();
    let names = Names { origin: &root, strict: false };
    // The target of URI is such a text, of any length.
    let text = format!("0 0 {}", quoted(text));
    Rdata::parse(RecordType::URI, &text, names).ok()?.bytes("target")
}

/// Without its first and last character.
fn strip(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.next_back();
    characters.as_str()
}

fn refuse(text: &str, escaped: bool, refused: &mut Vec<(&'static str, &'static str)>) {
    let word_before = |(at, _): (usize, &str)| {
        text.get(..at)
            .and_then(|before| before.chars().next_back())
            .is_some_and(|c| c.is_alphanumeric() || c == '_')
    };
    if text.match_indices(';').any(word_before) {
        refused.push((
            "a `;` is not escaped",
            "write `\\;`, or set `escaped_semicolons: false` at the source and write `;` everywhere",
        ));
    }
    if text.contains("\\\\;") {
        refused.push(if escaped {
            (
                "a `;` is escaped twice",
                "write `\\;` with one backslash (in double quotes YAML needs two: \"\\\\;\")",
            )
        } else {
            (
                "a `;` is escaped, but the source says `escaped_semicolons: false`",
                "write it without the backslash",
            )
        });
    }
    if !text.is_ascii() {
        refused.push((
            "the text has a character that is not ASCII",
            "write ASCII; with `lenient: true` it is sent as UTF-8",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected texts are what octoDNS 1.22.0 gave (`to_raw_text`); with backslashes, what PowerDNS 4.7 and BIND 9.18
    /// served when it had written them.
    #[test]
    fn as_octodns_reads() {
        for (written, escaped, text, refused, doubt) in [
            ("v=spf1 -all", true, "v=spf1 -all", 0, false),
            (r"v=DKIM1\; k=rsa", true, "v=DKIM1; k=rsa", 0, false),
            ("v=DKIM1; k=rsa", false, "v=DKIM1; k=rsa", 0, false),
            ("a;b", true, "a;b", 1, false),
            ("a ; b", true, "a ; b", 0, false),
            (r"a\\;b", true, r"a\;b", 1, true),
            (r"a\;b", false, r"a\;b", 1, true),
            (r"a\\b", true, r"a\b", 0, true),
            (r"a\b", true, "ab", 0, true),
            (r"a\065b", true, "aAb", 0, true),
            (r"a\999", true, r"a\999", 1, true),
            (r#"a\\b c\"d"#, true, r#"a\b c"d"#, 0, true),
            (r#""abc" "def""#, true, "abcdef", 0, false),
            (r#"abc" "def"#, true, "abcdef", 0, false),
            (r#""abc"#, true, "ab", 0, true),
            (r#""a"b"#, true, "a\"", 0, true),
            ("\"", true, "", 0, true),
            ("\"é", true, "", 1, true),
            ("", true, "", 0, false),
            (r#"say \"hi\""#, true, r#"say "hi""#, 0, true),
            (r#"say "hi""#, true, r#"say "hi""#, 0, false),
            ("é", true, "é", 1, false),
            ("a\tb", true, "a\tb", 0, true),
        ] {
            let read = read(written, escaped);
            assert_eq!(
                (&*String::from_utf8_lossy(&read.text), read.refused.len(), read.doubt.is_some()),
                (text, refused, doubt),
                "{written}"
            );
        }
    }
}

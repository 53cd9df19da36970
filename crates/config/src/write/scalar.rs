//! Text as a YAML scalar that every YAML reader takes for this text.

use std::fmt::Write as _;

/// Where a scalar stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On a line of its own or behind a key.
    Block,
    /// Between brackets.
    Flow,
}

/// The text, in quotes where it needs them: single ones where that is enough.
pub(super) fn scalar(text: &str, place: Place) -> String {
    if is_plain(text, place) {
        return text.to_owned();
    }
    let controls = text.chars().any(|c| c.is_control() || is_invisible(c));
    if !controls && text.contains(['"', '\\']) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if u32::from(c) < 0x100 && c.is_control() => {
                let _ = write!(quoted, "\\x{:02x}", u32::from(c));
            }
            c if is_invisible(c) => {
                let _ = match u32::from(c) {
                    code @ ..0x1_0000 => write!(quoted, "\\u{code:04x}"),
                    code => write!(quoted, "\\U{code:08x}"),
                };
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Characters that a person does not see, or that YAML takes for a line break or a byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{A0}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Whether the text can stand without quotes: it is read as this text, and as no number, truth value, time or null.
fn is_plain(text: &str, place: Place) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let starts_well = first.is_ascii_alphanumeric()
        || matches!(first, b'_' | b'/' | b'.' | b'\\' | b'$' | b'+' | b'(' | b'^' | b'~');
    let ends_well = !matches!(last, b' ' | b'\t' | b':');
    let flow = |octet: &u8| matches!(octet, b',' | b'[' | b']' | b'{' | b'}' | b':');
    starts_well
        && ends_well
        && !(place == Place::Flow && bytes.iter().any(flow))
        && bytes.iter().all(|octet| (0x20..0x7f).contains(octet))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains("  ")
        && !means_more(text)
}

/// Whether some YAML reader (1.1 or 1.2) takes the text for something else than text.
fn means_more(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if matches!(
        &*lower,
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "~" | "." | "=" | "<<"
    ) {
        return true;
    }
    let bare = lower.trim_start_matches(['+', '-', '.']);
    matches!(bare, "inf" | "nan") || bare.starts_with(|c: char| c.is_ascii_digit()) && is_number(bare)
}

/// Whether a text that starts with a digit is a number in some base, also with an exponent, a time in base 60, or a date.
fn is_number(text: &str) -> bool {
    let all =
        |text: &str, more: &str| text.chars().all(|c| c.is_ascii_digit() || c == '_' || more.contains(c));
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let decimal = all(mantissa, ".") && mantissa.matches('.').count() <= 1 && all(exponent, "+-");
    let based = ["0x", "0o", "0b"].iter().any(|base| {
        text.strip_prefix(base)
            .is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit() || c == '_'))
    });
    let date = text.as_bytes().get(4) == Some(&b'-') && all(text, "-:tz .+");
    decimal || based || date || all(text, ":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_where_they_are_needed() {
        for (text, block, flow) in [
            ("203.0.113.10", "203.0.113.10", "203.0.113.10"),
            ("10 mail", "10 mail", "10 mail"),
            ("@", "\"@\"", "\"@\""),
            ("2001:db8::1", "2001:db8::1", "\"2001:db8::1\""),
            ("2001:db8::", "\"2001:db8::\"", "\"2001:db8::\""),
            ("::1", "\"::1\"", "\"::1\""),
            ("0 issue \"ca.example\"", "0 issue \"ca.example\"", "0 issue \"ca.example\""),
            ("v=spf1 include:a -all", "v=spf1 include:a -all", "\"v=spf1 include:a -all\""),
            ("\"a\" \"b\"", "'\"a\" \"b\"'", "'\"a\" \"b\"'"),
            ("it's", "it's", "it's"),
            ("*.www", "\"*.www\"", "\"*.www\""),
            ("no", "\"no\"", "\"no\""),
            ("1.10", "\"1.10\"", "\"1.10\""),
            ("0600", "\"0600\"", "\"0600\""),
            ("1e3", "\"1e3\"", "\"1e3\""),
            ("0x1F", "\"0x1F\"", "\"0x1F\""),
            ("2026-11-23", "\"2026-11-23\"", "\"2026-11-23\""),
            ("12:30", "\"12:30\"", "\"12:30\""),
            ("a: b", "\"a: b\"", "\"a: b\""),
            ("a #b", "\"a #b\"", "\"a #b\""),
            ("", "\"\"", "\"\""),
            (" a", "\" a\"", "\" a\""),
            ("é", "\"é\"", "\"é\""),
            ("a\nb\u{7}\u{feff}", "\"a\\nb\\x07\\ufeff\"", "\"a\\nb\\x07\\ufeff\""),
            ("~", "\"~\"", "\"~\""),
            ("v=DMARC1; p=none", "v=DMARC1; p=none", "v=DMARC1; p=none"),
        ] {
            assert_eq!((&*scalar(text, Place::Block), &*scalar(text, Place::Flow)), (block, flow), "{text}");
        }
    }
}

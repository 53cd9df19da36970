//! Which zone a file is about, without reading all of it as YAML.

/// What a quick look at a text gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scan<'t> {
    /// The text behind `zone:`, with line and column of it.
    Written(&'t str, u32, u32),
    /// No `zone:` at the start of a line.
    Absent,
    /// The file is written in a way that needs a YAML reader.
    Unclear,
}

/// Looks for `zone:` at the start of a line.
pub(super) fn scan(text: &str) -> Scan<'_> {
    let mut first = true;
    for (number, line) in (1..).zip(text.split('\n')) {
        if !matches!(line.as_bytes().first(), Some(b'z' | b'"' | b'\'')) {
            // Only the first line with content tells whether the keys stand at the start of their lines.
            if first && !matches!(line.trim().as_bytes(), [] | [b'#' | b'%', ..] | [b'-', b'-', b'-']) {
                first = false;
                if matches!(line.as_bytes().first(), Some(b' ' | b'\t' | b'{' | b'?' | b'!' | b'&' | b'-')) {
                    return Scan::Unclear;
                }
            }
            continue;
        }
        first = false;
        let rest = ["zone", "\"zone\"", "'zone'"].iter().find_map(|key| line.strip_prefix(key));
        let Some(value) = rest.and_then(|rest| rest.trim_start_matches([' ', '\t']).strip_prefix(':')) else {
            continue;
        };
        if !value.starts_with([' ', '\t', '\r']) {
            if value.is_empty() {
                return Scan::Unclear;
            }
            continue;
        }
        return value_of(line, value, number);
    }
    Scan::Absent
}

fn value_of<'t>(line: &'t str, value: &'t str, number: u32) -> Scan<'t> {
    let start = value.trim_start();
    let column = line.chars().count() - start.chars().count() + 1;
    let text = match start.as_bytes().first() {
        Some(quote @ (b'"' | b'\'')) => {
            let inner = start.get(1..).unwrap_or_default();
            inner.split_once(char::from(*quote)).map(|(inner, _)| inner).filter(|inner| !inner.contains('\\'))
        }
        None | Some(b'&' | b'*' | b'!' | b'|' | b'>' | b'[' | b'{' | b'#') => None,
        Some(_) => Some(start.split(" #").next().unwrap_or(start).trim_end()),
    };
    match text {
        Some(text) => Scan::Written(text, number, u32::try_from(column).unwrap_or(0)),
        None => Scan::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_zone() {
        for (text, expected) in [
            ("zone: example.com\nttl: 1h\n", Scan::Written("example.com", 1, 7)),
            ("# x\n---\nttl: 1h\nzone:   example.com  # y\r\n", Scan::Written("example.com", 4, 9)),
            ("\"zone\": 'example.com'\n", Scan::Written("example.com", 1, 9)),
            ("zone : \"example.com\" # y", Scan::Written("example.com", 1, 8)),
            ("records:\n  zone: { A: 192.0.2.1 }\n", Scan::Absent),
            ("zones: x\nzone:x\n", Scan::Absent),
            ("", Scan::Absent),
            ("zone:\n  example.com\n", Scan::Unclear),
            ("zone: &a example.com\n", Scan::Unclear),
            ("zone: \"ex\\u0061mple.com\"\n", Scan::Unclear),
            ("{zone: example.com}\n", Scan::Unclear),
            ("  zone: example.com\n", Scan::Unclear),
        ] {
            assert_eq!(scan(text), expected, "{text:?}");
        }
    }
}

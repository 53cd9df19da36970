//! What a file says about its zone as a whole, without reading all of it as YAML.

/// What a quick look at a text gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scan<'t> {
    /// The text behind the key, with line and column of it.
    Written(&'t str, u32, u32),
    /// The key is at the start of no line.
    Absent,
    /// The file is written in a way that needs a YAML reader.
    Unclear,
}

/// Looks for a key at the start of a line.
pub(super) fn scan<'t>(text: &'t str, key: &str) -> Scan<'t> {
    let initial = key.as_bytes().first().copied();
    let may_be_key = |line: &str| match line.as_bytes().first() {
        Some(b'"' | b'\'') => true,
        first => first.copied() == initial,
    };
    let mut first = true;
    for (number, line) in (1..).zip(lines(text)) {
        if !may_be_key(line) {
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
        let rest = ["", "\"", "'"]
            .iter()
            .find_map(|quote| line.strip_prefix(quote)?.strip_prefix(key)?.strip_prefix(quote));
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

/// The lines of a text. Every file is scanned some times before it is read, so this takes the fast way.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', text.as_bytes()).chain(std::iter::once(text.len())).map(move |end| {
        let line = text.get(start..end).unwrap_or_default();
        start = end.saturating_add(1);
        line
    })
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
            assert_eq!(scan(text, "zone"), expected, "{text:?}");
        }
    }
}

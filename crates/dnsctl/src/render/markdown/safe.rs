//! Text from records, files and servers in Markdown (CommonMark with the tables of GitHub): nothing in it is markup, and
//! nobody is mentioned.

use crate::render::words;

/// A code span.
pub(in crate::render) fn code(text: &str) -> String {
    let clean = one_line(text);
    let fence = "`".repeat(longest_run(&clean) + 1);
    // A blank on both sides is taken away again; without one a backtick at the edge would belong to the fence.
    let edge = |c| matches!(c, '`' | ' ');
    let pad = if clean.starts_with(edge) || clean.ends_with(edge) { " " } else { "" };
    match clean.trim().is_empty() {
        // A span of nothing or of blanks is none.
        true => "(empty)".to_owned(),
        false => format!("{fence}{pad}{clean}{pad}{fence}"),
    }
}

/// A code span in a cell of a table, where a bar would end the cell even inside the span.
pub(in crate::render) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Text outside of code. References (`@user`, `#12`, `!12`) are found by servers in the page that comes out, so no escape
/// helps against them; their sign is put into a code span, where they do not look.
pub(in crate::render) fn escape(text: &str) -> String {
    let clean = one_line(text);
    let mut out = String::with_capacity(clean.len());
    let mut characters = clean.chars().peekable();
    while let Some(c) = characters.next() {
        let refers = characters.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_');
        match c {
            '@' | '#' | '!' | '~' | '%' | '$' if refers => {
                out.extend(['`', c, '`']);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// A fence for a block of code, longer than any in it.
pub(super) fn fence(body: &str) -> String {
    "`".repeat(longest_run(body).max(2) + 1)
}

/// Text on one line, without anything that changes what is shown.
pub(super) fn one_line(text: &str) -> String {
    words::safe(text).replace('\n', " ")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// The start of a text of more than `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_record_becomes_markup() {
        assert_eq!(cell("a | b `c` </td> @octocat"), "``a \\| b `c` </td> @octocat``");
        assert_eq!(code("a|b"), "`a|b`");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code(" x"), "`  x `");
        assert_eq!((code(""), code("  ")), ("(empty)".into(), "(empty)".into()));
        assert_eq!(escape("<b> @me #1 *x* & @ MX"), "&lt;b&gt; `@`me `#`1 \\*x\\* &amp; @ MX");
        assert_eq!(escape("a\u{1b}[31m\u{202e}\nb"), "a\\\\u{1b}\\[31m\\\\u{202e} b");
        assert_eq!(fence("x"), "```");
        assert_eq!(fence("x ```` y"), "`````");
        assert_eq!((cut("abc", 3), cut("abcd", 3)), ("abc".into(), "abc…".into()));
    }
}

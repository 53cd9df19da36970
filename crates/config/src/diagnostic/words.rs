//! Words in messages: quoting what a file says, and guessing what was meant.

use std::borrow::Cow;

/// Text from an input, ready for a message: in backticks, control characters escaped, long text cut.
pub fn quote(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text.chars().take(LONGEST).flat_map(shown_char).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Text from anywhere as a terminal or a report may show it: controls, direction marks and characters without a width
/// are written as escapes (`\\u{1b}`). Line feeds stay.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let stays = |c: char| c == '\n' || !is_unsafe(c);
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if stays(c) { shown.push(c) } else { shown.extend(shown_char(c)) }
    }
    Cow::Owned(shown)
}

/// Text with every character outside of ASCII escaped (`\\u{fc}`).
pub fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '…' => shown.push_str("..."),
            c if c.is_ascii() => shown.push(c),
            c => shown.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(shown)
}

/// A character as messages show it. Controls and direction marks could change what a terminal displays.
fn shown_char(c: char) -> impl Iterator<Item = char> {
    let escaped = is_unsafe(c).then(|| c.escape_default());
    escaped.is_none().then_some(c).into_iter().chain(escaped.into_iter().flatten())
}

/// Would this character change the display instead of showing itself?
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The candidate that was probably meant by a misspelt `word`, for "did you mean". Letter case does not count.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Share of characters in common from which on two words are close: `tll` and `ttl` have 0.67.
    const CLOSE: f32 = 0.65;
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(same) = candidates.iter().find(|candidate| candidate.eq_ignore_ascii_case(word)) {
        return Some(same);
    }
    similar::get_close_matches(word, &candidates, 1, CLOSE).first().copied()
}

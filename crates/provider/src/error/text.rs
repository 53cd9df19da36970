//! Texts that somebody else wrote, made fit for one line of a message.

/// Makes a text of unknown origin safe to print: one line, single spaces, no control characters and no characters that
/// turn the direction of writing, at most `max` characters (then it ends in `…`).
pub(crate) fn clean(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max));
    let mut count = 0_usize;
    let mut gap = false;
    for character in text.chars() {
        let invisible = matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if character.is_control() || character.is_whitespace() || invisible {
            gap = !out.is_empty();
            continue;
        }
        let width = 1 + usize::from(gap);
        if count + width > max {
            out.push('…');
            break;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        out.push(character);
        count += width;
    }
    out
}

/// `scheme://user:password@host/path` without `user:password@`.
pub(super) fn without_userinfo(endpoint: &str) -> String {
    let Some((scheme, rest)) = endpoint.split_once("://") else { return endpoint.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

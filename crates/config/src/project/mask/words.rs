//! Which words mean a secret, and messages without one.

/// Parts of the names of options that hold secrets.
const SECRET: [&str; 9] =
    ["secret", "token", "password", "passphrase", "api_key", "apikey", "private_key", "credential", "auth"];

/// Whole names of such options; names that are spelt nearly so are taken for them, too.
const NAMES: [&str; 11] = [
    "api_key",
    "api_token",
    "token",
    "secret",
    "key_secret",
    "password",
    "passphrase",
    "private_key",
    "secret_access_key",
    "session_token",
    "access_key",
];

/// The keys of a source of secrets, which are no secrets.
pub(super) const SOURCES: [&str; 3] = ["env", "file", "command"];

pub(super) fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

pub(super) fn is_of_anchor(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, ',' | '[' | ']' | '{' | '}')
}

/// Whether a key is the name of an option that holds a secret, or nearly one.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    // Names with dots are those of zones.
    if name.contains('.') || name == "secret_handlers" || name.ends_with("_file") {
        return false;
    }
    matches!(name.as_str(), "key" | "pass")
        || SECRET.iter().any(|part| name.contains(part))
        || NAMES.iter().any(|known| is_near(&name, known))
}

/// Whether two words differ by one character, or by two that changed places.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let before = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(before..).unwrap_or_default(), b.get(before..).unwrap_or_default());
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (a.get(..a.len() - after), b.get(..b.len() - after)) {
        (Some([a, x]), Some([b, y])) => a == y && b == x,
        (Some(a), Some(b)) => a.len() <= 1 && b.len() <= 1,
        _ => false,
    }
}

/// A message without what is hidden. Messages quote what a file says.
pub(super) fn cleaned(message: &str, inside: bool, original: &str, masked: &str) -> String {
    let mut message = message.to_owned();
    for quote in ['`', '"'] {
        let spans: Vec<&str> = message.split(quote).skip(1).step_by(2).collect();
        let is_shown = |span: &&str| {
            let span = span.trim_end_matches('…');
            SOURCES.contains(&span) || masked.contains(span) || !inside && !original.contains(span)
        };
        if spans.iter().all(is_shown) {
            continue;
        }
        if original.matches(quote).count() == masked.matches(quote).count() {
            let piece = |(index, piece): (usize, &str)| match index % 2 == 0 || is_shown(&piece) {
                true => piece.to_owned(),
                false => "***".to_owned(),
            };
            message =
                message.split(quote).enumerate().map(piece).collect::<Vec<_>>().join(&quote.to_string());
            continue;
        }
        // A quote in the secret would make the spans wrong: all between the first and the last goes.
        if let (Some(first), Some(last)) = (message.find(quote), message.rfind(quote)) {
            let unclosed = first == last;
            let before = message.get(..first).unwrap_or_default();
            let after = if unclosed { "" } else { message.get(last + 1..).unwrap_or_default() };
            message = format!("{before}{quote}***{quote}{after}");
        }
    }
    message
}

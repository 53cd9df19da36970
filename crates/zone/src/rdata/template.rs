//! URI templates (RFC 6570), as far as the path of DNS over HTTPS needs them (RFC 9461 section 5).

/// Whether a text is a template of a path, with the variable `dns` in it.
pub(super) fn is_path_of_queries(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let mut found = false;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '%']) {
        let Some((_, special)) = rest.split_at_checked(at) else { return false };
        let Some(after) = special.strip_prefix('{') else {
            let Some(after) = escaped(special) else { return false };
            rest = after;
            continue;
        };
        let Some((expression, after)) = after.split_once('}') else { return false };
        let variables = expression.strip_prefix(['+', '#', '.', '/', ';', '?', '&']).unwrap_or(expression);
        for variable in variables.split(',') {
            let Some(name) = name(variable) else { return false };
            found |= name == "dns";
        }
        rest = after;
    }
    found && text.starts_with('/')
}

/// What follows `%` and two hexadecimal digits.
fn escaped(text: &str) -> Option<&str> {
    let digits = text.get(1..3)?;
    digits.bytes().all(|octet| octet.is_ascii_hexdigit()).then(|| text.get(3..)).flatten()
}

/// The name of a variable without its modifier (RFC 6570 sections 2.3 and 2.4). BIND takes no dots in it.
fn name(variable: &str) -> Option<&str> {
    let name = match (variable.strip_suffix('*'), variable.split_once(':')) {
        (Some(name), _) => name,
        (None, Some((name, length))) => {
            let digits =
                (1..=4).contains(&length.len()) && length.bytes().all(|octet| octet.is_ascii_digit());
            if !digits || length.starts_with('0') {
                return None;
            }
            name
        }
        (None, None) => variable,
    };
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '%' => escaped(rest)?,
            c if c.is_ascii_alphanumeric() || c == '_' => rest.get(1..)?,
            _ => return None,
        };
    }
    (!name.is_empty()).then_some(name)
}

//! A configuration as messages may show it: without the secrets that stand in it.

/// Parts of the names of options that hold secrets.
const SECRET: [&str; 7] = ["secret", "token", "password", "passphrase", "api_key", "apikey", "private_key"];

/// The text with a star for each character of a secret, so that all places in it stay the same. Sources of secrets
/// (`{ env: NAME }`, `env/NAME`) are none.
pub(super) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    // The indentation of a key whose text stands on the lines below it.
    let mut below: Option<(usize, bool)> = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let deeper = |key: usize| indent > key || line.trim().is_empty();
        // Below a key without a value a mapping can stand, which is no secret.
        let text_below = below.is_some_and(|(key, block)| deeper(key) && (block || !line.contains(':')));
        if text_below {
            stars(&mut masked, line);
            continue;
        }
        below = None;
        let mut rest = line;
        while let Some((before, value)) = rest.split_once(": ").or_else(|| rest.split_once(":\n")) {
            masked.push_str(before);
            let separator = if rest.len() > before.len() + value.len() + 1 { 2 } else { 1 };
            masked.push_str(rest.get(before.len()..before.len() + separator).unwrap_or_default());
            rest = value;
            if is_secret(before) {
                let start = value.trim_start();
                masked.push_str(value.get(..value.len() - start.len()).unwrap_or_default());
                if start.is_empty() || start.starts_with(['|', '>']) {
                    below = Some((indent, !start.is_empty()));
                }
                let in_flow = line
                    .get(..line.len() - value.len())
                    .is_some_and(|head| head.matches('{').count() > head.matches('}').count());
                let (secret, after) = start.split_at_checked(length(start, in_flow)).unwrap_or((start, ""));
                stars(&mut masked, secret);
                rest = after;
            }
        }
        masked.push_str(rest);
    }
    masked
}

/// Whether what stands before a colon ends with the name of an option that holds a secret.
fn is_secret(before: &str) -> bool {
    let name = before.trim_end_matches(['"', '\'', ' ']);
    let start =
        name.rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')).map_or(0, |at| at + 1);
    let name = name.get(start..).unwrap_or_default().to_ascii_lowercase().replace('-', "_");
    SECRET.iter().any(|part| name.contains(part)) && !name.ends_with("_file")
}

/// How many octets of a value are a secret.
fn length(value: &str, in_flow: bool) -> usize {
    match value.as_bytes().first() {
        None | Some(b'{' | b'[' | b'|' | b'>' | b'#') => 0,
        Some(quote @ (b'"' | b'\'')) => {
            let inner = value.get(1..).unwrap_or_default();
            inner.find(char::from(*quote)).map_or(value.trim_end().len(), |end| end + 2)
        }
        Some(_) if value.starts_with("env/") => 0,
        Some(_) => {
            let end = if in_flow { value.find([',', '}']) } else { None };
            let plain = value.get(..end.unwrap_or(value.len())).unwrap_or(value);
            plain.split(" #").next().unwrap_or(plain).trim_end().len()
        }
    }
}

fn stars(out: &mut String, text: &str) {
    out.extend(text.chars().map(|c| if c.is_whitespace() { c } else { '*' }));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::mask;

    proptest! {
        #[test]
        fn places_stay(text in "([a-z:{},'\"|># \n\té]|token: |: |\n  ){0,80}") {
            let masked = mask(&text);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            prop_assert_eq!(masked.lines().count(), text.lines().count());
        }
    }

    #[test]
    fn secrets_are_stars_and_all_else_stays() {
        for (text, masked) in [
            (
                "main: { type: powerdns, api_key: hunter2, url: x }\n",
                "main: { type: powerdns, api_key: *******, url: x }\n",
            ),
            ("  api_key: hunter2, no comma # why\n", "  api_key: ******** ** ***** # why\n"),
            ("  \"api_key\": \"hun ter\" # x\n", "  \"api_key\": **** **** # x\n"),
            ("secret_handlers:\n  env:\n    class: x\n", "secret_handlers:\n  env:\n    class: x\n"),
            ("  secret_access_key: 'é€'", "  secret_access_key: ****"),
            ("  token: { env: TOKEN }\n", "  token: { env: TOKEN }\n"),
            ("  key_secret: env/NAME\n", "  key_secret: env/NAME\n"),
            ("  token_file: /run/token\n", "  token_file: /run/token\n"),
            ("  key_name: name\n", "  key_name: name\n"),
            (
                "  private_key: |\n    line one\n\n    two\n  url: x\n",
                "  private_key: |\n    **** ***\n\n    ***\n  url: x\n",
            ),
            ("  password:\n    hunter2\n  url: x\n", "  password:\n    *******\n  url: x\n"),
            ("a: b\n", "a: b\n"),
            ("", ""),
        ] {
            assert_eq!(mask(text), masked, "{text}");
            assert_eq!(mask(text).chars().count(), text.chars().count());
        }
    }
}

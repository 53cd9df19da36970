//! What PyYAML, which octoDNS reads with, makes of a scalar where YAML 1.2 has text.
//!
//! PyYAML follows YAML 1.1: an unquoted `no` is a truth value, `010` the number 8, `1.10` the number 1.1 and `1:30` the
//! number 90. `dnsctl` keeps what was written; this says where the two differ.

use crate::yaml::{Scalar, Style};

/// The text that Python's `str()` gives for what PyYAML reads, when it is another than what was written. Dates are not
/// looked at: their `str()` is what was written.
pub(super) fn other_reading(scalar: &Scalar<'_>) -> Option<String> {
    let text = scalar.text();
    if scalar.style() != Style::Plain {
        return None;
    }
    let reading = match text.as_bytes() {
        [] => "None".to_owned(),
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => match integer(text) {
            Some(number) => number.to_string(),
            None => float(text)?,
        },
        [_] if text != "~" => return None,
        // The longest word is `false`.
        _ if text.len() > 5 => return None,
        _ if scalar.is_null() => "None".to_owned(),
        _ => if boolean(text)? { "True" } else { "False" }.to_owned(),
    };
    (reading != text).then_some(reading)
}

/// A truth value of YAML 1.1 as PyYAML knows it: `y` and `n` are none.
pub(super) fn boolean(text: &str) -> Option<bool> {
    let cased = |word: &str| {
        let (first, rest) = word.split_at(1);
        text == word || text == word.to_ascii_uppercase() || text == first.to_ascii_uppercase() + rest
    };
    if ["yes", "true", "on"].into_iter().any(cased) {
        return Some(true);
    }
    ["no", "false", "off"].into_iter().any(cased).then_some(false)
}

/// A whole number of YAML 1.1: decimal, `0b`, `0x`, octal by a zero at the start, and base 60 with colons.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    let number = if let Some(rest) = plain.strip_prefix("0b") {
        i128::from_str_radix(rest, 2).ok()?
    } else if let Some(rest) = plain.strip_prefix("0x") {
        i128::from_str_radix(rest, 16).ok()?
    } else if plain.contains(':') {
        sixties(digits)?
    } else if plain.len() > 1 && plain.starts_with('0') {
        i128::from_str_radix(&plain, 8).ok()?
    } else if digits.starts_with(|c: char| c.is_ascii_digit()) {
        plain.parse().ok()?
    } else {
        return None;
    };
    Some(if negative { -number } else { number })
}

/// `[1-9][0-9_]*(:[0-5]?[0-9])+`
fn sixties(digits: &str) -> Option<i128> {
    let mut parts = digits.split(':');
    let first = parts.next()?;
    if !first.starts_with(|c: char| matches!(c, '1'..='9')) {
        return None;
    }
    let mut number: i128 = first.replace('_', "").parse().ok()?;
    for part in parts {
        let good = matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
        number = number.checked_mul(60)?.checked_add(part.parse().ok().filter(|_| good)?)?;
    }
    Some(number)
}

/// A number with a point; without one an exponent makes no number. Infinity and the like are left out: they are written
/// with a word that no reader takes for a name.
fn float(text: &str) -> Option<String> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (body.get(..at)?, Some(body.get(at + 1..)?)),
        None => (body, None),
    };
    let (whole, part) = mantissa.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'_');
    let signed = exponent.is_none_or(|exponent| {
        exponent
            .strip_prefix(['-', '+'])
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|octet| octet.is_ascii_digit()))
    });
    let first = if whole.is_empty() { part } else { whole };
    if !digits(whole) || !digits(part) || !first.starts_with(|c: char| c.is_ascii_digit()) || !signed {
        return None;
    }
    // Without digits before the point there is no sign.
    if whole.is_empty() && body.len() != text.len() {
        return None;
    }
    let number: f64 = text.replace('_', "").parse().ok()?;
    Some(format!("{number:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, Files};
    use crate::yaml::{self, Limits};

    fn reading(text: &str) -> Option<String> {
        let (files, mut found) = (Files::new(), Diagnostics::new());
        let file = files.add("z.yaml", format!("k: {text}\n"));
        let tree = yaml::parse(&file, &Limits::default(), &mut found).unwrap().unwrap();
        other_reading(tree.get("k").unwrap().as_scalar().unwrap())
    }

    /// The right side is what PyYAML 6.0.3 gave, put through `str()`.
    #[test]
    fn as_pyyaml_reads() {
        for (text, other) in [
            ("no", "False"),
            ("On", "True"),
            ("YES", "True"),
            ("off", "False"),
            ("True", "="),
            ("true", "True"),
            ("y", "="),
            ("nO", "="),
            ("'no'", "="),
            ("1.10", "1.1"),
            ("10.20", "10.2"),
            ("1.", "1.0"),
            ("1.5", "="),
            ("1e3", "="),
            ("1.0e+3", "1000.0"),
            (".5", "0.5"),
            ("010", "8"),
            ("0", "="),
            ("08", "="),
            ("10", "="),
            ("+10", "10"),
            ("1_000", "1000"),
            ("0x1F", "31"),
            ("0b11", "3"),
            ("1:30", "90"),
            ("1:2:3:4:5:6:7:8", "2895057742028"),
            ("1:70", "="),
            ("~", "None"),
            ("null", "None"),
            ("2020-01-01", "="),
            ("192.0.2.1", "="),
            ("2001:db8::1", "="),
            ("1.2.3.0/24", "="),
        ] {
            let found = reading(text);
            assert_eq!(found.as_deref().unwrap_or("="), other, "{text}");
        }
        assert_eq!(reading("").as_deref(), Some("None"));
    }
}

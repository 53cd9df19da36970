//! Numbers, durations and names as a person reads them.

use dnsctl_zone::{Name, Rdata};

/// `1 update`, `3 updates`.
pub(crate) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{} {word}s", thousands(number)) }
}

/// A number with separators: `12,345`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The text of an rdata with names below the apex shortened as in the zone file.
pub(crate) fn rdata(value: &Rdata, apex: &Name) -> String {
    let text = value.to_string();
    match value.target().filter(|target| target.is_at_or_below(apex)) {
        Some(target) if value.ip().is_none() => text.replace(&target.to_string(), &target.relative_to(apex)),
        _ => text,
    }
}

/// The strings of TXT joined, as a person wrote them; octets that are no text stay escaped.
pub(crate) fn joined(value: &Rdata) -> String {
    let octets = value.joined_text();
    match String::from_utf8(octets) {
        Ok(text) if !text.chars().any(char::is_control) => text,
        _ => value.to_string(),
    }
}

/// A zone's name without the dot at its end, internationalised where it has U-labels.
pub(crate) fn zone(name: &Name) -> String {
    let plain = name.without_dot();
    let unicode = name.to_unicode();
    if unicode == plain { plain } else { format!("{plain} ({unicode})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_durations() {
        assert_eq!(
            (thousands(0), thousands(999), thousands(1_234_567)),
            ("0".into(), "999".into(), "1,234,567".into())
        );
        assert_eq!((count(1, "update"), count(2000, "update")), ("1 update".into(), "2,000 updates".into()));
    }
}

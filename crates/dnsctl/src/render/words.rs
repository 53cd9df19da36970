//! Numbers, durations and names as a person reads them.

pub(crate) use dnsctl_config::diagnostic::harmless as safe;
use dnsctl_zone::{Name, Rdata, RecordType, joins_strings};

/// `1 update`, `3 updates`.
pub(crate) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{} {word}s", thousands(number)) }
}

/// The first few of a list, and how many more there are: `a, b, c and 12 more`.
pub(crate) fn listed(items: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let shown = items.take(most).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {} more", thousands(more)) } else { shown }
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

/// Text from anywhere on one line, harmless.
pub(crate) fn one_line(text: &str) -> String {
    safe(text).replace('\n', "\\n")
}

/// An rdata as a person wrote it: the strings of TXT joined where their readers join them, names below the apex
/// shortened as in the zone file.
pub(crate) fn value(value: &Rdata, owner: &Name, apex: &Name) -> String {
    match value.rtype() {
        RecordType::TXT | RecordType::SPF if joins_strings(owner) => joined(value),
        _ => rdata(value, apex),
    }
}

/// The text of an rdata with names below the apex shortened as in the zone file.
pub(crate) fn rdata(value: &Rdata, apex: &Name) -> String {
    let text = value.to_string();
    match value.target().filter(|target| target.is_at_or_below(apex)) {
        Some(target) if value.ip().is_none() => text.replace(&target.to_string(), &target.relative_to(apex)),
        _ => text,
    }
}

/// The strings of TXT joined; octets that are no text stay escaped.
fn joined(value: &Rdata) -> String {
    match String::from_utf8(value.joined_text()) {
        Ok(text) if !text.chars().any(char::is_control) => one_line(&text),
        _ => value.to_string(),
    }
}

/// A zone's name without the dot at its end, internationalised where it has U-labels.
pub(crate) fn zone(name: &Name) -> String {
    let plain = name.without_dot();
    let unicode = one_line(&name.to_unicode());
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

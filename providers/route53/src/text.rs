//! Names and values as Route 53 writes them: escapes are octal, where master files have decimal ones.
//!
//! <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>,
//! <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html>

use dnsctl_zone::{Name, Names, Rdata, RecordType};
use std::fmt::Write as _;

/// A name with a dot at its end. Everything but `a-z 0-9 - _` is an octal escape, as Route 53 itself writes it; only a
/// leftmost label `*` stays, since there it is a wildcard.
pub(crate) fn name(name: &Name) -> String {
    if name.is_root() {
        return ".".to_owned();
    }
    let mut text = String::with_capacity(name.wire_len());
    for (index, label) in name.labels().enumerate() {
        if index == 0 && *label == *b"*" {
            text.push('*');
        } else {
            for &octet in label.iter() {
                push(&mut text, octet, octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'));
            }
        }
        text.push('.');
    }
    text
}

/// Reads a name; the dot at its end may be missing, since Route 53 knows only absolute names.
///
/// # Errors
/// Why it is no name, in words.
pub(crate) fn read_name(text: &str) -> Result<Name, String> {
    if text == "." {
        return Ok(Name::root());
    }
    let mut labels: Vec<Vec<u8>> = Vec::new();
    let mut label = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match octet {
            b'.' => labels.push(std::mem::take(&mut label)),
            b'\\' => {
                let (octet, after) = escape(after).ok_or_else(|| bad_escape(text))?;
                label.push(octet);
                rest = after;
            }
            _ => label.push(octet),
        }
    }
    if !label.is_empty() {
        labels.push(label);
    }
    Name::from_labels(labels.iter().map(Vec::as_slice)).map_err(|error| error.to_string())
}

/// The text of a `Value` element.
pub(crate) fn value(rdata: &Rdata) -> String {
    let text = rdata.to_string();
    if !text.contains('\\') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    let mut rest = text.as_str();
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        if character != '\\' {
            quoted ^= character == '"';
            out.push(character);
            continue;
        }
        let digits = rest.get(..3).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse::<u8>().ok());
        let (octet, length) = match number {
            Some(octet) => (octet, 3),
            None => (rest.bytes().next().unwrap_or(b'\\'), 1),
        };
        rest = rest.get(length..).unwrap_or_default();
        if quoted && number.is_none() {
            // A quote or a backslash in a character-string.
            out.push('\\');
            out.push(char::from(octet));
        } else {
            push(&mut out, octet, false);
        }
    }
    out
}

/// Reads the text of a `Value` element.
///
/// # Errors
/// Why it is no value of this type, in words.
pub(crate) fn read_value(rtype: RecordType, text: &str) -> Result<Rdata, String> {
    let root = Name::root();
    let names = Names { origin: &root, strict: false };
    let parsed = if text.contains('\\') {
        Rdata::parse(rtype, &to_decimal(text)?, names)
    } else {
        Rdata::parse(rtype, text, names)
    };
    parsed.map_err(|error| error.to_string())
}

/// The same text with decimal escapes, as in a master file.
fn to_decimal(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('\\');
    out.push_str(parts.next().unwrap_or_default());
    let mut literal = false;
    for part in parts {
        if literal {
            // The backslash before this part is itself escaped.
            literal = false;
            out.push_str(part);
            continue;
        }
        match part.as_bytes().first() {
            // Two backslashes, or one at the very end, which the parser refuses.
            None => {
                out.push_str("\\\\");
                literal = true;
            }
            Some(digit) if digit.is_ascii_digit() => {
                let octet = part.get(..3).and_then(octal).ok_or_else(|| bad_escape(text))?;
                // Writing to a String does not fail.
                let _ = write!(out, "\\{octet:03}");
                out.push_str(part.get(3..).unwrap_or_default());
            }
            Some(_) => {
                out.push('\\');
                out.push_str(part);
            }
        }
    }
    Ok(out)
}

/// What follows a backslash: three octal digits, or a character that stands for itself.
fn escape(after: &[u8]) -> Option<(u8, &[u8])> {
    let (&first, rest) = after.split_first()?;
    if !first.is_ascii_digit() {
        return Some((first, rest));
    }
    let (digits, rest) = after.split_at_checked(3)?;
    Some((octal(std::str::from_utf8(digits).ok()?)?, rest))
}

fn octal(digits: &str) -> Option<u8> {
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| u8::from_str_radix(digits, 8).ok())?
}

fn bad_escape(text: &str) -> String {
    format!("`{text}` has an escape that is not three octal digits up to 377")
}

/// Appends an octet, as an octal escape unless it is `plain`.
fn push(text: &mut String, octet: u8, plain: bool) {
    if plain {
        text.push(char::from(octet));
    } else {
        // Writing to a String does not fail.
        let _ = write!(text, "\\{octet:03o}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn absolute(text: &str) -> Name {
        Name::absolute(text).unwrap()
    }

    #[test]
    fn names_with_octal_escapes() {
        for (route53, master) in [
            (r"\052.example.com.", "*.example.com."),
            ("*.example.com", "*.example.com."),
            (r"ex\344mple.com.", r"ex\228mple.com."),
            (r"a\056b.example.com.", r"a\.b.example.com."),
            (r"0\0572.example.com.", "0/2.example.com."),
            (r"a\@b.example.com.", r"a\@b.example.com."),
            ("_dmarc.EXAMPLE.com.", "_dmarc.example.com."),
            (".", "."),
        ] {
            assert_eq!(read_name(route53), Ok(absolute(master)), "{route53}");
        }
        for (master, route53) in [
            ("*.example.com.", "*.example.com."),
            ("a.*.example.com.", r"a.\052.example.com."),
            ("**.example.com.", r"\052\052.example.com."),
            ("0/2.example.com.", r"0\0572.example.com."),
            (r"a\.b.example.com.", r"a\056b.example.com."),
            ("_dmarc.example.com.", "_dmarc.example.com."),
            (".", "."),
        ] {
            assert_eq!(name(&absolute(master)), route53);
        }
        for bad in [r"a\400.com.", r"a\08.com.", r"a\195.com.", "a\\", "a..com.", r"\1"] {
            assert!(read_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_with_octal_escapes() {
        let txt = |octets: &[u8]| Rdata::text(RecordType::TXT, octets);
        for (route53, octets) in [
            (r#""ex\344mple""#, b"ex\xe4mple".as_slice()),
            (r#""a \"b\" c\\d""#, br#"a "b" c\d"#),
            (r#""\\344""#, br"\344"),
            (r#""\001\377""#, b"\x01\xff"),
            (r#""v=spf1 ; -all""#, b"v=spf1 ; -all"),
            (r#""""#, b""),
        ] {
            assert_eq!(read_value(RecordType::TXT, route53), Ok(txt(octets)), "{route53}");
            assert_eq!(value(&txt(octets)), route53);
        }
        assert_eq!(read_value(RecordType::TXT, r#""a""b""#).unwrap().strings().count(), 2);
        let mx = read_value(RecordType::MX, r"10 a\056b\052.Example.com").unwrap();
        assert_eq!(mx.to_string(), r"10 a\.b*.example.com.");
        assert_eq!(value(&mx), r"10 a\056b*.example.com.");
        for bad in [r#""\195""#, r#""\400""#, r#""\08""#, r#""a\""#, "\"", ""] {
            assert!(read_value(RecordType::TXT, bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_name_reads_back(labels in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 0..6)) {
            let wanted = Name::from_labels(labels.iter().map(Vec::as_slice)).unwrap();
            let text = name(&wanted);
            prop_assert!(text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.*\\".contains(&octet)));
            prop_assert_eq!(read_name(&text), Ok(wanted));
        }

        #[test]
        fn every_text_reads_back(octets in proptest::collection::vec(any::<u8>(), 0..600)) {
            let wanted = Rdata::text(RecordType::TXT, &octets);
            let text = value(&wanted);
            prop_assert!(text.is_ascii() && !text.contains(char::is_control), "{}", text);
            prop_assert_eq!(read_value(RecordType::TXT, &text), Ok(wanted));
        }

        #[test]
        fn every_target_reads_back(label in proptest::collection::vec(any::<u8>(), 1..40), number in any::<u16>()) {
            let mut wire = number.to_be_bytes().to_vec();
            Name::from_labels([label.as_slice(), b"example"]).unwrap().write_wire(&mut wire);
            let wanted = Rdata::from_wire(RecordType::MX, &wire).unwrap();
            prop_assert_eq!(read_value(RecordType::MX, &value(&wanted)), Ok(wanted));
        }

        #[test]
        fn no_text_does_harm(text in any::<String>()) {
            let _ = (read_name(&text), read_value(RecordType::TXT, &text), read_value(RecordType::NAPTR, &text));
        }
    }
}

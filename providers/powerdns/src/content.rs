//! Rdata as PowerDNS writes it.
//!
//! The API takes a record only in exactly the form in which the server itself prints it ("Not in expected format"), and
//! a few types are printed in a way of their own. Found by trying 4.7.3.

use std::borrow::Cow;

use dnsctl_zone::{FieldKind, Name, Names, Rdata, RdataError, RecordType};

/// The text of a record for the API.
pub(crate) fn print(rdata: &Rdata) -> String {
    let text = rdata.to_string();
    match rdata.rtype() {
        // RFC 3597 allows no data, PowerDNS only with a blank behind.
        _ if text == "\\# 0" => text + " ",
        RecordType::SVCB | RecordType::HTTPS => service(&text),
        // Zero is south and west there.
        RecordType::LOC => text
            .replacen("0 0 0.000 N", "0 0 0.000 S", usize::from(text.starts_with('0')))
            .replace(" 0 0 0.000 E ", " 0 0 0.000 W "),
        // It prints this form of an address and does not take it.
        RecordType::AAAA if text.contains('.') => groups(rdata),
        rtype if text.contains('\\') && rtype.fields().iter().any(|field| field.kind == FieldKind::Name) => {
            plain_names(&text)
        }
        _ => text,
    }
}

/// Reads a record of the API. Names are absolute.
pub(crate) fn parse(rtype: RecordType, text: &str, root: &Name) -> Result<Rdata, RdataError> {
    let names = Names { origin: root, strict: false };
    let parsed = Rdata::parse(rtype, text, names);
    if parsed.is_ok() {
        return parsed;
    }
    let mended: Cow<'_, str> = match rtype {
        // SQL backends keep an empty text as it was sent.
        RecordType::TXT | RecordType::SPF if text.is_empty() => "\"\"".into(),
        // LMDB prints an empty target without quotes.
        RecordType::URI if text.split_ascii_whitespace().count() == 2 => format!("{text} \"\"").into(),
        // A script of more than 255 octets comes in several strings.
        RecordType::LUA => join_strings(text).into(),
        // In names PowerDNS escapes dots, backslashes and what cannot be printed, but no quotes.
        _ if matches!(rtype.fields(), [field] if field.kind == FieldKind::Name) => {
            text.replace('"', "\\\"").into()
        }
        _ => return parsed,
    };
    // The first error speaks of the text as it is there.
    Rdata::parse(rtype, &mended, names).or(parsed)
}

/// All eight groups of an IPv6 address in hexadecimal (RFC 4291 section 2.2).
fn groups(rdata: &Rdata) -> String {
    let group =
        |octets: &[u8]| format!("{:x}", octets.iter().fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet)));
    rdata.octets().chunks(2).map(group).collect::<Vec<_>>().join(":")
}

/// Outside of quotes, removes the backslashes that PowerDNS does not write in names.
fn plain_names(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let next = characters.next();
                // Of what can be printed, PowerDNS escapes only dots and backslashes; digits are the number of an octet.
                let plain = |next: char| {
                    next.is_ascii_graphic() && !next.is_ascii_digit() && !matches!(next, '.' | '\\')
                };
                let bare = !quoted && next.is_some_and(plain);
                if !bare {
                    out.push('\\');
                }
                out.extend(next);
            }
            '"' => {
                quoted = !quoted;
                out.push('"');
            }
            other => out.push(other),
        }
    }
    out
}

/// Parameters of SVCB and HTTPS (RFC 9460): `ech` and those without a name in quotes, `alpn` without unless it has a
/// blank. PowerDNS 4.7 has no names for keys above 6.
fn service(text: &str) -> String {
    let mut words = words(text).into_iter();
    let mut out: Vec<String> = words.by_ref().take(2).map(plain_names).collect();
    for word in words {
        let (key, value) = word.split_once('=').map_or((word, None), |(key, value)| (key, Some(value)));
        let inner = value
            .map(|value| value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value));
        let numbered = match key {
            "dohpath" => "key7",
            "ohttp" => "key8",
            other => other,
        };
        out.push(match (key, inner) {
            ("ech", Some(inner)) => format!("ech=\"{inner}\""),
            ("alpn", Some(inner)) if !inner.contains(' ') => format!("alpn={inner}"),
            ("mandatory" | "port" | "ipv4hint" | "ipv6hint" | "alpn", _) => word.to_owned(),
            (_, inner) if numbered.starts_with("key") => {
                format!("{numbered}=\"{}\"", inner.unwrap_or_default())
            }
            _ => word.to_owned(),
        });
    }
    out.join(" ")
}

/// Splits at blanks outside of quotes.
fn words(text: &str) -> Vec<&str> {
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    let mut words = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted => {
                words.extend(text.get(start..at).filter(|word| !word.is_empty()));
                start = at + 1;
            }
            _ => {}
        }
    }
    words.extend(text.get(start..).filter(|word| !word.is_empty()));
    words
}

/// `A "one" "two"` as `A "onetwo"`.
fn join_strings(text: &str) -> String {
    let words = words(text);
    let Some((rtype, strings)) = words.split_first() else { return String::new() };
    let inner = strings.iter().map(|word| word.strip_prefix('"').unwrap_or(word));
    let inner = inner.map(|word| word.strip_suffix('"').unwrap_or(word));
    format!("{rtype} \"{}\"", inner.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(rtype: RecordType, text: &str) -> String {
        let root = Name::root();
        print(&Rdata::parse(rtype, text, Names { origin: &root, strict: false }).unwrap())
    }

    #[test]
    fn as_the_server_prints_it() {
        for (rtype, text, wanted) in [
            (RecordType::PTR, r"a\@b\$\(c\)\;\.\\\032\%\!.x.", r"a@b$(c);\.\\\032%!.x."),
            (RecordType::NAPTR, r#"1 2 "S" "a\"b" "\\" a\@b."#, r#"1 2 "S" "a\"b" "\\" a@b."#),
            (RecordType::SVCB, r"1 a\@b. alpn=h2", "1 a@b. alpn=h2"),
            (RecordType::HTTPS, "1 . ech=AAAA port=53", "1 . port=53 ech=\"AAAA\""),
            (RecordType::HTTPS, "1 . ohttp dohpath=/q{?dns}", "1 . key7=\"/q{?dns}\" key8=\"\""),
            (RecordType::SVCB, "1 . key65000=abc key65001", "1 . key65000=\"abc\" key65001=\"\""),
            (RecordType::SVCB, r#"1 . alpn="a\\,b,c d""#, r#"1 . alpn="a\\,b,c d""#),
            (RecordType::SVCB, r#"1 . alpn="a\\,b,c""#, r"1 . alpn=a\\,b,c"),
            (RecordType::from_code(65280), r"\# 0", r"\# 0 "),
            (RecordType::AAAA, "::ffff:192.0.2.1", "0:0:0:0:0:ffff:c000:201"),
            (RecordType::AAAA, "2001:db8::1", "2001:db8::1"),
            (RecordType::LOC, "0 N 0 E 0m", "0 0 0.000 S 0 0 0.000 W 0.00m 1.00m 10000.00m 10.00m"),
            (RecordType::LOC, "10 N 10 E 0m", "10 0 0.000 N 10 0 0.000 E 0.00m 1.00m 10000.00m 10.00m"),
        ] {
            assert_eq!(printed(rtype, text), wanted);
        }
    }

    #[test]
    fn what_the_server_prints_is_read() {
        let root = Name::root();
        for (rtype, text, wanted) in [
            (RecordType::PTR, r#"a"b(c)@$.x."#, r#"a\"b\(c\)\@\$.x."#),
            (RecordType::TXT, "", "\"\""),
            (RecordType::LUA, r#"A "one \" " "two""#, r#"A "one \" two""#),
            (RecordType::URI, "1 1 ", "1 1 \"\""),
            (RecordType::SVCB, r"1 . alpn=a\\,b,c", r#"1 . alpn="a\\,b,c""#),
        ] {
            assert_eq!(parse(rtype, text, &root).unwrap().to_string(), wanted);
        }
        let error = parse(RecordType::A, "192.0.2.300", &root).unwrap_err();
        assert!(error.to_string().contains("192.0.2.300"), "{error}");
    }
}

//! Texts of any length and with any octet, the place where most tools break.

use dnsctl_zone::{RRset, Rdata, RecordType, Ttl};

use super::{TTL, in_turn};
use crate::capability::Capabilities;
use crate::conformance::Case;
use crate::conformance::stage::Stage;

/// Lengths around the 255 octets of one string (RFC 1035 section 3.3), and a large one.
const LENGTHS: [usize; 17] =
    [0, 1, 2, 253, 254, 255, 256, 257, 509, 510, 511, 512, 764, 765, 766, 1024, 4000];

/// Texts that some encoder takes for something else.
const TEXTS: &[(&str, &[&[u8]])] = &[
    ("double_quote", &[b"say \"hi\" now"]),
    ("one_double_quote", &[b"5\" disk"]),
    ("only_a_double_quote", &[b"\""]),
    ("double_quotes_around", &[b"\"quoted\""]),
    ("double_quote_at_the_start", &[b"\"start"]),
    ("double_quote_at_the_end", &[b"end\""]),
    ("single_quote", &[b"it's"]),
    ("backslash_1", &[b"a\\b"]),
    ("backslash_2", &[b"a\\\\b"]),
    ("backslash_3", &[b"a\\\\\\b"]),
    ("backslash_4", &[b"a\\\\\\\\b"]),
    ("backslash_at_the_end", &[b"end\\"]),
    ("backslash_before_a_quote", &[b"a\\\"b"]),
    ("backslash_before_digits", &[b"a\\097b"]),
    ("semicolon", &[b"v=DMARC1; p=none; rua=mailto:a@example.com"]),
    ("backslash_semicolon", &[b"v=DMARC1\\; p=none"]),
    ("blank_inside", &[b"two  blanks   three"]),
    ("blank_at_the_start", &[b"  start"]),
    ("blank_at_the_end", &[b"end  "]),
    ("only_blanks", &[b"   "]),
    ("backtick", &[b"a`b`c"]),
    ("dollar_and_braces", &[b"$ORIGIN ${x} $(y) {{z}} %TAG% @ # ( )"]),
    ("angle_and_ampersand", &[b"<a href=\"x\">&amp;</a>"]),
    ("percent", &[b"100%25 %s %00"]),
    ("comma_and_colon", &[b"a,b:c|d~e^f"]),
    ("utf_8", &["Grüße ✉ 例え 🦀".as_bytes()]),
    ("latin_1", &[b"caf\xe9"]),
    ("tab_and_newline", &[b"a\tb\nc\r\nd"]),
    ("control_octets", &[b"\x00\x01\x02\x1b\x7f"]),
    ("spf", &[b"v=spf1 ip4:192.0.2.0/24 include:_spf.example.net a:mail.example.com -all"]),
    ("dkim_2048", &[b"v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu5oIUrFDWZK7F4thFxpZa2or6jBEX3cSL6b2TJdPkO5iNn9vHNXhNX31nOefN8FksX94YbLJ8NHcFPbaZTW8R2HthYxRaCyqodxlLHibg8aHdfa+bxKeiI/xABRuAM0WG0JEDSyakMFqIO40ghj/h7DUc/4OXNdeQhrKDTlgf2bd+FjpJ3bNAFcMYa3Oeju33b2Tp+PdtqIwXRZksfuXh7m30kuyavp3Uaso145DRBaJZA55lNxmHWMgMjO+YjNeuR6j4oQqyGwzPaVcSdOG8Js2mXt+J3Hr+nNmJGxZUUW4Uw5ws08wT9opRgSpn+ThX2d1AgQePpGrWOamC3PdcwIDAQAB"]),
    ("several_values", &[b"one", b"two", b"", b"three \"x\"", b"v=spf1 -all"]),
    ("values_that_differ_in_case", &[b"Value", b"value", b"VALUE"]),
    ("values_that_begin_alike", &[b"a", b"ab", b"a b", b"a;b"]),
];

/// Texts that are cut into strings by hand, as wire octets.
const STRINGS: &[(&str, &[u8])] = &[
    ("two_strings", b"\x03one\x03two"),
    ("empty_string_first", b"\x00\x03two"),
    ("empty_string_last", b"\x03one\x00"),
    ("two_empty_strings", b"\x00\x00"),
    ("blank_between_strings", b"\x04one \x04 two"),
];

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    if !capabilities.takes(RecordType::TXT) {
        return Vec::new();
    }
    let pattern = |length: usize| -> Vec<u8> { (b'a'..=b'z').cycle().take(length).collect() };
    let text = |text: &[u8]| Rdata::text(RecordType::TXT, text);
    let lengths = LENGTHS.map(|length| (format!("octets_{length}"), vec![text(&pattern(length))]));
    let texts = TEXTS
        .iter()
        .map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| text(value)).collect()));
    // All octets at once, but the printable ones, which others try.
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let octets = ("every_octet".to_owned(), vec![text(&all)]);
    let strings = STRINGS.iter().filter_map(|(name, octets)| {
        let value = Rdata::from_wire(RecordType::TXT, octets).ok()?;
        Some(((*name).to_owned(), vec![value]))
    });
    let everything = lengths.into_iter().chain(texts).chain(std::iter::once(octets)).chain(strings);
    everything.map(|(name, values)| case(&name, values)).collect()
}

/// Creates the text, puts another in its place and puts it back, then removes it.
fn case(name: &str, values: Vec<Rdata>) -> Case {
    Case::new(format!("text::{name}"), move |subject| {
        let values = values.clone();
        Box::pin(async move {
            let mut stage = Stage::open(subject).await?;
            let owner = stage.name("text")?;
            let ttl = Ttl::new(TTL).ok_or("a TTL")?;
            let rrset = RRset::new(owner, RecordType::TXT, ttl, values);
            let between = stage.rrset("text", RecordType::TXT, TTL, &["\"something else\""])?;
            in_turn(&mut stage, vec![rrset.clone(), between, rrset]).await
        })
    })
}

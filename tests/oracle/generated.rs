//! Records of every type with random octets, from a fixed seed.

use crate::corpus::HEAD;
use crate::records::{Set, apex, read};
use dnsctl_zone::{FieldKind, Name, Rdata, RecordType};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// The master file of a set as nobody would write it: data spread over lines with parentheses and comments, plain
/// characters escaped.
pub(crate) fn mangled(set: &Set) -> String {
    let mut runner = runner();
    let mut text = HEAD.to_owned();
    for (name, rtype, ttl, rdata) in &set.0 {
        // Inside of service parameters not all programs know all escapes.
        let escapes = !matches!(*rtype, RecordType::SVCB | RecordType::HTTPS);
        let data = rdata.to_string();
        let choices = vec(0_u8..10, data.len()).new_tree(&mut runner).unwrap().current();
        text.extend([format!("{name}\t{ttl} IN {rtype} ")]);
        mangle(&data, &choices, escapes, &mut text);
        text.push('\n');
    }
    text
}

fn mangle(data: &str, choices: &[u8], escapes: bool, out: &mut String) {
    let (mut quoted, mut open) = (false, false);
    let mut characters = data.chars().zip(choices).peekable();
    while let Some((character, choice)) = characters.next() {
        match (character, choice) {
            ('\\', _) => {
                out.push(character);
                let digits = characters.peek().is_some_and(|(next, _)| next.is_ascii_digit());
                out.extend(characters.by_ref().take(if digits { 3 } else { 1 }).map(|(escaped, _)| escaped));
                continue;
            }
            ('"', _) => quoted = !quoted,
            (' ', 0) if !quoted && !open => {
                out.push_str(" ( ; comment with ) and \" in it\n\t");
                open = true;
            }
            (' ', 1) if !quoted && open => {
                out.push(')');
                open = false;
            }
            (' ', 2..=4) if !quoted && open => out.push_str("\n;\n"),
            (' ', 5) if !quoted => out.push_str("\t "),
            ('a'..='z' | 'A'..='Z', 0) if quoted && escapes => out.push('\\'),
            (' '..='~', 1) if quoted && escapes => {
                out.extend([format!("\\{:03}", u32::from(character))]);
                continue;
            }
            _ => {}
        }
        out.push(character);
    }
    if open {
        out.push_str("; the end\n )");
    }
}

/// So many zones of so many records.
pub(crate) fn zones(zones: usize, records: usize) -> Vec<Set> {
    let mut runner = runner();
    let types: Vec<RecordType> = RecordType::known()
        .filter(|rtype| *rtype != RecordType::SOA)
        .chain([RecordType::from_code(65280)])
        .collect();
    let mut made = Vec::new();
    for zone in 0..zones {
        let mut set = read(HEAD);
        for index in 0..records {
            let rtype = types[(zone * records + index) % types.len()];
            let owner = vec(any::<u8>(), 1..20).new_tree(&mut runner).unwrap().current();
            let name =
                apex().child(format!("{index}").as_bytes()).and_then(|name| name.child(&owner)).unwrap();
            // Not all octets that fit the fields make a record of the type: others are drawn until they do.
            let rdata = std::iter::repeat_with(|| octets(rtype).new_tree(&mut runner).unwrap().current())
                .take(10_000)
                .find_map(|octets| Rdata::from_wire(rtype, &octets).ok().filter(is_sound));
            let rdata = rdata.unwrap_or_else(|| panic!("no {rtype} was found"));
            let ttl = (0..=i32::MAX as u32).new_tree(&mut runner).unwrap().current();
            set.0.insert((name, rtype, ttl, rdata));
        }
        made.push(set);
    }
    made
}

/// What the other programs ask of a type beyond the form of its fields.
fn is_sound(rdata: &Rdata) -> bool {
    // Digests of known kinds have a known length.
    let kind =
        ["digest_type", "fingerprint_type", "hash_algorithm"].iter().find_map(|field| rdata.number(field));
    if kind.is_some_and(|kind| kind <= 5) {
        return false;
    }
    // The name of the signer is that of a zone around the owner name.
    let signer = rdata.name("signer_name").and_then(|name| u32::try_from(name.label_count()).ok());
    if rdata.rtype() == RecordType::RRSIG && rdata.number("labels") < signer {
        return false;
    }
    // RFC 8976 section 2.2.4.
    if rdata.rtype() == RecordType::ZONEMD && rdata.bytes("digest").is_some_and(|digest| digest.len() < 12) {
        return false;
    }
    // RFC 9460 section 7.1.1: no-default-alpn goes with alpn.
    !rdata.to_string().contains("no-default-alpn") || rdata.to_string().contains(" alpn=")
}

/// Records that others may refuse: octets of every type that are cut, changed and drawn at random, at odd owner names.
/// Types that are no data, and those of which nothing but the number is known, are among them.
pub(crate) fn odd(records: usize) -> Vec<(Name, Rdata)> {
    let mut runner = runner();
    let codes = (0..=300).chain([32768, 32769, 65280, 65535]);
    let types: Vec<RecordType> = codes
        .map(RecordType::from_code)
        .filter(|rtype| *rtype != RecordType::SOA && !rtype.is_signing())
        .collect();
    let known: Vec<RecordType> =
        types.iter().copied().filter(|rtype| RecordType::known().any(|one| one == *rtype)).collect();
    let mut made = Vec::new();
    let drawn = |runner: &mut TestRunner| any::<(u8, u8, u8)>().new_tree(runner).unwrap().current();
    for index in 0..records {
        // Types with fields get half of them.
        let from = if index % 2 == 0 { &known } else { &types };
        let rtype = from[index / 2 % from.len()];
        let rdata = std::iter::repeat_with(|| {
            let mut octets = octets(rtype).new_tree(&mut runner).unwrap().current();
            let (kind, at, octet) = drawn(&mut runner);
            let length = octets.len();
            match kind % 4 {
                0 => octets.truncate(usize::from(at) % (length + 1)),
                1 | 2 if length > 0 => octets[usize::from(at) % length.min(12)] = octet % 8,
                _ => {}
            }
            Rdata::from_wire(rtype, &octets).ok()
        });
        let Some(rdata) = rdata.take(200).flatten().next() else { continue };
        let label =
            prop_oneof!["[a-z]{1,5}", "[a-z*_/.-]{1,4}", Just("_spf".to_owned()), Just("gc".to_owned())];
        let (one, two) = (label.clone(), label).new_tree(&mut runner).unwrap().current();
        // A name of its own, below which nothing else is.
        let name = apex().child(format!("n{index}").as_bytes()).unwrap();
        let name = if two == "gc" { name.child(b"_msdcs").unwrap() } else { name };
        made.push((name.child(two.as_bytes()).and_then(|name| name.child(one.as_bytes())).unwrap(), rdata));
    }
    made
}

/// The octets of an rdata, field by field.
fn octets(rtype: RecordType) -> impl Strategy<Value = Vec<u8>> {
    let fields: Vec<BoxedStrategy<Vec<u8>>> = (rtype.fields().iter())
        .map(|one| if one.name == "regexp" { substitution() } else { field(one.kind) })
        .collect();
    fields.prop_map(|parts| parts.concat())
}

/// A regular expression of NAPTR, whose form others check (RFC 3402 section 3.2).
fn substitution() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![Just(String::new()), "!\\^[a-z; \"]{1,9}\\.\\*\\(x\\)\\$!sip:[a-z@; \"]{0,9}\\\\1!i?"]
        .prop_map(|text| with_length(text.into_bytes()))
        .boxed()
}

fn string(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..=longest).prop_map(with_length)
}

fn with_length(mut octets: Vec<u8>) -> Vec<u8> {
    octets.insert(0, u8::try_from(octets.len()).unwrap());
    octets
}

fn field(kind: FieldKind) -> BoxedStrategy<Vec<u8>> {
    match kind {
        FieldKind::U8 | FieldKind::Algorithm => vec(any::<u8>(), 1).boxed(),
        FieldKind::Type => (256_u16..1024).prop_map(|code| code.to_be_bytes().to_vec()).boxed(),
        FieldKind::U16 | FieldKind::CertType => vec(any::<u8>(), 2).boxed(),
        FieldKind::U32 | FieldKind::Seconds | FieldKind::Timestamp | FieldKind::Ipv4 => {
            vec(any::<u8>(), 4).boxed()
        }
        FieldKind::Ipv6 => vec(any::<u8>(), 16).boxed(),
        FieldKind::Name => vec(vec(any::<u8>(), 1..20), 0..4)
            .prop_map(|labels| labels.into_iter().flat_map(with_length).chain([0]).collect())
            .boxed(),
        FieldKind::Text => prop_oneof![4 => string(20), 1 => string(255)].boxed(),
        FieldKind::Texts => {
            vec(prop_oneof![4 => string(20), 1 => string(255)], 1..5).prop_map(|all| all.concat()).boxed()
        }
        FieldKind::LongText => vec(any::<u8>(), 0..300).boxed(),
        FieldKind::Word => "[a-z0-9]{1,15}".prop_map(|text| with_length(text.into_bytes())).boxed(),
        FieldKind::Salt => string(20).boxed(),
        FieldKind::Hash => vec(any::<u8>(), 20).prop_map(with_length).boxed(),
        FieldKind::TypeBitmap => {
            // Without types of queries and messages (RFC 6895 section 3.1).
            let code = prop_oneof![1_u16..41, 42_u16..128, 256_u16..2048, 65_000_u16..65_500];
            vec(code, 1..8).prop_map(bitmap).boxed()
        }
        FieldKind::Location => location().boxed(),
        FieldKind::SvcParams => parameters().boxed(),
        _ => vec(any::<u8>(), 1..100).boxed(),
    }
}

fn bitmap(types: Vec<u16>) -> Vec<u8> {
    let mut windows = std::collections::BTreeMap::<u8, Vec<u8>>::new();
    for code in types {
        let [window, low] = code.to_be_bytes();
        let bits = windows.entry(window).or_default();
        bits.resize(bits.len().max(usize::from(low / 8) + 1), 0);
        bits[usize::from(low / 8)] |= 0x80 >> (low % 8);
    }
    windows.into_iter().flat_map(|(window, bits)| [vec![window], with_length(bits)].concat()).collect()
}

fn location() -> impl Strategy<Value = Vec<u8>> {
    let size = || {
        prop_oneof![Just(0), (1_u8..=9, 0_u8..=9).prop_map(|(mantissa, exponent)| mantissa << 4 | exponent)]
    };
    let angle = |most: i64| {
        (-most..=most).prop_map(|angle| u32::try_from((1_i64 << 31) + angle).unwrap().to_be_bytes().to_vec())
    };
    let sizes = (size(), size(), size()).prop_map(|(a, b, c)| vec![0, a, b, c]);
    (sizes, angle(90 * 3_600_000), angle(180 * 3_600_000), vec(any::<u8>(), 4))
        .prop_map(|(sizes, latitude, longitude, altitude)| [sizes, latitude, longitude, altitude].concat())
}

fn parameters() -> impl Strategy<Value = Vec<u8>> {
    let value = |key: u16| -> BoxedStrategy<Vec<u8>> {
        match key {
            // Knot 3.2 takes an identifier of one octet for an empty one, and stumbles over a backslash or comma at
            // the start of one.
            1 => vec(
                vec(any::<u8>().prop_filter("a sign", |octet| !b"\\,".contains(octet)), 2..10)
                    .prop_map(with_length),
                1..4,
            )
            .prop_map(|ids| ids.concat())
            .boxed(),
            2 => Just(Vec::new()).boxed(),
            3 => vec(any::<u8>(), 2).boxed(),
            4 => (1_usize..4).prop_flat_map(|count| vec(any::<u8>(), count * 4)).boxed(),
            6 => (1_usize..4).prop_flat_map(|count| vec(any::<u8>(), count * 16)).boxed(),
            _ => vec(any::<u8>(), 1..30).boxed(),
        }
    };
    let keys = proptest::sample::subsequence(vec![1, 2, 3, 4, 5, 6, 65280, 65534], 0..6);
    keys.prop_flat_map(move |keys: Vec<u16>| {
        let values: Vec<_> = keys.iter().map(|key| value(*key)).collect();
        (Just(keys), values)
    })
    .prop_map(|(keys, values)| {
        let mut octets = Vec::new();
        for (key, value) in keys.into_iter().zip(values) {
            octets.extend(key.to_be_bytes());
            octets.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            octets.extend(value);
        }
        octets
    })
}

use super::*;
use crate::tags::FaultKind as TagFault;
use crate::{FaultClass as _, Span};
use proptest::prelude::*;

/// The key of RFC 8463 appendix A.2.
const ED25519: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
/// The private key of RFC 8463 appendix A.1.
const ED25519_SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

fn rsa(bits: usize) -> String {
    BASE64.encode(&public::rsa_info(&modulus(bits), &[1, 0, 1]))
}

/// Octets of exactly this many bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut octets = vec![0xff; bits.div_ceil(8)];
    octets[0] >>= (8 - bits % 8) % 8;
    octets
}

fn kinds(text: &str) -> Vec<FaultKind> {
    parse(text.as_bytes()).faults.iter().map(|fault| fault.kind).collect()
}

fn algorithm(text: &str) -> Algorithm {
    parse(text.as_bytes()).key.unwrap().algorithm
}

#[test]
fn a_good_rsa_key() {
    let text = format!("v=DKIM1; k=rsa; t=s; s=email; h=sha256; n=by us; p={}", rsa(2048));
    let parsed = parse(text.as_bytes());
    assert_eq!(parsed.faults, []);
    let key = parsed.usable().unwrap();
    assert_eq!(key.algorithm, Algorithm::Rsa { bits: 2048, exponent: 65537 });
    assert_eq!(key.hashes, Some(vec![Hash::Sha256]));
    assert_eq!(key.services, Some(vec![Service::Email]));
    assert_eq!((key.strict, key.test, key.revoked()), (true, false, false));
    assert_eq!(key.notes.as_deref(), Some("by us"));
    assert_eq!(parsed.public_span.unwrap().of(text.as_bytes()), rsa(2048).as_bytes());
    assert_eq!(parsed.place("v").unwrap().of(text.as_bytes()), b"v=DKIM1");
}

#[test]
fn a_good_ed25519_key() {
    let text = format!("v=DKIM1; k=ed25519; p={ED25519}");
    assert_eq!(kinds(&text), []);
    assert_eq!(algorithm(&text), Algorithm::Ed25519);
    // The order of the tags behind "v" does not matter.
    assert_eq!(kinds(&format!("p={ED25519}; k=ed25519")), []);
}

#[test]
fn an_empty_key_is_revoked() {
    let parsed = parse(b"v=DKIM1; p=");
    assert_eq!(parsed.faults, []);
    assert!(parsed.key.as_ref().unwrap().revoked());
    assert_eq!(parsed.usable(), None);
}

#[test]
fn bits_are_counted_exactly() {
    for (bits, expected) in [
        (512, Some(FaultKind::RsaWeak)),
        (1023, Some(FaultKind::RsaWeak)),
        (1024, Some(FaultKind::RsaShort)),
        (2047, Some(FaultKind::RsaShort)),
        (2048, None),
        (4096, None),
        (4097, Some(FaultKind::RsaLong)),
        (16_384, Some(FaultKind::RsaLong)),
    ] {
        let text = format!("p={}", rsa(bits));
        assert_eq!(algorithm(&text), Algorithm::Rsa { bits, exponent: 65537 });
        assert_eq!(kinds(&text), Vec::from_iter(expected), "{bits}");
    }
}

#[test]
fn odd_exponents() {
    let with = |exponent: &[u8]| format!("p={}", BASE64.encode(&public::rsa_info(&modulus(2048), exponent)));
    assert_eq!(kinds(&with(&[3])), []);
    assert_eq!(kinds(&with(&[1])), [FaultKind::RsaExponent]);
    assert_eq!(kinds(&with(&[1, 0, 0])), [FaultKind::RsaExponent]);
    assert_eq!(algorithm(&with(&[7; 9])), Algorithm::Rsa { bits: 2048, exponent: u64::MAX });
}

#[test]
fn a_bare_rsa_key_is_read_and_told() {
    let info = public::rsa_info(&modulus(2048), &[1, 0, 1]);
    let bare = public::rsa_numbers(&info).unwrap();
    let text = format!("p={}", BASE64.encode(&bare));
    assert_eq!(kinds(&text), [FaultKind::RsaBare]);
    let one = parse(text.as_bytes()).key.unwrap();
    let two = parse(format!("p={}", BASE64.encode(&info)).as_bytes()).key.unwrap();
    assert!(one.same_key(&two) && one != two);
}

#[test]
fn every_fault_is_told() {
    let good = rsa(2048);
    for (text, expected) in [
        (String::new(), vec![FaultKind::Tag(TagFault::Empty), FaultKind::NoPublicKey]),
        ("v=spf1 -all".to_owned(), vec![FaultKind::Version, FaultKind::NoPublicKey]),
        (format!("v=DKIM2; p={good}"), vec![FaultKind::Version]),
        (format!("v=dkim1; p={good}"), vec![FaultKind::Version]),
        (format!("k=rsa; v=DKIM1; p={good}"), vec![FaultKind::VersionNotFirst]),
        (format!("v=DKIM1 k=rsa; p={good}"), vec![FaultKind::Version]),
        (format!("p={good}; p="), vec![FaultKind::Tag(TagFault::Duplicate)]),
        (format!("p={good};; x=1"), vec![FaultKind::Tag(TagFault::EmptyTag), FaultKind::UnknownTag]),
        (format!("k=dsa; p={good}"), vec![FaultKind::KeyType]),
        (format!("k=RSA; p={good}"), vec![FaultKind::Case]),
        (format!("h=sha1; p={good}"), vec![FaultKind::NoUsableHash]),
        (format!("h=sha1:sha256; p={good}"), vec![FaultKind::Sha1]),
        (format!("h=sha512:sha256; p={good}"), vec![FaultKind::Hash]),
        (format!("h=; p={good}"), vec![FaultKind::EmptyItem, FaultKind::NoUsableHash]),
        (format!("s=tlsrpt; p={good}"), vec![FaultKind::Service, FaultKind::NotForEmail]),
        (format!("s=tlsrpt:*; p={good}"), vec![FaultKind::Service]),
        (format!("t=y::z; p={good}"), vec![FaultKind::EmptyItem, FaultKind::Flag]),
        (format!("g=*; p={good}"), vec![FaultKind::Granularity]),
        (format!("p=\"{good}\""), vec![FaultKind::Base64]),
        (format!("p={} {}", &good[..40], &good[40..]), vec![FaultKind::BlankInKey]),
        (format!("p={}", &good[..good.len() - 1]), vec![FaultKind::Unpadded, FaultKind::KeyForm]),
        (format!("p={}", &good[..good.len() - 3]), vec![FaultKind::Base64]),
        (format!("k=ed25519; p={}", ED25519.trim_end_matches('=')), vec![FaultKind::Unpadded]),
        (
            format!("k=ed25519; p={}", ED25519.trim_end_matches('=').trim_end_matches('o')),
            vec![FaultKind::Base64],
        ),
        (format!("p={}", &good[..good.len() - 4]), vec![FaultKind::KeyForm]),
        (format!("p={}", &good[4..]), vec![FaultKind::KeyForm]),
        ("p=-----BEGIN PUBLIC KEY----- AAAA".to_owned(), vec![FaultKind::Base64, FaultKind::BlankInKey]),
        (format!("k=ed25519; p={good}"), vec![FaultKind::KeyAlgorithm]),
        (format!("p={ED25519}"), vec![FaultKind::KeyAlgorithm]),
        ("k=ed25519; p=AAAA".to_owned(), vec![FaultKind::Ed25519Length]),
        (format!("k=ed25519; p=MCowBQYDK2VwAyEA{ED25519}"), vec![FaultKind::Ed25519Length]),
    ] {
        assert_eq!(kinds(&text), expected, "{text}");
    }
}

#[test]
fn a_fault_in_the_key_has_its_place() {
    let fault = parse(b"p=MIIB\"AAA BBB").faults.into_iter().find(|f| f.kind == FaultKind::Base64).unwrap();
    assert_eq!(fault.span, Span::new(6, 10));
}

#[test]
fn the_public_key_of_a_private_one() {
    let seed = BASE64.decode(ED25519_SEED.as_bytes()).unwrap();
    let mut octets = BASE64.decode(b"MC4CAQAwBQYDK2VwBCIEIA==").unwrap();
    octets.extend(seed);
    let pem = ::pem::encode(&::pem::Pem::new("PRIVATE KEY", octets));
    let key = public_from_pem(&format!("some words\n{pem}")).unwrap();
    assert_eq!(key.to_string(), format!("v=DKIM1; k=ed25519; p={ED25519}"));
}

#[test]
fn a_file_without_one_key_is_refused() {
    let block = |label: &str, octets: &[u8]| ::pem::encode(&::pem::Pem::new(label, octets));
    let error = |text: &str| public_from_pem(text).unwrap_err();
    assert!(matches!(error(""), PemError::Pem(_)));
    assert!(matches!(error("-----BEGIN PUBLIC KEY-----\n%%\n-----END PUBLIC KEY-----\n"), PemError::Pem(_)));
    assert_eq!(error(&block("CERTIFICATE", b"x")), PemError::NoKey(vec!["CERTIFICATE".to_owned()]));
    assert_eq!(error(&block("ENCRYPTED PRIVATE KEY", b"x")), PemError::Encrypted);
    assert_eq!(error(&block("EC PRIVATE KEY", b"x")), PemError::Algorithm);
    assert!(matches!(error(&block("PRIVATE KEY", b"x")), PemError::Octets { .. }));
    let one = block("PUBLIC KEY", &public::rsa_info(&modulus(2048), &[3]));
    let two = block("PUBLIC KEY", &public::rsa_info(&modulus(2040), &[3]));
    assert_eq!(error(&format!("{one}{two}")), PemError::Several(2));
    assert!(public_from_pem(&format!("{one}{one}")).is_ok());
}

fn keys() -> impl Strategy<Value = Key> {
    let hashes = prop::collection::vec(
        prop_oneof![Just(Hash::Sha1), Just(Hash::Sha256), "[a-z]{3}9".prop_map(Hash::Other)],
        1..3,
    );
    let services = prop::collection::vec(
        prop_oneof![Just(Service::All), Just(Service::Email), "[a-z]{3}9".prop_map(Service::Other)],
        1..3,
    );
    let public = prop_oneof![
        Just(BASE64.decode(ED25519.as_bytes()).unwrap()),
        (9_usize..5000).prop_map(|bits| public::rsa_info(&modulus(bits), &[1, 0, 1])),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    let key_type =
        prop_oneof![Just(KeyType::Rsa), Just(KeyType::Ed25519), "[a-z]{3}9".prop_map(KeyType::Other)];
    let notes = prop::option::of("[!-:<-~]{1,5}");
    (key_type, prop::option::of(hashes), prop::option::of(services), any::<(bool, bool)>(), notes, public)
        .prop_map(|(key_type, hashes, services, (test, strict), notes, public)| {
            let algorithm = match (&key_type, public::read(&public)) {
                (KeyType::Rsa, public::Read::Rsa { algorithm, .. }) => algorithm,
                (KeyType::Ed25519, _) if public.len() == 32 => Algorithm::Ed25519,
                _ => Algorithm::Unknown,
            };
            Key { key_type, algorithm, hashes, services, test, strict, notes, public }
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read(key in keys()) {
        let parsed = parse(key.to_string().as_bytes());
        prop_assert_eq!(parsed.key.as_ref(), Some(&key));
    }

    #[test]
    fn any_octets_are_read(text in prop::collection::vec(any::<u8>(), 0..300)) {
        sound(&text);
    }

    #[test]
    fn any_tags_are_read(text in "([vkhstnpg]=[ -~]{0,12};? ?){0,8}") {
        sound(text.as_bytes());
    }

    #[test]
    fn any_octets_are_a_key_or_not(octets in prop::collection::vec(any::<u8>(), 0..60), cut in 0_usize..300, new: u8) {
        sound(format!("p={}", BASE64.encode(&octets)).as_bytes());
        let mut good = public::rsa_info(&modulus(2048), &[1, 0, 1]);
        if let Some(octet) = good.get_mut(cut) {
            *octet = new;
        }
        sound(format!("p={}", BASE64.encode(&good)).as_bytes());
    }
}

/// Places lie in the text, and what was read is written and read again as the same.
fn sound(text: &[u8]) {
    let parsed = parse(text);
    for fault in &parsed.faults {
        assert!(fault.span.start <= fault.span.end && fault.span.end <= text.len(), "{fault:?}");
        assert!(!fault.message.is_empty() && fault.message.len() < 400);
        let _ = fault.kind.is_error();
    }
    if let Some(key) = parsed.usable() {
        assert_eq!(parse(key.to_string().as_bytes()).usable(), Some(key));
    }
}

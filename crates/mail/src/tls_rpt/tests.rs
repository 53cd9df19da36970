use super::*;
use crate::tags::FaultKind as TagFault;
use proptest::prelude::*;

fn kinds(text: &str) -> Vec<FaultKind> {
    parse(text.as_bytes()).faults.iter().map(|fault| fault.kind).collect()
}

#[test]
fn both_schemes_are_read() {
    let text = "v=TLSRPTv1; rua=mailto:tls@example.com , https://reports.example/v1";
    let parsed = parse(text.as_bytes());
    assert_eq!(parsed.faults, []);
    let record = parsed.record.unwrap();
    assert_eq!(record.addresses.len(), 2);
    assert_eq!(record.to_string(), "v=TLSRPTv1; rua=mailto:tls@example.com,https://reports.example/v1");
    assert_eq!(kinds("v=TLSRPTv1;rua=mailto:a@b.example;"), []);
}

#[test]
fn every_fault_is_told() {
    use FaultKind as F;
    for (text, expected) in [
        ("", vec![F::Tag(TagFault::Empty), F::Version, F::AddressMissing]),
        ("v=TLSRPTv1;", vec![F::AddressMissing]),
        ("v=TLSRPTv1", vec![F::Version, F::AddressMissing]),
        ("v=tlsrptv1; rua=mailto:a@b.example", vec![F::Version]),
        ("v=TLSRPTv1 ; rua=mailto:a@b.example", vec![F::Version]),
        ("rua=mailto:a@b.example; v=TLSRPTv1", vec![F::Version]),
        ("v=TLSRPTv1; rua=a@b.example", vec![F::Uri(UriFaultKind::Scheme)]),
        ("v=TLSRPTv1; rua=http://b.example/", vec![F::UriScheme]),
        ("v=TLSRPTv1; rua = mailto:a@b.example", vec![F::Tag(TagFault::BlankAroundEquals); 2]),
        ("v=TLSRPTv1; rua=", vec![F::Tag(TagFault::NoValue), F::Uri(UriFaultKind::Empty)]),
        ("v=TLSRPTv1; rua=mailto:a@b.example; x=a b", vec![F::Extension, F::ExtensionValue]),
        ("v=TLSRPTv1; rua=mailto:a@b.example; rua=mailto:c@b.example", vec![F::Tag(TagFault::Duplicate)]),
    ] {
        assert_eq!(kinds(text), expected, "{text}");
    }
    assert!(parse(b"v=TLSRPTv1; rua=a@b.example").record.is_none());
}

proptest! {
    #[test]
    fn any_octets_are_read(text in prop::collection::vec(any::<u8>(), 0..100), prefix in "(v=TLSRPTv1; ?rua=)?") {
        let text = [prefix.as_bytes(), &text].concat();
        let parsed = parse(&text);
        prop_assert!(parsed.faults.iter().all(|fault| fault.span.end <= text.len()));
        let clean = !parsed.faults.iter().any(|fault| fault.kind.is_error());
        if let Some(record) = parsed.record.filter(|_| clean) {
            prop_assert_eq!(parse(record.to_string().as_bytes()).record, Some(record));
        }
    }

    #[test]
    fn what_is_written_is_read(
        boxes in prop::collection::vec("([a-z]|%21|%2C|%3B){1,8}", 1..4),
        extensions in prop::collection::btree_map("[a-q]{1,4}", "[!-:]{1,5}", 0..3),
    ) {
        let uri = |local| crate::report_uri::read(format!("mailto:{local}@example.com").as_bytes(), 0).unwrap();
        let addresses = boxes.iter().map(uri).collect();
        let record = Record { addresses, extensions: extensions.into_iter().collect() };
        let parsed = parse(record.to_string().as_bytes());
        prop_assert!(!parsed.faults.iter().any(|fault| fault.kind.is_error()), "{:?}", parsed.faults);
        prop_assert_eq!(parsed.record, Some(record));
    }
}

use super::*;
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

#[test]
fn reads_and_prints() {
    for (text, printed) in [
        ("example.com", "example.com."),
        ("Example.COM.", "example.com."),
        (".", "."),
        ("*.a", "*.a."),
        ("a\\.b.c", "a\\.b.c."),
        ("\\000\\001\\002.x", "\\000\\001\\002.x."),
        ("\\101xample", "example."),
        ("a\\@b", "a\\@b."),
        ("_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example."),
        ("BÜCHER.example", "xn--bcher-kva.example."),
        ("日本語.jp.", "xn--wgv71a119e.jp."),
    ] {
        assert_eq!(name(text).to_string(), printed, "{text}");
    }
    assert_eq!(name("xn--bcher-kva.example").to_unicode(), "bücher.example");
    assert_eq!(Name::root().to_unicode(), ".");
    for (text, printed) in [("example.com.", "example.com"), (".", "."), ("a\\..", "a\\."), ("\\..", "\\.")] {
        assert_eq!(name(text).without_dot(), printed);
        assert_eq!(name(printed), name(text));
    }
}

#[test]
fn refuses_what_is_no_name() {
    let long_label = "a".repeat(64);
    let long_name = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(62)].join(".");
    for text in [
        "",
        "..",
        "a..b",
        ".a",
        "a b",
        "a\tb",
        "a\\",
        "a\\25",
        "a\\256",
        "a\\2x4",
        "a\\é",
        &long_label,
        &long_name,
    ] {
        assert!(Name::absolute(text).is_err(), "{text}");
    }
    let longest = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
    assert_eq!(name(&longest).wire_len(), 255);
    assert!(Name::parse("x", Names { origin: &name(&longest), strict: false }).is_err());
}

#[test]
fn relative_names() {
    let origin = name("example.com");
    let read = |text: &str, strict| Name::parse(text, Names { origin: &origin, strict });
    assert_eq!(read("@", true).unwrap(), origin);
    assert_eq!(read("www", true).unwrap(), name("www.example.com"));
    assert_eq!(read("www.", true).unwrap(), name("www"));
    assert_eq!(read("a.b", false).unwrap(), name("a.b.example.com"));
    assert_eq!(
        read("mail.example.com", true).unwrap_err().to_string(),
        "\"mail.example.com\" has no dot at its end: is it \"mail.example.com.\" or \"mail.example.com.example.com.\"?"
    );
    assert_eq!(name("a.b.example.com").relative_to(&origin), "a.b");
    assert_eq!(origin.relative_to(&origin), "@");
    assert_eq!(name("a.org").relative_to(&origin), "a.org.");
    assert_eq!(name("a.org").relative_to(&Name::root()), "a.org.");
}

/// The example of RFC 4034 section 6.1.
#[test]
fn rfc4034_6_1_canonical_order() {
    let sorted = [
        "example",
        "a.example",
        "yljkjljk.a.example",
        "Z.a.example",
        "zABC.a.EXAMPLE",
        "z.example",
        "\\001.z.example",
        "*.z.example",
        "\\200.z.example",
    ];
    let names: Vec<Name> = sorted.iter().map(|text| name(text)).collect();
    assert!(names.is_sorted());
}

#[test]
fn kinship() {
    let apex = name("example.com");
    assert!(name("a.example.com").is_below(&apex) && !apex.is_below(&apex) && apex.is_at_or_below(&apex));
    assert!(!name("aexample.com").is_below(&apex) && !name("com").is_below(&apex));
    assert!(apex.is_below(&Name::root()) && name("*.x").is_wildcard() && !name("a.*").is_wildcard());
    assert_eq!(apex.parent(), Some(name("com")));
    assert_eq!(name("com").parent(), Some(Name::root()));
    assert_eq!(Name::root().parent(), None);
    assert_eq!(apex.label_count(), 2);
    assert_eq!(apex.child(b"a.b").unwrap().to_string(), "a\\.b.example.com.");
}

#[test]
fn wire_ends_early() {
    for octets in [&b"\x03ab"[..], b"\x01a", b"\xc0\x0c", b""] {
        assert_eq!(Name::from_wire(octets), Err(NameError::Wire));
    }
    assert_eq!(Name::from_wire(b"\x01A\x00rest").unwrap(), (name("a"), 3));
}

prop_compose! {
    fn any_labels()(labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 0..10)) -> Vec<Vec<u8>> {
        labels
    }
}

proptest! {
    #[test]
    fn text_and_wire_round_trip(labels in any_labels()) {
        let one = Name::from_labels(labels.iter().map(Vec::as_slice)).unwrap();
        prop_assert_eq!(&Name::absolute(&one.to_string()).unwrap(), &one);
        let wire = one.to_wire();
        prop_assert_eq!(wire.len(), one.wire_len());
        prop_assert_eq!(Name::from_wire(&wire).unwrap(), (one.clone(), wire.len()));
        prop_assert_eq!(one.labels().count(), one.label_count());
    }

    #[test]
    fn order_is_that_of_label_sequences(a in any_labels(), b in any_labels()) {
        let lower = |labels: &[Vec<u8>]| -> Vec<Vec<u8>> {
            labels.iter().rev().map(|label| label.to_ascii_lowercase()).collect()
        };
        let one = Name::from_labels(a.iter().map(Vec::as_slice)).unwrap();
        let two = Name::from_labels(b.iter().map(Vec::as_slice)).unwrap();
        prop_assert_eq!(one.cmp(&two), lower(&a).cmp(&lower(&b)));
        prop_assert_eq!(one.is_at_or_below(&two), lower(&a).starts_with(&lower(&b)));
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = Name::absolute(&text);
    }
}

/// RFC 952, RFC 1123 section 2.1.
#[test]
fn labels_of_no_host() {
    let label = |text: &str| {
        let name = Name::absolute(text).unwrap();
        name.label_of_no_host().map(|label| String::from_utf8_lossy(&label).into_owned())
    };
    for host in ["mail.example.com", "1.example.com", "xn--bcher-kva.example", "a-b.c", "."] {
        assert_eq!(label(host), None, "{host}");
    }
    for (text, odd) in [
        ("_sip.example.com", "_sip"),
        ("a.-b.c", "-b"),
        ("a.b-.c_d", "b-"),
        ("*.example.com", "*"),
        ("a\\032b.example.com", "a b"),
    ] {
        assert_eq!(label(text).as_deref(), Some(odd), "{text}");
    }
}

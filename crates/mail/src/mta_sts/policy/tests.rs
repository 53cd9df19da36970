use super::*;
use crate::{FaultClass as _, Span};
use proptest::prelude::*;

const GOOD: &str =
    "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n";

fn kinds(text: &str) -> Vec<FaultKind> {
    parse(text.as_bytes()).faults.iter().map(|fault| fault.kind).collect()
}

#[test]
fn a_policy_is_read_and_written() {
    let parsed = parse(GOOD.as_bytes());
    assert_eq!(parsed.faults, []);
    let policy = parsed.policy().unwrap();
    assert_eq!((policy.mode, policy.max_age, policy.mx.len()), (Mode::Enforce, 604_800, 2));
    assert_eq!(policy.to_string(), GOOD);
    assert!(policy.covers(&Name::absolute("a.example.net").unwrap()));
    assert!(!policy.covers(&Name::absolute("a.example.com").unwrap()));
}

#[test]
fn line_ends_and_order_do_not_matter() {
    let policy = parse(GOOD.as_bytes()).policy();
    assert_eq!(
        parse(GOOD.replace('\n', "\r\n").as_bytes()),
        Parsed { mx: parse(GOOD.replace('\n', "\r\n").as_bytes()).mx, ..parse(GOOD.as_bytes()) }
    );
    for text in [
        GOOD.replace('\n', "\r\n"),
        GOOD.trim_end().to_owned(),
        GOOD.replace(": ", ":"),
        GOOD.replace('\n', " \n"),
        "max_age: 604800\nmx: mail.example.com\nmx: *.example.net\nmode: enforce\nversion: STSv1".to_owned(),
    ] {
        assert_eq!(kinds(&text), [], "{text}");
        assert_eq!(parse(text.as_bytes()).policy(), policy);
    }
}

#[test]
fn every_fault_is_told() {
    use FaultKind as F;
    let with = |line: &str| format!("{GOOD}{line}");
    for (text, expected) in [
        (String::new(), vec![F::VersionMissing, F::ModeMissing, F::MaxAgeMissing, F::MxMissing]),
        (format!("\u{feff}{GOOD}"), vec![F::ByteOrderMark]),
        (GOOD.replace("enforce", "enf\0orce"), vec![F::Mode, F::Nul]),
        (
            GOOD.replace('\n', "\r"),
            vec![
                F::Version,
                F::CarriageReturn,
                F::CarriageReturn,
                F::CarriageReturn,
                F::CarriageReturn,
                F::CarriageReturn,
                F::ModeMissing,
                F::MaxAgeMissing,
                F::MxMissing,
            ],
        ),
        (with("note: caf\u{e9}\n"), vec![F::UnknownKey]),
        (with("note: \u{1}\u{2}\n"), vec![F::UnknownKey, F::Character]),
        (with("\n\nfoo: bar\n"), vec![F::EmptyLine, F::EmptyLine, F::UnknownKey]),
        (with("\n"), vec![]),
        (with("mode enforce\n"), vec![F::NoColon]),
        (with("mode: none\n"), vec![F::Duplicate]),
        (with(" x : y\n"), vec![F::Blank, F::UnknownKey, F::Blank]),
        (with("a b: y\n"), vec![F::Key]),
        (with(": y\n"), vec![F::Key]),
        (with("mx: mail.example.com\n"), vec![F::MxTwice]),
        (with("mx: mail.*.com\nmx:\nmx: m\u{e4}il.example\n"), vec![F::Mx, F::Mx, F::Mx]),
        (GOOD.replace("STSv1", "stsv1"), vec![F::Version]),
        (GOOD.replace("enforce", "Enforce"), vec![F::Mode]),
        (GOOD.replace("604800", "31557601"), vec![F::MaxAge]),
        (GOOD.replace("604800", "1.5"), vec![F::MaxAge]),
        (GOOD.replace("604800", "-1"), vec![F::MaxAge]),
        (GOOD.replace("604800", "00000000001"), vec![F::MaxAge]),
        (GOOD.replace("604800", ""), vec![F::MaxAge]),
        ("version: STSv1\nmode: none\nmax_age: 86400\n".to_owned(), vec![]),
        ("version: STSv1\nmode: testing\nmax_age: 0\n".to_owned(), vec![F::MxMissing]),
    ] {
        assert_eq!(kinds(&text), expected, "{text:?}");
    }
}

#[test]
fn the_first_of_two_counts() {
    let parsed =
        parse(b"version: STSv1\nmode: testing\nmode: enforce\nmx: a.example\nmax_age: 1\nmax_age: 2\n");
    assert_eq!((parsed.mode, parsed.max_age), (Some(Mode::Testing), Some(1)));
    assert_eq!(parsed.faults[0].span, Span::new(29, 42));
}

#[test]
fn megabytes_are_read_in_time() {
    let start = std::time::Instant::now();
    for (line, count) in
        [("mx: a.example\n", 300_000), ("x\n", 500_000), ("mode: enforce\n", 300_000), ("\n", 2_000_000)]
    {
        let parsed = parse(line.repeat(count).as_bytes());
        assert!(parsed.faults.iter().any(|fault| fault.kind == FaultKind::Long));
    }
    let distinct: String =
        (0..100_000).map(|number| format!("mx: a{number}.example\nk{number}: 1\n")).collect();
    assert_eq!(parse(distinct.as_bytes()).mx.len(), 100_000);
    assert_eq!(kinds(&"\0".repeat(4_000_000)).len(), 7);
    // Generous: a quadratic reader takes hours.
    assert!(start.elapsed().as_secs() < 60);
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        mode in prop_oneof![Just(Mode::Enforce), Just(Mode::Testing), Just(Mode::None)],
        max_age in 0..=LONGEST,
        mx in prop::collection::btree_set("(\\*\\.)?[a-z0-9]{1,9}(\\.[a-z0-9]{1,9}){0,3}", 1..5),
    ) {
        let mx = mx.iter().map(|text| Pattern::parse(text).unwrap()).collect();
        let policy = Policy { mode, max_age, mx };
        let parsed = parse(policy.to_string().as_bytes());
        prop_assert_eq!(&parsed.faults, &[]);
        prop_assert_eq!(parsed.policy(), Some(policy));
    }

    #[test]
    fn any_octets_are_read(text in prop::collection::vec(any::<u8>(), 0..200)) {
        sound(&text);
    }

    #[test]
    fn any_lines_are_read(text in "(\u{feff})?((version|mode|mx|max_age|x): ?[ -~\r\0]{0,9}\r?\n){0,9}") {
        sound(text.as_bytes());
    }
}

/// Places lie in the file, and what was read is written and read again as the same.
fn sound(text: &[u8]) {
    let parsed = parse(text);
    for fault in &parsed.faults {
        assert!(fault.span.start <= fault.span.end && fault.span.end <= text.len(), "{fault:?}");
        let _ = fault.kind.is_error();
    }
    if let Some(policy) = parsed.policy() {
        assert_eq!(parse(policy.to_string().as_bytes()).policy(), Some(policy));
    }
}

mod discovery;

use super::*;
use crate::report_uri::UriFaultKind;
use crate::tags::FaultKind as TagFault;
use crate::{FaultClass as _, Span};
use proptest::prelude::*;

fn kinds(text: &str) -> Vec<FaultKind> {
    parse(text.as_bytes()).faults.iter().map(|fault| fault.kind).collect()
}

fn record(text: &str) -> Record {
    parse(text.as_bytes()).record.unwrap()
}

#[test]
fn a_whole_record() {
    let text = "v=DMARC1; p=reject; sp=quarantine; np=reject; t=y; psd=n; adkim=s; aspf=r; \
                rua=mailto:a@example.com, mailto:b@example.net; ruf=mailto:c@example.com; fo=1:d:s";
    let parsed = parse(text.as_bytes());
    assert_eq!(parsed.faults, []);
    let record = parsed.record.as_ref().unwrap();
    assert_eq!(record.policy, Policy::Reject.into());
    assert_eq!(record.subdomains, Policy::Quarantine.into());
    assert_eq!(record.nonexistent, Policy::Reject.into());
    assert!(record.test && record.policy_second);
    assert_eq!(record.public_suffix, PublicSuffix::No);
    assert_eq!((record.dkim_alignment, record.spf_alignment), (Alignment::Strict, Alignment::Relaxed));
    assert_eq!(record.aggregate.len(), 2);
    assert_eq!(record.failure_options, FailureOptions { all: false, any: true, dkim: true, spf: true });
    assert_eq!(parsed.place("sp").unwrap().of(text.as_bytes()), b"sp=quarantine");
}

#[test]
fn every_fault_is_told() {
    use FaultKind as F;
    for (text, expected) in [
        ("v=DMARC1;p=none", vec![]),
        ("v = DMARC1 ; p = None ;", vec![F::Case]),
        ("V=DMARC1; P=none", vec![F::Case, F::Case]),
        ("v=DMARC1", vec![F::PolicyMissing]),
        ("", vec![F::Version, F::Tag(TagFault::Empty)]),
        ("v=spf1 -all", vec![F::Version, F::PolicyMissing]),
        ("v=dmarc1; p=none", vec![F::Version]),
        ("v=DMARC10; p=none", vec![F::Version]),
        ("v=DMARC1, p=none", vec![F::Separator, F::PolicyMissing]),
        ("v=DMARC1 p=none", vec![F::Separator, F::PolicyMissing]),
        (" v=DMARC1; p=none", vec![F::Tag(TagFault::LeadingBlank)]),
        ("p=none; v=DMARC1", vec![F::VersionNotFirst]),
        ("v=DMARC1; p=none;;", vec![F::Tag(TagFault::EmptyTag)]),
        ("v=DMARC1; p=none; p=reject", vec![F::Tag(TagFault::Duplicate)]),
        (
            "v=DMARC1; P=none; p=reject; p=none",
            vec![F::Case, F::Tag(TagFault::Duplicate), F::Tag(TagFault::Duplicate)],
        ),
        ("v=DMARC1; p=none rua=mailto:a@b.example", vec![F::Glued]),
        ("v=DMARC1; p=reject, SP = none; rua=mailto:a@b.example,pct=5", vec![F::Glued, F::Glued]),
        ("v=DMARC1; p=none; rua=mailto:a@b.example?subject=p=1", vec![]),
        ("v=DMARC1; p=monitor", vec![F::Policy]),
        ("v=DMARC1; p=", vec![F::Tag(TagFault::NoValue), F::Policy]),
        ("v=DMARC1; p=none; sp=x; np=y", vec![F::SubdomainPolicy, F::SubdomainPolicy]),
        ("v=DMARC1; sp=none; p=none", vec![F::PolicyNotSecond]),
        ("v=DMARC1; p=none; adkim=strict; aspf=x", vec![F::Alignment, F::Alignment]),
        ("v=DMARC1; p=none; t=1; psd=maybe", vec![F::Test, F::PublicSuffix]),
        ("v=DMARC1; p=none; fo=1", vec![F::FailureOptionsUnused]),
        ("v=DMARC1; p=none; fo=1 : d; ruf=mailto:a@b.example", vec![F::FailureOptions]),
        ("v=DMARC1; p=none; fo=0:1; ruf=mailto:a@b.example", vec![F::FailureOptionsBoth]),
        ("v=DMARC1; p=none; fo=2:d:d; ruf=mailto:a@b.example", vec![F::FailureOptions, F::FailureOptions]),
        ("v=DMARC1; p=none; rua=a@b.example", vec![F::Uri(UriFaultKind::Scheme)]),
        ("v=DMARC1; p=none; rua=mailto:a@b.example,", vec![F::Uri(UriFaultKind::Empty)]),
        ("v=DMARC1; p=none; rua=mailto:a@b.example!10m", vec![F::UriSize]),
        ("v=DMARC1; p=none; rua=mailto:a!x@b.example", vec![F::Uri(UriFaultKind::Character)]),
        ("v=DMARC1; p=none; rua=ftp://b.example/", vec![F::UriScheme]),
        ("v=DMARC1; p=none; rua=mailto:a@b.example,mailto:b@b.example,mailto:c@b.example", vec![F::UriCount]),
        ("v=DMARC1; p=none; pct=50; rf=afrf; ri=86400", vec![F::Removed; 3]),
        ("v=DMARC1; p=none; pct=101", vec![F::Removed, F::RemovedValue]),
        ("v=DMARC1; p=none; pct=+5", vec![F::Removed, F::RemovedValue]),
        ("v=DMARC1; p=none; ri=x; rf=iodef", vec![F::Removed, F::RemovedValue, F::Removed, F::RemovedValue]),
        ("v=DMARC1; p=none; rau=mailto:a@b.example", vec![F::UnknownTag]),
        ("v=DMARC1; p=none; x1=2", vec![F::Tag(TagFault::Name), F::UnknownTag]),
    ] {
        let mut found = kinds(text);
        let mut expected = expected;
        let order = |kinds: &mut Vec<FaultKind>| kinds.sort_by_key(|kind| format!("{kind:?}"));
        order(&mut found);
        order(&mut expected);
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn only_a_text_that_starts_with_the_version_is_dmarc() {
    for good in ["v=DMARC1", "v=DMARC1;", "v = DMARC1 ;p=none", "V=DMARC1; p=none", "v=DMARC1;;p=x"] {
        assert!(is_dmarc(good.as_bytes()), "{good}");
        assert!(parse(good.as_bytes()).record.is_some());
    }
    for bad in [
        "",
        ";v=DMARC1",
        " v=DMARC1",
        "v=dmarc1",
        "v=DMARC1 p=none",
        "p=none; v=DMARC1",
        "v=DMARC11",
        "v DMARC1",
    ] {
        assert!(!is_dmarc(bad.as_bytes()), "{bad}");
        assert_eq!(parse(bad.as_bytes()).record, None, "{bad}");
    }
}

#[test]
fn a_fault_has_its_place() {
    let text = b"v=DMARC1; p=none; rua=mailto:a@b.example, postmaster@b.example";
    let fault = &parse(text).faults[0];
    assert_eq!(fault.span, Span::new(42, 62));
    assert_eq!(
        fault.message,
        "\"postmaster@b.example\" has no scheme: write \"mailto:postmaster@b.example\""
    );
    let separator = &parse(b"v=DMARC1, p=none").faults[0];
    assert_eq!(separator.span, Span::new(8, 10));
}

#[test]
fn two_receivers_read_one_record() {
    use Policy::{None as No, Quarantine, Reject};
    let read = |text: &str, receiver| {
        let reading = record(text).as_read_by(receiver);
        (reading.verdict, [reading.policy, reading.subdomains, reading.nonexistent], reading.percent)
    };
    let (new, old) = (Receiver::Rfc9989, Receiver::Rfc7489);
    let applied = Verdict::Applied;
    let rua = "rua=mailto:a@b.example";
    for (text, by_new, by_old) in [
        ("v=DMARC1; p=reject".to_owned(), (applied, [Reject; 3], 100), (applied, [Reject; 3], 100)),
        (
            "v=DMARC1; p=reject; sp=none; np=quarantine".to_owned(),
            (applied, [Reject, No, Quarantine], 100),
            (applied, [Reject, No, No], 100),
        ),
        ("v=DMARC1; p=reject; t=y".to_owned(), (applied, [Quarantine; 3], 100), (applied, [Reject; 3], 100)),
        ("v=DMARC1; p=quarantine; t=y".to_owned(), (applied, [No; 3], 100), (applied, [Quarantine; 3], 100)),
        ("v=DMARC1; p=reject; pct=20".to_owned(), (applied, [Reject; 3], 100), (applied, [Reject; 3], 20)),
        (
            "v=DMARC1; p=reject; pct=0".to_owned(),
            (applied, [Reject; 3], 100),
            (applied, [Quarantine; 3], 100),
        ),
        ("v=DMARC1".to_owned(), (Verdict::Ignored, [No; 3], 100), (Verdict::Ignored, [No; 3], 100)),
        (format!("v=DMARC1; {rua}"), (Verdict::AsNone, [No; 3], 100), (Verdict::AsNone, [No; 3], 100)),
        (
            format!("v=DMARC1; sp=reject; {rua}"),
            (Verdict::AsNone, [No; 3], 100),
            (Verdict::AsNone, [No; 3], 100),
        ),
        ("v=DMARC1; p=x".to_owned(), (Verdict::Ignored, [No; 3], 100), (Verdict::Ignored, [No; 3], 100)),
        (
            format!("v=DMARC1; p=reject; sp=x; {rua}"),
            (Verdict::AsNone, [No; 3], 100),
            (Verdict::AsNone, [No; 3], 100),
        ),
        (
            format!("v=DMARC1; p=reject; np=x; {rua}"),
            (Verdict::AsNone, [No; 3], 100),
            (applied, [Reject; 3], 100),
        ),
        (
            "v=DMARC1; p=reject; np=x; rua=nobody".to_owned(),
            (Verdict::Ignored, [No; 3], 100),
            (applied, [Reject; 3], 100),
        ),
    ] {
        assert_eq!(read(&text, new), by_new, "{text} by RFC 9989");
        assert_eq!(read(&text, old), by_old, "{text} by RFC 7489");
    }
    let effects = |text: &str, receiver| record(text).as_read_by(receiver).effects;
    assert_eq!(
        effects("v=DMARC1; sp=none; p=reject; pct=5; t=y; np=none; psd=y", old),
        [
            Effect::TestUnknown,
            Effect::Percent(5),
            Effect::NonexistentUnknown,
            Effect::PublicSuffixUnknown,
            Effect::PolicyNotSecond
        ]
    );
    assert_eq!(
        effects("v=DMARC1; sp=none; p=reject; pct=5; t=y; np=none; psd=y", new),
        [Effect::TestLowers, Effect::PercentUnknown(5)]
    );
    assert_eq!(effects("v=DMARC1; p=none; pct=5; t=y", new), []);
    assert_eq!(effects(&format!("v=DMARC1; {rua}"), new), [Effect::PolicyMissing]);
    assert_eq!(effects("v=DMARC1", new), [Effect::InvalidIgnored]);
}

fn policies() -> impl Strategy<Value = Requested> {
    prop_oneof![
        Just(Requested::Absent),
        Just(Policy::None.into()),
        Just(Policy::Quarantine.into()),
        Just(Policy::Reject.into())
    ]
}

fn uris() -> impl Strategy<Value = Vec<Uri>> {
    let uri = prop_oneof![
        "mailto:[a-z0-9+.%@]{1,8}".prop_filter_map("a URI", |text| {
            crate::report_uri::read(format!("{text}@example.com").as_bytes(), 0).ok()
        }),
        "https://[a-z]{1,8}\\.example(/[a-z?=]{0,9})?"
            .prop_filter_map("a URI", |text| crate::report_uri::read(text.as_bytes(), 0).ok()),
    ];
    prop::collection::vec(uri, 0..4)
}

fn records() -> impl Strategy<Value = Record> {
    let suffix = prop_oneof![Just(PublicSuffix::Yes), Just(PublicSuffix::No), Just(PublicSuffix::Unknown)];
    let options = any::<[bool; 4]>().prop_map(|[all, any, dkim, spf]| {
        let options = FailureOptions { all, any, dkim, spf };
        if all || any || dkim || spf { options } else { FailureOptions::default() }
    });
    let alignment = any::<(bool, bool, bool)>();
    let old = (prop::option::of(0_u8..=100), prop::option::of(any::<u32>()), any::<bool>());
    ((policies(), policies(), policies()), suffix, options, alignment, uris(), uris(), old).prop_map(
        |(
            (policy, subdomains, nonexistent),
            public_suffix,
            failure_options,
            flags,
            aggregate,
            failure,
            old,
        )| {
            let mode = |strict| if strict { Alignment::Strict } else { Alignment::Relaxed };
            Record {
                policy,
                subdomains,
                nonexistent,
                test: flags.0,
                public_suffix,
                dkim_alignment: mode(flags.1),
                spf_alignment: mode(flags.2),
                failure_options,
                aggregate,
                failure,
                percent: old.0,
                interval: old.1,
                formats: old.2.then(|| "afrf".to_owned()),
                policy_second: true,
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(record in records()) {
        let text = record.to_string();
        let parsed = parse(text.as_bytes());
        prop_assert_eq!(parsed.record.as_ref(), Some(&record), "{}", text);
        prop_assert!(!parsed.faults.iter().any(|fault| fault.kind.is_error()), "{:?}", parsed.faults);
    }

    #[test]
    fn any_octets_are_read(text in prop::collection::vec(any::<u8>(), 0..200)) {
        sound(&text);
    }

    #[test]
    fn any_tags_are_read(text in "v=DMARC1(; ?(v|p|sp|np|t|psd|adkim|aspf|rua|ruf|fo|pct|ri|rf|P)=[ -~]{0,12}){0,8};?") {
        sound(text.as_bytes());
    }
}

/// Places lie in the text, and what was read is written and read again as the same.
fn sound(text: &[u8]) {
    let parsed = parse(text);
    for fault in &parsed.faults {
        assert!(fault.span.start <= fault.span.end && fault.span.end <= text.len(), "{fault:?}");
    }
    for receiver in [Receiver::Rfc9989, Receiver::Rfc7489] {
        let _ = parsed.record.as_ref().map(|record| record.as_read_by(receiver));
    }
    let invalid = |record: &Record| {
        [record.policy, record.subdomains, record.nonexistent].contains(&Requested::Invalid)
            || !record.policy_second
    };
    if let Some(record) = parsed.record.filter(|record| !invalid(record)) {
        assert_eq!(parse(record.to_string().as_bytes()).record, Some(record));
    }
}

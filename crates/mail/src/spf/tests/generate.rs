//! Records at random.

use crate::spf::{
    Directive, Letter, Macro, MacroText, Mechanism, Part, Prefixes, Qualifier, Record, Term, TermKind,
};
use proptest::prelude::*;
use std::net::{Ipv4Addr, Ipv6Addr};

fn qualifier() -> impl Strategy<Value = Qualifier> {
    prop::sample::select(vec![Qualifier::Pass, Qualifier::Fail, Qualifier::SoftFail, Qualifier::Neutral])
}

fn macro_part() -> impl Strategy<Value = Part> {
    let letters: Vec<Letter> =
        Letter::ALL.iter().copied().filter(|letter| !letter.only_in_explanation()).collect();
    let keep = prop::option::of(1..=200_u32);
    (prop::sample::select(letters), any::<bool>(), keep, any::<bool>(), "[-.+,/_=]{0,3}").prop_map(
        |(letter, url, keep, reverse, delimiters)| {
            Part::Macro(Macro { letter, url, keep, reverse, delimiters })
        },
    )
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        "[!-$&-~]{1,8}".prop_map(Part::Literal),
        macro_part(),
        Just(Part::Percent),
        Just(Part::Space),
        Just(Part::UrlSpace),
    ]
}

/// Literals side by side are one literal.
fn joined(parts: Vec<Part>) -> MacroText {
    let mut all: Vec<Part> = Vec::new();
    for part in parts {
        match (all.last_mut(), part) {
            (Some(Part::Literal(before)), Part::Literal(text)) => before.push_str(&text),
            (_, part) => all.push(part),
        }
    }
    MacroText { parts: all }
}

fn domain() -> impl Strategy<Value = MacroText> {
    let end = prop_oneof![
        "[a-z]{1,9}\\.(com|x-y|xn--p1ai|1a)\\.?".prop_map(Part::Literal),
        macro_part(),
        Just(Part::UrlSpace),
    ];
    (prop::collection::vec(part(), 0..4), end).prop_map(|(mut parts, end)| {
        parts.push(end);
        joined(parts)
    })
}

fn prefixes() -> impl Strategy<Value = Prefixes> {
    (prop::option::of(0..=32_u8), prop::option::of(0..=128_u8))
        .prop_map(|(ipv4, ipv6)| Prefixes { ipv4, ipv6 })
}

fn mechanism() -> impl Strategy<Value = Mechanism> {
    prop_oneof![
        Just(Mechanism::All),
        domain().prop_map(Mechanism::Include),
        domain().prop_map(Mechanism::Exists),
        (prop::option::of(domain()), prefixes())
            .prop_map(|(domain, prefixes)| Mechanism::A(domain, prefixes)),
        (prop::option::of(domain()), prefixes())
            .prop_map(|(domain, prefixes)| Mechanism::Mx(domain, prefixes)),
        prop::option::of(domain()).prop_map(Mechanism::Ptr),
        (any::<u32>(), prop::option::of(0..=32_u8))
            .prop_map(|(bits, length)| Mechanism::Ip4(Ipv4Addr::from_bits(bits), length)),
        (any::<u128>(), prop::option::of(0..=128_u8))
            .prop_map(|(bits, length)| Mechanism::Ip6(Ipv6Addr::from_bits(bits), length)),
    ]
}

fn term() -> impl Strategy<Value = Term> {
    let directive = (qualifier(), mechanism())
        .prop_map(|(qualifier, mechanism)| TermKind::Directive(Directive { qualifier, mechanism }));
    let unknown = ("(moo|x-y\\.z_1|v)", prop::collection::vec(part(), 0..3))
        .prop_map(|(name, parts)| TermKind::Unknown { name, value: joined(parts) });
    prop_oneof![
        6 => directive,
        1 => domain().prop_map(TermKind::Redirect),
        1 => domain().prop_map(TermKind::Explanation),
        1 => unknown,
    ]
    .prop_map(|kind| Term { kind, span: crate::Span::default() })
}

pub(super) fn record() -> impl Strategy<Value = Record> {
    prop::collection::vec(term(), 0..8).prop_map(|terms| Record { terms })
}

/// A text that is nearly a record.
pub(super) fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b" ",
        b" ",
        b"a",
        b"mx",
        b"ip4:",
        b"ip6:",
        b"include:",
        b"exists:",
        b"ptr",
        b"all",
        b"redirect=",
        b"exp=",
        b":",
        b"/",
        b"//",
        b"24",
        b"128",
        b"0",
        b"%",
        b"%{",
        b"}",
        b"d",
        b"i2r-",
        b".",
        b"com",
        b"example.com",
        b"192.0.2.1",
        b"2001:db8::",
        b"-",
        b"~",
        b"?",
        b"+",
        b"=",
        b"v=spf1",
        b"\t",
        b"\xff",
        b"\0",
        b"_",
        b"%%",
        b"{",
        b",",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| {
        let mut text = b"v=spf1 ".to_vec();
        text.extend(pieces.concat());
        text
    })
}

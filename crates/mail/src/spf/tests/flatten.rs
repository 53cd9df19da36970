//! A flattened record authorises the same clients.

use crate::resolve::testing::zone;
use crate::resolve::{Resolver, Zones};
use crate::spf::{Flat, Problem, Qualifier, Question, SpfResult, evaluate, flatten};
use dnsctl_zone::Name;
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr};

fn flat(lines: &str, at: &str) -> Flat {
    let zone = zone("example.com", lines);
    let zones = Zones::new([&zone]);
    let name = Name::absolute(at).unwrap();
    let text = zones.texts(&name).values()[0].clone();
    flatten(&zones, &name, &text)
}

fn networks(flat: &Flat) -> Vec<String> {
    flat.networks.iter().map(ToString::to_string).collect()
}

/// `a` and `mx` are about the domain in whose record they stand.
#[test]
fn relative_terms_belong_to_their_record() {
    let flat = flat(
        "@ TXT \"v=spf1 a include:_spf.host.example.com -all\"
         @ A 192.0.2.1
         @ MX 10 wrong
         wrong A 192.0.2.66
         _spf.host TXT \"v=spf1 a mx include:inner.example.com -all\"
         _spf.host A 192.0.2.10
         _spf.host MX 10 mail
         mail A 192.0.2.20
         mail AAAA 2001:db8::20
         inner TXT \"v=spf1 a/30//64 ?all\"
         inner A 192.0.2.33
         inner AAAA 2001:db8:1::33",
        "example.com",
    );
    assert!(flat.is_complete());
    assert_eq!(
        networks(&flat),
        [
            "ip4:192.0.2.1",
            "ip4:192.0.2.10",
            "ip4:192.0.2.20",
            "ip4:192.0.2.32/30",
            "ip6:2001:db8::20",
            "ip6:2001:db8:1::/64"
        ]
    );
}

#[test]
fn qualifiers_and_order_are_kept() {
    let of = |record: &str| {
        networks(&flat(
            &format!("@ TXT \"{record}\"\nno TXT \"v=spf1 ip4:192.0.2.0/25 -all\""),
            "example.com",
        ))
    };
    assert_eq!(of("v=spf1 -ip4:192.0.2.128/25 ip4:192.0.2.0/24 -all"), ["ip4:192.0.2.0/25"]);
    assert_eq!(of("v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.128/25 -all"), ["ip4:192.0.2.0/24"]);
    assert_eq!(of("v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.128/25 -all"), ["ip4:192.0.2.0/24"]);
    assert_eq!(of("v=spf1 ?include:no.example.com ip4:192.0.2.0/24 -all"), ["ip4:192.0.2.128/25"]);
    assert_eq!(of("v=spf1 -all ip4:192.0.2.1"), Vec::<String>::new());
    assert_eq!(of("v=spf1 all"), ["ip4:0.0.0.0/0", "ip6:::/0"]);
    assert_eq!(of("v=spf1 -ip6:::/1 redirect=no.example.com"), ["ip4:192.0.2.0/25"]);
    assert_eq!(
        of("v=spf1 ip4:255.255.255.255 ip6:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ["ip4:255.255.255.255", "ip6:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
    );
}

#[test]
fn what_cannot_be_flattened_is_told() {
    let flat = flat(
        "@ TXT \"v=spf1 mx include:_spf.example.com include:far.example.net -all\"\n@ MX 10 mail\nmail A 192.0.2.1\n\
         _spf TXT \"v=spf1 exists:%{i}.list.example.com ptr ip4:192.0.2.9 -all\"",
        "example.com",
    );
    assert_eq!(networks(&flat), ["ip4:192.0.2.1", "ip4:192.0.2.9"]);
    let remaining: Vec<_> =
        flat.remaining.iter().map(|item| (item.domain.without_dot(), item.term.as_str())).collect();
    assert_eq!(
        remaining,
        [
            ("_spf.example.com".to_owned(), "exists:%{i}.list.example.com"),
            ("_spf.example.com".to_owned(), "ptr"),
            ("example.com".to_owned(), "include:far.example.net"),
        ]
    );
    assert!(matches!(flat.remaining[2].problem, Problem::Unknown(_)));
}

#[test]
fn include_files_are_cut_to_size() {
    let terms: String = (0..100).map(|number| format!(" ip4:192.0.{number}.1")).collect();
    let flat = flat(&format!("@ TXT {}", quoted(&format!("v=spf1{terms} -all"))), "example.com");
    let records = flat.records(Qualifier::Fail, 450);
    let texts: Vec<String> = records.iter().map(ToString::to_string).collect();
    assert!(texts.len() > 3 && texts.iter().all(|text| text.len() <= 450 && text.ends_with(" -all")));
    let count: usize = texts.iter().map(|text| text.matches("ip4:").count()).sum();
    assert_eq!(count, 100);
    assert!(texts.iter().all(|text| crate::spf::parse(text.as_bytes()).faults.is_empty()));
    assert_eq!(Flat::default().records(Qualifier::SoftFail, 450)[0].to_string(), "v=spf1 ~all");
}

/// A text as strings of a TXT record.
pub(super) fn quoted(text: &str) -> String {
    let strings: Vec<_> =
        text.as_bytes().chunks(200).map(|chunk| format!("\"{}\"", String::from_utf8_lossy(chunk))).collect();
    strings.join(" ")
}

/// A term about a small corner of the address space, so that terms overlap.
fn term() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["", "", "", "-", "~", "?"]);
    let what = prop_oneof![
        4 => (0..=255_u8, 24..=32_u8).prop_map(|(last, length)| format!("ip4:192.0.2.{last}/{length}")),
        1 => (24..=32_u8).prop_map(|length| format!("a/{length}")),
        1 => (24..=32_u8).prop_map(|length| format!("mx:in.example.com/{length}")),
        1 => Just("include:in.example.com".to_owned()),
        1 => Just("include:in2.example.com".to_owned()),
    ];
    (sign, what).prop_map(|(sign, what)| format!("{sign}{what}"))
}

fn record() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec!["", "-all", "~all", "+all", "redirect=in2.example.com"]);
    (prop::collection::vec(term(), 0..3), end)
        .prop_map(|(terms, end)| format!("v=spf1 {} {end}", terms.join(" ")))
}

fn ends(text: &str) -> String {
    text.replace("include:in.example.com", "a")
        .replace("include:in2.example.com", "a")
        .replace("redirect=in2.example.com", "?all")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn the_same_clients_pass(top in record(), one in record(), two in record(), outside in any::<u32>()) {
        let one = one.replace("include:in.example.com", "a").replace("redirect=in2.example.com", "-all");
        let lines = format!(
            "@ TXT \"{top}\"\n@ A 192.0.2.77\nin TXT \"{one}\"\nin A 192.0.2.130\nin MX 10 mail\nmail A 192.0.2.200\nin2 TXT \"{}\"\nin2 A 192.0.2.3",
            ends(&two)
        );
        let flattened = flat(&lines, "example.com");
        prop_assert!(flattened.is_complete(), "{lines}");
        let text = flattened.records(Qualifier::Fail, usize::MAX)[0].to_string();
        let zone = zone("example.com", &lines);
        let flat_zone = crate::resolve::testing::zone("example.com", &format!("@ TXT {}", quoted(&text)));
        let ips = (0..=255).map(|last| Ipv4Addr::new(192, 0, 2, last)).chain([Ipv4Addr::from_bits(outside)]);
        for ip in ips {
            let ip = IpAddr::V4(ip);
            let question = Question { ip, helo: "", mail_from: "a@example.com", receiver: "", now: 0 };
            // The limits are what flattening is for.
            let limits = crate::spf::Limits { lookups: 100, void_lookups: 100, ..Default::default() };
            let before = crate::spf::evaluate_with(&Zones::new([&zone]), &question, limits).result;
            let after = evaluate(&Zones::new([&flat_zone]), &question).result;
            prop_assert_eq!(before == SpfResult::Pass, after == SpfResult::Pass, "{} {}\n{}", ip, lines, text);
        }
    }
}

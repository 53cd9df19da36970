//! Whoever is in the accepted addresses passes.

use crate::resolve::testing::zone;
use crate::resolve::{Resolver, Zones};
use crate::spf::{Accepted, Network, Portion, Problem, Question, SpfResult, Tree, evaluate, walk};
use dnsctl_zone::Name;
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr};

fn tree(lines: &str) -> Tree {
    let zone = zone("example.com", lines);
    let zones = Zones::new([&zone]);
    let name = Name::absolute("example.com").unwrap();
    let text = zones.texts(&name).values()[0].clone();
    walk(&zones, &name, &text)
}

fn networks(accepted: &Accepted) -> Vec<String> {
    accepted.without(&Accepted::default()).iter().map(ToString::to_string).collect()
}

fn of(record: &str) -> Vec<String> {
    let in_use =
        "in TXT \"v=spf1 ip4:192.0.2.0/25 -all\"\nbad TXT \"v=spf1 ip4:192.0.2.4 include:gone.example.com\"";
    let record = super::flatten::quoted(&format!("v=spf1 {record}"));
    networks(&tree(&format!("@ TXT {record}\n{in_use}")).accepted())
}

#[test]
fn nobody_passes_behind_an_error() {
    assert_eq!(of("ip4:192.0.2.1 include:gone.example.com ip4:192.0.2.2 -all"), ["ip4:192.0.2.1"]);
    assert_eq!(
        of("ip4:192.0.2.1 include:bad.example.com ip4:192.0.2.2 -all"),
        ["ip4:192.0.2.1", "ip4:192.0.2.4"]
    );
    assert_eq!(of("ip4:192.0.2.1 redirect=gone.example.com"), ["ip4:192.0.2.1"]);
    assert_eq!(of("ip4:192.0.2.1 ipp4:192.0.2.2 -all"), Vec::<String>::new());
    let many = "include:in.example.com ".repeat(11);
    assert_eq!(of(&format!("{many} ip4:198.51.100.1 -all")), ["ip4:192.0.2.0/25"]);
    let ten = "include:in.example.com ".repeat(10);
    assert_eq!(of(&format!("{ten} ip4:198.51.100.1 -all")), ["ip4:192.0.2.0/25", "ip4:198.51.100.1"]);
    let void = |number: usize| of(&format!("{} ip4:198.51.100.1 -all", "a:void.example.com ".repeat(number)));
    assert_eq!((void(2), void(3)), (vec!["ip4:198.51.100.1".to_owned()], vec![]));
    let each = |number: usize| {
        of(&format!("{} ip4:198.51.100.1 -all", "exists:%{i}.in.example.com ".repeat(number)))
    };
    assert_eq!((each(2), each(3)), (vec!["ip4:198.51.100.1".to_owned()], vec![]));
}

#[test]
fn what_is_not_known_takes_no_pass_away_unless_it_may() {
    assert_eq!(of("include:far.example.net ip4:192.0.2.1 -all"), ["ip4:192.0.2.1"]);
    assert_eq!(of("-include:far.example.net ip4:192.0.2.1 -all"), Vec::<String>::new());
    assert_eq!(of("ip4:192.0.2.1 redirect=far.example.net"), ["ip4:192.0.2.1"]);
    assert_eq!(of("-exists:%{i}.example.com ip4:192.0.2.1 -all"), Vec::<String>::new());
}

#[test]
fn differences() {
    let network = |text: &str| {
        let (address, length) = text.split_once('/').unwrap();
        Network { address: address.parse().unwrap(), length: length.parse().unwrap() }
    };
    let of = |texts: &[&str]| Accepted::of(&texts.iter().map(|text| network(text)).collect::<Vec<_>>());
    let (whole, half) = (of(&["192.0.2.0/24", "2001:db8::/32"]), of(&["192.0.2.0/25", "::/0"]));
    assert_eq!(whole.without(&half), [network("192.0.2.128/25")]);
    assert_eq!(half.without(&whole).len(), 32);
    assert_eq!(of(&["0.0.0.0/0"]).without(&of(&["0.0.0.0/1"])), [network("128.0.0.0/1")]);
    assert_eq!(of(&["::/0"]).without(&of(&["ffff::/16"])).len(), 16);
    assert_eq!(networks(&whole.within(network("192.0.2.64/26"))), ["ip4:192.0.2.64/26"]);
    assert_eq!(networks(&half.within(network("192.0.2.0/24"))), ["ip4:192.0.2.0/25"]);
    assert_eq!(networks(&half.within(network("198.51.100.0/24"))), Vec::<String>::new());
    let told = |from: &[&str], to: &[&str]| {
        let parts = Accepted::of(&of(from).without(&of(to))).told_by(&of(from));
        let part = |part: &Portion| {
            let but: Vec<String> = part.but.iter().map(ToString::to_string).collect();
            format!("{} but [{}] from {}", part.network, but.join(" "), part.first)
        };
        parts.iter().map(part).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&["10.1.0.0/16", "10.3.0.0/24"], &["10.1.0.0/32", "10.1.9.0/24"]),
        [
            "ip4:10.1.0.0/16 but [ip4:10.1.0.0 ip4:10.1.9.0/24] from 10.1.0.1",
            "ip4:10.3.0.0/24 but [] from 10.3.0.0"
        ]
    );
    // Half of it in one piece, and what would leave out more than a reader likes.
    assert_eq!(told(&["10.0.0.0/23"], &["10.0.0.0/24"]), ["ip4:10.0.1.0/24 but [] from 10.0.1.0"]);
    let holes = ["10.0.0.0/32", "10.0.0.64/32", "10.0.0.128/32", "10.0.0.192/32"];
    assert_eq!(told(&["10.0.0.0/24"], &holes[..3]).len(), 1);
    assert_eq!(told(&["10.0.0.0/24"], &holes).len(), 24);
    let outside = |texts: &[&str], asked: &str| {
        of(texts).first_outside(network(asked)).map(|address| address.to_string())
    };
    assert_eq!(outside(&["192.0.2.0/25", "192.0.2.192/26"], "192.0.2.0/24").as_deref(), Some("192.0.2.128"));
    assert_eq!(outside(&["192.0.2.128/25", "192.0.2.0/25"], "192.0.2.0/24"), None);
    assert_eq!(outside(&["::/0"], "192.0.2.1/32").as_deref(), Some("192.0.2.1"));
    assert_eq!(outside(&["192.0.2.0/24"], "192.0.2.77/24"), None);
    assert_eq!(outside(&["0.0.0.0/0"], "255.255.255.0/24"), None);
    assert_eq!(outside(&["::/0"], "2001:db8::/32"), None);
    assert_eq!(outside(&["2001:db8::/33"], "2001:db8::/32").as_deref(), Some("2001:db8:8000::"));
    assert_eq!(outside(&[], "2001:db8::/32").as_deref(), Some("2001:db8::"));
}

fn term() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["", "", "", "-", "?"]);
    let what = prop_oneof![
        5 => (0..=255_u8, 24..=32_u8).prop_map(|(last, length)| format!("ip4:192.0.2.{last}/{length}")),
        1 => Just("a/28".to_owned()),
        1 => Just("a:void.example.com".to_owned()),
        1 => Just("mx:in.example.com/26".to_owned()),
        2 => Just("include:in.example.com".to_owned()),
        2 => Just("include:in2.example.com".to_owned()),
        1 => Just("include:gone.example.com".to_owned()),
        1 => Just("include:far.example.net".to_owned()),
        1 => Just("exists:%{i}.in.example.com".to_owned()),
        1 => Just("exists:in.example.com".to_owned()),
    ];
    (sign, what).prop_map(|(sign, what)| format!("{sign}{what}"))
}

fn record() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec![
        "",
        "-all",
        "-all",
        "+all",
        "redirect=in2.example.com",
        "redirect=far.example.net",
    ]);
    (prop::collection::vec(term(), 0..5), end)
        .prop_map(|(terms, end)| format!("v=spf1 {} {end}", terms.join(" ")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn they_pass(top in record(), one in record(), two in record()) {
        let one = one.replace("include:in.example.com", "a");
        let two = two.replace("include:in", "a:in").replace("redirect=in2.example.com", "?all");
        let lines = format!(
            "@ TXT \"{top}\"\n@ A 192.0.2.77\nin TXT \"{one}\"\nin A 192.0.2.130\nin MX 10 mail\nmail A 192.0.2.200\nin2 TXT \"{two}\"\nin2 A 192.0.2.3"
        );
        let tree = tree(&lines);
        let accepted = tree.accepted();
        let mut sure = !tree.is_too_long() && tree.void_lookups.ipv4 <= 2;
        tree.each(&mut |_, branch| sure &= !branch.problems.iter().any(|problem| !matches!(problem, Problem::Void(_))));
        let zone = zone("example.com", &lines);
        for last in 0..=255 {
            let ip = IpAddr::V4(Ipv4Addr::new(192, 0, 2, last));
            let question = Question { ip, helo: "", mail_from: "a@example.com", receiver: "", now: 0 };
            let passes = evaluate(&Zones::new([&zone]), &question).result == SpfResult::Pass;
            let held = accepted.holds(ip);
            prop_assert!(passes || !held, "{ip} does not pass\n{lines}");
            prop_assert!(held || !passes || !sure, "{ip} passes\n{lines}");
        }
    }
}

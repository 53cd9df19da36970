//! Questions at random, always the same: a few domains with records of all kinds of terms that lead to each other.

use crate::world::{Item, World};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::net::IpAddr;

/// A question in its world.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) world: World,
    pub(crate) ip: IpAddr,
    pub(crate) helo: String,
    pub(crate) mail_from: String,
}

/// The domains that have a record, in this order; `one` is that of the sender.
const DOMAINS: [&str; 5] =
    ["one.example.com", "two.example.com", "three.example.net", "four.example.net", "none.example.org"];
const HOSTS: [&str; 6] = [
    "mail.example.com",
    "six.example.com",
    "both.example.net",
    "gone.example.net",
    "slow.example.org",
    "alias.example.org",
];

fn pick(from: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    prop::sample::select(from).prop_map(str::to_owned)
}

fn macro_text() -> BoxedStrategy<String> {
    let letter = prop::sample::select(vec![
        "s", "l", "o", "d", "i", "v", "h", "p", "S", "L", "H", "s", "d", "o", "i", "l", "v", "h", "d", "l",
        "i", "c", "x",
    ]);
    let weighted = (
        letter,
        prop::option::of(0..5_u8),
        any::<bool>(),
        prop::sample::select(vec!["", "", ".", "-", "+-"]),
    );
    let expanded = weighted.prop_map(|(letter, keep, reverse, delimiters)| {
        // The number 0 is an error and should be rare.
        let keep = keep.filter(|keep| *keep > 0 || reverse).map(|keep| keep.to_string()).unwrap_or_default();
        format!("%{{{letter}{keep}{}{delimiters}}}", if reverse { "r" } else { "" })
    });
    prop_oneof![
        30 => expanded,
        1 => Just("%%".to_owned()),
        1 => Just("%_".to_owned()),
        1 => Just("%-".to_owned()),
        1 => Just("%".to_owned()),
    ]
    .boxed()
}

fn name() -> BoxedStrategy<String> {
    prop_oneof![
        18 => pick(&DOMAINS),
        24 => pick(&HOSTS),
        3 => pick(&HOSTS).prop_map(|name| format!("{name}.")),
        3 => pick(&HOSTS).prop_map(|name| name.to_ascii_uppercase()),
        9 => (macro_text(), pick(&["example.com", "b.example.com", "example.net"])).prop_map(|(text, base)| format!("{text}.{base}")),
        1 => macro_text(),
        1 => pick(&["museum", "192.0.2.1", "example.-com", "a..example.com", "", "x.example.com:25", "foo:bar/baz.example.com"]),
    ].boxed()
}

fn lengths() -> BoxedStrategy<String> {
    prop_oneof![
        24 => Just(String::new()),
        8 => (20..=32_u8).prop_map(|length| format!("/{length}")),
        4 => (48..=128_u8).prop_map(|length| format!("//{length}")),
        2 => (0..=34_u8, 0..=130_u8).prop_map(|(four, six)| format!("/{four}//{six}")),
        1 => pick(&["/", "/024", "//", "/24/64", "/x"]),
    ]
    .boxed()
}

fn mechanism() -> BoxedStrategy<String> {
    let optional = || prop_oneof![1 => Just(String::new()), 2 => name().prop_map(|name| format!(":{name}"))];
    prop_oneof![
        24 => (0..=255_u8, prop::option::of(22..=32_u8)).prop_map(|(last, length)| {
            format!("ip4:192.0.2.{last}{}", length.map(|length| format!("/{length}")).unwrap_or_default())
        }),
        12 => (0..=20_u8, prop::option::of(60..=128_u8)).prop_map(|(last, length)| {
            format!("ip6:2001:db8::{last:x}{}", length.map(|length| format!("/{length}")).unwrap_or_default())
        }),
        24 => (optional(), lengths()).prop_map(|(name, lengths)| format!("a{name}{lengths}")),
        24 => (optional(), lengths()).prop_map(|(name, lengths)| format!("mx{name}{lengths}")),
        24 => pick(&DOMAINS).prop_map(|name| format!("include:{name}")),
        6 => name().prop_map(|name| format!("include:{name}")),
        12 => name().prop_map(|name| format!("exists:{name}")),
        8 => optional().prop_map(|name| format!("ptr{name}")),
        1 => pick(&["all", "ALL", "MX", "Ip4:192.0.2.7", "all.", "all:x", "all/8", "ptr/8", "include", "exists", "ip4", "ip6:", "ip4:192.0.2",
            "ip4:192.0.02.1", "ip4:2001:db8::1", "ip6:192.0.2.1", "ip6:::ffff:192.0.2.1", "ip6:::192.0.2.1/96", "ip4:192.0.2.1:25", "moo",
            "ipv4:192.0.2.1", "ip4:192.0.2.1~all", "\u{e4}", "mx\tall", "ip6:2001:db8::%1"]),
    ].boxed()
}

fn term() -> BoxedStrategy<String> {
    let sign = prop_oneof![6 => Just(""), 1 => Just("+"), 2 => Just("-"), 1 => Just("~"), 1 => Just("?"), 1 => Just("=")];
    prop_oneof![
        32 => (sign, mechanism()).prop_map(|(sign, mechanism)| {
            // An unknown sign makes the whole record an error: rarely.
            format!("{}{mechanism}", if sign == "=" && mechanism.len() % 7 > 0 { "" } else { sign })
        }),
        2 => name().prop_map(|name| format!("redirect={name}")),
        3 => pick(&["exp=why.example.com", "exp=why.example.com", "exp=%{d}.why.example.com", "exp=twice.example.com", "exp=gone.example.net", "exp=", "exp=%{d}.why.example.com", "exp=%{r}.example.com"]),
        1 => pick(&["moo=cow", "moo=%{d}", "moo=%{x}", "1up=x", "x-1.y_z=", "v=spf1"]),
    ].boxed()
}

fn record() -> BoxedStrategy<String> {
    let end = prop_oneof![
        4 => pick(&["-all", "~all", "?all", "all", ""]),
        1 => pick(&DOMAINS).prop_map(|name| format!("redirect={name}")),
    ];
    (prop::collection::vec(term(), 0..5), end, 0..12_u8)
        .prop_map(|(terms, end, space)| {
            let separator = if space == 0 { "  " } else { " " };
            let all: Vec<String> = ["v=spf1".to_owned()].into_iter().chain(terms).chain([end]).collect();
            all.join(separator)
        })
        .boxed()
}

fn world() -> BoxedStrategy<World> {
    (record(), record(), record(), record(), 0..24_u8, prop::collection::vec(0..=255_u8, 6))
        .prop_map(|(one, two, three, four, odd, last)| {
            let mut world = World::default();
            for (domain, record) in DOMAINS.iter().zip([one, two, three, four]) {
                world.add(domain, Item::Txt(record));
                world.add(domain, Item::Txt("some other text".to_owned()));
            }
            match odd {
                0 => world.add("two.example.com", Item::Txt("v=spf1 -all".to_owned())),
                1 => drop(world.0.remove("three.example.net")),
                2 => world.0.insert("four.example.net".to_owned(), vec![Item::Timeout]).map_or((), drop),
                _ => {}
            }
            hosts(&mut world, &last);
            world
        })
        .boxed()
}

fn hosts(world: &mut World, last: &[u8]) {
    let v4 = |last: u8| Item::A([192, 0, 2, last].into());
    let v6 = |last: u16| Item::Aaaa([0x2001, 0xdb8, 0, 0, 0, 0, 0, last].into());
    let mx = |preference, name: &str| Item::Mx(preference, name.to_owned());
    let text = |text: &str| Item::Txt(text.to_owned());
    world.add("one.example.com", v4(last[0]));
    world.add("one.example.com", v6(4));
    world.add("one.example.com", mx(10, "mail.example.com"));
    world.add("one.example.com", mx(20, "both.example.net"));
    world.add("two.example.com", v4(last[1]));
    world.add("two.example.com", mx(10, "gone.example.net"));
    world.add("two.example.com", mx(20, "mail.example.com"));
    world.add("three.example.net", v6(5));
    world.add("three.example.net", mx(0, ""));
    world.add("none.example.org", v4(1));
    for number in 0..11 {
        world.add("none.example.org", mx(number, "mail.example.com"));
    }
    world.add("mail.example.com", v4(last[2]));
    world.add("mail.example.com", v4(last[3]));
    world.add("mail.example.com", mx(5, "both.example.net"));
    world.add("six.example.com", v6(6));
    world.add("both.example.net", v4(last[4]));
    world.add("both.example.net", v6(7));
    world.add("slow.example.org", Item::Timeout);
    world.add("alias.example.org", Item::Cname("mail.example.com".to_owned()));
    world.add("why.example.com", text("%{i} may not, says %{o}: %{S} %{p} %{h}"));
    world.add("one.example.com.why.example.com", text("see http://example.com/%{L}?%{d}"));
    world.add("twice.example.com", text("one"));
    world.add("twice.example.com", text("two"));
    world.add("foo:bar/baz.example.com", v4(last[5]));
    world.add("joe.example.com", v4(last[5]));
    world.add("in-addr.example.com", v4(1));
    world.add("one.example.com.example.com", v4(1));
    world.add("mail.example.com.example.com", v4(1));
    for (number, last) in last.iter().enumerate() {
        let reverse = format!("{last}.2.0.192.in-addr.arpa");
        if !world.0.contains_key(&reverse) && number % 2 == 0 {
            world.add(&reverse, Item::Ptr("six.example.com".to_owned()));
            world.add(&reverse, Item::Ptr("mail.example.com".to_owned()));
            world.add(&reverse, Item::Ptr("one.example.com".to_owned()));
        }
    }
    world.add(
        &format!("7{}8.b.d.0.1.0.0.2.ip6.arpa", ".0".repeat(23) + "."),
        Item::Ptr("both.example.net".to_owned()),
    );
}

fn case() -> BoxedStrategy<Case> {
    let sender = prop_oneof![
        8 => Just("joe@one.example.com".to_owned()),
        1 => Just("joe-b+c.d@one.example.com".to_owned()),
        1 => Just(String::new()),
        1 => Just("@one.example.com".to_owned()),
        1 => Just("one.example.com".to_owned()),
    ];
    let helo = pick(&["one.example.com", "mail.example.com", "client", "[192.0.2.1]"]);
    let client = prop_oneof![
        6 => (0..6_usize).prop_map(Some),
        3 => Just(None),
    ];
    (world(), sender, helo, client, any::<u8>(), 0..10_u16, 0..4_u8)
        .prop_map(|(world, mail_from, helo, known, last, six, family)| {
            let addresses: Vec<IpAddr> = world
                .0
                .values()
                .flatten()
                .filter_map(|item| match item {
                    Item::A(address) => Some(IpAddr::V4(*address)),
                    _ => None,
                })
                .collect();
            let ip = match (family, known) {
                (0, _) => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, six]),
                (_, Some(index)) => addresses[index % addresses.len()],
                (_, None) => IpAddr::from([192, 0, 2, last]),
            };
            Case { world, ip, helo, mail_from }
        })
        .boxed()
}

/// The same cases each time.
pub(crate) fn cases(count: usize) -> Vec<Case> {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let strategy = case();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

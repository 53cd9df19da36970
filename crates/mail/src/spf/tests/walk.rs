//! The worst case over all clients.

use crate::resolve::testing::zone;
use crate::resolve::{Resolver, Zones};
use crate::spf::{Problem, Tree, Voids, walk};
use dnsctl_zone::Name;

fn tree(lines: &str) -> Tree {
    let zone = zone("example.com", lines);
    let zones = Zones::new([&zone]);
    let name = Name::absolute("example.com").unwrap();
    let text = zones.texts(&name).values()[0].clone();
    walk(&zones, &name, &text)
}

#[test]
fn a_tree_shows_where_lookups_go() {
    let tree = tree(
        "@ TXT \"v=spf1 ip4:192.0.2.1 mx include:_spf.example.com include:_spf.example.com a:gone.example.com exists:%{i}.x.example.com include:foreign.example.net -all ptr\"
         @ MX 10 mail
         mail A 192.0.2.25
         _spf TXT \"v=spf1 a:mail.example.com include:_more.example.com -all\"
         _more TXT \"v=spf1 mx:example.com redirect=_end.example.com\"
         _end TXT \"v=spf1 ip4:192.0.2.0/24 ~all\"",
    );
    assert_eq!(
        tree.to_string(),
        "example.com: 14 lookups, 10 are allowed\n\
         ├─  1 mx\n\
         ├─  5 include:_spf.example.com\n\
         │  ├─  1 a:mail.example.com\n\
         │  └─  3 include:_more.example.com\n\
         │     ├─  1 mx:example.com\n\
         │     └─  1 redirect=_end.example.com\n\
         ├─  5 include:_spf.example.com\n\
         │  ├─  1 a:mail.example.com\n\
         │  └─  3 include:_more.example.com\n\
         │     ├─  1 mx:example.com\n\
         │     └─  1 redirect=_end.example.com <- lookup 11: receivers stop here with permerror\n\
         ├─  1 a:gone.example.com (there is no gone.example.com A; there is no gone.example.com AAAA)\n\
         ├─  1 exists:%{i}.x.example.com\n\
         └─  1 include:foreign.example.net (foreign.example.net TXT is not known)"
    );
    assert_eq!(tree.lookups, 14);
    assert!(tree.is_too_long() && !tree.endless);
    // The host has no IPv6 address: five terms ask for it in vain, and one more name does not exist at all.
    assert_eq!(tree.void_lookups, Voids { ipv4: 1, ipv6: 6 });
    assert_eq!(
        tree.unknown().iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["foreign.example.net TXT"]
    );
}

#[test]
fn a_long_tree_is_cut_and_its_sums_are_not() {
    let many = |number: usize| "a:mail.example.com ".repeat(number);
    let long = "x".repeat(200);
    let record =
        format!("v=spf1 include:_spf.example.com {} exists:%{{i}}.{long}.example.com -all", many(60));
    let lines = format!(
        "@ TXT {}\n_spf TXT {}\nmail A 192.0.2.25",
        super::flatten::quoted(&record),
        super::flatten::quoted(&format!("v=spf1 {} -all", many(70)))
    );
    let text = tree(&lines).to_string();
    assert_eq!(text.lines().count(), 1 + 100 + 1);
    assert!(text.starts_with("example.com: 132 lookups, 10 are allowed\n"), "{text}");
    assert!(text.ends_with("\n└─ … and 32 more terms"), "{text}");
    let lines =
        format!("@ TXT {}", super::flatten::quoted(&format!("v=spf1 exists:%{{i}}.{long}.example.com -all")));
    assert!(tree(&lines).to_string().ends_with("xxx…"));
}

#[test]
fn what_breaks_a_check_is_told() {
    let tree = tree(
        "@ TXT \"v=spf1 include:none.example.com include:two.example.com include:bad.example.com mx:many.example.com include:a..example.com redirect=ignored.example.com -all\"
         two TXT \"v=spf1 -all\"
         two TXT \"v=spf1 +all\"
         bad TXT \"v=spf1 moo -all\"
         many MX 1 a
         many MX 2 a
         many MX 3 a
         many MX 4 a
         many MX 5 a
         many MX 6 a
         many MX 7 a
         many MX 8 a
         many MX 9 a
         many MX 10 a
         many MX 11 a
         a A 192.0.2.1",
    );
    let problems: Vec<_> =
        tree.branches.iter().map(|branch| branch.problems.iter().find(|p| p.is_error())).collect();
    assert_eq!(
        problems,
        [
            Some(&Problem::NoRecord),
            Some(&Problem::ManyRecords(2)),
            Some(&Problem::Invalid),
            Some(&Problem::ManyExchangers(11)),
            None,
            None,
        ]
    );
    assert_eq!(tree.branches[4].problems, [Problem::NoName("a..example.com".to_owned())]);
    assert_eq!(tree.lookups, 5, "the redirect beside all costs nothing");
}

#[test]
fn macros_of_the_domain_are_followed() {
    let tree = tree(
        "@ TXT \"v=spf1 include:_spf.%{d} include:_spf.%{o} -all\"\n_spf TXT \"v=spf1 a:%{d2} -all\"\n@ A 192.0.2.1",
    );
    assert_eq!(tree.lookups, 4);
    assert_eq!(tree.branches[1].nested.as_ref().unwrap().branches[0].addresses.len(), 1);
}

/// The worst case is what a client that matches nothing needs.
#[test]
fn the_walk_agrees_with_a_check_that_matches_nothing() {
    let zone = zone(
        "example.com",
        "@ TXT \"v=spf1 mx a:mail.example.com include:_spf.example.com exists:%{l}.example.com -all\"\n@ MX 10 mail\nmail A 192.0.2.25\n\
         _spf TXT \"v=spf1 a:mail.example.com include:_more.example.com -all\"\n_more TXT \"v=spf1 mx:example.com ~all\"",
    );
    let zones = Zones::new([&zone]);
    let name = Name::absolute("example.com").unwrap();
    let tree = walk(&zones, &name, &zones.texts(&name).values()[0].clone());
    let question = crate::spf::Question {
        ip: "198.51.100.1".parse().unwrap(),
        helo: "",
        mail_from: "nobody@example.com",
        receiver: "",
        now: 0,
    };
    let evaluation = crate::spf::evaluate(&zones, &question);
    assert_eq!(evaluation.lookups, tree.lookups);
}

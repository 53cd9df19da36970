use crate::diagnostic::{Diagnostics, Severity};
use crate::testing::{problems, zone};

/// The codes of all that is wrong, with their severities and lines.
fn codes(records: &str) -> Vec<String> {
    let (_, _, diagnostics) = zone(&format!("records:\n{records}"));
    let line = |d: &crate::diagnostic::Diagnostic| {
        d.source.as_ref().map_or(0, |source| source.line.saturating_sub(1))
    };
    diagnostics.iter().map(|d| format!("{}{} {}", &d.severity.word()[..1], line(d), d.code)).collect()
}

#[test]
fn every_rule() {
    let none: [&str; 0] = [];
    for (records, expected) in [
        ("  a: { CNAME: b, A: 192.0.2.1, TXT: x }", &["e1 zone/cname-beside-data"][..]),
        (
            "  a: { CNAME: b, RRSIG: A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1 }",
            &["w1 zone/signing"],
        ),
        ("  \"@\": { CNAME: b }", &["e1 zone/cname-at-apex"]),
        ("  \"@\": { CNAME: b, MX: 10 x }", &["e1 zone/cname-at-apex", "e1 zone/cname-beside-data"]),
        ("  a: { CNAME: [b, c] }", &["e1 zone/several-values"]),
        ("  a: { DNAME: [b, c] }", &["e1 zone/several-values"]),
        ("  a: { DNAME: b, CNAME: c }", &["e1 zone/cname-beside-data"]),
        ("  a: { DNAME: b, TXT: x }\n  b: { A: 192.0.2.1 }", &none),
        (
            "  a: { DNAME: b }\n  x.a: { A: 192.0.2.1 }\n  y.x.a: { A: 192.0.2.1 }",
            &["e2 zone/below-dname", "e3 zone/below-dname"],
        ),
        ("  a: { SOA: ns1 h 1 2 3 4 5 }", &["e1 zone/soa-not-at-apex"]),
        ("  \"@\": { SOA: [ns1 h 1 2 3 4 5, ns2 h 1 2 3 4 5] }", &["e1 zone/several-values"]),
        (
            "  \"@\": { NS: ns1.example.net., DNAME: x.example. }\n  a: { A: 192.0.2.1 }",
            &["e2 zone/below-dname"],
        ),
        ("  sub: { NS: ns1.example.net., DS: 1 13 2 00 }", &["e1 record/bad-value"]),
        ("  a: { TYPE255: '\\# 0' }", &["e1 record/bad-value"]),
        (
            "  a: { SVCB: 1 . no-default-alpn, NAPTR: '1 1 \"\" \"\" \"nodelim\" .' }",
            &["e1 record/bad-value", "e1 record/bad-value"],
        ),
        ("  sub: { NS: ns1.example.net., DS: 1 13 255 00 }", &none),
        ("  sub: { NS: ns.sub }\n", &["e1 record/ambiguous-name"]),
        ("  sub: { NS: ns.sub.example.com. }\n  ns.sub: { A: 192.0.2.1, AAAA: 2001:db8::1 }", &none),
        ("  sub: { NS: sub, A: 192.0.2.1 }", &none),
        ("  sub: { NS: ns1.example.net., A: 192.0.2.1 }", &["w1 zone/below-delegation"]),
        ("  sub: { NS: ns1.example.net. }\n  mail.sub: { A: 192.0.2.1 }", &["w2 zone/below-delegation"]),
        // The server of another delegation.
        (
            "  sub: { NS: ns1.example.net. }\n  ns.sub: { A: 192.0.2.1 }\n  xsub: { NS: ns.sub.example.com. }",
            &none,
        ),
        (
            "  sub: { NS: ns1.example.net., TXT: x }\n  a.sub: { TXT: x }\n  b.sub: { NS: ns.example.net. }",
            &["e1 zone/below-delegation", "e2 zone/below-delegation", "e3 zone/below-delegation"],
        ),
        ("  sub: { NS: ns1.example.net. }\n  sub2: { TXT: x }\n  subx: { TXT: x }", &none),
        ("  \"@\": { NS: ns1.example.net. }\n  a: { TXT: x }", &none),
        (
            "  a: { DS: 1 13 255 00 }\n  \"@\": { DS: 1 13 255 00 }",
            &["w1 zone/ds-without-delegation", "w2 zone/ds-without-delegation"],
        ),
        ("  a: { ALIAS: b, A: 192.0.2.1 }", &["e1 zone/alias-beside-address"]),
        ("  a: { ALIAS: b, MX: 10 x }\n  \"@\": { ALIAS: b, NS: x }", &none),
        ("  a: { SPF: v=spf1 -all }", &["w1 zone/obsolete-spf"]),
        ("  a: { NSEC3PARAM: 1 0 0 - }", &["w1 zone/signing"]),
        ("  \"*.a\": { NS: ns1.example.net. }", &["w1 zone/wildcard"]),
    ] {
        assert_eq!(codes(records), expected, "{records}");
    }
}

#[test]
fn what_a_person_sees() {
    let text = "records:\n  sub: { NS: ns1.example.net. }\n  a.sub: { MX: 10 x }\n  old: { DNAME: new }\n  x.old: { A: 192.0.2.1 }\n  www: { CNAME: a, MX: 10 x, TXT: y }\n  \"@\": { CNAME: b }\n";
    insta::assert_snapshot!(problems(text), @r#"
    error[zone/below-delegation]: a.sub.example.com. MX is below the delegation of sub.example.com.: only the servers of that zone are asked for it
     --> zones/example.com.yaml:3:12
      |
    3 |   a.sub: { MX: 10 x }
      |            ^^
     ::: zones/example.com.yaml:2:10
      |
    2 |   sub: { NS: ns1.example.net. }
      |          -- delegated here
      |
      = help: move it to that zone, or remove the delegation

    error[zone/below-dname]: x.old.example.com. A is below the DNAME of old.example.com., which redirects it (RFC 6672 section 2.4)
     --> zones/example.com.yaml:5:12
      |
    5 |   x.old: { A: 192.0.2.1 }
      |            ^
     ::: zones/example.com.yaml:4:10
      |
    4 |   old: { DNAME: new }
      |          ----- redirected here
      |
      = help: remove it, or remove the DNAME

    error[zone/cname-beside-data]: www.example.com. has a CNAME and MX, TXT: a CNAME stands alone (RFC 1034 section 3.6.2)
     --> zones/example.com.yaml:6:10
      |
    6 |   www: { CNAME: a, MX: 10 x, TXT: y }
      |          ^^^^^
     ::: zones/example.com.yaml:6:20
      |
    6 |   www: { CNAME: a, MX: 10 x, TXT: y }
      |                    -- beside this
      |
      = help: remove one of them, or write addresses in place of the CNAME

    error[zone/cname-at-apex]: a CNAME cannot stand at the apex, beside SOA and NS (RFC 1034 section 3.6.2)
     --> zones/example.com.yaml:7:10
      |
    7 |   "@": { CNAME: b }
      |          ^^^^^
      |
      = help: write the addresses, or ALIAS where the provider knows it
    "#);
}

#[test]
fn lenient_records_only_warn() {
    let (_, loaded, _) =
        zone("records:\n  a: { A: 192.0.2.1 }\n  b: { TXT: x }\n  b.c: { TXT: x }\n  c: { TXT: x }\n");
    let mut wishes = loaded.zone.unwrap().wishes;
    let apex = dnsctl_zone::Name::absolute("example.com").unwrap();
    // A CNAME beside the A record, and a delegation above the TXT record.
    let names = dnsctl_zone::Names { origin: &apex, strict: false };
    let add = |name: &str, rtype: dnsctl_zone::RecordType| {
        let owner = dnsctl_zone::Name::parse(name, names).unwrap();
        let value = dnsctl_zone::Rdata::parse(rtype, "x.example.", names).unwrap();
        let mut wish = wishes[0].clone();
        wish.rrset = dnsctl_zone::RRset::new(owner, rtype, wish.rrset.ttl, vec![value]);
        wish
    };
    let added = [add("a", dnsctl_zone::RecordType::CNAME), add("c", dnsctl_zone::RecordType::NS)];
    wishes.extend(added);
    wishes.sort_by(|a, b| a.rrset.key().cmp(&b.rrset.key()));
    let severities = |lenient: &str| {
        let mut found = Diagnostics::new();
        super::check(&apex, &wishes, &|wish| wish.rrset.name.relative_to(&apex) == lenient, &mut found);
        found.iter().map(|d| d.severity).collect::<Vec<_>>()
    };
    use Severity::{Error, Warning};
    assert_eq!(severities("nobody"), [Error, Error, Error]);
    assert_eq!(severities("a"), [Warning, Error, Error]);
    assert_eq!(severities("b.c"), [Error, Error, Warning]);
    assert_eq!(severities("c"), [Error, Warning, Warning]);
}

use crate::testing::{problems, records};

#[test]
fn the_zone_of_the_design() {
    let text = r#"
zone: example.com
provider: [main, edge]
ttl: 2h
records:
  "@":
    A: 203.0.113.10
    CAA: 0 issue "letsencrypt.org"
  www: { CNAME: "@" }
  api:
    A: { ttl: 5m, values: [203.0.113.20, 203.0.113.21] }
  _sip._tcp: { SRV: 10 60 5060 sip }
  blog:
    CNAME: { value: pages.host.example., provider: { cloudflare: { proxied: true } } }
ignore:
  - { name: "_acme-challenge.**", type: TXT }
"#;
    insta::assert_snapshot!(records(text), @r#"
    @ 7200 A 203.0.113.10  :7
    @ 7200 CAA 0 issue "letsencrypt.org"  :8
    _sip._tcp 7200 SRV 10 60 5060 sip.example.com.  :12
    api 300 A 203.0.113.20  :11
    api 300 A 203.0.113.21  :11
    blog 7200 CNAME pages.host.example.  :14
    www 7200 CNAME example.com.  :9
    "#);
}

#[test]
fn some_errors() {
    let text = r#"
recrods: {}
ttl: 1x
records:
  www.example.com: { A: 192.0.2.300 }
  www: { MX: 10 mail.example.com, AA: 1 }
  www2: { A: 1.2.3.4, CNAME: x }
"#;
    insta::assert_snapshot!(problems(text), @r#"
    error[config/unknown-key]: a zone file has no key `recrods`
     --> zones/example.com.yaml:2:1
      |
    2 | recrods: {}
      | ^^^^^^^
      |
      = help: did you mean `records`?

    error[config/bad-ttl]: "1x" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m)
     --> zones/example.com.yaml:3:6
      |
    3 | ttl: 1x
      |      ^^

    error[record/ambiguous-name]: `www.example.com` has no dot at its end: is it www.example.com. or www.example.com.example.com.?
     --> zones/example.com.yaml:5:3
      |
    5 |   www.example.com: { A: 192.0.2.300 }
      |   ^^^^^^^^^^^^^^^
      |
      = help: write "www" for the first, "www.example.com.example.com." for the second

    error[record/bad-value]: A: address: "192.0.2.300" is not an IPv4 address
     --> zones/example.com.yaml:5:25
      |
    5 |   www.example.com: { A: 192.0.2.300 }
      |                         ^^^^^^^^^^^

    error[record/ambiguous-name]: `mail.example.com` has no dot at its end: is it mail.example.com. or mail.example.com.example.com.?
     --> zones/example.com.yaml:6:17
      |
    6 |   www: { MX: 10 mail.example.com, AA: 1 }
      |                 ^^^^^^^^^^^^^^^^
      |
      = help: write mail or mail.example.com. for the first, mail.example.com.example.com. for the second

    error[record/unknown-type]: `AA` is not a record type
     --> zones/example.com.yaml:6:35
      |
    6 |   www: { MX: 10 mail.example.com, AA: 1 }
      |                                   ^^
      |
      = help: did you mean `CAA`?

    error[zone/cname-beside-data]: www2.example.com. has a CNAME and A: a CNAME stands alone (RFC 1034 section 3.6.2)
     --> zones/example.com.yaml:7:23
      |
    7 |   www2: { A: 1.2.3.4, CNAME: x }
      |                       ^^^^^
     ::: zones/example.com.yaml:7:11
      |
    7 |   www2: { A: 1.2.3.4, CNAME: x }
      |           - beside this
      |
      = help: remove one of them, or write addresses in place of the CNAME
    "#);
}

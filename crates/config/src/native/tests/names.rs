//! Owner names and names in values.

use crate::testing::{CONFIG, list, load, problems, records};

#[test]
fn owner_names() {
    let text = r#"
records:
  "@": { A: 192.0.2.1 }
  example.com.: { TXT: apex }
  a.b: { A: 192.0.2.1 }
  C.example.com.: { A: 192.0.2.1 }
  "*": { A: 192.0.2.1 }
  "*.d": { A: 192.0.2.1 }
  bücher: { A: 192.0.2.1 }
  _dmarc: { TXT: v=DMARC1 }
  'x\.y': { A: 192.0.2.1 }
  www.example: { A: 192.0.2.1 }
"#;
    insta::assert_snapshot!(records(text), @r#"
    @ 3600 A 192.0.2.1  :3
    @ 3600 TXT "apex"  :4
    * 3600 A 192.0.2.1  :7
    _dmarc 3600 TXT "v=DMARC1"  :10
    a.b 3600 A 192.0.2.1  :5
    c 3600 A 192.0.2.1  :6
    *.d 3600 A 192.0.2.1  :8
    www.example 3600 A 192.0.2.1  :12
    x\.y 3600 A 192.0.2.1  :11
    xn--bcher-kva 3600 A 192.0.2.1  :9
    "#);
}

#[test]
fn owner_names_that_are_wrong() {
    let text = r#"
records:
  www.example.com: { A: 192.0.2.1 }
  EXAMPLE.com: { A: 192.0.2.1 }
  www.example.org.: { A: 192.0.2.1 }
  "": { A: 192.0.2.1 }
  ~: { A: 192.0.2.1 }
  a..b: { A: 192.0.2.1 }
  a b: { A: 192.0.2.1 }
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: { A: 192.0.2.1 }
  a.*.b: { A: 192.0.2.1 }
  ☃.-a: { A: 192.0.2.300 }
"#;
    insta::assert_snapshot!(problems(text), @r#"
    error[record/ambiguous-name]: `www.example.com` has no dot at its end: is it www.example.com. or www.example.com.example.com.?
     --> zones/example.com.yaml:3:3
      |
    3 |   www.example.com: { A: 192.0.2.1 }
      |   ^^^^^^^^^^^^^^^
      |
      = help: write "www" for the first, "www.example.com.example.com." for the second

    error[record/ambiguous-name]: `EXAMPLE.com` has no dot at its end: is it example.com. or example.com.example.com.?
     --> zones/example.com.yaml:4:3
      |
    4 |   EXAMPLE.com: { A: 192.0.2.1 }
      |   ^^^^^^^^^^^
      |
      = help: write "@" for the first, "example.com.example.com." for the second

    error[record/out-of-zone]: www.example.org. is not in the zone example.com.
     --> zones/example.com.yaml:5:3
      |
    5 |   www.example.org.: { A: 192.0.2.1 }
      |   ^^^^^^^^^^^^^^^^
      |
      = help: move it to the file of its zone; a relative name has no dot at its end

    error[record/bad-owner]: there is no owner name here
     --> zones/example.com.yaml:6:3
      |
    6 |   "": { A: 192.0.2.1 }
      |   ^^
      |
      = help: the apex is written "@"

    error[record/bad-owner]: there is no owner name here
     --> zones/example.com.yaml:7:3
      |
    7 |   ~: { A: 192.0.2.1 }
      |   ^
      |
      = help: the apex is written "@"

    error[record/bad-owner]: the name "a..b" has an empty label (two dots in a row, or one at the start)
     --> zones/example.com.yaml:8:3
      |
    8 |   a..b: { A: 192.0.2.1 }
      |   ^^^^
      |
      = help: take the dot that is too much away

    error[record/bad-owner]: the name "a b" has a blank or a control character in it
     --> zones/example.com.yaml:9:3
      |
    9 |   a b: { A: 192.0.2.1 }
      |   ^^^
      |
      = help: take it out of the name; a blank that belongs to it is written \032

    error[record/bad-owner]: the label "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" has 73 octets; at most 63 are allowed (RFC 1035 section 2.3.4)
      --> zones/example.com.yaml:10:3
       |
    10 |   aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: { A: 192.0.2.1 }
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: shorten the name

    warning[record/no-wildcard]: in `a.*.b` the * is not the first label, so it is no wildcard (RFC 4592 section 2.1.1)
      --> zones/example.com.yaml:11:3
       |
    11 |   a.*.b: { A: 192.0.2.1 }
       |   ^^^^^
       |
       = help: write * as the first label, or the names that are meant

    error[record/bad-value]: A: address: "192.0.2.300" is not an IPv4 address
      --> zones/example.com.yaml:12:14
       |
    12 |   ☃.-a: { A: 192.0.2.300 }
       |              ^^^^^^^^^^^
       |
       = help: A is written like this: 192.0.2.1
    "#);
}

#[test]
fn names_in_values_that_are_wrong() {
    let text = r#"
records:
  a: { CNAME: www.example.com }
  b: { CNAME: cdn.example.net }
  c: { MX: 10 192.0.2.1 }
  d: { MX: [10 20, "10 2001:db8::1"] }
  e: { CNAME: 192.0.2.1. }
  f: { SRV: { priority: 1, weight: 2, port: 3, target: a.b } }
  g: { NS: [ns1.example.net, ns2.example.net.] }
  "@": { SOA: ns1 hostmaster@example.com. 1 2 3 4 5 }
  h: { CNAME: "a..b" }
"#;
    insta::assert_snapshot!(problems(text), @r#"
    error[record/ambiguous-name]: `www.example.com` has no dot at its end: is it www.example.com. or www.example.com.example.com.?
     --> zones/example.com.yaml:3:15
      |
    3 |   a: { CNAME: www.example.com }
      |               ^^^^^^^^^^^^^^^
      |
      = help: write www or www.example.com. for the first, www.example.com.example.com. for the second

    error[record/ambiguous-name]: `cdn.example.net` has no dot at its end: is it cdn.example.net. or cdn.example.net.example.com.?
     --> zones/example.com.yaml:4:15
      |
    4 |   b: { CNAME: cdn.example.net }
      |               ^^^^^^^^^^^^^^^
      |
      = help: write cdn.example.net. for the first, cdn.example.net.example.com. for the second

    error[record/not-a-name]: the address `192.0.2.1` stands where a domain name must be
     --> zones/example.com.yaml:5:15
      |
    5 |   c: { MX: 10 192.0.2.1 }
      |               ^^^^^^^^^
      |
      = help: give the address a name of its own (A or AAAA), and name that here

    error[record/not-a-name]: the number `20` stands where a domain name must be
     --> zones/example.com.yaml:6:16
      |
    6 |   d: { MX: [10 20, "10 2001:db8::1"] }
      |                ^^
      |
      = help: if the name is meant, write it in full: 20.example.com.

    error[record/not-a-name]: the address `2001:db8::1` stands where a domain name must be
     --> zones/example.com.yaml:6:24
      |
    6 |   d: { MX: [10 20, "10 2001:db8::1"] }
      |                        ^^^^^^^^^^^^
      |
      = help: give the address a name of its own (A or AAAA), and name that here

    warning[record/not-a-name]: the address `192.0.2.1.` stands where a domain name must be
     --> zones/example.com.yaml:7:15
      |
    7 |   e: { CNAME: 192.0.2.1. }
      |               ^^^^^^^^^^
      |
      = help: give the address a name of its own (A or AAAA), and name that here

    error[record/ambiguous-name]: `a.b` has no dot at its end: is it a.b. or a.b.example.com.?
     --> zones/example.com.yaml:8:56
      |
    8 |   f: { SRV: { priority: 1, weight: 2, port: 3, target: a.b } }
      |                                                        ^^^
      |
      = help: write a.b. for the first, a.b.example.com. for the second

    error[record/ambiguous-name]: `ns1.example.net` has no dot at its end: is it ns1.example.net. or ns1.example.net.example.com.?
     --> zones/example.com.yaml:9:13
      |
    9 |   g: { NS: [ns1.example.net, ns2.example.net.] }
      |             ^^^^^^^^^^^^^^^
      |
      = help: write ns1.example.net. for the first, ns1.example.net.example.com. for the second

    error[record/bad-value]: rname: a mail address is written with a dot in place of the @ (RFC 1035 section 3.3.13)
      --> zones/example.com.yaml:10:15
       |
    10 |   "@": { SOA: ns1 hostmaster@example.com. 1 2 3 4 5 }
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write hostmaster.example.com. for hostmaster@example.com

    error[record/bad-value]: CNAME: cname: the name "a..b" has an empty label (two dots in a row, or one at the start)
      --> zones/example.com.yaml:11:16
       |
    11 |   h: { CNAME: "a..b" }
       |                ^^^^^
       |
       = help: take the dot that is too much away
    "#);
}

#[test]
fn other_zones() {
    let (project, loaded, diagnostics) = load(&[
        ("dnsctl.yaml", CONFIG),
        (
            "zones/2.0.192.in-addr.arpa.yaml",
            "records:\n  1: { PTR: host.example. }\n  2.0.192.in-addr.arpa.: { NS: ns.example. }\n",
        ),
        (
            "zones/root.yaml",
            "zone: .\nrecords:\n  com: { NS: a.gtld-servers.net. }\n  \"@\": { NS: a.root-servers.net. }\n",
        ),
        ("zones/a.yaml", "zone: bücher.example\nrecords:\n  www: { CNAME: \"@\" }\n"),
        ("zones/b.yaml", "zone: 0/26.2.0.192.in-addr.arpa\nrecords:\n  1: { PTR: host.example. }\n"),
    ]);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(&project.files, false));
    let zones: Vec<String> = project
        .units
        .iter()
        .zip(&loaded)
        .map(|(unit, loaded)| format!("{}\n{}", unit.apex, list(loaded)))
        .collect();
    insta::assert_snapshot!(zones.concat(), @"
    .
    @ 3600 NS a.root-servers.net.  :4
    com. 3600 NS a.gtld-servers.net.  :3
    2.0.192.in-addr.arpa.
    @ 3600 NS ns.example.  :3
    1 3600 PTR host.example.  :2
    0/26.2.0.192.in-addr.arpa.
    1 3600 PTR host.example.  :3
    xn--bcher-kva.example.
    www 3600 CNAME xn--bcher-kva.example.  :3
    ");
}

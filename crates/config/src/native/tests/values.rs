//! Values and RRsets that are wrong.

use crate::testing::{problems, zone};

#[test]
fn bad_rdata_is_underlined_where_it_is_wrong() {
    let text = r#"
records:
  a: { A: 192.0.2.300 }
  b: { A: ["192.0.2.1", '192.0.2.010'] }
  c: { MX: 10 }
  d: { MX: mail }
  e: { SRV: 1 2 99999 host }
  f: { CAA: "0 is-sue \"x\"" }
  g: { AAAA: 192.0.2.1 }
  h: { TLSA: 3 1 1 xyz }
  i: { MX: { preference: 70000, exchange: mail } }
  j: { MX: { preference: 10 } }
  k: { MX: { preference: 10, exchnage: mail } }
  l: { TYPE65280: abc }
  m: { HTTPS: 1 . alpn=h2 alpn=h3 }
  n: { TXT: '"a\999"' }
"#;
    insta::assert_snapshot!(problems(text), @r#"
    error[record/bad-value]: A: address: "192.0.2.300" is not an IPv4 address
     --> zones/example.com.yaml:3:11
      |
    3 |   a: { A: 192.0.2.300 }
      |           ^^^^^^^^^^^
      |
      = help: A is written like this: 192.0.2.1

    error[record/bad-value]: A: address: "192.0.2.010" is not an IPv4 address; leading zeros are refused, since some programs read them as octal
     --> zones/example.com.yaml:4:26
      |
    4 |   b: { A: ["192.0.2.1", '192.0.2.010'] }
      |                          ^^^^^^^^^^^^
      |
      = help: A is written like this: 192.0.2.1

    error[record/bad-value]: MX: exchange: the field is missing
     --> zones/example.com.yaml:5:14
      |
    5 |   c: { MX: 10 }
      |              ^
      |
      = help: MX is written like this: 10 host.example.com. (preference, exchange)

    error[record/bad-value]: MX: preference: "mail" is not a number from 0 to 65535
     --> zones/example.com.yaml:6:12
      |
    6 |   d: { MX: mail }
      |            ^^^^
      |
      = help: MX is written like this: 10 host.example.com. (preference, exchange)

    error[record/bad-value]: SRV: port: "99999" is not a number from 0 to 65535
     --> zones/example.com.yaml:7:17
      |
    7 |   e: { SRV: 1 2 99999 host }
      |                 ^^^^^^^^^^
      |
      = help: SRV is written like this: 10 10 10 host.example.com. (priority, weight, port, target)

    error[record/bad-value]: CAA: tag: this is not one word of letters and digits
     --> zones/example.com.yaml:8:14
      |
    8 |   f: { CAA: "0 is-sue \"x\"" }
      |              ^^^^^^^^^^^^^^^
      |
      = help: CAA is written like this: 1 issue "text" (flags, tag, value)

    error[record/bad-value]: AAAA: address: "192.0.2.1" is not an IPv6 address
     --> zones/example.com.yaml:9:14
      |
    9 |   g: { AAAA: 192.0.2.1 }
      |              ^^^^^^^^^
      |
      = help: AAAA is written like this: 2001:db8::1

    error[record/bad-value]: TLSA: certificate_association_data: this is not hexadecimal: invalid length at 2
      --> zones/example.com.yaml:10:20
       |
    10 |   h: { TLSA: 3 1 1 xyz }
       |                    ^^^
       |
       = help: TLSA is written like this: 1 1 1 0123abcd (certificate_usage, selector, matching_type, certificate_association_data)

    error[record/bad-value]: MX: preference: "70000" is not a number from 0 to 65535
      --> zones/example.com.yaml:11:26
       |
    11 |   i: { MX: { preference: 70000, exchange: mail } }
       |                          ^^^^^
       |
       = help: MX is written like this: 10 host.example.com. (preference, exchange)

    error[record/bad-value]: MX: exchange: the field is missing; the fields are preference exchange
      --> zones/example.com.yaml:12:12
       |
    12 |   j: { MX: { preference: 10 } }
       |            ^
       |
       = help: MX is written like this: 10 host.example.com. (preference, exchange)

    error[config/unknown-key]: a value of MX has no key `exchnage`
      --> zones/example.com.yaml:13:30
       |
    13 |   k: { MX: { preference: 10, exchnage: mail } }
       |                              ^^^^^^^^
       |
       = help: did you mean `exchange`?

    error[record/bad-value]: TYPE65280: rdata: a type without known fields is written \# LENGTH HEX (RFC 3597 section 5)
      --> zones/example.com.yaml:14:19
       |
    14 |   l: { TYPE65280: abc }
       |                   ^^^
       |
       = help: write the octets: TYPE65280 \# 3 abcdef; BIND does so for most types: echo 'IN TYPE DATA' | named-rrchecker -u

    error[record/bad-value]: HTTPS: svc_params: the parameter alpn stands twice
      --> zones/example.com.yaml:15:19
       |
    15 |   m: { HTTPS: 1 . alpn=h2 alpn=h3 }
       |                   ^^^^^^^^^^^^^^^
       |
       = help: HTTPS is written like this: 10 host.example.com. alpn=h2 (svc_priority, target_name, svc_params)

    error[record/bad-value]: TXT: txt_data: the escape "\999" is not valid: write \DDD with a number up to 255, or a backslash and a character
      --> zones/example.com.yaml:16:14
       |
    16 |   n: { TXT: '"a\999"' }
       |              ^^^^^^^
       |
       = help: TXT is written like this: "text"
    "#);
}

#[test]
fn shapes_that_are_wrong() {
    let text = r#"
records:
  a: 192.0.2.1
  b: { A: { ttl: 5m } }
  c: { A: { value: 192.0.2.1, values: [192.0.2.1] } }
  d: { A: { value: [192.0.2.1] } }
  e: { A: { values: 192.0.2.1 } }
  f: { A: [] }
  g: { A: ~ }
  h: { A: [~, 192.0.2.1] }
  i: { A: [[192.0.2.1]] }
  j: ~
  k: { A: { valeu: 192.0.2.1 } }
  l: { A: [{ value: 192.0.2.1, ttl: 5m }] }
  m: { MX: { preference: 10, exchange: mail, ttl: 5m } }
  n: { ttl: 5m, A: 192.0.2.1 }
  o: { type: A, ttl: 60, value: 192.0.2.1 }
  p: { AA: 192.0.2.1, CNAM: x, XYZZY: x }
  q: { A: { ttl: 1x, value: 192.0.2.1 } }
  r: { A: { ttl: 99999999999, value: 192.0.2.1 } }
  s: { A: { value: 192.0.2.1, provider: { nobody: { x: 1 } } } }
  t: { A: { value: 192.0.2.1, provider: { main: { x: [1] } } } }
  u: { A: { value: 192.0.2.1, only: [man] } }
  v: {}
"#;
    insta::assert_snapshot!(problems(text), @r#"
    error[config/wrong-kind]: `a` must be a mapping from types to values, such as { A: 192.0.2.1 }, not text
     --> zones/example.com.yaml:3:6
      |
    3 |   a: 192.0.2.1
      |      ^^^^^^^^^
      |
      = help: write each as `key: value` on a line of its own

    error[record/value-or-values]: `A` has neither `value` nor `values`
     --> zones/example.com.yaml:4:11
      |
    4 |   b: { A: { ttl: 5m } }
      |           ^
      |
      = help: write `value:` with one value, or `values:` with a list

    error[record/value-or-values]: `A` has `value` and `values`
     --> zones/example.com.yaml:5:11
      |
    5 |   c: { A: { value: 192.0.2.1, values: [192.0.2.1] } }
      |           ^
      |
      = help: write `value:` with one value, or `values:` with a list

    error[record/value-or-values]: `A` has a list under `value`
     --> zones/example.com.yaml:6:11
      |
    6 |   d: { A: { value: [192.0.2.1] } }
      |           ^
      |
      = help: write `value:` with one value, or `values:` with a list

    error[record/value-or-values]: `A` has no list under `values`
     --> zones/example.com.yaml:7:11
      |
    7 |   e: { A: { values: 192.0.2.1 } }
      |           ^
      |
      = help: write `value:` with one value, or `values:` with a list

    error[record/no-values]: `A` has no values
     --> zones/example.com.yaml:8:11
      |
    8 |   f: { A: [] }
      |           ^
      |
      = help: write at least one, or remove it

    error[config/no-value]: `A` has no value
     --> zones/example.com.yaml:9:8
      |
    9 |   g: { A: ~ }
      |        ^
      |
      = help: write a value, or remove the key; text such as ~ needs quotes

    error[config/no-value]: there is no value here
      --> zones/example.com.yaml:10:12
       |
    10 |   h: { A: [~, 192.0.2.1] }
       |            ^
       |
       = help: write one, or remove this; text such as ~ needs quotes

    error[record/bad-value]: a list stands where one value must be
      --> zones/example.com.yaml:11:12
       |
    11 |   i: { A: [[192.0.2.1]] }
       |            ^
       |
       = help: each item of the list is one value; the strings of one TXT value are written "a" "b" in one text

    error[config/no-value]: `j` has no value
      --> zones/example.com.yaml:12:3
       |
    12 |   j: ~
       |   ^
       |
       = help: write a value, or remove the key; text such as ~ needs quotes

    error[config/unknown-key]: `A` has no key `valeu`
      --> zones/example.com.yaml:13:13
       |
    13 |   k: { A: { valeu: 192.0.2.1 } }
       |             ^^^^^
       |
       = help: did you mean `value`?

    error[record/ttl-of-one-value]: `ttl`, `value`, `values` and `provider` hold for the whole RRset, not for one value (RFC 2181 section 5.2)
      --> zones/example.com.yaml:14:12
       |
    14 |   l: { A: [{ value: 192.0.2.1, ttl: 5m }] }
       |            ^
       |
       = help: write them beside the list: A: { ttl: 5m, values: [192.0.2.1, 192.0.2.2] }

    error[config/unknown-key]: `ttl` stands among the fields of the value
      --> zones/example.com.yaml:15:46
       |
    15 |   m: { MX: { preference: 10, exchange: mail, ttl: 5m } }
       |                                              ^^^
       |
       = help: put the fields under `value`: MX: { ttl: ..., value: { ... } }

    error[record/unknown-type]: `ttl` stands where a record type must be
      --> zones/example.com.yaml:16:8
       |
    16 |   n: { ttl: 5m, A: 192.0.2.1 }
       |        ^^^
       |
       = help: it belongs below the type: A: { ttl: 5m, value: 192.0.2.1 }

    error[record/unknown-type]: `type` stands where a record type must be
      --> zones/example.com.yaml:17:8
       |
    17 |   o: { type: A, ttl: 60, value: 192.0.2.1 }
       |        ^^^^
       |
       = help: the type is the key: write A: 192.0.2.1, not type: A

    error[record/unknown-type]: `AA` is not a record type
      --> zones/example.com.yaml:18:8
       |
    18 |   p: { AA: 192.0.2.1, CNAM: x, XYZZY: x }
       |        ^^
       |
       = help: did you mean `CAA`?

    error[record/unknown-type]: `CNAM` is not a record type
      --> zones/example.com.yaml:18:23
       |
    18 |   p: { AA: 192.0.2.1, CNAM: x, XYZZY: x }
       |                       ^^^^
       |
       = help: did you mean `CNAME`?

    error[record/unknown-type]: `XYZZY` is not a record type
      --> zones/example.com.yaml:18:32
       |
    18 |   p: { AA: 192.0.2.1, CNAM: x, XYZZY: x }
       |                                ^^^^^
       |
       = help: a type without a name is written TYPE and its number (RFC 3597)

    error[config/bad-ttl]: "1x" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m)
      --> zones/example.com.yaml:19:18
       |
    19 |   q: { A: { ttl: 1x, value: 192.0.2.1 } }
       |                  ^^

    error[config/bad-ttl]: TTL 99999999999 is above 2147483647 seconds, the largest that DNS allows (RFC 2181 section 8)
      --> zones/example.com.yaml:20:18
       |
    20 |   r: { A: { ttl: 99999999999, value: 192.0.2.1 } }
       |                  ^^^^^^^^^^^

    error[config/unknown-provider]: `nobody` is neither the name nor the type of a declared provider
      --> zones/example.com.yaml:21:43
       |
    21 |   s: { A: { value: 192.0.2.1, provider: { nobody: { x: 1 } } } }
       |                                           ^^^^^^
       |
       = help: declare it under `providers:` in dnsctl.yaml, or name another

    error[config/wrong-kind]: `x` must be text, not a list
      --> zones/example.com.yaml:22:54
       |
    22 |   t: { A: { value: 192.0.2.1, provider: { main: { x: [1] } } } }
       |                                                      ^
       |
       = help: write the one text, without [ ] or -

    error[config/unknown-provider]: no provider `man` is declared under `providers:`
      --> zones/example.com.yaml:23:38
       |
    23 |   u: { A: { value: 192.0.2.1, only: [man] } }
       |                                      ^^^
       |
       = help: did you mean `main`?
    "#);
}

#[test]
fn duplicates() {
    let text = r#"
records:
  a: { A: 192.0.2.1 }
  A: { A: 192.0.2.2 }
  a.example.com.: { A: 192.0.2.3 }
  b: { A: 192.0.2.1 }
  b: { AAAA: 2001:db8::1 }
  c: { A: [192.0.2.1, 192.0.2.1] }
ttl: 1h
ttl: 2h
"#;
    insta::assert_snapshot!(problems(text), @"
    error[record/duplicate]: a.example.com. A is declared twice
     --> zones/example.com.yaml:4:8
      |
    4 |   A: { A: 192.0.2.2 }
      |        ^ again here
     ::: zones/example.com.yaml:3:8
      |
    3 |   a: { A: 192.0.2.1 }
      |        - first here
      |
      = help: join the values in one place

    error[record/duplicate]: a.example.com. A is declared twice
     --> zones/example.com.yaml:5:21
      |
    5 |   a.example.com.: { A: 192.0.2.3 }
      |                     ^ again here
     ::: zones/example.com.yaml:3:8
      |
    3 |   a: { A: 192.0.2.1 }
      |        - first here
      |
      = help: join the values in one place

    error[yaml/duplicate-key]: `b` stands twice in one mapping
     --> zones/example.com.yaml:7:3
      |
    7 |   b: { AAAA: 2001:db8::1 }
      |   ^ again here
     ::: zones/example.com.yaml:6:3
      |
    6 |   b: { A: 192.0.2.1 }
      |   - first here
      |
      = help: join both under one `b`, or remove one

    warning[record/value-twice]: a value of c.example.com. A stands twice; it counts once
     --> zones/example.com.yaml:8:11
      |
    8 |   c: { A: [192.0.2.1, 192.0.2.1] }
      |           ^
      |
      = help: remove one of them

    error[yaml/duplicate-key]: `ttl` stands twice in one mapping
      --> zones/example.com.yaml:10:1
       |
    10 | ttl: 2h
       | ^^^ again here
      ::: zones/example.com.yaml:9:1
       |
     9 | ttl: 1h
       | --- first here
       |
       = help: join both under one `ttl`, or remove one
    ");
}

#[test]
fn texts_that_may_be_meant_otherwise() {
    let text = r#"
records:
  a: { TXT: 'v=DKIM1\; k=rsa' }
  b: { TXT: '"a" b' }
  c:
    TXT: |
      two
      lines
"#;
    insta::assert_snapshot!(problems(text), @r#"
    warning[record/text]: the text is taken as it is: the backslash of `\;` is part of it
     --> zones/example.com.yaml:3:13
      |
    3 |   a: { TXT: 'v=DKIM1\; k=rsa' }
      |             ^^^^^^^^^^^^^^^^^
      |
      = help: write the text plainly, without escapes

    warning[record/text]: the text starts with a quote, but is not a sequence of quoted strings: the quotes are part of it
     --> zones/example.com.yaml:4:13
      |
    4 |   b: { TXT: '"a" b' }
      |             ^^^^^^^
      |
      = help: put all of it in quotes as in a master file, or write it without

    warning[record/text]: the text has a line break or another control character in it
     --> zones/example.com.yaml:7:7
      |
    7 |       two
      |       ^^^
      |
      = help: write a long text on one line, or folded (>-): it is cut into strings by itself
    "#);
    assert!(zone(text).1.zone.is_some());
}

#[test]
fn everything_wrong_is_reported_at_once() {
    let text = "ttl: x\nrecrods: {}\nrecords:\n  a: { A: 1 }\n  b: { A: 2 }\nignore: [{ nam: x }]\n";
    let (_, _, diagnostics) = zone(text);
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(
        codes,
        [
            "config/bad-ttl",
            "config/unknown-key",
            "record/bad-value",
            "record/bad-value",
            "config/missing-key",
            "config/unknown-key",
        ]
    );
}

/// A fault that only follows from another is not told beside it; a type that is declared twice is named once.
#[test]
fn what_follows_from_another_error() {
    let codes = |text: &str| -> Vec<&'static str> {
        let (.., found) = crate::testing::zone(text);
        found.iter().map(|one| one.code).collect()
    };
    let ds = "DS: 1 13 255 abcd";
    assert_eq!(codes(&format!("records: {{ a: {{ NS: 192.0.2.1, {ds} }} }}")), ["record/not-a-name"]);
    assert_eq!(
        codes(&format!("records: {{ a: {{ NS: 192.0.2.1, {ds} }}, b: {{ {ds} }} }}")),
        ["record/not-a-name", "zone/ds-without-delegation"]
    );
    let twice = "records: { a: { CNAME: b, A: 192.0.2.1 }, A: { AAAA: \"::1\", A: 192.0.2.2 } }";
    let found = problems(twice);
    assert!(found.contains("a.example.com. has a CNAME and A, AAAA: a CNAME stands alone"), "{found}");
}

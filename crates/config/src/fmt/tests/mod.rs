mod layout;

use proptest::prelude::*;

use super::*;
use layout::file;

#[track_caller]
fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(format(&once).as_ref(), Ok(&once), "formatting again changes it:\n{once}");
    once
}

#[test]
fn comments_everywhere() {
    let text = r#"# head
# of the file


zone:   example.com          # trailing
provider: [main,edge]   # both
# above ttl
ttl: 1h
records:          # the records
# first child, not indented
    "@":
        A:    203.0.113.10
        # between two types
        CAA: 0 issue "letsencrypt.org"   # of the apex
        # after the last type

    # above www
    www: {CNAME:   "@"}
    api:   # api
      A: {ttl: 5m,   values: [ 203.0.113.20 , 203.0.113.21 ]}   # both

    list:
      A:
      # before the first value
      - 192.0.2.1   # one
      -   192.0.2.2
      # after the last value
    many:
      A: [
        192.0.2.1, # one
        # alone
        192.0.2.2
        # last
      ]
    flow: { A: 192.0.2.1,
        AAAA: "2001:db8::1" }   # flow
    text:
      TXT: >-   # folded
          a long
          text

          of words
      # after a block
    other:
      TXT: |
       literal
         deeper
# back at the top
ignore:
-  {name: "_acme-challenge.**",   type: TXT}
- # behind a dash
  name: x
  type: A   # of x

# the end
"#;
    insta::assert_snapshot!(formatted(text), @r#"
    # head
    # of the file

    zone: example.com # trailing
    provider: [main, edge] # both
    # above ttl
    ttl: 1h
    records: # the records
      # first child, not indented
      "@":
        A: 203.0.113.10
        # between two types
        CAA: 0 issue "letsencrypt.org" # of the apex
        # after the last type

      # above www
      www: { CNAME: "@" }
      api: # api
        A: { ttl: 5m, values: [203.0.113.20, 203.0.113.21] } # both

      list:
        A:
          # before the first value
          - 192.0.2.1 # one
          - 192.0.2.2
          # after the last value
      many:
        A: [
          192.0.2.1, # one
          # alone
          192.0.2.2
          # last
        ]
      flow: {
        A: 192.0.2.1,
        AAAA: "2001:db8::1"
      } # flow
      text:
        TXT: >- # folded
          a long
          text

          of words
        # after a block
      other:
        TXT: |
          literal
            deeper
    # back at the top
    ignore:
      - { name: "_acme-challenge.**", type: TXT }
      - # behind a dash
        name: x
        type: A # of x

    # the end
    "#);
}

#[test]
fn layouts() {
    for (text, expected) in [
        ("", ""),
        ("\n\n", ""),
        ("# only\n\n\n# comments", "# only\n\n# comments\n"),
        ("a: 1", "a: 1\n"),
        ("---\na: 1\n...\n", "---\na: 1\n"),
        ("\u{FEFF}a:   1\r\nb:  2\r\n", "a: 1\nb: 2\n"),
        ("a:\n    1\n", "a: 1\n"),
        ("a: # c\n    1\n", "a: # c\n  1\n"),
        ("a:\n# c\n  1\n", "a:\n  # c\n  1\n"),
        ("a:\n\n\n\nb: ~\n", "a:\n\nb: ~\n"),
        ("a:\n- b\n- - c\n  - d\n", "a:\n  - b\n  - - c\n    - d\n"),
        ("- a:  1\n  b: 2\n-\n  c: 3\n", "- a: 1\n  b: 2\n- c: 3\n"),
        ("a: {}\nb: [ ]\nc: {d,  e: , f: g}\n", "a: {}\nb: []\nc: { d, e:, f: g }\n"),
        ("a: [b: c,   {d: e}]\n", "a: [b: c, { d: e }]\n"),
        (
            "a: &x   {b: c}\nd:  *x\ne: &y\n     f: g\n*x : h\n",
            "a: &x { b: c }\nd: *x\ne: &y\n  f: g\n*x : h\n",
        ),
        ("a: one\n     two\n\n     three\n", "a: one\n  two\n\n  three\n"),
        ("a: \"one\n     two\"\n", "a: \"one\n  two\"\n"),
        ("a: \"one\\ \n     two\"\n", "a: \"one\\ \n  two\"\n"),
        ("a: |2\n      x\n    y\n", "a: |2\n      x\n    y\n"),
        ("a:\n    b: |4\n          x\n        y\n", "a:\n  b: |2\n      x\n    y\n"),
        ("a: |+\n    x\n\n\nb: c\n", "a: |+\n  x\n\n\nb: c\n"),
        ("a: |+\n    x\n\n", "a: |+\n  x\n\n"),
        ("a: >-\n    x\n\n\n\nb: c\n", "a: >-\n  x\n\nb: c\n"),
        ("a: !!str   1\nb: !!map {c: d}\n", "a: !!str 1\nb: !!map { c: d }\n"),
        ("a: |\n  x\n    \n", "a: |\n  x\n    \n"),
        ("p: &q\n- |\n  g: |", "p: &q\n  - |\n    g: |\n"),
        ("p: !!seq # x\n- a\n", "p: !!seq # x\n  - a\n"),
        ("a: |\n  x", "a: |\n  x\n"),
        ("a: |-\n  x", "a: |-\n  x\n"),
        ("a: |+\n  x", "a: |+\n  x\n"),
        ("? a\n: b\n", "a: b\n"),
        ("{a: 1,\n b: 2}\n", "{\n  a: 1,\n  b: 2\n}\n"),
        ("a: 'it''s'\nb: \"x\"\n'c': d\n", "a: 'it''s'\nb: \"x\"\n'c': d\n"),
        ("a:   1   #c\nbb: 2 # d\n", "a: 1 #c\nbb: 2 # d\n"),
        ("a:   1   # c\nbbb: 2   # d\n\ne: 3   # f\n", "a: 1   # c\nbbb: 2 # d\n\ne: 3 # f\n"),
        ("-   # c\n  a: 1\n-  # d\n  b\n", "- # c\n  a: 1\n- # d\n  b\n"),
        ("no: 1.10\non: 0600\n", "no: 1.10\non: 0600\n"),
    ] {
        assert_eq!(formatted(text), expected, "{text}");
    }
}

#[test]
fn what_is_refused() {
    for (text, expected) in [
        ("a: [1", "line 1: the `[` that opens here is never closed: see what is wrong: dnsctl check"),
        (
            "a: 1\nb: \"x",
            "line 2: the quote that opens here is never closed: see what is wrong: dnsctl check",
        ),
        (
            "# x\n%YAML 1.2\n---\na: 1\n",
            "line 2: a %YAML directive is not formatted: remove the line: the file is read as YAML 1.2 without it",
        ),
        (
            "? [a]\n: b\n",
            "line 1: a key that is not one line of text is not formatted: write the key as one line of text",
        ),
        (
            "a: 1\rb: 2\n",
            "line 1: a line break without a line feed is not formatted: end each line with a line feed",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "line 2: a second document is not formatted: put each document into a file of its own",
        ),
        ("a: \0", "line 1: a NUL byte stands here: see what is wrong: dnsctl check"),
    ] {
        let error = format(text).unwrap_err();
        assert_eq!(format!("{error}: {}", error.hint()), expected, "{text:?}");
    }
}

/// Lines of a file as a person might write them, at any depth.
fn line() -> impl Strategy<Value = String> {
    let content = prop::sample::select(vec![
        "a: 1",
        "b:",
        "c: {x: 1,  y: [1,2]}",
        "- 1",
        "- a: 1",
        "-",
        "- - x",
        "# note",
        "d: x   # note",
        "e: &k v",
        "f: *k",
        "g: |",
        "h: >-",
        "i: [1,",
        "2]",
        "j: {",
        "k: 1}",
        "text and more",
        "l: \"x",
        "y\"",
        "",
        "",
        "m: 'z'   ",
        "? n",
        ": o",
        "- |",
        "<<: *k",
        "p: &q",
        "s: !!str",
        "t: [ # c",
        "],",
    ]);
    (0_usize..5, content).prop_map(|(depth, content)| format!("{}{content}", "  ".repeat(depth)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    /// A fault of ours would be `Changed`; whatever is formatted stays as it is when it is formatted again.
    #[test]
    fn nothing_changes_its_meaning(lines in prop::collection::vec(line(), 0..14)) {
        let text = lines.join("\n");
        match format(&text) {
            Ok(once) => prop_assert_eq!(format(&once), Ok(once.clone()), "{}", once),
            Err(error) => prop_assert!(error != FormatError::Changed, "{}", text),
        }
    }

    /// Files as people lay them out: any indentation, blanks, comments and empty lines wherever YAML allows them.
    #[test]
    fn any_layout_is_formatted(file in file()) {
        let once = format(&file);
        prop_assert!(once.is_ok(), "{}\n{:?}", file, once);
        let once = once.unwrap();
        prop_assert_eq!(format(&once), Ok(once.clone()), "{}", once);
        prop_assert!(!once.lines().any(|line| line.ends_with(' ')), "{}", once);
    }

    #[test]
    fn no_text_makes_it_panic(text in "([-a:,#&*!|>'\"%@\\[\\]{}? \n\t\\\\é]|: |- |\n  ){0,60}") {
        if let Ok(once) = format(&text) {
            prop_assert_eq!(format(&once), Ok(once.clone()), "{}", once);
        }
    }
}

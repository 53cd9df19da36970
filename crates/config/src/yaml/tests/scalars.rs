use super::*;

#[test]
fn scalars_stay_what_was_written() {
    let text = "a: no\nb: on\nc: 1.10\nd: 0600\ne: 1e3\nf: 0x10\ng: 2026-12-31\nh: 1_000\ni: .inf\nj: y\n1: 12:30:45\n";
    let want = "{a: no, b: on, c: 1.10, d: 0600, e: 1e3, f: 0x10, g: 2026-12-31, h: 1_000, i: .inf, j: y, 1: 12:30:45}";
    assert_eq!(good(text), want);
}

#[test]
fn dns_data_needs_no_quotes_where_yaml_allows_it() {
    let text = r"
'@': { MX: 10 mail, AAAA: 2001:db8::1 }
v6: { AAAA: ::1 }
txt: { TXT: v=DMARC1\; p=none }
caa: { CAA: 0 issue ; }
under_score._tcp: { SRV: 0 5 443 . }
";
    let want = r#"{"@": {MX: 10 mail, AAAA: 2001:db8::1}, v6: {AAAA: ::1}, txt: {TXT: v=DMARC1\; p=none}, caa: {CAA: 0 issue ;}, under_score._tcp: {SRV: 0 5 443 .}}"#;
    assert_eq!(good(text), want);
}

#[test]
fn quotes_and_blocks_are_unescaped_and_told_apart() {
    let text =
        "a: 'it''s'\nb: \"x\\ty\\u00e9\\\\\"\nc: |\n  one\n  two\nd: >-\n  one\n  two\ne: one\n  two\n";
    let want = r#"{a: "it's", b: "x\tyé\\", c: |"one\ntwo\n", d: |"one two", e: one two}"#;
    assert_eq!(good(text), want);
}

#[test]
fn null_is_only_what_is_not_quoted() {
    assert_eq!(
        good("[~, null, Null, NULL, !!null '', '', '~', 'null', nULL]"),
        "[~, ~, ~, ~, \"\", \"\", \"~\", \"null\", nULL]"
    );
    assert_eq!(
        good("a:\nb: &x\nc: !!null\nd: !!str\ne: !!str null\nf: ! ~\n"),
        "{a: ~, b: ~, c: ~, d: \"\", e: \"null\", f: \"~\"}"
    );
    let (_, file) = file("a: ~\nb: 'x'\nc: []\nd: {}\n'': 1\n");
    let root = parse(&file, &Limits::default(), &mut Diagnostics::new()).expect("fine").expect("not empty");
    let kinds = ["a", "b", "c", "d"].map(|key| root.get(key).expect("there").kind().to_string());
    assert_eq!(kinds, ["nothing", "text", "a list", "a mapping"]);
    let a = root.get("a").expect("there");
    assert!(a.is_null() && a.as_str().is_none() && a.one_or_many().is_empty());
    assert_eq!(a.as_scalar().map(Scalar::text), Some("~"));
    assert_eq!(root.get("b").expect("there").one_or_many().len(), 1);
    assert_eq!(root.get("").and_then(Node::as_str), Some("1"));
    assert!(root.get("e").is_none() && a.get("x").is_none() && a.as_list().is_none());
}

#[test]
fn an_empty_file_is_none() {
    for text in ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "--- # x\n"] {
        let (_, file) = file(text);
        let mut diagnostics = Diagnostics::new();
        assert!(matches!(parse(&file, &Limits::default(), &mut diagnostics), Ok(None)), "{text:?}");
        assert!(diagnostics.is_empty());
    }
    assert_eq!(good("--- {}\n...\n"), "{}");
    assert_eq!(good("''"), "\"\"");
    assert_eq!(good("~"), "~");
}

#[test]
fn keys_and_values_know_where_they_stand() {
    let text = "# c\nzone: a.example\nrécords:\r\n  \"é\": { A: 1.2.3.4 }\r\n  list:\r\n  - x\r\n  -   !t {y: z}\r\n";
    let (_, file) = file(text);
    let limits = Limits { tags: &["!t"], ..Limits::default() };
    let root = parse(&file, &limits, &mut Diagnostics::new()).expect("fine").expect("not empty");
    let mut places = Vec::new();
    walk(&root, &mut places);
    let want = "{} 2:1; zone 2:1; a.example 2:7; récords 3:1; {} 4:3; é 4:3; {} 4:8; A 4:10; 1.2.3.4 4:13; list 5:3; \
                [] 6:5; x 6:5; !t 7:7; {} 7:10; y 7:11; z 7:14";
    assert_eq!(places.join("; "), want);
    assert!(root.get("zone").is_some_and(|zone| zone.position().file == file.id()));
    assert_eq!(root.entry("zone").map(|(key, _)| key.position().column), Some(1));

    fn walk(node: &Node<'_>, places: &mut Vec<String>) {
        let mut note = |what: &str, at: Position| places.push(format!("{what} {}:{}", at.line, at.column));
        if let Some(tag) = node.tag() {
            note(tag.name(), tag.position());
        }
        let name = if node.as_mapping().is_some() { "{}" } else { node.as_str().unwrap_or("[]") };
        note(name, node.position());
        for item in node.as_list().unwrap_or_default() {
            walk(item, places);
        }
        for (key, value) in node.as_mapping().unwrap_or_default() {
            places.push(format!("{} {}:{}", key.text(), key.position().line, key.position().column));
            walk(value, places);
        }
    }
}

use crate::diagnostic::Position;

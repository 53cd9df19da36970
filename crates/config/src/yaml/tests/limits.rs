use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;

/// Far more than an optimised build needs and still far from what an attack would take.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn an_alias_bomb_is_refused_at_once() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..=30 {
        let below = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![below; 10].join(", ")).expect("strings take all");
    }
    let start = Instant::now();
    let (tree, errors) = bad(&text);
    assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
    assert_eq!(tree, None);
    assert_eq!(errors, ["6:45 yaml/alias-bomb anchors and aliases stand for more than 1000000 values here"]);
}

#[test]
fn a_merge_bomb_is_refused_at_once() {
    let mut text = String::from("a0: &a0 { x: [1, 2, 3, 4, 5, 6, 7, 8] }\n");
    for level in 1..=40 {
        let below = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} {{ <<: {below}, l{level}: {below}, r{level}: {below} }}")
            .expect("strings take all");
    }
    let start = Instant::now();
    let (_, errors) = bad(&text);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert!(errors[0].contains("yaml/alias-bomb"), "{errors:?}");
}

/// As octoDNS merges, where an entry of many may stand for an earlier one.
#[test]
fn a_merge_key_among_many_names_costs_little() {
    let mut text = String::from("base: &base { n7: merged, own: x }\nmany:\n  <<: *base\n");
    for number in 0..100_000 {
        writeln!(text, "  n{number}: v{number}").expect("strings take all");
    }
    let files = Files::new();
    let file = files.add("many.yaml", text);
    let limits = Limits { later_wins: true, ..Limits::default() };
    let mut found = Diagnostics::new();
    let start = Instant::now();
    let root = parse(&file, &limits, &mut found).expect("it is YAML").expect("it is not empty");
    // One by one it takes ten times as long.
    assert!(start.elapsed() < 5 * SOON, "{:?}", start.elapsed());
    let many = root.get("many").and_then(Node::as_mapping).expect("a mapping");
    let first: Vec<_> = many.iter().take(3).map(|(key, value)| (key.text(), value.as_str())).collect();
    assert_eq!(first, [("n7", Some("v7")), ("own", Some("x")), ("n0", Some("v0"))]);
    assert_eq!(many.len(), 100_001);
}

#[test]
fn an_alias_may_be_used_often() {
    let text = format!("a: &a [1, 2]\nl: [{}]\n", "*a, ".repeat(100_000));
    assert_eq!(good(&text).matches("[1, 2]").count(), 100_001);
}

#[test]
fn deep_nesting_is_refused_and_does_no_harm() {
    for (open, close) in
        [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("[? ", "]"), ("!x [", "]"), ("&a [", "]")]
    {
        let text = format!("{}x{}", open.repeat(10_000), close.repeat(10_000));
        let start = Instant::now();
        let (tree, errors) = bad(&text);
        assert!(start.elapsed() < SOON, "{open} {:?}", start.elapsed());
        assert_eq!(tree, None, "{open}");
        let last = errors.iter().rfind(|error| !error.contains("unknown-tag")).expect("an error");
        assert!(
            last.contains("yaml/too-deep mappings and lists are nested more than 64 levels deep here")
                || last.contains("yaml/complex-key"),
            "{open} {last}"
        );
    }
    let block: String = (0..10_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert!(bad(&block).1[0].contains("yaml/too-deep"));
    assert_eq!(good(&format!("{}x{}", "[".repeat(64), "]".repeat(64))).len(), 129);
    assert!(bad(&format!("{}x{}", "[".repeat(65), "]".repeat(65))).1[0].contains("yaml/too-deep"));
}

#[test]
fn a_chain_of_aliases_cannot_nest_deeper_either() {
    let mut text = String::from("a0: &a0 [x]\n");
    for level in 1..=10_000 {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).expect("strings take all");
    }
    let (tree, errors) = bad(&text);
    assert_eq!(tree, None);
    assert!(errors[0].starts_with("64:12 yaml/too-deep"), "{errors:?}");
}

#[test]
fn the_number_of_nodes_and_bytes_is_limited() {
    let (tree, errors) = bad_with("[a, b, {c: d}]", &Limits { nodes: 5, ..Limits::default() });
    assert_eq!(
        (tree, errors),
        (None, vec!["1:12 yaml/too-large the file holds more than 5 keys and values".to_owned()])
    );
    let (files, mut diagnostics) = (Files::new(), Diagnostics::new());
    let limits = Limits { bytes: 3, ..Limits::default() };
    assert!(decode(&files, "t", b"a: b".to_vec(), &limits, &mut diagnostics).is_err());
    assert!(decode(&files, "t", b"abc".to_vec(), &limits, &mut diagnostics).is_ok());
    assert_eq!(diagnostics.len(), 1);
}

#[test]
fn the_number_of_reported_mistakes_is_limited() {
    let (tree, errors) = bad(&"a: b\n".repeat(100_000));
    assert_eq!((tree.is_some(), errors.len()), (true, 1_000));
    let (tree, errors) = bad(&"- *a\n".repeat(100_000));
    assert_eq!((tree, errors.len()), (None, 1_001));
    assert!(errors[1_000].contains("1001:3 yaml/too-many-mistakes"), "{}", errors[1_000]);
}

#[test]
fn a_node_is_small() {
    assert_eq!(size_of::<Node<'_>>(), 48);
    assert_eq!(size_of::<Key<'_>>(), 40);
}

/// The bound leaves room for a busy machine without optimisation; an optimised build reads 50 MB in about 2.5 s.
#[test]
fn a_large_file_takes_no_longer_than_its_size() {
    let mut text = String::from("records:\n");
    for i in 0..175_000 {
        writeln!(text, "  h{i:06}: {{ A: 10.1.2.{} }}", i % 256).expect("strings take all");
    }
    assert!(text.len() > 4_500_000);
    let (files, mut diagnostics) = (Files::new(), Diagnostics::new());
    let start = Instant::now();
    let file = decode(&files, "t", text.into_bytes(), &Limits::default(), &mut diagnostics).expect("text");
    let root = parse(&file, &Limits::default(), &mut diagnostics).expect("fine").expect("not empty");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    assert_eq!(root.get("records").and_then(Node::as_mapping).map(<[_]>::len), Some(175_000));
}

#[test]
fn megabytes_of_garbage_take_no_longer_than_their_size() {
    let files = Files::new();
    for garbage in [
        "[",
        "a",
        "a\n",
        "- ",
        ": ",
        "'",
        "\"",
        "#",
        "\n",
        "{}",
        "a: &a b\n",
        "!",
        "é",
        "\t",
        "? ",
        "|\n a\n",
        "a,",
    ] {
        let start = Instant::now();
        let file = files.add("t", garbage.repeat(2_000_000 / garbage.len()));
        let _ = parse(&file, &Limits::default(), &mut Diagnostics::new());
        assert!(start.elapsed() < Duration::from_secs(30), "{garbage:?} {:?}", start.elapsed());
    }
}

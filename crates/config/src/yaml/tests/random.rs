use proptest::prelude::*;
use serde_yaml::Value;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (files, mut diagnostics) = (Files::new(), Diagnostics::new());
        match decode(&files, "t", bytes, &Limits::default(), &mut diagnostics) {
            Ok(file) => check(&files, &file),
            Err(Unreadable) => prop_assert!(diagnostics.has_errors()),
        }
    }

    #[test]
    fn no_text_of_yaml_signs_makes_it_panic(text in "([-a:,#&*!|>'\"%@`\\[\\]{}?~< \n\t\\\\éx0.]|: |- |<<: |\\*a|&a |\n  ){0,60}") {
        let (files, file) = file(&text);
        check(&files, &file);
    }

    #[test]
    fn what_a_writer_writes_is_read_as_it_was(tree in tree()) {
        let text = serde_yaml::to_string(&tree).expect("it can be written");
        let (_, file) = file(&text);
        let mut diagnostics = Diagnostics::new();
        let root = parse(&file, &Limits::default(), &mut diagnostics).expect("it can be read").expect("not empty");
        prop_assert!(diagnostics.is_empty(), "{text}\n{diagnostics:?}");
        prop_assert!(same(&root, &tree), "{text}\n{}", show(&root));
    }
}

/// Whatever was read: it says what is wrong, and all places and texts can be asked for.
fn check(files: &Files, file: &File) {
    let mut diagnostics = Diagnostics::new();
    let limits = Limits { tags: &["!"], expansion: 1_000, ..Limits::default() };
    match parse(file, &limits, &mut diagnostics) {
        Err(Unreadable) => assert!(diagnostics.has_errors()),
        Ok(None) => assert!(diagnostics.is_empty()),
        Ok(Some(root)) => {
            let shown = show(&root);
            let root = expand_includes(root, files, &limits, &mut diagnostics, &mut |_, _, _| None);
            let owned = root.expect("small").map(Node::into_owned);
            assert!(owned.is_none_or(|owned| shown.contains('!') || show(&owned) == shown));
        }
    }
    assert!(diagnostics.render(files, true).len() >= diagnostics.render(files, false).len());
    for diagnostic in &diagnostics {
        let source = diagnostic.source.as_ref().expect("each has a place");
        // The end of the text may be on a line of its own.
        assert!(source.line >= 1 && source.column >= 1, "{diagnostic:?}");
    }
}

fn tree() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z0-9.@*_ -]{0,12}",
        prop::sample::select(vec![
            "no",
            "on",
            "~",
            "null",
            "0600",
            "1.10",
            "1e3",
            "0x10",
            "2026-12-31",
            "",
            "=",
            "- a",
            "a: b",
            "# c",
            "'",
            "\""
        ])
        .prop_map(str::to_owned),
        // Line breaks of YAML 1.1, which the writer folds; in YAML 1.2 they are ordinary characters.
        any::<String>().prop_map(|text| text.replace(['\u{85}', '\u{2028}', '\u{2029}'], "")),
    ];
    let leaf = prop_oneof![Just(Value::Null), text.clone().prop_map(Value::String)];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Sequence),
            prop::collection::vec((text.clone(), inner), 0..6).prop_map(|entries| Value::Mapping(
                entries.into_iter().map(|(k, v)| (Value::String(k), v)).collect()
            )),
        ]
    })
}

fn same(node: &Node<'_>, tree: &Value) -> bool {
    match tree {
        Value::Null => node.is_null(),
        Value::String(text) => node.as_str() == Some(text),
        Value::Sequence(items) => node
            .as_list()
            .is_some_and(|list| list.len() == items.len() && list.iter().zip(items).all(|(a, b)| same(a, b))),
        Value::Mapping(entries) => node.as_mapping().is_some_and(|mapping| {
            mapping.len() == entries.len()
                && mapping
                    .iter()
                    .zip(entries)
                    .all(|((k, v), (key, value))| key.as_str() == Some(k.text()) && same(v, value))
        }),
        _ => false,
    }
}

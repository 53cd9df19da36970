use super::*;

#[test]
fn a_duplicate_key_names_both_places_and_leaves_the_tree() {
    let text =
        "records:\n  www: { A: 1.2.3.4 }\n  ftp: { A: 1.2.3.4, \"A\": 5.6.7.8 }\n  'www': { A: 5.6.7.8 }\n";
    let (tree, errors) = bad(text);
    assert_eq!(tree.expect("still a tree").matches("www").count(), 2);
    assert_eq!(
        errors,
        [
            "3:22 yaml/duplicate-key `A` stands twice in one mapping",
            "4:3 yaml/duplicate-key `www` stands twice in one mapping",
        ]
    );
    let (files, file) = file(text);
    let mut diagnostics = Diagnostics::new();
    let _ = parse(&file, &Limits::default(), &mut diagnostics);
    diagnostics.sort();
    let want = "\
error[yaml/duplicate-key]: `www` stands twice in one mapping
 --> t.yaml:4:3
  |
4 |   'www': { A: 5.6.7.8 }
  |   ^^^^^ again here
 ::: t.yaml:2:3
  |
2 |   www: { A: 1.2.3.4 }
  |   --- first here
  |
  = help: join both under one `www`, or remove one

";
    assert!(diagnostics.render(&files, false).ends_with(want), "{}", diagnostics.render(&files, false));
}

#[test]
fn duplicates_are_found_in_large_mappings_too() {
    let mut text: String = (0..500).map(|i| format!("k{}: x\n", (i * 7) % 500)).collect();
    assert_eq!(good(&text).matches(": x").count(), 500);
    text.push_str("k77: y\nk77: z\n");
    let (_, errors) = bad(&text);
    assert_eq!(errors.len(), 2);
    assert!(errors[0].starts_with("501:1 yaml/duplicate-key `k77`"), "{errors:?}");
}

#[test]
fn numbers_that_look_different_are_different_keys() {
    assert_eq!(good("{10: a, 010: b, 0xA: c, 1e1: d, 10.0: e}"), "{10: a, 010: b, 0xA: c, 1e1: d, 10.0: e}");
}

#[test]
fn what_is_not_yaml_is_told_in_plain_words() {
    for (text, want) in [
        ("a: 'x\nb: y\n", "1:4 yaml/syntax the quote that opens here is never closed"),
        ("a: \"x\n", "1:4 yaml/syntax the quote that opens here is never closed"),
        ("a: [x, y\n", "1:4 yaml/syntax the `[` that opens here is never closed"),
        ("a: {x: y\n", "1:4 yaml/syntax the `{` that opens here is never closed"),
        ("a: [x}\n", "1:4 yaml/syntax the bracket that opens here is closed by one of the other kind"),
        ("a: ]\n", "1:4 yaml/syntax this bracket closes nothing that is open here"),
        ("a:\n\tb: c\n", "2:2 yaml/syntax a tab indents this line; YAML allows only spaces"),
        ("a:\n  b: 1\n\tc: 2\n", "3:1 yaml/syntax a tab indents this line; YAML allows only spaces"),
        ("a: x\n  y\u{1}z\n", "2:4 yaml/syntax this character is not allowed in a YAML file"),
        ("@: { A: 1.2.3.4 }\n", "1:1 yaml/syntax text cannot start with `@`"),
        ("a: %x\n", "1:4 yaml/syntax text cannot start with `%`"),
        ("a: `x`\n", "1:4 yaml/syntax text cannot start with a backtick"),
        ("*: { A: 1.2.3.4 }\n", "1:1 yaml/unknown-alias `*` without quotes is an alias, not an owner name"),
        ("a: * b\n", "1:4 yaml/syntax a `*` or `&` without a name after it"),
        ("a: b: c\n", "1:5 yaml/syntax a `:` is not allowed here"),
        ("a: 1\n b: 2\n", "2:3 yaml/syntax a `:` is not allowed here"),
        ("a: 1\nb\nc: 2\n", "2:1 yaml/syntax a key without a `:` after it"),
        ("a:\n    b: c\n  d: e\n", "3:3 yaml/syntax this line does not fit its surroundings"),
        ("- a\nb: c\n", "2:1 yaml/syntax this line does not fit the list around it"),
        ("a: 'it's'\n", "1:8 yaml/syntax something follows a closed quote"),
        ("a: \"\\;\"\n", "1:4 yaml/syntax this backslash escape does not exist in YAML"),
        ("a: x\u{1}y\n", "1:5 yaml/syntax this character is not allowed in a YAML file"),
        ("a: [{b: c} d]\n", "1:12 yaml/syntax a `,` or `]` is missing before this"),
        (
            "a: 1\n---\nb: 2\n",
            "2:1 yaml/several-documents a second document starts here; one file holds one document",
        ),
        (
            "a: 1\n...\nb: 2\n",
            "3:1 yaml/several-documents a second document starts here; one file holds one document",
        ),
        ("%YAML 2.0\n---\na: 1\n", "1:1 yaml/syntax not valid YAML: unsupported YAML major version"),
    ] {
        let (tree, errors) = bad(text);
        assert_eq!((tree, errors), (None, vec![want.to_owned()]), "{text:?}");
    }
}

#[test]
fn all_that_can_be_found_before_a_syntax_error_is_reported() {
    let (tree, errors) = bad("a: 1\na: 2\nb: { c: 1, c: 2 }\nd: *x\ne: 'open\n");
    assert_eq!(tree, None);
    assert_eq!(
        errors,
        [
            "2:1 yaml/duplicate-key `a` stands twice in one mapping",
            "3:12 yaml/duplicate-key `c` stands twice in one mapping",
            "4:4 yaml/unknown-alias no anchor `&x` stands above this alias",
            "5:4 yaml/syntax the quote that opens here is never closed",
        ]
    );
}

#[test]
fn only_text_can_be_a_key() {
    let (tree, errors) = bad("? [a, {b: c}]\n: x\n{d: e}: f\ng: h\n? &m {i: *m}\n: *m\n");
    assert_eq!(tree.as_deref(), Some("{g: h}"));
    assert_eq!(
        errors,
        [
            "1:3 yaml/complex-key a list or mapping cannot be a key",
            "3:1 yaml/complex-key a list or mapping cannot be a key",
            "5:6 yaml/complex-key a list or mapping cannot be a key",
        ]
    );
    let (tree, errors) = bad("a: &l [x]\n*l : y\n");
    assert_eq!(tree.as_deref(), Some("{a: [x]}"));
    assert_eq!(errors, ["2:1 yaml/complex-key a list or mapping cannot be a key"]);
    let (tree, errors) = bad("!x a: b\n");
    assert_eq!(tree.as_deref(), Some("{a: b}"));
    assert_eq!(errors.last().map(String::as_str), Some("1:1 yaml/tagged-key a key cannot have a tag: `!x`"));
}

#[test]
fn custom_tags_are_errors_unless_the_reader_knows_them() {
    let text = "a: !include x.yaml\nb: !<tag:x,2026:y> [1]\nc: !!str 1\nd: !!map {}\n";
    let (tree, errors) = bad(text);
    let want = r#"{a: !include x.yaml, b: tag:x,2026:y [1], c: "1", d: {}}"#;
    assert_eq!(tree.as_deref(), Some(want));
    assert_eq!(
        errors,
        [
            "1:4 yaml/unknown-tag the tag `!include` has no meaning here",
            "2:4 yaml/unknown-tag the tag `tag:x,2026:y` has no meaning here",
        ]
    );
    let (_, errors) = bad_with(text, &Limits { tags: &["!include"], ..Limits::default() });
    assert_eq!(errors, ["2:4 yaml/unknown-tag the tag `tag:x,2026:y` has no meaning here"]);
}

#[test]
fn bytes_that_are_no_text_are_refused_with_a_place() {
    let read = |bytes: &[u8]| {
        let (files, mut diagnostics) = (Files::new(), Diagnostics::new());
        let file = decode(&files, "t.yaml", bytes.to_vec(), &Limits::default(), &mut diagnostics);
        let errors: Vec<_> = diagnostics
            .iter()
            .map(|d| format!("{} {} {}", d.source.as_ref().expect("a place"), d.code, d.message))
            .collect();
        (file.ok().map(|file| file.text().to_owned()), errors)
    };
    let refused = |bytes: &[u8], want: &str| assert_eq!(read(bytes), (None, vec![want.to_owned()]));
    assert_eq!(read("\u{feff}a: é".as_bytes()), (Some("a: é".to_owned()), vec![]));
    refused(b"a: 1\nb\xe9: 2", "t.yaml:2:2 yaml/not-text the byte 0xE9 is not UTF-8");
    refused("a: é\0".as_bytes(), "t.yaml:1:5 yaml/not-text a NUL byte stands here");
    refused(b"\xff\xfea\0", "t.yaml yaml/not-text the file is UTF-16");
    refused(b"\x7fELF\x02\x01\x01\0", "t.yaml:1:8 yaml/not-text a NUL byte stands here");
    // A mark in the middle of a text is no mark.
    let (_, errors) = bad("a: b\n\u{feff}c: d\n");
    assert_eq!(errors, ["2:1 yaml/syntax this character is not allowed in a YAML file"]);
}

#[test]
fn a_file_on_disk_is_opened_or_the_reason_told() {
    let folder = std::env::temp_dir();
    let (files, mut diagnostics) = (Files::new(), Diagnostics::new());
    let mut open = |path: &std::path::Path| {
        open(&files, path, "shown.yaml", &Limits { bytes: 1 << 20, ..Limits::default() }, &mut diagnostics)
    };
    assert!(open(&folder.join("dnsctl-no-such-file.yaml")).is_err());
    assert!(open(&folder).is_err());
    // It has no end.
    assert!(open(std::path::Path::new("/dev/zero")).is_err());
    let large = tempfile::NamedTempFile::new().expect("a file");
    fs_err::write(large.path(), "x".repeat((1 << 20) + 1)).expect("it is written");
    assert!(open(large.path()).is_err());
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    assert!(open(&here).expect("it exists").text().contains("dnsctl-config"));
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["yaml/unreadable", "yaml/unreadable", "yaml/unreadable", "yaml/not-text"]);
    assert!(diagnostics.iter().all(|d| d.source.as_ref().is_some_and(|s| s.to_string() == "shown.yaml")));
}

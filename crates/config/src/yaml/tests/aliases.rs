use super::*;

#[test]
fn aliases_stand_for_their_anchors() {
    let text = "a: &a 1.2.3.4\nb: *a\nc: &c [*a, {x: *a}]\nd: *c\ne: &key k\n*key : v\nf: &a new\ng: *a\n";
    let want = "{a: 1.2.3.4, b: 1.2.3.4, c: [1.2.3.4, {x: 1.2.3.4}], d: [1.2.3.4, {x: 1.2.3.4}], e: k, k: v, f: new, g: new}";
    assert_eq!(good(text), want);
}

#[test]
fn an_aliased_value_knows_both_places() {
    let (_, file) = file("a: &a\n  b: 1\nc: *a\n");
    let root = parse(&file, &Limits::default(), &mut Diagnostics::new()).expect("fine").expect("not empty");
    let place = |p: crate::diagnostic::Position| (p.line, p.column);
    let (a, c) = (root.get("a").expect("there"), root.get("c").expect("there"));
    assert_eq!((place(a.position()), a.alias()), ((2, 3), None));
    assert_eq!((place(c.position()), c.alias().map(place)), ((2, 3), Some((3, 4))));
    assert_eq!(c.get("b").and_then(Node::as_str), Some("1"));
}

#[test]
fn unknown_aliases_are_all_reported_and_wildcards_get_a_hint() {
    let (tree, errors) = bad("a: *x\nb: [*y, 1]\n*www : { A: 1.2.3.4 }\nc: &c [*c, {d: *c}]\n");
    assert_eq!(tree.as_deref(), Some(r#"{b: [1], "*www": {A: 1.2.3.4}, c: [{}]}"#));
    assert_eq!(
        errors,
        [
            "1:4 yaml/unknown-alias no anchor `&x` stands above this alias",
            "2:5 yaml/unknown-alias no anchor `&y` stands above this alias",
            "3:1 yaml/unknown-alias no anchor `&www` stands above this alias",
            "4:8 yaml/alias-to-itself this alias stands inside its own anchor",
            "4:16 yaml/alias-to-itself this alias stands inside its own anchor",
        ]
    );
    // To YAML the colon is part of the alias, and then nothing fits any more.
    let (_, errors) = bad("a: b\n*.www: { A: 1.2.3.4 }\nc: d\n");
    assert_eq!(errors, ["2:1 yaml/unknown-alias `*.www` without quotes is an alias, not an owner name"]);
    let (_, errors) = bad("a: b\n*:\n  A: 1.2.3.4\n");
    assert_eq!(errors, ["2:1 yaml/unknown-alias `*` without quotes is an alias, not an owner name"]);
    for text in ["*.www: { A: 1.2.3.4 }\na: b\n", "*.www:\n  A: 1.2.3.4\na: b\n"] {
        let (tree, errors) = bad(text);
        assert_eq!(
            (tree, errors),
            (
                None,
                vec![
                    "1:1 yaml/unknown-alias `*.www` without quotes is an alias, not an owner name".to_owned()
                ]
            )
        );
    }
    let (tree, errors) = bad("*x\n");
    assert_eq!((tree, errors.len()), (None, 1));
}

#[test]
fn merge_keys_add_what_is_not_there() {
    let text = "base: &base { ttl: 60, type: A }\nother: &other { ttl: 5, x: y }\n\
                one: { <<: *base, ttl: 300 }\ntwo: { ttl: 300, <<: *base }\nlist: { <<: [*other, *base], z: 1 }\n\
                both: { <<: *other, <<: *base }\ninline: { <<: { a: b }, c: d }\nnested: { <<: { <<: *base, a: b } }\n\
                quoted: { '<<': *base }\nempty: { <<: [] }\n";
    let want = "{base: {ttl: 60, type: A}, other: {ttl: 5, x: y}, one: {ttl: 300, type: A}, two: {ttl: 300, type: A}, \
                list: {z: 1, ttl: 5, x: y, type: A}, both: {ttl: 60, type: A, x: y}, inline: {c: d, a: b}, \
                nested: {a: b, ttl: 60, type: A}, quoted: {\"<<\": {ttl: 60, type: A}}, empty: {}}";
    assert_eq!(good(text), want);
}

#[test]
fn a_merge_key_takes_only_mappings() {
    let (tree, errors) = bad("a: { <<: x, b: c }\nd: { <<: [{e: f}, [g]] }\nh: { <<: , i: j }\n");
    assert_eq!(tree.as_deref(), Some("{a: {b: c}, d: {e: f}, h: {i: j}}"));
    assert_eq!(
        errors,
        [
            "1:10 yaml/merge a merge key takes a mapping or a list of mappings, not text",
            "2:19 yaml/merge a merge key takes a mapping or a list of mappings, not a list",
            "3:8 yaml/merge a merge key takes a mapping or a list of mappings, not nothing",
        ]
    );
}

#[test]
fn duplicates_beside_a_merge_key_are_still_errors() {
    let (_, errors) = bad("a: &a {x: 1}\nb: { <<: *a, y: 1, y: 2, x: 3 }\n");
    assert_eq!(errors, ["2:20 yaml/duplicate-key `y` stands twice in one mapping"]);
}

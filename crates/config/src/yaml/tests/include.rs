use super::*;

/// Reads `t.yaml` with the other files given; an include of a file that is missing is an error.
fn read(text: &str, others: &[(&str, &str)]) -> (Option<String>, Vec<String>) {
    let (files, file) = file(text);
    let limits = Limits { tags: &["!include"], ..Limits::default() };
    let mut diagnostics = Diagnostics::new();
    let root = parse(&file, &limits, &mut diagnostics).expect("readable").expect("not empty");
    let root = expand_includes(root, &files, &limits, &mut diagnostics, &mut |tag, node, diagnostics| {
        assert_eq!(tag.name(), "!include");
        let name = node.as_str()?;
        let Some((_, text)) = others.iter().find(|(other, _)| *other == name) else {
            let error = crate::diagnostic::Diagnostic::error("test/missing", name);
            diagnostics.push(error.at(files.source(node.position())));
            return None;
        };
        let file = files.add(name, *text);
        Some(parse(&file, &limits, diagnostics).ok()??.into_owned())
    });
    let root = root.expect("small");
    if let Some(www) = root.as_ref().and_then(|root| root.get("www")) {
        assert_eq!(files.source(www.get("A").expect("an address").position()).to_string(), "www.yaml:2:4");
    }
    let shown = diagnostics.iter().map(|d| format!("{} {}", d.source.as_ref().expect("a place"), d.message));
    (root.as_ref().map(show), shown.collect())
}

#[test]
fn included_values_stand_in_the_place_of_the_tag() {
    let www = ("www.yaml", "\nA: 1.2.3.4\n");
    let text =
        "www: !include www.yaml\nb: &b [!include www.yaml, x]\nc: *b\nd: &d !include www.yaml\ne: *d\n";
    let a = "{A: 1.2.3.4}";
    let want = format!("{{www: {a}, b: [{a}, x], c: [{a}, x], d: {a}, e: {a}}}");
    assert_eq!(read(text, &[www]), (Some(want), vec![]));
    assert_eq!(read("!include www.yaml", &[www]), (Some(a.to_owned()), vec![]));
}

#[test]
fn included_files_can_be_merged() {
    let base = ("base.yaml", "A: 1.2.3.4\nTXT: x\nz: 1\n");
    assert_eq!(
        read(
            "own: &own { TXT: z, q: r }\na: { <<: !include base.yaml, A: 5.6.7.8 }\nb: { <<: [*own, !include base.yaml] }\n",
            &[base]
        ),
        (
            Some(
                "{own: {TXT: z, q: r}, a: {A: 5.6.7.8, TXT: x, z: 1}, b: {TXT: z, q: r, A: 1.2.3.4, z: 1}}"
                    .to_owned()
            ),
            vec![]
        )
    );
    let (tree, errors) = read("a: { <<: !include list.yaml, b: c }\n", &[("list.yaml", "[x]")]);
    assert_eq!(tree.as_deref(), Some("{a: {b: c}}"));
    assert_eq!(errors, ["list.yaml:1:2 a merge key takes a mapping or a list of mappings, not text"]);
}

#[test]
fn a_missing_include_is_left_out_and_reported() {
    let (tree, errors) =
        read("a: !include no.yaml\nb: [!include no.yaml, x]\nc: { <<: !include no.yaml, d: e }\n", &[]);
    assert_eq!(tree.as_deref(), Some("{b: [x], c: {d: e}}"));
    assert_eq!(errors, ["t.yaml:1:13 no.yaml", "t.yaml:2:14 no.yaml", "t.yaml:3:19 no.yaml"]);
}

#[test]
fn includes_cannot_blow_a_tree_up() {
    let (files, file) = file(&format!("[{}]", "!include x, ".repeat(1_000)));
    let limits = Limits { tags: &["!include"], nodes: 50_000, ..Limits::default() };
    let mut diagnostics = Diagnostics::new();
    let root = parse(&file, &limits, &mut diagnostics).expect("readable").expect("not empty");
    let large = files.add("x", format!("[{}]", "a, ".repeat(100)));
    let root = expand_includes(root, &files, &limits, &mut diagnostics, &mut |_, _, diagnostics| {
        Some(parse(&large, &limits, diagnostics).ok()??.into_owned())
    });
    assert!(root.is_err());
    assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["yaml/too-large"]);
}

#[test]
fn an_owned_tree_is_the_same_tree() {
    let text = "a: &a [x, 'y', {z: ~}]\nb: *a\nc: { <<: {d: *a} }\n";
    let (_, file) = file(text);
    let root = parse(&file, &Limits::default(), &mut Diagnostics::new()).expect("fine").expect("not empty");
    let before = show(&root);
    let owned: Node<'static> = root.into_owned();
    drop(file);
    assert_eq!(show(&owned), before);
    assert_eq!(owned.get("b").and_then(Node::alias).map(|p| p.line), Some(2));
}

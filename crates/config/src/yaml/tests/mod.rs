//! Helpers of the tests.

mod aliases;
mod errors;
mod include;
mod limits;
mod random;
mod scalars;

use super::*;
use crate::diagnostic::{Diagnostics, File, Files};

/// A file named `t.yaml`.
fn file(text: &str) -> (Files, File) {
    let files = Files::new();
    let file = files.add("t.yaml", text);
    (files, file)
}

/// Reads a text that has nothing wrong and shows its tree.
fn good(text: &str) -> String {
    let (files, file) = file(text);
    let mut diagnostics = Diagnostics::new();
    let root = parse(&file, &Limits::default(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{text:?}\n{}", diagnostics.render(&files, false));
    show(&root.expect("readable").expect("not empty"))
}

/// Reads a text that has something wrong: what is left of the tree, and each error as `line:column code message`.
fn bad(text: &str) -> (Option<String>, Vec<String>) {
    bad_with(text, &Limits::default())
}

fn bad_with(text: &str, limits: &Limits) -> (Option<String>, Vec<String>) {
    let (_, file) = file(text);
    let mut diagnostics = Diagnostics::new();
    let root = parse(&file, limits, &mut diagnostics);
    assert!(diagnostics.has_errors(), "{text:?}");
    diagnostics.sort();
    let lines = diagnostics.iter().map(|d| {
        let source = d.source.as_ref().expect("each has a place");
        assert_eq!(&*source.file, "t.yaml");
        format!("{}:{} {} {}", source.line, source.column, d.code, d.message)
    });
    (root.ok().map(|root| root.as_ref().map_or_else(String::new, show)), lines.collect())
}

/// A tree in one line: scalars in quotes unless plain, null as `~`.
fn show(node: &Node<'_>) -> String {
    let tag = node.tag().map(|tag| format!("{} ", tag.name())).unwrap_or_default();
    if let Some(items) = node.as_list() {
        return format!("{tag}[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "));
    }
    if let Some(entries) = node.as_mapping() {
        let entries = entries.iter().map(|(k, v)| format!("{}: {}", show_scalar(k.scalar()), show(v)));
        return format!("{tag}{{{}}}", entries.collect::<Vec<_>>().join(", "));
    }
    if node.is_null() { "~".to_owned() } else { tag + &show_scalar(node.as_scalar().expect("a scalar")) }
}

fn show_scalar(scalar: &Scalar<'_>) -> String {
    match scalar.style() {
        Style::Plain => scalar.text().to_owned(),
        Style::Quoted => format!("{:?}", scalar.text()),
        Style::Block => format!("|{:?}", scalar.text()),
    }
}

//! What the documentation and the examples show is valid, fits the schema, and is laid out as `dnsctl fmt` does it.

use std::path::Path;

use crate::testing::{CONFIG, load};
use crate::{Project, fmt, schema};

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The YAML blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let text = fs_err::read_to_string(repository().join("docs").join(page)).unwrap();
    let blocks: Vec<String> =
        text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect();
    assert!(!blocks.is_empty());
    blocks
}

#[track_caller]
fn fits(schema: &serde_json::Value, text: &str) {
    let seen = schema::tests::seen(text);
    let errors: Vec<String> = jsonschema::validator_for(schema)
        .unwrap()
        .iter_errors(&seen)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{text}\n{errors:?}");
    assert_eq!(fmt::format(text).unwrap(), text);
}

#[test]
fn zone_files_of_the_documentation() {
    let (blocks, schema) = (blocks("zone-files.md"), schema::zone());
    let shared = blocks.iter().find(|block| block.starts_with("# shared/mail.yaml")).unwrap();
    for block in &blocks {
        fits(&schema, block);
        if block != shared {
            let files =
                [("dnsctl.yaml", CONFIG), ("zones/example.com.yaml", block), ("shared/mail.yaml", shared)];
            let (project, loaded, found) = load(&files);
            assert!(found.is_empty() && loaded[0].zone.is_some(), "{}", found.render(&project.files, false));
        }
    }
}

#[test]
fn configurations_of_the_documentation() {
    for block in blocks("configuration.md") {
        fits(&schema::project(), &block);
        let (project, _, found) = load(&[("dnsctl.yaml", &block)]);
        assert!(
            !found.has_errors() && !project.providers.is_empty(),
            "{}",
            found.render(&project.files, false)
        );
    }
}

#[test]
fn the_examples() {
    let mut count = 0;
    for entry in fs_err::read_dir(repository().join("zones")).unwrap() {
        let config = entry.unwrap().path().join("dnsctl.yaml");
        let project = Project::open(&config);
        fits(&schema::project(), &fs_err::read_to_string(&config).unwrap());
        assert!(project.diagnostics.is_empty(), "{}", project.diagnostics.render(&project.files, false));
        for unit in &project.units {
            let loaded = project.load(unit);
            assert!(loaded.diagnostics.is_empty(), "{}", loaded.diagnostics.render(&project.files, false));
            count += 1;
        }
        for file in project.zone_files() {
            fits(&schema::zone(), &fs_err::read_to_string(file).unwrap());
        }
    }
    assert!(count > 0);
}

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

/// Each block is a whole zone of its own, beside the files that it names.
#[test]
fn mail_blocks_of_the_documentation() {
    let (blocks, schema) = (blocks("mail.md"), schema::zone());
    let shared = blocks.iter().find(|block| block.starts_with("# shared/mail.yaml")).unwrap();
    let flat = blocks.iter().find(|block| block.contains("# Written by: dnsctl mail flatten")).unwrap();
    let key = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    let mut next = rcgen::generate_simple_self_signed(["mail.example.com".to_owned()]).unwrap();
    let certificate = next.cert.pem();
    next = rcgen::generate_simple_self_signed(["mail.example.com".to_owned()]).unwrap();
    for block in &blocks {
        fits(&schema, block);
        if block == shared || block == flat {
            continue;
        }
        let next = next.cert.pem();
        let files = [
            ("dnsctl.yaml", CONFIG),
            ("zones/example.com.yaml", block),
            ("shared/mail.yaml", shared),
            ("shared/spf-relay.yaml", flat),
            ("keys/s2026.pub", key),
            ("keys/mail.pem", &certificate),
            ("keys/mail-next.pub", &next),
        ];
        let (project, loaded, found) = load(&files);
        assert!(found.is_empty() && loaded[0].mail.is_some(), "{}", found.render(&project.files, false));
    }
}

/// The table of presets is that of the code.
#[test]
fn presets_of_the_documentation() {
    use std::fmt::Write as _;
    let mut table = "| preset | what was read, and when | what confirms the values | options |\n| --- | --- | --- | --- |\n".to_owned();
    for preset in dnsctl_mail::presets::ALL {
        let option = |option: &dnsctl_mail::presets::PresetOption| {
            let need = if option.required { "" } else { ", optional" };
            format!("`{}`{need}: {}", option.name, option.doc.replace('|', "/"))
        };
        let options: Vec<String> = preset.options.iter().map(option).collect();
        writeln!(
            table,
            "| `{}` | [{}]({}), {} | {} | {} |",
            preset.name,
            preset.title,
            preset.page,
            preset.read,
            preset.basis,
            options.join("<br>")
        )
        .unwrap();
    }
    let path = repository().join("docs/mail.md");
    let text = fs_err::read_to_string(&path).unwrap();
    #[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the test")]
    if std::env::var_os("UPDATE").is_some() {
        let before = text.split("| preset |").next().unwrap();
        fs_err::write(&path, format!("{before}{table}")).unwrap();
        return;
    }
    assert!(
        text.ends_with(&table),
        "docs/mail.md is stale; refresh it: UPDATE=1 cargo test -p dnsctl-config presets"
    );
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

//! The kept inputs of the fuzz targets: `tests/fuzz/corpus/TARGET/NAME`. Each property holds for each of its inputs.

#![expect(clippy::unwrap_used, reason = "test code")]

use dnsctl_fuzz_properties::TARGETS;
use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_kept_input_holds() {
    let mut broken = Vec::new();
    for target in TARGETS {
        let corpus = folder().join("corpus").join(target.name);
        let inputs = names(&corpus);
        assert!((3..=100).contains(&inputs.len()), "{} inputs are kept for {}", inputs.len(), target.name);
        for name in inputs {
            let octets = std::fs::read(corpus.join(&name)).unwrap();
            assert!(octets.len() <= 1 << 16, "{}/{name} is large", target.name);
            if catch_unwind(|| (target.holds)(&octets)).is_err() {
                broken.push(format!("{}/{name}", target.name));
            }
        }
    }
    assert!(broken.is_empty(), "these do not hold, for the reasons above: {broken:#?}");
}

/// An input of one reader may be given to another: nothing panics, whatever stands where.
#[test]
fn every_kept_input_holds_elsewhere() {
    let mut broken = Vec::new();
    for from in TARGETS {
        let corpus = folder().join("corpus").join(from.name);
        // A third of them: most say the same to another reader.
        for name in names(&corpus).into_iter().step_by(3) {
            let octets = std::fs::read(corpus.join(&name)).unwrap();
            for target in TARGETS.iter().filter(|target| target.name != from.name) {
                if catch_unwind(|| (target.holds)(&octets)).is_err() {
                    broken.push(format!("{} with {}/{name}", target.name, from.name));
                }
            }
        }
    }
    assert!(broken.is_empty(), "these do not hold, for the reasons above: {broken:#?}");
}

#[test]
fn every_property_has_its_target_and_its_inputs() {
    let properties: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names(&folder().join("corpus")), properties, "folders of tests/fuzz/corpus");
    let files: BTreeSet<String> = properties.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&folder().join("fuzz_targets")), files, "files of tests/fuzz/fuzz_targets");
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in &properties {
        assert!(
            manifest.contains(&format!("\nname = \"{name}\"\n")),
            "{name} is not in tests/fuzz/Cargo.toml"
        );
    }
}

//! BIND's `named-checkzone` and Knot DNS's `kzonecheck` on zones as master files.

mod answers;
pub(crate) mod faults;

use crate::settle::{Objection, settle};
use crate::zones::{Case, corpus, ours, written};
use dnsctl_harness::{find, require};
use dnsctl_zone::Name;
use std::path::Path;
use std::process::Command;

/// All checks that `named-checkzone` has, as warnings, so that one does not hide another. Names of other zones are not asked for.
const CHECKS: [&str; 22] = [
    "-i",
    "local-sibling",
    "-k",
    "warn",
    "-m",
    "warn",
    "-M",
    "warn",
    "-S",
    "warn",
    "-n",
    "warn",
    "-r",
    "warn",
    "-T",
    "warn",
    "-W",
    "warn",
    "-l",
    "604800",
    "-s",
    "full",
];

#[test]
fn bind_finds_nothing_that_rules_do_not() {
    let cases = cases();
    let Some(program) = require(find("named-checkzone", "bind9-utils")) else { return };
    let objections = objections(&cases, |case, file| {
        let mut command = Command::new(&program);
        command.args(CHECKS).arg(case.block.apex.to_string()).arg(file);
        words(&mut command).lines().filter_map(|line| bind(case, line)).collect()
    });
    settle("named-checkzone", &ours(&cases), &objections, answers::BIND);
}

#[test]
fn knot_finds_nothing_that_rules_do_not() {
    let cases = cases();
    let Some(program) = require(find("kzonecheck", "knot-dnssecutils")) else { return };
    let objections = objections(&cases, |case, file| {
        let mut command = Command::new(&program);
        command.args(["-v", "-o"]).arg(case.block.apex.to_string()).arg(file);
        words(&mut command).lines().filter_map(|line| knot(case, line)).collect()
    });
    settle("kzonecheck", &ours(&cases), &objections, answers::KNOT);
}

fn cases() -> Vec<Case> {
    let mut cases = corpus();
    cases.extend(written("one fault", &faults::zones()));
    cases
}

type Said = Vec<(Option<Name>, String)>;

fn objections(cases: &[Case], ask: impl Fn(&Case, &Path) -> Said) -> Vec<Objection> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zone");
    let mut all = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        fs_err::write(&file, format!("$TTL 3600\n{}", case.block.text())).unwrap();
        let said = ask(case, &file);
        all.extend(said.into_iter().map(|(about, text)| Objection { case: number, about, text }));
    }
    all
}

fn words(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn name(case: &Case, text: &str) -> Option<Name> {
    Name::absolute(text.trim_end_matches(':').trim_matches('\''))
        .ok()
        .filter(|name| name.is_at_or_below(&case.block.apex))
}

/// A line of `named-checkzone`, without those that only say that it gave up for what it told before.
fn bind(case: &Case, line: &str) -> Option<(Option<Name>, String)> {
    let summary = ["loaded serial", "not loaded due to errors", "loading from master file"];
    if line.trim().is_empty() || line == "OK" || summary.iter().any(|words| line.contains(words)) {
        return None;
    }
    // What stands in front: the zone, or the function, file and line.
    let text = match (line.split_once("/IN: "), line.split_once("/zone:")) {
        (Some((_, text)), _) => text,
        (None, Some((_, text))) => text.split_once(": ").map_or(text, |(_, text)| text),
        (None, None) => line,
    };
    let text = text.strip_prefix("warning: ").unwrap_or(text);
    let owner = text.split(' ').next().and_then(|word| word.split('/').next());
    // A bad name is that of a target.
    let about = owner.filter(|_| !text.contains(": bad name")).and_then(|word| name(case, word));
    Some((about, text.to_owned()))
}

/// A line of `kzonecheck`: `[owner] words`.
fn knot(case: &Case, line: &str) -> Option<(Option<Name>, String)> {
    if let Some((owner, text)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        return Some((name(case, owner), text.to_owned()));
    }
    // Knot 3.3 ends with "serious semantic error detected", whatever the errors were.
    let summaries = ["semantic checks", "semantic error detected"];
    let summary = summaries.iter().any(|words| line.contains(words)) || line.ends_with(" errors");
    let other = line.starts_with("error:") && !summary;
    other.then(|| (None, line.to_owned()))
}

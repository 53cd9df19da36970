//! pyspf judges what we judge. It is the reference of the suite's authors.

use crate::differences;
use crate::generated::{self, Case};
use dnsctl_harness::{python_tool, repository_root, require, tool_file};
use dnsctl_mail::spf::{Evaluation, Question, evaluate};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// How many cases are generated.
const CASES: usize = 6000;

/// What pyspf says.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) result: String,
    pub(crate) explanation: Option<String>,
    pub(crate) words: String,
}

pub(crate) fn ours(case: &Case) -> Evaluation {
    let question =
        Question { ip: case.ip, helo: &case.helo, mail_from: &case.mail_from, receiver: "", now: 0 };
    evaluate(&case.world, &question)
}

/// The verdicts of pyspf, or nothing where Python may be missing.
pub(crate) fn judge(cases: &[Case]) -> Option<Vec<Verdict>> {
    let python = require(python_tool("octodns", "python"))?;
    let source = require(tool_file("pyspf-2.0.14", "spf.py"))?;
    let script = repository_root().join("tests/spf/judge.py");
    let mut child = Command::new(python)
        .arg(script)
        .env("PYTHONPATH", source.parent().unwrap())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: Vec<String> = cases
        .iter()
        .map(|case| {
            let Case { world, ip, helo, mail_from } = case;
            json!({ "zone": world.to_json(), "ip": ip, "helo": helo, "mail_from": mail_from }).to_string()
        })
        .collect();
    // Both pipes are in use at once, so one of them needs a thread of its own.
    let writer = std::thread::spawn(move || lines.iter().try_for_each(|line| writeln!(input, "{line}")));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let verdict = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let explanation =
            Some(text("explanation")).filter(|words| words != "DEFAULT" && text("result") == "fail");
        Verdict { result: text("result"), explanation, words: text("words") }
    };
    let verdicts: Vec<Verdict> = String::from_utf8(output.stdout).unwrap().lines().map(verdict).collect();
    assert_eq!(verdicts.len(), cases.len());
    Some(verdicts)
}

/// Every case has the same verdict, or has it without the causes that are known by name.
pub(crate) fn generated() -> Result<(), Failed> {
    let cases = generated::cases(CASES);
    let Some(verdicts) = judge(&cases) else { return Ok(()) };
    let mut report = String::new();
    let mut counts = BTreeMap::new();
    let mut mended = Vec::new();
    for (case, theirs) in cases.iter().zip(&verdicts) {
        let ours = ours(case);
        *counts.entry(ours.result.to_string()).or_insert(0) += 1;
        if !same(&ours, theirs) {
            match differences::without_causes(case) {
                Some(without) => mended.push(without),
                None => tell(&mut report, case, &ours, theirs),
            }
        }
    }
    let Some(verdicts) = judge(&mended) else { return Ok(()) };
    for (case, theirs) in mended.iter().zip(&verdicts) {
        let ours = ours(case);
        if !same(&ours, theirs) {
            tell(&mut report, case, &ours, theirs);
        }
    }
    // A generator that always makes the same would find nothing, nor would causes that are always there.
    for result in ["neutral", "pass", "fail", "softfail", "permerror", "temperror", "none"] {
        if counts.get(result).copied().unwrap_or(0) < CASES / 50 {
            writeln!(report, "too few cases come to {result}: {counts:?}")?;
        }
    }
    if mended.len() > CASES / 40 {
        writeln!(report, "{} of {CASES} differ", mended.len())?;
    }
    if report.is_empty() { Ok(()) } else { Err(report.into()) }
}

fn same(ours: &Evaluation, theirs: &Verdict) -> bool {
    ours.result.to_string() == theirs.result && ours.explanation == theirs.explanation
}

fn tell(report: &mut String, case: &Case, ours: &Evaluation, theirs: &Verdict) {
    let (result, explanation, reason) = (ours.result, &ours.explanation, &ours.reason);
    let Verdict { result: other, explanation: text, words } = theirs;
    let _ = write!(
        report,
        "ours {result} {explanation:?} {reason:?}\ntheirs {other} {text:?} {words}\n{case:#?}\n\n"
    );
}

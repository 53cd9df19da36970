//! Programs in Python that read one zone a line and write what they have against it, a line of JSON each.

use crate::settle::Objection;
use crate::zones::{Case, records};
use dnsctl_harness::{python_tool, repository_root, require};
use dnsctl_zone::{Name, RecordType};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a program of an environment says about zones. `None` when it is missing and may be.
pub(crate) fn ask(environment: &str, script: &str, cases: &[Case]) -> Option<Vec<Objection>> {
    let python = require(python_tool(environment, "python"))?;
    let script = repository_root().join("tests/rules").join(script);
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: String = cases.iter().map(|case| zone(case).to_string() + "\n").collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let mut objections = Vec::new();
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in answers.iter().enumerate() {
        for one in answer.as_array().unwrap() {
            let about = one["name"].as_str().and_then(|name| Name::absolute(name).ok());
            objections.push(Objection { case, about, text: one["text"].as_str().unwrap().to_owned() });
        }
    }
    Some(objections)
}

/// A zone as programs get it: its apex and its records, the texts of TXT as characters, one for an octet.
fn zone(case: &Case) -> Value {
    let apex = &case.block.apex;
    let records: Vec<Value> = records(&case.block)
        .iter()
        .map(|record| {
            let raw: String = match record.rtype() {
                RecordType::TXT => record.rdata.joined_text().iter().copied().map(char::from).collect(),
                _ => String::new(),
            };
            json!({
                "name": record.name.to_string(), "type": record.rtype().to_string(),
                "ttl": record.ttl.seconds(), "rdata": record.rdata.to_string(), "text": raw,
            })
        })
        .collect();
    let facts = case.block.facts();
    let policy = facts.policy.map(|policy| String::from_utf8_lossy(&policy.text).into_owned());
    let parked = facts.receives == Some(false) && facts.sends == Some(false);
    json!({"apex": apex.to_string(), "records": records, "policy": policy, "parked": parked})
}

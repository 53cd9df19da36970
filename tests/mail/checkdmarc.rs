//! checkdmarc reads the syntax of records as we do, or the RFC says why not.
//!
//! A row without a reason is one on which both agree: whether the text has an error. A row with a reason is one on which they
//! disagree, and the reason is the RFC's. A row that no longer disagrees fails, too.

use dnsctl_harness::{python_tool, require};
use dnsctl_mail::{FaultClass, mta_sts, tls_rpt};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Agreement.
const SAME: Option<&str> = None;

/// A kind of text, the text, and why checkdmarc's verdict is another than ours.
type Row = (&'static str, &'static str, Option<&'static str>);

mod table;

/// Whether we find no error in a text.
fn ours(kind: &str, text: &str) -> bool {
    fn clean<K: FaultClass>(faults: &[dnsctl_mail::Fault<K>]) -> bool {
        !faults.iter().any(dnsctl_mail::Fault::is_error)
    }
    let text = text.as_bytes();
    match kind {
        "dmarc" => clean(&dnsctl_mail::dmarc::parse(text).faults),
        "mta-sts" => clean(&mta_sts::record::parse(text).faults),
        "policy" => clean(&mta_sts::policy::parse(text).faults),
        "tls-rpt" => clean(&tls_rpt::parse(text).faults),
        other => panic!("{other}"),
    }
}

/// What checkdmarc says of each row: nothing, or what is wrong.
fn theirs(rows: &[Row]) -> Option<Vec<Option<String>>> {
    let python = require(python_tool("checkdmarc", "python"))?;
    let judge = dnsctl_harness::repository_root().join("tests/mail/judge.py");
    let mut child =
        Command::new(python).arg(judge).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: String = rows
        .iter()
        .map(|(kind, text, _)| serde_json::json!({"kind": kind, "text": text}).to_string() + "\n")
        .collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn checkdmarc_agrees_or_the_rfc_says_why_not() {
    let Some(answers) = theirs(table::ROWS) else { return };
    assert_eq!(answers.len(), table::ROWS.len());
    let mut wrong = Vec::new();
    for ((kind, text, reason), answer) in table::ROWS.iter().zip(&answers) {
        let (ours, theirs) = (ours(kind, text), answer.is_none());
        if (ours == theirs) != reason.is_none() {
            wrong.push(format!(
                "{kind} {text:?}: ours {ours}, theirs {theirs} ({answer:?}), reason {reason:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

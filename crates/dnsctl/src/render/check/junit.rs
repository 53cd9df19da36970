//! JUnit XML, as Jenkins, GitLab and others read it: a suite for each zone, a case for each rule.

use super::paragraph;
use crate::commands::check::{Checked, Told};
use dnsctl_checks::{Severity, Verdict};
use std::fmt::Write as _;

/// The text. A case fails when it fails the run: by `--fail-on`, or since a file is not valid. What else was found is its output;
/// what could not be tested is skipped, with its reason.
pub(crate) fn text(checked: &Checked) -> String {
    let mut suites = String::new();
    let (mut tests, mut failures, mut skipped) = (0_usize, 0_usize, 0_usize);
    let mut add = |name: &str, cases: &[Case]| {
        let failed = cases.iter().filter(|case| !case.failures.is_empty()).count();
        let passed_over = cases.iter().filter(|case| case.is_skipped()).count();
        let _ = writeln!(
            suites,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{passed_over}\">",
            escape(name),
            cases.len()
        );
        cases.iter().for_each(|case| case.write(&mut suites, name));
        suites.push_str("  </testsuite>\n");
        tests = tests.saturating_add(cases.len());
        failures = failures.saturating_add(failed);
        skipped = skipped.saturating_add(passed_over);
    };
    add("configuration", &reading(checked));
    for zone in &checked.zones {
        let asked = zone.results.iter().filter(|(_, verdict)| *verdict != Verdict::NotApplicable);
        let mut cases: Vec<Case> = asked
            .map(|(rule, verdict)| Case {
                skipped: match verdict {
                    Verdict::Untested(why) => Some(why.clone()),
                    _ => None,
                },
                ..Case::new(rule)
            })
            .collect();
        for told in &zone.told {
            Case::put(&mut cases, told.rule, told, checked.fails(told));
        }
        add(&zone.name.without_dot(), &cases);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dnsctl check\" tests=\"{tests}\" failures=\"{failures}\" \
         errors=\"0\" skipped=\"{skipped}\">\n{suites}</testsuites>\n"
    )
}

/// Whether the files can be read, and a case for each other thing that their reader found.
fn reading(checked: &Checked) -> Vec<Case> {
    let read = "zone files can be read";
    let mut cases = vec![Case::new(read)];
    for told in &checked.told {
        let invalid = told.weight >= Severity::Error;
        let name = if invalid { read } else { told.rule };
        Case::put(&mut cases, name, told, invalid || checked.fails(told));
    }
    cases
}

struct Case {
    name: &'static str,
    /// The weight, the message, and all words of each finding that fails the run.
    failures: Vec<(Severity, String, String)>,
    /// All words of each other one.
    others: Vec<String>,
    skipped: Option<String>,
}

impl Case {
    fn new(name: &'static str) -> Self {
        Self { name, failures: Vec::new(), others: Vec::new(), skipped: None }
    }

    /// Puts a finding into the case of this name.
    fn put(cases: &mut Vec<Self>, name: &'static str, told: &Told, fails: bool) {
        if let Some(case) = cases.iter_mut().find(|case| case.name == name) {
            return case.add(told, fails);
        }
        let mut case = Self::new(name);
        case.add(told, fails);
        cases.push(case);
    }

    fn add(&mut self, told: &Told, fails: bool) {
        let place = told.source.as_ref().map_or_else(String::new, |source| format!("{source}: "));
        let passed = told.acknowledged.as_ref();
        let passed =
            passed.map_or_else(String::new, |(until, why)| format!(" (acknowledged until {until}: {why})"));
        let words = format!("{place}{}: {}{passed}", told.weight, paragraph(told));
        if fails {
            self.failures.push((told.weight, told.message.clone(), words));
        } else {
            self.others.push(words);
        }
    }

    fn is_skipped(&self) -> bool {
        self.skipped.is_some() && self.failures.is_empty()
    }

    fn write(&self, out: &mut String, suite: &str) {
        let head = format!("    <testcase name=\"{}\" classname=\"{}\"", escape(self.name), escape(suite));
        if self.failures.is_empty() && self.others.is_empty() && self.skipped.is_none() {
            let _ = writeln!(out, "{head}/>");
            return;
        }
        let _ = writeln!(out, "{head}>");
        // Readers take one failure of a case.
        if let Some((_, first, _)) = self.failures.first() {
            let weight = self.failures.iter().map(|(weight, ..)| *weight).max().unwrap_or(Severity::Error);
            let message = match self.failures.len() {
                1 => first.clone(),
                number => format!("{number} findings, the first: {first}"),
            };
            let words: Vec<&str> = self.failures.iter().map(|(.., words)| words.as_str()).collect();
            let _ = writeln!(
                out,
                "      <failure type=\"{weight}\" message=\"{}\">{}</failure>",
                escape(&message),
                escape(&words.join("\n"))
            );
        }
        if let Some(why) = self.skipped.as_ref().filter(|_| self.is_skipped()) {
            let _ = writeln!(out, "      <skipped message=\"{}\"/>", escape(why));
        }
        if !self.others.is_empty() {
            let _ = writeln!(out, "      <system-out>{}</system-out>", escape(&self.others.join("\n")));
        }
        out.push_str("    </testcase>\n");
    }
}

/// Text that is safe in XML 1.0, in elements and attributes. Characters that it cannot hold become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}

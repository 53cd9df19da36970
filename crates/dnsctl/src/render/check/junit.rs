//! JUnit XML, as Jenkins, GitLab and others read it: a suite for each zone, a case for each rule.

use super::paragraph;
use crate::commands::check::{Checked, Told};
use dnsctl_checks::{Severity, Verdict};
use std::fmt::Write as _;

/// The text. Findings from warnings on are failures; what could not be tested is skipped, with its reason.
pub(crate) fn text(checked: &Checked) -> String {
    let mut suites = String::new();
    let (mut tests, mut failures, mut skipped) = (0_usize, 0_usize, 0_usize);
    let mut add = |name: &str, cases: &[Case]| {
        let failed = cases.iter().filter(|case| !case.failures.is_empty()).count();
        let passed_over =
            cases.iter().filter(|case| case.skipped.is_some() && case.failures.is_empty()).count();
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
    let reading =
        Case { name: "zone files can be read", failures: fails(checked.told.iter()), skipped: None };
    add("configuration", std::slice::from_ref(&reading));
    for zone in &checked.zones {
        let asked = zone.results.iter().filter(|(_, verdict)| *verdict != Verdict::NotApplicable);
        let mut cases: Vec<Case> = asked
            .map(|(rule, verdict)| Case {
                name: rule,
                failures: fails(zone.told.iter().filter(|told| told.rule == *rule)),
                skipped: match verdict {
                    Verdict::Untested(why) => Some(why.clone()),
                    _ => None,
                },
            })
            .collect();
        let known: Vec<&str> = cases.iter().map(|case| case.name).collect();
        let others = fails(zone.told.iter().filter(|told| !known.contains(&told.rule)));
        if !others.is_empty() {
            cases.push(Case { name: "acknowledgements", failures: others, skipped: None });
        }
        add(&zone.name.without_dot(), &cases);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dnsctl check\" tests=\"{tests}\" failures=\"{failures}\" \
         errors=\"0\" skipped=\"{skipped}\">\n{suites}</testsuites>\n"
    )
}

struct Case {
    name: &'static str,
    failures: Vec<(&'static str, String, String)>,
    skipped: Option<String>,
}

fn fails<'a>(told: impl Iterator<Item = &'a Told>) -> Vec<(&'static str, String, String)> {
    told.filter(|told| told.weight >= Severity::Warning && told.acknowledged.is_none())
        .map(|told| {
            let place = told.source.as_ref().map_or_else(String::new, |source| format!("{source}: "));
            (told.weight.word(), told.message.clone(), format!("{place}{}", paragraph(told)))
        })
        .collect()
}

impl Case {
    fn write(&self, out: &mut String, suite: &str) {
        let head = format!("    <testcase name=\"{}\" classname=\"{}\"", escape(self.name), escape(suite));
        if self.failures.is_empty() && self.skipped.is_none() {
            let _ = writeln!(out, "{head}/>");
            return;
        }
        let _ = writeln!(out, "{head}>");
        for (weight, message, text) in &self.failures {
            let _ = writeln!(
                out,
                "      <failure type=\"{weight}\" message=\"{}\">{}</failure>",
                escape(message),
                escape(text)
            );
        }
        if let Some(why) = self.skipped.as_ref().filter(|_| self.failures.is_empty()) {
            let _ = writeln!(out, "      <skipped message=\"{}\"/>", escape(why));
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

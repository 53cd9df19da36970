//! The reports of `dnsctl check`, read by what others read them with.

use crate::support::{Setup, has, has_not};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const CONFIGURATION: &str = "providers:\n  main: { type: zonefile, directory: out }\n";

/// An address that leads nowhere, an acknowledged finding, a target that is not held here, and text that ends lines or starts
/// commands where it is not looked after.
const FOUND: &str = "ack:
  - { rule: mx.target-address, at: \"old MX\", until: 2027-03-31, why: \"moves <in> March & \\\"soon\\\"\" }
records:
  \"@\":
    NS: [ns1.example.net., ns2.example.net.]
    MX: [10 oldmail, 20 mail.elsewhere.test.]
    TXT: \"v=spf1 ip4:192.0.2.25 +all%::error\"
  _dmarc: { TXT: \"v=DMARC1; p=reject; rua=mailto:dmarc@a.example\" }
  s1._domainkey: { TXT: \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" }
  old: { MX: 10 gone }
";

const BROKEN: &str =
    "include: \"../shared/a,b%:.yaml\"\nrecords:\n  www: { A: nowhere }\n  ftp: { A: nowhere }\n";

/// A project with findings of rules and errors of the reader.
fn project() -> Setup {
    let setup = Setup::new(CONFIGURATION).zone("a.example", FOUND).zone("b.example", BROKEN);
    setup
        .repository
        .write("shared/a,b%:.yaml", "records:\n  \"100%::x\\n::error::y\": { A: \"5%\\n::error::z\" }\n")
        .unwrap();
    setup
}

fn json(setup: &Setup) -> Value {
    setup.run("check --report json=check.json", 65);
    setup.plan_file("check.json")
}

fn count(check: &Value, what: impl Fn(&Value) -> bool) -> usize {
    check["findings"].as_array().unwrap().iter().filter(|finding| what(finding)).count()
}

fn is_open(finding: &Value) -> bool {
    finding["acknowledged"].is_null()
}

fn weighs(finding: &Value, weights: &[&str]) -> bool {
    weights.contains(&finding["severity"].as_str().unwrap())
}

#[test]
fn json_is_as_its_schema_says() {
    let setup = project();
    let check = json(&setup);
    let schema: Value = serde_json::from_str(&setup.run("schema check", 0).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&check).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut wrong = check.clone();
    wrong["summary"]["errors"] = "many".into();
    assert!(!validator.is_valid(&wrong), "the schema takes anything");
    // What the project was made for is there.
    let summary = &check["summary"];
    assert_eq!(summary["acknowledged"], 1);
    assert_eq!(
        summary["critical"],
        count(&check, |finding| is_open(finding) && weighs(finding, &["critical"]))
    );
    assert_eq!(summary["errors"], count(&check, |finding| is_open(finding) && weighs(finding, &["error"])));
    assert_eq!(count(&check, |finding| finding["rule"] == "mx.target-address"), 2);
    assert!(count(&check, |finding| finding["rule"] == "record/bad-value") >= 1, "{check:#}");
    let zone = &check["zones"][0];
    assert_eq!(zone["zone"], "a.example.");
    let untested: Vec<&str> =
        zone["untested"].as_array().unwrap().iter().map(|rule| rule["rule"].as_str().unwrap()).collect();
    assert!(
        untested
            .iter()
            .any(|rule| rule.starts_with("mx.") || rule.starts_with("spf.") || rule.starts_with("ns.")),
        "{untested:?}"
    );
    let asked = [&zone["passed"], &zone["failed"], &zone["not_applicable"]];
    let asked = asked.iter().map(|number| number.as_u64().unwrap()).sum::<u64>() + untested.len() as u64;
    assert_eq!(asked, dnsctl_checks::checks().count() as u64);
    // An excerpt marks a part of its text.
    let marked =
        check["findings"].as_array().unwrap().iter().find(|finding| !finding["excerpt"].is_null()).unwrap();
    let (text, span) = (marked["excerpt"]["text"].as_str().unwrap(), &marked["excerpt"]["span"]);
    assert!(
        text.get(span[0].as_u64().unwrap() as usize..span[1].as_u64().unwrap() as usize).is_some(),
        "{marked}"
    );
}

/// The schema of OASIS, as the crate with the types carries it.
fn sarif_schema() -> Value {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    cargo
        // What other systems need was not fetched.
        .args(["metadata", "--offline", "--filter-platform", &host, "--format-version", "1"])
        .current_dir(dnsctl_harness::repository_root());
    let metadata: Value = serde_json::from_slice(&cargo.output().unwrap().stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = std::path::Path::new(package["manifest_path"].as_str().unwrap());
    let text = fs_err::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // Its pattern for languages has a bracket without its pair, which not every dialect of patterns takes. We name no language.
    for of in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{of}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    schema
}

#[test]
fn sarif_is_what_its_schema_and_its_types_say() {
    let setup = project();
    let check = json(&setup);
    setup.run("check --report sarif=check.sarif", 65);
    let report = setup.plan_file("check.sarif");
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut wrong = report.clone();
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&wrong), "the schema takes anything");
    let typed: serde_sarif::sarif::Sarif = serde_json::from_value(report.clone()).unwrap();
    let [run] = typed.runs.as_slice() else { panic!("one run is one tool") };
    let results = run.results.as_ref().unwrap();
    assert_eq!(results.len(), check["findings"].as_array().unwrap().len());
    let prints: BTreeSet<&str> = report["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["partialFingerprints"]["dnsctl/v1"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), results.len(), "a fingerprint is there twice");
    let rules = run.tool.driver.rules.as_ref().unwrap();
    for result in results {
        let rule = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(Some(&rules[rule].id), result.rule_id.as_ref());
    }
    let suppressed =
        results.iter().filter(|result| result.suppressions.as_ref().is_some_and(|all| !all.is_empty()));
    let suppressed: Vec<_> = suppressed.map(|result| result.rule_id.clone().unwrap()).collect();
    assert_eq!(suppressed, ["mx.target-address"]);
    // A relative reference (RFC 3986), whatever the file is called.
    let places: BTreeSet<&str> = report["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str())
        .collect();
    assert!(places.contains("zones/a.example.yaml"), "{places:?}");
    assert!(places.contains("shared/a%2Cb%25%3A.yaml"), "{places:?}");
    // Every rule of ours says what it is about.
    for rule in rules.iter().filter(|rule| dnsctl_checks::find(&rule.id).is_some()) {
        assert!(
            rule.short_description.is_some() && rule.help.is_some() && rule.help_uri.is_some(),
            "{}",
            rule.id
        );
    }
}

/// What stands in a suite: its numbers, and those counted.
#[derive(Debug, Default, PartialEq)]
struct Numbers {
    tests: usize,
    failures: usize,
    skipped: usize,
}

#[test]
fn junit_is_xml_and_counts_what_it_has() {
    use quick_xml::events::Event;
    let setup = project();
    setup.run("check --report junit=junit.xml", 65);
    let text = setup.repository.read("junit.xml").unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut whole, mut said, mut counted) = (Numbers::default(), Numbers::default(), Numbers::default());
    let (mut suites, mut sums, mut failed) = (0, Numbers::default(), false);
    let (mut failures, mut others) = (String::new(), String::new());
    loop {
        let event = reader.read_event().unwrap();
        let (start, empty) = match &event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::End(end) => {
                match end.name().as_ref() {
                    "testsuite" => {
                        assert_eq!(said, counted);
                        sums.tests += counted.tests;
                        sums.failures += counted.failures;
                        sums.skipped += counted.skipped;
                    }
                    "testcase" => counted.failures += usize::from(failed),
                    _ => {}
                }
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let attributes: BTreeMap<String, String> = start
            .attributes()
            .map(|attribute| {
                let attribute = attribute.unwrap();
                let key = attribute.key.as_ref().to_owned();
                (key, attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned())
            })
            .collect();
        let numbers = || Numbers {
            tests: attributes["tests"].parse().unwrap(),
            failures: attributes["failures"].parse().unwrap(),
            skipped: attributes["skipped"].parse().unwrap(),
        };
        match start.name().as_ref() {
            "testsuites" => whole = numbers(),
            "testsuite" => {
                (said, counted) = (numbers(), Numbers::default());
                suites += 1;
            }
            "testcase" => {
                counted.tests += 1;
                failed = false;
                assert!(!attributes["name"].is_empty() && !attributes["classname"].is_empty());
                assert!(!empty || !failed);
            }
            "failure" => {
                assert!(!failed, "one failure a case");
                failed = true;
                let text = reader.read_text(start.name()).unwrap();
                failures += &quick_xml::escape::unescape(&text).unwrap();
            }
            "system-out" => {
                let text = reader.read_text(start.name()).unwrap();
                others += &quick_xml::escape::unescape(&text).unwrap();
            }
            "skipped" => counted.skipped += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(whole, sums);
    // The reader of files, and each zone that could be read.
    assert_eq!(suites, 2);
    assert!(whole.failures >= 2 && whole.skipped >= 1, "{whole:?}");
    let check = json(&setup);
    // What is escaped is read as it was, and stands where it belongs: errors fail the run, the rest does not.
    for finding in check["findings"].as_array().unwrap() {
        let message = finding["message"].as_str().unwrap();
        let fails = is_open(finding) && weighs(finding, &["critical", "error"]);
        let (there, elsewhere) = if fails { (&failures, &others) } else { (&others, &failures) };
        assert!(there.contains(message) && !elsewhere.contains(message), "{message} in {there}");
    }
}

/// The view is red exactly when the run fails.
#[test]
fn junit_fails_with_the_run() {
    // A warning of a rule, and one of the reader.
    let warned = "records:\n  \"@\": { NS: [ns1.example.net., ns2.example.net.] }\n  a: { TXT: \"x\\ty\" }\n  \"*\": { TXT: hello }\n";
    let setup = Setup::new(CONFIGURATION).zone("a.example", warned);
    let mut red = Vec::new();
    for (limit, exit) in [("never", 0), ("critical", 0), ("error", 0), ("warning", 8), ("note", 8)] {
        setup.run(&format!("check --report junit=junit.xml --fail-on {limit}"), exit);
        let text = setup.repository.read("junit.xml").unwrap();
        assert_eq!(text.contains("<failure"), exit != 0, "{limit}: {text}");
        assert_eq!(text.contains("<system-out>"), exit == 0, "{limit}: {text}");
        red.push(text.matches("<failure").count());
    }
    assert!(red[4] >= red[3], "{red:?}");
}

#[test]
fn annotations_of_github_are_a_line_each_and_start_no_command() {
    let setup = project();
    let check = json(&setup);
    let lines = setup.run("check --report github=-", 65).stdout;
    let open = count(&check, |finding| is_open(finding) && !weighs(finding, &["info"]));
    assert_eq!(lines.lines().count(), open, "{lines}");
    let decode = |text: &str| {
        text.replace("%2C", ",")
            .replace("%3A", ":")
            .replace("%0A", "\n")
            .replace("%0D", "\r")
            .replace("%25", "%")
    };
    for line in lines.lines() {
        let rest = line.strip_prefix("::").unwrap();
        let (head, message) = rest.split_once("::").unwrap();
        let (command, properties) = head.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&command), "{line}");
        for property in properties.split(',') {
            let (key, value) = property.split_once('=').unwrap();
            assert!(["file", "line", "col", "title"].contains(&key), "{line}");
            assert!(!value.contains(':'), "{line}");
        }
        let bare = message.replace("%25", "").replace("%0A", "").replace("%0D", "");
        assert!(!bare.contains('%'), "{line}");
        let known = check["findings"].as_array().unwrap().iter().any(|finding| {
            decode(message).starts_with(finding["message"].as_str().unwrap().trim_end_matches('.'))
        });
        assert!(known, "{line}");
    }
    has(
        &lines,
        &[
            "file=zones/a.example.yaml,line=6,",
            "file=shared/a%2Cb%25%3A.yaml,",
            "title=mx.target-address (a.example)",
        ],
    );
    // What is acknowledged annotates nothing.
    assert_eq!(lines.matches("title=mx.target-address").count(), 1, "{lines}");
    has_not(&lines, &["has no A or AAAA record: mail sent there bounces.."]);
}

#[test]
fn code_quality_of_gitlab_knows_a_finding_again() {
    let setup = project();
    let prints = || -> BTreeMap<String, (String, u64)> {
        setup.run("check --report gitlab=quality.json", 65);
        let issues = setup.plan_file("quality.json");
        let issues = issues.as_array().unwrap().clone();
        let prints: BTreeMap<_, _> = issues
            .iter()
            .map(|issue| {
                let text = |key: &str| issue[key].as_str().unwrap().to_owned();
                assert!(
                    ["info", "minor", "major", "critical", "blocker"]
                        .contains(&issue["severity"].as_str().unwrap())
                );
                assert!(!issue["location"]["path"].as_str().unwrap().starts_with('/'));
                let line = issue["location"]["lines"]["begin"].as_u64().unwrap();
                assert!(line > 0 && !text("check_name").is_empty());
                (text("fingerprint"), (text("description"), line))
            })
            .collect();
        assert_eq!(prints.len(), issues.len(), "a fingerprint is there twice");
        prints
    };
    let before = prints();
    assert_eq!(before.len(), count(&json(&setup), is_open));
    setup.write_zone("a.example", &format!("# One line more\n\n{FOUND}"));
    let after = prints();
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let moved = before.iter().filter(|(print, (_, line))| after[*print].1 == line + 2).count();
    assert!(moved >= 2, "{before:#?} {after:#?}");
    // Another fault is another one.
    setup.write_zone("a.example", &FOUND.replace("10 oldmail", "10 oldmail2"));
    assert_ne!(before.keys().collect::<Vec<_>>(), prints().keys().collect::<Vec<_>>());
}

#[test]
fn all_reports_in_one_run() {
    let setup = project();
    let all = "json=a.json --report sarif=a.sarif --report junit=a.xml --report github=a.txt --report gitlab=b.json";
    let run = setup.run(&format!("check --report {all}"), 65);
    has(&run.stdout, &["error[mx.target-address]", "oldmail.a.example"]);
    for name in ["a.json", "a.sarif", "a.xml", "a.txt", "b.json"] {
        assert!(setup.repository.read(name).unwrap().contains("mx.target-address"), "{name}");
    }
    // They are ours: the next run writes them again.
    setup.run(&format!("check --report {all}"), 65);
}

//! Odd values: what servers serve that octoDNS has written is what dnsctl reads from the same file.
//!
//! `escapes/values.txt` has the values, each a zone of its own, by what becomes of them with a real PowerDNS and a real
//! BIND; where that is not the same for octoDNS and dnsctl, it says why.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use dnsctl_harness::{
    Access, Backend, Bind, NameServer, PowerDns, Repository, Zone, python_tool, repository_root, require,
};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Ttl};
use serde_json::Value;

use crate::compare::Ours;

const SERVERS: [&str; 2] = ["powerdns", "bind"];

/// A value of the list.
struct Case<'t> {
    /// `lenient` or `plain`, the type, the value in YAML.
    line: &'t str,
    mode: &'t str,
    rtype: RecordType,
    value: String,
    expected: String,
    /// What a server serves where it is not what dnsctl reads: `powerdns -> 0 issue "a"`.
    served: Vec<&'t str>,
}

impl<'t> Case<'t> {
    fn new(line: &'t str, expected: &str) -> Self {
        let (first, rest) = line.split_once(' ').expect("a type and a value");
        let (mode, rtype, value) = match rest.split_once(' ') {
            Some((rtype, value)) if matches!(first, "lenient" | "plain") => (first, rtype, value),
            _ => ("", first, rest),
        };
        let long = |value: String, length: usize| value.replace(&format!("[x{length}]"), &"x".repeat(length));
        let value = [42, 253, 254, 255, 256, 511].into_iter().fold(value.to_owned(), long);
        let rtype = rtype.parse().expect("a type");
        Self { line, mode, rtype, value, expected: expected.to_owned(), served: Vec::new() }
    }

    fn owner(&self) -> &'static str {
        if matches!(self.rtype, RecordType::SRV | RecordType::URI) { "_a._b" } else { "w" }
    }

    fn source(&self) -> &'static str {
        if self.mode == "plain" { "plain" } else { "config" }
    }

    fn file(&self) -> String {
        let lenient = if self.mode == "lenient" { ", octodns: {lenient: true}" } else { "" };
        format!("{}: {{type: {}, value: {}{lenient}}}\n", self.owner(), self.rtype, self.value)
    }
}

/// Lines that start with `==` say what becomes of the values below them, and why after a colon; `#` starts a comment.
fn cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut expected = "";
    for line in text.lines().map(str::trim_end) {
        if let Some(heading) = line.strip_prefix("== ") {
            expected = heading.split_once(':').map_or(heading, |(outcome, _)| outcome);
        } else if let Some(served) = line.strip_prefix("    ") {
            cases.last_mut().expect("a value above").served.push(served);
        } else if !line.is_empty() && !line.starts_with('#') {
            cases.push(Case::new(line, expected));
        }
    }
    cases
}

fn repository(cases: &[Case<'_>], pdns: &PowerDns, bind: &NameServer) -> Repository {
    let mut config = format!(
        "providers:
  config: {{class: octodns.provider.yaml.YamlProvider, directory: ./zones, enforce_order: false, escaped_semicolons: true}}
  plain: {{class: octodns.provider.yaml.YamlProvider, directory: ./zones, enforce_order: false, escaped_semicolons: false}}
  powerdns: {{class: octodns_powerdns.PowerDnsProvider, host: 127.0.0.1, port: {}, api_key: {}}}
  bind: {{class: octodns_bind.Rfc2136Provider, host: 127.0.0.1, port: {}}}
zones:\n",
        pdns.api_address().port(),
        pdns.api_key(),
        bind.address().port()
    );
    let mut files = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        for server in SERVERS {
            let source = case.source();
            writeln!(config, "  {server}{index}.example.: {{sources: [{source}], targets: [{server}]}}")
                .expect("text");
            files.push((format!("zones/{server}{index}.example.yaml"), case.file()));
        }
    }
    files.push(("production.yaml".to_owned(), config));
    Repository::new(files).expect("a repository")
}

/// What octoDNS says of each zone, and what is then served.
fn synchronised(
    cases: &[Case<'_>],
    ports: [u16; 2],
    repository: &Repository,
) -> Option<BTreeMap<Name, Value>> {
    let mut command = Command::new(require(python_tool("octodns", "python"))?);
    command.arg(repository_root().join("tests/octodns/sync.py")).arg("production.yaml");
    for (index, case) in cases.iter().enumerate() {
        for (server, port) in SERVERS.into_iter().zip(ports) {
            command.arg(format!("{}.{server}{index}.example.", case.owner()));
            command.args([case.rtype.to_string(), port.to_string()]);
        }
    }
    let output = command.current_dir(repository.path()).output().expect("Python runs");
    assert!(output.status.success(), "octoDNS: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        (Name::absolute(line["zone"].as_str().expect("a name")).expect("a name"), line)
    };
    Some(text.lines().map(line).collect())
}

/// The rdata that a server serves; `None` when it sends none.
fn served(rtype: RecordType, line: &Value) -> Option<Vec<Rdata>> {
    let octets = |text: &str| -> Vec<u8> {
        let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
        (0..text.len()).step_by(2).map(pair).collect()
    };
    let list = line["rdata"].as_array()?;
    let one = |value: &Value| Rdata::from_wire(rtype, &octets(value.as_str()?)).ok();
    list.iter().map(one).collect::<Option<Vec<_>>>().filter(|list| !list.is_empty())
}

/// What becomes of a value at a server, in the words of `values.txt`, and what is served where that differs.
fn outcome(
    ours: Option<&RRset>,
    told: bool,
    line: &Value,
    rtype: RecordType,
) -> (&'static str, Option<String>) {
    let error = line["error"].as_str();
    let read = line["stage"] == "read";
    let unsupported = error.is_some_and(|error| error.starts_with("SupportsException"));
    match (ours, error) {
        (Some(_), Some(_)) if unsupported => ("unsupported", None),
        (None, Some(_)) if read => ("refused", None),
        (Some(_), Some(_)) if read => ("accepted", None),
        (None, Some(_)) => ("impossible", None),
        (Some(_), Some(_)) => ("unwritten", None),
        (ours, None) => {
            let values = served(rtype, line);
            let same = ours.zip(values.clone()).is_some_and(|(ours, values)| {
                ours.same_values(&RRset::new(
                    ours.name.clone(),
                    rtype,
                    Ttl::new(3600).expect("a TTL"),
                    values,
                ))
            });
            if same {
                return ("same", None);
            }
            let text = values.map_or_else(
                || line["status"].as_str().unwrap_or_default().to_owned(),
                |values| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "),
            );
            let outcome = match ours {
                None => "stricter",
                Some(_) if told => "other",
                Some(_) => "other in silence",
            };
            (outcome, Some(text))
        }
    }
}

#[test]
fn odd_values_are_read_as_servers_serve_them() {
    let text =
        fs_err::read_to_string(repository_root().join("tests/octodns/escapes/values.txt")).expect("a file");
    let cases = cases(&text);
    // SQLite keeps what it is given, so that what PowerDNS serves is what octoDNS wrote.
    let Some(pdns) = require(PowerDns::builder().backend(Backend::Sqlite).start()) else { return };
    let apex =
        "@ SOA ns.example.net. hostmaster.example.net. 1 7200 3600 1209600 300\n@ NS ns.example.net.\n";
    let zones = (0..cases.len())
        .map(|index| Zone::from_text(&format!("bind{index}.example"), apex).access(Access::Open));
    let Some(bind) = require(Bind::start(zones)) else { return };
    let repository = repository(&cases, &pdns, &bind);
    let ports = [pdns.dns_address().port(), bind.address().port()];
    let Some(theirs) = synchronised(&cases, ports, &repository) else { return };
    let ours = Ours::read(&repository.path().join("production.yaml"));
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        let mut found = Vec::new();
        let mut different = Vec::new();
        let mut errors = Vec::new();
        for server in SERVERS {
            let apex = Name::absolute(&format!("{server}{index}.example")).expect("a name");
            let owner = Name::absolute(&format!("{}.{server}{index}.example", case.owner())).expect("a name");
            let unit = ours.project.units.iter().position(|unit| unit.apex == apex).expect("it is there");
            let told = !ours.loaded[unit].diagnostics.is_empty();
            let line = &theirs[&apex];
            let read = ours.rrsets.get(&(apex, owner, case.rtype));
            let (outcome, served) = outcome(read, told, line, case.rtype);
            *counts.entry(outcome).or_default() += 1;
            found.push(format!("{server} {outcome}"));
            // A name that was completed with the zone's own.
            let zone = format!("{server}{index}.example.");
            different.extend(served.map(|text| {
                format!("{server} -> {}", text.replace(&zone, "ZONE.").replace(&"x".repeat(255), "[x255]"))
            }));
            errors.push(format!("{read:?} {}", line["error"].as_str().unwrap_or_default()));
        }
        let found = found.join(", ");
        if found != case.expected || different != case.served {
            let different: String = different.iter().map(|line| format!("\n    {line}")).collect();
            wrong.push(format!("== {found}\n{}{different}\n#   {}", case.line, errors.join("\n#   ")));
        }
    }
    println!("{} values: {counts:?}", cases.len());
    assert!(wrong.is_empty(), "{} differ from values.txt:\n{}", wrong.len(), wrong.join("\n"));
}

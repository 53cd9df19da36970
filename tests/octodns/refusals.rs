//! What octoDNS refuses is an error here, too, and what it accepts is none.
//!
//! Each case is one zone of a repository that is written for the test. A case says whether both refuse it, or only one
//! and why.

use std::fmt::Write as _;

use dnsctl_zone::Name;

use crate::compare::{Ours, octodns};

/// Who refuses a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    Both,
    Neither,
    /// octoDNS accepts what has no meaning, or loses a part of it.
    ByUs,
}
use Refused::{Both, ByUs, Neither};

/// The text of a zone file, who refuses it, and who refuses it when the zone is lenient.
const CASES: &[(&str, Refused, Refused)] = &[
    ("w: {type: A, value: 192.0.2.1}", Neither, Neither),
    ("w: {type: A, value: 192.0.2}", Both, Both),
    ("w: {type: A, value: 192.0.2.01}", Both, Both),
    ("w: {type: A, value: ' 192.0.2.1'}", Both, Both),
    ("w: {type: A}", Both, Both),
    ("w: {type: A, values: []}", Both, Both),
    ("w: {type: A, value: {a: b}}", Both, Both),
    ("w: {type: AAAA, value: 192.0.2.1}", Both, Both),
    ("w: {type: CNAME, value: single}", Both, Neither),
    ("w: {type: CNAME, value: 'a b.example.'}", Both, ByUs),
    ("w: {type: CNAME, value: -a.example.}", Both, Neither),
    ("w: {type: CNAME, value: a.example}", Neither, Neither),
    ("w: {type: CNAME, values: [a.example.]}", Both, Both),
    ("w: {type: CNAME, value: [a.example.]}", Both, Both),
    ("w: {type: CNAME, value: '@'}", Both, ByUs),
    ("w: {type: CNAME, value: .}", Both, Neither),
    ("'': {type: CNAME, value: a.example.}", Both, Neither),
    ("w: [{type: CNAME, value: a.example.}, {type: TXT, value: x}]", Both, Neither),
    ("w: [{type: A, value: 192.0.2.1}, {type: A, value: 192.0.2.2}]", Both, Both),
    ("w: {type: A, value: 192.0.2.1}\nW: {type: A, value: 192.0.2.2}", Both, Both),
    ("w: {type: A, value: 192.0.2.1}\nw: {type: A, value: 192.0.2.2}", ByUs, ByUs),
    ("w: {type: ALIAS, value: a.example.}", Both, Neither),
    ("'': [{type: ALIAS, value: a.example.}, {type: A, value: 192.0.2.1}]", Both, Neither),
    ("w: {type: TXT, value: a;b}", Both, Neither),
    ("w: {type: TXT, value: 'a\\\\;b'}", Both, Neither),
    ("w: {type: TXT, value: é}", Both, Neither),
    ("w: {type: TXT, value: {a: b}}", Both, Both),
    ("w: {type: MX, value: 10 mx.example.}", Both, Both),
    ("w: {type: MX, value: {exchange: mx.example.}}", Both, Both),
    ("w: {type: MX, value: {preference: ten, exchange: mx.example.}}", Both, Both),
    ("w: {type: MX, value: {preference: 70000, exchange: mx.example.}}", ByUs, ByUs),
    ("w: {type: SRV, value: {priority: 1, weight: 1, port: 1, target: a.example.}}", Both, Neither),
    ("_a._b: {type: SRV, value: {priority: 1, weight: 1, target: a.example.}}", Both, Both),
    ("w: {type: CAA, value: {tag: issue}}", Both, Both),
    ("w: {type: TLSA, value: {certificate_association_data: abcd}}", Both, Neither),
    ("w: {type: SSHFP, value: {algorithm: 1, fingerprint_type: 1, fingerprint: xyz}}", Both, ByUs),
    ("w: {type: LOC, value: {lat_degrees: 1}}", Both, Both),
    (
        "w: {type: SVCB, value: {svcpriority: 0, targetname: a.example., svcparams: {alpn: [h2]}}}",
        Both,
        Neither,
    ),
    (
        "w: {type: HTTPS, value: {svcpriority: 1, targetname: a.example., svcparams: {nonsense: x}}}",
        Both,
        Both,
    ),
    ("w: {type: SMIMEA, value: x}", Both, Both),
    ("w: {type: a, value: 192.0.2.1}", Both, Both),
    ("w: {value: 192.0.2.1}", Both, Both),
    ("w: text", Both, Both),
    ("w:", Both, Both),
    ("- w", Both, Both),
    ("'@': {type: A, value: 192.0.2.1}", Both, ByUs),
    ("w.: {type: A, value: 192.0.2.1}", Both, ByUs),
    ("a..b: {type: A, value: 192.0.2.1}", Both, ByUs),
    ("'a b': {type: A, value: 192.0.2.1}", Both, ByUs),
    ("w: {type: A, ttl: 1h, value: 192.0.2.1}", Both, Both),
    ("w: {type: A, ttl: -1, value: 192.0.2.1}", Both, ByUs),
    ("w: {type: A, ttl: , value: 192.0.2.1}", Both, Both),
    ("w: {type: A, ttl: 99999999999, value: 192.0.2.1}", ByUs, ByUs),
    ("ns: {type: NS, value: a.example.}\na.ns: {type: TXT, value: x}", Neither, Neither),
    ("w: {type: TXT, value: !include nowhere.yaml}", Both, Both),
    ("w: {type: TXT, value: !other x}", Both, Both),
    ("w: {octodns: {lenient: true}, type: TXT, value: a;b}", Neither, Neither),
    ("w: [", Both, Both),
];

#[test]
fn what_octodns_refuses() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = String::from("providers:\n");
    for name in ["config", "lenient"] {
        fs_err::create_dir(folder.path().join(name)).expect("a folder");
        writeln!(config, "  {name}: {{class: octodns.provider.yaml.YamlProvider, directory: ./{name}, enforce_order: false, escaped_semicolons: true}}").expect("text");
    }
    config.push_str("zones:\n");
    for (index, (text, ..)) in CASES.iter().enumerate() {
        for (folder_name, prefix) in [("config", "c"), ("lenient", "l")] {
            let path = folder.path().join(folder_name).join(format!("{prefix}{index}.example.yaml"));
            fs_err::write(path, text).expect("a file");
            let lenient = folder_name == "lenient";
            writeln!(config, "  {prefix}{index}.example.: {{lenient: {lenient}, sources: [{folder_name}], targets: [{folder_name}]}}").expect("text");
        }
    }
    let path = folder.path().join("production.yaml");
    fs_err::write(&path, config).expect("a file");
    let Some(theirs) = octodns(&path) else { return };
    let ours = Ours::read(&path);
    assert!(!ours.project.diagnostics.has_errors());
    let mut wrong = Vec::new();
    for (index, (text, strict, lenient)) in CASES.iter().enumerate() {
        for (prefix, expected) in [("c", strict), ("l", lenient)] {
            let apex = Name::absolute(&format!("{prefix}{index}.example")).expect("a name");
            let they = theirs.refused.contains_key(&apex);
            let unit = ours.project.units.iter().position(|unit| unit.apex == apex).expect("it is there");
            let we = ours.loaded[unit].zone.is_none();
            let found = match (they, we) {
                (true, true) => Some(Both),
                (false, false) => Some(Neither),
                (false, true) => Some(ByUs),
                (true, false) => None,
            };
            if found != Some(*expected) {
                wrong.push(format!("{prefix} {text}: octoDNS {:?}, dnsctl {we}", theirs.refused.get(&apex)));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

//! Sources that are wrong or silent. What is right is compared with octoDNS in `tests/octodns`.

use std::sync::Arc;

use dnsctl_zone::{Kept, Live, Name, Names, RRset, Rdata, RecordType, Ttl, Zone};

use super::super::outside::{Outside, Silence};
use crate::Project;
use crate::testing::Repository;

/// A world with one variable, and one server that answers so.
#[derive(Debug)]
struct World(Result<Option<Live>, Silence>);

impl Outside for World {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "SET").then(|| "a;b".to_owned())
    }

    fn zone(&self, _: &str, _: &Name) -> Result<Option<Live>, Silence> {
        self.0.clone()
    }
}

const PROVIDERS: &str = "providers:
  axfr: {class: octodns_bind.AxfrSource, host: 127.0.0.1}
  files: {class: octodns_bind.ZoneFileSource, directory: ./master, file_extension: .zone}
  set: {class: octodns.source.envvar.EnvVarSource, variable: SET, name: v}
  unset: {class: octodns.source.envvar.EnvVarSource, variable: UNSET, name: v}
  tiny: {class: octodns.source.tinydns.TinyDnsFileSource, directory: ./tiny}
  pdns: {class: octodns_powerdns.PowerDnsProvider, host: h, api_key: env/K}
zones:
";

/// All that is said, and the RRsets of the only zone when it is whole.
fn read(zones: &str, world: Option<World>) -> (Vec<String>, Option<Vec<String>>) {
    let config = format!("{PROVIDERS}{zones}\n");
    let files = [
        ("dnsctl.yaml", config.as_str()),
        ("master/a.example.zone", "$TTL 60\n@ SOA a b 1 2 3 4 5\n@ NS ns.example.net.\nw A 192.0.2.1\n"),
        ("master/half.example.zone", "$TTL 60\nw A 192.0.2.1\n"),
        ("master/wrong.example.zone", "$TTL 60\nw A 192.0.2.300\n"),
    ];
    let repository = Repository::new(&files);
    let mut project = Project::open(&repository.path().join("dnsctl.yaml"));
    project.outside = world.map(|world| Arc::new(world) as Arc<dyn Outside>);
    let mut found = project.diagnostics.clone();
    let mut rrsets = None;
    for unit in &project.units {
        let loaded = project.load(unit);
        found.extend(loaded.diagnostics.iter().cloned());
        let text = |rrset: &RRset| format!("{} {} {:?}", rrset.name, rrset.rtype, rrset.values());
        rrsets = loaded.zone.map(|zone| zone.wishes.iter().map(|wish| text(&wish.rrset)).collect());
    }
    let line = |one: &crate::diagnostic::Diagnostic| {
        format!("{} {}: {}", one.severity.word(), one.code, one.message)
    };
    (found.iter().map(line).collect(), rrsets)
}

fn zone(sources: &str) -> String {
    format!("  a.example.: {{sources: [{sources}], targets: [pdns]}}")
}

#[test]
fn sources_that_are_silent() {
    let message = |silence| read(&zone("axfr"), Some(World(silence)));
    let (found, rrsets) = message(Err(Silence::Offline));
    assert_eq!(rrsets, None);
    assert_eq!(
        found,
        [
            "warning octodns/source: the source `axfr` of a.example. is a server, and is not asked here: the zone is not checked"
        ]
    );
    // Without anybody to ask it is the same.
    assert_eq!(read(&zone("axfr"), None), (found, None));
    let (found, rrsets) = message(Ok(None));
    assert_eq!(
        (found, rrsets),
        (vec!["error octodns/source: the source `axfr` of a.example. has no such zone".to_owned()], None)
    );
    let (found, rrsets) = message(Err(Silence::Refused("NOTAUTH".to_owned(), None)));
    assert_eq!(
        (found, rrsets),
        (vec!["error source/credentials: the source `axfr` of a.example.: NOTAUTH".to_owned()], None)
    );
    let (found, rrsets) = message(Err(Silence::Failed("timed out".to_owned(), None)));
    assert_eq!(
        (found, rrsets),
        (vec!["error source/unread: the source `axfr` of a.example.: timed out".to_owned()], None)
    );
}

#[test]
fn what_a_server_has_and_octodns_does_not_read() {
    let apex = Name::absolute("a.example").unwrap();
    let names = Names { origin: &apex, strict: false };
    let rrset = |owner: &str, rtype: RecordType, text: &str| {
        let values = vec![Rdata::parse(rtype, text, names).unwrap()];
        RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::from_wire(60), values)
    };
    let rrsets = vec![
        rrset("@", RecordType::SOA, "a b 1 2 3 4 5"),
        rrset("d", RecordType::DNAME, "b"),
        rrset("w", RecordType::A, "192.0.2.1"),
    ];
    let kept = |name: &str, rtype| Kept {
        name: Name::parse(name, names).unwrap(),
        rtype,
        count: 1,
        reason: "disabled: 192.0.2.9".to_owned(),
    };
    let kept = vec![kept("off", RecordType::A), kept("w", RecordType::RRSIG)];
    let live = Live { kept, ..Live::new(Zone::new(apex.clone(), rrsets)) };
    let (found, rrsets) = read(&zone("axfr"), Some(World(Ok(Some(live)))));
    assert_eq!(rrsets.unwrap(), ["w.a.example. A [A 192.0.2.1]"]);
    assert_eq!(
        found,
        [
            "warning octodns/not-carried-over: off.a.example. A is not copied from the source `axfr` of a.example.: disabled: 192.0.2.9",
            "warning octodns/left-out: DNAME of the source `axfr` are left out at a.example.: octoDNS does not read these types there",
        ]
    );
}

#[test]
fn sources_that_are_wrong() {
    for (zones, expected) in [
        (zone("tiny"), &["error octodns/source: dnsctl cannot read the source `tiny` of a.example."][..]),
        (
            zone("unset"),
            &[
                "error octodns/source: the source `unset` of a.example. takes a text from the environment variable UNSET, which is not set",
            ],
        ),
        (zone("set"), &["error octodns/bad-text: the environment variable SET: a `;` is not escaped"]),
        (
            "  half.example.: {sources: [files], targets: [pdns]}".to_owned(),
            &["error octodns/source: master/half.example.zone has no SOA record at half.example."],
        ),
        (
            "  none.example.: {sources: [files], targets: [pdns]}".to_owned(),
            &["error octodns/no-file: the source `files` has no file for the zone none.example."],
        ),
        (
            "  wrong.example.: {sources: [files], targets: [pdns]}".to_owned(),
            &["error zone/master-file: A: address: \"192.0.2.300\" is not an IPv4 address"],
        ),
        (
            "  a.example.: {sources: [files], targets: [axfr]}".to_owned(),
            &["error octodns/bad-zone: `axfr` is only a source: octoDNS writes nothing there"],
        ),
        (
            "  '*': {sources: [axfr], targets: [pdns]}".to_owned(),
            &["error octodns/source: dnsctl cannot list the zones of the source `axfr`"],
        ),
    ] {
        let (found, rrsets) = read(&zones, Some(World(Ok(None))));
        assert_eq!(
            (found, rrsets),
            (expected.iter().map(|&line| line.to_owned()).collect(), None),
            "{zones}"
        );
    }
}

#[test]
fn several_sources_of_a_lenient_zone() {
    let (found, rrsets) =
        read("  a.example.: {lenient: true, sources: [files, set], targets: [pdns]}", Some(World(Ok(None))));
    assert_eq!(found, ["warning octodns/bad-text: the environment variable SET: a `;` is not escaped"]);
    assert_eq!(rrsets.unwrap().len(), 3);
}

#[test]
fn an_alias_has_the_records_below_its_own_name() {
    let zones = "  a.example.: {sources: [files], targets: [pdns]}\n  long.test.: {alias: a.example.}";
    let (found, rrsets) = read(zones, None);
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(rrsets.unwrap(), ["long.test. NS [NS ns.example.net.]", "w.long.test. A [A 192.0.2.1]"]);
}

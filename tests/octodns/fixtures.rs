//! A repository with every feature that is read, one zone for each group of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use dnsctl_config::diagnostic::Severity;
use dnsctl_config::{Format, RawValue, SecretSource};
use dnsctl_harness::repository_root;
use dnsctl_zone::{Ignore, Name, RecordType};

use crate::compare::{Ours, Theirs, differences, octodns};

fn both() -> Option<(Theirs, Ours)> {
    let config = repository_root().join("tests/octodns/repository/production.yaml");
    let theirs = octodns(&config)?;
    Some((theirs, Ours::read(&config)))
}

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name")
}

/// What PyYAML reads in another way than YAML 1.2, and what octoDNS writes in lower case. Everything else is equal.
#[test]
fn every_rrset_is_the_same_but_for_those_that_yaml_1_1_changes() {
    let Some((mut theirs, mut ours)) = both() else { return };
    assert_eq!(theirs.refused, std::collections::BTreeMap::new());
    let zone = name("yaml11.example");
    let pairs = [
        ("false", "no", RecordType::A),
        ("true", "on", RecordType::A),
        ("1.1", r"1.10", RecordType::A),
        ("8", "010", RecordType::A),
        ("90", r"1\:30", RecordType::A),
        ("none", r"\~", RecordType::A),
    ];
    for (their_name, our_name, rtype) in pairs {
        let key = |text: &str| (zone.clone(), name(&format!("{text}.yaml11.example")), rtype);
        let theirs =
            theirs.rrsets.remove(&key(their_name)).unwrap_or_else(|| panic!("octoDNS reads {their_name}"));
        let ours = ours.rrsets.remove(&key(our_name)).unwrap_or_else(|| panic!("dnsctl reads {our_name}"));
        assert_eq!((theirs.ttl, theirs.values()), (ours.ttl, ours.values()), "{our_name}");
    }
    for (owner, rtype, their_value, our_value) in [
        ("mx", RecordType::MX, "8 mx.example.net.", "10 mx.example.net."),
        ("uri._tcp", RecordType::URI, "1 1 \"https://www.example/path\"", "1 1 \"https://www.example/Path\""),
    ] {
        let key = (zone.clone(), name(&format!("{owner}.yaml11.example")), rtype);
        let value = |rrset: Option<dnsctl_zone::RRset>| rrset.expect("it is read").values()[0].to_string();
        assert_eq!(value(theirs.rrsets.remove(&key)), their_value);
        assert_eq!(value(ours.rrsets.remove(&key)), our_value);
    }
    println!(
        "{} zones, {} RRsets beside {} that differ",
        theirs.zones.len(),
        theirs.rrsets.len(),
        pairs.len() + 2
    );
    assert_eq!(differences(&theirs, &ours), Vec::<String>::new());
    let notes = ours.found(Severity::Note);
    let told = notes.iter().filter(|note| note.contains("yaml11") && note.contains("octodns/yaml-1.1"));
    assert_eq!(told.count(), pairs.len() + 1, "each is told: {notes:#?}");
}

#[test]
fn zones_targets_and_what_is_left_alone_are_the_same() {
    let Some((theirs, ours)) = both() else { return };
    assert_eq!(ours.project.format, Format::OctoDns);
    let zones: BTreeSet<&Name> = ours.project.units.iter().map(|unit| &unit.apex).collect();
    assert_eq!(zones, theirs.zones.keys().collect());
    for zone in ours.loaded.iter().map(|one| one.zone.as_ref().expect("no errors")) {
        let targets: Vec<&str> =
            theirs.zones[&zone.apex].iter().map(String::as_str).filter(|name| *name != "dump").collect();
        assert_eq!(zone.providers, targets, "{}", zone.apex);
        assert!(zone.create);
        let ignore = Ignore::new(&zone.apex, &zone.ignore);
        for (_, owner, rtype) in theirs.left_alone.iter().filter(|(apex, ..)| *apex == zone.apex) {
            assert!(ignore.covers(owner, *rtype), "{owner} {rtype} is left alone");
        }
        for wish in &zone.wishes {
            assert!(!ignore.covers(&wish.rrset.name, wish.rrset.rtype), "{:?} is managed", wish.rrset);
            let key = (zone.apex.clone(), wish.rrset.name.clone(), wish.rrset.rtype);
            let expected = theirs.included.get(&key).map(|(included, excluded)| {
                let chosen = |name: &&&str| {
                    (included.is_empty() || included.iter().any(|one| one == **name))
                        && !excluded.iter().any(|one| one == **name)
                };
                targets.iter().filter(chosen).map(|name| (*name).to_owned()).collect::<Vec<_>>()
            });
            assert_eq!(wish.only.as_deref().map(<[_]>::to_vec), expected, "{key:?}");
        }
        // What octoDNS cannot read from a server it never deletes.
        assert!(
            ignore.covers(&zone.apex, RecordType::from_code(65280))
                && ignore.covers(&zone.apex, RecordType::SMIMEA)
        );
        assert!(!ignore.covers(&name(&format!("x.{}", zone.apex)), RecordType::AAAA));
    }
    assert_eq!(theirs.left_alone.len(), 4);
    let filtered = ours
        .loaded
        .iter()
        .filter_map(|one| one.zone.as_ref())
        .find(|zone| zone.apex == name("filtered.example"));
    let filtered = filtered.expect("it is read");
    let ignore = Ignore::new(&filtered.apex, &filtered.ignore);
    for (owner, rtype, left_alone) in [
        ("filtered.example", RecordType::NS, true),
        ("x.filtered.example", RecordType::TXT, true),
        ("x.filtered.example", RecordType::MX, true),
        ("x.filtered.example", RecordType::A, false),
        ("secret.filtered.example", RecordType::A, true),
        ("*.filtered.example", RecordType::A, true),
    ] {
        assert_eq!(ignore.covers(&name(owner), rtype), left_alone, "{owner} {rtype}");
    }
}

#[test]
fn all_that_is_said_about_the_repository() {
    let Some((_, ours)) = both() else { return };
    let mut all = String::new();
    let mut found = ours.project.diagnostics.clone();
    ours.loaded.iter().for_each(|one| found.extend(one.diagnostics.iter().cloned()));
    found.sort();
    for one in &found {
        let place = one.source.as_ref().map(ToString::to_string).unwrap_or_default();
        writeln!(all, "{} {place} {}: {}", one.severity.word(), one.code, one.message).expect("text");
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("repository", all);
    });
}

#[test]
fn providers_have_our_names_for_their_options() {
    let Some((_, ours)) = both() else { return };
    let entry = |name: &str| ours.project.provider(name).expect("it is declared");
    let options = |name: &str| -> Vec<(String, RawValue)> {
        entry(name).options.iter().map(|option| (option.key.clone(), option.value.clone())).collect()
    };
    let text = |text: &str| RawValue::Text(text.to_owned());
    let variable = |name: &str| RawValue::Secret(SecretSource::Env(name.to_owned()));
    let or = |name: &str, default: &str| SecretSource::EnvOr(name.to_owned(), default.to_owned());
    let literal = |text: &str| SecretSource::Literal(text.to_owned());
    assert_eq!(entry("pdns").kind.as_deref(), Some("powerdns"));
    assert_eq!(entry("pdns").class.as_deref(), Some("octodns_powerdns.PowerDnsProvider"));
    let url = [literal("http://"), or("PDNS_HOST", "127.0.0.1"), literal(":8081")];
    assert_eq!(
        options("pdns"),
        [
            ("url".to_owned(), RawValue::Secret(SecretSource::Joined(url.to_vec()))),
            ("api_key".to_owned(), variable("PDNS_API_KEY")),
            ("timeout".to_owned(), text("10")),
            ("soa_edit_api".to_owned(), text("DEFAULT")),
            ("kind".to_owned(), text("Master")),
            ("notify".to_owned(), text("never")),
        ]
    );
    assert_eq!(
        options("route53"),
        [
            ("access_key_id".to_owned(), variable("AWS_ACCESS_KEY_ID")),
            ("secret_access_key".to_owned(), variable("AWS_SECRET_ACCESS_KEY")),
            ("visibility".to_owned(), text("any")),
        ]
    );
    assert_eq!(
        options("primary"),
        [
            ("server".to_owned(), text("127.0.0.1:5300")),
            ("key_name".to_owned(), text("update")),
            ("key_secret".to_owned(), RawValue::Secret(or("TSIG_SECRET", "c2VjcmV0"))),
            ("key_algorithm".to_owned(), text("hmac-sha256")),
            ("batch".to_owned(), text("1000")),
        ]
    );
    assert_eq!(entry("config").kind, None);
    let zone = ours
        .loaded
        .iter()
        .filter_map(|one| one.zone.as_ref())
        .find(|zone| zone.apex == name("types.example"));
    let policy = zone.expect("it is read").policy;
    assert!((policy.deletes_percent - 20.0).abs() < 1e-9 && policy.deletes_max == u32::MAX);
    // The share is written, so that it holds from the first deletion on.
    assert_eq!((policy.deletes_from, policy.updates_from), (1, 10));
}

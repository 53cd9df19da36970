//! BIND and Knot DNS load what is written, and what they do not load is refused beforehand.

use dnsctl_harness::{find, require};
use dnsctl_zone::Zone;
use dnsctl_zone::master::{self, PrintOptions};

use super::*;

/// What is there, before the changes.
const BEFORE: &str =
    "@ SOA ns.o.example. h 1 3600 600 86400 300|@ NS ns.o.example.|mail A 192.0.2.25|www A 192.0.2.1";

/// Changes of that zone: a record each, or an RRset that is deleted (`- owner type`).
const CHANGES: &[&str] = &[
    "www CNAME mail",
    "www CNAME mail|- www A",
    "x CNAME mail|x TXT a",
    "x CNAME mail",
    "x CNAME mail|x CNAME www",
    "mail MX 10 mail|mail CNAME www",
    "x DNAME a.example.",
    "x DNAME a.example.|x TXT a",
    "x DNAME a.example.|y.x A 192.0.2.1",
    "x DNAME a.example.|a.b.x TXT a",
    "x DNAME a.example.|x CNAME b",
    "x DNAME a.example.|x DNAME b.example.",
    "@ DNAME a.example.",
    "@ DNAME a.example.|- mail A|- www A",
    "@ CNAME a.example.",
    "* NS n.example.",
    "*.a NS n.example.",
    "- @ NS",
    "- @ NS|@ NS b.example.",
    "@ NS n",
    "@ NS n|n A 192.0.2.1",
    "@ NS n|n AAAA 2001:db8::1",
    "@ NS n|n TXT a",
    "@ NS n|n CNAME mail",
    "@ NS n|* A 192.0.2.1",
    "@ NS n|x.n A 192.0.2.1|* A 192.0.2.1",
    "@ NS a.n|*.n A 192.0.2.1",
    "@ NS a.n|n TXT a|* A 192.0.2.1",
    "@ NS a.n|*.n TXT a",
    "@ NS n.d|d NS x.example.",
    "@ NS d|d NS x.example.",
    "@ NS n.d|d DNAME x.example.",
    "@ NS mail",
    "@ NS mail|- mail A",
    "@ NS @|@ A 192.0.2.1",
    "@ NS @",
    "@ NS 192.0.2.1.",
    "@ NS 192.0.2.1",
    "x NS n.x",
    "x NS n",
    "x NS y|x A 192.0.2.1",
    "x NS y.example.|a.x TXT a",
    "x MX 10 nothing",
    "x MX 10 a_b",
    "x_y A 192.0.2.1",
    "x_y TXT a",
    "x SRV 1 1 1 a_b",
    "@ CDS 0 0 0 00",
    "@ CDNSKEY 0 3 0 AA==",
    "@ CDS 1 8 2 aabbccddaabbccddaabbccddaabbccddaabbccddaabbccddaabbccddaabbccdd",
    "@ CDS 0 0 0 00|@ CDS 1 8 2 aabbccddaabbccddaabbccddaabbccddaabbccddaabbccddaabbccddaabbccdd",
    "@ CDNSKEY 257 3 13 AAAA",
    "x CDS 1 8 2 aabbccddaabbccddaabbccddaabbccddaabbccddaabbccddaabbccddaabbccdd",
    "x DS 1 8 2 aabb",
    "x TYPE255 \\# 1 00",
    "x ZONEMD 1 1 1 aabb",
    "x NAPTR 1 1 \"\" \"\" \"nodelim\" .",
    "x SVCB 1 . no-default-alpn",
    "x HTTPS 1 . dohpath=/dns",
];

fn zone(records: &[&str]) -> Zone {
    let mut rrsets = Vec::new();
    for record in records {
        let words: Vec<&str> = record.splitn(3, ' ').collect();
        rrsets.push(rrset(words[0], words[1], &[words[2]]));
    }
    Zone::new(apex(), rrsets)
}

/// The changes that make one zone of the other.
fn changes(before: &Zone, after: &Zone) -> Vec<RRsetChange> {
    let keys: std::collections::BTreeSet<_> =
        before.rrsets().iter().chain(after.rrsets()).map(RRset::key).collect();
    let change = |(name, rtype): (&Name, RecordType)| {
        let (before, after) = (before.get(name, rtype).cloned(), after.get(name, rtype).cloned());
        (before != after).then(|| RRsetChange { name: name.clone(), rtype, before, after, group: 0 })
    };
    keys.into_iter().filter_map(change).collect()
}

/// Whether BIND and Knot DNS load a zone. `None` where one is missing and that was allowed.
fn loads(zone: &Zone) -> Option<bool> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("example.com.zone");
    fs_err::write(&file, master::print(zone, PrintOptions::default())).unwrap();
    let checks =
        ["-k", "fail", "-r", "warn", "-m", "warn", "-M", "warn", "-S", "warn", "-n", "warn", "-i", "local"];
    let bind = Command::new(require(find("named-checkzone", "bind9-utils"))?)
        .args(checks)
        .arg("example.com")
        .arg(&file)
        .output()
        .unwrap();
    // Of what it finds, these are the faults with which the server does not load a zone.
    let knot = Command::new(require(find("kzonecheck", "knot-dnsutils"))?)
        .args(["-o", "example.com"])
        .arg(&file)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&knot.stdout) + String::from_utf8_lossy(&knot.stderr);
    let fatal =
        ["beside CNAME", "multiple CNAME", "multiple DNAME", "under DNAME", "invalid", "failed to run"];
    Some(bind.status.success() && !words.lines().any(|line| fatal.iter().any(|one| line.contains(one))))
}

#[tokio::test]
async fn what_servers_do_not_load_is_refused_and_nothing_else() {
    let mut differences = String::new();
    let before = zone(&BEFORE.split('|').collect::<Vec<_>>());
    for (text, after) in afters() {
        let Some(loads) = loads(&after) else { return };
        let place = Place::new();
        place.put("example.com.zone", master::print(&before, PrintOptions::default()));
        let changes = changes(&before, &after);
        let reader = place.reader();
        reader.read_zone(&apex()).await.unwrap();
        let wanted: Vec<Wanted<'_>> = (changes.iter())
            .map(|change| Wanted { name: &change.name, rtype: change.rtype, after: change.after.as_ref() })
            .collect();
        let mut told: Vec<String> =
            changes.iter().filter_map(|change| reader.refuses(&apex(), change.after.as_ref()?)).collect();
        told.extend(reader.refuses_together(&apex(), &wanted).into_iter().map(|(_, reason)| reason));
        let written = place.write(&changes).await;
        if told.is_empty() != loads || written.is_ok() != loads {
            differences
                .extend([format!("{text}\n    loads: {loads}\n    told: {told:?}\n    {written:?}\n")]);
        }
        if let Err(error) = written {
            assert!(!error.culprits.is_empty(), "{text}: {error}");
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

/// The zone after each of the changes.
fn afters() -> impl Iterator<Item = (&'static str, Zone)> {
    CHANGES.iter().map(|text| {
        let mut records: Vec<&str> = BEFORE.split('|').collect();
        for edit in text.split('|') {
            match edit.strip_prefix("- ") {
                Some(gone) => records.retain(|record| !record.starts_with(gone)),
                None => records.push(edit),
            }
        }
        (*text, zone(&records))
    })
}

/// What is left of a zone is loaded, and nothing is left out of one that is loaded as it is.
#[test]
fn what_can_stand_in_a_file_is_loaded() {
    let (mut differences, mut left_out, mut lacking) = (String::new(), 0, 0);
    for (text, whole) in afters() {
        let Some(was_loaded) = loads(&whole) else { return };
        let found = crate::loadable(whole.clone(), true);
        let is_loaded = loads(&found.zone).unwrap();
        let is_whole = found.zone == whole;
        if is_loaded != found.lacks.is_empty()
            || is_whole != found.left_out.is_empty()
            || was_loaded && !is_whole
        {
            differences.extend([format!("{text}\n    {was_loaded} {is_loaded} {found:#?}\n")]);
        }
        left_out += usize::from(!found.left_out.is_empty());
        lacking += usize::from(!found.lacks.is_empty());
    }
    assert!(differences.is_empty(), "\n{differences}");
    assert!(left_out > 20 && lacking > 5, "{left_out} {lacking}");
}

/// Of a list only what is wrong is left out; beside a CNAME the other data stays.
#[test]
fn what_is_left_out_is_named() {
    let left_out = |records: &[&str], check_names: bool| -> Vec<String> {
        let mut all: Vec<&str> = BEFORE.split('|').collect();
        all.extend(records);
        let found = crate::loadable(zone(&all), check_names).left_out;
        let told = |one: crate::LeftOut| {
            let value = one.value.map(|value| format!(" {value}")).unwrap_or_default();
            format!("{} {}{value} {}", one.name, one.rtype, one.is_name)
        };
        found.into_iter().map(told).collect()
    };
    let mixed = ["x MX 10 mail", "x MX 20 a_b", "y CNAME x", "y TXT a", "y MX 10 mail", "x SSHFP 1 1 aa"];
    let always = ["x.example.com. SSHFP 1 1 aa false", "y.example.com. CNAME false"];
    assert_eq!(left_out(&mixed, false), always);
    assert_eq!(left_out(&mixed, true), ["x.example.com. MX 20 a_b.example.com. true", always[0], always[1]]);
    // What is left out redirects nothing.
    assert_eq!(
        left_out(&["x DNAME a.example.", "x DNAME b.example.", "y.x A 192.0.2.1"], true),
        ["x.example.com. DNAME false"]
    );
}

/// A zone that is made has a name server at its apex, or is not made.
#[tokio::test]
async fn a_new_zone_without_a_name_server() {
    let place = Place::new();
    let apex = Name::absolute("new.example").unwrap();
    let address = RRset::new(
        apex.clone(),
        RecordType::A,
        Ttl::new(60).unwrap(),
        rrset("a", "A", &["192.0.2.1"]).values().to_vec(),
    );
    let reader = place.reader();
    assert_eq!(reader.read_zone(&apex).await, Ok(None));
    let wanted = Wanted { name: &apex, rtype: RecordType::A, after: Some(&address) };
    let told = reader.refuses_together(&apex, &[wanted]);
    assert_eq!(told[0].0, None);
    let error = place.writer().common().create_zone(&apex, &[address]).await.unwrap_err();
    assert_eq!((error.error.message(), error.error.effect()), (told[0].1.as_str(), Effect::NotWritten));
    assert_eq!(place.files(), ["example.com.zone"]);
}

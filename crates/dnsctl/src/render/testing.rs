//! Plans in a few lines, for the tests of the renderers.

use dnsctl_plan::{Change, Counts, Finding, Mode, Plan, Severity, Unread, ZonePlan};
use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Source, Ttl};

/// An RRset of `apex` from `OWNER TTL TYPE RDATA`; several values are separated by ` ; `.
pub(crate) fn rrset(apex: &Name, text: &str) -> RRset {
    let names = Names { origin: apex, strict: false };
    let words: Vec<&str> = text.splitn(4, ' ').collect();
    let rtype: RecordType = words[2].parse().unwrap();
    let values = words[3].split(" ; ").map(|value| Rdata::parse(rtype, value, names).unwrap()).collect();
    RRset::new(
        Name::parse(words[0], names).unwrap(),
        rtype,
        Ttl::new(words[1].parse().unwrap()).unwrap(),
        values,
    )
}

/// A zone with these changes, before and after; an empty text is no RRset.
pub(crate) fn zone(apex: &str, changes: &[(&str, &str)]) -> ZonePlan {
    let name = Name::absolute(apex).unwrap();
    let file = format!("zones/{apex}.yaml");
    let side = |text: &str| (!text.is_empty()).then(|| rrset(&name, text));
    let change = |(index, (before, after)): (usize, &(&str, &str))| {
        let line = u32::try_from(index).unwrap() + 3;
        let place = (!after.is_empty()).then(|| Source::new(file.as_str().into(), line, 5));
        Change::new(side(before), side(after), place).unwrap()
    };
    ZonePlan {
        provider: "main".to_owned(),
        source: Source::new(file.as_str().into(), 1, 1),
        create: false,
        serial: None,
        counts: Counts::default(),
        changes: changes.iter().enumerate().map(change).collect(),
        findings: Vec::new(),
        verdicts: Vec::new(),
        acknowledged: Vec::new(),
        kept: Vec::new(),
        settles: Ttl::new(0).unwrap(),
        waits_for: Vec::new(),
        effect: None,
        zone: name,
    }
}

/// A guard that blocks the change at this place.
pub(crate) fn block(change: usize, message: &str) -> Finding {
    Finding::about("guard/wildcard", Severity::Blocker, change, message.to_owned()).fix("Do something else.")
}

/// A warning about the change at this place.
pub(crate) fn warn(change: usize, message: &str) -> Finding {
    Finding::about("ttl/old-answer-lives", Severity::Warning, change, message.to_owned())
}

/// The plan of these zones.
pub(crate) fn plan(zones: Vec<ZonePlan>, unread: Vec<Unread>) -> Plan {
    Plan::new(zones, unread, Mode::Full, "2026-11-23T10:07:02Z".parse().unwrap(), Plan::LIFE)
}

/// A zone that could not be read.
pub(crate) fn unread(apex: &str, message: &str) -> Unread {
    Unread {
        provider: "main".to_owned(),
        zone: Name::absolute(apex).unwrap(),
        message: message.to_owned(),
        hint: None,
    }
}

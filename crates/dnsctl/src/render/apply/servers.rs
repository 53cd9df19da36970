//! Name servers by the shortest names that tell them apart.

use super::SHOWN;
use crate::render::style::{Style, dim, green, paint, red, yellow};
use crate::render::words::{count, listed, thousands};
use dnsctl_reconcile::apply::{Report, ZoneReport};
use dnsctl_reconcile::verify::{Asked, Mismatch, Unasked, Verification};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Up to so many servers of a zone are named.
const NAMED: usize = 3;

/// The names by which servers are shown.
pub(super) struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    /// A name is cut to its first label where no other server of the report has the same.
    pub(super) fn of(report: &'a Report) -> Self {
        let all: BTreeSet<&str> =
            report.zones.iter().flat_map(servers).map(|asked| asked.name.as_str()).collect();
        let mut by_label: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &all {
            *by_label.entry(label(name)).or_default() += 1;
        }
        let short = |name: &'a str| {
            let alone = by_label.get(label(name)) == Some(&1) && name.parse::<IpAddr>().is_err();
            (name, if alone { label(name) } else { name })
        };
        Self(all.into_iter().map(short).collect())
    }

    /// The name of a server; with its port where that is not the usual one.
    fn show(&self, asked: &Asked) -> String {
        let name = self.0.get(asked.name.as_str()).copied().unwrap_or(&asked.name);
        // Tests and hidden primaries have several servers on one address.
        match asked.address.filter(|address| address.port() != 53) {
            Some(address) => format!("{name}:{}", address.port()),
            None => name.to_owned(),
        }
    }

    /// What the servers of a zone said, in a few words; of one of its changes when there is a number.
    pub(super) fn verdict(&self, zone: &ZoneReport, number: Option<u32>, style: Style) -> String {
        let agrees = |asked: &Asked| match number {
            Some(number) => asked.error.is_none() && asked.bad.iter().all(|bad| bad.number != number),
            None => asked.is_good(),
        };
        match &zone.verification {
            Verification::NotChecked(why) => paint(dim(), format!("not verified: {why}")),
            Verification::Interrupted => paint(yellow(), "not verified: interrupted"),
            Verification::Asked { servers, .. } => {
                if let Some(why) = number.and_then(|number| zone.verification.unasked().remove(&number)) {
                    return paint(dim(), format!("not checked: {}", why.short()));
                }
                if let Some(why) = zone.unaskable().filter(|_| !zone.verification.is_failure()) {
                    let why: Vec<&str> = why.into_iter().map(Unasked::short).collect();
                    return paint(dim(), format!("not checked: {}", why.join(", ")));
                }
                let mut parts: Vec<String> = if servers.len() <= NAMED {
                    let one = |asked: &Asked| format!("{} {}", self.show(asked), sign(agrees(asked), style));
                    servers.iter().map(one).collect()
                } else {
                    let bad: Vec<String> =
                        servers.iter().filter(|asked| !agrees(asked)).map(|asked| self.show(asked)).collect();
                    let sign = sign(bad.is_empty(), style);
                    vec![format!("{sign} {}", by(servers.len(), &bad))]
                };
                let last = servers.iter().map(|asked| asked.took).max().unwrap_or_default();
                parts.push(format!("{:.1} s", last.as_secs_f64()));
                parts.join("  ")
            }
        }
    }
}

fn sign(good: bool, style: Style) -> String {
    if good { paint(green(), style.good()) } else { paint(red(), style.bad()) }
}

/// By how many of the servers something is served; `bad` are those that do not serve it.
fn by(all: usize, bad: &[String]) -> String {
    match bad {
        [] => format!("all {all} name servers"),
        _ if bad.len() == all => format!("not served by any of {all} name servers"),
        _ => format!(
            "not served by {} of {all} name servers: {}",
            bad.len(),
            listed(bad.iter().cloned(), NAMED)
        ),
    }
}

/// The part of a name before its first dot.
fn label(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn servers(zone: &ZoneReport) -> &[Asked] {
    match &zone.verification {
        Verification::Asked { servers, .. } => servers,
        Verification::NotChecked(_) | Verification::Interrupted => &[],
    }
}

/// The serial that all servers of the only zone serve.
pub(super) fn serial(report: &Report) -> Option<u32> {
    let [zone] = report.zones.as_slice() else { return None };
    let (first, rest) = servers(zone).split_first()?;
    first.serial.filter(|_| rest.iter().all(|asked| asked.serial == first.serial))
}

/// Whether all servers agree, in a sentence.
pub(super) fn agreement(report: &Report, style: Style) -> String {
    let unchecked =
        report.zones.iter().filter(|zone| matches!(zone.verification, Verification::NotChecked(_)));
    let unchecked = unchecked.count();
    let most = report.zones.iter().map(|zone| servers(zone).len()).max().unwrap_or_default();
    if report.is_unserved() {
        return paint(red().bold(), format!("{} {}", style.bad(), unserved(report)));
    }
    let rrsets: usize = report.zones.iter().map(|zone| zone.verification.unasked().len()).sum();
    let left = [(unchecked, "zone"), (rrsets, "RRset")];
    let left: Vec<String> = left
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| count(number, what))
        .collect();
    let left = if left.is_empty() { String::new() } else { format!("; {} not checked", left.join(" and ")) };
    let serial = serial(report).map(|serial| format!(" (serial {serial})")).unwrap_or_default();
    if most > 0 && !report.is_checked() {
        // They have the zone; that is all that is known.
        return format!("Not checked: no name server can be asked for what was written{serial}.");
    }
    match (most, unchecked) {
        (0, _) => "No name server was asked.".to_owned(),
        (1, 0) => format!("The name server serves it{serial}{left}."),
        (2, 0) => format!("Both name servers agree{serial}{left}."),
        (_, 0) => format!("All {most} name servers agree{serial}{left}."),
        _ => format!("Name servers agree{left}."),
    }
}

/// Who does not serve what was written, in a sentence.
fn unserved(report: &Report) -> String {
    let names = Names::of(report);
    let asked: BTreeSet<_> =
        report.zones.iter().flat_map(servers).map(|asked| (asked.name.as_str(), asked.address)).collect();
    let bad: BTreeSet<_> =
        failing(report).map(|(_, asked)| (names.show(asked), asked.name.as_str(), asked.address)).collect();
    let number = bad.len();
    let mut bad: Vec<String> = bad.into_iter().map(|(shown, ..)| shown).collect();
    // One server, at several addresses.
    bad.dedup();
    match (asked.len(), bad.as_slice()) {
        (_, []) if failing_zones(report) == 0 => {
            "The provider may not have brought it to all of its name servers.".to_owned()
        }
        (_, []) => "No name server could be asked.".to_owned(),
        (1, [one]) => format!("The name server {one} does not serve it."),
        (all, _) if all == number => format!("None of the {all} name servers serves it."),
        (all, bad) => {
            format!("Not served by {number} of {all} name servers: {}.", listed(bad.iter().cloned(), SHOWN))
        }
    }
}

fn failing_zones(report: &Report) -> usize {
    report.zones.iter().filter(|zone| zone.verification.is_failure()).count()
}

/// The servers that do not serve what was written, with their zones.
pub(super) fn failing(report: &Report) -> impl Iterator<Item = (&ZoneReport, &Asked)> {
    report
        .zones
        .iter()
        .flat_map(|zone| servers(zone).iter().map(move |asked| (zone, asked)))
        .filter(|(_, asked)| !asked.is_good())
}

/// What a server said, in words; of the RRsets that it does not serve as planned only the first ones.
pub(super) fn said(asked: &Asked) -> Vec<String> {
    if let Some(error) = &asked.error {
        return vec![error.clone()];
    }
    let one = |bad: &Mismatch| format!("{} {}: {}", bad.name, bad.rtype, bad.found);
    let mut said: Vec<String> = asked.bad.iter().take(SHOWN).map(one).collect();
    let more = asked.bad.len().saturating_sub(SHOWN);
    if more > 0 {
        said.push(format!("and {} more", thousands(more)));
    }
    said
}

/// How to ask the first server that does not serve what was written for what it does not serve.
pub(super) fn question(report: &Report) -> Option<String> {
    let (zone, asked) = failing(report).next()?;
    let (name, rtype) = match asked.bad.first() {
        Some(bad) if asked.error.is_none() => (&bad.name, bad.rtype.to_string()),
        _ => (&zone.zone, "SOA".to_owned()),
    };
    let (host, port) = match asked.address {
        Some(address) => (address.ip().to_string(), address.port()),
        None => (asked.name.clone(), 53),
    };
    let port = if port == 53 { String::new() } else { format!(" -p {port}") };
    Some(format!("dig +norecurse @{host}{port} {name} {rtype}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_zone::Name;
    use std::time::Duration;

    fn report(names: &[&str], serials: &[u32]) -> Report {
        let asked = |(name, serial): (&&str, &u32)| Asked {
            name: (*name).to_owned(),
            address: Some("192.0.2.1:53".parse().unwrap()),
            serial: Some(*serial),
            good: 1,
            bad: Vec::new(),
            hidden: Vec::new(),
            error: None,
            took: Duration::from_millis(1140),
        };
        let zone = ZoneReport {
            provider: "main".to_owned(),
            zone: Name::absolute("example.com").unwrap(),
            creation: None,
            changes: Vec::new(),
            conflicts: Vec::new(),
            unfinished: None,
            verification: Verification::Asked {
                servers: names.iter().zip(serials).map(asked).collect(),
                unasked: BTreeMap::new(),
                no_route: Vec::new(),
            },
            took: Duration::ZERO,
        };
        Report { zones: vec![zone], ..Report::default() }
    }

    fn shown(names: &[&str]) -> String {
        let report = report(names, &[1; 9]);
        let style = Style { ascii: true, width: 80 };
        let text = Names::of(&report).verdict(&report.zones[0], None, style);
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn names_are_cut_where_that_is_clear() {
        assert_eq!(shown(&["ns1.example.com", "ns2.example.com"]), "ns1 ok  ns2 ok  1.1 s");
        assert_eq!(
            shown(&["ns1.example.com", "ns1.example.net", "b.x"]),
            "ns1.example.com ok  ns1.example.net ok  b ok  1.1 s"
        );
        assert_eq!(shown(&["192.0.2.1", "2001:db8::1"]), "192.0.2.1 ok  2001:db8::1 ok  1.1 s");
        assert_eq!(shown(&["a.x", "b.x", "c.x", "d.x"]), "ok all 4 name servers  1.1 s");
    }

    #[test]
    fn the_serial_is_told_when_all_serve_the_same() {
        let style = Style { ascii: true, width: 80 };
        assert_eq!(
            agreement(&report(&["a.x", "b.x"], &[7, 7]), style),
            "Both name servers agree (serial 7)."
        );
        assert_eq!(agreement(&report(&["a.x", "b.x"], &[7, 8]), style), "Both name servers agree.");
        // Zero answers prove nothing.
        let nobody = anstream::adapter::strip_str(&agreement(&report(&[], &[]), style)).to_string();
        assert_eq!(nobody, "x No name server could be asked.");
        let mut left = report(&[], &[]);
        left.zones[0].verification = Verification::NotChecked("--no-verify".to_owned());
        assert_eq!(agreement(&left, style), "No name server was asked.");
    }
}

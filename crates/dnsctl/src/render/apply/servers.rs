//! Name servers by the shortest names that tell them apart.

use crate::render::style::{Style, dim, green, paint, red, yellow};
use dnsctl_reconcile::apply::{Report, ZoneReport};
use dnsctl_reconcile::verify::{Asked, Verification};
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
                let good = servers.iter().filter(|asked| agrees(asked)).count();
                let mut parts: Vec<String> = match servers.len() {
                    0..=NAMED => {
                        let one =
                            |asked: &Asked| format!("{} {}", self.show(asked), sign(agrees(asked), style));
                        servers.iter().map(one).collect()
                    }
                    all => vec![format!("{} {good} of {all} name servers", sign(good == all, style))],
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
        let text = format!("{} Not every name server serves it.", style.bad());
        return paint(red().bold(), text);
    }
    let serial = serial(report).map(|serial| format!(" (serial {serial})")).unwrap_or_default();
    match (most, unchecked) {
        (0, _) => "No name server was asked.".to_owned(),
        (1, 0) => format!("The name server serves it{serial}."),
        (2, 0) => format!("Both name servers agree{serial}."),
        (_, 0) => format!("All {most} name servers agree{serial}."),
        _ => format!("Name servers agree; {} not checked.", crate::render::words::count(unchecked, "zone")),
    }
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
                skipped: 0,
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
        assert_eq!(shown(&["a.x", "b.x", "c.x", "d.x"]), "ok 4 of 4 name servers  1.1 s");
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
        assert_eq!(nobody, "x Not every name server serves it.");
        let mut left = report(&[], &[]);
        left.zones[0].verification = Verification::NotChecked("--no-verify".to_owned());
        assert_eq!(agreement(&left, style), "No name server was asked.");
    }
}

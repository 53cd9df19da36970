//! Digests: of an RRset, and of what a person approves.

use crate::{Acknowledged, Change, Finding, Severity, Unread, ZonePlan};
use dnsctl_zone::{Name, RRset};
use ring::digest::{Context, SHA256};
use std::fmt::Write as _;

/// Hexadecimal text behind `sha256:`.
pub fn hex(octets: &[u8]) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(octets))
}

/// SHA-256 over one line for each value in order, `name TAB ttl TAB IN TAB type TAB rdata LF`, then one for each
/// option, `option TAB key TAB value LF`.
pub fn of_rrset(rrset: &RRset) -> String {
    let mut context = Context::new(&SHA256);
    let mut line = String::new();
    for value in rrset.values() {
        line.clear();
        let _ = writeln!(line, "{}\t{}\tIN\t{}\t{}", rrset.name, rrset.ttl, rrset.rtype, value);
        context.update(line.as_bytes());
    }
    for (key, value) in rrset.options.iter().flat_map(|options| options.iter()) {
        line.clear();
        let _ = writeln!(line, "option\t{key}\t{value}");
        context.update(line.as_bytes());
    }
    hex(context.finish().as_ref())
}

/// The digest that a person approves: provider, zone, name, type, digest before, digest after of each change, the
/// acknowledgements, and which zones wait for others. Nothing else, so that it survives a squash merge and drift elsewhere. What keeps a plan from being
/// applied counts too, so that nobody can take the digest of a plan that was shown as blocked for that of one that is not.
pub(crate) fn of_plan(zones: &[ZonePlan], unread: &[Unread]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for zone in zones {
        lines.extend(zone.changes.iter().map(|change| line(&zone.provider, &zone.zone, change)));
        for used in &zone.acknowledged {
            let Acknowledged { rule, at, until, .. } = used;
            lines.push(format!("ack\t{}\t{}\t{rule}\t{at}\t{until}\n", zone.provider, zone.zone));
        }
        let blocks = |finding: &&Finding| finding.severity == Severity::Blocker;
        lines.extend(zone.findings.iter().filter(blocks).map(|finding| blocked(zone, finding)));
        for first in &zone.waits_for {
            let (provider, apex) = (&first.provider, &first.zone);
            lines.push(format!("after\t{}\t{}\t{provider}\t{apex}\n", zone.provider, zone.zone));
        }
        if zone.create {
            lines.push(format!("create\t{}\t{}\n", zone.provider, zone.zone));
        }
    }
    lines.extend(unread.iter().map(|unread| format!("unread\t{}\t{}\n", unread.provider, unread.zone)));
    lines.sort_unstable();
    let mut context = Context::new(&SHA256);
    lines.iter().for_each(|line| context.update(line.as_bytes()));
    hex(context.finish().as_ref())
}

/// Without the rule: a reader may not know it.
fn blocked(zone: &ZonePlan, finding: &Finding) -> String {
    let change = finding.change.and_then(|index| zone.changes.get(index));
    let at = change.map_or_else(|| "-".to_owned(), |change| format!("{}\t{}", change.name, change.rtype));
    format!("blocked\t{}\t{}\t{at}\n", zone.provider, zone.zone)
}

fn line(provider: &str, zone: &Name, change: &Change) -> String {
    let digest = |side: &Option<RRset>| side.as_ref().map_or_else(|| "-".to_owned(), of_rrset);
    let (before, after) = (digest(&change.before), digest(&change.after));
    format!("{provider}\t{zone}\t{}\t{}\t{before}\t{after}\n", change.name, change.rtype)
}

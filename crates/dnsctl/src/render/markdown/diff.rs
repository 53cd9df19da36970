//! The folded diff: every value of every change that is listed.

use super::Detail;
use super::safe::{fence, one_line};
use crate::render::words;
use crate::render::zone::changes;
use dnsctl_plan::{Action, Change, Plan};
use dnsctl_zone::{Name, RRset, Rdata};
use std::fmt::Write as _;

/// The diff of all zones.
pub(super) fn write(out: &mut String, plan: &Plan, detail: Detail) {
    let mut body = String::new();
    for zone in plan.zones.iter().filter(|zone| !zone.changes.is_empty()) {
        let head = format!("{} ({})", words::zone(&zone.zone), zone.provider);
        let _ = writeln!(body, "  {}", one_line(&head));
        for (change, findings) in changes(zone) {
            if detail.lists(change, &findings) {
                let place = match &change.source {
                    Some(source) if change.action() != Action::Delete => source.to_string(),
                    _ => format!("not in {}", zone.source.file),
                };
                let _ = writeln!(body, "@@ {} @@", one_line(&place));
                lines(&mut body, change, &zone.zone, detail);
            }
        }
    }
    if body.is_empty() {
        return;
    }
    let fence = fence(&body);
    let _ = writeln!(out, "\n<details><summary>Diff</summary>\n\n{fence}diff\n{body}{fence}\n</details>");
}

fn lines(out: &mut String, change: &Change, apex: &Name, detail: Detail) {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let ttl_stays = before.zip(after).is_none_or(|(before, after)| before.ttl == after.ttl);
    let is_in = |side: Option<&RRset>, value: &Rdata| {
        ttl_stays && side.is_some_and(|rrset| rrset.values().contains(value))
    };
    let mut line = |sign: char, rrset: &RRset, value: &Rdata| {
        let text = format!("{sign} {} {} {} {value}", change.name.relative_to(apex), rrset.ttl, change.rtype);
        let _ = writeln!(out, "{}", one_line(&text));
    };
    for (rrset, value) in pairs(before) {
        match is_in(after, value) {
            true if detail == Detail::All => line(' ', rrset, value),
            true => {}
            false => line('-', rrset, value),
        }
    }
    for (rrset, value) in pairs(after).filter(|(_, value)| !is_in(before, value)) {
        line('+', rrset, value);
    }
}

fn pairs(rrset: Option<&RRset>) -> impl Iterator<Item = (&RRset, &Rdata)> {
    rrset.into_iter().flat_map(|rrset| rrset.values().iter().map(move |value| (rrset, value)))
}

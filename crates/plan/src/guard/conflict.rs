//! Guard of what stays: a live record that no plan touches can leave no place for a wanted one.

use super::{About, Guard, Objection, Question};
use crate::{Action, Change};
use dnsctl_zone::{Evidence, Ignore, Manage, Name, RRset, RecordType, Reference, Rule};
use std::fmt::Write as _;

/// `guard/live-conflict`.
pub(super) const LIVE: Guard = Guard {
    rule: Rule {
        id: "guard/live-conflict",
        title: "a live record that stays leaves no place for a wanted one",
        why: "A CNAME stands alone (RFC 1034 section 3.6.2), nothing stands below a DNAME (RFC 6672 section 2.4), and below a \
          delegation only the servers of the other zone are asked. Some servers refuse such a record, others drop it in \
          silence or never answer with it: the plan would go through and not be true.",
        fix: "Delete the live record at the provider, or let the plan do it (\"manage: all\", a narrower ignore rule). Or take the wanted record out of the zone file, and declare or ignore the live one.",
        example: "guard/live-conflict  www.abc-corp.example CNAME cannot stand beside the live www.abc-corp.example A (192.0.2.1): a CNAME stands alone (RFC 1034 section 3.6.2). No file declares it (manage: declared), so it stays.",
        references: &[Reference::Rfc(1034, "3.6.2"), Reference::Rfc(6672, "2.4"), Reference::Rfc(2181, "6")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[]),
    ask: live,
    measure: None,
    cannot: None,
};

/// How a live record and a wanted one are in each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One of them is a CNAME at the same name.
    Beside,
    /// The wanted one is below a live DNAME.
    Redirected,
    /// The wanted one is at or below a live delegation.
    Delegated,
    /// The live ones are below a wanted DNAME or delegation.
    Hidden,
}

/// A record that is in the way, in words, and why it stays.
struct Live {
    what: String,
    reason: String,
    fix: &'static str,
}

fn live(question: &Question<'_>) -> Vec<Objection> {
    let live = question.live;
    if live.zone.rrsets().is_empty() && live.kept.is_empty() {
        return Vec::new();
    }
    let ignore = Ignore::new(&question.desired.apex, &question.desired.ignore);
    let created = question.changes.iter().enumerate().filter(|(_, change)| change.action() == Action::Create);
    created.filter_map(|(index, change)| object(question, &ignore, index, change)).collect()
}

fn object(question: &Question<'_>, ignore: &Ignore<'_>, index: usize, change: &Change) -> Option<Objection> {
    let found = in_the_way(question, ignore, change);
    let (way, first) = found.first()?;
    let (name, rtype) = (change.name.without_dot(), change.rtype);
    let same: Vec<&str> =
        found.iter().filter(|(other, _)| other == way).map(|(_, live)| live.what.as_str()).collect();
    let more = same.len().saturating_sub(3);
    let mut list = same.into_iter().take(3).collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(list, " and {more} more");
    }
    let clash = match way {
        Way::Beside => format!(
            "{name} {rtype} cannot stand beside the live {list}: a CNAME stands alone (RFC 1034 section 3.6.2)"
        ),
        Way::Redirected => {
            format!("{name} {rtype} is below the live {list}, which redirects it (RFC 6672 section 2.4)")
        }
        Way::Delegated => format!(
            "{name} {rtype} is at or below the delegation by the live {list}: only the servers of that zone are asked for it"
        ),
        Way::Hidden => format!("{name} {rtype} would hide the live {list}"),
    };
    let message = format!("{clash}. {}.", first.reason);
    Some(Objection { change: Some(index), message, fix: Some(first.fix) })
}

/// Live records that stay and that the files do not want beside the new one.
fn in_the_way(question: &Question<'_>, ignore: &Ignore<'_>, change: &Change) -> Vec<(Way, Live)> {
    let (zone, apex) = (&question.live.zone, &question.desired.apex);
    let mut found = Vec::new();
    let mut add = |way, rrset: &RRset| {
        if let Some(reason) = stays(question, ignore, rrset) {
            found.push((way, reason));
        }
    };
    for rrset in zone.at(&change.name).iter().filter(|rrset| excludes(change.rtype, rrset.rtype)) {
        add(Way::Beside, rrset);
    }
    let mut above = Some(change.name.clone()).filter(|name| name.is_at_or_below(apex));
    while let Some(at) = above.filter(|at| at.is_at_or_below(apex)) {
        let own = at == change.name;
        if let Some(dname) = zone.get(&at, RecordType::DNAME).filter(|_| !own) {
            add(Way::Redirected, dname);
        }
        if let Some(cut) = zone.get(&at, RecordType::NS).filter(|_| at != *apex)
            && !may_stand_at_cut(&change.name, change.rtype, cut, own)
        {
            add(Way::Delegated, cut);
        }
        above = at.parent();
    }
    if let Some(wanted) = change.after.as_ref().filter(|_| covers(change, apex)) {
        let start = zone.rrsets().partition_point(|rrset| rrset.name < change.name);
        let below =
            zone.rrsets().iter().skip(start).take_while(|rrset| rrset.name.is_at_or_below(&change.name));
        for rrset in below {
            let own = rrset.name == change.name;
            let stands = match change.rtype {
                RecordType::DNAME => own,
                _ => may_stand_at_cut(&rrset.name, rrset.rtype, wanted, own),
            };
            if !stands {
                add(Way::Hidden, rrset);
            }
        }
    }
    let kept = question.live.kept.iter().filter(|kept| kept.name == change.name);
    found.extend(kept.filter(|kept| excludes(change.rtype, kept.rtype)).map(|kept| {
        let live = Live {
            what: format!("{} {}", kept.name.without_dot(), kept.rtype),
            reason: format!(
                "The provider has it as something that dnsctl does not manage ({}), so it stays",
                kept.reason
            ),
            fix: "Remove this record from the zone file, or the live one at the provider.",
        };
        (Way::Beside, live)
    }));
    found
}

/// Whether two types cannot stand at one name. Signatures stand beside a CNAME (RFC 4035 section 2.5).
fn excludes(a: RecordType, b: RecordType) -> bool {
    let signing = |rtype| matches!(rtype, RecordType::RRSIG | RecordType::NSEC);
    a != b && (a == RecordType::CNAME || b == RecordType::CNAME) && !signing(a) && !signing(b)
}

/// Whether the change puts something over the names below it.
fn covers(change: &Change, apex: &Name) -> bool {
    change.rtype == RecordType::DNAME || (change.rtype == RecordType::NS && change.name != *apex)
}

/// At a cut there are NS and DS, at it and below it the addresses of its servers.
fn may_stand_at_cut(name: &Name, rtype: RecordType, cut: &RRset, own: bool) -> bool {
    match rtype {
        RecordType::A | RecordType::AAAA => cut.values().iter().any(|ns| ns.target().as_ref() == Some(name)),
        RecordType::NS | RecordType::DS => own,
        RecordType::RRSIG | RecordType::NSEC => true,
        _ => false,
    }
}

/// Why a live RRset stays, when it does and the files do not want it here.
fn stays(question: &Question<'_>, ignore: &Ignore<'_>, rrset: &RRset) -> Option<Live> {
    let desired = question.desired;
    let apex_own = rrset.name == desired.apex && matches!(rrset.rtype, RecordType::SOA | RecordType::NS);
    if apex_own || !question.after.keeps(rrset) {
        return None;
    }
    let wish = desired.wishes.binary_search_by(|wish| wish.rrset.key().cmp(&rrset.key())).ok();
    let wish = wish.and_then(|place| desired.wishes.get(place));
    let (reason, fix) = if let Some(rule) = ignore.rule_for(&rrset.name, rrset.rtype) {
        (
            format!("The ignore rule at {} covers it, so it stays", rule.source),
            "Make the ignore rule narrower, so that the plan deletes the live record; or delete it at the provider; \
             or remove this record from the zone file.",
        )
    } else if let Some(wish) = wish {
        if question.scope.takes(wish) {
            return None;
        }
        (
            format!("It is declared at {} for other providers only, so it stays", wish.source),
            "Declare it for this provider, too, or delete it at the provider.",
        )
    } else if desired.manage == Manage::All {
        // It came after the plan was made.
        (
            "It is new, and the plan does not touch it".to_owned(),
            "Make a new plan, or delete the live record at the provider.",
        )
    } else {
        (
            "No file declares it (manage: declared), so it stays".to_owned(),
            "Delete the live record at the provider; or remove this record from the zone file and declare the live one \
             there, or ignore it.",
        )
    };
    let values: Vec<String> = rrset.values().iter().take(2).map(ToString::to_string).collect();
    let more = if rrset.values().len() > 2 { ", ..." } else { "" };
    let what = format!("{} {} ({}{more})", rrset.name.without_dot(), rrset.rtype, values.join(", "));
    Some(Live { what, reason, fix })
}

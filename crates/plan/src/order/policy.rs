//! DMARC policies: whether one becomes stricter.

use super::pointer;
use crate::{Action, Change, View};
use dnsctl_mail::dmarc::{self, Alignment, Receiver, Record};
use dnsctl_zone::{Name, RRset, Rdata, RecordType};

/// How many aliases are followed.
const MOST_ALIASES: usize = 8;

/// What a policy asks for, part by part, for receivers of both standards: of the domain, of those below it, of those that do
/// not exist, and how closely names must agree. More is stricter.
type Parts = [u32; 8];

/// Where a policy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Some mail that was let pass is not, or nobody knows.
    Stricter,
    /// Everything else.
    Other,
}

/// Whether a change is one of a DMARC policy: by the name of its owner, or by its text, which an alias may lead to.
pub(super) fn is_policy(change: &Change) -> bool {
    let named = || change.name.labels().next().is_some_and(|label| label.eq_ignore_ascii_case(b"_dmarc"));
    match change.rtype {
        RecordType::TXT if named() => true,
        RecordType::TXT => {
            let mut sides = [&change.before, &change.after].into_iter().flatten();
            sides.clone().any(is_dmarc) && !sides.any(pointer::is_spf)
        }
        RecordType::CNAME => named(),
        _ => false,
    }
}

/// The domain whose policy it is, where the owner name says so.
pub(super) fn domain(change: &Change) -> Option<Name> {
    let first = change.name.labels().next()?;
    first.eq_ignore_ascii_case(b"_dmarc").then(|| change.name.parent()).flatten()
}

/// Where a change takes a policy, by its own texts alone.
pub(super) fn by_text(change: &Change) -> Direction {
    if change.rtype != RecordType::TXT || change.action() == Action::Delete {
        return Direction::Other;
    }
    let parts = |side: &Option<RRset>| side.as_ref().and_then(of_texts).unwrap_or_default();
    direction(Some(parts(&change.before)), Some(parts(&change.after)))
}

/// Where the changes of a zone take the policy that a change is one of.
pub(super) fn by_zone(change: &Change, before: &View<'_>, after: &View<'_>) -> Direction {
    if change.action() == Action::Delete || !is_policy(change) {
        return Direction::Other;
    }
    match domain(change) {
        Some(domain) => direction(at(before, &domain), at(after, &domain)),
        None => by_text(change),
    }
}

fn direction(before: Option<Parts>, after: Option<Parts>) -> Direction {
    let Some(after) = after else { return Direction::Stricter };
    let before = before.unwrap_or_default();
    let stricter = after.iter().zip(before).any(|(after, before)| *after > before);
    if stricter { Direction::Stricter } else { Direction::Other }
}

/// The policy that holds for a domain; `None` where an alias leads out of the zone.
fn at(view: &View<'_>, domain: &Name) -> Option<Parts> {
    if let Some(own) = own(view, domain)? {
        return Some(own);
    }
    // That of a domain above holds (RFC 9989 section 4.10).
    let mut above = domain.parent();
    while let Some(name) = above.filter(|name| name.is_at_or_below(view.apex())) {
        if let Some(found) = own(view, &name)? {
            let [_, first, absent, _, second, other, dkim, spf] = found;
            return Some([first, first, absent, second, second, other, dkim, spf]);
        }
        above = name.parent();
    }
    Some(Parts::default())
}

/// The policy at a domain's own name; `None` where nobody can say.
fn own(view: &View<'_>, domain: &Name) -> Option<Option<Parts>> {
    let Ok(mut owner) = domain.child(b"_dmarc") else { return Some(None) };
    for _ in 0..MOST_ALIASES {
        if let Some(text) = view.get(&owner, RecordType::TXT) {
            return Some(of_texts(text));
        }
        let Some(alias) = view.get(&owner, RecordType::CNAME) else { return Some(None) };
        owner = pointer::of(alias).next().filter(|target| target.is_at_or_below(view.apex()))?;
    }
    None
}

fn is_dmarc(rrset: &RRset) -> bool {
    rrset.rtype == RecordType::TXT && rrset.values().iter().any(|value| dmarc::is_dmarc(&value.joined_text()))
}

/// What a set of texts asks for; nothing when there is not exactly one record among them (RFC 9989 section 4.10).
fn of_texts(rrset: &RRset) -> Option<Parts> {
    let texts = rrset.values().iter().map(Rdata::joined_text);
    let mut records = texts.filter_map(|text| dmarc::is_dmarc(&text).then(|| dmarc::parse(&text).record)?);
    let (first, second) = (records.next()?, records.next());
    second.is_none().then(|| of_record(&first))
}

fn of_record(record: &Record) -> Parts {
    let read = |receiver| {
        let reading = record.as_read_by(receiver);
        let part = u32::from(reading.percent);
        [reading.policy, reading.subdomains, reading.nonexistent].map(|policy| {
            let (all, rest) = (policy as u32, policy.lowered() as u32);
            all.saturating_mul(part).saturating_add(rest.saturating_mul(100_u32.saturating_sub(part)))
        })
    };
    let ([a, b, c], [d, e, f]) = (read(Receiver::Rfc9989), read(Receiver::Rfc7489));
    let asks = [a, b, c, d, e, f].iter().any(|part| *part > 0);
    let strict = |alignment| u32::from(asks && alignment == Alignment::Strict);
    [a, b, c, d, e, f, strict(record.dkim_alignment), strict(record.spf_alignment)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rrsets;

    fn text(before: &str, after: &str) -> Direction {
        let side = |text: &str| match text {
            "" => None,
            text => rrsets(&format!("_dmarc TXT \"v=DMARC1; {text}\"")).pop(),
        };
        by_text(&Change::new(side(before), side(after), None).unwrap())
    }

    #[test]
    fn stricter_by_each_tag() {
        for (weak, strict) in [
            ("", "p=quarantine"),
            ("p=none", "p=quarantine"),
            ("p=quarantine", "p=reject"),
            ("p=reject; sp=none", "p=reject"),
            ("p=reject; np=none", "p=reject; np=reject"),
            ("p=reject; pct=10", "p=reject; pct=20"),
            ("p=reject; t=y", "p=reject"),
            ("p=reject", "p=reject; adkim=s"),
            ("p=reject", "p=reject; aspf=s"),
            // One part of it is enough.
            ("p=reject; sp=none", "p=none; sp=quarantine"),
        ] {
            assert_eq!(text(weak, strict), Direction::Stricter, "{weak} to {strict}");
        }
        for (before, after) in [
            ("", "p=none"),
            ("", "p=none; adkim=s"),
            ("p=reject", "p=quarantine"),
            ("p=reject", "p=reject; pct=50"),
            ("p=reject", "p=reject; rua=mailto:a@example.com"),
            ("p=reject; sp=reject", "p=reject"),
            ("p=quarantine", ""),
        ] {
            assert_eq!(text(before, after), Direction::Other, "{before} to {after}");
        }
    }
}

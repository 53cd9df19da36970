//! What a change does to those who ask: how long old answers live.

use crate::catalogue::OLD_ANSWER_LIVES;
use crate::{Action, Change, Finding, Severity};
use dnsctl_zone::{Live, RecordType, Ttl};

/// From this TTL on, an old answer is worth a warning.
const LONG: u32 = 3600;

/// Fills in how long old answers live, and says where that matters.
pub(crate) fn consider(live: &Live, changes: &mut [Change], findings: &mut Vec<Finding>) {
    let negative = negative_ttl(live);
    for (index, change) in changes.iter_mut().enumerate() {
        change.old_answer_max_s = match &change.before {
            Some(before) => Some(before.ttl.seconds()),
            None => negative,
        };
        findings.extend(old_answer(change, index));
    }
}

/// How long the absence of a name or type is remembered (RFC 2308 section 5).
fn negative_ttl(live: &Live) -> Option<u32> {
    let soa = live.zone.get(&live.zone.apex, RecordType::SOA)?;
    Some(soa.values().first()?.number("minimum")?.min(soa.ttl.seconds()))
}

fn old_answer(change: &Change, index: usize) -> Option<Finding> {
    let before = change.before.as_ref()?;
    let seconds = before.ttl.seconds();
    if seconds < LONG || change.only_ttl() {
        return None;
    }
    let (age, what) = (before.ttl.spoken(), change.rtype);
    let message = match change.rtype {
        RecordType::A | RecordType::AAAA => {
            let gone: Vec<String> = before
                .values()
                .iter()
                .filter(|value| change.after.as_ref().is_none_or(|after| !after.values().contains(value)))
                .map(ToString::to_string)
                .collect();
            if gone.is_empty() {
                return None;
            }
            format!(
                "{} can be answered for up to {age} after apply; keep its services running until then",
                gone.join(", ")
            )
        }
        RecordType::MX => format!(
            "senders can use the old MX for up to {age} after apply; keep the old mail servers running until then"
        ),
        RecordType::NS
        | RecordType::DS
        | RecordType::CNAME
        | RecordType::DNAME
        | RecordType::ALIAS
        | RecordType::SRV
        | RecordType::HTTPS
        | RecordType::SVCB => {
            format!("the old {what} can be answered for up to {age} after apply")
        }
        RecordType::DNSKEY | RecordType::TLSA => {
            format!(
                "validators can use the old {what} for up to {age} after apply; the old key must work until then"
            )
        }
        _ => return None,
    };
    let lowered = change.after.as_ref().is_some_and(|after| after.ttl < before.ttl);
    let note = if lowered && change.action() == Action::Update {
        format!(
            "; the lower TTL of {} holds only for new answers",
            change.after.as_ref().map_or(before.ttl, |after| after.ttl).spoken()
        )
    } else {
        String::new()
    };
    Some(Finding::about(OLD_ANSWER_LIVES.id, Severity::Warning, index, message + &note))
}

/// The longest time that anything old can live after an apply of all these changes.
pub(crate) fn settles(changes: &[Change]) -> Ttl {
    let longest = changes.iter().filter_map(|change| change.old_answer_max_s).max().unwrap_or(0);
    Ttl::new(longest).unwrap_or(Ttl::MAX)
}

//! What happens to senders that hold a policy already, when it or the MX records change.

use super::exchangers;
use crate::mail::sts::{GRAMMAR, usable};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::mta_sts::policy::{Mode, Policy};
use dnsctl_mail::mta_sts::{self, Pattern};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Reference, Zone};

pub(super) const CHECKS: &[Check] = &[STALE, ORDER];

check! { STALE = "sts.id-stale", Error, stale;
    title: "the id of the MTA-STS record is not that of the policy",
    why: "Senders that hold a policy fetch it again only when the id changes. Under an old id they keep the policy before for as long as its max_age said, up to a year, and refuse hosts that only the new one covers.",
    fix: "Publish the id that follows the text of the policy: apply the zone when mail.mta_sts makes the record.",
    example: "the id of the MTA-STS record of example.com is 0123456789abcdef0123456789abcdef, not 5eccf25eeaa74c6cef3f22873c019be8, that of the policy: senders who hold another one keep it",
    see: [Reference::Rfc(8461, "3.1"), Reference::Rfc(8461, "3.3")],
    evidence: [Files, Provider, Mail, Before],
}

fn stale(subject: &Subject<'_>) -> Outcome {
    let (sts, domain) = (subject.sts(), subject.domain());
    let Some(policy) = &sts.policy else { return Outcome::NotApplicable };
    let Some(records) = sts.own(subject) else { return Outcome::NotApplicable };
    let own = match &records.texts {
        Ok(_) => usable(records).map(|record| record.id.clone()),
        // What is left alone stays as it was.
        Err(why) => match subject.before.and_then(|zone| id_in(zone, domain)) {
            Some(id) => Some(id),
            None => return Outcome::Untested(why.clone()),
        },
    };
    let Some(id) = own else { return Outcome::NotApplicable };
    let expected = mta_sts::id(&String::from_utf8_lossy(&policy.file.text));
    if id == expected {
        return Outcome::Pass;
    }
    let name = domain.without_dot();
    // An id that somebody chose says nothing about the text; one of our form that differs was made for another text.
    let made = id.len() == 32 && id.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
    if !made || policy.file.source.is_none() {
        return Outcome::Untested(format!(
            "whether the policy of {name} changed since the id {id} was published is not known"
        ));
    }
    let message = format!(
        "the id of the MTA-STS record of {name} is {id}, not {expected}, that of the policy: senders who hold another one keep it"
    );
    let fix = format!("Write: _mta-sts TXT \"v=STSv1; id={expected}\"");
    let finding = records.finding(message).fix(fix);
    Outcome::Fail(vec![match records.judged().next().and_then(|text| Some((text, text.parsed.id_span?))) {
        Some((text, span)) => finding.marking(&text.octets, span),
        None => finding,
    }])
}

check! { ORDER = "sts.order", Warning, order;
    title: "the MX records and the MTA-STS policy change at the same time",
    why: "Senders look at the MX records at once, but keep the policy until its max_age is over or they notice the new id. Until then they do not deliver to a host that their copy of the policy does not cover.",
    fix: "First add the new hosts to mail.mta_sts.mx beside the old ones and apply; change the MX records a day later, and remove the old hosts from the policy after that.",
    example: "new.example.net becomes an MX of example.com together with a new MTA-STS policy: senders that hold the policy before deliver nothing there unless it covers that host",
    see: [Reference::Rfc(8461, "8.1"), Reference::Rfc(8461, "3.3")],
    evidence: [Files, Provider, Mail, Before],
}

fn order(subject: &Subject<'_>) -> Outcome {
    let domain = subject.domain();
    let (Some(zone), Some(mx)) = (subject.before, subject.get(domain, RecordType::MX)) else {
        return Outcome::NotApplicable;
    };
    // Without a record nobody holds a policy.
    let Some(id) = id_in(zone, domain) else { return Outcome::NotApplicable };
    let old: Vec<Name> = zone.get(domain, RecordType::MX).into_iter().flat_map(exchangers).collect();
    let new: Vec<Name> = exchangers(mx).filter(|host| !old.contains(host)).collect();
    if new.is_empty() || old.is_empty() {
        return Outcome::Pass;
    }
    let name = domain.without_dot();
    let sts = subject.sts();
    let unknown = format!("the MTA-STS policy of {name} that senders hold, id {id}, is not known");
    let Some(policy) = &sts.policy else { return Outcome::Untested(unknown) };
    if mta_sts::id(&String::from_utf8_lossy(&policy.file.text)) == id
        || sts.own(subject).and_then(usable).is_some_and(|record| record.id == id)
    {
        return Outcome::Pass; // the policy stays: sts.mx-uncovered judges it
    }
    let mut tally = Tally::default();
    let Some((_, active)) = sts.active().filter(|(_, policy)| policy.mode == Mode::Enforce) else {
        let before = policy.parsed.policy().and_then(|policy| held(&id, &old, policy.max_age));
        return match before {
            None => Outcome::Untested(unknown),
            Some(before) => {
                tally.saw();
                let refused = new.iter().filter(|host| before.mode == Mode::Enforce && !before.covers(host));
                for host in refused {
                    let host = host.without_dot();
                    tally.fail(Finding::at(mx, format!("{host} becomes an MX of {name} together with a new MTA-STS policy: senders that hold the policy before, in mode enforce, deliver nothing there")));
                }
                tally.outcome()
            }
        };
    };
    for host in new.iter().filter(|host| active.covers(host)) {
        // A pattern that covers hosts of before as well was there before, most likely.
        let shared = active
            .mx
            .iter()
            .filter(|pattern| pattern.covers(host))
            .any(|pattern| old.iter().any(|old| pattern.covers(old)));
        if shared {
            tally.unknown(unknown.clone());
            continue;
        }
        let host = host.without_dot();
        tally.fail(Finding::at(mx, format!("{host} becomes an MX of {name} together with a new MTA-STS policy: senders that hold the policy before deliver nothing there unless it covers that host")));
    }
    tally.outcome()
}

/// The policy that has an id, if it is one that names these hosts: ids of ours follow the text. `age`: how long the one of now is
/// kept; the others are those that people write (a day, a week, two, 30 days and a year).
fn held(id: &str, hosts: &[Name], age: u32) -> Option<Policy> {
    let ages = [age, 86_400, 604_800, 1_209_600, 2_592_000, 31_536_000, 31_557_600];
    let mx: Vec<Pattern> = hosts.iter().filter_map(|host| Pattern::parse(&host.without_dot()).ok()).collect();
    let policies = ages.into_iter().flat_map(|max_age| {
        [Mode::Enforce, Mode::Testing].map(|mode| Policy { mode, max_age, mx: mx.clone() })
    });
    policies.into_iter().find(|policy| mta_sts::id(&policy.to_string()) == id)
}

/// The id that senders find in a zone.
fn id_in(zone: &Zone, domain: &Name) -> Option<String> {
    let owner = GRAMMAR.owner(domain)?;
    let texts: Vec<Vec<u8>> = zone
        .get(&owner, RecordType::TXT)
        .into_iter()
        .flat_map(RRset::values)
        .map(Rdata::joined_text)
        .collect();
    let mut all = texts.iter().filter(|text| (GRAMMAR.is)(text));
    let (first, second) = (all.next()?, all.next());
    let parsed = (GRAMMAR.parse)(first);
    let sound = second.is_none() && !parsed.faults.iter().any(dnsctl_mail::Fault::is_error);
    parsed.record.filter(|_| sound).map(|record| record.id)
}

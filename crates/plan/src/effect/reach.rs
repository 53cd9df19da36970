//! Which zones the changes can do something to.

mod touched;

use super::judge::Case;
use dnsctl_checks::{Facts, SenderKind};
use dnsctl_mail::dmarc;
use dnsctl_mail::intent::Include;
use dnsctl_zone::{Name, RRset, RecordType};
use touched::Touched;

/// The places of the zones that have changes, and of those that ask for a name whose answers change, so that the rules may find
/// something else in them. Too many rather than too few.
pub(super) fn of(cases: &[Case<'_>]) -> Vec<usize> {
    let mut touched = Touched::of(cases);
    if touched.is_empty() {
        return Vec::new();
    }
    let waits = |case: &Case<'_>| case.is_there() && !case.plan.has_changes();
    if cases.iter().any(waits) {
        touched.follow(cases);
    }
    let reached = |case: &Case<'_>| case.plan.has_changes() || asks(case, &touched);
    let there = cases.iter().enumerate().filter(|(_, case)| case.is_there());
    there.filter(|(_, case)| reached(case)).map(|(index, _)| index).collect()
}

/// A name and all above it.
pub(super) fn at_and_above(name: &Name) -> impl Iterator<Item = Name> {
    std::iter::successors(Some(name.clone()), Name::parent)
}

/// Whether a rule asks for a name that is touched when it looks at this zone, which has no changes.
fn asks(case: &Case<'_>, touched: &Touched) -> bool {
    let Some(live) = case.input.live else { return false };
    let apex = &live.zone.apex;
    above(apex, touched)
        || declares(apex, case.input.facts, touched)
        || live.zone.rrsets().iter().any(|rrset| leads(apex, rrset, touched))
}

/// What the zones above say of it: its delegation and its DS, the DMARC policy and the CAA records that hold below them; and
/// who agreed to take reports about its domains.
fn above(apex: &Name, touched: &Touched) -> bool {
    touched.has(apex)
        || touched.is_reported(apex)
        || at_and_above(apex).skip(1).any(|name| touched.has_policy(&name) || touched.has_authorities(&name))
}

/// What it declares: hosts, senders, and names of others.
fn declares(apex: &Name, facts: &Facts, touched: &Touched) -> bool {
    let domain = facts.domain.as_ref().unwrap_or(apex);
    let sender = |who: &SenderKind| match who {
        SenderKind::Host(name) | SenderKind::Include(Include::Name(name)) => touched.has(name),
        SenderKind::Exchangers(of) => touched.has(of.as_ref().unwrap_or(domain)),
        SenderKind::Include(Include::Macros(text)) | SenderKind::Exists(text) => {
            touched.is_below_text(&text.to_string())
        }
        SenderKind::Network { .. } => false,
    };
    let aliases = facts.selectors.iter().filter_map(|selector| match &selector.key {
        dnsctl_checks::SelectorKey::Alias(name) => Some(name),
        _ => None,
    });
    let mut names = (facts.domain.iter())
        .chain(facts.exchangers.iter().flatten())
        .chain(facts.hosts.iter().map(|host| &host.name))
        .chain(facts.certificates.iter().map(|certificate| &certificate.host))
        .chain(aliases);
    let retired = || facts.hosts.iter().any(|host| !host.retired.is_empty());
    // Whose reverse names they are only the rules know.
    touched.has_reverse_names() && (!facts.senders.is_empty() || retired())
        || facts.senders.iter().any(|one| sender(&one.who))
        || names.any(|name| touched.has_host(name))
}

/// Where a record leads.
fn leads(apex: &Name, rrset: &RRset, touched: &Touched) -> bool {
    match rrset.rtype {
        RecordType::TXT => touched.is_named_by(rrset) || reports(rrset, touched),
        // What the zone below says of its keys and servers.
        RecordType::NS | RecordType::DS if rrset.name != *apex && touched.has(&rrset.name) => true,
        _ => touched.is_target_of(rrset),
    }
}

/// Whether a DMARC record sends reports to a host whose consent, or whose organisation, may be another.
fn reports(rrset: &RRset, touched: &Touched) -> bool {
    let Some(domain) = policy_domain(&rrset.name).filter(|_| touched.has_policies()) else { return false };
    let texts = rrset.values().iter().map(dnsctl_zone::Rdata::joined_text);
    let records = texts.filter(|text| dmarc::is_dmarc(text)).filter_map(|text| dmarc::parse(&text).record);
    let hosts = records.flat_map(|record| record.aggregate.into_iter().chain(record.failure));
    hosts.filter_map(|uri| uri.host).any(|host| {
        let consent = dmarc::authorisation_name(&domain, &host);
        consent.is_ok_and(|name| touched.has(&name))
            || at_and_above(&host).any(|name| touched.has_policy(&name))
    })
}

/// The domain of which a name has the DMARC policy.
fn policy_domain(name: &Name) -> Option<Name> {
    name.labels().next().filter(|label| **label == *b"_dmarc")?;
    name.parent()
}

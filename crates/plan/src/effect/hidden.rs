//! What mail used and nobody changes, but something new hides it.

use super::judge::Case;
use super::reach::at_and_above;
use crate::catalogue::HIDDEN;
use crate::{Finding, Severity};
use dnsctl_checks::{Found, Subject};
use dnsctl_mail::resolve::Resolver as _;
use dnsctl_zone::{Name, RecordType};
use std::collections::{BTreeSet, HashMap};

/// Names that a wildcard gave an MX and that exist after the changes, so that it answers for them no more (RFC 4592 section
/// 2.2.2); and hosts of mail whose addresses were here and that another zone must have after.
pub(super) fn findings(case: &Case<'_>, before: Option<&Subject<'_>>, after: &Subject<'_>) -> Vec<Finding> {
    let Some(before) = before else { return Vec::new() };
    let mut findings = wildcards(case, before, after);
    findings.extend(delegated(case, before, after));
    findings
}

fn wildcards(case: &Case<'_>, before: &Subject<'_>, after: &Subject<'_>) -> Vec<Finding> {
    let answers = |rrset: &&dnsctl_zone::RRset| rrset.rtype == RecordType::MX && rrset.name.is_wildcard();
    if !before.rrsets().iter().any(|rrset| answers(&rrset)) {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (index, change) in case.plan.changes.iter().enumerate().filter(|(_, change)| change.after.is_some()) {
        // A name above it exists with it.
        for name in at_and_above(&change.name).take_while(|name| name.is_below(&case.plan.zone)) {
            let service = name.labels().next().is_some_and(|label| label.starts_with(b"_"));
            if service || name.is_wildcard() || !seen.insert(name.clone()) {
                continue;
            }
            let takes = |subject: &Subject<'_>| {
                let found = subject.answers().mail_exchangers(&name);
                found.values().iter().any(|(_, host)| !host.is_root())
            };
            let own =
                before.get(&name, RecordType::MX).is_some() || after.get(&name, RecordType::MX).is_some();
            if !own && takes(before) && !takes(after) {
                let text = format!(
                    "{} exists with this change, so that the wildcard MX answers for it no more: it has no MX",
                    name.without_dot()
                );
                findings.push(
                    Finding::about(HIDDEN.id, Severity::Warning, index, text)
                        .fix("Write the MX at the name as well, when it takes mail."),
                );
            }
        }
    }
    findings
}

fn delegated(case: &Case<'_>, before: &Subject<'_>, after: &Subject<'_>) -> Vec<Finding> {
    let cuts: HashMap<&Name, usize> = (case.plan.changes.iter().enumerate())
        .filter(|(_, change)| change.rtype == RecordType::NS && change.after.is_some())
        .map(|(index, change)| (&change.name, index))
        .filter(|(name, _)| **name != case.plan.zone)
        .collect();
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for mx in after.rrsets().iter().filter(|rrset| rrset.rtype == RecordType::MX) {
        for target in mx.values().iter().filter_map(dnsctl_zone::Rdata::target) {
            let was = || matches!(before.target(&target).found, Found::Addresses(_) | Found::Made);
            let is = after.target(&target);
            // Where an alias leads is told by others.
            if !matches!(is.found, Found::Unknown(_)) || !is.aliases.is_empty() || !was() {
                continue;
            }
            if !seen.insert(target.clone()) {
                continue;
            }
            // The uppermost decides (RFC 1034 section 4.3.2).
            let cut = at_and_above(&target).filter_map(|name| cuts.get_key_value(&name)).last();
            let Some((cut, index)) = cut else {
                let text = format!(
                    "{}, an MX of {}, is no longer answered by the zones of this repository, and nothing here says that \
                     it has an address elsewhere",
                    target.without_dot(),
                    mx.name.without_dot()
                );
                findings.push(Finding::zone(HIDDEN.id, Severity::Warning, text).fix(
                    "Write its addresses where it is answered from then on, before these changes are applied.",
                ));
                continue;
            };
            let text = format!(
                "{}, an MX of {}, is no longer answered here: {} is delegated, and nothing here says that it has an \
                 address there",
                target.without_dot(),
                mx.name.without_dot(),
                cut.without_dot()
            );
            findings.push(
                Finding::about(HIDDEN.id, Severity::Warning, *index, text)
                    .fix("Write its addresses into the zone that is delegated to before this one is."),
            );
        }
    }
    findings
}

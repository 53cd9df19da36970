//! What is in order before and after, and not for those who still have the old answer, or meet what nobody here knows.

use super::judge::Case;
use crate::catalogue::{KEY_REPLACED, POLICY_UNKNOWN};
use crate::{Finding, Severity};
use dnsctl_checks::Subject;
use dnsctl_mail::dkim::{self, Key};
use dnsctl_mail::dmarc::{self, Policy};
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_mail::tlsa;
use dnsctl_zone::{Name, RecordType};
use std::collections::{BTreeMap, BTreeSet};

/// DKIM keys and TLSA records of which none stays, and what is elsewhere after.
pub(super) fn findings(case: &Case<'_>, before: Option<&Subject<'_>>, after: &Subject<'_>) -> Vec<Finding> {
    let Some(before) = before else { return Vec::new() };
    let mut findings = keys(case, before, after);
    findings.extend(certificates(case));
    findings.extend(policies(case, before, after));
    findings.extend(selectors(case, before, after));
    findings
}

/// Selectors whose key is elsewhere after: it was here, or it was at another place that is not held.
fn selectors(case: &Case<'_>, before: &Subject<'_>, after: &Subject<'_>) -> Option<Finding> {
    let mut names: Vec<(usize, &Name)> = Vec::new();
    for (index, change) in case.plan.changes.iter().enumerate() {
        let name = &change.name;
        let selector = change.after.is_some() && name.labels().any(|label| *label == *b"_domainkey");
        if !selector || names.iter().any(|(_, known)| *known == name) {
            continue;
        }
        let was_here = || !usable(before, name).is_empty();
        if leads_out(after, name).is_some() && (was_here() || moves(before, after, name).is_some()) {
            names.push((index, name));
        }
    }
    let (first, _) = names.first()?;
    let all: Vec<&Name> = names.iter().map(|(_, name)| *name).collect();
    let (them, verb) = if all.len() == 1 { ("it leads", "has") } else { ("they lead", "have") };
    let text = format!(
        "{} {verb} a DKIM key that is not known here after this change: it is what stands where {them}",
        listed(&all)
    );
    Some(about(POLICY_UNKNOWN.id, Some(*first), text).fix(POLICY_UNKNOWN.fix))
}

/// The name at which the texts of a name are elsewhere.
fn leads_out(subject: &Subject<'_>, name: &Name) -> Option<Name> {
    let (answer, end) = subject.answers().search(name, RecordType::TXT);
    matches!(answer, Answer::Unknown).then_some(end)
}

/// Where the texts of a name were and are, when both places are elsewhere and they differ.
fn moves(before: &Subject<'_>, after: &Subject<'_>, name: &Name) -> Option<(Name, Name)> {
    leads_out(before, name).zip(leads_out(after, name)).filter(|(from, to)| from != to)
}

/// Up to three names, and how many more there are.
fn listed(names: &[&Name]) -> String {
    let text = names.iter().take(3).map(|name| name.without_dot()).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(3) {
        Some(more @ 1..) => format!("{text} and {more} more"),
        _ => text,
    }
}

/// Selectors whose key becomes another one, also behind an alias. That a key goes is told by guards and rules.
fn keys(case: &Case<'_>, before: &Subject<'_>, after: &Subject<'_>) -> Vec<Finding> {
    let changes = &case.plan.changes;
    let mut told: BTreeMap<Option<usize>, Vec<&Name>> = BTreeMap::new();
    let here = |name: &Name| name.labels().any(|label| *label == *b"_domainkey");
    for rrset in before.rrsets().iter().filter(|rrset| here(&rrset.name)) {
        if !matches!(rrset.rtype, RecordType::TXT | RecordType::CNAME) {
            continue;
        }
        let (old, new) = (usable(before, &rrset.name), usable(after, &rrset.name));
        let stays = old.iter().any(|key| new.iter().any(|other| key.same_key(other)));
        if !old.is_empty() && !new.is_empty() && !stays {
            let own = |change: &crate::Change| change.name == rrset.name && change.after.is_some();
            told.entry(changes.iter().position(own)).or_default().push(&rrset.name);
        }
    }
    let finding = |(change, names): (Option<usize>, Vec<&Name>)| {
        let text = listed(&names);
        let verb = if names.len() == 1 { "gets" } else { "get" };
        let text = format!(
            "{text} {verb} another DKIM key: mail signed with the old one, also mail on its way now, fails from then on, and \
             mail of a signer that does not change at the same moment"
        );
        about(KEY_REPLACED.id, change, text).fix(KEY_REPLACED.fix)
    };
    told.into_iter().map(finding).collect()
}

fn usable(subject: &Subject<'_>, name: &Name) -> Vec<Key> {
    let texts = subject.answers().texts(name);
    texts.values().iter().filter_map(|text| dkim::parse(text).usable().cloned()).collect()
}

/// TLSA records that are all replaced. Where the certificates are declared, rules know which of them fit.
fn certificates(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, change) in case.plan.changes.iter().enumerate() {
        let (Some(old), Some(new)) = (&change.before, &change.after) else { continue };
        let host = tlsa::host_and_port(&change.name).map(|(host, _)| host);
        let declared = case.input.facts.certificates.iter().any(|one| Some(&one.host) == host.as_ref());
        let stays = old.values().iter().any(|value| new.values().contains(value));
        if change.rtype != RecordType::TLSA || declared || stays {
            continue;
        }
        let text = format!(
            "{} keeps none of its TLSA records: unless one certificate fits the old ones and the new ones, clients that hold the \
             other answer refuse the host, whichever it presents (where the zone is signed: without DNSSEC they count for nobody)",
            change.name.without_dot()
        );
        findings.push(about(KEY_REPLACED.id, Some(index), text).fix(
            "Add the records of the new certificate beside the old ones, apply and wait for the old TTL to pass, let the \
             server present it, then take the old ones away.",
        ));
    }
    findings
}

/// DMARC policies that are elsewhere after: they were held here, or they were at another place that is not held.
fn policies(case: &Case<'_>, before: &Subject<'_>, after: &Subject<'_>) -> Vec<Finding> {
    let (mut findings, mut seen) = (Vec::new(), BTreeSet::new());
    for (index, change) in case.plan.changes.iter().enumerate().filter(|(_, change)| change.after.is_some()) {
        let domain =
            change.name.parent().filter(|_| change.name.labels().next().is_some_and(|it| *it == *b"_dmarc"));
        let Some(domain) = domain.filter(|_| seen.insert(&change.name)) else { continue };
        if leads_out(after, &change.name).is_none() {
            continue;
        }
        let texts = before.answers().texts(&change.name);
        let policy = texts.values().iter().filter(|text| dmarc::is_dmarc(text)).find_map(|text| {
            dmarc::parse(text)
                .record
                .and_then(|record| record.policy.policy())
                .filter(|policy| *policy != Policy::None)
        });
        let (of, leads) = (domain.without_dot(), change.name.without_dot());
        let text = match (policy, moves(before, after, &change.name)) {
            (Some(policy), _) => format!(
                "the DMARC policy of {of} was {} and is not known here after this change: it is what stands where {leads} leads",
                policy.as_str()
            ),
            (None, Some((from, to))) => format!(
                "the DMARC policy of {of} is not known here: it was what stands at {}, and is what stands at {} after this change",
                from.without_dot(),
                to.without_dot()
            ),
            (None, None) => continue,
        };
        findings.push(about(POLICY_UNKNOWN.id, Some(index), text).fix(POLICY_UNKNOWN.fix));
    }
    findings
}

fn about(rule: &'static str, change: Option<usize>, text: String) -> Finding {
    match change {
        Some(change) => Finding::about(rule, Severity::Warning, change, text),
        None => Finding::zone(rule, Severity::Warning, text),
    }
}

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

/// DKIM keys and TLSA records of which none stays, and DMARC policies that are not known any more.
pub(super) fn findings(case: &Case<'_>, before: Option<&Subject<'_>>, after: &Subject<'_>) -> Vec<Finding> {
    let Some(before) = before else { return Vec::new() };
    let mut findings = keys(case, before, after);
    findings.extend(certificates(case));
    findings.extend(policies(case, before, after));
    findings
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
        let mut text: String =
            names.iter().take(3).map(|name| name.without_dot()).collect::<Vec<_>>().join(", ");
        if let Some(more @ 1..) = names.len().checked_sub(3) {
            text = format!("{text} and {more} more");
        }
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
             other answer refuse the host, whichever it presents",
            change.name.without_dot()
        );
        findings.push(about(KEY_REPLACED.id, Some(index), text).fix(
            "Add the records of the new certificate beside the old ones, apply and wait for the old TTL to pass, let the \
             server present it, then take the old ones away.",
        ));
    }
    findings
}

/// DMARC policies that were held here and are elsewhere after.
fn policies(case: &Case<'_>, before: &Subject<'_>, after: &Subject<'_>) -> Vec<Finding> {
    let (mut findings, mut seen) = (Vec::new(), BTreeSet::new());
    for (index, change) in case.plan.changes.iter().enumerate().filter(|(_, change)| change.after.is_some()) {
        let domain =
            change.name.parent().filter(|_| change.name.labels().next().is_some_and(|it| *it == *b"_dmarc"));
        let Some(domain) = domain.filter(|_| seen.insert(&change.name)) else { continue };
        let Answer::Unknown = after.answers().texts(&change.name) else { continue };
        let texts = before.answers().texts(&change.name);
        let policy = texts.values().iter().filter(|text| dmarc::is_dmarc(text)).find_map(|text| {
            dmarc::parse(text)
                .record
                .and_then(|record| record.policy.policy())
                .filter(|policy| *policy != Policy::None)
        });
        if let Some(policy) = policy {
            let text = format!(
                "the DMARC policy of {} was {} and is not known here after this change: it is what stands where {} leads",
                domain.without_dot(),
                policy.as_str(),
                change.name.without_dot()
            );
            findings.push(about(POLICY_UNKNOWN.id, Some(index), text).fix(POLICY_UNKNOWN.fix));
        }
    }
    findings
}

fn about(rule: &'static str, change: Option<usize>, text: String) -> Finding {
    match change {
        Some(change) => Finding::about(rule, Severity::Warning, change, text),
        None => Finding::zone(rule, Severity::Warning, text),
    }
}

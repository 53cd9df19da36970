//! What happens to senders that may hold an MTA-STS policy which stands in no zone.

use super::judge::Case;
use crate::catalogue::{STS_GIVEN_UP, STS_HELD};
use crate::{Finding, Severity};
use dnsctl_checks::Subject;
use dnsctl_mail::mta_sts::record::is_mta_sts;
use dnsctl_zone::{Name, RRset, Rdata, RecordType};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// All that is told of MTA-STS.
pub(super) fn findings(case: &Case<'_>, before: Option<&Subject<'_>>, after: &Subject<'_>) -> Vec<Finding> {
    let Some(before) = before else { return Vec::new() };
    let mut findings = given_up(case, before, after);
    findings.extend(held(case, before, after));
    findings
}

/// Hosts that become an MX while the record stays, so that senders keep the policy that they hold. Where the files say what the
/// policy is, rules judge it.
fn held(case: &Case<'_>, before: &Subject<'_>, after: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, change) in case.plan.changes.iter().enumerate() {
        let domain = &change.name;
        let declared = case.input.facts.policy.is_some() && domain == after.domain();
        if change.rtype != RecordType::MX || change.before.is_none() || declared {
            continue;
        }
        let Ok(owner) = domain.child(b"_mta-sts") else { continue };
        let record = |side: &Subject<'_>| {
            let rrsets = [RecordType::TXT, RecordType::CNAME].map(|rtype| side.get(&owner, rtype));
            let mut told = rrsets.into_iter().flatten().filter(|rrset| tells(rrset));
            told.next().map(|rrset| rrset.values().to_vec())
        };
        let old = exchangers(before, domain);
        let added: Vec<String> = exchangers(after, domain).difference(&old).map(Name::without_dot).collect();
        let stays = record(before).is_some_and(|values| Some(values) == record(after));
        if old.is_empty() || added.is_empty() || !stays {
            continue;
        }
        let (verb, those) =
            if added.len() == 1 { ("becomes", "that host") } else { ("become", "these hosts") };
        let text = format!(
            "{} {verb} an MX of {}, whose MTA-STS record stays as it is: senders that hold a policy in mode enforce deliver \
             nothing there unless it names {those}",
            added.join(", "),
            domain.without_dot()
        );
        findings.push(Finding::about(STS_HELD.id, Severity::Warning, index, text).fix(STS_HELD.fix));
    }
    findings
}

/// Domains that take mail and lose the record by which senders find their policy. What the policy says stands in no zone, so
/// this is told whatever it is.
fn given_up(case: &Case<'_>, before: &Subject<'_>, after: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, change) in case.plan.changes.iter().enumerate() {
        let first = change.name.labels().next();
        let Some(domain) = change.name.parent().filter(|_| first.is_some_and(|label| *label == *b"_mta-sts"))
        else {
            continue;
        };
        let had = change.before.as_ref().is_some_and(tells);
        let has = [RecordType::TXT, RecordType::CNAME]
            .iter()
            .any(|rtype| after.get(&change.name, *rtype).is_some_and(tells));
        let (old, new) = (exchangers(before, &domain), exchangers(after, &domain));
        if !had || has || new.is_empty() {
            continue;
        }
        let name = domain.without_dot();
        let mut text = format!(
            "senders that hold the MTA-STS policy of {name} keep to it until its max_age is over, which can be a year: unless \
             its mode is none by then, they deliver only to hosts that it names"
        );
        let added: Vec<String> = new.difference(&old).map(Name::without_dot).collect();
        if !added.is_empty() {
            let _ = write!(text, "; {} may not be among them", added.join(", "));
        }
        findings.push(Finding::about(STS_GIVEN_UP.id, Severity::Warning, index, text).fix(STS_GIVEN_UP.fix));
    }
    findings
}

/// Whether an RRset tells senders of a policy; an alias leads to one that does.
fn tells(rrset: &RRset) -> bool {
    rrset.rtype == RecordType::CNAME
        || rrset.rtype == RecordType::TXT && rrset.values().iter().any(|text| is_mta_sts(&text.joined_text()))
}

/// The hosts that take the mail of a domain.
fn exchangers(subject: &Subject<'_>, domain: &Name) -> BTreeSet<Name> {
    let hosts =
        subject.get(domain, RecordType::MX).into_iter().flat_map(RRset::values).filter_map(Rdata::target);
    hosts.filter(|host| !host.is_root()).collect()
}

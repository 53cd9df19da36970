//! MTA-STS that is given up while senders may hold its policy.

use super::judge::Case;
use crate::catalogue::STS_GIVEN_UP;
use crate::{Finding, Severity};
use dnsctl_checks::Subject;
use dnsctl_mail::mta_sts::record::is_mta_sts;
use dnsctl_zone::{Name, RRset, Rdata, RecordType};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Domains that take mail and lose the record by which senders find their policy. What the policy says stands in no zone, so
/// this is told whatever it is.
pub(super) fn findings(case: &Case<'_>, before: Option<&Subject<'_>>, after: &Subject<'_>) -> Vec<Finding> {
    let Some(before) = before else { return Vec::new() };
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

//! Senders that lose their pass.

use super::{Lost, Senders, Why};
use crate::catalogue::SENDER;
use crate::effect::judge::{Case, Worlds};
use crate::effect::{Shift, domains_in_words};
use crate::{Finding, Severity};
use dnsctl_checks::{Report, Severity as Weight};
use dnsctl_mail::spf::SpfResult;
use dnsctl_zone::{Acknowledgement, Name, RecordType};
use std::collections::BTreeMap;

/// The rule that tells of declared senders whom the record does not authorise.
const RULE: &str = "spf.relay-authorised";

/// Domains of which the same is to be told, each with who is lost.
type Alike<'l> = Vec<(&'l Name, Vec<&'l Lost>)>;

impl Senders {
    /// What declared senders lose and no rule tells: the rule says nothing of a record that receivers refuse, and where it says
    /// something of another sender, before and after, it finds the same. `broken` is what rules find only after, `report` all
    /// that they do.
    pub(in crate::effect) fn shifts(
        &self,
        case: &Case<'_>,
        worlds: &Worlds<'_>,
        broken: &[Shift],
        report: &Report<'_>,
    ) -> Vec<Shift> {
        let domain = case.input.facts.domain.as_ref().unwrap_or(&case.plan.zone);
        let told = |lost: &Lost| {
            let by_rule = broken.iter().any(|shift| tells(shift.rule, &shift.message, lost));
            let own = report.findings.iter().filter(|found| found.check.rule.id == RULE);
            let mut acknowledged = own.filter(|found| found.acknowledged.is_some());
            by_rule || acknowledged.any(|found| tells(RULE, &found.finding.message, lost))
        };
        let left = self.lost.iter().filter(|lost| lost.why == Why::Declared && !told(lost));
        let mut kinds: Vec<(SpfResult, Vec<&Lost>)> = Vec::new();
        for lost in left {
            match kinds.iter_mut().find(|(result, _)| *result == lost.after.result) {
                Some((_, all)) => all.push(lost),
                None => kinds.push((lost.after.result, vec![lost])),
            }
        }
        // The removal of the record is told by its guard.
        kinds.retain(|(result, _)| *result != SpfResult::None || !is_guarded(case, domain));
        let entry = exception(case, worlds, domain);
        let shift = |(result, all): (SpfResult, Vec<&Lost>)| {
            Shift {
            rule: RULE,
            severity: match result {
                _ if entry.is_some() => Weight::Note,
                SpfResult::Undecided => Weight::Warning,
                _ => Weight::Critical,
            },
            change: change_of(case, domain),
            name: domain.clone(),
            rtype: Some(RecordType::TXT),
            target: None,
            message: message(&all, &domain.without_dot()),
            fix: "Write the SPF record so that it passes as before; or take it out of mail.senders when it sends no more."
                .to_owned(),
            source: None,
            acknowledged: entry.is_some(),
        }
        };
        kinds.into_iter().map(shift).collect()
    }

    /// Those whom nobody declared as senders, and who most likely are. Domains that lose the same share a finding.
    pub(in crate::effect) fn findings(&self, case: &Case<'_>, broken: &[Shift]) -> Vec<Finding> {
        let told = |lost: &Lost| broken.iter().any(|shift| tells(shift.rule, &shift.message, lost));
        let mut domains: BTreeMap<(&Name, &Why), Vec<&Lost>> = BTreeMap::new();
        for lost in self.lost.iter().filter(|lost| lost.why != Why::Declared && !told(lost)) {
            domains.entry((&lost.domain, &lost.why)).or_default().push(lost);
        }
        // The removal of the record is told by its guard.
        domains.retain(|(domain, _), all| {
            all.iter().any(|lost| lost.after.result != SpfResult::None) || !is_guarded(case, domain)
        });
        let mut alike: BTreeMap<(&Why, Vec<String>), Alike<'_>> = BTreeMap::new();
        for ((domain, why), all) in domains {
            let senders = all.iter().map(|lost| format!("{} {}", lost.sender, lost.after.result)).collect();
            alike.entry((why, senders)).or_default().push((domain, all));
        }
        let mut findings = Vec::new();
        for group in alike.into_values() {
            let Some((first, all)) = group.first() else { continue };
            let text = message(all, &domains_in_words(first, group.len()));
            let change = group.iter().find_map(|(domain, _)| change_of(case, domain));
            let finding = match change {
                Some(change) => Finding::about(SENDER.id, Severity::Warning, change, text),
                None => Finding::zone(SENDER.id, Severity::Warning, text),
            };
            findings.push(finding.fix(SENDER.fix));
        }
        findings
    }
}

/// Whether something that a rule finds says that this sender is lost, or why all are.
fn tells(rule: &str, message: &str, lost: &Lost) -> bool {
    let error = matches!(lost.after.result, SpfResult::PermError | SpfResult::TempError);
    if rule == RULE {
        let mut words = message.split([' ', ',']);
        return !error && words.any(|word| word == lost.term);
    }
    let breaks = || dnsctl_checks::find(rule).is_some_and(|check| check.severity == Weight::Critical);
    error && rule.starts_with("spf.") && rule != "spf.plus-all" && breaks()
}

/// Who loses what, and why.
fn message(all: &[&Lost], domain: &str) -> String {
    let Some((first, others)) = all.split_first() else { return String::new() };
    let one = others.is_empty();
    let sender = match others.len() {
        0 => first.sender.clone(),
        1 => format!("{} and 1 other", first.sender),
        number => format!("{} and {number} others", first.sender),
    };
    let role = match (&first.why, one) {
        (Why::Declared, _) => "declared to send",
        (Why::TakesMail(_), true) => "which takes mail",
        (Why::TakesMail(_), false) => "which take mail",
        (Why::Allowed, _) => "which may send",
    };
    let reason = first.after.reason.as_deref();
    if let Why::TakesMail(Some(instead)) = &first.why {
        let result = first.after.result;
        return format!(
            "{sender}, {role} for {domain} {instead}, {} SPF as that did: receivers say {result} with this \
             change{}",
            if one { "does not pass" } else { "do not pass" },
            reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
        );
    }
    match first.after.result {
        SpfResult::Undecided => format!(
            "whether {sender}, {role} for {domain}, still {} SPF after this change depends on {}, not known here",
            if one { "passes" } else { "pass" },
            reason.unwrap_or("other records")
        ),
        result => format!(
            "{sender}, {role} for {domain}, {} with this change: receivers then say {result}{}",
            if one { "loses its SPF pass" } else { "lose their SPF pass" },
            reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
        ),
    }
}

/// The change of the record, or the only one.
fn change_of(case: &Case<'_>, domain: &Name) -> Option<usize> {
    let changes = &case.plan.changes;
    let own = |change: &crate::Change| {
        change.name == *domain && matches!(change.rtype, RecordType::TXT | RecordType::CNAME)
    };
    changes.iter().position(own).or_else(|| (changes.len() == 1).then_some(0))
}

fn is_guarded(case: &Case<'_>, domain: &Name) -> bool {
    let Some(change) = change_of(case, domain) else { return false };
    case.plan
        .findings
        .iter()
        .any(|finding| finding.rule == "guard/mail-policy" && finding.change == Some(change))
}

/// The acknowledgement that lets it pass.
fn exception<'c>(case: &Case<'c>, worlds: &Worlds<'_>, domain: &Name) -> Option<&'c Acknowledgement> {
    let entries = &case.input.desired.acknowledgements;
    entries.iter().find(|entry| covers(entry, RULE, domain) && entry.until.as_str() >= worlds.today)
}

/// Whether an acknowledgement is for this rule at the SPF record of a domain.
pub(in crate::effect) fn covers(entry: &Acknowledgement, rule: &str, domain: &Name) -> bool {
    let here = |(name, rtype): &(Name, Option<RecordType>)| {
        name == domain && rtype.is_none_or(|rtype| rtype == RecordType::TXT)
    };
    entry.rule == rule && entry.weight.is_none() && entry.at.as_ref().is_none_or(here)
}

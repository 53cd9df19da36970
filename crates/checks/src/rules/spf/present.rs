//! Whether there is one SPF record.

use crate::mail::spf::Site;
use crate::rules::spf::{LONGEST_SHOWN, relay, version};
use crate::tally::Tally;
use crate::{Check, Finding, Found, Outcome, Severity, Subject};
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_mail::spf::{Directive, Mechanism, Qualifier, Record, TermKind, is_spf};
use dnsctl_zone::{Name, Place, RRset, RecordType, Reference, place};

pub(super) const CHECKS: &[Check] = &[PRESENT, MULTIPLE];

check! { PRESENT = "spf.present", Error, present;
    title: "a mail domain has no SPF record",
    why: "Nobody can tell its servers from others: whoever wants to can send in its name, and large receivers refuse or sort out mail of domains without SPF. A domain that sends nothing needs a record, too: it is what forgers look for.",
    fix: "Write a TXT record: v=spf1, the senders, and ~all or -all; v=spf1 -all when the domain sends no mail.",
    example: "example.com has no SPF record, and its mail goes to mail.example.com",
    see: [Reference::Rfc(7208, "3"), Reference::Rfc(7208, "10.1")],
    evidence: [Files, Provider, Mail],
}

fn present(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    if is_local(subject.apex()) && subject.facts.receives.is_none() && subject.facts.sends.is_none() {
        return Outcome::NotApplicable;
    }
    let domain = subject.domain();
    if subject.spf().at(domain).is_some_and(|site| !site.records.is_empty()) {
        tally.saw();
    }
    match reason(subject) {
        Ok(Some((why, severity))) => look(subject, domain, &why, severity, &mut tally),
        Ok(None) => {}
        Err(why) => tally.unknown(why),
    }
    for rrset in subject.of(RecordType::MX) {
        let other = rrset.name != *domain && !rrset.name.is_wildcard();
        let Some(host) = first_host(rrset).filter(|_| other) else { continue };
        if place(subject.zone, &rrset.name) == Place::At(rrset.name.clone()) {
            let why = format!("its mail goes to {}", host.without_dot());
            look(subject, &rrset.name, &why, Severity::Note, &mut tally);
        }
    }
    tally.outcome()
}

/// Names that nobody outside knows, and reverse zones.
fn is_local(name: &Name) -> bool {
    name.labels()
        .last()
        .is_some_and(|label| [b"arpa".as_slice(), b"local", b"localhost", b"internal"].contains(&&*label))
}

fn first_host(rrset: &RRset) -> Option<Name> {
    rrset.values().iter().filter_map(dnsctl_zone::Rdata::target).find(|target| !target.is_root())
}

/// Why the domain needs a record, and how much that weighs. An error when that is not known.
fn reason(subject: &Subject<'_>) -> Result<Option<(String, Severity)>, String> {
    let (domain, facts) = (subject.domain(), subject.facts);
    if facts.sends == Some(true) || !facts.senders.is_empty() {
        return Ok(Some(("it sends mail".to_owned(), Severity::Error)));
    }
    match subject.get(domain, RecordType::MX).map(first_host) {
        Some(Some(host)) => {
            return Ok(Some((format!("its mail goes to {}", host.without_dot()), Severity::Error)));
        }
        // mx.null-sends tells of a null MX without SPF.
        Some(None) => return Ok(None),
        None => {}
    }
    if facts.receives == Some(true) {
        return Ok(Some(("it receives mail".to_owned(), Severity::Error)));
    }
    if facts.sends == Some(false) {
        return Ok(Some(("it sends no mail, which a record should say".to_owned(), Severity::Error)));
    }
    if let Some(why) = subject.zone.may_have(domain, RecordType::MX) {
        return Err(why);
    }
    // What an alias in the place of a domain leads to is for others to say.
    if subject.get(domain, RecordType::CNAME).is_some() {
        return Ok(None);
    }
    match subject.target(domain).found {
        Found::Addresses(_) | Found::Made => {
            // Where that matters, dmarc.present or dmarc.p-none tells it as a warning, and mx.implicit where its mail goes.
            Ok(Some(("it has an address, so that others can send in its name".to_owned(), Severity::Note)))
        }
        Found::Unknown(why) => Err(why),
        Found::NoAddress | Found::Missing | Found::Endless => Ok(None),
    }
}

fn look(subject: &Subject<'_>, name: &Name, why: &str, severity: Severity, tally: &mut Tally) {
    tally.saw();
    let spoken = name.without_dot();
    match subject.answers().texts(name) {
        Answer::Found(texts) if texts.iter().any(|text| is_spf(text)) => return,
        Answer::Unknown | Answer::Failed(_) => {
            let why = subject.zone.may_have(name, RecordType::TXT);
            return tally.unknown(why.unwrap_or_else(|| format!("{spoken} TXT is not known")));
        }
        Answer::Found(_) | Answer::Empty | Answer::Missing => {}
    }
    if subject.spf().at(name).is_some_and(version::is_missed) || version::is_obsolete_only(subject, name) {
        return tally.unknown(format!("what {spoken} has is no SPF record: see the rules about its form"));
    }
    let finding =
        Finding::about(name, Some(RecordType::TXT), format!("{spoken} has no SPF record, and {why}"))
            .from(subject.zone.source(name, RecordType::MX).cloned().or_else(|| subject.facts.source.clone()))
            .weighs(severity);
    // Who sends for a domain of which nothing is declared, nobody here knows.
    let record = match subject.facts.sends {
        Some(false) => Some("v=spf1 -all".to_owned()),
        _ => relay::record_of(subject),
    };
    tally.fail(match record.filter(|_| *name == *subject.domain()) {
        Some(record) => finding.fix(format!("Write \"{record}\".")),
        None => finding,
    });
}

check! { MULTIPLE = "spf.multiple", Critical, multiple;
    title: "a name has more than one SPF record",
    why: "Receivers do not choose: with two records they answer \"permerror\" for every sender, and the domain has no working SPF.",
    fix: "Put the terms of all into one record, and remove the others.",
    example: "example.com has 2 SPF records: receivers refuse them all",
    see: [Reference::Rfc(7208, "3.2"), Reference::Rfc(7208, "4.5")],
}

fn multiple(subject: &Subject<'_>) -> Outcome {
    crate::tally::each(&subject.spf().sites, |site| {
        let count = site.records.len();
        let message = format!("{} has {count} SPF records: receivers refuse them all", site.name());
        let second = site.records.get(1)?;
        let finding = Finding::at(site.rrset, message).marking(&second.text, dnsctl_mail::Span::new(0, 6));
        Some(match merged(site) {
            Some(text) => finding.fix(format!("Write one in their place: \"{text}\".")),
            None => finding,
        })
    })
}

/// One record that authorises whom all of them do, and is as strict with others as the mildest.
fn merged(site: &Site<'_>) -> Option<String> {
    let mut record = Record::default();
    let mut end: Option<Qualifier> = None;
    for policy in &site.records {
        let own = policy.parsed.record.as_ref().filter(|_| policy.parsed.is_valid())?;
        // Whose modifiers and exceptions count is for a person to say.
        for term in &own.terms {
            match &term.kind {
                TermKind::Directive(Directive { mechanism: Mechanism::All, qualifier }) => {
                    end = Some(end.map_or(*qualifier, |end| milder(end, *qualifier)));
                    // What stands behind it nobody looks at.
                    break;
                }
                TermKind::Directive(Directive { qualifier: Qualifier::Pass, .. }) => {
                    if !record.terms.iter().any(|known| known.kind == term.kind) {
                        record.terms.push(term.clone());
                    }
                }
                _ => return None,
            }
        }
    }
    // A record that lets everybody send is nothing to hand on.
    let end = end.filter(|end| *end != Qualifier::Pass)?;
    record.terms.push(Directive { qualifier: end, mechanism: Mechanism::All }.into());
    Some(record.to_string()).filter(|text| text.len() <= LONGEST_SHOWN)
}

fn milder(a: Qualifier, b: Qualifier) -> Qualifier {
    let rank = |qualifier: &Qualifier| match qualifier {
        Qualifier::Fail => 0,
        Qualifier::SoftFail => 1,
        Qualifier::Neutral => 2,
        Qualifier::Pass => 3,
    };
    if rank(&a) >= rank(&b) { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Facts, Judged, Repository};
    use dnsctl_zone::{Rdata, Ttl, Zone};

    #[test]
    fn one_record_in_place_of_several() {
        for (texts, expected) in [
            (["v=spf1 ip4:192.0.2.1 ~all", "v=spf1 mx -all"], Some("v=spf1 ip4:192.0.2.1 mx ~all")),
            // What stands behind `all` lets nobody send.
            (["v=spf1 mx -all ip4:198.51.100.0/24", "v=spf1 a -all +all"], Some("v=spf1 mx a -all")),
            (["v=spf1 mx +all", "v=spf1 a -all"], None),
            (["v=spf1 -ip4:192.0.2.1 mx -all", "v=spf1 a -all"], None),
        ] {
            let apex = Name::absolute("example.com").unwrap();
            let values = texts.iter().map(|text| Rdata::text(RecordType::TXT, text.as_bytes())).collect();
            let rrset = RRset::new(apex.clone(), RecordType::TXT, Ttl::new(300).unwrap(), values);
            let zone = Zone::new(apex, vec![rrset]);
            let (judged, facts, held) = (Judged::zone(&zone), Facts::default(), Repository::new([&zone]));
            let subject = Subject::new(&judged, &facts, &held);
            let merged = merged(&subject.spf().sites[0]);
            // The terms stand in the order of the records, which have none.
            let words = |text: &str| {
                let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
                words.sort();
                words
            };
            assert_eq!(merged.as_deref().map(words), expected.map(words), "{texts:?}");
        }
    }
}

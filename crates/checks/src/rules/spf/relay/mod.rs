//! Whether the SPF record authorises whoever is declared to send.

mod include;
mod machine;
mod terms;

pub(super) use terms::record as record_of;

use crate::rules::spf::LONGEST_SHOWN;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, SenderKind, Severity, Subject};
use dnsctl_mail::resolve::{Answer, Resolver as _, Zones};
use dnsctl_mail::spf::{Accepted, Selection, Tree, select, walk};
use dnsctl_mail::{Span, spf};
use dnsctl_zone::{Name, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[RELAY];

check! { RELAY = "spf.relay-authorised", Critical, relay;
    title: "the SPF record does not authorise a declared sender",
    why: "Receivers refuse mail from it, or sort it out: the record says \"fail\" or nothing about a machine that does send in the name of the domain. Nothing else shows this before users complain.",
    fix: "Add the term that is shown to the record; or remove the sender from mail.senders when it sends no more.",
    example: "mail.example.com sends mail of example.com from 198.51.100.25, but SPF says fail (\"-all\" of example.com)",
    see: [Reference::Rfc(7208, "2.4"), Reference::Rfc(7208, "4")],
    evidence: [Files, Provider, Mail, Neighbours],
}

/// The record of the domain with all that is needed to judge senders by it.
struct Record<'s, 'a> {
    subject: &'s Subject<'a>,
    answers: Zones<'s>,
    domain: &'s Name,
    tree: Tree,
    /// The addresses that pass whatever is not known. To ask for them one by one reads the record as often.
    sure: Accepted,
    /// The networks whose clients pass by terms that name them.
    named: Accepted,
}

/// What is to be told of a sender.
enum Verdict {
    /// Its mail passes.
    Passes,
    /// It does not.
    Refused(Refusal),
    /// Nobody can say.
    Open(String),
}

struct Refusal {
    message: String,
    /// The terms that would authorise it.
    terms: Vec<String>,
    /// Whether they have to stand in front of all others.
    front: bool,
    /// The place in the record of the domain that decided.
    span: Option<Span>,
    severity: Option<Severity>,
}

fn relay(subject: &Subject<'_>) -> Outcome {
    if subject.facts.senders.is_empty() {
        return Outcome::NotApplicable;
    }
    let record = match Record::of(subject) {
        Ok(record) => record,
        Err(why) => return Outcome::Untested(why),
    };
    let mut tally = Tally::default();
    for sender in &subject.facts.senders {
        tally.saw();
        for verdict in record.judge(&sender.who) {
            match verdict {
                Verdict::Passes => {}
                Verdict::Open(why) => tally.unknown(why),
                Verdict::Refused(refusal) => tally.fail(record.told(refusal)),
            }
        }
    }
    tally.outcome()
}

impl<'s, 'a> Record<'s, 'a> {
    /// The record of the domain; why senders cannot be judged by it otherwise. Where it is missing or broken a rule says so,
    /// and what it makes of each sender is no news.
    fn of(subject: &'s Subject<'a>) -> Result<Self, String> {
        let (answers, domain) = (subject.answers(), subject.domain());
        let name = domain.without_dot();
        let texts = match answers.texts(domain) {
            Answer::Found(texts) => texts,
            Answer::Empty | Answer::Missing => Vec::new(),
            Answer::Failed(why) => return Err(why),
            Answer::Unknown => {
                let why = subject.zone.may_have(domain, RecordType::TXT);
                return Err(why.unwrap_or_else(|| format!("{name} TXT is not known")));
            }
        };
        let text = match select(&texts) {
            Selection::One(text) => text,
            Selection::None => return Err(format!("{name} has no SPF record")),
            Selection::Many(records) => return Err(format!("{name} has {} SPF records", records.len())),
        };
        if let Some(fault) = spf::parse(text).faults.iter().find(|fault| fault.is_error()) {
            return Err(format!("the SPF record of {name} cannot be read: {}", fault.message));
        }
        let tree = walk(&answers, domain, text);
        let named = Accepted::of(&tree.flatten().networks);
        let sure = tree.accepted();
        Ok(Self { subject, answers, domain, tree, sure, named })
    }

    fn judge(&self, sender: &SenderKind) -> Vec<Verdict> {
        match sender {
            SenderKind::Host(name) => self.host(name, None),
            SenderKind::Network { address, prefix } => vec![self.network(*address, *prefix)],
            SenderKind::Exchangers(name) => self.exchangers(name.as_ref()),
            SenderKind::Include(_) | SenderKind::Exists(_) => vec![self.include(sender)],
        }
    }

    fn told(&self, refusal: Refusal) -> Finding {
        let finding = Finding::about(self.domain, Some(RecordType::TXT), refusal.message)
            .marking(&self.tree.text, refusal.span.unwrap_or_default());
        let terms = refusal.terms.join(" ");
        let text = terms::with(&self.tree.parsed, &refusal.terms, refusal.front)
            .filter(|text| text.len() <= LONGEST_SHOWN);
        let finding = finding.fix(match text {
            Some(text) => format!("Add {terms} to the SPF record: \"{text}\"."),
            None if refusal.front => format!("Add {terms} to the SPF record, in front of its other terms."),
            None => format!("Add {terms} to the SPF record, in front of \"all\"."),
        });
        match refusal.severity {
            Some(severity) => finding.weighs(severity),
            None => finding,
        }
    }
}

//! MTA-STS: the records of a zone, and the policy file.

use crate::mail::labelled::{Grammar, Labelled};
use crate::{PolicyFile, Subject};
use dnsctl_mail::mta_sts::policy::{self, Mode, Policy};
use dnsctl_mail::mta_sts::record::{self, Record};

/// The TXT record at `_mta-sts.DOMAIN` (RFC 8461 section 3.1).
pub(crate) const GRAMMAR: Grammar<record::Parsed> = Grammar {
    labels: &[b"_mta-sts"],
    is: record::is_mta_sts,
    near: |text| text.contains("stsv1") || text.trim_start().starts_with("v=sts"),
    alike: |label| label.contains("mta") && label.contains("sts"),
    parse: record::parse,
};

/// The records of one domain.
pub(crate) type Records<'a> = Labelled<'a, record::Parsed>;

/// All about MTA-STS that is known of a zone.
#[derive(Debug)]
pub(crate) struct Sts<'a> {
    /// The records of all domains, and the place of those of the domain whose mail is judged.
    pub(crate) domains: Vec<Records<'a>>,
    /// The policy of that domain.
    pub(crate) policy: Option<Declared<'a>>,
}

/// A policy file that is known.
#[derive(Debug)]
pub(crate) struct Declared<'a> {
    /// The file.
    pub(crate) file: &'a PolicyFile,
    /// What it says.
    pub(crate) parsed: policy::Parsed,
}

impl<'a> Sts<'a> {
    pub(crate) fn new(subject: &Subject<'a>) -> Self {
        let file = subject.facts.policy.as_ref();
        Self {
            domains: GRAMMAR.find(subject),
            policy: file.map(|file| Declared { file, parsed: policy::parse(&file.text) }),
        }
    }

    /// The records of the domain whose mail is judged.
    pub(crate) fn own(&self, subject: &Subject<'_>) -> Option<&Records<'a>> {
        self.domains.iter().find(|records| records.domain == *subject.domain())
    }

    /// The policy, when senders can use it and it asks for something.
    pub(crate) fn active(&self) -> Option<(&Declared<'a>, Policy)> {
        let declared = self.policy.as_ref()?;
        let policy = declared.parsed.policy().filter(|policy| policy.mode != Mode::None)?;
        Some((declared, policy))
    }
}

/// The record by which senders find a policy: the only one, and without a fault (RFC 8461 section 3.1).
pub(crate) fn usable<'r>(records: &'r Records<'_>) -> Option<&'r Record> {
    let mut all = records.records();
    let (first, second) = (all.next()?, all.next());
    let sound = !first.parsed.faults.iter().any(dnsctl_mail::Fault::is_error);
    first.parsed.record.as_ref().filter(|_| second.is_none() && sound)
}

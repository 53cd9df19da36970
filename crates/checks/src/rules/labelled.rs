//! What rules of records at a label of their own share (MTA-STS, TLS-RPT).

use crate::mail::labelled::{Grammar, Labelled};
use crate::tally::Tally;
use crate::{Finding, Outcome, Severity, Subject};
use dnsctl_zone::Name;
use std::collections::HashSet;

/// Texts that nobody knows here.
pub(super) fn unknown<P>(tally: &mut Tally, records: &Labelled<'_, P>) {
    if let (Some(_), Err(why)) = (records.rrset, &records.texts) {
        tally.unknown(why.clone());
    }
}

/// Judges how many records there are, wherever there is something. Texts that were meant as records and are none are told by
/// the rule of the grammar.
pub(super) fn count<P>(
    all: &[Labelled<'_, P>],
    look: impl Fn(&Labelled<'_, P>, &str) -> Option<String>,
) -> Outcome {
    let mut tally = Tally::default();
    for records in all {
        unknown(&mut tally, records);
        if records.known().is_empty() || (records.rrset.is_none() && records.records().next().is_none()) {
            continue;
        }
        tally.saw();
        let near = records.records().next().is_none() && records.attempted();
        if let Some(message) = look(records, &records.owner.without_dot()).filter(|_| !near) {
            tally.fail(records.finding(message));
        }
    }
    tally.outcome()
}

/// Tells records that stand where nobody looks for them. `what` is "an MTA-STS record", for instance.
pub(super) fn misplaced<P>(
    subject: &Subject<'_>,
    grammar: &Grammar<P>,
    all: &[Labelled<'_, P>],
    what: &str,
) -> Outcome {
    let mut tally = Tally::default();
    if all.iter().any(Labelled::attempted) {
        tally.saw();
    }
    let there: HashSet<&Name> = all
        .iter()
        .filter(|records| records.records().next().is_some())
        .map(|records| &records.owner)
        .collect();
    for (rrset, domain) in grammar.misplaced(subject) {
        let Some(owner) = grammar.owner(&domain) else { continue };
        let (name, right) = (rrset.name.without_dot(), owner.without_dot());
        let message = format!("{what} stands at {name}; senders look for it at {right}");
        let finding = Finding::at(rrset, message);
        tally.fail(if there.contains(&owner) { finding.weighs(Severity::Note) } else { finding });
    }
    tally.outcome()
}

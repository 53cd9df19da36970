//! What rules of records at a label of their own share (MTA-STS, TLS-RPT).

use crate::Outcome;
use crate::mail::labelled::Labelled;
use crate::tally::Tally;

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

//! checkdmarc on the zones of the corpus, and on records with one fault each.

mod answers;
pub(crate) mod faults;

use crate::python::ask;
use crate::settle::settle;
use crate::zones::{corpus, ours, written};

#[test]
fn checkdmarc_finds_nothing_that_rules_do_not() {
    let mut cases = corpus();
    // It asks a whole zone; ours cannot be read.
    cases.retain(|case| case.ours.found.iter().all(|(rule, _)| rule != "reader"));
    cases.extend(written("one fault", &faults::zones()));
    let Some(objections) = ask("checkdmarc", "judge_checkdmarc.py", &cases) else { return };
    settle("checkdmarc", &ours(&cases), &objections, answers::CHECKDMARC);
}

//! octoDNS's validators, strict and best practice, on the zones of the corpus, on zones with one fault each, and on real ones.

mod answers;
mod real;

use crate::python::ask;
use crate::settle::settle;
use crate::zones::{corpus, ours, written};
use crate::{checkdmarc, master};

#[test]
fn octodns_finds_nothing_that_rules_do_not() {
    let mut cases = corpus();
    cases.extend(written("one fault", &master::faults::zones()));
    cases.extend(written("one text", &checkdmarc::faults::zones()));
    cases.retain(|case| case.ours.found.iter().all(|(rule, _)| rule != "reader"));
    let Some(objections) = ask("octodns", "judge_octodns.py", &cases) else { return };
    settle("octoDNS", &ours(&cases), &objections, answers::ZONES);
}

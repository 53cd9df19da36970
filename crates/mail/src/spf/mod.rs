//! SPF: which clients may send mail for a domain (RFC 7208).

mod evaluate;
mod flatten;
mod kind;
mod parse;
mod record;
mod select;
mod text;
mod walk;

pub use evaluate::{Evaluation, Limits, Question, SpfResult, Step, Trial, evaluate, evaluate_with};
pub use flatten::{Accepted, Flat, Network, Portion, Remaining, flatten};
pub use kind::FaultKind;
pub use parse::{Parsed, is_spf, near_miss, parse, parse_explanation};
pub use record::{Directive, Mechanism, Prefixes, Qualifier, Record, Term, TermKind};
pub use select::{Selection, select};
pub use text::{Letter, Macro, MacroText, Part};
pub use walk::{Branch, MOST_LOOKUPS, MOST_VOID_LOOKUPS, Problem, Tree, Voids, walk};

#[cfg(test)]
mod tests;

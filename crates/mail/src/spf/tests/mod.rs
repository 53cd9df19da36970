//! What is not covered by the suite of RFC 7208 (tests/spf): places of faults, printing, the walk, flattening, hostile texts.

mod accepted;
mod evaluate;
mod flatten;
mod generate;
mod hostile;
mod parse;
mod print;
mod walk;

//! What a person reads: text on the terminal, and reports in files.

pub(crate) mod apply;
mod beyond;
mod change;
pub(crate) mod check;
mod effect;
pub(crate) mod markdown;
pub(crate) mod plan;
pub(crate) mod style;
pub(crate) mod unread;
pub(crate) mod verdict;
pub(crate) mod words;
mod zone;

#[cfg(test)]
mod testing;

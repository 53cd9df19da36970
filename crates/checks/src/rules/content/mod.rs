//! Rules of what stands in a zone.

mod address;
mod alias;
mod names;
mod reader;
mod text;
mod time;
mod value;
mod wildcard;

use crate::Check;

pub(super) use address::former;

pub(super) const CHECKS: &[&[Check]] = &[
    alias::CHECKS,
    value::CHECKS,
    names::CHECKS,
    time::CHECKS,
    reader::CHECKS,
    text::CHECKS,
    wildcard::CHECKS,
    address::CHECKS,
];

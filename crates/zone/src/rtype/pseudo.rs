//! Names of pseudo types that have no row of their own: what a server or a file calls a type that DNS does not know.
//!
//! A name is kept for as long as the program runs, so that a type is a number. Names come from outside, hence the bounds.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

/// The longest name in octets. Those that vendors have are half as long.
const LONGEST: usize = 64;
/// The most names. All vendors together have a few dozen.
const MOST: usize = 1000;

#[derive(Default)]
struct Known {
    names: Vec<&'static str>,
    numbers: HashMap<&'static str, usize>,
}

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// The number of this name, in the order in which names were first asked for; `None` for what is no word of printable
/// ASCII, and for names beyond the bounds.
pub(super) fn number(name: &str) -> Option<usize> {
    if name.is_empty() || name.len() > LONGEST || !name.bytes().all(|octet| octet.is_ascii_graphic()) {
        return None;
    }
    if let Some(number) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).numbers.get(name) {
        return Some(*number);
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(number) = known.numbers.get(name) {
        return Some(*number);
    }
    let number = known.names.len();
    if number >= MOST {
        return None;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    known.names.push(kept);
    known.numbers.insert(kept, number);
    Some(number)
}

/// The name of this number.
pub(super) fn name(number: usize) -> Option<&'static str> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).names.get(number).copied()
}

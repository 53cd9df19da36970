//! Rules of what users' programs look for.

mod automatic;
mod offered;
mod target;

use crate::Check;

pub(super) const SERVICES: &[&[Check]] = &[offered::CHECKS, target::CHECKS];
pub(super) const AUTOCONFIG: &[&[Check]] = &[automatic::AUTOCONFIG];
pub(super) const AUTODISCOVER: &[&[Check]] = &[automatic::AUTODISCOVER];

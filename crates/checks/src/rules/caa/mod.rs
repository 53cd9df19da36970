//! Rules of CAA records.

mod issuer;
mod record;

use crate::Check;

pub(super) const CHECKS: &[&[Check]] = &[record::CHECKS, issuer::CHECKS];

//! Rules of mail servers, as far as files tell: the certificates that they present.

mod certificate;

use crate::Check;

pub(super) const CHECKS: &[&[Check]] = &[certificate::CHECKS];

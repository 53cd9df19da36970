//! Rules of TLS-RPT (RFC 8460): reports of senders about what hinders TLS.

mod present;
mod record;

use crate::Check;

pub(super) const CHECKS: &[&[Check]] = &[present::CHECKS, record::CHECKS];

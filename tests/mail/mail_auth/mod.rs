//! mail-auth, which mail servers read records with, reads what we read, or the RFC says why not.
//!
//! Every text is read by both, and what they see is compared field by field. Where they differ, a reason of the grammar's table
//! holds for the field: it names the section of the RFC, and a condition on the text. A difference without a reason fails, and so
//! does a reason that explains nothing.

mod differences;
mod dkim;
mod dmarc;
mod sts;
mod texts;
mod tls_rpt;

use differences::{Reading, Reason, settle};

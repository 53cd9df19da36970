//! TLS-RPT: the records of a zone.

use crate::mail::labelled::{Grammar, Labelled};
use dnsctl_mail::tls_rpt;

/// The TXT record at `_smtp._tls.DOMAIN` (RFC 8460 section 3).
pub(crate) const GRAMMAR: Grammar<tls_rpt::Parsed> = Grammar {
    labels: &[b"_smtp", b"_tls"],
    is: tls_rpt::is_tls_rpt,
    near: |text| text.contains("tlsrptv1") || text.trim_start().starts_with("v=tlsrpt"),
    alike: |label| label.contains("tls") || label == "_smtp",
    parse: tls_rpt::parse,
};

/// The records of one domain.
pub(crate) type Records<'a> = Labelled<'a, tls_rpt::Parsed>;

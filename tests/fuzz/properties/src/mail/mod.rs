//! The grammars of mail.

mod keys;
mod policies;
mod spf;
mod world;

pub use keys::{certificate, dkim_key, pem, tlsa};
pub use policies::{bimi, dmarc, mta_sts_policy, mta_sts_record, tls_rpt};
pub use spf::{spf_check, spf_record};

use dnsctl_mail::{Fault, FaultClass, Span};
use std::fmt::Debug;

/// No message is longer, in characters, whatever the text is.
const LONGEST_MESSAGE: usize = 500;

/// Faults lie in the text, in its order, each with a message for a person.
fn faults<K: FaultClass + Debug>(faults: &[Fault<K>], text: &[u8]) {
    for fault in faults {
        let Span { start, end } = fault.span;
        assert!(start <= end && end <= text.len(), "{fault:?} is not in the text");
        let length = fault.message.chars().count();
        assert!(length > 0 && length < LONGEST_MESSAGE, "{length} characters: {fault:?}");
        let plain = !fault.message.chars().any(char::is_control);
        assert!(plain, "a control character in a message: {fault:?}");
    }
    assert!(faults.is_sorted_by_key(|fault| fault.span), "not in the order of the text: {faults:?}");
}

/// Whether readers take the text as it stands.
fn is_sound<K: FaultClass>(faults: &[Fault<K>]) -> bool {
    !faults.iter().any(Fault::is_error)
}

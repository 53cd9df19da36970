//! Tasks that end by a panic.

use dnsctl_provider::error::{Error, ErrorKind};
use tokio::task::JoinError;

/// What to tell of a task that ended without a result: a defect, of which nobody knows what it had done by then.
pub(crate) fn lost(error: JoinError) -> Error {
    let what = match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
        }
        Err(error) => error.to_string(),
    };
    Error::new(ErrorKind::Defect, format!("dnsctl failed in the middle: {what}"))
        .with_hint("this is a defect in dnsctl, not in your zones: please report it with this message")
}

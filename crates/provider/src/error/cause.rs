//! What lies below an error.

use std::fmt;

use super::{MAX_MESSAGE, clean};

/// An error below another one, kept as text so that secrets can be taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) text: String,
    pub(super) next: Option<Box<Self>>,
}

impl Cause {
    /// The error and those below it, at most `depth` in all.
    pub(super) fn of(error: &(dyn std::error::Error + 'static), depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let next = error.source().and_then(|source| Self::of(source, depth)).map(Box::new);
        Some(Self { text: clean(&error.to_string(), MAX_MESSAGE), next })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.next.as_deref().map(|cause| cause as _)
    }
}

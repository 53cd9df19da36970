//! What every adapter must do, as tests that any adapter runs: the same cases for all, picked by its [`Capabilities`].
//!
//! A test program gives a [`Subject`] for each adapter, that is the adapter and a server that is not ours, and runs
//! [`cases`]. Each case works in a zone of its own. After each step the whole zone is read back: what was written is
//! there, with the same values and TTL, and nothing else has changed. Where the subject has a name server, an
//! independent client asks it, too.
//!
//! A value that the adapter refuses beforehand ([`Capabilities::refuses`], [`Reader::refuses`]) is left out; a case with
//! nothing left is not applicable and says why.
//!
//! [`Reader::refuses`]: crate::Reader::refuses

mod cases;
mod samples;
mod stage;
mod subject;

pub use subject::{Answer, Subject};

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::capability::Capabilities;

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything was as it must be.
    Passed,
    /// The provider, or the subject, has nothing to try here: why.
    NotApplicable(String),
}

/// What was not as it must be, in words for a person.
pub type Failure = String;

type Run = dyn for<'a> Fn(&'a dyn Subject) -> BoxFuture<'a, Result<Verdict, Failure>> + Send + Sync;

/// One thing that an adapter must do.
#[derive(Clone)]
pub struct Case {
    name: String,
    run: Arc<Run>,
}

impl Case {
    fn new(
        name: impl Into<String>,
        run: impl for<'a> Fn(&'a dyn Subject) -> BoxFuture<'a, Result<Verdict, Failure>> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), run: Arc::new(run) }
    }

    /// Group and detail: `every_type_round_trip::MX`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tries it.
    ///
    /// # Errors
    /// What the adapter or its server did that it must not do.
    pub async fn run(&self, subject: &dyn Subject) -> Result<Verdict, Failure> {
        (self.run)(subject).await
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({})", self.name)
    }
}

/// All cases that fit these capabilities.
#[must_use]
pub fn cases(capabilities: &Capabilities) -> Vec<Case> {
    cases::all(capabilities)
}

#[cfg(test)]
mod tests;

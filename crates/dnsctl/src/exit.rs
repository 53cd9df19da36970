//! Exit codes: a part of the interface, so a type of its own.

/// How a run ended. The number is what the shell sees; `docs/exit-codes.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done; for a plan, no error, whether there are changes or not.
    Done = 0,
    /// An error: network, provider, file, or a fault of this program.
    Error = 1,
    /// Changes are pending, said only when `--detailed-exitcode` asks for it.
    Changes = 2,
    /// A guard stops the plan.
    Blocked = 3,
    /// The provider no longer has what the plan saw.
    Stale = 4,
    /// Another apply holds the lock.
    Locked = 5,
    /// Some of the plan is written, some is not.
    Partial = 6,
    /// All is written, but a server does not serve it.
    Unverified = 7,
    /// Findings at or above `--fail-on`.
    Findings = 8,
    /// The command line is wrong.
    Usage = 64,
    /// The configuration or a zone file is wrong.
    Invalid = 65,
    /// Credentials are missing or refused.
    Credentials = 77,
    /// Stopped by Ctrl-C before anything was written.
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

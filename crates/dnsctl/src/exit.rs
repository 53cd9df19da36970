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
    /// Stopped by Ctrl-C or at the prompt before anything was written.
    Interrupted = 130,
}

impl Exit {
    /// The one that a shell must see when both hold, as `docs/exit-codes.md` orders them.
    pub(crate) fn or(self, other: Self) -> Self {
        let order = [
            Self::Interrupted,
            Self::Usage,
            Self::Partial,
            Self::Unverified,
            Self::Stale,
            Self::Locked,
            Self::Blocked,
            Self::Credentials,
            Self::Invalid,
            Self::Error,
            Self::Findings,
            Self::Changes,
        ];
        order.into_iter().find(|exit| [self, other].contains(exit)).unwrap_or(Self::Done)
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_more_urgent_of_two() {
        assert_eq!(Exit::Blocked.or(Exit::Error), Exit::Blocked);
        assert_eq!(Exit::Error.or(Exit::Credentials), Exit::Credentials);
        assert_eq!(Exit::Done.or(Exit::Changes), Exit::Changes);
        assert_eq!(Exit::Done.or(Exit::Done), Exit::Done);
    }

    #[test]
    fn help_and_documentation_have_every_code() {
        let help = <crate::cli::Cli as clap::CommandFactory>::command().render_long_help().to_string();
        let help = help.split_once("Exit codes:").unwrap().1.split_whitespace().collect::<Vec<_>>().join(" ");
        let told: Vec<&str> =
            help.split(", ").filter_map(|code| code.split(' ').find(|word| !word.is_empty())).collect();
        let page = include_str!("../../../docs/exit-codes.md");
        let rows =
            page.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse::<u8>().ok());
        let all = [
            Exit::Done,
            Exit::Error,
            Exit::Changes,
            Exit::Blocked,
            Exit::Stale,
            Exit::Locked,
            Exit::Partial,
            Exit::Unverified,
            Exit::Findings,
            Exit::Usage,
            Exit::Invalid,
            Exit::Credentials,
            Exit::Interrupted,
        ]
        .map(|exit| exit as u8);
        assert_eq!(rows.collect::<Vec<_>>(), all);
        assert_eq!(told, all.map(|code| code.to_string()));
    }
}

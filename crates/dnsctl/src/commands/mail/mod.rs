//! `dnsctl mail`.

mod flatten;
mod policy;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Writes the files that mail needs beside DNS, and those that keep SPF short.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Which files.
#[derive(Debug, clap::Subcommand)]
enum Command {
    Policy(policy::Policy),
    Flatten(flatten::Flatten),
}

/// Runs the command.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.command {
        Command::Policy(arguments) => policy::run(session, arguments),
        Command::Flatten(arguments) => flatten::run(session, arguments),
    }
}

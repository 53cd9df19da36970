//! `dnsctl completions`.

use crate::cli::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Prints the completions of a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dnsctl completions bash > /etc/bash_completion.d/dnsctl")]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "dnsctl", &mut text);
    Session::print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
